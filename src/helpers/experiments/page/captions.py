"""What subtitles, notes and labels of several figures say: of adjustment, levels, days and intervals."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.stats import Estimate


def primary_effect(readout: Readout) -> Effect:
    """The effect on the primary metric.

    Raises:
        NoData: the primary metric was not measured.
    """
    if readout.primary is None:
        raise NoData(f"No effect on the primary metric: {readout.unmeasured[0].reason}.")
    return readout.primary


def level(readout: Readout) -> str:
    """`95%`, the level of the protocol's intervals."""
    return style.level(readout.protocol.level)


def interval(one: Effect) -> str:
    """The interval of the difference on one line."""
    found, metric = one.difference, one.metric
    limits = style.change_interval(found.low, found.high, metric.unit, metric.decimals)
    return limits.replace(" ", style.NBSP)


def adjusted_by(protocol: Protocol, effects: Sequence[Effect]) -> str:
    """What the end of a subtitle says of differences that are adjusted; empty where none is."""
    adjusted = [one.metric.label for one in effects if one.adjusted]
    if not adjusted:
        return ""
    which = "" if len(adjusted) == len(effects) else f"{style.listed(adjusted)} "
    return f", {which}adjusted by {style.listed(protocol.covariates)}"


def adjustment(readout: Readout, effects: Sequence[Effect]) -> str:
    """What the note of a table says of differences that are adjusted; empty where none is."""
    if not any(one.adjusted for one in effects):
        return ""
    by = style.listed(readout.protocol.covariates)
    return (
        f" Adjusted: by {by}, known before the start (CUPED). Both variants are shown as measured, so an "
        "adjusted difference is not quite that of the two values beside it."
    )


def exactly(value: float, n: int) -> Estimate:
    """A planned value, as a point of a reference line."""
    return Estimate(value, None, None, None, 0.95, n, "planned")
