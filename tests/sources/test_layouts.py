"""How a text file is laid out is told from the file where it can be told, and can always be said."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.records import LineAccount

from .conftest import Folder, csv_text
from .workbooks import xlsx

HEADER = "response_id,submitted_at,survey,score"
ROWS = [f"R{at},2026-07-{at + 1:02},nps,{at}" for at in range(9)]
PLAIN = csv_text(HEADER, ROWS)
GOOD = [(f"R{at}", datetime(2026, 7, at + 1), "nps", float(at)) for at in range(9)]
NAMES = tuple(HEADER.split(","))


def loaded(folder: Folder, content: str | bytes, name: str = "a.csv", **declared: object) -> list[Any]:
    folder.data(name, content)
    folder.declare(responses={"path": f"../data/{name}", **declared})
    assert sources.check(folder.params) == []
    return folder.rows("responses", *NAMES)


def lines(folder: Folder) -> LineAccount:
    found = folder.account("responses").lines
    assert found is not None
    return found


PREAMBLES: dict[str, tuple[str, int]] = {
    "a blank line": ("\n", 1),
    "several blank lines": ("\n \n\n", 3),
    "comments and a blank line": ("# Events export\n# 20260701-20260930\n\n", 3),
    "comments": ("# Events export\n# all users\n", 2),
    "a comment with as many cells as a row": ("# a, b, c, d\n\n", 2),
    "a comment with more cells": ("# a, b, c, d, e, f\n", 1),
    "a title": ("Survey of summer\n", 1),
    "a title and a blank line": ("Survey of summer\n\n", 2),
    "a title with a comma": ("Answers, third quarter\n\n", 2),
    "several lines of a report": ("Report,NPS\nPeriod,2026Q3\nExported,2026-10-01\n\n", 4),
    "a quoted title": ('"Survey, of\nsummer"\n\n', 3),
    "separators alone": (",,,\n", 1),
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("what", PREAMBLES)
def test_what_stands_before_the_header_is_passed_over(folder: Folder, what: str, ends: str) -> None:
    before, skipped = PREAMBLES[what]
    assert loaded(folder, (before + PLAIN).replace("\n", ends).encode()) == GOOD
    assert lines(folder) == LineAccount(total=10 + skipped, header=1, skipped=skipped, records=9)


@pytest.mark.one_in(3)
@pytest.mark.parametrize("what", PREAMBLES)
def test_lines_to_skip_can_be_said(folder: Folder, what: str) -> None:
    before, skipped = PREAMBLES[what]
    assert loaded(folder, before + PLAIN, skip=skipped) == GOOD
    assert lines(folder) == LineAccount(total=10 + skipped, header=1, skipped=skipped, records=9)


def test_a_blank_first_line_is_not_an_empty_file(folder: Folder) -> None:
    assert loaded(folder, "\n" + csv_text(HEADER, ROWS[:1])) == GOOD[:1]


def test_no_line_is_taken_for_a_title_in_a_table_of_two_columns(folder: Folder) -> None:
    folder.data("t.csv", "ticket_id,opened_at\nT1,2026-07-01\nT2,2026-07-02\n")
    folder.declare(tickets={"path": "../data/t.csv"})
    assert folder.rows("tickets", "ticket_id") == [("T1",), ("T2",)]


def test_rows_with_more_cells_than_the_header_do_not_make_it_a_title(folder: Folder) -> None:
    """Most rows carry a blank cell more than the header has names."""
    assert loaded(folder, csv_text(HEADER, [f"{row}," for row in ROWS])) == GOOD


TRAILING: dict[str, tuple[str, list[str]]] = {
    "on every line": (HEADER + ",", [f"{row}," for row in ROWS]),
    "two on every line": (HEADER + ",,", [f"{row},," for row in ROWS]),
    "on the rows": (HEADER, [f"{row}," for row in ROWS]),
    "on some rows": (HEADER, [row + "," * (at % 2) for at, row in enumerate(ROWS)]),
}


@pytest.mark.parametrize("what", TRAILING)
def test_delimiters_at_the_ends_of_lines_are_no_fault(folder: Folder, what: str) -> None:
    assert loaded(folder, csv_text(*TRAILING[what])) == GOOD
    assert lines(folder).records == 9


DELIMITERS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}


@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_the_delimiter_is_the_one_that_most_lines_agree_on(folder: Folder, delimiter: str) -> None:
    other = ",;"[delimiter == ","]
    question = f'"How likely{other} all in all{other} given price{other} speed{other} and care{other} is it?"'
    header = delimiter.join([*NAMES, question, "comment"])
    rows = [
        delimiter.join([*row.split(","), f'"{at}{other} {at}"', f"so{other} so" if at % 2 else ""])
        for at, row in enumerate(ROWS)
    ]
    assert loaded(folder, csv_text(header, rows)) == GOOD


@pytest.mark.parametrize("delimiter", [*DELIMITERS, "^", "~", ":"])
def test_the_delimiter_can_be_said(folder: Folder, delimiter: str) -> None:
    assert loaded(folder, PLAIN.replace(",", delimiter), delimiter=delimiter) == GOOD


def test_a_tab_can_be_said_as_a_word(folder: Folder) -> None:
    assert loaded(folder, PLAIN.replace(",", "\t"), delimiter="tab") == GOOD


def test_one_row_of_semicolons_with_decimal_commas(folder: Folder) -> None:
    text = "market;period_start;metric;numerator;denominator\nFR;2026-07-01;revenue;1.234,50;2,5\n"
    folder.data("m.csv", text)
    folder.declare(market_metrics={"path": "../data/m.csv", "decimal": ",", "thousands": "."})
    assert folder.rows("market_metrics", "numerator", "denominator") == [(1234.5, 2.5)]


HEADERS: dict[str, tuple[str, dict[str, Any], int]] = {
    "two lines": (f"{HEADER}\nthe id,when,which,how much\n", {"header": 2}, 2),
    "three lines": (
        f'{HEADER}\nthe id,when,which,"how\nmuch"\n"{{""ImportId"":""id""}}",b,c,d\n',
        {"header": 3},
        4,
    ),
    "names given, a header to skip": (f"{HEADER}\n", {"header": list(NAMES), "skip": 1}, 0),
    "no header": ("", {"header": list(NAMES)}, 0),
    "no header, a blank line": ("\n", {"header": list(NAMES)}, 0),
}


@pytest.mark.parametrize("what", HEADERS)
def test_a_header_of_several_lines_or_none(folder: Folder, what: str) -> None:
    before, declared, header = HEADERS[what]
    assert loaded(folder, before + "\n".join(ROWS) + "\n", **declared) == GOOD
    assert (lines(folder).header, lines(folder).records) == (header, 9)


def test_names_that_come_again_are_told_apart(folder: Folder) -> None:
    text = csv_text(f"{HEADER},Comment,Comment,Comment_1", [f"{ROWS[0]},a,b,c"])
    for name, said in {"Comment_1": "c", "Comment_2": "b"}.items():
        assert loaded(folder, text, columns={"comment": name}) == GOOD[:1]
        assert folder.rows("responses", "comment") == [(said,)]


def test_names_that_differ_in_case_alone_are_told_apart(folder: Folder) -> None:
    text = csv_text(f"{HEADER},Comment,comment", [f"{ROWS[0]},a,b"])
    assert loaded(folder, text, columns={"comment": "Comment"}) == GOOD[:1]
    assert folder.rows("responses", "comment") == [("a",)]


@pytest.mark.parametrize("columns", [{}, {"score": "score"}])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_mapped_column_that_stands_twice_is_an_error(folder: Folder, columns: Any, kind: str) -> None:
    names, rows = [*HEADER.split(","), "score"], [[*row.split(","), "1"] for row in ROWS]
    content = (
        xlsx([names, *rows]) if kind == "xlsx" else csv_text(",".join(names), [",".join(row) for row in rows])
    )
    folder.data(f"a.{kind}", content)
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.declare(responses={"path": f"../data/a.{kind}", "columns": columns})
    told = "score is to come from 'score', a name that the header has more than once. Write which is meant"
    with pytest.raises(sources.TableError, match=told):
        sources.load("responses")
    assert told in " ".join(sources.check(folder.params))
    folder.declare(responses={"path": f"../data/a.{kind}", "columns": {"score": "score_1"}})
    assert {score for (score,) in folder.rows("responses", "score")} == {1}


def test_a_column_that_stands_twice_and_is_not_used_is_no_error(folder: Folder) -> None:
    assert loaded(folder, csv_text(HEADER + ",note,note", [f"{row},1,2" for row in ROWS])) == GOOD


AGAIN: dict[str, tuple[str, int]] = {
    "once": ("\n".join([*ROWS[:4], HEADER, *ROWS[4:]]), 1),
    "behind every row": ("\n".join(f"{row}\n{HEADER}" for row in ROWS), 9),
    "with blanks and a mark": ("\n".join([*ROWS, f"\ufeff{HEADER.replace(',', ' , ')}"]), 1),
    "in quotes": ("\n".join([*ROWS, '"' + HEADER.replace(",", '","') + '"']), 1),
    "behind an open quote": ("\n".join([*ROWS, HEADER, 'R9,2026-07-09,nps,"9']), 1),
}


@pytest.mark.parametrize("what", AGAIN)
def test_the_header_once_more_is_no_row(folder: Folder, what: str) -> None:
    """Files that were put one behind the other; in a table of texts alone it would be a unit."""
    text, times = AGAIN[what]
    assert loaded(folder, f"{HEADER}\n{text}\n") == GOOD
    account = folder.account("responses")
    assert account.lines is not None
    assert (account.lines.header, account.lines.records, account.read) == (
        1 + times,
        9,
        9 + account.set_aside,
    )
    assert account.set_aside == int("open quote" in what)


def test_the_header_once_more_is_no_row_of_a_sheet_or_of_a_table_of_its_own(folder: Folder) -> None:
    names = ("plan", "price")
    rows = [("Pro", 7), names, ("Free", 0)]
    folder.data("plans.xlsx", xlsx([names, *rows]))
    folder.data("plans.csv", csv_text("plan,price", [f"{plan},{price}" for plan, price in rows]))
    for name in ("plans.xlsx", "plans.csv"):
        folder.declare(plans={"path": f"../data/{name}"})
        assert sources.check(folder.params) == []
        assert folder.rows("plans") == [("Pro", 7), ("Free", 0)]


def test_a_row_that_is_like_the_header_in_part_is_a_row(folder: Folder) -> None:
    """One name alone may be a value; and where the file has no header, nothing is one."""
    folder.data("a.csv", csv_text("word", ["word", "other"]))
    folder.data("b.csv", csv_text("a,b", ["a,", "a,c", "a,b"]))
    folder.declare(words={"path": "../data/a.csv"}, pairs={"path": "../data/b.csv", "header": ["a", "b"]})
    assert folder.rows("words") == [("word",), ("other",)]
    assert folder.rows("pairs") == [("a", "b"), ("a", None), ("a", "c"), ("a", "b")]


def test_a_blank_name_at_the_end_of_the_header_alone_names_no_column(folder: Folder) -> None:
    assert loaded(folder, csv_text(HEADER + ",", ROWS)) == GOOD
    assert loaded(folder, csv_text(HEADER + ",", [f"{row},x" for row in ROWS])) == GOOD


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_mark_is_no_letter_of_the_first_name(folder: Folder, encoding: str) -> None:
    mark = "" if encoding == "utf-16" else "\ufeff"
    assert loaded(folder, (mark + PLAIN).encode(encoding), encoding=encoding) == GOOD
    assert loaded(folder, PLAIN.encode(encoding), encoding=encoding) == GOOD


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told(folder: Folder, encoding: str) -> None:
    folder.data("a.csv", PLAIN.encode(encoding))
    folder.declare(responses={"path": "../data/a.csv"})
    with pytest.raises(sources.TableError, match=r"zeros between them, as in UTF-16.*encoding: utf-16-le"):
        sources.load("responses")


QUOTED: dict[str, tuple[str, str, str | None]] = {
    "single quotes": ("'", "'so, so'", "so, so"),
    "single quotes doubled": ("'", "'it''s, well'", "it's, well"),
    "none": ("none", 'the 5" screen', 'the 5" screen'),
    "none, at the start": ("none", '"so so', '"so so'),
    "double": ('"', '"so, ""so"""', 'so, "so"'),
}


@pytest.mark.parametrize("what", QUOTED)
def test_the_quote_can_be_said(folder: Folder, what: str) -> None:
    quote, cell, said = QUOTED[what]
    text = csv_text(HEADER + ",comment", [f"{row},{cell}" for row in ROWS])
    assert loaded(folder, text, quote=quote) == GOOD
    assert set(folder.rows("responses", "comment")) == {(said,)}


MISSING: dict[str, tuple[list[str], str, str | None]] = {
    "one word": (["NA"], "NA", None),
    "two words": (["NA", "NULL"], "NULL", None),
    "another word": (["NA"], "N/A", "N/A"),
    "a dash": (["-"], "-", None),
    "blanks around": (["NA"], " NA ", None),
    "a number": (["-999"], "-999", None),
}


@pytest.mark.parametrize("what", MISSING)
def test_words_for_a_missing_value_can_be_said(folder: Folder, what: str) -> None:
    missing, cell, said = MISSING[what]
    text = csv_text(HEADER + ",region", [f"{row},{cell}" for row in ROWS])
    assert loaded(folder, text, missing=missing) == GOOD
    assert set(folder.rows("responses", "region")) == {(said,)}


@pytest.mark.parametrize("kind", ["jsonl", "xlsx", "parquet"])
def test_words_for_a_missing_value_hold_in_every_format(folder: Folder, kind: str) -> None:
    cells = [*NAMES, "region"], ["R0", "2026-07-01", "nps", "0", "NA"], ["R1", "2026-07-02", "nps", "1", "FR"]
    names, *rows = cells
    folder.data(f"a.{kind}", "")
    path = folder.params.parent / "data" / f"a.{kind}"
    if kind == "jsonl":
        path.write_text("\n".join(json.dumps(dict(zip(names, row, strict=True))) for row in rows))
    elif kind == "xlsx":
        path.write_bytes(xlsx(cells))
    else:
        pq.write_table(pa.table(dict(zip(names, zip(*rows, strict=True), strict=True))), path)
    folder.declare(responses={"path": f"../data/a.{kind}", "missing": ["NA"]})
    assert folder.rows("responses", "response_id", "region") == [("R0", None), ("R1", "FR")]


def test_the_header_of_a_workbook_can_be_said_too(folder: Folder) -> None:
    rows = [row.split(",") for row in ROWS]
    assert loaded(folder, xlsx([NAMES, list("abcd"), *rows]), "a.xlsx", header=2) == GOOD
    assert loaded(folder, xlsx(rows), "b.xlsx", header=list(NAMES)) == GOOD


BLANK = "\n\n  \n"


def test_blank_lines_are_counted_wherever_they_stand(folder: Folder) -> None:
    rows = "\n".join(ROWS[:3]) + BLANK + "\n".join(ROWS[3:]) + "\n" + BLANK
    assert loaded(folder, f"{HEADER}\n{rows}") == GOOD
    assert lines(folder) == LineAccount(total=15, header=1, blank=5, records=9)


def test_rows_without_a_value_are_blank_lines(folder: Folder) -> None:
    assert loaded(folder, csv_text(HEADER, [*ROWS, ",,,", '"","", ,'])) == GOOD
    assert lines(folder) == LineAccount(total=12, header=1, blank=2, records=9)


def test_a_file_that_ends_without_a_line_end(folder: Folder) -> None:
    assert loaded(folder, PLAIN.rstrip("\n")) == GOOD
    assert lines(folder).total == 10


def test_files_of_a_pattern_may_be_laid_out_differently(folder: Folder) -> None:
    folder.data("a_1.csv", "# export\n\n" + csv_text(HEADER, ROWS[:4]))
    folder.data("a_2.csv", csv_text(HEADER.replace(",", ";"), [row.replace(",", ";") for row in ROWS[4:]]))
    folder.declare(responses={"path": "../data/a_*.csv"})
    assert folder.rows("responses", *NAMES) == GOOD
    assert lines(folder) == LineAccount(total=13, header=2, skipped=2, records=9)


def test_null_bytes_and_form_feeds_do_not_end_the_file(folder: Folder) -> None:
    text = csv_text(HEADER + ",comment", [f"{row},a\x0cb" for row in ROWS])
    assert loaded(folder, text) == GOOD
