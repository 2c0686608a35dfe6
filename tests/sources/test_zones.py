"""Times with zones of every kind, and files of one pattern whose types differ: a day is never moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources

from .conftest import Folder, csv_text

NEW_YORK = "timezone: America/New_York\n"
EVENING, AFTERNOON = datetime(2026, 9, 30, 22), datetime(2026, 9, 30, 20)
ZONES: dict[str, datetime | None] = {
    "2026-10-01 02:00:00 UTC": EVENING,
    "2026-10-01 02:00:00 GMT": EVENING,
    "2026-10-01T02:00:00Z": EVENING,
    "2026-10-01T02:00:00z": EVENING,
    "2026-10-01T02:00Z": EVENING,
    "2026-10-01 02:00:00.000 UTC": EVENING,
    "2026-10-01 02:00:00.123456 UTC": datetime(2026, 9, 30, 22, 0, 0, 123456),
    "2026-10-01 02:00:00.000 Z": EVENING,
    "2026-10-01 02:00:00+00": EVENING,
    "2026-10-01 02:00:00+00:00": EVENING,
    "2026-10-01 02:00:00 +0000": EVENING,
    "2026-10-01T02:00:00.000+0000": EVENING,
    "2026-10-01T02:00:00+00:00[UTC]": None,
    "2026-10-01 02:00:00 Europe/Berlin": AFTERNOON,
    "2026-10-01 02:00:00 America/New_York": datetime(2026, 10, 1, 2),
    "2026-10-01 02:00:00 America/Argentina/Buenos_Aires": datetime(2026, 10, 1, 1),
    "2026-10-01 02:00:00 Etc/GMT+4": datetime(2026, 10, 1, 2),
    "2026-10-01 02:00:00 EST": datetime(2026, 10, 1, 3),
    "2026-10-01 02:00:00 EDT": datetime(2026, 10, 1, 2),
    "2026-10-01 02:00:00 PST": datetime(2026, 10, 1, 6),
    "2026-10-01 02:00:00 CET": datetime(2026, 9, 30, 21),
    "2026-10-01 02:00:00 CEST": AFTERNOON,
    "2026-10-01 02:00:00+05:30": datetime(2026, 9, 30, 16, 30),
    "2026-10-01 02:00:00-07": datetime(2026, 10, 1, 5),
    "2026-10-01 02:00:00 IST": None,
    "2026-10-01 02:00:00 CST": None,
    "2026-10-01 02:00:00 BST": None,
    "2026-10-01 02:00:00 XYZ": None,
    "2026-10-01 02:00:00 Europe/Nowhere": None,
    "2026-10-01 02:00:00 utc": EVENING,
    "2026-10-01 02:00:00": datetime(2026, 10, 1, 2),
    "2026-10-01 02:00": datetime(2026, 10, 1, 2),
    "2026-10-01": datetime(2026, 10, 1),
    "2026-10-01 UTC": None,
    "2026-10-01 02:00:00 GMT+2": AFTERNOON,
    "2026-10-01 02:00:00 UTC+02:00": AFTERNOON,
    "2026-10-01T02:00:00UTC+0200": AFTERNOON,
    "2026-10-01 02:00:00 GMT-0330": datetime(2026, 10, 1, 1, 30),
    "2026-10-01 02:00:00,123456Z": datetime(2026, 9, 30, 22, 0, 0, 123456),
    "2026-10-01 02:00:00 +2": None,
    "2026-10-01 02:00:00 (UTC)": None,
    "2026-10-01 02:00:00 XYZ+2": None,
    "2026-10-01 at 02:00": None,
}


@pytest.mark.one_in(4)
@pytest.mark.parametrize("text", ZONES)
def test_an_instant_is_moved_and_a_zone_that_is_not_understood_is_unreadable(
    folder: Folder, text: str
) -> None:
    folder.settings("project.yaml", NEW_YORK)
    rows = ["1,2026-07-01,nps,9", f'2,"{text}",nps,9']
    folder.data("r.csv", csv_text("response_id,submitted_at,survey,score", rows))
    folder.declare(responses={"path": "../data/r.csv"})
    found = dict(folder.rows("responses", "response_id", "submitted_at"))
    assert found.get("2") == ZONES[text]
    unreadable = {} if ZONES[text] else {"submitted_at unreadable": 1}
    assert folder.account("responses").quarantined == unreadable


def test_one_column_may_hold_zones_of_every_kind(folder: Folder) -> None:
    folder.settings("project.yaml", NEW_YORK)
    rows = [f'{at},"{text}",nps,9' for at, text in enumerate(ZONES)]
    folder.data("r.csv", csv_text("response_id,submitted_at,survey,score", rows))
    folder.declare(responses={"path": "../data/r.csv"})
    found = dict(folder.rows("responses", "response_id", "submitted_at"))
    assert {text: found.get(str(at)) for at, text in enumerate(ZONES)} == ZONES


def test_the_zone_of_the_file_holds_for_times_that_name_none(folder: Folder) -> None:
    folder.settings("project.yaml", NEW_YORK)
    texts = ["2026-10-01 02:00:00", "2026-10-01 02:00:00 UTC", "2026-10-01 02:00:00 Asia/Tokyo", "2026-10-01"]
    rows = [f"{at},{text},nps,9" for at, text in enumerate(texts)]
    folder.data("r.csv", csv_text("response_id,submitted_at,survey,score", rows))
    folder.declare(
        responses={
            "path": "../data/r.csv",
            "columns": {"submitted_at": {"from": "submitted_at", "timezone": "Europe/Berlin"}},
        }
    )
    assert [row[0] for row in folder.rows("responses", "submitted_at")] == [
        AFTERNOON,
        EVENING,
        datetime(2026, 9, 30, 13),
        datetime(2026, 10, 1),
    ]


@pytest.mark.parametrize(("text", "hour"), [("2026-03-29 00:30:00 UTC", 0), ("2026-03-29 01:30:00 UTC", 2)])
def test_the_hour_that_summer_takes_is_not_lost(folder: Folder, text: str, hour: int) -> None:
    folder.settings("project.yaml", "timezone: Europe/London\n")
    folder.data("r.csv", csv_text("response_id,submitted_at,survey,score", [f"1,{text},nps,9"]))
    folder.declare(responses={"path": "../data/r.csv"})
    assert folder.rows("responses", "submitted_at") == [(datetime(2026, 3, 29, hour, 30),)]


def written(folder: Folder, *parts: Mapping[str, pa.Array]) -> None:
    for at, columns in enumerate(parts):
        pq.write_table(pa.table(dict(columns)), folder.data(f"r{at}.parquet", b""))
    folder.declare(responses={"path": "../data/r*.parquet"})


def answers(name: str, moment: pa.Array, score: pa.Array) -> dict[str, pa.Array]:
    return {
        "response_id": pa.array([name]) if isinstance(name, str) else name,
        "submitted_at": moment,
        "survey": pa.array(["nps"]),
        "score": score,
    }


DAY = pa.array([date(2026, 10, 1)])
INSTANT = pa.array([datetime(2026, 10, 1, 2, tzinfo=UTC)], pa.timestamp("us", "UTC"))
CLOCKS = pa.array([datetime(2026, 10, 1, 2)], pa.timestamp("us"))
NANOSECONDS = pa.array([datetime(2026, 10, 1, 2)], pa.timestamp("ns"))
SECONDS = pa.array([datetime(2026, 10, 1, 2)], pa.timestamp("s"))
TOKYO = pa.array([datetime(2026, 10, 1, 2, tzinfo=UTC)], pa.timestamp("us", "Asia/Tokyo"))
TEXT, ZONED = pa.array(["2026-10-01"]), pa.array(["2026-10-01 02:00:00 UTC"])
NULL = pa.nulls(1)
MOMENTS: dict[str, tuple[list[pa.Array], list[datetime]]] = {
    "days and instants": ([DAY, INSTANT], [datetime(2026, 10, 1), EVENING]),
    "instants and days": ([INSTANT, DAY], [EVENING, datetime(2026, 10, 1)]),
    "days and clocks": ([DAY, CLOCKS], [datetime(2026, 10, 1), datetime(2026, 10, 1, 2)]),
    "clocks and instants": ([CLOCKS, INSTANT], [datetime(2026, 10, 1, 2), EVENING]),
    "clocks of three units": ([CLOCKS, NANOSECONDS, SECONDS], [datetime(2026, 10, 1, 2)] * 3),
    "days, clocks and nanoseconds": ([DAY, NANOSECONDS], [datetime(2026, 10, 1), datetime(2026, 10, 1, 2)]),
    "instants of two zones": ([INSTANT, TOKYO], [EVENING, EVENING]),
    "texts and instants": ([TEXT, INSTANT, ZONED], [datetime(2026, 10, 1), EVENING, EVENING]),
    "texts and days": ([TEXT, DAY], [datetime(2026, 10, 1)] * 2),
}


@pytest.mark.parametrize("what", MOMENTS)
def test_times_of_files_that_differ_are_each_told_as_their_file_has_them(folder: Folder, what: str) -> None:
    moments, told = MOMENTS[what]
    folder.settings("project.yaml", NEW_YORK)
    written(folder, *(answers(f"r{at}", one, pa.array([9])) for at, one in enumerate(moments)))
    assert [row[0] for row in folder.rows("responses", "submitted_at")] == told


SCORES: dict[str, list[pa.Array]] = {
    "whole numbers and fractions": [pa.array([9]), pa.array([9.0])],
    "whole numbers of two sizes": [pa.array([9], pa.int8()), pa.array([9], pa.uint64())],
    "whole numbers and texts": [pa.array([9]), pa.array(["9"]), pa.array(["9.0"])],
    "fractions of two sizes": [pa.array([9.0], pa.float32()), pa.array([9.0])],
    "decimals": [pa.array([Decimal("9.00")]), pa.array([Decimal("9.0000")]), pa.array([9])],
}


@pytest.mark.parametrize("what", SCORES)
def test_numbers_of_files_that_differ_are_the_same_numbers(folder: Folder, what: str) -> None:
    written(folder, *(answers(f"r{at}", DAY, one) for at, one in enumerate(SCORES[what])))
    assert {float(row[0]) for row in folder.rows("responses", "score")} == {9.0}
    assert folder.account("responses").kept == len(SCORES[what])


IDS = [pa.array([1000000]), pa.array([1000000.0]), pa.array(["1000000"]), pa.array(["1000000.0"])]


def test_ids_of_files_that_differ_are_the_same_ids(folder: Folder) -> None:
    written(folder, *(answers(name, DAY, pa.array([9])) for name in IDS))
    account = folder.account("responses")
    assert (account.kept, account.repeated) == (1, {"the same in every column": 3})
    assert folder.rows("responses", "response_id") == [("1000000",)]


def test_columns_that_some_files_lack_or_have_empty(folder: Folder) -> None:
    first = answers("r0", DAY, pa.array([9]))
    second = answers("r1", DAY, pa.array([8])) | {"region": pa.array(["EMEA"])}
    third = answers("r2", DAY, pa.array([7])) | {"region": NULL}
    written(folder, first, second, third)
    assert folder.rows("responses", "score", "region") == [(9, None), (8, "EMEA"), (7, None)]


def test_a_column_of_a_pattern_that_is_empty_in_one_file_keeps_its_type(folder: Folder) -> None:
    """A library writes a column without a value as one of whole numbers, or of nothing."""
    folder.settings("project.yaml", NEW_YORK)
    written(
        folder,
        {**answers("r0", INSTANT, pa.array([9])), "region": pa.array([None], pa.int32())},
        {**answers("r1", INSTANT, pa.array([8.0])), "region": pa.array(["FR"])},
    )
    rows = folder.rows("responses", "submitted_at", "region")
    assert rows == [(EVENING, None), (EVENING, "FR")]


NOTHING = {
    "in the only file": [pa.nulls(1)],
    "in both": [pa.nulls(1), pa.nulls(1)],
    "in one": [pa.nulls(1), pa.array(["FR"])],
}


@pytest.mark.parametrize("what", NOTHING)
def test_a_column_without_a_value_and_so_without_a_type(folder: Folder, what: str) -> None:
    parts = [answers(f"r{at}", DAY, pa.array([9])) | {"region": one} for at, one in enumerate(NOTHING[what])]
    written(folder, *parts)
    assert [row[0] for row in folder.rows("responses", "region")] == [one[0].as_py() for one in NOTHING[what]]


def test_texts_that_an_older_program_wrote_as_bytes(folder: Folder) -> None:
    written(folder, answers("r0", DAY, pa.array([9])) | {"region": pa.array(["Süd".encode()], pa.binary())})
    assert folder.rows("responses", "region") == [("Süd",)]


ODD: dict[str, tuple[pa.Array, str]] = {
    "a truth": (pa.array([True]), "true"),
    "a day": (DAY, "2026-10-01"),
    "a fraction": (pa.array([1.5]), "1.5"),
    "a word of few": (pa.array(["a"]).dictionary_encode(), "a"),
}


@pytest.mark.parametrize("what", ODD)
def test_other_types_are_texts_where_a_text_is_asked_for(folder: Folder, what: str) -> None:
    column, said = ODD[what]
    written(folder, answers("r0", DAY, pa.array([9])) | {"region": column})
    assert folder.rows("responses", "region") == [(said,)]


def test_a_list_is_no_text_and_the_path_into_it_is_told(folder: Folder) -> None:
    written(folder, answers("r0", DAY, pa.array([9])) | {"region": pa.array([["a", "b"]])})
    with pytest.raises(sources.TableError, match=r"region.*is nested.*from: \$\.region\[0\]"):
        folder.rows("responses", "region")


def test_a_type_that_is_no_number_is_unreadable_and_no_error(folder: Folder) -> None:
    written(
        folder,
        answers("r0", DAY, pa.array([9])),
        answers("r1", DAY, DAY),
        answers("r2", DAY, pa.array([[1]])),
    )
    assert folder.account("responses").quarantined == {"score unreadable": 2}


@pytest.mark.parametrize("first", ["csv", "jsonl"])
def test_texts_of_a_pattern_may_mix_days_and_instants(folder: Folder, first: str) -> None:
    folder.settings("project.yaml", NEW_YORK)
    for at, text in enumerate(["2026-10-01", "2026-10-01T02:00:00Z"]):
        row: dict[str, Any] = {"response_id": f"r{at}", "submitted_at": text, "survey": "nps", "score": "9"}
        csv = csv_text(",".join(row), [",".join(row.values())])
        json = "{" + ", ".join(f'"{name}": "{value}"' for name, value in row.items()) + "}\n"
        folder.data(f"r{at}.{first}", csv if first == "csv" else json)
    folder.declare(responses={"path": f"../data/r*.{first}"})
    assert [row[0] for row in folder.rows("responses", "submitted_at")] == [datetime(2026, 10, 1), EVENING]


def test_files_of_two_formats_in_one_pattern_are_refused_by_name(folder: Folder) -> None:
    folder.data("r1.csv", "response_id\n")
    pq.write_table(pa.table(answers("r0", DAY, pa.array([9]))), folder.data("r2.parquet", b""))
    folder.declare(responses={"path": "../data/r*"})
    with pytest.raises(sources.TableError, match="files of one table have one format"):
        sources.load("responses")


NAMED_BY_FORMAT: dict[str, datetime | None] = {
    "Thu Oct 01 02:00:00 UTC 2026": EVENING,
    "Thu Oct 01 02:00:00 PST 2026": datetime(2026, 10, 1, 6),
    "Thu Oct 01 02:00:00 CEST 2026": AFTERNOON,
    "Thu Oct 01 02:00:00 Europe/Berlin 2026": AFTERNOON,
    "Thu Oct 01 02:00:00 IST 2026": None,
    "Thu Oct 01 02:00:00 BST 2026": None,
}


def test_a_zone_under_a_format_is_read_as_without_one(folder: Folder) -> None:
    folder.settings("project.yaml", NEW_YORK)
    rows = [f"{at},{text},nps,9" for at, text in enumerate(NAMED_BY_FORMAT)]
    folder.data("r.csv", csv_text("response_id,submitted_at,survey,score", rows))
    form = {"from": "submitted_at", "format": "%a %b %d %H:%M:%S %Z %Y"}
    folder.declare(responses={"path": "../data/r.csv", "columns": {"submitted_at": form}})
    found = dict(folder.rows("responses", "response_id", "submitted_at"))
    assert [found.get(str(at)) for at in range(len(rows))] == list(NAMED_BY_FORMAT.values())
