"""Nested exports: lists of records within one object, paths into columns, and what errors say of both."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from helpers import sources
from helpers.records import SettingsError
from helpers.sources import TableError

from .conftest import Folder

TICKETS: list[dict[str, Any]] = [
    {"id": 17, "created_at": "2026-07-01T08:00:00Z", "via": {"channel": "web"}, "tags": ["billing", "eu"],
     "satisfaction": {"score": 5}, "comment": " \n"},
    {"id": 18, "created_at": "2026-07-02T08:00:00Z", "via": {"channel": "n/a"}, "tags": [],
     "satisfaction": None},
]  # fmt: skip
COLUMNS = {
    "ticket_id": "id",
    "opened_at": "created_at",
    "product_area": "$.tags[0]",
    "csat": "$.satisfaction.score",
    "segment": "$.via.channel",
}
WANTED = [
    ("17", datetime(2026, 7, 1, 8), "billing", 5, "web"),
    ("18", datetime(2026, 7, 2, 8), None, None, None),
]
NAMES = ("ticket_id", "opened_at", "product_area", "csat", "segment")


def lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


DOCUMENT = {"count": 2, "tickets": TICKETS, "next_page": None}
FILES: dict[str, tuple[str, str | bytes, str | None]] = {
    "lines": ("t.jsonl", lines(TICKETS), None),
    "a list": ("t.json", json.dumps(TICKETS, indent=1), None),
    "one object": ("t.json", json.dumps(DOCUMENT, indent=1), "$.tickets"),
    "pages": ("t.jsonl", lines([{"data": {"rows": [one]}} for one in TICKETS]), "$.data.rows"),
    "packed": ("t.json.gz", gzip.compress(json.dumps(DOCUMENT).encode()), "$.tickets"),
}


@pytest.mark.parametrize("kind", FILES)
def test_paths_into_records_wherever_these_lie(folder: Folder, kind: str) -> None:
    name, content, records = FILES[kind]
    folder.data(name, content)
    where = {"records": records} if records else {}
    folder.declare(tickets={"path": f"../data/{name}", "missing": ["n/a"], "columns": COLUMNS, **where})
    folder.settings("metrics.yaml", "metrics: {}\n")
    assert sources.check(folder.params) == []
    assert folder.rows("tickets", *NAMES) == WANTED


def test_paths_into_parquet(folder: Folder) -> None:
    pq.write_table(pa.Table.from_pylist(TICKETS), folder.data("t.parquet", b""))
    folder.declare(tickets={"path": "../data/t.parquet", "missing": ["n/a"], "columns": COLUMNS})
    assert folder.rows("tickets", *NAMES) == [(int(key), *rest) for key, *rest in WANTED]


def test_questions_and_filters_take_paths_too(folder: Folder) -> None:
    rows = [
        {"id": "a", "at": "2026-07-01", "answers": {"nps": 9, "csat": None}, "form": {"name": "exit"}},
        {"id": "b", "at": "2026-07-02", "answers": {"csat": 4}, "form": {"name": "exit"}},
        {"id": "c", "at": "2026-07-02", "answers": {"csat": 4}, "form": {"name": "test"}},
    ]
    folder.data("r.jsonl", lines(rows))
    folder.declare(
        responses={
            "path": "../data/r.jsonl",
            "filter": {"$.form.name": "exit"},
            "questions": {"nps": "$.answers.nps", "csat": "$.answers.csat"},
            "columns": {"response_id": "id", "submitted_at": "at"},
        }
    )
    assert folder.rows("responses", "response_id", "score") == [("a:nps", 9), ("b:csat", 4)]


def test_a_nested_column_that_is_mapped_whole_is_refused_with_a_path(folder: Folder) -> None:
    folder.data("t.jsonl", lines(TICKETS))
    folder.declare(tickets={"path": "../data/t.jsonl", "columns": {**COLUMNS, "segment": "via"}})
    with pytest.raises(TableError, match=r"'via', which is nested. .* such as from: \$\.via\.channel\."):
        sources.load("tickets")
    pq.write_table(pa.Table.from_pylist(TICKETS), folder.data("t.parquet", b""))
    folder.declare(tickets={"path": "../data/t.parquet", "columns": {**COLUMNS, "segment": "tags"}})
    with pytest.raises(TableError, match=r"'tags', which is nested. .* such as from: \$\.tags\[0\]"):
        sources.load("tickets")


def test_a_document_that_is_one_object_is_refused_with_the_place_of_its_records(folder: Folder) -> None:
    folder.data("t.json", json.dumps(DOCUMENT))
    folder.declare(tickets={"path": "../data/t.json", "columns": COLUMNS})
    with pytest.raises(TableError, match=r"t\.json is one object.*records: \$\.tickets"):
        sources.load("tickets")
    folder.declare(tickets={"path": "../data/t.json", "records": "$.tikets", "columns": COLUMNS})
    with pytest.raises(TableError, match=r"no list at records: \$\.tikets\. Lists are at \$\.tickets\."):
        sources.load("tickets")


def test_a_path_whose_column_is_missing_and_no_path_at_all(folder: Folder) -> None:
    folder.data("t.jsonl", lines(TICKETS))
    folder.declare(tickets={"path": "../data/t.jsonl", "columns": {**COLUMNS, "segment": "$.vai.channel"}})
    with pytest.raises(TableError, match=r"segment is to come from '\$\.vai\.channel', which is missing"):
        sources.load("tickets")
    folder.declare(tickets={"path": "../data/t.jsonl", "records": "tickets", "columns": COLUMNS})
    with pytest.raises(SettingsError, match=r"'tickets' is no path; write one like \$\.tickets"):
        sources.load("tickets")
