"""The primary effect by region, segment and platform: do parts differ, by how much, and do they mislead?"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from helpers import metrics, style
from helpers.experiments.effects.estimation import arm_statistics
from helpers.experiments.effects.monitoring import reading_level
from helpers.experiments.figures import Effects, adjusted_by
from helpers.experiments.observations.aggregates import NOT_KNOWN
from helpers.experiments.sheets import Sheet
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.stats import (
    Comparison,
    Difference,
    Heterogeneity,
    false_discovery_rate,
    heterogeneity,
    holm,
    z_value,
)
from helpers.tables import Column

FEWEST = 100
"""Units of an arm below which a part is left out.

With fewer, Cochran's Q takes the errors of the parts for known: of 20 parts that are alike it calls 11% of
shares different at 20 units, 7% at 50, less than 6% from 100 (`test_segments`).
"""


@dataclass(frozen=True)
class Part:
    """The effect in one region, segment or platform: as measured, and shrunk towards the mean of all."""

    value: str
    units: int
    measured: Difference
    shrunk: Difference


@dataclass(frozen=True)
class Split:
    """The effect by the values of one part; `p` is that of no difference, corrected for the splits (Holm).

    `within` is the effect inside the parts, weighted by their units: where its sign is not that of the
    whole, the whole misleads (Simpson 1951).
    """

    part: str
    found: Heterogeneity
    p: float
    parts: tuple[Part, ...]
    within: float

    @property
    def differs(self) -> bool:
        """Whether the parts differ by more than chance (5%)."""
        return self.p < 0.05


def split(readout: Readout) -> tuple[Split, ...]:
    """The primary effect by every part that the assignments tell.

    Raises:
        NoData: no part is told, or none has two values with enough units.
    """
    found = [one for name in readout.observed.parts if (one := _by(readout, name))]
    if not found:
        raise NoData("The assignments tell no region, segment or platform with enough units to compare.")
    corrected = holm([one.p for one in found])
    splits = [replace(one, p=1.0 if p is None else p) for one, p in zip(found, corrected, strict=True)]
    intervals = [
        lambda alpha, shrunk=part.shrunk: _at(readout, shrunk, alpha) for one in splits for part in one.parts
    ]
    rate = false_discovery_rate(intervals, readout.protocol.alpha)
    return tuple(
        replace(one, parts=tuple(replace(part, shrunk=_at(readout, part.shrunk, rate)) for part in one.parts))
        for one in splits
    )


def by_segment(readout: Readout) -> Effects:
    """The shrunk effects of all parts, for the chart.

    Raises:
        NoData: no part is told.
    """
    splits, metric = split(readout), metrics.get(readout.protocol.primary)
    rows = tuple(
        Comparison(
            label=f"{part.value} ({one.part})",
            now=None,
            difference=part.shrunk,
            clear=not readout.caveat and not part.shrunk.low <= 0 <= part.shrunk.high,
        )
        for one in splits
        for part in one.parts
    )
    return Effects(
        title=readout.caveat or _told(splits, metric.label),
        subtitle=f"Effect on {metric.label} by part, shrunk towards the mean of all parts"
        + _adjusted_by(readout),
        unit=metric.unit,
        decimals=style.decimals(metric.unit, metric.decimals),
        rows=rows,
        note="Each effect is drawn towards the common one the more, the less its part can tell "
        f"(normal-normal). {_level(splits)} intervals, for their number (Benjamini-Hochberg).",
    )


def segment_sheet(readout: Readout) -> Sheet:
    """Every part as measured and shrunk, with the test whether parts differ.

    Raises:
        NoData: no part is told.
    """
    splits, metric = split(readout), metrics.get(readout.protocol.primary)
    unit, digits = metric.unit, metric.decimals
    rows = tuple(
        (
            one.part.capitalize(),
            part.value,
            part.units,
            style.change(part.measured.value, unit, digits),
            f"{style.change(part.shrunk.value, unit, digits)} "
            f"({style.change_interval(part.shrunk.low, part.shrunk.high, unit, digits)})",
            one.p,
        )
        for one in splits
        for part in one.parts
    )
    return Sheet(
        title=readout.caveat or _reversed(readout, splits) or _told(splits, metric.label),
        subtitle=f"Effect on {metric.label} in each part, by itself and shrunk{_adjusted_by(readout)}",
        columns=(
            Column("By"),
            Column("Part"),
            Column(f"{readout.protocol.sample_unit.capitalize()}s", "count"),
            Column("By itself"),
            Column("Shrunk"),
            Column("Do parts differ?", "p"),
        ),
        rows=rows,
        note="Read the test first: where parts do not differ, a part that looks better is most likely "
        "chance. The test is Cochran's Q, corrected for the number of splits (Holm).",
    )


def _by(readout: Readout, name: str) -> Split | None:
    protocol, observed = readout.protocol, readout.observed
    metric = metrics.get(protocol.primary)
    found: list[tuple[str, int, Difference]] = []
    for value in observed.values(name):
        there = observed.within(name, value)
        one = arm_statistics(protocol, there, metric) if value != NOT_KNOWN else None
        if one and min(one.control.n, one.treatment.n) >= FEWEST and (effect := one.difference(0.95)).se:
            found.append((value, one.control.n + one.treatment.n, effect))
    if len(found) < 2:
        return None
    tested = heterogeneity([effect for _, _, effect in found])
    parts = tuple(
        Part(value, units, effect, shrunk)
        for (value, units, effect), shrunk in zip(found, tested.shrunk, strict=True)
    )
    within = float(
        np.average([part.measured.value for part in parts], weights=[part.units for part in parts])
    )
    return Split(name, tested, tested.p, parts, within)


def _at(readout: Readout, shrunk: Difference, alpha: float) -> Difference:
    """The limits at an error rate of alpha; of a monitored test, those of the looks at the whole."""
    half = z_value(reading_level(readout.protocol, readout.observed, alpha)) * (shrunk.se or 0.0)
    return replace(shrunk, low=shrunk.value - half, high=shrunk.value + half, level=1 - alpha)


def _adjusted_by(readout: Readout) -> str:
    return adjusted_by(readout.protocol, (readout.primary,)) if readout.primary else ""


def _level(splits: tuple[Split, ...]) -> str:
    return style.level(round(splits[0].parts[0].shrunk.level, 4))


def _told(splits: tuple[Split, ...], label: str) -> str:
    differing = [one.part for one in splits if one.differs]
    if differing:
        return f"The effect on {label} differs by {style.listed(differing)}"
    parts = style.listed([f"{one.part}s" for one in splits])
    return f"No clear difference in the effect on {label} between {parts}"


def _reversed(readout: Readout, splits: tuple[Split, ...]) -> str:
    """The split within which the effect points the other way, if any (Simpson's reversal)."""
    if readout.primary is None:
        return ""
    whole = readout.primary.difference
    se = whole.se or 0.0
    turned = [
        one.part for one in splits if one.within * whole.value < 0 and abs(whole.value) > se < abs(one.within)
    ]
    if not turned:
        return ""
    return f"The effect turns round within {style.listed(turned)}: the whole misleads (Simpson)"
