"""Awkward files of every kind: each loads right, or is refused by name."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pytest
import yaml

from helpers import sources
from helpers.findings import NoData

from .conftest import Folder
from .make_corpus import CORPUS, INDEX, cases, index, is_dated

METRICS = """
metrics:
  converted: {label: Converted, unit: share, kind: share, good: higher, column: converted}
  revenue: {label: Revenue, unit: "currency:USD", kind: sum, good: higher, column: revenue}
"""
ENTRIES: list[dict[str, Any]] = yaml.safe_load(INDEX.read_text(encoding="utf-8"))
TERMS = ("quarantined", "repeated", "unknown", "filtered", "added_up")


@pytest.fixture
def declared(folder: Folder, request: pytest.FixtureRequest) -> Folder:
    entry = request.param
    folder.settings("metrics.yaml", METRICS)
    folder.settings("project.yaml", yaml.safe_dump({"name": "Corpus", **entry.get("project", {})}))
    folder.declare(**{entry["table"]: {"path": str(CORPUS / entry["file"]), **entry.get("declared", {})}})
    return folder


def by_name(entry: Mapping[str, Any]) -> str:
    return str(entry["file"])


LOADED = [entry for entry in ENTRIES if "refused" not in entry]
REFUSED = [entry for entry in ENTRIES if "refused" in entry]


@pytest.mark.one_in(4)
@pytest.mark.parametrize(
    ("declared", "entry"),
    [(entry, entry) for entry in LOADED],
    indirect=["declared"],
    ids=map(by_name, LOADED),
)
def test_a_file_of_the_corpus_loads_right(declared: Folder, entry: dict[str, Any]) -> None:
    assert sources.check(declared.params) == []
    rows = declared.rows(entry["table"], *entry["columns"])
    assert [[_told(value) for value in row] for row in rows] == entry["rows"]
    account = declared.account(entry["table"]).model_dump()
    expected = entry.get("account", {})
    assert {term: account[term] for term in TERMS if account[term]} == {
        term: value for term, value in expected.items() if term in TERMS
    }
    lines = account["lines"]
    if lines is not None:
        assert lines["skipped"] == expected.get("skipped", 0)
        assert account["read"] == lines["records"] + lines["unreadable"]


@pytest.mark.parametrize(
    ("declared", "entry"),
    [(entry, entry) for entry in REFUSED],
    indirect=["declared"],
    ids=map(by_name, REFUSED),
)
def test_a_file_of_the_corpus_is_refused_by_name(declared: Folder, entry: dict[str, Any]) -> None:
    with pytest.raises((sources.TableError, NoData)) as error:
        sources.load(entry["table"])
    assert entry["refused"] in str(error.value)


def _told(value: Any) -> Any:
    """A value as the index has it."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def test_the_corpus_is_large_and_small(capsys: pytest.CaptureFixture[str]) -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file() and path != INDEX]
    with capsys.disabled():
        sys.stdout.write(f"\ncorpus: {len(LOADED)} files load right, {len(REFUSED)} are refused by name\n")
    assert len(files) == len(ENTRIES) >= 150
    assert len({entry["file"] for entry in ENTRIES}) == len(ENTRIES)
    assert sum(path.stat().st_size for path in files) < 400_000


def test_the_corpus_is_what_its_program_writes() -> None:
    """Files that a library writes in its own way are left out."""
    assert INDEX.read_text(encoding="utf-8") == index()
    for case in cases():
        if not is_dated(case.content):
            assert (CORPUS / case.file).read_bytes() == case.content, case.file
