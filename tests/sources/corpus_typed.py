"""Awkward files with types: JSON, Parquet, workbooks; and files that are refused by name."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]

from .corpus_cases import ANSWERS, NAMES, Case, delimited, json_lines, objects, packed, parquet, plain, spss
from .workbooks import ods, patched, saved, xlsx

ALL: dict[str, Any] = {"columns": NAMES, "rows": plain(ANSWERS)}
GIVEN = Path(__file__).parent / "given"
"""Files that only programs of others write: older, binary and locked workbooks, Polars."""
SHEET = "xl/worksheets/sheet1.xml"


def jsons() -> Iterator[Case]:
    """JSON lines, lists, nested and untidy objects."""
    rows = objects(ANSWERS)
    yield Case("json/lines.jsonl", json_lines(rows), **ALL)
    yield Case("json/lines.ndjson", json_lines(rows, ensure_ascii=False), **ALL)
    yield Case("json/packed.json.gz", packed(json_lines(rows)), **ALL)
    yield Case("json/list.json", json.dumps(rows).encode(), **ALL)
    yield Case("json/pretty.json", json.dumps(rows, indent=2).encode(), **ALL)
    yield Case("json/texts.jsonl", json_lines([{**row, "score": str(row["score"])} for row in rows]), **ALL)
    yield Case(
        "json/fractions.jsonl", json_lines([{**row, "score": float(row["score"])} for row in rows]), **ALL
    )
    sparse = [{name: value for name, value in row.items() if value is not None} for row in rows]
    yield Case("json/without-nulls.jsonl", json_lines(sparse), **ALL)
    backwards = [dict(reversed(row.items())) for row in rows]
    yield Case("json/another-order.jsonl", json_lines([*backwards[:2], *rows[2:]]), **ALL)
    nested = [{**row, "meta": {"tags": ["a", 1], "by": {"name": "x"}}} for row in rows]
    yield Case("json/nested.jsonl", json_lines(nested), **ALL)
    mixed = [{**row, "extra": value} for row, value in zip(rows, (1, "a", True, None, [1]), strict=True)]
    yield Case("json/mixed-types.jsonl", json_lines(mixed), **ALL)
    yield Case("json/blank-lines.jsonl", json_lines(rows).replace(b"\n", b"\n\n"), **ALL)
    yield Case("json/windows.jsonl", json_lines(rows).replace(b"\n", b"\r\n"), **ALL)
    yield Case(
        "json/latin-1.jsonl",
        json_lines(rows, ensure_ascii=False).decode().encode("latin-1"),
        declared={"encoding": "latin-1"},
        **ALL,
    )
    late = [{"user_id": at, "signed_up_at": "2026-07-01"} for at in range(200)]
    late.append({"user_id": 200, "signed_up_at": "2026-07-02T08:00:00Z", "plan": "pro"})
    come = [[str(at), None] for at in range(200)] + [["200", "pro"]]
    yield Case(
        "json/a-column-that-comes-late.jsonl", json_lines(late), "users", {}, ("user_id", "plan"), come
    )
    large = [{"user_id": 2**63 + at, "signed_up_at": "2026-07-01"} for at in range(2)]
    come = [[str(2**63 + at)] for at in range(2)]
    yield Case("json/large-ids.jsonl", json_lines(large), "users", {}, ("user_id",), come)
    yield Case("json/broken.jsonl", json_lines(rows)[:-40], refused="cannot be read")
    yield Case("json/empty-list.json", b"[]", refused="the column response_id is missing")
    yield Case(
        "json/words-for-missing.jsonl",
        json_lines([{**row, "region": row["region"] or "NULL"} for row in rows]),
        declared={"missing": ["NULL"]},
        **ALL,
    )


USERS = ("user_id", "signed_up_at", "plan")
DAYS = [date(2026, 7, 1), date(2026, 9, 30)]


def _users(ids: Any = (1, 2), moments: Any = None, plans: Any = ("a", "b"), **more: Any) -> bytes:
    return parquet(
        {"user_id": ids, "signed_up_at": DAYS if moments is None else moments, "plan": plans, **more}
    )


def parquets() -> Iterator[Case]:
    """Parquet of every type that means the same."""
    moments = [datetime(2026, 7, 1), datetime(2026, 9, 30)]
    full = ["2026-07-01T00:00:00", "2026-09-30T00:00:00"]
    come: dict[str, Any] = {"columns": USERS, "rows": [["1", full[0], "a"], ["2", full[1], "b"]]}
    whole: dict[str, Any] = {**come, "rows": [[1, full[0], "a"], [2, full[1], "b"]]}
    files: dict[str, tuple[bytes, dict[str, Any]]] = {
        "days": (_users(), whole),
        "clocks": (_users(moments=moments), whole),
        "clocks-in-nanoseconds": (_users(moments=pa.array(moments, pa.timestamp("ns"))), whole),
        "instants": (_users(moments=pa.array(moments, pa.timestamp("ms", "UTC"))), whole),
        "texts": (_users(["1", "2"], [str(day) for day in DAYS]), come),
        "texts-as-bytes": (_users([b"1", b"2"], plans=[b"a", b"b"]), come),
        "large-texts": (_users(pa.array(["1", "2"], pa.large_string())), come),
        "views": (_users(pa.array(["1", "2"]).dictionary_encode()), come),
        "fractions": (_users([1.0, 2.0]), come),
        "decimals": (_users([Decimal("1.00"), Decimal("2.00")]), come),
        "small": (_users(pa.array([1, 2], pa.int8())), whole),
        "unsigned": (_users(pa.array([1, 2], pa.uint64())), whole),
        "nested-beside": (_users(tags=[["x"], []], by=[{"name": "x"}, None]), whole),
        "names-with-spaces": (_users(**{"a b": [1, 2], "SELECT": [1, 2], 'say "x"': [1, 2]}), whole),
    }
    for name, (content, told) in files.items():
        yield Case(f"parquet/{name}.parquet", content, "users", {}, **told)
    nothing = {**whole, "rows": [[1, full[0], None], [2, full[1], None]]}
    yield Case("parquet/a-column-of-nothing.parquet", _users(plans=pa.nulls(2)), "users", {}, **nothing)
    words = {**whole, "rows": [[1, full[0], None], [2, full[1], "b"]]}
    yield Case(
        "parquet/words-for-missing.parquet", _users(plans=["NA", "b"]), "users", {"missing": ["NA"]}, **words
    )
    gap: dict[str, Any] = {
        "columns": USERS,
        "rows": [["2", full[1], "b"]],
        "account": {"quarantined": {"user_id missing": 1}},
    }
    yield Case("parquet/ids-with-a-gap.parquet", _users([None, 2.0]), "users", {}, **gap)
    yield Case("parquet/no-rows.parquet", _users([], [], []), "users", refused="empty")
    yield Case("parquet/cut-short.parquet", _users()[:-8], "users", refused="cannot be read")
    times = [datetime(2026, 10, 1, 2, tzinfo=UTC), datetime(2026, 10, 2, 2, tzinfo=UTC)]
    moved = [[1, "2026-09-30T22:00:00"], [2, "2026-10-01T22:00:00"]]
    new_york: dict[str, Any] = {"project": {"timezone": "America/New_York"}}
    yield Case(
        "parquet/instants-in-new-york.parquet",
        _users(moments=times),
        "users",
        {},
        USERS[:2],
        moved,
        **new_york,
    )
    yield Case(
        "parquet/days-in-new-york.parquet",
        _users(),
        "users",
        {},
        USERS[:2],
        [[1, full[0]], [2, full[1]]],
        **new_york,
    )


def books() -> Iterator[Case]:
    """Workbooks: sizes that are not so, tables that begin elsewhere, errors, formulas, sheets."""
    rows = [NAMES, *ANSWERS]
    yield Case("books/plain.xlsx", xlsx(rows), **ALL)
    size = r'<dimension ref="[^"]*" ?/>'
    yield Case("books/size-of-rows.xlsx", patched(xlsx(rows), SHEET, size, '<dimension ref="A1:F3"/>'), **ALL)
    yield Case(
        "books/size-of-columns.xlsx", patched(xlsx(rows), SHEET, size, '<dimension ref="A1:B6"/>'), **ALL
    )
    yield Case("books/size-of-one.xlsx", patched(xlsx(rows), SHEET, size, '<dimension ref="A1"/>'), **ALL)
    elsewhere = openpyxl.Workbook()
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            elsewhere.active.cell(down + 4, right + 3, value)
    yield Case("books/begins-elsewhere.xlsx", saved(elsewhere), **ALL)
    titled = xlsx([["Survey"], [], *rows])
    yield Case("books/titled.xlsx", titled, declared={"skip": 2}, **ALL)
    second = openpyxl.Workbook()
    second.active.append(["Notes"])
    answers = second.create_sheet("Antworten Q3")
    for row in rows:
        answers.append(list(row))
    yield Case("books/second-sheet.xlsx", saved(second), declared={"sheet": "Antworten Q3"}, **ALL)
    yield Case(
        "books/no-such-sheet.xlsx",
        saved(second),
        declared={"sheet": "Answers"},
        refused="has no sheet 'Answers'",
    )
    typed = [[row[0], date(2026, 7, 1), row[2], float(row[3]), *row[4:]] for row in ANSWERS]
    come = [[row[0], "2026-07-01T00:00:00", row[2], row[3]] for row in ANSWERS]
    yield Case("books/days.xlsx", xlsx([NAMES, *typed]), columns=NAMES[:4], rows=come)
    errors = [list(row) for row in ANSWERS]
    errors[0][4], errors[1][3] = "#N/A", "#REF!"
    told = plain(ANSWERS)
    told[0][4] = None
    lost = {"quarantined": {"score missing": 1}}
    yield Case(
        "books/errors.xlsx", xlsx([NAMES, *errors]), columns=NAMES, rows=[told[0], *told[2:]], account=lost
    )
    formula = [list(row) for row in ANSWERS]
    formula[2][3] = "=2+2"
    yield Case(
        "books/never-computed.xlsx", xlsx([NAMES, *formula]), refused="formulas that were never computed"
    )
    yield Case(
        "books/locked.xlsx",
        (GIVEN / "locked.xlsx").read_bytes(),
        refused="has a password: save it without one",
    )
    come = [[f"A{at}", f"2026-07-0{at + 1}T09:30:00", "nps", at] for at in range(3)]
    for name in ("answers.xls", "answers.xlsb"):
        yield Case(f"books/{name}", (GIVEN / name).read_bytes(), columns=NAMES[:4], rows=come)
    flat = [[cell.replace("\n", " ") if isinstance(cell, str) else cell for cell in row] for row in ANSWERS]
    yield Case("books/libreoffice.ods", ods([NAMES, *flat]), columns=NAMES, rows=plain(flat))
    blank = io.BytesIO()
    openpyxl.Workbook().save(blank)
    yield Case("books/blank.xlsx", blank.getvalue(), refused="has nothing on its sheet")
    far = xlsx(rows, lambda sheet: sheet.__setitem__("XFD1048576", "stray"))
    yield Case("books/far-apart.xlsx", far, refused="columns to the right")


def polars() -> Iterator[Case]:
    """What Polars 2.1 writes: six digits of a second, a text with a break in it, ids with a gap."""
    come: dict[str, Any] = {
        "columns": USERS,
        "rows": [["1", "2026-07-01T08:30:00", 'a, "b"\nc'], ["2", "2026-09-30T23:59:59.500000", None]],
        "account": {"quarantined": {"user_id missing": 1}},
    }
    whole = {**come, "rows": [[int(row[0]), *row[1:]] for row in come["rows"]]}
    minutes = {**come, "rows": [come["rows"][0], ["2", "2026-09-30T23:59:00", None]]}
    german = {"columns": {"signed_up_at": {"from": "signed_up_at", "format": "%d.%m.%Y %H:%M"}}}
    files = {
        "csv": ({}, come),
        "ndjson": ({}, come),
        "parquet": ({}, whole),
        "-german.csv": (german, minutes),
    }
    for ending, (declared, told) in files.items():
        name = f"polars{'' if ending.startswith('-') else '.'}{ending}"
        yield Case(f"polars/{name}", (GIVEN / name).read_bytes(), "users", declared, **told)


def statistics() -> Iterator[Case]:
    """SPSS files: labels of some values and of all, values declared missing, days and instants."""
    rows = [row for row in ANSWERS if row[2] == "nps"]
    answers = {
        "answer": [row[0] for row in rows],
        "day": [date.fromisoformat(row[1][:10]) for row in rows],
        "recommend": [9, 0, 99],
        "market": [1, 2, None],
        "why": [row[5] or "" for row in rows],
    }
    labels = {"recommend": {0: "Not at all", 10: "Extremely"}, "market": {1: "EMEA", 2: "AMER"}}
    columns = {
        "response_id": "answer",
        "submitted_at": "day",
        "survey": {"value": "nps"},
        "score": {"from": "recommend", "map": {"Not at all": 0, "Extremely": 10}},
        "region": "market",
        "comment": "why",
    }
    come = plain([(*row[:1], row[1][:10], *row[2:]) for row in rows[:2]])
    told: dict[str, Any] = {"columns": NAMES, "rows": come, "account": {"quarantined": {"score missing": 1}}}
    for name in ("labels.sav", "packed.zsav"):
        content = spss(answers, name, variable_value_labels=labels, missing_ranges={"recommend": [99]})
        yield Case(f"spss/{name}", content, declared={"columns": columns}, **told)
    users = {
        "user_id": [1.0, 1_000_000.0],
        "signed_up_at": [datetime(2026, 7, 1, 8, 30, 15), datetime(2026, 9, 30)],
        "plan": ["P", "F"],
    }
    content = spss(users, "users.sav", variable_value_labels={"plan": {"P": "Pro", "F": "Free"}})
    come = [["1", "2026-07-01T08:30:15", "Pro"], ["1000000", "2026-09-30T00:00:00", "Free"]]
    yield Case("spss/users.sav", content, "users", {}, ("user_id", "signed_up_at", "plan"), come)


def refusals() -> Iterator[Case]:
    """What cannot be read, and what the file is not."""
    text = delimited(ANSWERS)
    files: dict[str, tuple[bytes, str]] = {
        "empty.csv": (b"", "is empty, without even a line of column names"),
        "blank.csv": (b"\n\n\n", "is empty, without even a line of column names"),
        "header-alone.csv": (text.splitlines()[0].encode() + b"\n", "The table responses is empty"),
        "latin-1-not-said.csv": (text.encode("latin-1"), "is not utf-8"),
        "utf-16-not-said.csv": (text.encode("utf-16"), "encoding: utf-16"),
        "a-workbook.csv": (xlsx([NAMES, *ANSWERS]), "holds a zip archive"),
        "packed.csv": (packed(text.encode()), "is packed by gzip"),
        "a-page.csv": (b"<!DOCTYPE html>\n<html><body>Sign in</body></html>\n", "holds a page of HTML"),
        "a-page.xls": (b"<html><table><tr><td>1</td></tr></table></html>", "holds a page of HTML"),
        "a-text.xlsx": (text.encode(), "is no workbook that can be opened"),
        "a-text.parquet": (text.encode(), "cannot be read"),
        "a-parquet.csv": (parquet({"a": [1]}), "is a Parquet file"),
        "a-pdf.csv": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "is a PDF"),
        "an-error.json": (b'{"error": "unauthorized"}', "the column response_id is missing"),
        "cut-short.csv.gz": (packed(text.encode())[:-20], "cannot be read"),
        "no-gzip.csv.gz": (text.encode(), "cannot be read"),
        "other-names.csv": (text.replace("response_id", "ResponseID").encode(), "Did you mean"),
        "data.sas7bdat": (b"\x00" * 32, "is SAS; export it as CSV"),
        "cut-short.sav": (b"$FL2@(#) SPSS DATA FILE", "cut-short.sav cannot be read"),
        "data.pdf": (b"%PDF-1.7", "is PDF; ask for the table as CSV"),
        "data.docx": (b"PK", "is a document; save its table as CSV"),
    }
    for name, (content, words) in files.items():
        yield Case(f"refused/{name}", content, refused=words)
    fixed = "".join(f"{row[0]:<8}{row[1][:10]:<12}{row[2]:<6}{row[3]:>3}\n" for row in ANSWERS)
    yield Case("refused/fixed-width.txt", fixed.encode(), refused="is missing")


def typed() -> Iterator[Case]:
    """Every awkward file with types, and every file that is refused."""
    for kind in (jsons, parquets, books, polars, statistics, refusals):
        yield from kind()
