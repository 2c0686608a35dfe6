"""An analyst's own data frame as a table of the house."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from helpers import tables, verbatims

FRAME = pd.DataFrame(
    {
        "region": ["AMER", None],
        "median_days": [3.5, float("nan")],
        "share": [0.041, 0.5],
        "n": [1200, 3],
        "seen": pd.to_datetime(["2026-09-30", "NaT"]),
        "new": [True, False],
        "interval": [(1.0, 2.0), None],
    }
)


def cells(html: str) -> list[str]:
    return re.findall(r"<t[dh](?: [^>]*)?>(.*?)</t[dh]>", html)


def test_columns_read_by_their_units_and_else_by_their_values() -> None:
    shown = tables.frame(
        FRAME, title="Waits", units={"median_days": "days", "share": "share", "interval": "days"}
    )
    assert cells(shown.grid()) == [
        *("Region", "Median days", "Share", "N", "Seen", "New", "Interval"),
        *("AMER", "3.5\u00a0days", "4.1%", "1,200", "30 Sep 2026", "yes", "1 to 2"),
        *("", "", "50.0%", "3", "", "no", ""),
    ]
    assert shown.rows[0][4] == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("scores", "unit", "shown"),
    [
        ([5.57, 5.65], "points", ["5.6", "5.7"]),
        ([9.94, -0.04], "change:points", ["+9.9\u00a0pts", "0.0\u00a0pts"]),
        ([5.57, 10.0], "points", ["6", "10"]),
        ([5.0, 6.0], "points", ["5", "6"]),
        ([2.35, 3.4], "currency:USD", ["USD\u00a02", "USD\u00a03"]),
    ],
)
def test_points_and_days_below_ten_are_told_apart(scores: list[float], unit: str, shown: list[str]) -> None:
    table = tables.frame(pd.DataFrame({"score": scores}), title="t", units={"score": unit})
    assert cells(table.grid())[1:] == shown


def test_its_csv_holds_raw_values() -> None:
    rows = list(csv.reader(io.StringIO(tables.frame(FRAME, title="Waits").csv())))
    assert rows[1] == ["AMER", "3.5", "0.041", "1200", "2026-09-30", "yes", "1", "2"]


def test_numbers_without_a_unit_have_three_digits_and_whole_ones_none() -> None:
    data = pd.DataFrame(
        {"small": [0.01234, 0.5], "large": [123456.7, 1.0], "whole": [2.0, 3.0], "none": [None] * 2}
    )
    shown = tables.frame(data.astype({"none": float}), title="t")
    assert cells(shown.grid())[4:8] == ["0.012", "123,456.7", "2", ""]


def test_an_index_with_a_name_and_one_of_labels_are_columns() -> None:
    named = FRAME[["n"]].set_index(pd.Index(["a", "b"], name="segment"))
    bare = FRAME[["n"]].set_index(pd.Index(["a", "b"]))
    assert [column.label for column in tables.frame(named, title="t").columns] == ["Segment", "N"]
    assert [column.label for column in tables.frame(bare, title="t").columns] == ["", "N"]
    assert [column.label for column in tables.frame(FRAME[["n"]], title="t").columns] == ["N"]


def test_headings_of_several_levels_are_joined() -> None:
    data = FRAME.assign(region=["a", "b"]).groupby("region").agg({"n": ["min", "max"]})
    assert [column.label for column in tables.frame(data, title="t").columns] == ["Region", "N min", "N max"]


@pytest.mark.parametrize(
    ("units", "said"),
    [({"medain_days": "days"}, "Did you mean median_days"), ({"n": "counts"}, "Did you mean count")],
)
def test_a_wrong_unit_is_told_with_what_was_meant(units: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        tables.frame(FRAME, title="t", units=units)


@pytest.mark.parametrize("column", ["comment", "subject", "text"])
def test_what_customers_wrote_is_refused(column: str) -> None:
    with pytest.raises(verbatims.VerbatimError, match=f"the column {column} holds what customers wrote"):
        tables.frame(pd.DataFrame({column: ["Good"]}), title="t")


def test_a_bare_frame_is_short_and_brings_its_csv_where_that_is_small() -> None:
    small = tables.untitled(pd.DataFrame({"n": range(100)}), "output-1")
    large = tables.untitled(pd.DataFrame({"n": range(5000)}), "output-1")
    assert small.count("<tr>") == large.count("<tr>") == 21
    assert "80 more rows in the CSV." in small
    assert "Not shown: 4,980 more rows." in large
    assert "download=" not in large
    assert 'aria-label="Table"' in small


def test_a_house_table_of_comments_is_withheld_in_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tables.table("said", "Said", [tables.Column("Comment")], [["Very private"]])
    assert "Very private" in shown._repr_mimebundle_()["text/html"]
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    assert "Very private" not in json.dumps(shown._repr_mimebundle_())
    assert not list(tmp_path.rglob("*.csv"))
