"""The charts and tables of the report on markets, each a finished object with the findings it shows."""

from __future__ import annotations

from collections.abc import Sequence

from helpers import charts, style, tables
from helpers.charts import Chart, Parts
from helpers.findings import NoData, contrast, mid_sentence, moved
from helpers.markets.changes import against_previous, previous_period
from helpers.markets.decomposition import Decomposition, decompositions
from helpers.markets.findings import (
    decomposition_findings,
    growth_finding,
    level_findings,
    quarter_findings,
    reversal_findings,
    total_finding,
)
from helpers.markets.market_estimates import estimate, over_months, over_quarters
from helpers.markets.market_ranks import ends
from helpers.markets.observations import WHOLE, MarketSums
from helpers.markets.simpson import Reversal, reversals, within_segments
from helpers.markets.standing import against_others, concentration
from helpers.stats import Comparison, Group, Series
from helpers.tables import Cell, Column, Table

NEEDED = (
    "Sums of months do not tell how much accounts differ, so no interval is drawn and no market is called "
    "higher or lower: for that, leave this metric out of market_metrics and supply the table orders (market, "
    "ordered_at, amount, account_id)."
)
NAMED = 3  # markets that a title names before it counts the rest
LARGEST = 5


def ranking(sums: MarketSums) -> Chart:
    """Each market, the highest first, with its difference from all others together.

    Its findings are all markets together and each market, with their changes since the previous period. The
    markets of a sum stand by size, without a test.

        >>> from helpers.markets import example_sums
        >>> shown = ranking(example_sums())
        >>> shown.title
        'Conversion is highest in France and lowest in Germany'
        >>> [finding.key for finding in shown.findings]
        ['conversion', 'conversion@market=france', 'conversion@market=germany']
    """
    rows, period = against_others(sums), sums.scope.period
    if sums.kind == "sum":
        group, title, against = Group("Markets", rows), _concentration_title(sums), ""
    else:
        group = Group("Markets", rows, WHOLE, estimate(sums, period))
        title, against = f"{sums.measure.label} by market, as counted", ""
        if sums.is_tested:
            title, against = _ranking_title(sums, rows), "; each market against all others"
    return charts.dots(
        [group],
        name="markets",
        title=title,
        subtitle=f"{_what(sums)}, {period.label}{against}",
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        note=_note(sums),
        findings=level_findings(sums),
    )


def changes_since_previous(sums: MarketSums) -> Chart:
    """All markets together and each market, the largest first, now over the previous period.

        >>> from helpers.markets import example_sums
        >>> changes_since_previous(example_sums()).title
        'Conversion rose clearly in France and fell clearly in Germany since 2026 Q2'

    Raises:
        NoData: there is no previous period, or it has no data.
    """
    rows, then = against_previous(sums), sums.scope.label(previous_period(sums))
    return charts.shift(
        rows,
        name="market_changes",
        title=_grown_title(sums, rows[1:]) if sums.kind == "sum" else _changes_title(sums, rows[1:], then),
        subtitle=_what(sums),
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        now=sums.scope.label(sums.scope.period),
        then=sums.scope.baseline_label,
        note=_note(sums),
    )


def total_over_time(sums: MarketSums) -> Chart:
    """All markets together over the last twelve quarters.

    >>> from helpers.markets import example_sums
    >>> total_over_time(example_sums()).title
    'Conversion rose clearly since 2026 Q2'
    """
    return charts.trend(
        over_quarters(sums),
        name="total_trend",
        title=_total_title(sums),
        subtitle=f"{_what(sums)}, all markets",
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        events=sums.scope.event_marks(sums.quarters, [over_months(sums)]),
        target=sums.scope.target_line(sums.measure),
    )


def largest_over_time(sums: MarketSums) -> Chart:
    """The largest markets of the period over the last twelve quarters; the title says how they stand in it.

        >>> from helpers.markets import example_sums
        >>> largest_over_time(example_sums()).title
        'Of the largest markets, France stands above and Germany stands below all others together'

    Raises:
        NoData: no market is large enough to show.
    """
    largest = [over_quarters(sums, market) for market in sums.markets[:LARGEST]]
    if not largest:
        raise NoData("No market is large enough to show by itself.")
    return charts.lines(
        largest,
        name="market_trends",
        title=_leader_title(largest) if sums.kind == "sum" else _largest_title(sums, largest),
        subtitle=f"{sums.measure.label}, the largest markets of {sums.scope.period.label}",
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        events=sums.scope.event_marks(sums.quarters, [over_months(sums, each) for each in sums.markets]),
    )


def by_quarter(sums: MarketSums) -> Table:
    """The metric of all markets together and of each market, a column a quarter.

    The quarters of all markets are findings, and of a sum every cell: `revenue@market=france,period=2019q2`.

        >>> from helpers.markets import example_sums
        >>> by_quarter(example_sums()).rows[1]
        ('France', 0.25, 0.37)
    """
    measure, quarters, step = sums.measure, sums.quarters, sums.scope.period.step
    series = tuple(over_quarters(sums, market) for market in (WHOLE, *sums.markets))
    values = [[point.estimate.value if point.estimate else None for point in each.points] for each in series]
    numbers = [Column(sums.scope.named(quarter), measure.unit, measure.decimals) for quarter in quarters]
    return tables.table(
        "markets_by_quarter",
        f"{measure.label} by market and {step}",
        (Column("Market"), *numbers),
        [(each.label, *row) for each, row in zip(series, values, strict=True)],
        subtitle=f"The last {len(quarters)} {step}s, the largest markets of {sums.scope.period.label} first",
        findings=quarter_findings(sums, series if sums.kind == "sum" else series[:1]),
        checks=sums.scope.checks,
    )


def mix_and_rate_effects(sums: MarketSums) -> Chart:
    """The change of all markets together, of the largest and of all that moved, split in mix and rate.

    Its findings are the two parts of the change of all markets together (Kitagawa 1955).

        >>> from helpers.markets import example_sums
        >>> mix_and_rate_effects(example_sums()).data.head(2)
                 group                  part     value     total
        0  All markets      Mix of customers  0.034179  0.034976
        1  All markets  Rate within segments  0.000798  0.034976

    Raises:
        NoData: the metric is a sum, there are no segments, or no previous period.
    """
    found, name = decompositions(sums), mid_sentence(sums.measure.label)
    return charts.parts(
        [_parts(each) for each in found],
        name="mix_and_rate",
        title=_effects_title(sums, found),
        subtitle=f"Change of {name} since {sums.scope.baseline_label}: the part from another mix of "
        "customers, and the part from other rates of the same customers",
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        findings=decomposition_findings(sums, found[0]),
    )


def gap_at_same_mix(sums: MarketSums) -> Chart:
    """The clearest pair of markets whose order turns round with the same mix, segment by segment.

    Its findings are both differences of every such pair (see `reversal_table`).

        >>> from helpers.markets import example_sums
        >>> gap_at_same_mix(example_sums()).title
        'Germany is below France overall, yet above it for the same mix of customers'

    Raises:
        NoData: the metric is no share, there are no segments, or no pair turns round.
    """
    pairs = _reversals(sums)
    first, scope = pairs[0], sums.scope
    return charts.forest(
        within_segments(sums, first),
        name="same_mix",
        title=f"{first.market} is below {first.against} overall, yet above it for the same mix of customers",
        subtitle=f"{sums.measure.label}, {first.market} less {first.against}, {scope.period.label}, "
        f"with {sums.scope.interval}",
        unit=sums.measure.unit,
        decimals=sums.measure.decimals,
        note="Same mix: the difference of each segment, weighted by the average of both markets' mixes. "
        "The clearest of all pairs of markets; its test is corrected for looking at all of them.",
        findings=reversal_findings(sums, pairs),
    )


def reversal_table(sums: MarketSums) -> Table:
    """Every pair of markets whose order turns round with the same mix, the clearest first.

        >>> from helpers.markets import example_sums
        >>> reversal_table(example_sums()).title
        '1 pair of markets change their order with the same mix'

    Raises:
        NoData: the metric is no share, there are no segments, or no pair turns round.
    """
    pairs = _reversals(sums)
    gap = f"change:{sums.measure.unit}", sums.measure.decimals
    heads = ("As they are", sums.scope.interval, "With the same mix", sums.scope.interval)
    return tables.table(
        "reversal",
        f"{style.number(len(pairs))} {'pair' if len(pairs) == 1 else 'pairs'} of markets change their order "
        "with the same mix",
        (Column("Market"), Column("Against"), *(Column(head, *gap) for head in heads)),
        [_reversal_row(pair) for pair in pairs],
    )


def _reversals(sums: MarketSums) -> tuple[Reversal, ...]:
    found = reversals(sums)
    if not found:
        raise NoData("No pair of markets clearly changes its order when both have the same mix of customers.")
    return found


def _what(sums: MarketSums) -> str:
    """`Conversion with 95% interval`; a sum has no interval."""
    label = sums.measure.label
    return f"{label} with {sums.scope.interval}" if sums.is_tested else label


def _note(sums: MarketSums) -> str:
    """Which markets are not shown, which orders do not count, and what a test would need."""
    needed = NEEDED if sums.kind == "ratio" and not sums.is_tested else ""
    return " ".join(part for part in (sums.left_out, needed) if part)


def _ranking_title(sums: MarketSums, rows: Sequence[Comparison]) -> str:
    """Which market is highest and which lowest; of several that may be, all, where a title has room."""
    found = ends(sums, rows)
    told = [
        f"{end} in {_either(markets)}"
        for end, markets in (("highest", found.highest), ("lowest", found.lowest))
        if 0 < len(markets) <= NAMED
    ]
    if not told:
        return f"Which market has the highest {mid_sentence(sums.measure.label)} is not clear"
    return f"{sums.measure.label} is {' and '.join(told)}"


def _either(names: Sequence[str]) -> str:
    """`France`, `France or Spain`, `France, Spain or Italy`."""
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _furthest_first(rows: Sequence[Comparison]) -> list[Comparison]:
    """Ranked rows such that each side of a title names first what stands furthest off."""
    return [*(row for row in rows if row.above), *(row for row in reversed(rows) if row.below)]


def _concentration_title(sums: MarketSums) -> str:
    """`United States and Australia make up 62% of revenue`."""
    found, name = concentration(sums), mid_sentence(sums.measure.label)
    if not found.markets:
        return f"No market has {name}"
    verb = "makes" if len(found.markets) == 1 else "make"
    return f"{_named(found.markets)} {verb} up {style.value(found.share, 'share', 0)} of {name}"


def _changes_title(sums: MarketSums, rows: Sequence[Comparison], then: str) -> str:
    if not sums.is_tested:
        return f"{sums.measure.label} by market since {then}, as counted"
    return contrast(
        rows,
        "rose clearly in {names}",
        "fell clearly in {names}",
        f"No market moved clearly since {then}",
        before=f"{sums.measure.label} ",
        after=f" since {then}",
        joined=" and ",
        most=NAMED,
    )


def _grown_title(sums: MarketSums, rows: Sequence[Comparison]) -> str:
    """How many markets grew; the sum of a part of a period is no growth from the sum of a whole one."""
    if partial := sums.scope.partly():
        return f"No growth is told: {partial}"
    grown = sum(1 for row in rows if row.now and row.reference and row.now.value > row.reference.value)
    return f"{grown} of {len(rows)} markets grew since {previous_period(sums).label}"


def _total_title(sums: MarketSums) -> str:
    """What the newest total says, in the words of its test; the growth of a sum is counted."""
    grown, previous = growth_finding(sums), sums.scope.baseline
    if sums.kind == "ratio" and not sums.is_tested:
        return f"{sums.measure.label} of all markets, as counted"
    if grown is None or grown.value is None or previous is None:
        return moved(total_finding(sums))
    verb = "grew" if grown.value >= 0 else "shrank"
    return f"{sums.measure.label} {verb} by {style.value(abs(grown.value), 'share')} since {previous.label}"


def _largest_title(sums: MarketSums, largest: Sequence[Series]) -> str:
    """How the largest markets stand against all others together, in the words of those tests."""
    names = [each.label for each in largest]
    if not sums.is_tested:
        return f"{sums.measure.label} of the largest markets, as counted"
    return contrast(
        _furthest_first([row for row in against_others(sums) if row.label in names]),
        "{names} [stands|stand] above",
        "{names} [stands|stand] below",
        "None of the largest markets stands clearly apart from the others",
        before="Of the largest markets, ",
        after=" all others together",
        joined=" and ",
    )


def _leader_title(largest: Sequence[Series]) -> str:
    """The market whose newest quarter is the largest sum: it is counted, so it needs no test."""
    newest = {each.label: each.points[-1].estimate for each in largest}
    sizes = {label: found.value for label, found in newest.items() if found}
    leader = max(sizes, key=sizes.__getitem__, default="No market")
    return f"{leader} leads the {len(largest)} largest markets"


def _effects_title(sums: MarketSums, found: Sequence[Decomposition]) -> str:
    """The largest clear change and its parts; where none is clear, that of all markets together."""
    clear = [each for each in found if each.clear]
    told = max(clear, key=lambda each: abs(each.split.total), default=found[0])
    unit, decimals = sums.measure.unit, sums.measure.decimals
    total, mix, rate = (
        style.change(part, unit, decimals) for part in (told.split.total, told.split.mix, told.split.rate)
    )
    return f"{told.market}: {total}, {mix} through mix and {rate} through rates"


def _parts(found: Decomposition) -> Parts:
    split = found.split
    both = (("Mix of customers", split.mix), ("Rate within segments", split.rate))
    return Parts(found.market, both, split.total)


def _reversal_row(pair: Reversal) -> tuple[Cell, ...]:
    return (
        pair.market,
        pair.against,
        pair.overall.value,
        (pair.overall.low, pair.overall.high),
        pair.same_mix.value,
        (pair.same_mix.low, pair.same_mix.high),
    )


def _named(names: Sequence[str]) -> str:
    """`Japan, Brazil, Chile and 4 more`."""
    rest = len(names) - NAMED
    return style.listed(names) if rest <= 1 else style.listed([*names[:NAMED], f"{rest} more"])
