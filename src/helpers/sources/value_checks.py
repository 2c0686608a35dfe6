"""What is odd about the values of a table, as warnings: each can be read, and may not be what was meant."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from helpers import style
from helpers.records import Check
from helpers.sources.file_checks import warning
from helpers.sources.remedies import masked
from helpers.sources.table import LoadedTable

_LOOKED_AT = 10_000
"""Rows in which ids, spellings and marks are looked at: what makes them odd makes them so everywhere."""
_MONTHS = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ROUNDED_ID = r"\d([.,]\d+)?[eE]\+\d+"
_DATED_ID = rf"\d{{4}}-\d\d-\d\d(T.*)?|\d{{1,2}}-{_MONTHS}|{_MONTHS}-\d{{1,2}}"
_CHANGED_ID = f"^({_ROUNDED_ID}|{_DATED_ID})$"
"""What a spreadsheet makes of ids: `1.23457E+11` of 123456789012, and dates of `3-1` and `MAR1`."""
_IN_THREES, _SHORT, _FEWEST = r"^[+-]?[1-9]\d{0,2}\.\d{3}$", r"^[+-]?\d{1,3}$", 2
_NAMES = ("market", "region", "segment", "product_area", "channel", "plan", "platform", "variant", "source")
"""Columns whose values name what is counted apart."""
_TOTAL = r"^(grand |sub)?-?(totals?|all|sum|overall|gesamt|summe)$"
_EXACT, _FEWEST_TIMES = 1e-9, 3
_SUMMED, _PARTS = "market_metrics", ("market", "segment")


@ibis.udf.scalar.builtin(name="nfc_normalize")  # type: ignore[untyped-decorator]
def _composed(text: str) -> str:  # type: ignore[empty-body]
    """A text whose accents are written in one way."""


def odd_values(table: LoadedTable) -> Iterator[Check]:
    """Ids that a spreadsheet changed, names spelt in two ways, thousands read as decimals, totals.

    Files with types, as programs write them, are not looked at for what people and spreadsheets do.
    """
    if not table.is_typed:
        yield from _odd_texts(table)
    for column in table.contract.columns:
        if column.kind == "number" and _has_thousands(table.as_written(column.name)):
            yield warning(
                f"thousands@table={table.name},column={column.name}",
                f"Values of {column.name} have a point before three digits, or none (1.234, 900): they were "
                f'read as decimals. If they are thousands, write thousands: "." for {table.name} in '
                "sources.yaml.",
            )
    if table.name == _SUMMED:
        for name in _PARTS:
            yield from _totals(table, name)


def _odd_texts(table: LoadedTable) -> Iterator[Check]:
    """Ids and names, in one query: a smallest id that was changed, names that are fewer when folded."""
    rows = table.expr.limit(_LOOKED_AT)
    texts = [name for name in rows.columns if rows[name].type().is_string()]
    ids = [name for name in texts if name.endswith("_id")]
    names = [name for name in texts if name in _NAMES]
    figures = {name: rows[name].min(where=rows[name].re_search(_CHANGED_ID)) for name in ids}
    figures |= {name: rows[name].nunique() - _folded(rows[name]).nunique() for name in names}
    found = rows.agg(**figures).to_pyarrow().to_pylist()[0] if figures else {}
    for name in ids:
        if found[name] is not None:
            yield warning(
                f"ids@table={table.name},column={name}",
                f"Values of {name} look as if a spreadsheet had made rounded numbers, or dates, of ids (such "
                f"as {masked(found[name])}): different ids may have become one. Export {table.name} again "
                "with that column as text.",
            )
    for name in names:
        if found[name]:
            one, other = _spellings(rows[name])
            yield warning(
                f"spelling@table={table.name},column={name}",
                f"Values of {name} differ in capitals or in how accents are stored ({one}, {other}): they "
                f"count apart. If they are one, map them under columns of {table.name}.",
            )


def _folded(name: ir.StringValue) -> ir.StringValue:
    return _composed(name).lower()


def _spellings(names: ir.StringColumn) -> tuple[str, str]:
    """Two spellings of the first name that has several."""
    rows = names.name("name").as_table()
    alike = rows.group_by(folded=_folded(rows.name)).agg(first=rows.name.min(), last=rows.name.max())
    found = alike.filter(alike.first != alike.last).order_by("folded").limit(1).to_pyarrow().to_pylist()[0]
    return found["first"], found["last"]


def _has_thousands(written: ir.Table | None) -> bool:
    """Whether decimals have three digits each, none is below one, and whole numbers have three at most."""
    if written is None:
        return False
    rows = written.limit(_LOOKED_AT).filter(lambda row: row.text.notnull())
    threes, short = rows.text.re_search(_IN_THREES), rows.text.re_search(_SHORT)
    as_decimals = rows.text.try_cast("float64") == rows.value
    figures = rows.agg(
        threes=(threes & as_decimals).sum(), short=short.sum(), others=(~(threes | short)).sum()
    )
    found = figures.to_pyarrow().to_pylist()[0]
    return (found["threes"] or 0) >= _FEWEST and bool(found["short"]) and not found["others"]


def _totals(table: LoadedTable, part: str) -> Iterator[Check]:
    """A market, or a segment, that is called a total, or is the sum of all others time and again."""
    if not table.has(part):
        return
    names = ["missing" if value is None else value for value in _sums_of_others(table.expr, part)]
    if names:
        yield warning(
            f"totals@table={table.name},column={part}",
            f"Rows of {table.name} whose {part} is {style.listed(names)} look like sums of the others: what "
            f"they sum up counts twice. Keep the others alone, as in filter: {{{part}: […]}}.",
        )


def _sums_of_others(rows: ir.Table, part: str) -> list[str | None]:
    times = [name for name in ("market", "period_start", "metric") if name != part]
    summed = rows.group_by([*times, part]).agg(mine=rows.numerator.sum())
    among = ibis.window(group_by=times)
    beside = summed.mutate(total=summed.mine.sum().over(among), others=summed.mine.count().over(among) - 1)
    several = beside.others > 1
    apart = (2 * beside.mine - beside.total).abs()
    equal = several & (beside.mine != 0) & (apart <= _EXACT * beside.mine.abs())
    counted = beside.group_by(part).agg(times=several.sum(), equal=equal.sum())
    always = (counted.equal == counted.times) & (counted.times >= _FEWEST_TIMES)
    named = counted[part].lower().re_search(_TOTAL).fill_null(False)
    nothing = counted[part].isnull() & (counted.equal == counted.times) & (counted.times > 0)
    found = counted.filter(always | named | nothing).order_by(part)
    values: list[str | None] = found.to_pyarrow()[part].to_pylist()
    return values
