"""Who answered both times: who counts, as what, and what is told of few."""

from datetime import date, datetime
from typing import Any

import pytest

from helpers import feedback, sources
from helpers.feedback import ChangedMinds
from helpers.findings import NoData
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import NOW, SCOPE

SPRING = Period(2026, 2)
DAYS = {NOW: date(2026, 7, 9), SPRING: date(2026, 4, 9), Period(2025, 3): date(2025, 7, 9)}


def asked(person: str | None, period: Period, score: int, **more: Any) -> dict[str, Any]:
    known = {"respondent_id": person, "submitted_at": DAYS[period], "score": score, "survey": "nps"}
    return {**known, "region": "EMEA", **more}


def found(rows: list[dict[str, Any]], region: str = "all") -> ChangedMinds:
    return feedback.changed_minds(sources.of_rows("responses", rows), Scope(NOW, region))


def steady(n: int) -> list[dict[str, Any]]:
    return [asked(f"s{at}", period, 8) for at in range(n) for period in (NOW, SPRING)]


@pytest.mark.parametrize(
    ("score", "kind"),
    [(10, "Promoters"), (9, "Promoters"), (8, "Passives"), (7, "Passives"), (6, "Detractors")],
)
def test_people_are_what_they_answered(score: int, kind: str) -> None:
    rows = [*steady(5), asked("p", NOW, score), asked("p", SPRING, 0)]
    assert found(rows).people["Detractors", kind] == 1


def test_only_people_of_both_periods_count() -> None:
    rows = [
        *steady(5),
        asked("new", NOW, 9),
        asked("gone", SPRING, 9),
        asked("older", NOW, 9),
        asked("older", Period(2025, 3), 9),
        *(asked(None, period, 9) for period in (NOW, SPRING)),
        *(asked("other survey", period, 5, survey="csat") for period in (NOW, SPRING)),
    ]
    assert found(rows).people == {("Passives", "Passives"): 5}


def test_a_further_question_of_the_survey_changes_nobodys_mind() -> None:
    late = datetime(2026, 9, 1, 8)
    rows = [{**row, "question": None} for row in steady(6)]
    rows.append(asked("s0", NOW, 0, submitted_at=late, question="Would you buy the app again?"))
    assert found(rows).people == {("Passives", "Passives"): 6}


def test_of_several_answers_the_last_counts() -> None:
    late = datetime(2026, 9, 1, 8)
    rows = [*steady(5), asked("p", SPRING, 10), asked("p", NOW, 10), asked("p", NOW, 0, submitted_at=late)]
    assert found(rows).people["Promoters", "Detractors"] == 1
    assert found(rows).total == 6


def test_of_two_answers_of_one_moment_the_lower_counts() -> None:
    for scores in ((10, 0), (0, 10)):
        rows = [*steady(5), asked("p", SPRING, 10), *(asked("p", NOW, score) for score in scores)]
        assert found(rows).people["Promoters", "Detractors"] == 1


def test_a_region_counts_who_answered_there_both_times() -> None:
    rows = [*steady(5), asked("moved", NOW, 0), asked("moved", SPRING, 0, region="AMER")]
    assert found(rows).total == 6
    assert found(rows, "EMEA").total == 5


def test_too_few_people_are_said() -> None:
    with pytest.raises(NoData, match="Fewer than 5 people answered both in 2026 Q2 and now"):
        found(steady(4))


def test_answers_that_name_nobody_are_said() -> None:
    rows = [{key: value for key, value in row.items() if key != "respondent_id"} for row in steady(6)]
    with pytest.raises(NoData, match="respondent_id"):
        found(rows)


def test_the_title_counts_both_ways() -> None:
    people = {
        ("Promoters", "Detractors"): 7,
        ("Passives", "Detractors"): 9,
        ("Detractors", "Promoters"): 5,
        ("Detractors", "Detractors"): 30,
        ("Promoters", "Passives"): 40,
    }
    shown = feedback.who_changed(ChangedMinds(SCOPE, people))
    assert shown.title == "Of 91 who answered both times, 16 became detractors and 5 ceased to be one"
    assert shown.rows[2] == ("Detractors", 5, 0, 30)


def test_small_groups_are_told_neither_by_their_cell_nor_by_the_title() -> None:
    people = {("Promoters", "Detractors"): 2, ("Passives", "Detractors"): 9, ("Passives", "Passives"): 80}
    shown = feedback.who_changed(ChangedMinds(SCOPE, people))
    assert shown.title == "Of 91 who answered both times, how many think otherwise now"
    cells = {row[0]: row[1:] for row in shown.rows}
    assert (cells["Promoters"][2], cells["Passives"][2], cells["Passives"][1]) == (None, None, 80)
    assert "fewer than 5" in shown.note
