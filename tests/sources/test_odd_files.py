"""What can be read and is odd all the same: columns that some files lack, copies, merged cells, sheets."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from typing import Any

import openpyxl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import findings, sources
from helpers.records import Check

from .conftest import Folder, csv_text
from .workbooks import saved, xlsx

NAMES = ("user_id", "signed_up_at", "plan")
USERS = [("u1", "2026-07-01", "free"), ("u2", "2026-07-02", "team")]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    checks: list[Check] = []
    monkeypatch.setattr(findings, "report", lambda *found: checks.extend(found))
    return checks


def users(folder: Folder, name: str, header: str = ",".join(NAMES), user: str = "u9") -> None:
    rows = [(user, *row[1:]) for row in USERS]
    folder.data(name, csv_text(header, [",".join(row[: header.count(",") + 1]) for row in rows]))


def loaded(folder: Folder, path: str, **declared: object) -> sources.LoadedTable:
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.declare(users={"path": f"../data/{path}", **declared})
    assert sources.check(folder.params) == []
    return sources.load("users")


def test_a_column_that_a_file_calls_otherwise_is_a_warning(folder: Folder, told: list[Check]) -> None:
    users(folder, "u1.csv")
    users(folder, "u2.csv", "user_id,signed_up_at,Tariff", "u8")
    assert loaded(folder, "u*.csv").count() == 2
    [check] = told
    assert (check.key, check.severity, check.failed) == ("columns@table=users", "warn", True)
    assert "there is no plan in ../data/u2.csv, where it counts as missing" in check.text
    assert "Tariff" not in check.text


@pytest.mark.parametrize("header", ["plan,user_id,signed_up_at,more", "user_id,signed_up_at,PLAN"])
def test_another_order_case_or_a_column_that_is_not_used_is_none(
    folder: Folder, told: list[Check], header: str
) -> None:
    users(folder, "u1.csv")
    cells = {"user_id": "u8", "signed_up_at": "2026-07-01"}
    folder.data("u2.csv", csv_text(header, [",".join(cells.get(name, "free") for name in header.split(","))]))
    loaded(folder, "u*.csv")
    assert told == []


def test_columns_of_parquet_that_a_file_lacks_are_a_warning(folder: Folder, told: list[Check]) -> None:
    known = {"user_id": ["a"], "signed_up_at": [date(2026, 7, 1)]}
    pq.write_table(pa.table({**known, "plan": ["free"]}), folder.data("u1.parquet", b""))
    pq.write_table(pa.table({**known, "user_id": ["b"]}), folder.data("u2.parquet", b""))
    assert loaded(folder, "u*.parquet").count() == 2
    assert "there is no plan in ../data/u2.parquet" in told[0].text


COPIED: dict[str, tuple[str, bool]] = {
    "beside each other": ("u1 (1).csv", True),
    "in folders that tell them apart": ("year=2026/u1.csv", False),
}


@pytest.mark.parametrize("what", COPIED)
def test_a_file_that_holds_what_another_holds_is_a_warning(
    folder: Folder, told: list[Check], what: str
) -> None:
    name, warned = COPIED[what]
    for file in ("u1.csv", name):
        users(folder, file)
    users(folder, "u3.csv", user="u3")
    loaded(folder, "**/u*.csv")
    assert [check.key for check in told] == (["copies@table=users"] if warned else [])
    if warned:
        assert "../data/u1.csv holds what ../data/u1 (1).csv holds" in told[0].text


def test_files_of_a_header_alone_are_no_copies(folder: Folder, told: list[Check]) -> None:
    users(folder, "u1.csv")
    for name in ("u2.csv", "u3.csv"):
        folder.data(name, ",".join(NAMES) + "\n")
    loaded(folder, "u*.csv")
    assert told == []


def test_cells_that_are_merged_downwards_are_a_warning(folder: Folder, told: list[Check]) -> None:
    rows = [NAMES, *USERS, ("u3", "2026-07-03", None)]
    folder.data("u.xlsx", xlsx(rows, lambda sheet: sheet.merge_cells("C3:C4")))
    table = loaded(folder, "u.xlsx")
    assert [row["plan"] for row in table.expr.to_pyarrow().to_pylist()] == ["free", "team", None]
    [check] = told
    assert check.key == "merged@table=users"
    assert "(C3:C4): only the first row of each has the value" in check.text


def test_merged_titles_and_cells_beside_each_other_are_none(folder: Folder, told: list[Check]) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_cells("A1:C2")
        sheet.merge_cells("D4:E4")

    folder.data("u.xlsx", xlsx([("All users",), (), NAMES, *USERS], merge))
    assert loaded(folder, "u.xlsx").count() == 2
    assert told == []


def book(*sheets: tuple[str, list[tuple[Any, ...]]], hidden: str = "", chart: bool = False) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    if chart:
        made.create_chartsheet("Chart")
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = "hidden" if title == hidden else "visible"
        for row in rows:
            sheet.append(row)
    made.active = len(made.sheetnames) - 1
    return saved(made)


OLD = [NAMES, ("old", "2020-01-01", "free")]
NEW: list[tuple[Any, ...]] = [NAMES, *USERS]


def test_the_first_sheet_is_the_first_that_people_see(folder: Folder) -> None:
    folder.data("u.xlsx", book(("Old", OLD), ("New", NEW), hidden="Old", chart=True))
    assert loaded(folder, "u.xlsx").count() == 2
    assert loaded(folder, "u.xlsx", sheet="Old").count() == 1


def test_where_the_first_sheet_is_another_table_the_other_sheets_are_told(folder: Folder) -> None:
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.data("u.xlsx", book(("Read me", [("Users of July",)]), ("New", NEW)))
    folder.declare(users={"path": "../data/u.xlsx"})
    told = "The workbook has other sheets, too (New): name one by sheet."
    assert told in " ".join(sources.check(folder.params))
    with pytest.raises(sources.TableError) as error:
        sources.load("users")
    assert told in str(error.value)


def test_sheets_with_the_same_columns_are_told_unless_one_is_named(folder: Folder, told: list[Check]) -> None:
    notes: list[tuple[Any, ...]] = [("Plan", "what it costs"), ("free", 0)]
    folder.data("u.xlsx", book(("July", NEW), ("June", [("Users",), (), *OLD]), ("Plans", notes)))
    loaded(folder, "u.xlsx")
    [check] = told
    assert check.key == "sheets@table=users"
    assert "not read (June)" in check.text
    loaded(folder, "u.xlsx", sheet="July")
    assert told == [check]


def test_cells_that_show_an_error_are_told(folder: Folder, told: list[Check]) -> None:
    folder.data("u.xlsx", xlsx([*NEW, ("u3", "2026-07-03", "#N/A")]))
    table = loaded(folder, "u.xlsx")
    assert [row["plan"] for row in table.expr.to_pyarrow().to_pylist()] == ["free", "team", None]
    assert "missing: #N/A in C4." in told[0].text


TITLES: dict[str, list[tuple[Any, ...]]] = {
    "a title": [("Users of July",)],
    "a title and a blank row": [("Users of July",), ()],
    "a title and a note": [("Users of July",), ("made on", "2026-08-01"), ()],
    "a comment": [("# made by hand",)],
    "a title in the middle": [(None, "Users")],
}


@pytest.mark.parametrize("what", TITLES)
def test_titles_of_a_sheet_are_passed_over_as_in_text_files(folder: Folder, what: str) -> None:
    folder.data("u.xlsx", xlsx([*TITLES[what], NAMES, *USERS, (), ("Total", None, None, 2)]))
    table = loaded(folder, "u.xlsx")
    assert [next(iter(row.values())) for row in table.expr.to_pyarrow().to_pylist()] == ["u1", "u2"]
    assert table.account is not None
    assert table.account.quarantined == {"signed_up_at missing": 1}


def test_a_number_whose_last_digits_a_workbook_lost_is_not_told_as_whole(folder: Folder) -> None:
    ids = [2**64, 2**53 - 1, 12345]
    folder.data("u.xlsx", xlsx([NAMES[:2], *((one, datetime(2026, 7, 1)) for one in ids)]))
    loaded(folder, "u.xlsx")
    assert [row[0] for row in folder.rows("users", "user_id")] == [
        "1.8446744073709550e+19", "9007199254740991", "12345",
    ]  # fmt: skip


PACKED: dict[str, tuple[str, bytes, str]] = {
    "letters": ("U.CSV.GZ", gzip.compress(csv_text(",".join(NAMES), ["u1,2026-07-01,free"]).encode()), ""),
    "a workbook": ("u.xlsx.gz", gzip.compress(b"PK"), "is packed as only text formats may be. Unpack it"),
    "Parquet": ("u.parquet.zst", b"\x28\xb5\x2f\xfd", "is packed as only text formats may be. Unpack it"),
    "JSON in UTF-16": ("u.json", '[{"user_id": 1}]'.encode("utf-16"), "the mark of UTF-16. Say what it is"),
    "broken JSON": ("u.jsonl", b'{"user_id": 1}\n{"us', "end of data. Write one JSON object a line"),
}


@pytest.mark.parametrize("what", PACKED)
def test_what_packs_a_file_and_what_breaks_it_is_told(folder: Folder, what: str) -> None:
    name, content, told = PACKED[what]
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.data(name, content)
    folder.declare(users={"path": f"../data/{name}"})
    assert told in " ".join(sources.check(folder.params))
    if told:
        with pytest.raises(sources.TableError) as error:
            sources.load("users")
        assert told in str(error.value)
    else:
        assert folder.rows("users", "user_id") == [("u1",)]


def test_bytes_of_parquet_that_are_no_text_are_told_by_the_file(folder: Folder) -> None:
    columns = {"user_id": pa.array([b"ab", b"\xff\xfe"], pa.binary()), "signed_up_at": [date(2026, 7, 1)] * 2}
    pq.write_table(pa.table(columns), folder.data("u.parquet", b""))
    folder.declare(users={"path": "../data/u.parquet"})
    with pytest.raises(sources.TableError, match=r"\.\./data/u\.parquet has bytes that are no text"):
        sources.load("users")


HEADERS: dict[str, tuple[str, bool]] = {
    "never closed": ('user_id,signed_up_at,"plan\nu1,2026-07-01,free\nu2,2026-07-02,team\n', True),
    "closed by chance in a row": (
        'user_id,signed_up_at,"plan\nu1,2026-07-01,free\nu2,2026-07-02,"team\nu3,2026-07-03,free\n', True
    ),
    "over two lines": ('user_id,"signed_up\n_at",plan\nu1,2026-07-01,free\nu2,2026-07-02,team\n', False),
}  # fmt: skip


@pytest.mark.parametrize("what", HEADERS)
def test_a_header_never_swallows_rows(folder: Folder, what: str) -> None:
    content, refused = HEADERS[what]
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.data("u.csv", content)
    folder.declare(
        users={"path": "../data/u.csv", "columns": {} if refused else {"signed_up_at": "signed_up\n_at"}}
    )
    said = " ".join(sources.check(folder.params))
    assert ("has a quote in its header that is not closed there" in said) == refused
    if not refused:
        assert sources.load("users").count() == 2


LETTERS: dict[str, tuple[str, str, str | None]] = {
    "UTF-8 that is said to be Latin-1": ("utf-8", "latin-1", "is utf-8, and not latin-1"),
    "UTF-8 that is said to be of Windows": ("utf-8", "cp1252", "is utf-8, and not cp1252"),
    "Latin-1": ("latin-1", "latin-1", None),
    "of several bytes a letter": ("gb18030", "gb18030", None),
}


@pytest.mark.parametrize("what", LETTERS)
def test_an_encoding_that_makes_other_letters_of_utf8_is_refused(folder: Folder, what: str) -> None:
    written, said, told = LETTERS[what]
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.data("u.csv", csv_text(",".join(NAMES), ["u1,2026-07-01,für"]).encode(written))
    folder.declare(users={"path": "../data/u.csv", "encoding": said})
    found = sources.check(folder.params)
    assert (told in found[0]) if told else found == []
    if told is None:
        assert folder.rows("users", "plan") == [("für",)]


PREAMBLES: dict[str, str] = {
    "a separator for Excel": "sep=;\nuser_id;signed_up_at\nu1;2026-07-01\nu2;2026-07-02\n",
    "a separator of one's own": "sep=^\nuser_id^signed_up_at\nu1^2026-07-01\nu2^2026-07-02\n",
    "padded titles": "Users,,\n,,\nuser_id,signed_up_at,plan\nu1,2026-07-01,\nu2,2026-07-02,\n",
    "two marks of UTF-8": "\ufeff\ufeffuser_id,signed_up_at\nu1,2026-07-01\nu2,2026-07-02\n",
}


@pytest.mark.parametrize("what", PREAMBLES)
def test_what_stands_before_a_header_is_passed_over(folder: Folder, what: str) -> None:
    folder.data("u.csv", PREAMBLES[what])
    assert loaded(folder, "u.csv").count() == 2
    assert folder.rows("users", "user_id") == [("u1",), ("u2",)]
