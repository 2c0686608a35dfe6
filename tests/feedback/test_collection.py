"""What else changed in how answers were collected stands beside the change that it can explain."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from helpers.coverage import Coverage
from helpers.feedback import AnswerCell, Answers, satisfaction_over_time
from helpers.feedback.collection import collection_change, collection_changes
from helpers.feedback.findings import score_findings
from helpers.feedback.page.satisfaction import headlines
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import NOW

APRIL, JULY = date(2026, 4, 1), date(2026, 7, 1)


def csat(month: date, high: int, answers: int, segment: str | None = None) -> AnswerCell:
    return AnswerCell("csat", month, high=high, low=0, answers=answers, segment=segment)


def collected(*rates: int) -> Coverage:
    """So many answers a day in the second and the third quarter."""
    rows = {APRIL + timedelta(days=after): rates[0] if after < 91 else rates[1] for after in range(183)}
    return Coverage(APRIL, max(rows), rows)


@pytest.fixture
def grown() -> Answers:
    """CSAT of 8.2 % of 4 answers a day, then 45.4 % of 170 a day."""
    scope = Scope(Period(2026, 3), coverage=collected(4, 170))
    return Answers(scope, (csat(APRIL, 30, 364), csat(JULY, 7100, 15640)))


def test_a_change_beside_another_collection_is_not_called_unlikely_to_be_chance(grown: Answers) -> None:
    """CSAT 8.2 % -> 45.4 %, clear was said where answers went from 4 to 170 a day."""
    [found] = score_findings(grown)
    assert found.text.value == "45.4%"
    assert "chance" not in found.text.sentence + found.text.certainty
    assert found.text.sentence.endswith("while answers went from 4 to 170 a day, which can explain it.")
    assert found.change is not None
    assert found.change.beside == "answers went from 4 to 170 a day"
    assert headlines(grown).findings == (found,)


def test_the_title_of_the_chart_says_it_too(grown: Answers) -> None:
    assert satisfaction_over_time(grown).title == (
        "CSAT rose clearly since 2026 Q2, while answers went from 4 to 170 a day"
    )


def test_the_same_change_at_the_same_collection_is_told_as_it_was(grown: Answers) -> None:
    even = replace(grown, scope=replace(grown.scope, coverage=collected(100, 170)))
    [found] = score_findings(even)
    assert found.text.certainty.endswith("more than chance brings.")


@pytest.mark.parametrize(("moved", "told"), [(19, ""), (21, "SMB went from 80% to 59% of the answers")])
def test_a_fifth_of_the_answers_from_others_is_told(moved: int, told: str) -> None:
    cells = (
        csat(APRIL, 0, 80, "SMB"),
        csat(APRIL, 0, 20, "Enterprise"),
        csat(JULY, 0, 80 - moved, "SMB"),
        csat(JULY, 0, 20 + moved, "Enterprise"),
    )
    assert collection_change(Answers(Scope(NOW), cells), "csat", NOW.shift(-1)) == told


def test_all_time_has_nothing_beside_it(grown: Answers) -> None:
    assert collection_changes(replace(grown, scope=replace(grown.scope, period=Period())), "csat") == {}
