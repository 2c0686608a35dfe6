"""What the folders of a path say is a column; and what is not read is refused by name."""

from __future__ import annotations

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.sources import TableError
from helpers.sources.reading.formats import format_of

from .conftest import Folder

DECLARED = {
    "columns": {"user_id": "u", "occurred_at": "t", "event": "e", "platform": "os", "feature": "month"},
}


@pytest.mark.parametrize("ending", ["parquet", "csv", "jsonl"])
def test_folders_named_like_partitions_are_columns(folder: Folder, ending: str) -> None:
    rows = {"u": ["a"], "t": ["2026-07-01"], "e": ["open"]}
    for month, system in (("07", "i%20OS"), ("08", "__HIVE_DEFAULT_PARTITION__")):
        path = folder.data(f"events/os={system}/month={month}/x.{ending}", b"")
        if ending == "parquet":
            pq.write_table(pa.table(rows), path)
        elif ending == "csv":
            path.write_text("u,t,e\na,2026-07-01,open\n")
        else:
            path.write_text('{"u": "a", "t": "2026-07-01", "e": "open"}\n')
    folder.declare(events={"path": f"../data/events/os=*/month=*/*.{ending}", **DECLARED})
    folder.settings("metrics.yaml", "metrics: {}\n")
    assert sources.check(folder.params) == []
    assert sorted(folder.rows("events", "feature", "platform")) == [("07", "i OS"), ("08", None)]


def test_a_column_of_the_file_goes_before_its_folder(folder: Folder) -> None:
    folder.data("events/month=07/os=x/x.csv", "u,t,e,month\na,2026-07-01,open,July\n")
    folder.declare(events={"path": "../data/events/month=07/os=x/x.csv", **DECLARED})
    assert folder.rows("events", "feature", "platform") == [("July", "x")]


def test_weights_and_accounts(folder: Folder) -> None:
    folder.data("r.csv", "response_id,submitted_at,survey,score,account_id,weight\n1,2026-07-01,nps,9,a,1.5\n"
                "2,2026-07-01,nps,9,a,-1\n")  # fmt: skip
    folder.declare(responses={"path": "../data/r.csv"})
    assert folder.rows("responses", "account_id", "weight") == [("a", 1.5), ("a", None)]
    assert folder.account("responses").unknown == {"weight below zero": 1}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.sas7bdat", "a.sas7bdat is SAS; export it as CSV"),
        ("a.xpt", "SAS transport"),
        ("a.dta", "Stata"),
        ("a.PDF", "a.PDF is PDF; ask for the table"),
        ("a.fwf", "fixed width"),
        ("a.numbers", "Numbers; export it"),
        ("a.zip", "an archive; unpack it"),
        ("a.csv.zip", "an archive; unpack it"),
        ("a.docs", "its name tells no format"),
    ],
)
def test_what_is_not_read_is_refused_by_name(name: str, told: str) -> None:
    with pytest.raises(TableError, match=told):
        format_of(name)
