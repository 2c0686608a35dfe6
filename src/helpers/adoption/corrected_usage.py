"""Usage whose comparisons are corrected together, before the first of them is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from helpers.adoption.adopters import adoption_against, channels_against_others
from helpers.adoption.observations import Usage
from helpers.adoption.retention import retention_against
from helpers.adoption.stickiness import stickiness_against
from helpers.findings import ComparedRows, NoData, PageCorrection, headline_rows
from helpers.periods import Period
from helpers.stats import Comparison

_AGAINST: dict[str, Callable[[Usage, Period | None], Comparison]] = {
    "adopted": adoption_against,
    "retention": retention_against,
    "stickiness": stickiness_against,
}


def corrected(usage: Usage) -> Usage:
    """The same usage, read with one correction of all that its page compares.

    Headlines are adoption, retention and stickiness against each period compared with; the channels against
    the others are a list (see `helpers.stats.page_rates`). What was counted is not counted again.

        >>> from helpers.adoption import example_usage
        >>> rates = corrected(example_usage()).scope.correction.rates
        >>> [round(rates[f"{name}:previous"], 4) for name in ("adopted", "retention", "stickiness")]
        [0.0083, 0.0083, 0.0083]
        >>> round(rates["channels:others"], 4)
        0.025
    """
    try:
        channels = channels_against_others(usage)
    except NoData:
        channels = ()
    headlines = headline_rows(list(key_changes(usage).values()))
    correction = PageCorrection.of(headlines, {"channels:others": channels}, 1 - usage.scope.level)
    return usage.within(usage.scope.corrected_by(correction))


def key_changes(usage: Usage) -> dict[str, ComparedRows]:
    """Adoption, retention and stickiness against each period compared with, as far as known, uncorrected."""
    found = {
        name: usage.scope.compared(name, partial(_alone, compared, usage))
        for name, compared in _AGAINST.items()
    }
    return {name: rows for name, rows in found.items() if rows.rows[0].now}


def _alone(
    compared: Callable[[Usage, Period | None], Comparison], usage: Usage, then: Period | None
) -> tuple[Comparison]:
    return (compared(usage, then),)
