"""The primary effect by region, segment and platform, drawn and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import metrics, style
from helpers.experiments.effects.subgroups import SubgroupEffect, Subgroups, subgroups
from helpers.experiments.findings import reversal_title, segments_title
from helpers.experiments.page.captions import adjusted_by
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.metrics import Metric
from helpers.stats import Comparison
from helpers.tables import Cell, Column, Table, table

if TYPE_CHECKING:
    from helpers.charts import Chart


def segment_effects(readout: Readout) -> Chart:
    """The primary effect in every region, segment and platform, each shrunk towards the mean of all.

    `.data` has a row a part: `difference` with its limits in the metric's unit, and whether it is clear. The
    title says by which parts the effect differs (Cochran's Q, Holm), whatever single parts look like.

        >>> from helpers import experiments
        >>> experiments.segment_effects(experiments.example()).title
        'No clear difference in the effect on Activation between regions'

    Raises:
        NoData: no part is told, or none has two values with enough units.
    """
    from helpers.charts import forest

    splits, metric = subgroups(readout.protocol, readout.observed), metrics.get(readout.protocol.primary)
    level = style.level(round(splits[0].parts[0].shrunk.level, 4))
    return forest(
        [_row(readout, one, part) for one in splits for part in one.parts],
        name="segments",
        title=segments_title(readout, splits),
        subtitle=f"Effect on {metric.label} by part, shrunk towards the mean of all parts"
        + _adjusted_by(readout),
        unit=metric.unit,
        decimals=style.decimals(metric.unit, metric.decimals),
        note="Each effect is drawn towards the common one the more, the less its part can tell "
        f"(normal-normal). {level} intervals, for their number (Benjamini-Hochberg).",
    )


def segment_table(readout: Readout) -> Table:
    """Every part as measured and shrunk, with the test whether parts differ.

        >>> from helpers import experiments
        >>> experiments.segment_table(experiments.example()).data[["part", "users"]].values.tolist()
        [['AMER', 2000], ['EMEA', 2000]]

    Raises:
        NoData: no part is told, or none has two values with enough units.
    """
    splits, metric = subgroups(readout.protocol, readout.observed), metrics.get(readout.protocol.primary)
    several = bool(readout.other_treatments)
    return table(
        "parts",
        reversal_title(readout, splits),
        (
            *([Column("Treatment")] if several else ()),
            Column("By"),
            Column("Part"),
            Column(f"{readout.protocol.sample_unit.capitalize()}s", "count"),
            Column("By itself"),
            Column("Shrunk"),
            Column("Do parts differ?", "p"),
        ),
        [
            (*((each.protocol.treatment,) if several else ()), *_cells(one, part, metric))
            for each in readout.of_each
            for one in (splits if each is readout else _splits(each))
            for part in one.parts
        ],
        subtitle=f"Effect on {metric.label} in each part, by itself and shrunk{_adjusted_by(readout)}",
        note="Read the test first: where parts do not differ, a part that looks better is most likely "
        "chance. The test is Cochran's Q, corrected for the number of splits (Holm).",
    )


def _splits(readout: Readout) -> tuple[Subgroups, ...]:
    """The parts of another treatment; none where too few of its units are in two of them."""
    try:
        return subgroups(readout.protocol, readout.observed)
    except NoData:
        return ()


def _row(readout: Readout, one: Subgroups, part: SubgroupEffect) -> Comparison:
    clear = part.clear and not readout.caveat
    return Comparison(f"{part.value} ({one.part})", now=None, difference=part.shrunk, clear=clear)


def _cells(one: Subgroups, part: SubgroupEffect, metric: Metric) -> tuple[Cell, ...]:
    unit, digits, shrunk = metric.unit, metric.decimals, part.shrunk
    limits = style.change_interval(shrunk.low, shrunk.high, unit, digits)
    return (
        one.part.capitalize(),
        part.value,
        part.units,
        style.change(part.measured.value, unit, digits),
        f"{style.change(shrunk.value, unit, digits)} ({limits})",
        one.p,
    )


def _adjusted_by(readout: Readout) -> str:
    return adjusted_by(readout.protocol, (readout.primary,)) if readout.primary else ""
