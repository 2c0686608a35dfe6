"""The rows that are set aside, as they stand in the file, saved beside the run for the analyst alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

import ibis.expr.types as ir

from helpers.contracts import REASON, ROW
from helpers.records import run_folder
from helpers.sources.reading.columnar import ROWS_A_FILE
from helpers.sources.reading.files import Raw
from helpers.tables import csv_safe

UNREADABLE_LINE = "line unreadable"


def save(name: str, raw: Raw, set_aside: ir.Table | None) -> None:
    """Write `quarantine/<name>.csv` into the run folder: reason, row, and the row as it stands.

    Rows count from 1, without the header; `2:15` is row 15 of the second file. Nothing is written outside of
    a run. The folder is open to its owner only: the rows hold what customers wrote.
    """
    run = run_folder()
    if run is None:
        return
    folder = run / "quarantine"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        path.chmod(0o600)
        writer = csv.writer(file)
        writer.writerow(["reason", "row", *map(csv_safe, raw.columns)])
        if set_aside is not None:
            writer.writerows(_rows(raw, set_aside))
        writer.writerows([UNREADABLE_LINE, "", _guarded(line)] for line in raw.unreadable)


def _rows(raw: Raw, set_aside: ir.Table) -> Iterator[Sequence[str]]:
    texts = {name: raw.rows[name].cast("string") for name in raw.columns}
    rows = raw.rows.select(ROW, **texts).inner_join(set_aside, ROW).order_by(ROW)
    for batch in rows.select(REASON, ROW, *raw.columns).to_pyarrow().to_batches():
        for row in batch.to_pylist():
            reason, place, *values = row.values()
            file, number = divmod(place // max(len(raw.questions), 1), ROWS_A_FILE)
            where = f"{file + 1}:{number + 1}" if file else str(number + 1)
            yield [reason, where, *map(_guarded, values)]


def _guarded(value: str | None) -> str:
    """A cell that no spreadsheet takes for a formula; a plain negative number stays one."""
    if value is None:
        return ""
    try:
        float(value)
    except ValueError:
        return csv_safe(value)
    return value
