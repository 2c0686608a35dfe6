"""What a workbook says of itself is not believed, and what it cannot tell is refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from helpers import sources

from .conftest import Folder
from .workbooks import ods, patched, saved, xlsx

HEADER = ("response_id", "submitted_at", "survey", "score", "region")
SHEET = "xl/worksheets/sheet1.xml"
ROWS = [(f"A{at}", datetime(2026, 7, at % 28 + 1, 9, 30), "nps", at % 11, "EMEA") for at in range(20)]
DIMENSION = r'<dimension ref="[^"]*" ?/>'
D2 = r'<c r="D2"[^>]*><v>0</v></c>'
GIVEN = Path(__file__).parent / "given"


def loaded(
    folder: Folder, content: bytes, name: str = "book.xlsx", **declared: object
) -> list[tuple[Any, ...]]:
    folder.data(name, content)
    folder.declare(responses={"path": f"../data/{name}", **declared})
    return folder.rows("responses", *HEADER)


LIES = {
    "too few rows": "A1:E5",
    "too few columns": "A1:B21",
    "one cell": "A1",
    "elsewhere": "C7:D9",
    "far too many": "A1:XFD1048576",
    "nonsense": "E21:A1",
}


@pytest.mark.parametrize("what", LIES)
def test_the_size_that_a_sheet_says_is_not_believed(folder: Folder, what: str) -> None:
    book = patched(xlsx([HEADER, *ROWS]), SHEET, DIMENSION, f'<dimension ref="{LIES[what]}"/>')
    assert loaded(folder, book) == ROWS
    assert folder.account("responses").read == 20


def test_a_sheet_without_a_size_is_read(folder: Folder) -> None:
    assert loaded(folder, patched(xlsx([HEADER, *ROWS]), SHEET, DIMENSION, "")) == ROWS


def test_a_wrong_count_of_shared_texts_is_not_believed(folder: Folder) -> None:
    book = patched(xlsx([HEADER, *ROWS]), "xl/sharedStrings.xml", r'uniqueCount="\d+"', 'uniqueCount="1"')
    assert loaded(folder, book) == ROWS


def test_a_table_that_begins_further_down_and_right(folder: Folder) -> None:
    book = openpyxl.Workbook()
    for down, row in enumerate([HEADER, *ROWS]):
        for right, value in enumerate(row):
            book.active.cell(down + 4, right + 3, value)
    assert loaded(folder, saved(book)) == ROWS


def test_skip_counts_the_rows_of_the_sheet(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.active["A2"] = "Survey of summer"
    for down, row in enumerate([HEADER, *ROWS]):
        for right, value in enumerate(row):
            book.active.cell(down + 4, right + 1, value)
    assert loaded(folder, saved(book), skip=2) == ROWS


def test_blank_rows_and_columns_at_the_end_are_left_out(folder: Folder) -> None:
    rows: list[Sequence[Any]] = [(*HEADER, None, None), *((*row, None, "") for row in ROWS), [], [None] * 7]
    assert loaded(folder, xlsx(rows)) == ROWS


def test_errors_of_a_sheet_are_missing_values(folder: Folder) -> None:
    rows = [*ROWS[:2], ("A2", datetime(2026, 7, 3), "nps", "#N/A", "EMEA"), ("A3", "#REF!", "nps", 3, "#N/A")]
    loaded(folder, xlsx([HEADER, *rows, ("A4", datetime(2026, 7, 3), "nps", 3, "#DIV/0!")]))
    account = folder.account("responses")
    assert (account.read, account.kept) == (5, 3)
    assert account.quarantined == {"score missing": 1, "submitted_at missing": 1}
    assert folder.rows("responses", "response_id", "region")[-1] == ("A4", None)


def test_of_merged_cells_the_first_has_the_value(folder: Folder) -> None:
    book = xlsx([HEADER, *ROWS], lambda sheet: sheet.merge_cells("E2:E4"))
    assert [row[-1] for row in loaded(folder, book)][:4] == ["EMEA", None, None, "EMEA"]


UNCOMPUTED: dict[str, str] = {
    "an empty value": '<c r="D2"><f>5+4</f><v></v></c>',
    "an empty value, short": '<c r="D2"><f>5+4</f><v/></c>',
    "no value": '<c r="D2" s="1"><f>5+4</f></c>',
    "zero, to be computed when it is opened": '<c r="D2"><f>5+4</f><v>0</v></c>',
    "shared": '<c r="D2"><f t="shared" si="0"/></c>',
}


@pytest.mark.parametrize("what", UNCOMPUTED)
def test_formulas_that_were_never_computed_are_refused_by_name(folder: Folder, what: str) -> None:
    book = patched(xlsx([HEADER, *ROWS]), SHEET, D2, UNCOMPUTED[what])
    with pytest.raises(
        sources.TableError, match=r"book\.xlsx has formulas that were never computed: open it"
    ):
        loaded(folder, book)


COMPUTED: dict[str, str] = {
    "a number": '<c r="D2"><f>5+4</f><v>9</v></c>',
    "shared": '<c r="D2"><f t="shared" ref="D2:D3" si="0">5+4</f><v>9</v></c>',
    "shared, empty": '<c r="D2"><f t="shared" si="0"/><v>9</v></c>',
    "a text": '<c r="D2" t="str"><f>"9"</f><v>9</v></c>',
    "with a blank text beside": '<c r="D2"><f>5+4</f><v>9</v></c><c r="F2" t="str"><f>""</f><v></v></c>',
}


@pytest.mark.parametrize("what", COMPUTED)
def test_formulas_that_were_computed_have_their_value(folder: Folder, what: str) -> None:
    book = patched(xlsx([HEADER, *ROWS]), SHEET, D2, COMPUTED[what])
    assert loaded(folder, book)[0] == (*ROWS[0][:3], 9, "EMEA")


def test_only_the_sheet_that_is_read_must_be_computed(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.active.append(["=1+1"])
    answers = book.create_sheet("Answers")
    for row in [HEADER, *ROWS]:
        answers.append(row)
    assert loaded(folder, saved(book), sheet="Answers") == ROWS


def test_sheets_are_found_by_their_name_whatever_their_order(folder: Folder) -> None:
    """Who moves a sheet in front of another changes the workbook's list, not the names of its parts."""
    book = openpyxl.Workbook()
    book.active.title = "Answers"
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    book.create_sheet("Notes").append(["=1+1"])
    swapped = patched(
        saved(book), "xl/workbook.xml", r"(<sheet [^>]*/>)(<sheet [^>]*/>)", r"\\2\\1".replace("\\\\", "\\")
    )
    assert loaded(folder, swapped, sheet="Answers") == ROWS
    with pytest.raises(sources.TableError, match="never computed"):
        loaded(folder, swapped)


def test_a_cell_far_away_is_refused_before_the_memory_is_full(folder: Folder) -> None:
    book = xlsx([HEADER, *ROWS], lambda sheet: sheet.__setitem__("XFD1048576", "stray"))
    with pytest.raises(sources.TableError, match="16,384 columns to the right, and one 1,048,576 rows down"):
        loaded(folder, book)


def test_a_cell_far_down_costs_nothing(folder: Folder) -> None:
    book = xlsx([HEADER, *ROWS], lambda sheet: sheet.__setitem__("F1048576", "stray"))
    loaded(folder, book)
    account = folder.account("responses")
    assert (account.kept, account.quarantined) == (20, {"response_id missing": 1})


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Quarter")
    with pytest.raises(sources.TableError, match=r"has no sheet 'Answers'\. It has Sheet, Quarter"):
        loaded(folder, saved(book), sheet="Answers")


def test_a_blank_sheet_is_told_by_its_name(folder: Folder) -> None:
    with pytest.raises(sources.TableError, match="has nothing on its sheet Sheet: name another by sheet"):
        loaded(folder, saved(openpyxl.Workbook()))


def test_two_columns_of_one_name_are_told_apart(folder: Folder) -> None:
    rows = [(*HEADER, "Comment", "Comment"), *((*row, "a", "b") for row in ROWS)]
    folder.data("book.xlsx", xlsx(rows))
    folder.declare(responses={"path": "../data/book.xlsx", "columns": {"comment": "Comment_1"}})
    assert set(folder.rows("responses", "comment")) == {("b",)}


CELLS: dict[str, tuple[Any, str]] = {
    "a whole number": (1000000.0, "1000000"),
    "a long number": (123456789012345, "123456789012345"),
    "zeros in front": ("007", "007"),
    "a day": (date(2026, 7, 1), "2026-07-01"),
    "a time": (time(8, 30), "08:30:00"),
    "a truth": (True, "true"),
    "a fraction": (0.1, "0.1"),
    "a text with breaks": ("a\nb", "a\nb"),
    "blanks at the ends": ("  x ", "x"),
}


@pytest.mark.parametrize("what", CELLS)
def test_a_cell_is_the_text_that_it_means(folder: Folder, what: str) -> None:
    value, meant = CELLS[what]
    row = (value, datetime(2026, 7, 1), "nps", 9, "EMEA")
    assert loaded(folder, xlsx([HEADER, row])) == [(meant, *row[1:])]


def test_days_counted_from_1904_are_the_same_days(folder: Folder) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in [HEADER, *ROWS]:
        book.active.append(row)
    assert loaded(folder, saved(book)) == ROWS


def test_a_sheet_of_libreoffice(folder: Folder) -> None:
    rows = [
        (name, day.date().isoformat(), survey, score, region) for name, day, survey, score, region in ROWS
    ]
    found = loaded(folder, ods([HEADER, *rows]), "book.ods")
    assert found == [(row[0], datetime.combine(row[1].date(), time.min), *row[2:]) for row in ROWS]


REPEATED = (
    '<table:table-row table:number-rows-repeated="2"><table:table-cell/>'
    '<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p>'
    '</table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
)


def test_rows_and_cells_that_a_sheet_of_libreoffice_repeats(folder: Folder) -> None:
    rows = [["ticket_id", "opened_at", "subject"], ["T1", "2026-07-01", "a"]]
    folder.data("book.ods", patched(ods(rows), "content.xml", "</table:table>", REPEATED))
    folder.declare(tickets={"path": "../data/book.ods"})
    account = folder.account("tickets")
    assert (account.read, account.kept, account.quarantined) == (3, 1, {"ticket_id missing": 2})


@pytest.mark.parametrize("name", ["answers.xls", "answers.xlsb"])
def test_older_and_binary_workbooks(folder: Folder, name: str) -> None:
    expected = [(f"A{at}", datetime(2026, 7, at + 1, 9, 30), "nps", at, "EMEA") for at in range(3)]
    assert loaded(folder, (GIVEN / name).read_bytes(), name) == expected


def test_a_workbook_with_a_password_is_refused_by_name(folder: Folder) -> None:
    with pytest.raises(sources.TableError, match=r"locked\.xlsx has a password: save it without one"):
        loaded(folder, (GIVEN / "locked.xlsx").read_bytes(), "locked.xlsx")


NO_WORKBOOKS: dict[str, tuple[str, bytes, str]] = {
    "text": ("book.xlsx", b"response_id,score\n", "is no workbook that can be opened"),
    "cut short": ("book.xlsx", xlsx([HEADER, *ROWS])[:2000], "is no workbook that can be opened"),
    "empty": ("book.xlsx", b"", "is no workbook that can be opened"),
    "text called xls": (
        "book.xls",
        b"<html><table></table></html>",
        "holds a page of HTML: download the file itself",
    ),
}


@pytest.mark.parametrize("what", NO_WORKBOOKS)
def test_what_is_no_workbook_is_refused(folder: Folder, what: str) -> None:
    name, content, told = NO_WORKBOOKS[what]
    with pytest.raises(sources.TableError, match=told):
        loaded(folder, content, name)


def test_an_archive_that_unpacks_to_too_much_is_never_unpacked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.sources.reading.workbooks._LARGEST", 1_000)
    with pytest.raises(sources.TableError, match=r"unpacks to .* GB: save the sheet as CSV"):
        loaded(folder, xlsx([HEADER, *ROWS]))
