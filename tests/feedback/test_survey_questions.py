"""CES beside NPS and CSAT; several questions of one survey are told apart, and the mean beside the share."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy import stats as scipy_stats

from helpers import feedback, metrics, sources
from helpers.feedback.findings import question_findings, score_findings
from helpers.feedback.observations import Part
from helpers.findings import NoData
from helpers.scope import Scope
from helpers.stats import mean, proportion

from .conftest import APRIL, JULY, NOW, SCOPE, cell, counted


def answered(survey: str, *scores: int, day: date = JULY, **more: Any) -> list[dict[str, Any]]:
    return [{"survey": survey, "submitted_at": day, "score": score, **more} for score in scores]


def answers_of(*rows: list[dict[str, Any]], scope: Scope = SCOPE) -> feedback.Answers:
    return feedback.answers(sources.of_rows("responses", [row for each in rows for row in each]), scope)


def test_effort_is_the_share_of_five_to_seven_of_seven() -> None:
    answers = answers_of(answered("ces", 1, 3, 3, 4, 5, 5, 6, 7, 7, 7))
    assert answers.tally("ces", NOW, {}) == (6, 1, 3)
    (finding,) = score_findings(answers)
    expected = proportion(6, 10)
    assert (finding.key, finding.value) == ("ces", 0.6)
    assert (finding.low, finding.high) == (expected.low, expected.high)
    assert feedback.satisfaction_over_time(answers).title == "CES is 60.0%, 2026 Q3"


def test_the_score_of_a_survey_needs_no_entry_in_the_catalogue(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    (tmp_path / "metrics.yaml").write_text("metrics: {nps: {label: Net score, unit: points, kind: mean}}")
    assert metrics.get("nps").label == "Net score"
    assert [metrics.get(name).good for name in ("csat", "ces", "response_rate")] == 3 * ["higher"]
    with pytest.raises(ValueError, match="no metric 'retention'"):
        metrics.get("retention")


def test_answers_that_name_no_question_stand_for_their_survey() -> None:
    answers = answers_of(
        answered("csat", 5, 5, 5, 1, 1),
        answered("csat", *8 * [1], question="Ease of setup"),
        answered("csat", *8 * [5], question="Support"),
    )
    assert answers.tally("csat", NOW, {}) == (3, 0, 2)
    assert answers.further_questions == ("csat: Ease of setup", "csat: Support")
    assert answers.measure("csat").label == "CSAT"
    assert [(one.key, one.value) for one in question_findings(answers)] == [
        ("csat@question=ease_of_setup", 0.0),
        ("csat@question=support", 1.0),
    ]


def test_where_every_answer_names_one_the_question_answered_most_stands_for_the_survey() -> None:
    asked = (("Setup", 6 * [2]), ("Overall", 7 * [4]), ("Price", 6 * [5]))
    answers = answers_of(*(answered("csat", *scores, question=name) for name, scores in asked))
    assert answers.tally("csat", NOW, {}) == (7, 0, 0)
    assert answers.measure("csat").label == "CSAT (Overall)"
    assert answers.further_questions == ("csat: Price", "csat: Setup")


def test_one_question_is_compared_with_itself_in_a_list_of_its_own() -> None:
    def quarter(day: date, high: int) -> list[dict[str, Any]]:
        return [
            *answered("csat", *50 * [5], *50 * [2], day=day),
            *answered("csat", *high * [4], *(100 - high) * [3], day=day, question="Setup"),
        ]

    responses = sources.of_rows("responses", [*quarter(JULY, 30), *quarter(APRIL, 70)])
    nothing = sources.of_rows("tickets", [{"opened_at": JULY}])
    answers = feedback.gather(responses, nothing, nothing, SCOPE).answers()
    table = feedback.satisfaction_by_question(answers)
    assert table.title == "Setup scores lower than in 2026 Q2"
    assert table.rows[0][:5] == ("CSAT", 100, 0.5, 0.5, 0.0)
    assert table.rows[1][:4] == ("Setup", 100, 0.3, 0.7)
    assert [row[6:] for row in table.rows] == [("no clear change", 3.5), ("clear", 3.3)]


def test_people_who_answer_two_questions_are_no_cluster_of_either() -> None:
    people = [f"p{n}" for n in range(120)]
    rows = [
        one
        for person in people
        for question in (None, "Setup")
        for one in answered("csat", 5, respondent_id=person, question=question)
    ]
    answers = answers_of(rows)
    assert answers.who.effective("csat", Part(NOW), 120) == 120


def test_the_mean_has_the_interval_of_t() -> None:
    scores = [1, 2, 2, 3, 4, 4, 5, 5, 5, 5]
    found = feedback.mean_answer(answers_of(answered("csat", *scores)), "csat")
    assert found is not None
    low, high = scipy_stats.t.interval(0.95, 9, np.mean(scores), scipy_stats.sem(scores))
    assert (found.value, found.n) == (3.6, 10)
    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


def test_the_mean_of_the_same_people_counts_as_fewer() -> None:
    alone, twice = mean(100, 4.0, 1.0), mean(100, 4.0, 1.0, effective=50)
    fifty = mean(50, 4.0, 1.0)
    assert (twice.low, twice.high, twice.n) == (fifty.low, fifty.high, 100)
    assert twice.low is not None
    assert alone.low is not None
    assert twice.low < alone.low


def test_too_few_answers_have_no_mean() -> None:
    assert feedback.mean_answer(answers_of(answered("csat", 1, 2, 3, 4, 5)), "csat") is not None
    assert feedback.mean_answer(counted(cell(JULY, None, None, 2, 1, 1, survey="csat")), "csat") is None


def test_without_csat_and_effort_there_is_nothing_by_question() -> None:
    with pytest.raises(NoData, match="no CSAT answers"):
        feedback.satisfaction_by_question(counted(cell(JULY, None, None, 50, 30, 20)))
