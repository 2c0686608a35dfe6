from __future__ import annotations

import csv
import io
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import tables
from helpers.tables import Column

COLUMNS = (
    Column("Area"),
    Column("Tickets", "count"),
    Column("Rate", "share"),
    Column("95% interval", "share"),
    Column("Change", "change:share"),
    Column("p", "p"),
    Column("Seen"),
)
ROW = ("Billing", 1234, 0.0951, (0.08, 0.11), -0.025, 0.0004, date(2026, 9, 30))


def cells(shown: tables.Table) -> list[str]:
    return re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", shown.grid())


def test_cells_read_as_their_unit_says() -> None:
    shown = tables.table("area", "Areas", COLUMNS, [ROW])
    assert cells(shown)[len(COLUMNS) :] == [
        "Billing",
        "1,234",
        "9.5%",
        "8.0 to 11.0",
        "−2.5\u00a0pts",
        "&lt;0.001",
        "30 Sep 2026",
    ]


def test_missing_cells_are_empty() -> None:
    shown = tables.table("area", "Areas", COLUMNS, [("Billing", *[None] * 6)])
    assert cells(shown)[len(COLUMNS) :] == ["Billing", *[""] * 6]


def test_text_stands_left_numbers_right_and_rows_have_headers() -> None:
    grid = tables.table("area", "Areas", COLUMNS, [ROW]).grid()
    assert '<th scope="row">Billing</th><td>1,234</td>' in grid
    assert '<td class="tx">30 Sep 2026</td>' in grid
    assert '<th scope="col" class="tx">Area</th><th scope="col">Tickets</th>' in grid


def test_a_table_scrolls_in_a_named_region() -> None:
    shown = tables.table("area", "Areas", COLUMNS, [ROW], subtitle="s", note="n")
    assert '<div class="scroll" tabindex="0" role="region" aria-labelledby="area">' in shown.figure()
    assert '<h3 id="area">Areas</h3>' in shown.figure()


def test_a_long_table_is_cut_and_says_so_but_its_csv_is_whole() -> None:
    shown = tables.table("long", "Long", [Column("n")], [[f"r{at}"] for at in range(1500)])
    assert shown.grid().count("<tr>") == 1 + tables.SHOWN
    assert "1,440 more rows in the CSV." in shown.figure()
    assert len(shown.csv().splitlines()) == 1501


def test_a_footer_holds_the_totals() -> None:
    shown = tables.table(
        "f", "F", [Column("a"), Column("b", "count")], [["x", 1], ["y", 2]], footer=["All", 3]
    )
    assert '<tfoot><tr><th scope="row">All</th><td>3</td></tr></tfoot>' in shown.grid()
    assert shown.csv().splitlines()[-1] == "All,3"


@pytest.mark.parametrize("name", ["", "Upper", "a b", "../a", 'a"b'])
def test_a_name_that_is_no_slug_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="must be lower case letters"):
        tables.table(name, "t", [Column("a")], [])


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells for 2 columns"):
        tables.table("a", "t", [Column("a"), Column("b")], [["x"]])


def test_data_is_never_markup() -> None:
    hostile = '<img src=x onerror=alert(1)>"&\x00'
    shown = tables.table(
        "h", hostile, [Column(hostile)], [[hostile]], subtitle=hostile, note=hostile
    ).figure()
    assert "<img" not in shown
    assert "\x00" not in shown
    assert 'onerror=alert(1)>"' not in shown


def test_the_csv_holds_raw_values_and_splits_intervals() -> None:
    read = list(csv.reader(io.StringIO(tables.table("area", "Areas", COLUMNS, [ROW]).csv())))
    assert read[0][3:5] == ["95% interval, low", "95% interval, high"]
    assert read[1] == ["Billing", "1234", "0.0951", "0.08", "0.11", "-0.025", "0.0004", "2026-09-30"]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1"]
)
def test_a_formula_is_disarmed(cell: str) -> None:
    assert tables.csv_safe(cell) == f"'{cell}"


@given(st.text())
def test_no_text_cell_of_a_csv_begins_a_formula(cell: str) -> None:
    (_, *rows) = csv.reader(
        io.StringIO(tables.table("c", "C", [Column("a"), Column("b")], [[cell, "x"]]).csv())
    )
    assert not rows[0][0].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@given(
    st.lists(st.tuples(st.text("ab ,\"'é\n", max_size=9), st.floats(-1e300, 1e300)), min_size=1, max_size=9)
)
def test_csv_round_trips(rows: list[tuple[str, float]]) -> None:
    shown = tables.table("r", "R", [Column("a"), Column("b", "ratio")], rows)
    read = list(csv.reader(io.StringIO(shown.csv(), newline="")))[1:]
    assert [text for text, _ in read] == [tables.csv_safe(tables.plain(text)) for text, _ in rows]
    assert [float(number) for _, number in read] == pytest.approx([value for _, value in rows], rel=5e-7)


def test_a_csv_keeps_seven_digits_of_a_share_and_the_cents_of_a_sum() -> None:
    columns = [Column("a", "share"), Column("b", "currency:USD")]
    shown = tables.table("r", "R", columns, [[0.24146427314, -12345678.91], [999.99994, 1000.0625]])
    assert shown.csv().splitlines()[1:] == ["0.2414643,-12345678.91", "999.9999,1000.0625"]


def test_a_number_below_zero_is_a_number_in_the_csv() -> None:
    assert tables.table("n", "N", [Column("a", "points")], [[-5.5]]).csv().splitlines()[1] == "-5.5"


def test_a_triangle_shades_by_value_and_leaves_young_cohorts_blank() -> None:
    shown = tables.triangle(
        "tri", "T", ["2026 Q1", "2026 Q2"], ["0", "1"], [[1.0, 0.4], [0.9, None]], counts=[100, 120]
    )
    grid = shown.grid()
    assert '<td>100</td><td class="h9">100%</td><td class="h0">40%</td>' in grid
    assert '<td>120</td><td class="h4">90%</td><td></td>' in grid


def test_triangle_of_equal_or_no_values() -> None:
    assert 'class="h4"' in tables.triangle("t", "T", ["a"], ["0"], [[0.5]]).grid()
    assert 'class="h' not in tables.triangle("t", "T", ["a"], ["0"], [[None]]).grid()


def test_showing_a_table_saves_it_in_the_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    shown = tables.table("area", "Areas", COLUMNS, [ROW])
    assert shown._repr_mimebundle_()["text/html"] == shown.figure()
    assert (tmp_path / "tables" / "area.csv").read_text() == shown.csv()
