"""The tables of the sample company as Parquet files, and whether those in a folder are the wanted ones.

What makes tables (numpy, pandas, Arrow) is imported when a table is made: `is_current` costs next to nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.records.known_events import FILE as EVENTS
from helpers.sample.identity import MANIFEST, SEED, TABLES, Identity

if TYPE_CHECKING:
    import pandas as pd


def write(  # noqa: PLR0913  (what decides the bytes, each by name)
    folder: Path,
    *,
    as_of: date,
    seed: int = SEED,
    scale: float = 1,
    null: bool = False,
    tables: Sequence[str] | None = None,
    fiscal_year_start: int = 1,
) -> Path:
    """Write the sample company as `<table>.parquet`, all tables or the named ones.

    Beside them stand `events.yaml`, what was going on, and `sample.json`.

    Each file is swapped in by rename. `sample.json` goes first and comes back last, so that a folder that
    was left half-written is never taken for a current one.

    Raises:
        ValueError: an unknown table, seed < 0, or scale out of range.
        OSError: the folder cannot be written.
    """
    wanted = [_known(name) for name in (TABLES if tables is None else tables)]
    identity = Identity.seen_on(as_of, seed, scale, null, fiscal_year_start)
    folder.mkdir(parents=True, exist_ok=True)
    held = identity.tables_in(folder)
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in wanted:
        _swap_in(folder / f"{name}.parquet", partial(_write_parquet, identity, name))
    _swap_in(folder / EVENTS, partial(_write_events, identity))
    manifest = identity.manifest(held.union(wanted))
    _swap_in(folder / MANIFEST, lambda path: path.write_text(manifest, encoding="utf-8"))
    return folder


def table(  # noqa: PLR0913
    name: str,
    *,
    as_of: date,
    seed: int = SEED,
    scale: float = 1,
    null: bool = False,
    fiscal_year_start: int = 1,
) -> pd.DataFrame:
    """One table, as its Parquet file holds it.

    Raises:
        ValueError: an unknown table, seed < 0, or scale out of range.
    """
    from helpers.sample import columns, makers

    known = _known(name)
    return columns.frame(makers.make(known, Identity.seen_on(as_of, seed, scale, null, fiscal_year_start)))


def is_current(  # noqa: PLR0913
    folder: Path,
    as_of: date,
    *,
    seed: int = SEED,
    scale: float = 1,
    null: bool = False,
    fiscal_year_start: int = 1,
) -> bool:
    """Whether the folder holds every table of just this company, as this version makes it."""
    identity = Identity.seen_on(as_of, seed, scale, null, fiscal_year_start)
    files = all((folder / name).is_file() for name in (EVENTS, *(f"{name}.parquet" for name in TABLES)))
    return files and identity.tables_in(folder) == set(TABLES)


def _write_parquet(identity: Identity, name: str, path: Path) -> None:
    from helpers.sample import columns, makers

    columns.write_parquet(makers.make(name, identity), path)


def _write_events(identity: Identity, path: Path) -> None:
    from helpers.sample import events_file, makers

    path.write_text(events_file.events_text(makers.company_of(identity)), encoding="utf-8")


def _known(name: str) -> str:
    if name not in TABLES:
        raise ValueError(f"name == {name!r}, must be one of {', '.join(TABLES)}.")
    return name


def _swap_in(path: Path, write_to: Callable[[Path], object]) -> None:
    """Write beside the file, then rename, so that a reader never sees half a file."""
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write_to(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
