"""Gates: what an edition's data must be like for its page to be published without a warning, or at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from helpers.periods import Period, day
from helpers.records import Check, TableAccount
from quarterdeck.archive.edition_standing import FRESH
from quarterdeck.params.quantities import Limit
from quarterdeck.params.report import Gates, Reaction

_TRUST: tuple[str, ...] = ("sample_ratio", "small_groups")
"""Checks that notebooks make themselves; a gate of the same name decides whether a failed one holds back."""


def judge(gates: Gates, tables: Sequence[TableAccount], reach: date) -> tuple[Check, ...]:
    """One check a gate. `reach` is the day up to which the data should reach.

    The texts do not name that day: a page does not depend on the day on which it was made.
    """
    found = []
    if gates.fresh:
        found.append(_check(FRESH, gates.fresh, _stale(gates.fresh, tables, reach), _RECENT))
    if gates.rows:
        found.append(_check("gate.rows", gates.rows, _few(gates.rows, tables), _ROWS))
    warn, hold = gates.quarantined
    worst = hold if any(_dirty(hold, tables)) else warn
    found.append(_check("gate.quarantined", worst, _dirty(worst, tables), _CLEAN))
    return tuple(found)


def holding(gates: Gates, checks: Sequence[Check]) -> list[Check]:
    """The failed checks because of which the page is held back."""
    asked: dict[str, Reaction] = {name: getattr(gates, name) for name in _TRUST}
    return [
        check
        for check in checks
        if check.failed
        and (check.severity == "stop" if check.key.startswith("gate.") else asked.get(check.key) == "hold")
    ]


def is_stale(gates: Gates, tables: Sequence[TableAccount], reach: date) -> bool:
    """Whether the newest rows are older than allowed; false without that gate."""
    return gates.fresh is not None and any(_stale(gates.fresh, tables, reach))


def uncovered(tables: Sequence[TableAccount], period: Period | None) -> str:
    """Why nothing can be told of a period: no table that was read reaches into it; empty where one does.

    Tables without times tell nothing, nor does an edition without a period or of all time.
    """
    spans = [
        (date.fromisoformat(table.earliest[:10]), date.fromisoformat(table.latest[:10]))
        for table in tables
        if table.earliest and table.latest
    ]
    if period is None or period.year is None or not spans:
        return ""
    if any(first <= period.last_day and period.start <= last for first, last in spans):
        return ""
    reach = f"{day(min(first for first, _ in spans))} to {day(max(last for _, last in spans))}"
    return f"No table has rows in {period.label}; they are of {reach}."


_RECENT = "No table's newest row is older than the {} allowed."
_ROWS = "Every table has at least {} rows."
_CLEAN = "Of no table more than {} of the rows are set aside or have an unreadable value."


def _check(key: str, limit: Limit, problems: Iterator[str], fine: str) -> Check:
    told = " ".join(problems)
    severity = ("stop" if limit.hold else "warn") if told else "info"
    return Check(
        key=key,
        passed=not told,
        severity=severity,  # type: ignore[arg-type]
        text=told or fine.format(limit.text),
    )


def _stale(limit: Limit, tables: Sequence[TableAccount], reach: date) -> Iterator[str]:
    oldest = reach - timedelta(seconds=limit.value)
    for table in tables:
        newest = date.fromisoformat(table.latest[:10]) if table.latest else None
        if newest and newest < oldest:
            yield f"{table.name}: the newest row, of {day(newest)}, is older than the {limit.text} allowed."


def _few(limit: Limit, tables: Sequence[TableAccount]) -> Iterator[str]:
    for table in tables:
        if table.kept < limit.value:
            yield f"{table.name}: {table.kept:,} rows can be used; {limit.text} are needed."


def _dirty(limit: Limit, tables: Sequence[TableAccount]) -> Iterator[str]:
    """Tables with too many rows set aside, or values of one kind lost, and which reason took how many."""
    for table in tables:
        allowed = limit.value * table.read
        if table.set_aside > allowed:
            told = f"{table.set_aside:,} of {table.read:,} rows are set aside"
            yield _too_many(limit, table, told, table.quarantined)
        lost = {reason: n for reason, n in table.unknown.items() if n > allowed}
        if lost:
            yield _too_many(limit, table, f"of {table.read:,} rows values are lost", lost)


def _too_many(limit: Limit, table: TableAccount, told: str, counted: Mapping[str, int]) -> str:
    return f"{table.name}: {told} ({_reasons(table, counted)}), more than the {limit.text} allowed."


def _reasons(table: TableAccount, counted: Mapping[str, int]) -> str:
    """`revenue unreadable: 141, such as 9,999.99`: what took how many, and how one such value looks."""
    most_first = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    shapes = {reason: f", such as {one.shape}" for reason, one in table.examples.items()}
    return "; ".join(f"{reason}: {n:,}{shapes.get(reason, '')}" for reason, n in most_first)
