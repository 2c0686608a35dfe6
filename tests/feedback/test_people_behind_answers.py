"""The smallest group is one of people: several answers of one person do not make a group."""

from typing import Any

import pytest

from helpers import feedback, sources
from helpers.feedback.findings import score_findings
from helpers.feedback.observations import Part
from helpers.findings import NoData

from .conftest import JULY, NOW, SCOPE, commented


def answers_of(*people: tuple[str | None, str, int], **more: Any) -> feedback.Answers:
    """Answers of (person, region, how many)."""
    rows = [
        {"survey": "nps", "submitted_at": JULY, "score": 9, "respondent_id": person, "region": region, **more}
        for person, region, n in people
        for _ in range(n)
    ]
    return feedback.answers(sources.of_rows("responses", rows), SCOPE)


def test_answers_of_one_person_are_no_group() -> None:
    answers = answers_of(
        *((f"e{n}", "EMEA", 1) for n in range(9)),
        *((f"a{n}", "AMER", 1) for n in range(5)),
        ("l1", "LATAM", 30),
        ("l2", "LATAM", 1),
    )
    assert answers.sizes("region", NOW, {}) == {"AMER": 5, "EMEA": 9, "LATAM": 2}
    assert answers.shown("region", NOW, {}) == ("EMEA",)
    assert feedback.score(answers, "nps", NOW, {"region": "LATAM"}) is None
    assert feedback.nps_by_quarter(answers).rows == (("2026 Q3", 100.0, 100.0),)


def test_answers_that_name_nobody_are_each_of_one() -> None:
    answers = answers_of((None, "EMEA", 4), ("e1", "EMEA", 3))
    counted_answers = answers.counted("nps", Part(NOW, {"region": "EMEA"}))
    assert (sum(counted_answers.tally), counted_answers.people) == (7, 5)


def test_who_is_in_several_groups_counts_once_in_all_of_them() -> None:
    answers = answers_of(("both", "EMEA", 2), ("both", "AMER", 2), ("one", "AMER", 1))
    assert answers.counted("nps", Part(NOW, {})).people == 2
    assert answers.sizes("region", NOW, {}) == {"AMER": 2, "EMEA": 1}
    others = Part(NOW, {}, {"region": "EMEA"})
    assert answers.counted("nps", others).people == 2


def test_people_of_one_account_count_each() -> None:
    answers = answers_of(*((f"p{n}", "EMEA", 1) for n in range(6)), account_id="one account")
    assert answers.counted("nps", Part(NOW, {})).people == 6
    assert answers.counted("nps", Part(NOW, {})).effective == 1
    nobody = answers_of((None, "EMEA", 6), account_id="one account")
    assert nobody.counted("nps", Part(NOW, {})).people == 1


def test_an_account_in_two_groups_takes_off_no_more_people_than_the_smaller_of_both_has() -> None:
    answers = answers_of(
        *((f"e{n}", "EMEA", 1) for n in range(6)), ("a1", "AMER", 1), account_id="one account"
    )
    assert answers.counted("nps", Part(NOW, {})).people == 6


def test_as_many_people_as_a_group_must_have_are_compared() -> None:
    people = [(f"{region}{n}", region, 1) for region in ("EMEA", "AMER") for n in range(5)]
    rows = feedback.group_scores(answers_of(*people)).regions
    assert [row.difference is not None for row in rows] == [True, True]


def test_a_score_of_too_few_people_says_how_many_they_are() -> None:
    answers = answers_of(*((f"p{n}", "EMEA", 3) for n in range(4)))
    (finding,) = score_findings(answers)
    assert finding.value is None
    assert "12 answers of 4 people; 5 are needed" in finding.text.sentence
    assert feedback.mean_answer(answers, "nps") is None


def test_a_theme_of_one_writer_is_not_shown() -> None:
    def wrote(person: str | None, text: str, n: int, score: int = 9) -> list[dict[str, Any]]:
        row = {"survey": "nps", "submitted_at": JULY, "score": score, "comment": text}
        return [{**row, "respondent_id": person} for _ in range(n)]

    rows = [
        *wrote("writer", "Too expensive", 9),
        *(one for n in range(5) for one in wrote(f"p{n}", "The mobile app", 1, score=3)),
        *wrote(None, "The dashboard", 4),
        *wrote("seventh", "The dashboard", 2),
    ]
    comments = feedback.comments(sources.of_rows("responses", rows), SCOPE)
    assert comments.count("price") == 9
    assert [comments.people(theme) for theme in ("price", "mobile_app", "reporting")] == [1, 5, 5]
    assert comments.people() == 11
    assert comments.shown == ("reporting", "mobile_app")
    assert comments.left_out == "Not shown: 1 theme, of fewer than 5 people's comments."
    assert comments.detractor_counts() == {"mobile_app": 5}
    with pytest.raises(NoData, match="too few comments"):
        feedback.comments(sources.of_rows("responses", wrote("writer", "Too expensive", 9)), SCOPE)


def test_comments_that_name_nobody_are_counted_themselves() -> None:
    assert commented((True, True, "price", 7)).people("price", detractor=True) == 7


def test_segments_are_shown_by_how_many_people_were_asked() -> None:
    def sent(person: str, segment: str, n: int) -> list[dict[str, Any]]:
        row = {"sent_at": JULY, "segment": segment, "response_id": None, "respondent_id": person}
        return [row for _ in range(n)]

    rows = [
        *sent("often", "Small", 20),
        *(one for n in range(9) for one in sent(f"s{n}", "Self-serve", 1)),
        *(one for n in range(8) for one in sent(f"e{n}", "Enterprise", 1)),
    ]
    table = sources.of_rows("invitations", [{**row, "response_id": f"r{at}"} for at, row in enumerate(rows)])
    invited = feedback.invitations(table, SCOPE)
    assert invited.sizes == {"Enterprise": 8, "Self-serve": 9, "Small": 1}
    assert invited.shown == ("Self-serve",)
