"""The tables of a readout: trust checks, guard-rails, every metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from helpers import metrics, style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.distribution import QUANTILES
from helpers.experiments.trust.interference import Interaction, Overlap
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.metrics import Metric
from helpers.stats import Difference
from helpers.tables import Cell, Column


@dataclass(frozen=True)
class Sheet:
    """A table's content; its title is the finding."""

    title: str
    subtitle: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


_NAMES = {
    "protocol": "Data and protocol",
    "sample_ratio": "Sample ratio",
    "one_variant": "One variant a unit",
    "unit": "Unit of assignment",
    "grouped": "Clusters known",
    "one_outcome": "One outcome a unit",
    "outcomes": "Outcomes known",
    "outcome_after": "Outcome after assignment",
    "alike_before": "Alike before the start",
    "days": "Every day counted",
    "by_day": "Day by day",
    "twins": "Twins",
    "outliers": "Outliers",
    "interval": "Conditions of the intervals",
    "lasting": "Novelty",
    "kept_apart": "Kept apart",
}


def agreed(readout: Readout) -> Sheet:
    """The protocol, as it was agreed before the start."""
    protocol, reached = readout.plan, sum(readout.observed.assigned(arm) for arm in readout.plan.arms)
    worth = readout.primary.metric if readout.primary else None
    least = protocol.minimum_effect
    told = {
        "Hypothesis": protocol.hypothesis,
        "Variants": _split(protocol),
        "Unit": f"{protocol.unit}, assigned by {protocol.cluster}" if protocol.cluster else protocol.unit,
        "Primary metric": worth.label if worth else protocol.primary,
        "Smallest effect worth having": style.change(least, worth.unit, worth.decimals).lstrip("+")
        if worth
        else f"{least:g}",
        "Adjusted by": ", ".join(protocol.covariates),
        "Planned sample": f"{style.number(protocol.planned_sample)} {protocol.sample_unit}s",
        "Planned dates": _dates(protocol),
        "Reached": f"{style.number(reached)} {protocol.sample_unit}s, {readout.period}",
        "Design": f"{protocol.design}, alpha {style.level(protocol.alpha)}, "
        f"power {style.level(protocol.power)}",
        "Kept apart from": ", ".join(protocol.exclusive_with),
        "Owner": protocol.owner,
    }
    agreement = next(check for check in readout.checks if check.key == "protocol")
    return Sheet(
        title=agreement.text.rstrip("."),
        subtitle=f"{protocol.title}: what was agreed before the start",
        columns=(Column("Protocol"), Column("As agreed")),
        rows=tuple((name, text) for name, text in told.items() if text),
    )


def trusted(readout: Readout) -> Sheet:
    """The trust checks, each with what it found."""
    failed = [check for check in readout.checks if not check.passed]
    title = (
        f"{len(failed)} of {len(readout.checks)} trust checks failed"
        if failed
        else f"All {len(readout.checks)} trust checks passed"
    )
    return Sheet(
        title=title,
        subtitle="Looked at before any effect; a failed check that stops withholds the verdict",
        columns=(Column("Check"), Column("Result"), Column("What was found")),
        rows=tuple(
            (_name(check.key), _result(check.passed, check.severity), check.text) for check in readout.checks
        ),
    )


def guard_rails(readout: Readout) -> Sheet:
    """Each guard-rail: the effect, the harm that is accepted, and whether it holds.

    Raises:
        NoData: the protocol names no guard-rail, or none was measured.
    """
    if not readout.guard_rails:
        raise NoData("The protocol names no guard-rail that was measured.")
    failing = [one.effect.metric.label for one in readout.guard_rails if not one.holds]
    title = (
        f"{style.listed(failing)} may get worse by more than is accepted"
        if failing
        else ("The guard-rail holds" if len(readout.guard_rails) == 1 else "All guard-rails hold")
    )
    return Sheet(
        title=readout.caveat or title,
        subtitle="A guard-rail holds when the interval rules out a harm as large as the margin",
        columns=(
            Column("Guard-rail"),
            Column(readout.protocol.control),
            Column(readout.protocol.treatment),
            Column("Difference"),
            Column(f"{style.level(readout.protocol.level)} interval"),
            Column("Margin"),
            Column("Result"),
        ),
        rows=tuple(_guarded(readout, one) for one in readout.guard_rails),
        note="One-sided non-inferiority at alpha / 2, read from the interval that is shown."
        + _adjustment(readout, [one.effect for one in readout.guard_rails]),
    )


def every_metric(readout: Readout) -> Sheet:
    """All metrics with both arms, the difference and the published test."""
    rows = []
    for one in readout.effects:
        unit, digits = one.metric.unit, one.metric.decimals
        rows.append(
            (
                one.metric.label,
                one.role,
                style.value(one.control.value, unit, digits),
                style.value(one.treatment.value, unit, digits),
                f"{style.change(one.difference.value, unit, digits)} ({_interval(one)}){_adjusted(one)}",
                style.level(round(one.difference.level, 4)),
                one.published_p,
            )
        )
    return Sheet(
        title=f"{new} of {len(rows)} metrics {'was' if new == 1 else 'were'} not registered: exploratory"
        if (new := sum(one.role == "exploratory" for one in readout.effects))
        else "Every metric was registered before the start",
        subtitle=f"{readout.protocol.treatment} less {readout.protocol.control}, with intervals"
        + (f". {readout.caveat}" if readout.caveat else ""),
        columns=(
            Column("Metric"),
            Column("Role"),
            Column(readout.protocol.control),
            Column(readout.protocol.treatment),
            Column("Difference"),
            Column("Level"),
            Column("Published", "p"),
        ),
        rows=tuple(rows),
        note="The interval decides, at a level that the number of secondary, or of exploratory, metrics asks "
        "for. The published "
        "test (pooled z for shares, Welch for means, of values as measured) is what "
        "write-ups print; it never decides." + _adjustment(readout, readout.effects) + _not_read(readout),
    )


def _guarded(readout: Readout, one: GuardRailEffect) -> tuple[Cell, ...]:
    metric, found = one.effect.metric, one.effect.difference
    harm = "lower" if one.effect.sign > 0 else "higher"
    result = "holds" if one.holds else "breached" if one.breached else "not shown"
    if readout.caveat_of(metric.name):
        result = "not read"
    return (
        metric.label,
        style.value(one.effect.control.value, metric.unit, metric.decimals),
        style.value(one.effect.treatment.value, metric.unit, metric.decimals),
        style.change(found.value, metric.unit, metric.decimals) + _adjusted(one.effect),
        _interval(one.effect),
        f"{style.change(one.rail.margin, metric.unit, metric.decimals).lstrip('+')} {harm}",
        result,
    )


def _interval(one: Effect) -> str:
    """The interval of the difference on one line."""
    found, metric = one.difference, one.metric
    limits = style.change_interval(found.low, found.high, metric.unit, metric.decimals)
    return limits.replace(" ", style.NBSP)


def _adjusted(one: Effect) -> str:
    return ", adjusted" if one.adjusted else ""


def _adjustment(readout: Readout, effects: Sequence[Effect]) -> str:
    """What the note says of differences that are adjusted."""
    if not any(one.adjusted for one in effects):
        return ""
    by = style.listed(readout.protocol.covariates)
    return (
        f" Adjusted: by {by}, known before the start (CUPED). Both variants are shown as measured, so an "
        "adjusted difference is not quite that of the two values beside it."
    )


def _not_read(readout: Readout) -> str:
    """What the note says of single metrics whose differences may not be read, where the others may."""
    shown = {one.metric.name for one in readout.effects}
    reasons = [] if readout.caveat else [one.reason for one in readout.unmet if one.metric in shown]
    return f" Not to be read as effects: {'; '.join(reasons)}." if reasons else ""


def _dates(protocol: Protocol) -> str:
    """`8 Jul 2026 to 4 Aug 2026`, as far as they were agreed; empty where none was."""
    first = style.day(protocol.start) if protocol.start else ""
    last = f"to {style.day(protocol.end)}" if protocol.end else ""
    return f"{first} {last}".strip()


def _split(protocol: Protocol) -> str:
    planned = zip(protocol.arms, protocol.split, strict=True)
    return ", ".join(f"{name} {style.value(share, 'share', 0)}" for name, share in planned)


def _name(key: str) -> str:
    """What the check of this key is called; those of parts and of other experiments name theirs."""
    for start, told in (("split_by_", "Sample ratio by "), ("overlap_", "Overlap with ")):
        if key.startswith(start):
            return told + key.removeprefix(start)
    return _NAMES[key]


def _result(passed: bool, severity: str) -> str:
    if passed:
        return "passed"
    return "failed: stops" if severity == "stop" else "failed"


def distributions(readout: Readout) -> Sheet:
    """What means hide: the largest values, and how the difference stands without them; quantiles.

    Raises:
        NoData: no metric is a mean of units.
    """
    tails = readout.diagnostics.distributions.tails
    found = [one for one in tails if one.treatment == readout.protocol.treatment]
    if not found:
        raise NoData("No metric is a mean over units that varies: there are no outliers to look for.")
    rows = []
    for one in found:
        metric = metrics.get(one.metric)
        unit, digits = metric.unit, metric.decimals

        def told(difference: Difference, unit: str = unit, digits: int | None = digits) -> str:
            limits = style.change_interval(difference.low, difference.high, unit, digits)
            return f"{style.change(difference.value, unit, digits)} ({limits})".replace(" ", style.NBSP)

        farthest = (
            " / ".join(style.value(value, unit, 0) for value in one.farthest) if one.quantiles else None
        )
        quantiles = [told(one.quantiles[p][2]) if one.quantiles else None for p in QUANTILES]
        rows.append(
            (metric.label, farthest, told(one.mean), told(one.without), told(one.winsorized), *quantiles)
        )
    influential = [metrics.get(one.metric).label for one in found if one.influential]
    return Sheet(
        title=f"Values that stand apart move {style.listed(influential)}"
        if influential
        else "No difference hangs on values that stand apart",
        subtitle=f"{readout.protocol.treatment} less {readout.protocol.control}: means with and without the "
        "farthest values, and quantiles",
        columns=tuple(
            Column(label)
            for label in (
                "Metric",
                "Farthest value",
                "Mean, not adjusted" if readout.protocol.covariates else "Mean",
                "Without the farthest",
                "Winsorized",
                *(f"{style.value(p, 'share', 0)} quantile" for p in QUANTILES),
            )
        ),
        rows=tuple(rows),
        note="Without: values left out that are more than 3 times as far from the median as all others, or "
        "the one farthest. Winsorized: values beyond the 1st and 99th percentile are taken as it. Means are "
        "not adjusted. Quantiles are right to a "
        "thousandth; their intervals are by ranks (Woodruff 1952), of no width where many values are one.",
    )


def beside(readout: Readout) -> Sheet:
    """Every concurrent experiment that shares units, and what its treatments do to the effects here.

    Raises:
        NoData: no concurrent experiment has any of these units.
    """
    found = readout.diagnostics.overlaps
    if not found:
        raise NoData("No experiment of the same days has any of these units.")
    protocol, metric = readout.protocol, metrics.get(readout.protocol.primary)
    clear = [pair.other for pair in found if pair.clear]
    changed = dict.fromkeys(one.treatment for pair in found for one in pair.clear)
    what = style.listed(list(changed)) if readout.other_treatments else "this experiment"
    title = (
        f"{style.listed(clear)} changes what {what} does"
        if clear
        else "No other experiment clearly changes what this one does"
    )
    return Sheet(
        title=readout.caveat or title,
        subtitle=f"Effect on {metric.label} under control / treatment of the other experiment",
        columns=(
            Column("Other experiment"),
            Column("Protocol"),
            Column("Units in both", "count"),
            Column("Assigned independently?", "p"),
            Column("Effect here"),
            Column("Interaction"),
        ),
        rows=tuple(
            (
                _beside(pair, one),
                "kept apart" if pair.other in protocol.exclusive_with else "may overlap",
                pair.shared,
                pair.p_independent,
                *_acting(metric, one),
            )
            for pair in found
            for one in pair.interactions or (None,)
        ),
        note="Interaction: the effect under the other's treatment less that under its control, at a level "
        "corrected for the number of interactions (Bonferroni). Experiments that assigned on other days only "
        "are not listed.",
    )


def _beside(pair: Overlap, one: Interaction | None) -> str:
    """`home_feed`; where one of the two has several treatments, `home_feed: green with treatment`."""
    if one is None or len(pair.interactions) == 1:
        return pair.other
    return f"{pair.other}: {one.treatment} with {list(one.under)[-1]}"


def _acting(metric: Metric, one: Interaction | None) -> tuple[str, str]:
    """The effect under both variants of the other experiment, and how far they lie apart."""
    if one is None:
        return "not estimable", "not estimable"
    unit, digits = metric.unit, metric.decimals
    under = [style.change(effect.value, unit, digits) for effect in one.under.values()]
    limits = style.change_interval(one.difference.low, one.difference.high, unit, digits)
    return " / ".join(under), f"{style.change(one.difference.value, unit, digits)} ({limits})"
