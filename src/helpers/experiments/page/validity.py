"""Whether the data can be trusted: the checks, the split week by week, extreme values, other experiments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from helpers import metrics, style
from helpers.experiments.findings import interactions_title, split_title
from helpers.experiments.page.captions import exactly
from helpers.experiments.trust.assignment import weekly_shares
from helpers.experiments.trust.distribution import QUANTILES, Tails
from helpers.experiments.trust.interference import Interaction, Overlap
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.metrics import Metric
from helpers.records import Check
from helpers.stats import Difference, Point, Series
from helpers.tables import Cell, Column, Table, table

if TYPE_CHECKING:
    from helpers.charts import Chart


_NAMES = {
    "protocol": "Data and protocol",
    "sample_ratio": "Sample ratio",
    "pools": "Sample ratio within pools",
    "one_variant": "One variant a unit",
    "unit": "Unit of assignment",
    "grouped": "Clusters known",
    "one_outcome": "One outcome a unit",
    "readable": "Outcomes readable",
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


def trust_checks(readout: Readout) -> Table:
    """The trust checks, one a row, each with what it found; showing the table publishes them.

    >>> from helpers import experiments
    >>> shown = experiments.trust_checks(experiments.example())
    >>> shown.title, shown.data["check"][1], shown.data["result"][1]
    ('All 8 trust checks passed; 3 not checked', 'Sample ratio', 'passed')
    """
    checks = readout.checks
    return table(
        "trust_checks",
        _checks_title(checks),
        (Column("Check"), Column("Result"), Column("What was found")),
        [(_name(check.key), _result(check), check.text) for check in sorted(checks, key=_place)],
        subtitle="Looked at before any effect; a failed check that stops withholds the verdict",
        checks=checks,
    )


def split_over_time(readout: Readout) -> Chart:
    """The share of all units assigned to the treatment, week by week, against the planned share.

    `.data` has a row a week and line: share (0 to 1), its Wilson interval (1927), n units.

        >>> from helpers import experiments
        >>> chart = experiments.split_over_time(experiments.example())
        >>> chart.title, float(chart.data["value"][0])
        ('Units were split as planned, 50% to treatment', 0.5)

    Raises:
        NoData: the units have no dates, or all lie within a week.
    """
    from helpers.charts import trend

    plan, treatment = readout.plan, readout.protocol.treatment
    share = dict(zip(plan.arms, plan.split, strict=True))[treatment]
    weeks = weekly_shares(plan, readout.observed, treatment)
    points = [Point(style.short_day(week.first_day), week.share) for week in weeks]
    planned = [Point(style.short_day(week.first_day), exactly(share, week.units)) for week in weeks]
    return trend(
        Series(treatment, tuple(points)),
        reference=Series("planned", tuple(planned)),
        name="split",
        title=split_title(readout, share),
        subtitle=f"Share of units assigned to {treatment}, by week of assignment (first day)",
        unit="share",
        decimals=1,
        note=f"Band: {style.level(plan.level)} interval of each week alone.",
    )


def distributions(readout: Readout) -> Table:
    """What means hide: the largest values, and how the difference stands without them; quantiles.

    One row a metric that is a mean over units, treatment less control in the metric's unit.

    Raises:
        NoData: no metric is a mean of units.
    """
    found = [
        one for one in readout.diagnostics.distributions.tails if one.treatment == readout.protocol.treatment
    ]
    if not found:
        raise NoData("No metric is a mean over units that varies: there are no outliers to look for.")
    influential = [metrics.get(one.metric).label for one in found if one.influential]
    labels = (
        "Metric",
        "Farthest value",
        "Mean, not adjusted" if readout.protocol.covariates else "Mean",
        "Without the farthest",
        "Winsorized",
        *(f"{style.value(p, 'share', 0)} quantile" for p in QUANTILES),
    )
    return table(
        "distributions",
        f"A few extreme values change the result of {style.listed(influential)}"
        if influential
        else "No result depends on a few extreme values",
        [Column(label) for label in labels],
        [_tails_row(one) for one in found],
        subtitle=f"{readout.protocol.treatment} less {readout.protocol.control}: means with and without the "
        "farthest values, and quantiles",
        note="Without: values left out that are more than 3 times as far from the median as all others, or "
        "the one farthest. Winsorized: values beyond the 1st and 99th percentile are taken as it. Means are "
        "not adjusted. Quantiles are right to a "
        "thousandth; their intervals are by ranks (Woodruff 1952), of no width where many values are one.",
    )


def interactions(readout: Readout) -> Table:
    """Every concurrent experiment that shares units, and what its treatments do to the effects here.

    Raises:
        NoData: no concurrent experiment has any of these units.
    """
    found = readout.diagnostics.overlaps
    if not found:
        raise NoData("No experiment of the same days has any of these units.")
    metric = metrics.get(readout.protocol.primary)
    return table(
        "beside",
        interactions_title(readout),
        (
            Column("Other experiment"),
            Column("Protocol"),
            Column("Units in both", "count"),
            Column("Assigned independently?", "p"),
            Column("Effect here"),
            Column("Interaction"),
        ),
        [
            _overlap_row(pair, one, metric, readout.protocol.exclusive_with)
            for pair in found
            for one in pair.interactions or (None,)
        ],
        subtitle=f"Effect on {metric.label} under control / treatment of the other experiment",
        note="Interaction: the effect under the other's treatment less that under its control, at a level "
        "corrected for the number of interactions (Bonferroni). Experiments that assigned on other days only "
        "are not listed.",
    )


def _name(key: str) -> str:
    """What the check of this key is called; those of parts and of other experiments name theirs."""
    for start, told in (("split_by_", "Sample ratio by "), ("overlap_", "Overlap with ")):
        if key.startswith(start):
            return told + key.removeprefix(start)
    return _NAMES[key]


def _checks_title(checks: Sequence[Check]) -> str:
    """How many checks failed, of those that had something to look at, and how many had not."""
    looked = [check for check in checks if check.looked]
    failed, idle = sum(check.failed for check in checks), len(checks) - len(looked)
    told = (
        f"{failed} of {len(looked)} trust checks failed"
        if failed
        else f"All {len(looked)} trust checks passed"
    )
    return f"{told}; {idle} not checked" if idle else told


def _place(check: Check) -> bool:
    """What was not checked stands last."""
    return not check.looked


def _result(check: Check) -> str:
    if not check.looked:
        return "not checked"
    if check.passed:
        return "passed"
    return "failed: stops" if check.severity == "stop" else "failed"


def _tails_row(one: Tails) -> tuple[Cell, ...]:
    metric = metrics.get(one.metric)
    farthest = (
        " / ".join(style.value(value, metric.unit, 0) for value in one.farthest) if one.quantiles else None
    )
    means = (_with_interval(found, metric) for found in (one.mean, one.without, one.winsorized))
    quantiles = (_with_interval(one.quantiles[p][2], metric) if one.quantiles else None for p in QUANTILES)
    return metric.label, farthest, *means, *quantiles


def _with_interval(found: Difference, metric: Metric) -> str:
    """`+0.12 (−0.05 to +0.29)` on one line."""
    limits = style.change_interval(found.low, found.high, metric.unit, metric.decimals)
    change = style.change(found.value, metric.unit, metric.decimals)
    return f"{change} ({limits})".replace(" ", style.NBSP)


def _overlap_row(
    pair: Overlap, one: Interaction | None, metric: Metric, excluded: Sequence[str]
) -> tuple[Cell, ...]:
    planned = "kept apart" if pair.other in excluded else "may overlap"
    return _other(pair, one), planned, pair.shared, pair.p_independent, *_interaction_cells(metric, one)


def _other(pair: Overlap, one: Interaction | None) -> str:
    """`home_feed`; where one of the two has several treatments, `home_feed: green with treatment`."""
    if one is None or len(pair.interactions) == 1:
        return pair.other
    return f"{pair.other}: {one.treatment} with {list(one.under)[-1]}"


def _interaction_cells(metric: Metric, one: Interaction | None) -> tuple[str, str]:
    """The effect under both variants of the other experiment, and how far they lie apart."""
    if one is None:
        return "not estimable", "not estimable"
    unit, digits = metric.unit, metric.decimals
    under = [style.change(effect.value, unit, digits) for effect in one.under.values()]
    limits = style.change_interval(one.difference.low, one.difference.high, unit, digits)
    return " / ".join(under), f"{style.change(one.difference.value, unit, digits)} ({limits})"
