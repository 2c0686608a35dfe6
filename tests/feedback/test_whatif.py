"""What if: as measured it is the score; detractors won back move it by their number."""

import pytest

from helpers import feedback, sources
from helpers.feedback import Answers
from helpers.findings import NoData
from helpers.whatif import Model

from .conftest import JULY, NOW, cell, counted


@pytest.fixture
def model(responses: sources.LoadedTable, emea: Answers) -> Model:
    return feedback.win_back(responses, emea).model


def test_as_measured_the_what_if_is_the_score(model: Model, emea: Answers) -> None:
    nps = feedback.headlines(emea).findings[0]
    assert model.measured[0] == pytest.approx(nps.value, abs=1e-9)


def test_winning_back_all_detractors_leaves_none(model: Model) -> None:
    all_back = {s.name: 1.0 for s in model.sliders if s.name not in ("passives", "heard")}
    score, promoters, detractors = (result.value for result in model.at(**all_back))
    assert detractors == pytest.approx(0, abs=1e-12)
    assert score == pytest.approx(100 * promoters)


def test_winning_back_a_theme_moves_by_its_detractors(
    model: Model, responses: sources.LoadedTable, emea: Answers
) -> None:
    found = feedback.comments(responses, emea.scope)
    tally = emea.tally("nps", NOW, {"region": "EMEA"})
    moved = model.at(slow_exports=1.0)[0].value - model.measured[0]
    assert moved == pytest.approx(100 * found.count("slow_exports", detractor=True) / sum(tally))


def test_without_comments_there_is_one_lever_for_all_detractors() -> None:
    model = feedback.win_back_model(counted(cell(JULY, None, None, 45, 35, 20)))
    assert [slider.name for slider in model.sliders] == ["others", "passives"]
    assert model.at(others=1.0)[0].value == pytest.approx(45.0)


def test_the_segment_furthest_from_the_whole_may_be_heard_more_often() -> None:
    answers = counted(cell(JULY, None, "One", 50, 30, 20), cell(JULY, None, "Two", 20, 60, 120))
    model = feedback.win_back_model(answers)
    assert model.sliders[-1].label == "Answers from One, times"
    assert model.at(heard=2.0)[0].value == pytest.approx((2 * 100 * 30 + 200 * -50) / 400)


def test_too_few_answers_are_said() -> None:
    with pytest.raises(NoData, match="too few NPS answers"):
        feedback.win_back_model(counted(cell(JULY, None, None, 1, 1, 1)))
