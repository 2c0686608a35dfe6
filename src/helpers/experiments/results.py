"""What a readout publishes: the verdict first, then every number, each with its sentence."""

from __future__ import annotations

from dataclasses import replace

from helpers import findings, style
from helpers.experiments.effects import monitoring
from helpers.experiments.effects.estimation import Effect, estimate_effect
from helpers.experiments.trust.agreement import first_line
from helpers.experiments.verdict import decision as verdict
from helpers.experiments.verdict.readout import Readout
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
    relative lift (`metric.lift`) and the p value of the test that write-ups print (`metric.p_value`).
    """
    told = [_with_caveat(readout, finding) for one in readout.effects for finding in _of_effect(readout, one)]
    told += [
        _with_caveat(other, finding)
        for other in readout.other_treatments
        for finding in _of_other_treatment(other)
    ]
    return tuple(told)


def _with_caveat(readout: Readout, finding: Finding) -> Finding:
    """The same number, said to be no effect; where a trust check has failed, it is no headline either."""
    metric, _, what = finding.key.partition("@")[0].partition(".")
    caveat = readout.caveat_of(metric)
    if not caveat or what not in {"difference", "lift", "p_value"}:
        return finding
    text = finding.text.model_copy(update={"sentence": f"{finding.label}: {verdict.lower_first(caveat)}."})
    return finding.model_copy(update={"headline": finding.headline and readout.trusted, "text": text})


def _of_effect(readout: Readout, one: Effect) -> list[Finding]:
    metric, protocol = one.metric, readout.protocol
    found = [_difference(readout, one)]
    for arm, estimate in ((protocol.treatment, one.treatment), (protocol.control, one.control)):
        measure = Measure(metric.name, metric.label, metric.unit, metric.good, metric.decimals)
        measure = replace(measure.at(variant=arm), label=f"{metric.label} with {arm}")
        found.append(findings.measured(measure, estimate, readout.period))
    if one.lift is not None:
        found.append(_lifted(readout, one, one.lift))
    if one.published_p is not None:
        found.append(_published(readout, one, one.published_p))
    return found


def _of_other_treatment(other: Readout) -> list[Finding]:
    """The primary metric of another treatment."""
    if other.primary is None:
        return []
    protocol, metric = other.protocol, other.primary.metric
    measure = Measure(f"{metric.name}.difference", metric.label, metric.unit, metric.good, metric.decimals)
    units = other.primary.control.n + other.primary.treatment.n
    return [
        findings.effect(
            measure.at(variant=protocol.treatment),
            other.primary.difference,
            other.period,
            sides=(protocol.treatment, protocol.control),
            n=units,
        )
    ]


def _difference(readout: Readout, one: Effect) -> Finding:
    """The difference that decides; the verdict tells the primary one, so its sentence tells arms and lift.

    Arms are told as measured; a difference that is adjusted is not quite theirs, so it stands beside them.
    """
    metric, protocol = one.metric, readout.protocol
    finding = findings.effect(
        Measure(f"{metric.name}.difference", one.label, metric.unit, metric.good, metric.decimals),
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

    Recomputed from the units assigned until then: the look that the protocol names, else the end of the week
    before. None where nothing may be read yet, for some without a date, or where it was the same.
    """
    protocol, observed = readout.protocol, readout.observed
    days = [look.day for look in monitoring.looks(protocol, observed)[:-1]]
    if protocol.design == "fixed-horizon":
        days = [week[-1] for week in observed.weeks[:-1]]
    if readout.caveat or observed.undated or not days or days[-1] is None:
        return None
    then = estimate_effect(protocol, observed.until(days[-1]), one.metric, "primary")
    moved = then and nested_difference(one.difference, then.difference)
    return (f"the look of {style.day(days[-1])}", then.difference, moved) if then and moved else None


def _lifted(readout: Readout, one: Effect, lift: Difference) -> Finding:
    """The relative effect, as a fraction of the control; told in per cent."""
    metric, protocol = one.metric, readout.protocol
    measure = Measure(f"{metric.name}.lift", f"{one.label}, relative", "ratio", metric.good, 3)
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


def _published(readout: Readout, one: Effect, p: float) -> Finding:
    """The p value that write-ups print, of the values as measured; it never decides."""
    test = "pooled z test" if one.raw.measure == "share" else "Welch's t test"
    measure = Measure(f"{one.metric.name}.p_value", f"Published test of {one.metric.label}", "ratio")
    units = one.control.n + one.treatment.n
    estimate = Estimate(p, None, None, None, readout.protocol.level, units, test)
    finding = findings.measured(measure, estimate, readout.period)
    said, raw = style.p_value(p), " of the values as measured" if one.adjusted else ""
    by = f"by the test that write-ups print ({test}{raw})"
    sentence = f"{one.metric.label}: {said} {by}; the interval decides, not this."
    text = finding.text.model_copy(update={"value": said, "sentence": sentence})
    return finding.model_copy(update={"text": text})
