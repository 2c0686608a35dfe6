"""Where markets stand: against the others, against the preceding period, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers import findings, style
from helpers.findings import Measure, NoData
from helpers.markets.measurements import WHOLE, Measurements
from helpers.periods import Period
from helpers.records import Finding
from helpers.stats import Comparison, Difference, Estimate, Group, Point, Series, judged
from helpers.tables import Column

NAMED = 3  # markets that a title names before it counts the rest
LARGEST = 5


@dataclass(frozen=True)
class Standing:
    """Every market against the others, with the wording of its chart and the findings of the period."""

    groups: tuple[Group, ...]
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Changes:
    """Every market now against the preceding period, with the wording of its chart."""

    rows: tuple[Comparison, ...]
    now: str
    then: str
    title: str
    subtitle: str


@dataclass(frozen=True)
class Trends:
    """The whole and the largest markets over quarters, with the wording of both charts."""

    total: Series
    largest: tuple[Series, ...]
    title: str
    subtitle: str
    largest_title: str
    largest_subtitle: str


@dataclass(frozen=True)
class Quarters:
    """The metric by market and quarter, as rows of a table and as findings."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | float | None, ...], ...]
    title: str
    subtitle: str
    findings: tuple[Finding, ...]


def standing(found: Measurements) -> Standing:
    """Each market in the period, against all others together; corrected over all markets.

    A sum has neither interval nor test: its markets are shown by size.
    """
    scope = found.scope
    rows = judged(
        [
            Comparison(market, found.estimate(scope.period, market), None, found.against_others(market))
            for market in found.markets
        ]
    )
    ranked = tuple(sorted(rows, key=lambda row: -row.now.value if row.now else 0.0))
    whole = found.estimate(scope.period)
    reference = whole if scope.kind != "sum" else None
    return Standing(
        (Group("Markets", ranked, WHOLE if reference else "", reference),),
        _sum_title(found, ranked) if scope.kind == "sum" else _standing_title(ranked),
        f"{scope.what}, {scope.period.label}"
        + ("" if scope.kind == "sum" else "; each market against all others"),
        _findings(found),
    )


def changes(found: Measurements) -> Changes:
    """All markets together, and each of them, against the preceding period; corrected over the markets.

    Raises:
        NoData: there is no preceding period, or it has no data.
    """
    scope = found.scope
    preceding = scope.period.preceding
    if preceding is None or found.estimate(preceding) is None:
        raise NoData(f"There is no period before {scope.period.label} to compare with.")
    whole = judged([_change(found, WHOLE, preceding)])
    rows = judged([_change(found, market, preceding) for market in found.markets])
    counted = scope.kind == "sum"
    return Changes(
        (*whole, *rows),
        scope.period.label,
        preceding.label,
        _grown_title(rows, preceding.label) if counted else _changes_title(found, rows, preceding.label),
        scope.what,
    )


def over_time(found: Measurements) -> Trends:
    """All markets, and the largest of them, over the last twelve quarters."""
    scope = found.scope
    whole, *largest = (
        Series(name, tuple(Point(quarter.label, found.estimate(quarter, name)) for quarter in found.quarters))
        for name in (WHOLE, *found.markets[:LARGEST])
    )
    return Trends(
        whole,
        tuple(largest),
        _trend_title(found),
        f"{scope.what}, all markets",
        f"{_leader(largest)} leads the {len(largest)} largest markets",
        f"{scope.measure.label}, the largest markets of {scope.period.label}",
    )


def by_quarter(found: Measurements) -> Quarters:
    """The metric of every market and quarter.

    The quarters of the whole are findings, and of a sum every cell, `revenue@market=france,period=2019q2`.
    """
    scope, measure = found.scope, found.scope.measure
    names = (WHOLE, *found.markets)
    cells = {name: [found.estimate(quarter, name) for quarter in found.quarters] for name in names}
    numbers = [Column(quarter.label, measure.unit, measure.decimals) for quarter in found.quarters]
    return Quarters(
        (Column("Market"), *numbers),
        tuple((name, *(cell.value if cell else None for cell in row)) for name, row in cells.items()),
        f"{measure.label} by market and quarter",
        f"The last {len(found.quarters)} quarters, the largest markets of {scope.period.label} first",
        tuple(
            _cell(measure, name, quarter, cell)
            for name in (names if scope.kind == "sum" else (WHOLE,))
            for quarter, cell in zip(found.quarters, cells[name], strict=True)
            if cell
        ),
    )


def _cell(measure: Measure, market: str, quarter: Period, cell: Estimate) -> Finding:
    where = {} if market == WHOLE else {"market": market}
    label = ", ".join((measure.label, *where.values(), quarter.label))
    named = replace(measure.at(**where, period=quarter.slug), label=label)
    return findings.measured(named, cell, quarter.label, tables=["markets_by_quarter"])


def _findings(found: Measurements) -> tuple[Finding, ...]:
    """The whole and each market with their changes; for a sum its growth, which has no test."""
    scope = found.scope
    records = []
    for market in (WHOLE, *found.markets):
        estimate = found.estimate(scope.period, market)
        assert estimate is not None
        measure = scope.measure if market == WHOLE else scope.measure.at(market=market)
        records.append(
            findings.measured(
                measure,
                estimate,
                scope.period.label,
                headline=market == WHOLE,
                previous=_previous(found, market),
                tables=["markets"],
            )
        )
    return (records[0], *findings.headline_clearest(findings.corrected(records[1:])), *_growth(found))


def _previous(found: Measurements, market: str) -> tuple[str, Estimate, Difference] | None:
    preceding = found.scope.period.preceding
    then = found.estimate(preceding, market) if preceding else None
    change = found.change(market)
    return (preceding.label, then, change) if preceding and then and change else None


def _growth(found: Measurements) -> tuple[Finding, ...]:
    """Growth of a sum since the preceding period, as a share of it: counted, not estimated."""
    scope = found.scope
    preceding = scope.period.preceding
    if scope.kind != "sum" or preceding is None:
        return ()
    now, then = found.estimate(scope.period), found.estimate(preceding)
    if now is None or then is None or then.value <= 0:
        return ()
    measure = Measure(
        f"{scope.measure.key}.growth",
        f"{scope.measure.label} growth since {preceding.label}",
        "share",
        scope.measure.good,
    )
    growth = Estimate(now.value / then.value - 1, None, None, None, scope.level, now.n, "counted")
    return (findings.measured(measure, growth, scope.period.label, headline=True),)


def _standing_title(rows: Sequence[Comparison]) -> str:
    above = [row.label for row in rows if row.above]
    below = [row.label for row in reversed(rows) if row.below]
    told = [
        f"{_named(names)} {'stands' if len(names) == 1 else 'stand'} {way} the others"
        for names, way in ((above, "above"), (below, "below"))
        if names
    ]
    return "; ".join(told) or "No market stands clearly apart from the others"


def _change(found: Measurements, market: str, preceding: Period) -> Comparison:
    now, then = found.estimate(found.scope.period, market), found.estimate(preceding, market)
    return Comparison(market, now, then, found.change(market))


def _changes_title(found: Measurements, rows: Sequence[Comparison], then: str) -> str:
    rose, fell = [row.label for row in rows if row.above], [row.label for row in rows if row.below]
    told = [f"{way} clearly in {_named(names)}" for names, way in ((rose, "rose"), (fell, "fell")) if names]
    if not told:
        return f"No market moved clearly since {then}"
    return f"{found.scope.measure.label} {' and '.join(told)} since {then}"


def _grown_title(rows: Sequence[Comparison], then: str) -> str:
    grown = sum(1 for row in rows if row.now and row.reference and row.now.value > row.reference.value)
    return f"{grown} of {len(rows)} markets grew since {then}"


def _sum_title(found: Measurements, rows: Sequence[Comparison]) -> str:
    """`United States and Australia make up 62% of revenue`: the fewest markets that make more than half."""
    whole, part, names = found.sums(found.scope.period)[0], 0.0, []
    for row in rows:
        if row.now and whole > 0 and part <= whole / 2:
            part += row.now.value
            names.append(row.label)
    if not names:
        return f"No market has {found.name}"
    verb = "makes" if len(names) == 1 else "make"
    share = style.value(part / whole, "share", 0)
    return f"{_named(names)} {verb} up {share} of {found.name}"


def _trend_title(found: Measurements) -> str:
    """What the newest total says, in the words of its test; the growth of a sum is counted."""
    total, *_, last = _findings(found)
    label, period = found.scope.measure.label, found.scope.period
    if period.preceding and last.key == f"{total.key}.growth" and last.value is not None:
        grew = "grew" if last.value >= 0 else "shrank"
        return f"{label} {grew} by {style.value(abs(last.value), 'share')} since {period.preceding.label}"
    if total.change is None:
        return f"{label} is {total.text.value}, {period.label}"
    if total.change.verdict == "unclear":
        return f"{label} shows no clear change since {total.change.period}"
    return f"{label} {'rose' if total.change.value > 0 else 'fell'} clearly since {total.change.period}"


def _leader(series: Sequence[Series]) -> str:
    """The market whose newest point is highest."""
    newest = {line.label: line.points[-1].estimate for line in series}
    return max(newest, key=lambda label: newest[label].value if newest[label] else float("-inf"))  # type: ignore[union-attr]


def _named(names: Sequence[str]) -> str:
    """`Japan, Brazil, Chile and 4 more`."""
    rest = len(names) - NAMED
    return style.listed(names) if rest <= 1 else style.listed([*names[:NAMED], f"{rest} more"])
