"""The data account: what became of the rows of every table, and which days they cover."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Protocol

from helpers import style
from helpers.coverage import Coverage
from helpers.records import TableAccount
from helpers.tables.titled import Column, Table, table

MOST_DAYS = 3
"""Days far outside all others that are named."""

RECENT = 12
"""Quarters over which the rows a day are compared."""


class Accounted(Protocol):
    """What knows what became of its rows and which days they cover: a loaded table."""

    @property
    def account(self) -> TableAccount | None:
        """The account of the rows; None where the table is not supplied."""

    @property
    def coverage(self) -> Coverage | None:
        """Which days the rows cover; None for a table without times."""


def account(*tables: Accounted | TableAccount) -> Table:
    """The data account: of each loaded table the rows read and used, what became of the others, and why.

    Takes tables as `sources.load` gives them; one that is not supplied is left out. Rows that stood twice,
    and rows that the declared filter left out, have columns of their own where there are any; values that
    could not be read are named with the number of rows that lost them. The days that the rows cover are
    told, those far outside all others, and quarters in which far more or fewer rows a day were collected.

        >>> from helpers.records import TableAccount
        >>> shown = account(TableAccount(name="tickets", read=100, kept=97, quarantined={"no date": 3}))
        >>> shown.rows
        (('tickets', 100, 97, 3, 'no date (3)'),)
    """
    found = [item if isinstance(item, TableAccount) else item.account for item in tables]
    accounts = [item for item in found if item is not None]
    terms = {
        "Read": [item.read for item in accounts],
        "Used": [item.kept for item in accounts],
        "Repeated": [item.repeats for item in accounts],
        "Filtered": [item.filtered for item in accounts],
        "Set aside": [item.set_aside for item in accounts],
    }
    shown = {name: rows for name, rows in terms.items() if any(rows) or name not in ("Repeated", "Filtered")}
    days = [_days(item) for item in accounts]
    dated = [Column("Days covered")] if any(days) else []
    rows = [
        (item.name, *counts, *([told] if dated else []), _why(item))
        for item, told, *counts in zip(accounts, days, *shown.values(), strict=True)
    ]
    parts = " + ".join(f"rows {name.lower()}" for name in shown if name != "Read")
    return table(
        "data_account",
        "Data account",
        (Column("Table"), *(Column(name, "count") for name in shown), *dated, Column("Why")),
        rows,
        subtitle=f"Rows read = {parts}. The sums agree.",
        note=" ".join(told for item in tables for told in _uneven(item)),
        footer=("All", *map(sum, shown.values()), *[""] * (1 + len(dated))) if len(rows) > 1 else (),
    )


def _days(account: TableAccount) -> str:
    """`11 Dec 2017 to 31 Mar 2018; 3 days without rows; 1 row of 1 Jan 1970 is far outside, on no axis`."""
    if account.earliest is None or account.latest is None:
        return ""
    first, last = (style.day(date.fromisoformat(day)) for day in (account.earliest, account.latest))
    parts = [f"{first} to {last}"]
    if account.silent_days:
        parts.append(f"{style.value(account.silent_days, 'days', 0)} without rows")
    if account.outside:
        parts.append(_outside(account.outside))
    return "; ".join(parts)


def _outside(rows: Mapping[str, int]) -> str:
    named = [style.day(date.fromisoformat(day)) for day in rows][:MOST_DAYS]
    more = [style.how_many(len(rows) - MOST_DAYS, "more day")] if len(rows) > MOST_DAYS else []
    n = sum(rows.values())
    return (
        f"{style.how_many(n, 'row')} of {style.listed([*named, *more])} "
        f"{'is' if n == 1 else 'are'} far outside, on no axis"
    )


def _uneven(item: Accounted | TableAccount) -> Iterator[str]:
    """Of a table the quarters in which far more or fewer rows a day were collected than usually."""
    if isinstance(item, TableAccount) or item.account is None or item.coverage is None:
        return
    found = item.coverage.uneven(item.coverage.quarters[-RECENT:])
    if found:
        told = style.listed([f"{_rate(one.rate or 0)} a day in {one.label}" for one, _ in found])
        yield f"{item.account.name} was collected unevenly: {told}, against {_rate(found[0][1])} usually."


def _rate(rate: float) -> str:
    return style.number(rate, 0 if rate >= 10 else 1)


def _why(account: TableAccount) -> str:
    """What took rows, what took values alone, what was added up, what stands more than once."""
    parts = [_reasons({**account.quarantined, **account.repeated})]
    if account.unknown:
        parts.append(f"values alone: {_reasons(account.unknown)}")
    if account.unanswered:
        parts.append(f"questions without an answer: {style.number(account.unanswered)}")
    if account.added_up:
        parts.append(f"parts of a sum: {style.number(account.added_up)}")
    if account.alike:
        parts.append(f"used, the same in every column as another: {style.number(account.alike)}")
    return "; ".join(part for part in parts if part)


def _reasons(counted: Mapping[str, int]) -> str:
    most_first = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} ({style.number(count)})" for reason, count in most_first)
