"""Usage whose comparisons are corrected together, before the first of them is shown."""

from __future__ import annotations

from dataclasses import replace

from helpers.adoption.adopters import channels_against_others
from helpers.adoption.key_metrics import KeyMetrics, measured
from helpers.adoption.observations import Usage
from helpers.findings import NoData, PageCorrection
from helpers.stats import Comparison


def corrected(usage: Usage) -> Usage:
    """The same usage, read with one correction of all that its page compares.

    Headlines are the changes of adoption, retention and stickiness; the channels against the others are a
    list (see `helpers.stats.page_rates`). What was counted is not counted again.

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
    correction = PageCorrection.of(
        headline_changes(measured(usage)), {"channels:others": channels}, 1 - usage.scope.level
    )
    return usage.within(replace(usage.scope, correction=correction))


def headline_changes(key_metrics: KeyMetrics) -> dict[str, Comparison]:
    """Adoption, retention and stickiness against the preceding period, as far as known, before correction."""
    found = {
        "adopted": key_metrics.adopted,
        "retention": key_metrics.retained,
        "stickiness": key_metrics.stickiness,
    }
    return {
        f"{name}:previous": Comparison(name, metric.now, metric.before, metric.change)
        for name, metric in found.items()
        if metric and metric.now
    }
