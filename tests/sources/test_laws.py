"""What holds for any table: lines and rows add up, their order tells nothing, nor does who wrote the file."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import duckdb
import pandas as pd
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers import sources
from helpers.findings import NoData
from helpers.records import LineAccount, TableAccount

from .conftest import Folder
from .workbooks import xlsx

T = TypeVar("T")
EXAMPLES = pytest.mark.parametrize("examples", [6, pytest.param(500, marks=pytest.mark.slow)])


def for_all(drawn: st.SearchStrategy[T], law: Callable[[T], None], examples: int) -> None:
    """Hold a law to so many examples."""
    held = settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(given(drawn)(law))
    held()


def physical_lines(content: bytes) -> int:
    """The lines of a file, counted without the product."""
    return len(re.findall(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$", content))


# The lines of a file: each piece is a line, or a record of several, and what should become of it.


@dataclass(frozen=True)
class Piece:
    """A record or a line of dirt: rows, lines set aside, blank lines and lines within cells that it makes."""

    text: str
    rows: int = 0
    unreadable: int = 0
    blank: int = 0
    continued: int = 0


HEADER = "response_id,submitted_at,survey,score,region,comment"
ROW = st.tuples(
    st.integers(0, 30), st.integers(1, 28), st.integers(0, 12), st.sampled_from(["EMEA", "AMER", ""])
).map(lambda cells: f"R{cells[0]},2026-07-{cells[1]:02},nps,{cells[2]},{cells[3]}")
SAID = st.sampled_from(["", "fine", '"so, so"', '"say ""no"""', "the 5 of us", '""'])
SEVERAL = st.sampled_from(
    ['"one\ntwo"', '"Dear all,\n\nno.\nAnn"', '"a,b\nc,d"', '"\n"', '"7, 8\n9"', '"ends\n"', '"\n\n\nlate"']
)
GOOD = st.builds(lambda row, said: Piece(f"{row},{said}", rows=1), ROW, SAID)
LONG = st.builds(lambda row, said: Piece(f"{row},{said}", rows=1, continued=said.count("\n")), ROW, SEVERAL)
OPEN = st.builds(lambda row, said: Piece(f"{row},{said}", unreadable=1), ROW, st.sampled_from(['"', '"but']))
NO_ROW = st.sampled_from(["R1", "R1,2026-07-01", "a,b,c,d,e,f,g", "R1,2026-07-01,nps,7,EMEA,x,y", "Total"])
DIRT = NO_ROW.map(lambda text: Piece(text, unreadable=1))
BLANK = st.sampled_from(["", " ", "\t", ",,,,,", '"",,,,," "']).map(lambda text: Piece(text, blank=1))
PIECES = st.lists(st.one_of(GOOD, GOOD, GOOD, LONG, OPEN, DIRT, BLANK), max_size=14)
FIRST, LAST = Piece("A0,2026-07-01,nps,7,EMEA,", rows=1), Piece("Z9,2026-07-02,nps,7,EMEA,", rows=1)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


def answers(folder: Folder, content: bytes, **declared: object) -> TableAccount:
    folder.data("answers.csv", content)
    folder.declare(responses={"path": "../data/answers.csv", **declared})
    return folder.account("responses")


@EXAMPLES
def test_every_line_of_a_dirty_file_is_accounted_for(folder: Folder, examples: int) -> None:
    def law(drawn: tuple[list[Piece], str, bool]) -> None:
        pieces, end, ends = drawn
        pieces = [FIRST, *pieces, LAST]
        text = "\n".join([HEADER, *(piece.text for piece in pieces)]) + "\n" * ends
        content = text.replace("\n", end).encode()
        account = answers(folder, content)
        assert account.lines == LineAccount(
            total=physical_lines(content),
            header=1,
            blank=sum(piece.blank for piece in pieces),
            records=sum(piece.rows for piece in pieces),
            continued=sum(piece.continued for piece in pieces),
            unreadable=sum(piece.unreadable for piece in pieces),
        )
        assert account.read == account.lines.records + account.lines.unreadable

    for_all(st.tuples(PIECES, ENDS, st.booleans()), law, examples)


@EXAMPLES
def test_whatever_a_file_holds_its_lines_add_up_or_it_is_refused(folder: Folder, examples: int) -> None:
    letters = st.text(alphabet="ab1,;\"\n\r \t|#'é", max_size=120)
    rows = st.lists(st.one_of(letters, GOOD.map(lambda piece: piece.text)), max_size=8)

    def law(drawn: tuple[list[str], str]) -> None:
        parts, before = drawn
        content = "\n".join([before + HEADER, FIRST.text, *parts, LAST.text]).encode()
        try:
            account = answers(folder, content)
        except (sources.TableError, NoData):
            return
        assert account.lines is not None
        assert account.lines.total == physical_lines(content)
        assert account.read == account.lines.records + account.lines.unreadable
        assert account.read == account.kept + account.set_aside + account.repeats + account.filtered

    for_all(st.tuples(rows, st.sampled_from(["", "\n", "# x\n", "a title\n\n"])), law, examples)


@EXAMPLES
def test_the_order_of_rows_tells_nothing(folder: Folder, examples: int) -> None:
    def law(drawn: tuple[list[Piece], list[Piece]]) -> None:
        told = []
        for pieces in drawn:
            text = "\n".join([HEADER, *(piece.text for piece in pieces)]) + "\n"
            account = answers(folder, text.encode(), filter={"region": ["EMEA", "AMER"]})
            kept = Counter(folder.rows("responses"))
            told.append((kept, account.model_dump(exclude={"files"})))
        assert told[0] == told[1]

    shuffled = PIECES.map(lambda pieces: [FIRST, *pieces, LAST]).flatmap(
        lambda pieces: st.tuples(st.just(pieces), st.permutations(pieces))
    )
    for_all(shuffled, law, examples)


# One table, by many hands.

NAMES = ("mention_id", "posted_at", "source", "text", "rating", "region")
Mention = tuple[str, datetime, str, str, float | None, str | None]
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co"))
WORDS = (
    st.text(LETTERS | st.sampled_from(",;\"\n'|#&<=-+"), min_size=1, max_size=30)
    .map(lambda said: said.strip().strip("\ufeff\u00a0\u200b").strip())
    .filter(lambda said: said not in ("", "NA") and said == said.strip(" \t\r\n\u00a0\u200b\ufeff"))
)
MOMENTS = st.integers(0, 90 * 86400).map(lambda seconds: datetime(2026, 7, 1) + timedelta(seconds=seconds))
RATINGS = st.one_of(st.none(), st.integers(0, 10).map(float), st.sampled_from([0.1, 2.5, 9.75, 0.123456789]))
IDS = st.one_of(st.integers(0, 10**6).map(str), st.sampled_from(["007", "A-17", "1e5", "T", "x.0"]), WORDS)
MENTIONS = st.lists(
    st.tuples(
        IDS, MOMENTS, st.sampled_from(["App Store", "Play, Google"]), WORDS, RATINGS, st.none() | WORDS
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)
Rows = Sequence[Mention]


def frame(rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(NAMES))


def table(rows: Rows) -> Any:
    kinds = [pa.string(), pa.timestamp("us"), pa.string(), pa.string(), pa.float64(), pa.string()]
    columns = zip(*rows, strict=True)
    return pa.table([pa.array(cells, kind) for cells, kind in zip(columns, kinds, strict=True)], list(NAMES))


def by_duckdb(rows: Rows, path: Path, options: str) -> None:
    with duckdb.connect() as connection:
        connection.register("rows", table(rows))
        connection.execute(f"COPY rows TO '{path}' ({options})")


def in_the_style_of_r(rows: Rows, path: Path) -> None:
    """`write.csv`: texts and the header in quotes, NA without, numbered rows in a column without a name."""

    def cell(value: object) -> str:
        if isinstance(value, str):
            return '"' + value.replace('"', '""') + '"'
        return "NA" if value is None else str(value)

    lines = [",".join(cell(name) for name in ("", *NAMES))]
    lines += [",".join([cell(str(at + 1)), *map(cell, row)]) for at, row in enumerate(rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def in_the_style_of_excel(rows: Rows, path: Path) -> None:
    """As it is saved in Germany: a mark, semicolons, decimal commas, days first, lines that end in CRLF."""
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=";")
    writer.writerow(NAMES)
    for name, moment, source, said, rating, region in rows:
        number = "" if rating is None else str(rating).replace(".", ",")
        writer.writerow([name, f"{moment:%d.%m.%Y %H:%M:%S}", source, said, number, region])
    path.write_bytes(("\ufeff" + sink.getvalue()).encode())


def json_lines(rows: Rows, path: Path) -> None:
    objects = ({**dict(zip(NAMES, row, strict=True)), "posted_at": row[1].isoformat()} for row in rows)
    path.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in objects), encoding="utf-8")


def a_list_of_json(rows: Rows, path: Path) -> None:
    objects = [{**dict(zip(NAMES, row, strict=True)), "posted_at": str(row[1])} for row in rows]
    path.write_text(json.dumps(objects, indent=1), encoding="utf-8")


def of_a_warehouse(rows: Rows, path: Path) -> None:
    """JSON lines without the columns that are null, instants in UTC, numbers as texts."""
    objects = (
        {name: str(value) for name, value in zip(NAMES, row, strict=True) if value is not None}
        for row in rows
    )
    path.write_text(
        "\n".join(json.dumps(one | {"posted_at": f"{one['posted_at']} UTC"}) for one in objects) + "\n"
    )


DAYS_FIRST = {"posted_at": {"from": "posted_at", "format": "%d.%m.%Y %H:%M:%S"}}
HANDS: dict[str, tuple[str, Callable[[Rows, Path], object], dict[str, Any]]] = {
    "pandas": ("m.csv", lambda rows, path: frame(rows).to_csv(path, index=False), {}),
    "pandas with an index": ("m.csv", lambda rows, path: frame(rows).to_csv(path), {}),
    "pandas, packed": ("m.csv.gz", lambda rows, path: frame(rows).to_csv(path, index=False), {}),
    "pandas, parquet": ("m.parquet", lambda rows, path: frame(rows).to_parquet(path), {}),
    "pandas, json": (
        "m.jsonl",
        lambda rows, path: frame(rows).to_json(path, orient="records", lines=True, date_format="iso"),
        {},
    ),
    "pyarrow": ("m.parquet", lambda rows, path: pq.write_table(table(rows), path), {}),
    "DuckDB": ("m.csv", lambda rows, path: by_duckdb(rows, path, "HEADER"), {}),
    "DuckDB, parquet": ("m.parquet", lambda rows, path: by_duckdb(rows, path, "FORMAT parquet"), {}),
    "DuckDB, json": ("m.jsonl", lambda rows, path: by_duckdb(rows, path, "FORMAT json"), {}),
    "openpyxl": ("m.xlsx", lambda rows, path: path.write_bytes(xlsx([NAMES, *rows])), {}),
    "R": ("m.csv", in_the_style_of_r, {"missing": ["NA"]}),
    "Excel": ("m.csv", in_the_style_of_excel, {"decimal": ",", "columns": DAYS_FIRST}),
    "json lines": ("m.ndjson", json_lines, {}),
    "a list of json": ("m.json", a_list_of_json, {}),
    "a warehouse": ("m.json", of_a_warehouse, {}),
}


@EXAMPLES
def test_a_table_is_the_same_whoever_wrote_it(folder: Folder, examples: int) -> None:
    def law(drawn: tuple[list[Mention], str]) -> None:
        rows, hand = drawn
        name, write, declared = HANDS[hand]
        path = folder.data(name, b"")
        path.unlink()
        write(rows, path)
        folder.declare(mentions={"path": f"../data/{name}", **declared})
        there = sources.load("mentions").expr.to_pyarrow().to_pylist()
        path.unlink()
        found = [tuple(row.get(name) for name in NAMES) for row in there]
        assert sorted(found, key=str) == sorted(rows, key=str)

    for_all(st.tuples(MENTIONS, st.sampled_from(sorted(HANDS))), law, examples)


@pytest.mark.parametrize("hand", HANDS)
def test_every_hand_is_read(folder: Folder, hand: str) -> None:
    rows = [
        ("007", datetime(2026, 7, 1, 8, 30), "App Store", 'so, "so"; or\n\nnot', 2.5, None),
        ("008", datetime(2026, 9, 30, 23, 59, 59), "Play, Google", "#1 'é'", None, "EMEA"),
    ]
    name, write, declared = HANDS[hand]
    path = folder.data(name, b"")
    write(rows, path)
    folder.declare(mentions={"path": f"../data/{name}", **declared})
    assert folder.rows("mentions", *NAMES) == rows
