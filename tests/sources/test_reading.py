"""Every format and encoding gives the same rows."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from datetime import date, datetime

import fsspec
import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.sources.connection import engine

from .conftest import Folder, csv_text

HEADER = ("response_id", "submitted_at", "survey", "score", "region", "comment")
ROWS = (
    ("007", "2026-07-01T08:30:00", "nps", "9", "EMEA", 'Schöne Grüße,\n"sofort"'),
    ("008", "2026-07-02", "csat", "4", "AMER", None),
    ("009", "2026-09-30 23:59:59", "nps", "0", None, "café; très bien"),
)
GOOD = [
    ("007", datetime(2026, 7, 1, 8, 30), "nps", 9, "EMEA", 'Schöne Grüße,\n"sofort"'),
    ("008", datetime(2026, 7, 2), "csat", 4, "AMER", None),
    ("009", datetime(2026, 9, 30, 23, 59, 59), "nps", 0, None, "café; très bien"),
]


def delimited(delimiter: str = ",", newline: str = "\n") -> str:
    def cell(value: str | None) -> str:
        text = value or ""
        quoted = any(letter in text for letter in f'{delimiter}"\n')
        return '"' + text.replace('"', '""') + '"' if quoted else text

    lines = [HEADER, *ROWS]
    return newline.join(delimiter.join(cell(value) for value in line) for line in lines) + newline


def zstandard(content: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(content)
    found: bytes = sink.getvalue().to_pybytes()
    return found


def parquet() -> bytes:
    columns = {name: [row[at] for row in ROWS] for at, name in enumerate(HEADER)}
    columns["score"] = [int(str(score)) for score in columns["score"]]  # type: ignore[misc]
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([])
    sheet.append(list(HEADER))
    sheet.append(["007", datetime(2026, 7, 1, 8, 30), "nps", 9, "EMEA", ROWS[0][5]])
    sheet.append(["008", date(2026, 7, 2), "csat", 4.0, "AMER", None])
    sheet.append(["009", "2026-09-30 23:59:59", "nps", 0, " ", ROWS[2][5]])
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def json_lines() -> str:
    objects = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    return "\n".join(json.dumps(one | {"score": int(str(one["score"]))}) for one in objects)


FILES: dict[str, Callable[[], str | bytes]] = {
    "plain.csv": delimited,
    "semicolons.csv": lambda: delimited(";"),
    "bars.txt": lambda: delimited("|"),
    "tabs.tsv": lambda: delimited("\t"),
    "mark.csv": lambda: "\ufeff" + delimited(),
    "windows.csv": lambda: delimited(newline="\r\n"),
    "packed.csv.gz": lambda: gzip.compress(delimited().encode()),
    "packed.csv.zst": lambda: zstandard(delimited().encode()),
    "packed.tsv.gz": lambda: gzip.compress(delimited("\t").encode()),
    "lines.jsonl": json_lines,
    "lines.ndjson.gz": lambda: gzip.compress(json_lines().encode()),
    "list.json": lambda: "[" + json_lines().replace("\n", ",") + "]",
    "typed.parquet": parquet,
    "book.xlsx": workbook,
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_rows(folder: Folder, name: str) -> None:
    folder.data(name, FILES[name]())
    folder.declare(responses={"path": f"../data/{name}"})
    assert folder.rows("responses", *HEADER) == GOOD


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "iso-8859-15", "mac-roman"])
@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".tsv"])
def test_every_encoding_gives_the_same_rows(folder: Folder, encoding: str, suffix: str) -> None:
    content = delimited("\t" if suffix == ".tsv" else ",").encode(encoding)
    folder.data(f"answers{suffix}", gzip.compress(content) if suffix.endswith("gz") else content)
    folder.declare(responses={"path": f"../data/answers{suffix}", "encoding": encoding})
    assert folder.rows("responses", *HEADER) == GOOD


def test_json_lines_in_another_encoding(folder: Folder) -> None:
    objects = json.dumps(dict(zip(HEADER, ROWS[0], strict=True)), ensure_ascii=False)
    folder.data("answers.jsonl", objects.encode("cp1252"))
    folder.declare(responses={"path": "../data/answers.jsonl", "encoding": "cp1252"})
    assert folder.rows("responses", *HEADER) == GOOD[:1]


def test_the_wrong_encoding_is_told_with_file_and_what_to_write(folder: Folder) -> None:
    folder.data("answers.csv", delimited().encode("latin-1"))
    folder.declare(responses={"path": "../data/answers.csv"})
    with pytest.raises(sources.TableError, match=r"answers\.csv is not utf-8: byte 0x.*encoding: cp1252"):
        sources.load("responses")


def test_a_wide_encoding_that_does_not_fit_is_told_too(folder: Folder) -> None:
    folder.data("answers.csv", delimited().encode())
    folder.declare(responses={"path": "../data/answers.csv", "encoding": "utf-16"})
    with pytest.raises(sources.TableError, match=r"answers\.csv is not utf-16"):
        sources.load("responses")


def test_a_pattern_reads_its_files_in_order_of_name_and_columns_by_name(folder: Folder) -> None:
    folder.data("b_2.csv", "survey,response_id,score,submitted_at\nnps,3,3,2026-07-03\n")
    folder.data("b_1.csv", "response_id,submitted_at,survey,score\n1,2026-07-01,nps,1\n2,2026-07-02,nps,2\n")
    folder.data(".b_0.csv", "response_id\n9\n")
    folder.declare(responses={"path": "../data/b_*.csv"})
    assert folder.rows("responses", "response_id", "score") == [("1", 1), ("2", 2), ("3", 3)]
    account = folder.account("responses")
    assert [file.path for file in account.files] == ["../data/b_1.csv", "../data/b_2.csv"]
    assert account.patterns == ("../data/b_*.csv",)


def test_parquet_files_of_a_pattern_may_differ_in_columns(folder: Folder) -> None:
    for at, columns in enumerate([{"market": ["FR"]}, {"segment": ["Small"], "market": ["DE"]}]):
        table = pa.table(
            columns | {"period_start": [date(2026, 7, 1)], "metric": ["paid"], "numerator": [float(at)]}
        )
        path = folder.data(f"m{at}.parquet", b"")
        pq.write_table(table, path)
    folder.declare(market_metrics={"path": "../data/m*.parquet"})
    assert folder.rows("market_metrics", "market", "segment", "numerator") == [
        ("FR", None, 0.0),
        ("DE", "Small", 1.0),
    ]


def test_a_sheet_is_chosen_by_its_name(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Notes"])
    sheet = book.create_sheet("Answers")
    sheet.append(["response_id", "submitted_at", "survey", "score"])
    sheet.append([1000, datetime(2021, 9, 1), "nps", 10])
    book.save(folder.data("book.xlsx", b""))
    folder.declare(responses={"path": "../data/book.xlsx", "sheet": "Answers"})
    assert folder.rows("responses", "response_id", "score") == [("1000", 10)]
    folder.declare(responses={"path": "../data/book.xlsx", "sheet": "Answer"})
    with pytest.raises(sources.TableError, match=r"no sheet .Answer.\. Did you mean Answers\?"):
        sources.load("responses")


def test_a_url_is_fetched_through_fsspec(folder: Folder) -> None:
    with fsspec.open("memory://survey/answers_1.csv", "wb") as file:
        file.write(delimited().encode())
    folder.declare(responses={"path": "memory://survey/answers_*.csv"})
    assert folder.rows("responses", *HEADER) == GOOD
    assert [file.path for file in folder.account("responses").files] == ["memory://survey/answers_1.csv"]


def test_a_url_that_cannot_be_reached_is_told(folder: Folder) -> None:
    folder.declare(responses={"path": "memory://nowhere/answers.csv"})
    with pytest.raises(sources.TableError, match=r"memory://nowhere/answers\.csv cannot be reached"):
        sources.load("responses")


def test_lines_that_are_no_rows_are_set_aside_one_by_one(folder: Folder) -> None:
    lines = ["1,2026-07-01,nps,9", "2,2026-07-02", "3,2026-07-03,nps,1,extra", "", "4,2026-07-04,nps,4"]
    folder.data("answers.csv", csv_text("response_id,submitted_at,survey,score", lines))
    folder.declare(responses={"path": "../data/answers.csv"})
    assert folder.rows("responses", "response_id") == [("1",), ("4",)]
    account = folder.account("responses")
    assert (account.read, account.quarantined) == (4, {"line unreadable": 2})


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_line_whose_last_delimiters_are_tabs_is_a_row(folder: Folder, ends: str) -> None:
    """As in Udacity's published counts: blank cells end a line, a tab for each; the last line lacks one."""
    lines = [
        "1,2026-07-01,nps,9,é,EMEA",
        '"2\n2",2026-07-02,nps,8\t\t',
        "3,2026-07-03,nps,7,late\t",
        "4,2026-07-04,nps,6\t",
        "5,2026-07-05,nps,5",
        "6,2026-07-06,nps,4\t",
    ]
    text = csv_text("response_id,submitted_at,survey,score,comment,region", lines)
    folder.data("answers.csv", text.removesuffix("\n").replace("\n", ends))
    folder.declare(responses={"path": "../data/answers.csv"})
    kept = [(9.0, "é", "EMEA"), (8.0, None, None), (7.0, "late", None), (4.0, None, None)]
    assert folder.rows("responses", "score", "comment", "region") == kept
    assert folder.account("responses").quarantined == {"line unreadable": 2}


def test_mixed_line_ends_are_read(folder: Folder) -> None:
    folder.data(
        "answers.csv",
        b"response_id,submitted_at,survey,score\r\n1,2026-07-01,nps,9\n2,2026-07-02,nps,8\r\n",
    )
    folder.declare(responses={"path": "../data/answers.csv"})
    assert folder.rows("responses", "response_id") == [("1",), ("2",)]


def test_a_file_that_changed_is_read_again(folder: Folder) -> None:
    folder.data("answers.csv", "response_id,submitted_at,survey,score\n1,2026-07-01,nps,9\n")
    folder.declare(responses={"path": "../data/answers.csv"})
    assert folder.account("responses").read == 1
    folder.data(
        "answers.csv", "response_id,submitted_at,survey,score\n1,2026-07-01,nps,9\n2,2026-07-01,nps,9\n"
    )
    assert folder.account("responses").read == 2


def test_a_file_of_two_tables_is_read_once(folder: Folder) -> None:
    folder.settings(
        "metrics.yaml", "metrics:\n  paid: {label: Paid, unit: share, kind: share, column: paid}\n"
    )
    folder.data("players.csv", "id,arm,paid\n1,a,true\n2,b,false\n")
    folder.declare(
        assignments={
            "path": "../data/players.csv",
            "columns": {"experiment": {"value": "gate"}, "unit_id": "id", "variant": "arm"},
        },
        outcomes={"path": "../data/players.csv", "columns": {"unit_id": "id"}},
    )
    one, other = sources.load("assignments"), sources.load("outcomes")
    assert one._origin is not None
    assert other._origin is not None
    assert one._origin.shaped.raw is other._origin.shaped.raw


BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "empty": ("empty.csv", "", "empty, without even a line of column names"),
    "no parquet": ("x.parquet", "response_id", "x.parquet cannot be read"),
    "no gzip": ("x.csv.gz", "response_id\n1\n", "x.csv.gz cannot be read"),
    "no workbook": ("x.xlsx", "response_id", "x.xlsx is no workbook that can be opened"),
    "broken json": ("x.jsonl", '{"response_id": 1}\n{"resp', "x.jsonl cannot be read"),
    "unknown ending": ("x.data", "response_id", "its name tells no format"),
    "no SPSS": ("x.sav", "response_id", "x.sav cannot be read"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_told_by_its_name_as_written(folder: Folder, what: str) -> None:
    name, content, told = BROKEN[what]
    folder.data(name, content)
    folder.declare(responses={"path": f"../data/{name}"})
    with pytest.raises(sources.TableError) as error:
        sources.load("responses")
    assert told in str(error.value)
    assert "../data/" in str(error.value)
    assert str(folder.params.parent) not in str(error.value)


def test_the_engine_loads_nothing_from_outside() -> None:
    names = ("autoinstall_known_extensions", "autoload_known_extensions", "python_enable_replacements")
    query = ", ".join(f"current_setting('{name}')" for name in names)
    assert engine(1).duckdb.execute(f"SELECT {query}").fetchall() == [(False, False, False)]
