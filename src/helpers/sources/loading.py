"""Open a logical table: find its files, read them, hold them to the contract, account for every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache, reduce
from hashlib import sha256
from operator import or_
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from helpers import findings, metrics, verbatims
from helpers.contracts import (
    CONTRACTS,
    REASON,
    ROW,
    UNREADABLE,
    ColumnContract,
    Contract,
    Judged,
    is_repeat,
    judged_by_key,
    judged_by_rules,
    judged_by_sameness,
)
from helpers.coverage import Coverage
from helpers.findings import NoData
from helpers.records import FREE_TEXT, Example, TableAccount, params_folder, project
from helpers.records.nouns import how_many
from helpers.records.settings import did_you_mean
from helpers.sources.connection import Engine, engine
from helpers.sources.declarations import FILE, Sources, TableSource, declared
from helpers.sources.file_checks import odd_files
from helpers.sources.keys import meetings, partners, repeated
from helpers.sources.own_tables import free_text
from helpers.sources.places import Place, located
from helpers.sources.quarantine import UNREADABLE_LINE, save
from helpers.sources.reading.files import Raw
from helpers.sources.reading.trouble import no_text
from helpers.sources.refusals import FileChanged, TableError
from helpers.sources.remedies import masked, sample, shape
from helpers.sources.repeats import stands_before, surely_different
from helpers.sources.shaping import Shaped
from helpers.sources.small_results import show_small_results
from helpers.sources.snapshots import Declaration, snapshots
from helpers.sources.supplied_columns import shaped_rows
from helpers.sources.table import LoadedTable, Origin, dated
from helpers.sources.value_checks import odd_values

_DAY = "_qd_day"


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
        TableError: a file, a table of the database or a column is missing or unreadable, every row is set
            aside, or two tables that should meet share no key.
        ConnectionError: the database cannot be reached, or broke off.
        SettingsError: `sources.yaml` or another file of the settings is broken.
    """
    show_small_results()
    table = look(name, optional=optional)
    if table.account is None:
        return table
    findings.publish(table.account)
    if table.account.read == 0:
        if optional:
            return LoadedTable(name, absent=f"The table {name} is empty.")
        raise NoData(f"The table {name} is empty.")
    known = loaded(params_folder())
    # Looked at again: the files of a table may be others since it was loaded.
    others = {other: look(other, optional=True) for other in sorted(known & partners(name))}
    findings.report(*odd_files(table), *odd_values(table), *repeated(table), *meetings(table, others))
    known.add(name)
    verbatims.know(
        name,
        table.expr.columns,
        lambda column, most: _texts(table.expr[column], most),
        written=table.verbatims,
    )
    return table


def look(name: str, *, optional: bool = False) -> LoadedTable:
    """The same without publishing its account, for those who only look; an empty table is given back too."""
    folder = params_folder()
    sources = declared_now(folder)
    if name not in CONTRACTS and name not in sources.tables:
        hint = did_you_mean(name, [*sources.tables, *CONTRACTS]) or f" Declared: {', '.join(sources.tables)}."
        raise TableError(f"There is no table {name!r}.{hint}")
    if name not in sources.tables:
        if optional:
            return LoadedTable(name, absent=f"The table {name} is not supplied.", declared=False)
        raise TableError(f"{FILE} declares no table {name}. Add it under tables.")
    try:
        return opened(Declaration(name, sources, folder, project(folder)))
    except TableError as error:
        raise TableError(f"The table {name} ({FILE}): {error}") from None


@lru_cache(maxsize=1)
def loaded(_folder: Path) -> set[str]:
    """The names of the tables of a folder of params that were loaded so far."""
    return set()


def _texts(column: ir.Column, most: int) -> list[str]:
    """What customers wrote in a column, one text a row."""
    told = column.cast("string").name("told").as_table()
    found: list[str] = told.filter(told.told.notnull()).limit(most).to_pyarrow()["told"].to_pylist()
    return found


def declared_now(folder: Path) -> Sources:
    """What the folder of params declares; read again where the file is another.

    Raises:
        SettingsError: `sources.yaml` is absent or broken.
    """
    path = folder / FILE
    return _declared(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _declared(path: Path, _changed: int) -> Sources:
    return declared(path.parent)


@dataclass(frozen=True)
class _Held:
    """A table held to its contract, and the answer of its database to the fingerprint."""

    contract: Contract
    shaped: Shaped
    checked: _Checked
    verbatims: frozenset[str]
    fingerprint: str | None


def opened(declaration: Declaration) -> LoadedTable:
    """The table of a declaration, held to its contract; nothing is published.

    Raises:
        TableError: a file or a column is missing or unreadable, or every row is set aside.
        FileChanged: a file was written while it was read.
        ConnectionError: the database cannot be reached, or broke off.
    """
    name, source, settings = declaration.name, declaration.source, declaration.settings
    running = engine(settings.threads)
    places = {written: located(written, declaration.folder, running) for written in source.places}
    files = tuple((place, place.state) for found in places.values() for place in found)
    catalogue = repr(metrics.catalogue(declaration.folder))
    meant = (name, repr(source), declaration.sources.connection, repr(settings), catalogue, files)
    try:
        held = running.once(meant, lambda: _held(running, declaration, places))
    except duckdb.InvalidInputException as error:
        raise no_text(error, (place for found in places.values() for place in found)) or error from None
    raw, checked = held.shaped.raw, held.checked
    account = _account(name, source, places, held)
    for place, before in files:
        if place.state != before:
            raise FileChanged(place.written)
    if checked.set_aside is not None or raw.unreadable:
        save(name, raw, checked.set_aside)
    if account.read and not account.kept:
        raise TableError(_hopeless(account))
    return LoadedTable(
        name,
        account=account,
        coverage=checked.coverage,
        fiscal_year_start=settings.fiscal_year_start,
        contract=held.contract,
        verbatims=held.verbatims,
        _rows=checked.good,
        _origin=Origin(held.shaped, checked.set_aside),
    )


def _held(running: Engine, declaration: Declaration, places: Mapping[str, Sequence[Place]]) -> _Held:
    copied = snapshots(running, declaration)
    contract, table = shaped_rows(running, declaration, places, copied.raw)
    checked = _checked(running, contract, table)
    own = declaration.name not in CONTRACTS
    told = free_text(checked.good, declaration.source) if own else FREE_TEXT & set(table.values)
    return _Held(contract, table, checked, frozenset(told), copied.fingerprint)


@dataclass(frozen=True)
class _Checked:
    """The good rows, those set aside (row and reason; None where there are none), and how many there are.

    `reasons` counts rows that are set aside or repeated, `lost` kept rows that lost an optional value.
    """

    good: ir.Table
    set_aside: ir.Table | None
    kept: int
    reasons: Mapping[str, int]
    lost: Mapping[str, int]
    added_up: int
    alike: int
    coverage: Coverage | None
    examples: Mapping[str, Example]


def _checked(running: Engine, contract: Contract, table: Shaped) -> _Checked:
    """Judge every row: a query looks for repeats, one counts failures by rule, one writes what is set aside.

    Rows of Parquet stay where they are when no column needs work: each query then reads the columns that it
    uses. Everything else is converted once, into memory.
    """
    typed, raw = table.rows, table.raw
    unreadable = {column: typed[flag] for column, flag in table.flags.items()}
    judged = judged_by_rules(typed, contract, unreadable)
    rows = judged.rows.drop(*table.flags.values())
    name = running.fresh_name(contract.table)
    if table.costly or not raw.lazy:
        rows = running.kept(f"{name}_rows", rows)
    again = running.kept(f"{name}_again", stands_before(raw.rows)) if contract.numbered else None
    verdicts = _without_repeats(rows, contract, again)
    counted = _counts(verdicts, contract, judged.lost)
    reasons = _by_reason(counted)
    kept = _summed([row for row in counted if row[REASON] is None])
    set_aside = None
    if reasons:
        broken = verdicts.filter(verdicts[REASON].notnull())
        set_aside = running.kept(f"{name}_set_aside", broken.select(ROW, REASON))
    good = rows if set_aside is None else rows.anti_join(set_aside, ROW)
    view = running.ibis.create_view(name, good.select(*table.values), overwrite=True)
    _note_sizes(running, name, raw, sum(row["rows"] for row in counted))
    if raw.unreadable:
        reasons[UNREADABLE_LINE] = len(raw.unreadable)
    lost = {reason: kept[flag] for reason, flag in judged.lost.items() if kept.get(flag)}
    shown = [reason for reason in judged.about if reason in lost or reason in reasons]
    examples = _examples(verdicts, judged, contract, table, shown)
    added_up = _added_up(view, contract)
    alike = 0 if again is None else int(good.semi_join(again, ROW).count().to_pyarrow().as_py())
    coverage = _coverage(counted, contract, raw.days)
    return _Checked(view, set_aside, kept["rows"], reasons, lost, added_up, alike, coverage, examples)


def _without_repeats(rows: ir.Table, contract: Contract, again: ir.Table | None) -> ir.Table:
    """The judged rows, without those that repeat a key, or all columns of a file without one."""
    if again is not None:
        return judged_by_sameness(rows, again) if contract.numbered == "different" else rows
    key = [column for column in contract.key if column in rows.columns]
    repeats = bool(key) and not surely_different(rows, key)
    return judged_by_key(rows, contract) if repeats else rows


def _note_sizes(running: Engine, view: str, raw: Raw, rows: int) -> None:
    """Say how many rows lie behind the view of the good ones, and behind what the file became."""
    running.streamed.add(view)
    for name in (view, *(table.name for table in raw.rows.op().find(ops.DatabaseTable))):
        running.rows_behind.setdefault(name, rows)


def _added_up(good: ir.Table, contract: Contract) -> int:
    """How many rows are one more part of a sum whose key another row has too."""
    key = [name for name in contract.summed if name in good.columns]
    if not key:
        return 0
    parts = good.group_by(*key).agg(more=good.count() - 1)
    return int(parts.more.sum().to_pyarrow().as_py() or 0)


def _examples(
    verdicts: ir.Table, judged: Judged, contract: Contract, table: Shaped, reasons: Sequence[str]
) -> dict[str, Example]:
    """One value of each reason, the smallest as a text: the same in any order of rows."""
    columns = {reason: contract.column(judged.about[reason]) for reason in reasons}
    told = {reason: column for reason, column in columns.items() if column and column.name in table.origins}
    if not told:
        return {}
    flags = {reason: verdicts[flag] for reason, flag in judged.lost.items() if reason in told}
    hits = {reason: flags.get(reason, (verdicts[REASON] == reason).fill_null(False)) for reason in told}
    named = {f"hit_{at}": hits[reason] for at, reason in enumerate(told)}
    dirty = verdicts.select(ROW, **named).filter(reduce(or_, (ibis._[name] for name in named)))
    raw = table.raw.rows
    rows = dirty.inner_join(raw, ROW)
    figures = {
        f"value_{at}": rows[table.origins[column.name]].cast("string").min(where=rows[f"hit_{at}"])
        for at, column in enumerate(told.values())
    }
    found = rows.agg(**figures).to_pyarrow().to_pylist()[0]
    return {
        reason: _example(value, column, table.origins[column.name], reason)
        for (reason, column), value in zip(told.items(), found.values(), strict=True)
        if value is not None
    }


def _example(value: str, column: ColumnContract, origin: str, reason: str) -> Example:
    readable = not reason.endswith(UNREADABLE)
    return Example(**asdict(sample(value, column, origin, readable=readable)))


def _counts(verdicts: ir.Table, contract: Contract, lost: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows, and values lost, by reason (None: kept) and day; one query."""
    figures = {"rows": verdicts.count(), **{flag: verdicts[flag].sum() for flag in lost.values()}}
    keys = {REASON: verdicts[REASON]}
    if contract.time in verdicts.columns:
        keys[_DAY] = verdicts[contract.time].cast("date")
    counted: list[dict[str, Any]] = verdicts.group_by(**keys).agg(**figures).to_pyarrow().to_pylist()
    return counted


def _by_reason(counted: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many rows each reason took, most first."""
    rows: Counter[str] = Counter()
    for row in counted:
        if row[REASON] is not None:
            rows[row[REASON]] += row["rows"]
    return dict(sorted(rows.items(), key=lambda one: (-one[1], one[0])))


def _summed(counted: Sequence[dict[str, Any]]) -> Counter[str]:
    """Every figure over all days."""
    total: Counter[str] = Counter(rows=0)
    for row in counted:
        total.update({name: n or 0 for name, n in row.items() if name not in (REASON, _DAY)})
    return total


def _coverage(
    counted: Sequence[dict[str, Any]], contract: Contract, behind: Mapping[date, int]
) -> Coverage | None:
    """Which days the good rows cover; months that SQL made of days cover those days and no more."""
    days = {row[_DAY]: row["rows"] for row in counted if row[REASON] is None and row.get(_DAY) is not None}
    found = Coverage.of(days, spans=contract.spans)
    if found is None or not contract.spans:
        return found
    within = {day: rows for day, rows in behind.items() if found.contains(day)}
    return Coverage.of(within) or found


def _account(
    name: str, source: TableSource, places: Mapping[str, Sequence[Place]], held: _Held
) -> TableAccount:
    checked, raw = held.checked, held.shaped.raw
    repeated = {reason: n for reason, n in checked.reasons.items() if is_repeat(reason)}
    files = {place.written: place for found in places.values() for place in found}
    return TableAccount(
        name=name,
        read=checked.kept + sum(checked.reasons.values()) + raw.filtered,
        kept=checked.kept,
        quarantined={reason: n for reason, n in checked.reasons.items() if reason not in repeated},
        repeated=repeated,
        filtered=raw.filtered,
        unanswered=raw.unanswered,
        added_up=checked.added_up,
        alike=checked.alike,
        unknown=dict(checked.lost),
        examples={**checked.examples, **_of_lines(raw)},
        lines=raw.lines,
        **dated(checked.coverage),
        files=tuple(place.record() for _, place in sorted(files.items())),
        patterns=tuple(source.places),
        query_digest=sha256(source.sql.encode()).hexdigest() if source.sql else None,
        database_tables=source.tables,
        fingerprint=held.fingerprint,
    )


def _of_lines(raw: Raw) -> dict[str, Example]:
    """The example of lines that no row could be made of."""
    if not raw.unreadable:
        return {}
    line = min(raw.unreadable)
    return {UNREADABLE_LINE: Example(shape=shape(line), masked=masked(line), remedy=raw.advice)}


def _hopeless(account: TableAccount) -> str:
    """What to say of a table without one good row: one value of each reason, and what would mend it."""
    reasons = ", ".join(f"{rows:,} {reason}" for reason, rows in account.quarantined.items())
    said = f"every one of its {how_many(account.read, 'row')} is set aside: {reasons}."
    for reason, one in account.examples.items():
        if reason == UNREADABLE_LINE:
            said += f" A line reads {one.masked!r}; {one.remedy or 'look whether its quotes are closed'}."
        elif reason in account.quarantined:
            said += f" Its {reason.split()[0]} reads {one.masked!r}; write {one.remedy}."
    return said
