"""The card of a table: its rows, the period that they cover, each column with its type, origin and values."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir

from helpers import style
from helpers.sources.proposal.proposing import Proposal
from helpers.sources.proposal.telling import called, seen
from helpers.sources.table import LoadedTable


def card(proposal: Proposal) -> Iterator[str]:
    """What the proposal gives, a line each: rows, what is set aside and why, the columns."""
    if proposal.table is None or proposal.table.account is None:
        yield f"It cannot be loaded like this: {seen(proposal.refused)}"
        return
    account = proposal.table.account
    counted = f"{style.how_many(account.read, 'row')} read, {style.number(account.kept)} kept"
    yield counted + _period(proposal.table)
    if account.repeats:
        yield f"{style.number(account.repeats)} repeated: {', '.join(account.repeated)}"
    if account.alike:
        yield f"{style.number(account.alike)} the same in every column as another, which count"
    yield from account.reasons()
    yield from _columns(proposal)


def _period(table: LoadedTable) -> str:
    time = table.contract.time
    if time is None or not table.has(time):
        return ""
    row = (
        table.expr.agg(first=table.expr[time].min(), last=table.expr[time].max()).to_pyarrow().to_pylist()[0]
    )
    return f", {row['first']:%Y-%m-%d} to {row['last']:%Y-%m-%d}" if row["first"] else ""


def _columns(proposal: Proposal) -> Iterator[str]:
    assert proposal.table is not None
    rows = proposal.table.expr
    kinds = {name: str(kind).split("(")[0] for name, kind in rows.schema().items()}
    row = rows.agg(**_figures(rows)).to_pyarrow().to_pylist()[0]
    origins = {line.key: _origin(line.value) for line in proposal.columns}
    width = max(map(len, kinds))
    for name, kind in kinds.items():
        known = style.number(row[f"{name}.known"])
        different = style.number(row[f"{name}.different"])
        origin = origins.get(name, f"from {called(name)}")
        yield f"{name:<{width}}  {kind:<9}  {origin}: {known} known, {different} different"


def _figures(rows: ir.Table) -> dict[str, ir.Value]:
    known = {f"{name}.known": rows[name].count() for name in rows.columns}
    return {**known, **{f"{name}.different": rows[name].nunique() for name in rows.columns}}


def _origin(value: object) -> str:
    if isinstance(value, dict):
        if "from" in value:
            return f"from {called(value['from'])}"
        return "the number of the row" if "row" in value else f"always {seen(str(value['value']))}"
    return f"from {called(str(value))}"
