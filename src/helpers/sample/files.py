"""The tables of the sample company as Parquet files, and whether those in a folder are the wanted ones."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from helpers.sample import markets, surveys, trials, usage, voices
from helpers.sample.columns import Table, decoded
from helpers.sample.company import Company

VERSION = 1
MANIFEST = "sample.json"
MAKERS: Mapping[str, Callable[[Company], Table]] = MappingProxyType(
    {
        "responses": surveys.responses,
        "invitations": surveys.invitations,
        "tickets": voices.tickets,
        "mentions": voices.mentions,
        "assignments": trials.assignments,
        "outcomes": trials.outcomes,
        "users": usage.users,
        "events": usage.events,
        "totals": trials.totals,
        "market_metrics": markets.market_metrics,
    }
)
TABLES = tuple(MAKERS)


def write(  # noqa: PLR0913  (what decides the bytes, each by name)
    folder: Path,
    *,
    as_of: date,
    seed: int = 7,
    scale: float = 1,
    null: bool = False,
    tables: Sequence[str] | None = None,
    fiscal_year_start: int = 1,
) -> Path:
    """Write the sample company as `<table>.parquet`, all tables or the named ones, and `sample.json`.

    Each file is swapped in by rename. `sample.json` goes first and comes back last, so that a folder that
    was left half-written is never taken for a current one.

    Raises:
        ValueError: an unknown table, seed < 0, or scale out of range.
        OSError: the folder cannot be written.
    """
    company = Company.seen_on(as_of, seed, scale, null, fiscal_year_start)
    wanted = [_known(name) for name in (TABLES if tables is None else tables)]
    folder.mkdir(parents=True, exist_ok=True)
    manifest = folder / MANIFEST
    present = set(wanted) | (_tables_of(company, folder) if tables is not None else set())
    manifest.unlink(missing_ok=True)
    for name in wanted:
        _swap_in(folder / f"{name}.parquet", partial(_write_parquet, MAKERS[name](company)))
    text = json.dumps({**_identity(company), "tables": sorted(present)}, indent=2) + "\n"
    _swap_in(manifest, lambda path: path.write_text(text, encoding="utf-8"))
    return folder


def table(  # noqa: PLR0913
    name: str,
    *,
    as_of: date,
    seed: int = 7,
    scale: float = 1,
    null: bool = False,
    fiscal_year_start: int = 1,
) -> pd.DataFrame:
    """One table, as its Parquet file holds it.

    Raises:
        ValueError: an unknown table, seed < 0, or scale out of range.
    """
    company = Company.seen_on(as_of, seed, scale, null, fiscal_year_start)
    frame: pd.DataFrame = decoded(MAKERS[_known(name)](company)).to_pandas(date_as_object=False)
    return frame


def is_current(  # noqa: PLR0913
    folder: Path,
    as_of: date,
    *,
    seed: int = 7,
    scale: float = 1,
    null: bool = False,
    fiscal_year_start: int = 1,
) -> bool:
    """Whether the folder holds every table of just this company, as this version makes it."""
    company = Company.seen_on(as_of, seed, scale, null, fiscal_year_start)
    files = all((folder / f"{name}.parquet").is_file() for name in TABLES)
    return files and _tables_of(company, folder) == set(TABLES)


def _identity(company: Company) -> dict[str, Any]:
    """What decides the bytes."""
    return {
        "version": VERSION,
        "seed": company.seed,
        "last_complete": company.newest.text,
        "first_day": company.first_day.isoformat(),
        "last_day": company.newest.last_day.isoformat(),
        "scale": company.scale,
        "null": company.null,
    }


def _tables_of(company: Company, folder: Path) -> set[str]:
    """Which tables of this company the folder holds, by its `sample.json`."""
    try:
        written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        tables = set(written.pop("tables"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return set()
    return tables if written == _identity(company) else set()


def _known(name: str) -> str:
    if name not in MAKERS:
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


def _write_parquet(made: Table, path: Path) -> None:
    pq.write_table(made, path, compression="zstd", store_schema=False)
