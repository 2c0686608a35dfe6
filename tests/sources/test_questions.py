"""A wide survey made long: a response a question answered, and an account that adds up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from helpers import sources
from helpers.records import SettingsError
from helpers.sources import TableError

from .conftest import Folder, csv_text

WIDE = csv_text(
    "ID,Date,Q1,Q2,Q2_text,Market",
    ["r1,2026-07-01,9,5,Fast,EMEA", "r2,2026-07-02,,2,Slow,APAC", "r3,2026-07-03,eleven,,,EMEA"],
)
QUESTIONS: dict[str, Any] = {"nps": "Q1", "csat": {"from": "Q2", "comment": "Q2_text"}}
COLUMNS = {"response_id": "ID", "submitted_at": "Date", "region": "Market"}


def declared(folder: Folder, **more: Any) -> None:
    columns = {**COLUMNS, **more.pop("columns", {})}
    wide = {"path": "../data/wide.csv", "questions": QUESTIONS, "columns": columns}
    folder.declare(responses={**wide, **more})


def test_each_answered_question_is_a_response(folder: Folder) -> None:
    folder.data("wide.csv", WIDE)
    declared(folder)
    assert folder.rows(
        "responses", "response_id", "submitted_at", "survey", "score", "region", "comment"
    ) == [
        ("r1:nps", datetime(2026, 7, 1), "nps", 9, "EMEA", None),
        ("r1:csat", datetime(2026, 7, 1), "csat", 5, "EMEA", "Fast"),
        ("r2:csat", datetime(2026, 7, 2), "csat", 2, "APAC", "Slow"),
    ]
    account = folder.account("responses")
    assert (account.read, account.kept, account.quarantined) == (4, 3, {"score unreadable": 1})
    assert account.lines is not None
    assert account.lines.records * len(QUESTIONS) == account.read + account.unanswered


def test_answers_set_aside_are_told_by_the_row_of_the_file(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    folder.data("wide.csv", WIDE)
    declared(folder)
    sources.load("responses")
    saved = (folder.run / "quarantine" / "responses.csv").read_text(encoding="utf-8").splitlines()
    assert saved[1].startswith("score unreadable,3,r3,")


def test_rows_without_a_key_and_filtered_ones(folder: Folder) -> None:
    folder.data("wide.csv", WIDE)
    declared(folder, columns={"response_id": {"row": True}}, filter={"Market": "EMEA"})
    assert folder.rows("responses", "response_id") == [("1:nps",), ("1:csat",)]
    account = folder.account("responses")
    assert (account.read, account.kept, account.filtered, account.unanswered) == (4, 2, 1, 1)


def test_invitations_meet_the_responses_of_a_wide_survey(folder: Folder) -> None:
    folder.data("wide.csv", WIDE)
    folder.data("sent.csv", "invitation_id,sent_at,response_id\ni1,2026-06-30,r1\ni2,2026-06-30,r2\n")
    folder.settings(
        "sources.yaml",
        "tables:\n  responses:\n    path: ../data/wide.csv\n    questions: {nps: Q1, csat: Q2}\n"
        "    columns: {response_id: ID, submitted_at: Date}\n  invitations: {path: ../data/sent.csv}\n",
    )
    sources.load("responses")
    assert sources.load("invitations").account is not None


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"columns": {"score": "Q1"}}, "score come from questions: take them out of columns"),
        ({"questions": {"nps": {"from": "Q1", "coment": "x"}}}, "Did you mean comment?"),
        ({"questions": {"smiles": "Q1"}}, "smiles is no survey (nps, csat, ces)"),
    ],
)
def test_what_cannot_be_declared(folder: Folder, more: dict[str, Any], told: str) -> None:
    folder.data("wide.csv", WIDE)
    declared(folder, **more)
    with pytest.raises(SettingsError) as error:
        sources.load("responses")
    assert told in str(error.value)


def test_a_question_whose_column_is_missing_is_told_by_check_too(folder: Folder) -> None:
    folder.data("wide.csv", WIDE)
    declared(folder, questions={"nps": "Q11"})
    folder.settings("metrics.yaml", "metrics: {}\n")
    told = "questions: nps is to come from 'Q11', which is missing. Did you mean Q1?"
    assert told in sources.check(folder.params)[0]
    with pytest.raises(TableError, match=r"questions: nps is to come from 'Q11'"):
        sources.load("responses")


def test_several_reasons_of_a_question_have_a_line_each(folder: Folder) -> None:
    folder.data("wide.csv", csv_text("ID,Date,Q1,Why", ["r1,2026-07-01,9,Price | Speed", "r2,2026-07-01,3,"]))
    questions = {"nps": {"from": "Q1", "comment": "Why", "split": "|"}}
    columns = {"response_id": "ID", "submitted_at": "Date"}
    folder.declare(responses={"path": "../data/wide.csv", "questions": questions, "columns": columns})
    assert folder.rows("responses", "comment") == [("Price\nSpeed",), (None,)]


def test_a_survey_may_have_several_questions_of_one_scale(folder: Folder) -> None:
    folder.data("wide.csv", WIDE)
    setup = {"survey": "csat", "from": "Q2", "question": "Ease of setup"}
    declared(folder, questions={"nps": "Q1", "ease_of_setup": setup})
    assert folder.rows("responses", "response_id", "survey", "score", "question") == [
        ("r1:nps", "nps", 9, None),
        ("r1:ease_of_setup", "csat", 5, "Ease of setup"),
        ("r2:ease_of_setup", "csat", 2, "Ease of setup"),
    ]
