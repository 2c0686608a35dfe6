"""SPSS files: what a value is called, what is missing, and what is said without the library."""

from __future__ import annotations

import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from helpers import sources
from helpers.sources.proposal.proposing import propose

from .conftest import Folder
from .corpus_cases import spss

VISITS = {
    "user_id": ["u1", "u2", "u3"],
    "occurred_at": [datetime(2026, 7, 1, 23, 59, 59), datetime(2026, 7, 2), None],
    "event": [1.0, 2.0, 3.0],
    "feature": ["B", "9", ""],
    "session_id": [1_000_000.0, 2.5, None],
}
LABELS = {"event": {1: " Open ", 2: "Save"}, "feature": {"B": "Boards"}}


def written(folder: Folder, name: str = "visits.sav") -> Path:
    content = spss(VISITS, name, variable_value_labels=LABELS, missing_ranges={"feature": ["9"]})
    return folder.data(name, content)


@pytest.mark.parametrize("name", ["visits.sav", "visits.zsav"])
def test_a_value_is_its_label_and_one_declared_missing_is_missing(folder: Folder, name: str) -> None:
    written(folder, name)
    folder.declare(events={"path": f"../data/{name}"})
    assert folder.rows("events") == [
        ("u1", datetime(2026, 7, 1, 23, 59, 59), "Open", "Boards", "1000000"),
        ("u2", datetime(2026, 7, 2), "Save", None, "2.5"),
    ]
    assert folder.account("events").quarantined == {"occurred_at missing": 1}


def test_a_value_without_a_label_stays_what_it_is(folder: Folder) -> None:
    written(folder)
    folder.declare(calls={"path": "../data/visits.sav"})
    assert folder.rows("calls", "event") == [("Open",), ("Save",), ("3",)]


def test_several_files_are_one_table_and_words_of_its_own_are_missing(folder: Folder) -> None:
    written(folder)
    folder.data("visits-2.sav", spss({**VISITS, "user_id": ["u4", "n/a", "u6"]}, "visits-2.sav"))
    folder.declare(events={"path": "../data/visits*.sav", "missing": ["n/a", "Save"]})
    assert folder.rows("events", "user_id", "event") == [("u4", "1"), ("u1", "Open")]
    assert folder.account("events").quarantined == {
        "occurred_at missing": 2, "event missing": 1, "user_id missing": 1,
    }  # fmt: skip


def test_the_lines_for_a_file_are_proposed(folder: Folder) -> None:
    answers = {"answer_id": ["a", "b"], "date": [date(2026, 7, 1), date(2026, 7, 2)], "nps": [9.0, 10.0]}
    file = folder.data("answers.sav", spss(answers, "answers.sav"))
    folder.settings("metrics.yaml", "metrics: {}\n")
    found = propose(file, folder.params, "responses", {"survey": "nps"})
    assert found.table is not None
    assert [row["score"] for row in found.table.expr.to_pyarrow().to_pylist()] == [9, 10]


def test_without_the_library_the_file_is_refused_with_the_command(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(folder)
    folder.settings("metrics.yaml", "metrics: {}\n")
    folder.declare(events={"path": "../data/visits.sav"})
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    told = "visits.sav is SPSS, which is read through pyreadstat, and that is not installed: pip install"
    [problem] = sources.check(folder.params)
    assert f"{told} 'quarterdeck[spss]'" in problem
    with pytest.raises(sources.TableError, match=told):
        sources.load("events")


def test_a_file_that_was_cut_short_is_refused(folder: Folder) -> None:
    content = spss({"user_id": [f"a long name {at}" for at in range(500)]}, "users.sav")
    folder.data("users.sav", content[: len(content) // 2])
    folder.declare(users={"path": "../data/users.sav", "columns": {"signed_up_at": {"from": "user_id"}}})
    with pytest.raises(sources.TableError, match=r"users\.sav cannot be read: .*Save it again"):
        sources.load("users")
