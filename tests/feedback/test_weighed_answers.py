"""Scores by the weights of answers: mean, effective answers, and how far the weights move the score."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from helpers import feedback, sources
from helpers.feedback import AnswerCell, Answers, WeighedAnswers
from helpers.feedback.findings import weighed_findings
from helpers.scope import Scope
from helpers.stats import effective_n, net_promoter_score, proportion

from .conftest import APRIL, JULY, NOW, SCOPE

Floats = NDArray[np.float64]


def by_hand(values: Floats, weights: Floats, people: NDArray[np.int64]) -> WeighedAnswers:
    """The same by definition, from the single answers."""
    weight, mean = weights.sum(), np.average(values, weights=weights)
    influence = weights / weight * (values - mean) - (values - values.mean()) / len(values)
    known = np.bincount(people) > 0
    each, held = (np.bincount(people, one)[known] for one in (influence, weights))
    return WeighedAnswers(
        answers=len(values),
        weight=float(weight),
        squares=float((weights**2).sum()),
        clustered=float(np.square(held).sum()),
        mean=float(mean),
        high=float(weights[values == 1].sum()),
        shift=float(mean - values.mean()),
        shift_error=float(np.sqrt(np.square(each).sum() * len(each) / (len(each) - 1))),
        clusters=len(each),
    )


def weighed(values: Floats, weights: Floats, people: NDArray[np.int64], survey: str = "nps") -> Answers:
    """Answers that a table counted, with their weights."""
    cell = AnswerCell(survey, JULY, int((values == 1).sum()), int((values == -1).sum()), len(values))
    return Answers(SCOPE, (cell,), weighed={survey: by_hand(values, weights, people)})


def table_of(
    scores: list[int], weights: list[float | None], people: Sequence[str | None]
) -> sources.LoadedTable:
    rows: list[dict[str, Any]] = [
        {"survey": "nps", "submitted_at": JULY, "score": score, "weight": weight, "respondent_id": person}
        for score, weight, person in zip(scores, weights, people, strict=True)
    ]
    # Another period, and one of another survey, have weights of their own.
    rows += [{**rows[0], "submitted_at": APRIL, "weight": 99.0}, {**rows[0], "survey": "csat", "score": 5}]
    return sources.of_rows("responses", rows)


def test_the_engine_counts_what_the_definition_says() -> None:
    rng = np.random.default_rng(4)
    scores, people = rng.integers(0, 11, 60), rng.integers(0, 25, 60)
    weights = rng.lognormal(0, 0.5, 60)
    values = np.where(scores >= 9, 1.0, np.where(scores <= 6, -1.0, 0.0))
    table = table_of(scores.tolist(), weights.tolist(), [f"p{one}" for one in people])
    found, expected = feedback.answers(table, SCOPE).weighed["nps"], by_hand(values, weights, people)
    for name in WeighedAnswers.__dataclass_fields__:
        assert getattr(found, name) == pytest.approx(getattr(expected, name), abs=1e-12), name


def test_answers_without_a_weight_count_nothing_and_nobody_is_somebody_else() -> None:
    table = table_of([10, 10, 0, 0, 0, 8], [2.0, 1.0, 1.0, None, None, 0.0], 6 * [None])
    found = feedback.answers(table, SCOPE).weighed["nps"]
    assert (found.answers, found.weight, found.mean, found.clusters) == (6, 4.0, 0.5, 6)
    assert (found.clustered, found.squares) == (6.0, 6.0)
    assert found.shift == pytest.approx(0.5 - (2 - 3) / 6)


def test_weights_that_are_alike_change_nothing() -> None:
    values = np.array(40 * [1.0] + 35 * [0.0] + 25 * [-1.0])
    found = feedback.weighed_score(weighed(values, np.full(100, 3.0), np.arange(100)), "nps")
    plain = net_promoter_score(40, 35, 25)
    assert found is not None
    assert (found.effective, found.score.n) == (100, 100)
    assert (found.score.value, found.score.low) == pytest.approx((plain.value, plain.low), abs=1e-9)
    assert found.shift.value == pytest.approx(0, abs=1e-12)


def test_the_interval_is_that_of_as_many_answers_as_the_weights_count() -> None:
    values, weights = np.array(50 * [1.0] + 50 * [0.0]), np.array(50 * [1.0] + 50 * [3.0])
    found = feedback.weighed_score(weighed(values, weights, np.arange(100), "csat"), "csat")
    assert found is not None
    assert found.effective == effective_n(200, 500, 500, 0.0) == 80
    expected = proportion(20, 80)
    assert (found.score.value, found.score.low) == pytest.approx((0.25, expected.low))
    assert found.shift.value == pytest.approx(-0.25)
    assert found.shift.excludes_zero


def test_where_all_are_promoters_the_score_is_a_hundred() -> None:
    weights = np.random.default_rng(1).lognormal(0, 1, 37)
    found = feedback.weighed_score(weighed(np.ones(37), weights, np.arange(37)), "nps")
    assert found is not None
    assert (found.score.value, found.score.high) == (100, 100)


def test_the_chart_tells_the_weighed_score_and_what_the_weights_move() -> None:
    values, weights = np.array(50 * [1.0] + 50 * [-1.0]), np.array(50 * [3.0] + 50 * [1.0])
    answers = weighed(values, weights, np.arange(100))
    (finding,) = weighed_findings(answers, "nps")
    assert (finding.key, finding.headline) == ("nps.weighed", False)
    assert finding.value == pytest.approx(50)
    note = feedback.nps_over_time(answers).heading.note
    assert "With each answer counted by its weight, NPS is 50.0 (" in note
    assert "the weights move it by +50.0" in note
    assert "100 answers count as 80 of equal weight, each of somebody else." in note


def test_too_few_people_and_no_weights_have_no_weighed_score() -> None:
    values = np.array([1.0, 1.0, -1.0, 0.0])
    assert feedback.weighed_score(weighed(values, np.ones(4), np.arange(4)), "nps") is None
    nothing = Answers(Scope(NOW), (AnswerCell("nps", JULY, 50, 20, 100),))
    assert feedback.weighed_score(nothing, "nps") is None
    assert weighed_findings(nothing, "nps") == ()


@pytest.mark.slow
@pytest.mark.parametrize(("n", "spread"), [(60, 0.5), (300, 0.5), (300, 1.0)])
def test_both_intervals_hold_as_often_as_they_say(n: int, spread: float) -> None:
    """People who answer more readily are happier, and weights are the inverse of how readily they answer."""
    rng, draws, missed = np.random.default_rng(7), 1500, {"score": 0, "shift": 0}
    size = 60_000
    readiness = rng.lognormal(0, spread, size)
    chance = readiness / readiness.sum()
    happy = 1 / (1 + np.exp(-0.5 * np.log(readiness)))
    draw = rng.random(size)
    values = np.where(draw < 0.6 * happy, 1.0, np.where(draw > 1 - 0.5 * (1 - happy), -1.0, 0.0))
    truth = 100 * values.mean()
    moved = truth - 100 * (chance * values).sum()
    for _ in range(draws):
        drawn = rng.choice(size, n, p=chance)
        found = feedback.weighed_score(weighed(values[drawn], 1 / readiness[drawn], np.arange(n)), "nps")
        assert found is not None
        assert found.score.limits is not None
        missed["score"] += not found.score.limits[0] <= truth <= found.score.limits[1]
        missed["shift"] += not found.shift.low <= moved <= found.shift.high
    assert {name: count / draws for name, count in missed.items()} == {
        name: pytest.approx(0.05, abs=0.03) for name in missed
    }
