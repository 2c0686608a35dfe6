"""Open a logical table: find its files, read them, hold them to the contract, account for every row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers import findings, metrics, verbatims
from helpers.contracts import CONTRACTS, REASON, ROW, Contract, judged_by_key, judged_by_rules
from helpers.findings import NoData
from helpers.records import TableAccount, params_folder, project
from helpers.records.settings import did_you_mean
from helpers.sources.connection import Engine, engine
from helpers.sources.declarations import FILE, Sources, TableSource, declared
from helpers.sources.files import Raw, Reading, read
from helpers.sources.places import Place, located
from helpers.sources.quarantine import UNREADABLE_LINE, save
from helpers.sources.queries import queried
from helpers.sources.refusals import TableError
from helpers.sources.repeats import surely_different
from helpers.sources.shaping import Shaped, contract_of, named, shaped
from helpers.sources.snapshots import Declaration, snapshots
from helpers.sources.table import LoadedTable, Origin, last_day_covered


def load(name: str, *, optional: bool = False) -> LoadedTable:
    """Open a table by its logical name, and publish the account of its rows.

    Loading again costs nothing while its files and settings stay what they are. A table of a database is read
    once in the life of a kernel.

    Args:
        name: a table of docs/data.md, such as `responses`.
        optional: a table that `sources.yaml` does not declare, or that is empty, is given back all the same;
            its `expr` then raises NoData, which makes a gap of the section that needs it.

    Raises:
        NoData: the table is empty, and not optional; the edition is skipped.
        TableError: a file, a table of the database or a column is missing or unreadable, or every row is set
            aside.
        ConnectionError: the database cannot be reached, or broke off.
        SettingsError: `sources.yaml` or another file of the settings is broken.
    """
    folder = params_folder()
    sources = _declared(folder / FILE, (folder / FILE).stat().st_mtime_ns if (folder / FILE).exists() else 0)
    settings = project(folder)
    if name not in CONTRACTS:
        raise TableError(f"There is no table {name!r}.{did_you_mean(name, list(CONTRACTS))}")
    if name not in sources.tables:
        if optional:
            return LoadedTable(name, absent=f"The table {name} is not supplied.")
        raise TableError(f"{FILE} declares no table {name}. Add it under tables.")
    try:
        table = _opened(Declaration(name, sources, folder, settings))
    except TableError as error:
        raise TableError(f"The table {name} ({FILE}): {error}") from None
    assert table.account is not None
    findings.publish(table.account)
    if table.account.read == 0:
        if optional:
            return LoadedTable(name, absent=f"The table {name} is empty.")
        raise NoData(f"The table {name} is empty.")
    verbatims.know(name, table.expr.columns, lambda column, most: _texts(table.expr[column], most))
    return table


def _texts(column: ir.Column, most: int) -> list[str]:
    """What customers wrote in a column, one text a row."""
    told = column.cast("string").name("told").as_table()
    found: list[str] = told.filter(told.told.notnull()).limit(most).to_pyarrow()["told"].to_pylist()
    return found


@lru_cache(maxsize=4)
def _declared(path: Path, _changed: int) -> Sources:
    return declared(path.parent)


@dataclass(frozen=True)
class _Held:
    """A table held to its contract, and the answer of its database to the fingerprint."""

    contract: Contract
    shaped: Shaped
    checked: _Checked
    fingerprint: str | None


def _opened(declaration: Declaration) -> LoadedTable:
    name, source, settings = declaration.name, declaration.source, declaration.settings
    running = engine(settings.threads)
    places = {written: located(written, declaration.folder, running) for written in source.places}
    files = tuple((place.file, place.state) for found in places.values() for place in found)
    catalogue = repr(metrics.catalogue(declaration.folder))
    meant = (name, repr(source), declaration.sources.connection, repr(settings), catalogue, files)
    held = running.once(meant, lambda: _held(running, declaration, places))
    raw, checked = held.shaped.raw, held.checked
    account = _account(name, source, places, held)
    if checked.set_aside is not None or raw.unreadable:
        save(name, raw, checked.set_aside)
    if account.read and not account.kept:
        raise TableError(_hopeless(account, held.contract, raw, source))
    return LoadedTable(
        name,
        account=account,
        fiscal_year_start=settings.fiscal_year_start,
        _rows=checked.good,
        _origin=Origin(held.shaped, checked.set_aside),
    )


def _held(running: Engine, declaration: Declaration, places: Mapping[str, Sequence[Place]]) -> _Held:
    source, settings = declaration.source, declaration.settings
    copied = snapshots(running, declaration)
    raw = _raw(running, source, places, copied.raw)
    contract = contract_of(declaration.name, raw.columns, source, declaration.folder, settings)
    table = shaped(raw, contract, source, settings.timezone)
    return _Held(contract, table, _checked(running, contract, table), copied.fingerprint)


def _raw(
    running: Engine,
    source: TableSource,
    places: Mapping[str, Sequence[Place]],
    copied: Mapping[str, Raw],
) -> Raw:
    def opened(path: str | None, table: str | None) -> Raw:
        if table is not None:
            return copied[table]
        assert path is not None
        return read(running, places[path], Reading(source.encoding, source.sheet))

    if source.sql is None:
        return opened(source.path, source.table)
    inputs = {name: opened(given.path, given.table) for name, given in source.inputs.items()}
    return queried(running, source.sql, inputs)


@dataclass(frozen=True)
class _Checked:
    """The good rows, those set aside (row and reason; None where there are none), and how many there are."""

    good: ir.Table
    set_aside: ir.Table | None
    kept: int
    reasons: Mapping[str, int]
    latest: date | None


def _checked(running: Engine, contract: Contract, table: Shaped) -> _Checked:
    """Judge every row: a query looks for repeats, one counts failures by rule, one writes what is set aside.

    Rows of Parquet stay where they are when no column needs work: each query then reads the columns that it
    uses. Everything else is converted once, into memory.
    """
    typed, raw = table.rows, table.raw
    unreadable = {column: typed[flag] for column, flag in table.flags.items()}
    rows = judged_by_rules(typed, contract, unreadable).drop(*table.flags.values())
    name = running.fresh_name(contract.table)
    if table.costly or not raw.lazy:
        rows = running.kept(f"{name}_rows", rows)
    key = [column for column in contract.key if column in rows.columns]
    repeats = bool(key) and not surely_different(rows, key)
    verdicts = judged_by_key(rows, contract) if repeats else rows
    counts = _counts(verdicts, contract)
    reasons = {row[REASON]: row["rows"] for row in counts if row[REASON] is not None}
    kept = [row for row in counts if row[REASON] is None]
    set_aside = None
    if reasons:
        broken = verdicts.filter(verdicts[REASON].notnull())
        set_aside = running.kept(f"{name}_set_aside", broken.select(ROW, REASON))
    good = rows if set_aside is None else rows.anti_join(set_aside, ROW)
    view = running.ibis.create_view(name, good.select(*table.values), overwrite=True)
    if raw.unreadable:
        reasons[UNREADABLE_LINE] = len(raw.unreadable)
    return _Checked(view, set_aside, kept[0]["rows"] if kept else 0, reasons, _latest(view, contract, kept))


def _counts(verdicts: ir.Table, contract: Contract) -> list[dict[str, Any]]:
    figures = {"rows": verdicts.count()}
    if contract.time in verdicts.columns:
        figures["latest"] = verdicts[contract.time].max()
    counted = verdicts.group_by(REASON).agg(**figures)
    rows: list[dict[str, Any]] = (
        counted.order_by(ibis.desc(counted.rows), counted[REASON]).to_pyarrow().to_pylist()
    )
    return rows


def _latest(good: ir.Table, contract: Contract, kept: Sequence[Mapping[str, Any]]) -> date | None:
    if not kept or contract.time not in good.columns:
        return None
    if contract.spans:
        starts = good.select(contract.time).distinct().order_by(contract.time).to_pyarrow()
        return last_day_covered(starts[contract.time].to_pylist())
    newest = kept[0]["latest"]
    return newest.date() if isinstance(newest, datetime) else newest


def _account(
    name: str, source: TableSource, places: Mapping[str, Sequence[Place]], held: _Held
) -> TableAccount:
    checked = held.checked
    files = {place.written: place for found in places.values() for place in found}
    return TableAccount(
        name=name,
        read=checked.kept + sum(checked.reasons.values()),
        kept=checked.kept,
        quarantined=dict(checked.reasons),
        latest=checked.latest.isoformat() if checked.latest else None,
        files=tuple(place.record() for _, place in sorted(files.items())),
        patterns=tuple(source.places),
        query_digest=sha256(source.sql.encode()).hexdigest() if source.sql else None,
        database_tables=source.tables,
        fingerprint=held.fingerprint,
    )


def _hopeless(account: TableAccount, contract: Contract, raw: Raw, source: TableSource) -> str:
    """What to say of a table without one good row; a date that is not ISO is the usual reason."""
    reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in account.quarantined.items())
    said = f"every one of its {account.read:,} rows is set aside: {reasons}."
    times = [column for column in contract.columns if column.kind in ("time", "day")]
    for column in (column for column in times if f"{column.name} unreadable" in account.quarantined):
        origin = source.columns.get(column.name) or named(column)
        seen = raw.rows[str(origin.source)].cast("string")
        example = raw.rows.filter(seen.notnull()).order_by(ROW).limit(1).select(seen=seen).to_pyarrow()
        value = example["seen"][0].as_py()
        said += (
            f" {column.name} reads {value!r}; say how it is written under columns, as in "
            f'{column.name}: {{from: {origin.source}, format: "%d-%m-%Y"}}.'
        )
    return said
