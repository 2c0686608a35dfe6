"""Mix against rate: what of a difference is which customers a market has, and what is how well it does.

Two questions: what moved the metric since the preceding period, and whether the order of two markets turns
round once both are given the same mix of segments (Simpson's paradox).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from helpers import charts, findings, style
from helpers.findings import Measure, NoData
from helpers.markets.measurements import WHOLE, Measurements, Sums
from helpers.markets.standing import changes
from helpers.records import Finding
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    MixAndRate,
    judged,
    mix_and_rate,
    proportion_difference,
    standardized_share_difference,
)
from helpers.tables import Cell, Column

LARGEST = 8
MIX, RATE = "Mix of customers", "Rate within segments"


@dataclass(frozen=True)
class Drivers:
    """The change of each market since the preceding period, split into mix and rate."""

    rows: tuple[charts.Parts, ...]
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Pair:
    """Two markets, the one lower overall first: as they are, and with their mix of segments set equal."""

    market: str
    against: str
    overall: Difference
    equal_mix: Difference

    @property
    def p(self) -> float:
        """The larger of both tests: 1 where nothing turns round, or cannot be tested."""
        if self.equal_mix.value <= 0 or self.overall.p is None or self.equal_mix.p is None:
            return 1.0
        return max(self.overall.p, self.equal_mix.p)

    @property
    def turning(self) -> Difference:
        """The difference at equal mix with the test of the turn."""
        return replace(self.equal_mix, p=self.p)


@dataclass(frozen=True)
class Reversal:
    """Pairs of markets whose order turns round; the clearest one segment by segment, with its wording."""

    pairs: tuple[Pair, ...]
    comparisons: tuple[Comparison, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str
    subtitle: str
    note: str
    table_title: str
    findings: tuple[Finding, ...]


def drivers(found: Measurements) -> Drivers:
    """Split the change of the whole, the largest markets and all that moved (Kitagawa 1955, two-fold).

    Raises:
        NoData: the metric is a sum, there are no segments, or no preceding period.
    """
    _need_segments(found)
    scope = found.scope
    moved = changes(found)
    assert scope.period.preceding is not None
    rows = [row for at, row in enumerate(moved.rows) if row.reference and (at <= LARGEST or row.clear)]
    splits = {
        row.label: mix_and_rate(
            found.side(scope.period, row.label), found.side(scope.period.preceding, row.label)
        )
        for row in rows
    }
    told = max(
        (row.label for row in rows if row.clear), key=lambda name: abs(splits[name].total), default=WHOLE
    )
    return Drivers(
        tuple(
            charts.Parts(name, ((MIX, split.mix), (RATE, split.rate)), split.total)
            for name, split in splits.items()
        ),
        _drivers_title(found, told, splits[told]),
        f"Change of {found.name} since {moved.then}: the part from another mix of customers, and the part "
        "from other rates of the same customers",
        _drivers_findings(found, splits[WHOLE], moved.then),
    )


def reversal(found: Measurements) -> Reversal:
    """Find the pairs of markets whose order turns round when both have the same mix of segments.

    A pair counts when its overall difference and its difference at equal mix are both clear and opposed; its
    p is the larger of the two, corrected over all pairs. The clearest pair is shown in full.

    Raises:
        NoData: the metric is no share, there are no segments, or no pair turns round.
    """
    _need_segments(found)
    scope = found.scope
    if scope.kind != "share":
        raise NoData(
            f"{scope.measure.label} is no share of counted trials, so pairs of markets have no test."
        )
    pairs = _turned(found)
    if not pairs:
        raise NoData("No pair of markets clearly changes its order when both have the same mix of customers.")
    first = pairs[0]
    return Reversal(
        pairs,
        _pair_rows(first, found),
        (
            Column("Market"),
            Column("Against"),
            Column("As they are", f"change:{scope.measure.unit}", scope.measure.decimals),
            Column(scope.interval, f"change:{scope.measure.unit}", scope.measure.decimals),
            Column("With the same mix", f"change:{scope.measure.unit}", scope.measure.decimals),
            Column(scope.interval, f"change:{scope.measure.unit}", scope.measure.decimals),
        ),
        tuple(_table_row(pair) for pair in pairs),
        f"{first.market} is below {first.against} overall, yet above it for the same mix of customers",
        f"{scope.measure.label}, {first.market} less {first.against}, {scope.period.label}, "
        f"with {scope.interval}",
        "Same mix: the difference of each segment, weighted by the average of both markets' mixes. "
        "The clearest of all pairs of markets; its test is corrected for looking at all of them.",
        f"{style.number(len(pairs))} {'pair' if len(pairs) == 1 else 'pairs'} of markets change their order "
        "with the same mix",
        (_turn(first, found), *(finding for pair in pairs for finding in _pair_findings(pair, found))),
    )


def _need_segments(found: Measurements) -> None:
    if found.scope.kind == "sum":
        raise NoData(f"{found.scope.measure.label} is a sum: it has no rate to set against the mix.")
    if not found.has_segments:
        raise NoData("The table market_metrics has no column segment.")


def _drivers_title(found: Measurements, market: str, split: MixAndRate) -> str:
    unit, decimals = found.scope.measure.unit, found.scope.measure.decimals
    total, mix, rate = (style.change(part, unit, decimals) for part in (split.total, split.mix, split.rate))
    return f"{market}: {total}, {mix} through mix and {rate} through rates"


def _drivers_findings(found: Measurements, split: MixAndRate, then: str) -> tuple[Finding, ...]:
    """What moved all markets, in words; both parts are counted, so they have no interval."""
    plain, period = found.scope.measure, found.scope.period.label
    total, mix, rate = (
        style.change(part, plain.unit, plain.decimals) for part in (split.total, split.mix, split.rate)
    )
    factor, unit = (100.0, "points") if plain.unit == "share" else (1.0, plain.unit)
    n = round(found.sums(found.scope.period)[1])

    def part(key: str, label: str, size: float) -> Finding:
        measure = Measure(f"{plain.key}.{key}", label, unit, plain.good, 2)
        estimate = Estimate(factor * size, None, None, None, found.scope.level, n, "Kitagawa")
        return findings.measured(measure, estimate, period, tables=["mix_and_rate"])

    return (
        findings.concluded(
            Measure(f"{plain.key}.drivers", f"What moved {found.name}", "text"),
            f"Mix {mix}, rates {rate}",
            f"Of the change of {found.name} since {then} ({total}), {mix} come from another mix of markets "
            f"and customers and {rate} from other rates within them.",
            period,
        ),
        part("mix_effect", f"Part of the change of {found.name} from mix", split.mix),
        part("rate_effect", f"Part of the change of {found.name} from rates", split.rate),
    )


def _turned(found: Measurements) -> tuple[Pair, ...]:
    """The pairs whose order clearly turns round, the clearest first."""
    pairs = [_pair(found, *names) for names in combinations(found.markets, 2)]
    rows = judged([Comparison(pair.market, None, None, pair.turning) for pair in pairs])
    turned = [pair for row, pair in zip(rows, pairs, strict=True) if row.clear]
    return tuple(sorted(turned, key=lambda pair: (pair.p, pair.market, pair.against)))


def _pair(found: Measurements, first: str, second: str) -> Pair:
    """Two markets, the one lower overall first."""
    scope = found.scope
    totals = {name: found.sums(scope.period, name) for name in (first, second)}
    market, against = sorted(totals, key=lambda name: totals[name][0] / totals[name][1])
    sides = found.side(scope.period, market), found.side(scope.period, against)
    equal_mix = standardized_share_difference(*sides, scope.level)
    return Pair(market, against, _difference(totals[market], totals[against], scope.level), equal_mix)


def _difference(mine: Sums, theirs: Sums, level: float) -> Difference:
    return proportion_difference(round(mine[0]), round(mine[1]), round(theirs[0]), round(theirs[1]), level)


def _table_row(pair: Pair) -> tuple[Cell, ...]:
    return (
        pair.market,
        pair.against,
        pair.overall.value,
        (pair.overall.low, pair.overall.high),
        pair.equal_mix.value,
        (pair.equal_mix.low, pair.equal_mix.high),
    )


def _shared_segments(mine: Mapping[str, Sums], theirs: Mapping[str, Sums], min_group: int) -> list[str]:
    """Segments that both markets have, with trials enough to show."""
    both = [name for name in mine if name in theirs]
    return [name for name in both if min(mine[name][1], theirs[name][1]) >= min_group]


def _pair_rows(pair: Pair, found: Measurements) -> tuple[Comparison, ...]:
    """The difference as it is, at equal mix, and within each segment (corrected over the segments)."""
    scope = found.scope
    mine, theirs = (found.side(scope.period, name) for name in (pair.market, pair.against))
    segments = judged(
        [
            Comparison(name, None, None, _difference(mine[name], theirs[name], scope.level))
            for name in _shared_segments(mine, theirs, scope.min_group)
        ]
    )
    return (
        Comparison("As they are", None, None, pair.overall, clear=True),
        Comparison("Same mix", None, None, pair.equal_mix, clear=True, focus=True),
        *segments,
    )


def _turn(pair: Pair, found: Measurements) -> Finding:
    """The clearest pair in words."""
    return findings.concluded(
        Measure(f"{found.scope.measure.key}.reversal", "With the same mix of customers", "text"),
        f"{pair.market} above {pair.against}",
        f"{found.scope.measure.label} in {pair.market} is below that in {pair.against}, yet above it when "
        "both have the same mix of customers; both differences are unlikely to be chance.",
        found.scope.period.label,
    )


def _pair_findings(pair: Pair, found: Measurements) -> tuple[Finding, Finding]:
    """Both differences of a pair, each with its own interval."""
    scope, plain = found.scope, found.scope.measure
    where = {"market": pair.market, "against": pair.against}
    n = round(found.sums(scope.period, pair.market)[1] + found.sums(scope.period, pair.against)[1])

    def gap(key: str, label: str, difference: Difference) -> Finding:
        at = Measure(f"{plain.key}.{key}", label, plain.unit, plain.good, plain.decimals).at(**where)
        named = replace(at, label=label)
        return findings.effect(named, difference, scope.period.label, sides=(pair.market, pair.against), n=n)

    return (
        gap("gap", plain.label, pair.overall),
        gap("gap_at_same_mix", f"{plain.label} with the same mix", pair.equal_mix),
    )
