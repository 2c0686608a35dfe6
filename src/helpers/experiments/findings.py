"""What a readout publishes, and what its titles claim, in the words of what the protocol decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers import findings, metrics, style
from helpers.experiments.effects import monitoring
from helpers.experiments.effects.estimation import Effect, estimate_effect
from helpers.experiments.effects.pairs import TreatmentPair
from helpers.experiments.effects.subgroups import Subgroups
from helpers.experiments.trust.agreement import first_line
from helpers.experiments.trust.novelty import Novelty, is_steady
from helpers.experiments.verdict import decision
from helpers.experiments.verdict.readout import Readout, effects_at_looks
from helpers.findings import Measure
from helpers.records import Finding
from helpers.stats import Difference, Estimate, nested_difference


def relative_interval(lift: Difference) -> str:
    """`+8.4 to +16.5%`: the limits of a relative effect."""
    return style.change_interval(lift.low, lift.high, "share", 1) + "%"


def verdict_findings(readout: Readout) -> tuple[Finding, Finding]:
    """The verdict and what it would cost to be wrong, to be published before every number.

    The first words say whether data and protocol agree, or list every departure.
    """
    agreement = next(check for check in readout.checks if check.key == "protocol")
    found = readout.verdict
    sentence = f"{first_line(agreement)} {found.sentence}"
    return (
        findings.concluded(Measure("verdict", "Verdict", "text"), found.decision, sentence, readout.period),
        findings.concluded(
            Measure("verdict.stake", "If that is wrong", "text"),
            found.stake.amount,
            found.stake.sentence,
            readout.period,
        ),
    )


def effect_findings(readout: Readout) -> tuple[Finding, ...]:
    """The numbers: the primary metric, guard-rails, other metrics.

    For each metric its value in each arm (`metric@variant=…`), the difference (`metric.difference`), the
    relative lift (`metric.lift`) and the p value of the test that write-ups print (`metric.p_value`). Of
    several treatments those of the best are called so, those of the others by their variant
    (`metric.difference@variant=…`).
    """
    told = [_with_caveat(readout, finding) for one in readout.effects for finding in _of_effect(readout, one)]
    told += [
        _with_caveat(other, finding)
        for other in readout.other_treatments
        for one in other.effects
        for finding in _of_other_treatment(other, one)
    ]
    return (*told, *(_of_pair(readout, pair) for pair in readout.pairs))


def _with_caveat(readout: Readout, finding: Finding) -> Finding:
    """The same number, said to be no effect; where a trust check has failed, it is no headline either."""
    metric, _, what = finding.key.partition("@")[0].partition(".")
    caveat = readout.caveat_of(metric)
    if not caveat or what not in {"difference", "lift", "p_value"}:
        return finding
    text = finding.text.model_copy(update={"sentence": f"{finding.label}: {decision.lower_first(caveat)}."})
    return finding.model_copy(update={"headline": finding.headline and readout.trusted, "text": text})


def _of_effect(readout: Readout, one: Effect) -> list[Finding]:
    protocol = readout.protocol
    found = [_difference(readout, one)]
    for arm, estimate in ((protocol.treatment, one.treatment), (protocol.control, one.control)):
        found.append(_value(readout, one, arm, estimate))
    if one.lift is not None:
        found.append(_lifted(readout, one, one.lift))
    if one.published_p is not None:
        found.append(_published(readout, one, one.published_p))
    return found


def _of_other_treatment(other: Readout, one: Effect) -> list[Finding]:
    """One metric under another treatment, each number by the name of that variant; control is told once."""
    protocol, metric = other.protocol, one.metric
    measure = _measure(metric, f"{metric.name}.difference", one.label)
    found = [
        findings.effect(
            measure.at(variant=protocol.treatment),
            one.difference,
            other.period,
            sides=(protocol.treatment, protocol.control),
            n=one.control.n + one.treatment.n,
        ),
        _value(other, one, protocol.treatment, one.treatment),
    ]
    if one.lift is not None:
        found.append(_lifted(other, one, one.lift, variant=protocol.treatment))
    if one.published_p is not None:
        found.append(_published(other, one, one.published_p, variant=protocol.treatment))
    return found


def _of_pair(readout: Readout, pair: TreatmentPair) -> Finding:
    """The primary metric of one treatment less another (`metric.difference@variant=…,against=…`)."""
    metric, one = pair.effect.metric, pair.effect
    measure = _measure(metric, f"{metric.name}.difference", one.label)
    finding = findings.effect(
        measure.at(variant=pair.treatment, against=pair.other),
        one.difference,
        readout.period,
        sides=(pair.treatment, pair.other),
        n=one.control.n + one.treatment.n,
    )
    if pair.unread and not readout.caveat:
        sentence = f"{finding.label}: not to be read as an effect: {pair.unread}."
        return finding.model_copy(update={"text": finding.text.model_copy(update={"sentence": sentence})})
    return _with_caveat(readout, finding)


def _measure(metric: metrics.Metric, key: str, label: str) -> Measure:
    sources = ("assignments", "outcomes")
    return Measure(
        key, label, metric.unit, metric.good, metric.decimals, counts=metric.description, sources=sources
    )


def _value(readout: Readout, one: Effect, arm: str, estimate: Estimate) -> Finding:
    """A metric in one arm."""
    metric = one.metric
    measure = _measure(metric, metric.name, metric.label).at(variant=arm)
    return findings.measured(replace(measure, label=f"{metric.label} with {arm}"), estimate, readout.period)


def _difference(readout: Readout, one: Effect) -> Finding:
    """The difference that decides; the verdict tells the primary one, so its sentence tells arms and lift.

    Arms are told as measured; a difference that is adjusted is not quite theirs, so it stands beside them.
    """
    metric, protocol = one.metric, readout.protocol
    finding = findings.effect(
        _measure(metric, f"{metric.name}.difference", one.label),
        one.difference,
        readout.period,
        sides=(protocol.treatment, protocol.control),
        n=one.control.n + one.treatment.n,
        headline=one.role == "primary",
        previous=_last_look(readout, one) if one.role == "primary" else None,
    )
    if one.role != "primary":
        return finding
    treatment, control = (
        style.value(arm.value, metric.unit, metric.decimals) for arm in (one.treatment, one.control)
    )
    sentence = (
        f"{metric.label} is {treatment} with {protocol.treatment} and {control} with {protocol.control}"
    )
    if one.adjusted:
        change = style.change(one.difference.value, metric.unit, metric.decimals)
        sentence += (
            f" as measured; adjusted by {style.listed(protocol.covariates)}, the difference is {change}"
        )
    if one.lift is not None:
        lift = f"{style.signed(100 * one.lift.value, 1)}% ({relative_interval(one.lift)})"
        sentence += f", a relative change of {lift}"
    sentence += "."
    return finding.model_copy(update={"text": finding.text.model_copy(update={"sentence": sentence})})


def _last_look(readout: Readout, one: Effect) -> tuple[str, Difference, Difference] | None:
    """The look before this one, the difference it saw, and how far that has moved since.

    Recomputed from the units assigned until then: the look that the protocol names, of a sequential test the
    end of the week before. None of a fixed horizon, which has no look before its end; where nothing may be
    read yet, for some without a date, or where it was the same.
    """
    protocol, observed = readout.protocol, readout.observed
    if readout.caveat or observed.undated or protocol.design == "fixed-horizon":
        return None
    days = [look.day for look in monitoring.looks(protocol, observed)[:-1]]
    if not days or days[-1] is None:
        return None
    then = estimate_effect(protocol, observed.until(days[-1]), one.metric, "primary")
    moved = then and nested_difference(one.difference, then.difference)
    return (f"the look of {style.day(days[-1])}", then.difference, moved) if then and moved else None


def _lifted(readout: Readout, one: Effect, lift: Difference, **variant: str) -> Finding:
    """The relative effect, as a fraction of the control; told in per cent."""
    metric, protocol = one.metric, readout.protocol
    measure = replace(
        _measure(metric, f"{metric.name}.lift", f"{one.label}, relative"), unit="ratio", decimals=3
    ).at(**variant)
    sides = (protocol.treatment, protocol.control)
    finding = findings.effect(measure, lift, readout.period, sides=sides, n=one.control.n + one.treatment.n)
    interval = relative_interval(lift)
    text = finding.text.model_copy(
        update={
            "value": f"{style.signed(100 * lift.value, 1)}%",
            "interval": interval,
            "sentence": f"{one.label}: the relative effect of {protocol.treatment} lies at {interval}.",
        }
    )
    return finding.model_copy(update={"text": text})


def _published(readout: Readout, one: Effect, p: float, **variant: str) -> Finding:
    """The p value that write-ups print, of the values as measured; it never decides."""
    test = "pooled z test" if one.raw.measure == "share" else "Welch's t test"
    label = f"Usual test of {one.metric.label}"
    measure = Measure(f"{one.metric.name}.p_value", label, "ratio").at(**variant)
    units = one.control.n + one.treatment.n
    estimate = Estimate(p, None, None, None, readout.protocol.level, units, test)
    finding = findings.measured(measure, estimate, readout.period)
    said, raw = style.p_value(p), " of the values as measured" if one.adjusted else ""
    by = f"by the test that write-ups print ({test}{raw})"
    sentence = f"{one.metric.label}: {said} {by}; the interval decides, not this."
    text = finding.text.model_copy(update={"value": said, "sentence": sentence})
    return finding.model_copy(update={"text": text})


def split_title(readout: Readout, share: float) -> str:
    """Whether units were split as planned, by the sample-ratio check; `share` is what was planned."""
    treatment = readout.protocol.treatment
    if any(check.key == "sample_ratio" and not check.passed for check in readout.checks):
        whose = "The variants" if readout.other_treatments else f"{treatment[:1].upper()}{treatment[1:]}"
        return f"{whose} got a share of units that chance does not explain"
    return f"Units were split as planned, {style.value(share, 'share', 0)} to {treatment}"


def primary_title(readout: Readout, primary: Effect) -> str:
    """What the protocol lets one say of the primary metric."""
    metric, found = primary.metric, primary.difference
    if readout.caveat:
        return readout.caveat
    if readout.other_treatments:
        return f"{metric.label}: {_of_each_treatment(readout)}"
    if readout.plan.margin:
        return f"{metric.label}: {_harm_ruled_out(readout, primary)} with {readout.protocol.treatment}"
    if not primary.clear:
        return f"{metric.label}: no clear difference between {style.listed(readout.protocol.arms)}"
    span = style.span(found.low, found.high, metric.unit, metric.decimals)
    return f"{primary.label} is {span} with {readout.protocol.treatment}"


def _of_each_treatment(readout: Readout) -> str:
    """`higher with green; no clear difference with blue`, in the order of the protocol."""
    told: dict[str, list[str]] = {}
    for one in readout.of_each:
        if one.primary is None or one.caveat:
            told.setdefault("not to be read", []).append(one.protocol.treatment)
        else:
            what = _harm_ruled_out(one, one.primary) if one.plan.margin else _direction(one.primary)
            told.setdefault(what, []).append(one.protocol.treatment)
    return "; ".join(f"{what} with {style.listed(names)}" for what, names in told.items())


def _harm_ruled_out(readout: Readout, one: Effect) -> str:
    """`a harm of 1.0 pts is ruled out`, or not, or surpassed: what a test of non-inferiority asks."""
    harm = style.change(readout.plan.worth_finding, one.metric.unit, one.metric.decimals).lstrip("+")
    if one.gain[1] < readout.plan.threshold:
        return f"worse by more than {harm}"
    ruled_out = one.gain[0] > readout.plan.threshold
    return f"a harm of {harm} is {'' if ruled_out else 'not '}ruled out"


def _direction(one: Effect) -> str:
    if not one.clear:
        return "no clear difference"
    return "higher" if one.difference.value > 0 else "lower"


def guard_rails_title(readout: Readout) -> str:
    """Which guard-rails do not hold, by the margin that the protocol accepts, and with which treatment."""
    failing = [one.effect.metric.label for one in readout.guard_rails if not one.holds]
    if readout.other_treatments and not readout.caveat:
        failing = [
            f"{one.effect.metric.label} with {each.protocol.treatment}"
            for each in readout.of_each
            for one in each.guard_rails
            if not one.holds
        ]
    if readout.caveat:
        return readout.caveat
    if failing:
        return f"{style.listed(failing)} may get worse by more than is accepted"
    return "The guard-rail holds" if len(readout.guard_rails) == 1 else "All guard-rails hold"


def effects_title(readout: Readout, effects: Sequence[Effect]) -> str:
    """Which of these metrics move clearly: those that were registered, then what was not asked for before."""
    moved = [one for one in effects if one.clear and not readout.caveat_of(one.metric.name)]
    if readout.caveat or not moved:
        return readout.caveat or "No metric moves clearly"
    registered = [one.metric.label for one in moved if one.role != "exploratory"]
    exploratory = [one.metric.label for one in moved if one.role == "exploratory"]
    clear = "A clear effect" if len(registered) == 1 else "Clear effects"
    title = f"{clear} on {style.listed(registered)}" if registered else "No registered metric moves clearly"
    if registered and readout.other_treatments:
        title = f"{clear} of {readout.protocol.treatment} on {style.listed(registered)}"
    return title + (f"; exploratory: {style.listed(exploratory)}" if exploratory else "")


def looks_title(readout: Readout, primary: Effect) -> str:
    """What the looks that the design allows say of the primary metric: of a fixed horizon, the last alone."""
    effect, last = (
        f"The effect on {primary.metric.label}",
        "at the end" if readout.outlook.ended else "at the last look",
    )
    if readout.caveat:
        return readout.caveat
    if readout.plan.margin:
        return f"{primary.metric.label}: {_harm_ruled_out(readout, primary)} {last}"
    if primary.clear:
        return f"{effect} is clear {last}"
    if any(then.clear for then in effects_at_looks(readout)):
        return f"{effect} was clear at an earlier look, and is not clear {last}"
    return f"{effect} is not clear {last}"


def novelty_title(readout: Readout, primary: Effect, found: Novelty) -> str:
    """Whether the effect changes with the days, by the corrected test of its trend."""
    of = f" of {readout.protocol.treatment}" if readout.other_treatments else ""
    steady = is_steady(found, len(readout.plan.treatments))
    course = "is much the same on every" if steady else "changes with the"
    return readout.caveat or f"The effect{of} on {primary.metric.label} {course} day {found.axis}"


def segments_title(readout: Readout, splits: Sequence[Subgroups]) -> str:
    """By which parts the effect differs, by the corrected tests."""
    label, differing = (
        metrics.get(readout.protocol.primary).label,
        [one.part for one in splits if one.differs],
    )
    if readout.caveat:
        return readout.caveat
    if differing:
        return f"The effect on {label} differs by {style.listed(differing)}"
    parts = style.listed([f"{one.part}s" for one in splits])
    return f"No clear difference in the effect on {label} between {parts}"


def reversal_title(readout: Readout, splits: Sequence[Subgroups]) -> str:
    """Within which parts the effect clearly points the other way (Simpson's reversal), else what differs."""
    whole = readout.primary.difference if readout.primary else None
    turned = [one.part for one in splits if whole and one.reverses(whole)]
    if turned and not readout.caveat:
        return f"The effect turns round within {style.listed(turned)}: the whole misleads (Simpson)"
    return segments_title(readout, splits)


def interactions_title(readout: Readout) -> str:
    """Which other experiments clearly change what this one does."""
    found = readout.diagnostics.overlaps
    clear = [one.other for one in found if one.clear]
    if readout.caveat or not clear:
        return readout.caveat or "No other experiment clearly changes what this one does"
    changed = dict.fromkeys(each.treatment for one in found for each in one.clear)
    what = style.listed(list(changed)) if readout.other_treatments else "this experiment"
    return f"{style.listed(clear)} changes what {what} does"
