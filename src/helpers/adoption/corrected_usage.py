"""Usage whose comparisons are corrected together, before the first of them is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from helpers.adoption.adopters import adoption_against, channels_against_others
from helpers.adoption.observations import Usage
from helpers.adoption.retention import cohort_changes, cohort_trend, retention_against
from helpers.adoption.stickiness import stickiness_against
from helpers.findings import ComparedRows, Measure, NoData, PageCorrection, headline_rows
from helpers.periods import Period
from helpers.stats import Comparison

AGAINST: dict[str, Callable[[Usage, Period | None], Comparison]] = {
    "adopted": adoption_against,
    "retention": retention_against,
    "stickiness": stickiness_against,
}
"""How each of the headlines is compared with an earlier period."""

METRICS = {"adopted": "adoption", "retention": "retention", "stickiness": "stickiness"}
"""What the catalogue calls each of them."""


def corrected(usage: Usage) -> Usage:
    """The same usage, read with one correction of all that its page compares.

    Headlines are adoption, retention and stickiness against each period compared with; the channels against
    the others, each sign-up cohort against the one before and the trend of all of them are lists (see
    `helpers.stats.page_rates`). What was counted is not counted again.

        >>> from helpers.adoption import example_usage
        >>> rates = corrected(example_usage()).scope.correction.rates
        >>> [round(rates[f"{name}:previous"], 4) for name in ("adopted", "retention", "stickiness")]
        [0.0083, 0.0083, 0.0083]
        >>> round(rates["channels:others"], 4)
        0.0125
    """
    try:
        channels = channels_against_others(usage)
    except NoData:
        channels = ()
    headlines = headline_rows(list(key_changes(usage).values()))
    trend = cohort_trend(usage)
    lists = {
        "channels:others": channels,
        "cohorts:preceding": cohort_changes(usage),
        "cohorts:trend": (trend,) if trend else (),
    }
    correction = PageCorrection.of(headlines, lists, 1 - usage.scope.level)
    return usage.within(usage.scope.corrected_by(correction))


def key_changes(usage: Usage) -> dict[str, ComparedRows]:
    """Adoption, retention and stickiness against each period compared with, as far as known, uncorrected."""
    found = {
        name: usage.scope.compared(name, partial(_alone, compared, usage)).with_target(
            measure(usage, name).target
        )
        for name, compared in AGAINST.items()
    }
    return {name: rows for name, rows in found.items() if rows.rows[0].now}


def measure(usage: Usage, name: str) -> Measure:
    """A headline as the catalogue words it, with the feature and the region in its label.

    A target is that of the product: one feature has none.
    """
    known = usage.scope.measure(METRICS[name], "users", "events")
    label = f"{known.label.removesuffix(usage.scope.within)}{usage.rule.of_feature}{usage.scope.within}"
    target = known.target if usage.rule.is_any_use else None
    return replace(known, key=name, label=label, target=target)


def _alone(
    compared: Callable[[Usage, Period | None], Comparison], usage: Usage, then: Period | None
) -> tuple[Comparison]:
    return (compared(usage, then),)
