"""The results of this subject as findings: keys, labels and sentences."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from helpers import findings, style
from helpers.disagreement import Evidence, with_reason
from helpers.findings import Measure
from helpers.markets.changes import change, growth, market_changes, total_changes
from helpers.markets.decomposition import Decomposition
from helpers.markets.observations import WHOLE, MarketSums
from helpers.markets.simpson import Reversal
from helpers.periods import Period
from helpers.records import Finding
from helpers.scope import Scope
from helpers.stats import (
    Comparison,
    Difference,
    Estimate,
    MixAndRate,
    Series,
    counted,
    mix_and_rate,
)


def level_findings(sums: MarketSums) -> tuple[Finding, ...]:
    """All markets together and each market with its change; of a sum also the growth, which has no test."""
    markets = findings.compared_by(
        "market",
        sums.measure,
        market_changes(sums).judged(sums.scope.correction),
        sums.scope.period,
        tables=["markets"],
    )
    grown = growth_finding(sums)
    return (total_finding(sums), *findings.headline_clearest(markets), *([grown] if grown else []))


def total_finding(sums: MarketSums) -> Finding:
    """All markets together with their change since the previous period."""
    told = findings.compared(
        sums.measure,
        total_changes(sums).judged(sums.scope.correction),
        sums.scope.period,
        headline=True,
        tables=["markets"],
    )
    mixes = "markets and customers" if sums.has_segments else "markets"
    return with_reason(told, sums.scope, Evidence(partial(_step, sums), partial(_mix_since, sums), mixes))


def _step(sums: MarketSums, scope: Scope, then: Period) -> Comparison:
    return change(replace(sums, scope=scope), then)


def _mix_since(sums: MarketSums, then: Period) -> MixAndRate:
    return mix_and_rate(sums.by_segment(sums.scope.period, WHOLE), sums.by_segment(then, WHOLE))


def growth_finding(sums: MarketSums) -> Finding | None:
    """The growth of a sum since the previous period, as a share of it; None where there is none to tell."""
    found, previous, plain = growth(sums), sums.scope.baseline, sums.measure
    if found is None or previous is None:
        return None
    label = f"{plain.label} growth since {previous.label}"
    measure = Measure(f"{plain.key}.growth", label, "share", plain.good)
    return findings.measured(measure, found, sums.scope.period.label, headline=True)


def quarter_findings(sums: MarketSums, markets: tuple[Series, ...]) -> tuple[Finding, ...]:
    """Every point of these series of all markets, or of one: `revenue@market=france,period=2019q2`."""
    return tuple(
        _cell(sums, series.label, quarter, point.estimate)
        for series in markets
        for quarter, point in zip(sums.quarters, series.points, strict=True)
        if point.estimate
    )


def decomposition_findings(sums: MarketSums, whole: Decomposition) -> tuple[Finding, ...]:
    """What moved all markets, in words; both parts are counted, so they have no interval."""
    plain, split = sums.measure, whole.split
    name = findings.mid_sentence(plain.label)
    total, mix, rate = (
        style.change(part, plain.unit, plain.decimals) for part in (split.total, split.mix, split.rate)
    )
    return (
        findings.concluded(
            Measure(f"{plain.key}.drivers", f"What moved {name}", "text"),
            f"Mix {mix}, rates {rate}",
            f"Of the change of {name} since {sums.scope.baseline_label} ({total}), {mix} come from another "
            f"mix of markets and customers and {rate} from other rates within them.",
            sums.scope.period.label,
        ),
        _part(sums, "mix_effect", f"Part of the change of {name} from mix", split.mix),
        _part(sums, "rate_effect", f"Part of the change of {name} from rates", split.rate),
    )


def reversal_findings(sums: MarketSums, pairs: tuple[Reversal, ...]) -> tuple[Finding, ...]:
    """The clearest pair in words, and both differences of every pair, each with its own interval."""
    first, plain = pairs[0], sums.measure
    clearest = findings.concluded(
        Measure(f"{plain.key}.reversal", "With the same mix of customers", "text"),
        f"{first.market} above {first.against}",
        f"{plain.label} in {first.market} is below that in {first.against}, yet above it when "
        "both have the same mix of customers. Both differences are more than chance brings.",
        sums.scope.period.label,
    )
    return (clearest, *(finding for pair in pairs for finding in _gaps(sums, pair)))


def _cell(sums: MarketSums, market: str, quarter: Period, found: Estimate) -> Finding:
    where = {} if market == WHOLE else {"market": market}
    label = ", ".join((sums.measure.label, *where.values(), sums.scope.named(quarter)))
    named = replace(sums.measure.at(**where, period=quarter.slug), label=label)
    return findings.measured(named, found, quarter.label, tables=["markets_by_quarter"])


def _part(sums: MarketSums, key: str, label: str, size: float) -> Finding:
    """One part of a change; that of a share is in points."""
    plain, scope = sums.measure, sums.scope
    factor, unit = (100.0, "points") if plain.unit == "share" else (1.0, plain.unit)
    measure = Measure(f"{plain.key}.{key}", label, unit, plain.good, 2)
    n = round(sums.sums(scope.period)[1])
    part = counted(factor * size, n, method="Kitagawa", level=scope.level)
    return findings.measured(measure, part, scope.period.label, tables=["mix_and_rate"])


def _gaps(sums: MarketSums, pair: Reversal) -> tuple[Finding, Finding]:
    label = sums.measure.label
    return (
        _gap(sums, pair, "gap", label, pair.overall),
        _gap(sums, pair, "gap_at_same_mix", f"{label} with the same mix", pair.same_mix),
    )


def _gap(sums: MarketSums, pair: Reversal, key: str, label: str, difference: Difference) -> Finding:
    plain, period = sums.measure, sums.scope.period
    named = Measure(f"{plain.key}.{key}", label, plain.unit, plain.good, plain.decimals)
    at = replace(named.at(market=pair.market, against=pair.against), label=label)
    n = round(sums.sums(period, pair.market)[1] + sums.sums(period, pair.against)[1])
    return findings.effect(at, difference, period.label, sides=(pair.market, pair.against), n=n)
