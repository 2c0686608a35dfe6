"""Look at a file, propose the lines of sources.yaml that make it a logical table, and try them on it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from helpers.contracts import CONTRACTS, ROW
from helpers.records import Project, project
from helpers.records.settings import did_you_mean
from helpers.sources.connection import Engine, engine
from helpers.sources.declarations import Sources
from helpers.sources.loading import opened
from helpers.sources.nested import record_lists, unfolded
from helpers.sources.places import Place
from helpers.sources.proposal.encodings import encoding_of
from helpers.sources.proposal.fitting import Fit, fits
from helpers.sources.proposal.profiles import ColumnProfile, profiles
from helpers.sources.proposal.snippet import Looked, SnippetLine, lines_for
from helpers.sources.proposal.telling import called, comment, in_yaml
from helpers.sources.reading.files import Raw, read
from helpers.sources.reading.formats import UNREADABLE, format_of
from helpers.sources.reading.options import Reading
from helpers.sources.refusals import TableError
from helpers.sources.snapshots import Declaration
from helpers.sources.table import LoadedTable

_IMPORT_ID = '{"ImportId"'
"""How the third header row of Qualtrics begins."""
_SECOND_HEADER = {"response", "open-ended response"}
"""What the second header row of SurveyMonkey says."""


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a file.

    `lines` are those of the table, each with its reasons; `columns` those under `columns`. `undecided` is
    what only the file's owner can say; `table` the loaded table, or `refused` why it cannot be loaded so.
    """

    name: str
    why: tuple[str, ...]
    lines: tuple[SnippetLine, ...]
    columns: tuple[SnippetLine, ...]
    undecided: tuple[str, ...]
    unused: tuple[str, ...]
    table: LoadedTable | None = None
    refused: str = ""

    @property
    def declaration(self) -> dict[str, Any]:
        """The table as sources.yaml declares it."""
        form = {line.key: line.value for line in self.lines if line.key}
        return {**form, "columns": {line.key: line.value for line in self.columns}}

    @property
    def snippet(self) -> str:
        """The same as text to be put under `tables:`, with a comment a reason."""
        return "".join(f"{line}\n" if line else "\n" for line in self._written())

    def _written(self) -> Iterator[str]:
        yield from (f"  {comment(one)}" for one in self.why)
        yield f"  {self.name}:"
        for line in self.lines:
            yield from _lines(line, "    ")
        yield "    columns:"
        for line in self.columns:
            yield from _lines(line, "      ")
        if self.unused:
            yield f"      {comment('left alone: ' + ', '.join(map(called, self.unused)))}"


def _lines(line: SnippetLine, indent: str) -> Iterator[str]:
    yield from (f"{indent}{comment(one)}" for one in line.reasons)
    if line.key:
        yield f"{indent}{line.key}: {in_yaml(line.value)}"


def propose(
    file: Path, folder: Path, wanted: str | None = None, said: Mapping[str, str] | None = None
) -> Proposal:
    """What sources.yaml of a folder of params should say of a file, and what comes of it.

    Args:
        file: a file of any format that can be read.
        folder: the folder of params; its project and metrics hold.
        wanted: the table that it is to be; without it the one whose columns fit best.
        said: what the file does not tell: the value of a column (`source`), or the format of its dates.

    Raises:
        TableError: nothing can be proposed: the file cannot be read, or no table fits.
        SettingsError: project.yaml or metrics.yaml is broken.
    """
    settings = project(folder)
    running = engine(settings.threads)
    if wanted is not None and wanted not in CONTRACTS:
        hint = did_you_mean(wanted, list(CONTRACTS)) or f" Known: {', '.join(CONTRACTS)}."
        raise TableError(f"there is no table {wanted}.{hint}")
    form, raw = _read(running, file)
    found = profiles(raw, settings.timezone)
    fit, why = _chosen(found, folder, wanted, file.name)
    rows = raw.rows.drop(ROW)
    different = int(rows.distinct().count().to_pyarrow().as_py())
    looked = Looked(raw, found, fit, settings.timezone, different, _is_text(file), _known(said or {}, fit))
    proposed = lines_for(looked)
    path = SnippetLine("path", Path(os.path.relpath(file.resolve(), folder.resolve())).as_posix())
    used = {*fit.columns.values()}
    proposal = Proposal(
        fit.table,
        why,
        (path, *form, *proposed.form),
        tuple(proposed.columns),
        tuple(proposed.undecided),
        tuple(name for name in found if name not in used),
    )
    return _tried(proposal, folder, settings)


def _known(said: Mapping[str, str], fit: Fit) -> Mapping[str, str]:
    known = [column.name for column in fit.contract.columns]
    for name in said:
        if name not in known:
            hint = did_you_mean(name, known) or f" Known: {', '.join(known)}."
            raise TableError(f"{fit.table} has no column {name}.{hint}")
    return said


def _is_text(file: Path) -> bool:
    return format_of(file.name) in ("csv", "tsv")


def _read(running: Engine, file: Path) -> tuple[list[SnippetLine], Raw]:
    """The file, with the lines that it takes to read it."""
    kind = format_of(file.name)
    place = Place(file.name, file)
    reading, lines = Reading(), []
    if kind in ("csv", "tsv", "json"):
        try:
            encoding = encoding_of(file)
        except UNREADABLE as error:
            raise TableError(f"{file.name} cannot be read: {error}. Write or copy the file again.") from None
        if encoding.reason:
            reading = Reading(encoding=encoding.name)
            lines.append(SnippetLine("encoding", encoding.name, (encoding.reason,)))
    raw = read(running, [place], reading)
    if _is_text(file) and (header := _header(raw)) > 1:
        told = f"the {header - 1} lines below the names are a header, too"
        lines.append(SnippetLine("header", header, (told,)))
        raw = read(running, [place], Reading(encoding=reading.encoding, header=header))
    if lists := record_lists(raw):
        also = f"; {' and '.join(lists[1:])} might be meant too" if lists[1:] else ""
        lines.append(SnippetLine("records", lists[0], (f"the file is one object around a list{also}",)))
        raw = read(running, [place], Reading(encoding=reading.encoding, records=lists[0]))
    raw = unfolded(raw)
    if not raw.columns:
        raise TableError(f"{file.name} has no columns. Export it again.")
    return lines, raw


def _header(raw: Raw) -> int:
    """How many lines the header has, by what survey tools write into its second and third."""
    first = raw.rows.order_by(ROW).limit(2).drop(ROW).to_pyarrow().to_pylist()
    for at, row in enumerate(first):
        if any(str(value or "").startswith(_IMPORT_ID) for value in row.values()):
            return at + 2
    said = {str(value).lower() for value in first[0].values() if value} if first else set()
    return 2 if said & _SECOND_HEADER else 1


def _chosen(
    found: Mapping[str, ColumnProfile], folder: Path, wanted: str | None, name: str
) -> tuple[Fit, tuple[str, ...]]:
    there = f"Its columns are {', '.join(map(called, found))}."
    ranked = fits(found, folder, wanted)
    if not ranked:
        close = max(
            (one for table in CONTRACTS for one in fits(found, folder, table)), key=lambda one: one.points
        )
        raise TableError(
            f"{name} fits no table: the closest, {close.table}, lacks {', '.join(close.lacking)}. {there} "
            f"Say which it is with --as, or map its columns by hand (docs/data.md)."
        )
    best = ranked[0]
    if best.lacking:
        raise TableError(
            f"{name} cannot be {best.table}: no column of it can be read as {', '.join(best.lacking)}. "
            f"{there} Map them by hand in sources.yaml (docs/data.md), or make them with sql."
        )
    why = [f"{name} as {best.table}: {best.why}"]
    if len(ranked) > 1:
        why.append(f"next best is {ranked[1].table} (--as {ranked[1].table}): {ranked[1].why}")
    return best, tuple(why)


def _tried(proposal: Proposal, folder: Path, settings: Project) -> Proposal:
    """The proposal with what comes of it: the table as it would be loaded, or why it would not."""
    try:
        sources = Sources.model_validate({"tables": {proposal.name: proposal.declaration}})
        table = opened(Declaration(proposal.name, sources, folder, settings))
    except TableError as error:
        return replace(proposal, refused=str(error))
    except ValidationError as error:
        raise TableError(f"nothing sound can be proposed: {error.errors()[0]['msg']}.") from None
    return replace(proposal, table=table)
