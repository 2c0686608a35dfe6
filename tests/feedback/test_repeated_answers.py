"""Several answers of the same people: as how many they count, and what they make of a score and a change."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from helpers import feedback, sources
from helpers.feedback.observations import Part
from helpers.feedback.scores import against_others, score_change
from helpers.periods import Period
from helpers.scope import Scope
from helpers.stats import (
    ClusterSums,
    effective_n,
    net_promoter_difference,
    net_promoter_score,
    proportion_difference,
)

NOW, SPRING, YEAR_AGO = Period(2026, 3), Period(2026, 2), Period(2025, 3)
DAYS = {NOW: date(2026, 7, 9), SPRING: date(2026, 4, 9), YEAR_AGO: date(2025, 7, 9)}


def asked(person: str | None, period: Period, score: int, **more: str) -> dict[str, Any]:
    known = {"respondent_id": person, "submitted_at": DAYS[period], "score": score, "survey": "nps"}
    return {**known, "region": "EMEA", **more}


def counted(rows: list[dict[str, Any]], region: str = "all") -> feedback.Answers:
    return feedback.answers(sources.of_rows("responses", rows), Scope(NOW, region))


class TestTheCount:
    def test_every_pair_of_answers_of_one_person_counts(self) -> None:
        rows = [
            *(asked("often", NOW, score) for score in (10, 9, 3)),
            *(asked("often", SPRING, score) for score in (10, 8)),
            asked("once", NOW, 10),
            asked("once", SPRING, 3),
            *(asked(None, period, 9) for period in (NOW, SPRING)),
            asked("other survey", NOW, 5, survey="csat"),
            asked("last year", YEAR_AGO, 0),
        ]
        who = counted(rows).who
        pairs = who.pairs["nps", SPRING]
        assert (pairs.members, pairs.n) == (2, 3 * 2 + 1)
        assert (pairs.first, pairs.second) == (1 * 2 + 1, 3 * 1 - 1)
        assert (pairs.first_squares, pairs.second_squares) == (3 * 2 + 1, 3 * 1 + 1)
        assert pairs.products == 1 * 1 + 1 * -1
        assert ("nps", YEAR_AGO) not in who.pairs
        sums = who.sums["nps"]
        assert (sums.clusters, sums.repeated, sums.n, sums.squares) == (5, 2, 8, 9 + 4 + 1 + 1 + 1)
        assert (sums.total, sums.total_squares) == (1 + 1 + 1 - 1 - 1, 3 + 1 + 1 + 1 + 1)
        assert sums.between == pytest.approx(1 / 3 + 1 / 2 + 1 + 1 + 1)

    def test_an_account_is_a_cluster_and_a_person_where_none_is_known(
        self,
    ) -> None:
        rows = [
            *(asked(f"p{n}", NOW, 9, account_id="acme") for n in range(3)),
            *(asked("lone", NOW, 9) for _ in range(2)),
            asked("acme", NOW, 9),
        ]
        sums = counted(rows).who.sums["nps"]
        assert (sums.clusters, sums.squares) == (3, 9 + 4 + 1)

    def test_who_answers_in_two_regions_is_one_cluster_of_the_whole(self) -> None:
        rows = [
            asked("p", NOW, 9),
            asked("p", NOW, 9, region="AMER"),
            *(asked(None, NOW, 3) for _ in range(8)),
        ]
        who = counted(rows).who
        assert who.effective("nps", Part(NOW), 10) == pytest.approx(100 / (4 + 8))
        assert who.effective("nps", Part(NOW, {"region": "EMEA"}), 9) == pytest.approx(9)

    def test_a_period_that_is_not_followed_has_as_many_answers_a_person_as_the_others(self) -> None:
        rows = [asked("p", NOW, 9) for _ in range(4)] + [asked("q", NOW, 9)]
        who = counted(rows).who
        assert who.effective("nps", Part(Period(2019, 1)), 100) == pytest.approx(100 / (17 / 5))

    def test_a_year_follows_its_own_quarters_too(self) -> None:
        rows = [asked("p", period, 9) for period in (NOW, SPRING)]
        rows += [asked(f"q{n}", NOW, 9) for n in range(9)]
        year = Period(2026)
        who = feedback.answers(sources.of_rows("responses", rows), Scope(year)).who
        assert who.effective("nps", Part(year), 11) == pytest.approx(121 / (4 + 9))
        assert who.effective("nps", Part(NOW), 10) == pytest.approx(10)

    def test_a_table_without_people_counts_every_answer(self) -> None:
        rows = [{key: value for key, value in asked("p", NOW, 9).items() if key != "respondent_id"}] * 9
        who = counted(rows).who
        assert not who.shared
        assert who.effective("nps", Part(NOW), 9) == 9

    def test_the_only_period_has_no_pairs(self) -> None:
        answers = feedback.answers(sources.of_rows("responses", [asked("p", NOW, 9)] * 5), Scope(Period()))
        assert not answers.who.pairs
        assert answers.who.effective("nps", Part(Period()), 5) == 1


class TestWhatItMakesOfAScore:
    def test_the_same_people_answering_again_tell_nothing_new(self) -> None:
        once = [asked(f"p{n}", NOW, 9 if n % 2 else 3) for n in range(200)]
        two, one = (feedback.score(counted(rows), "nps", NOW, {}) for rows in (once * 2, once))
        assert two is not None
        assert one is not None
        assert (two.low, two.high) == pytest.approx((one.low, one.high))
        assert (two.n, one.n) == (400, 200)

    def test_who_moved_to_another_region_is_in_both_parts_of_the_whole_alone(self) -> None:
        rows = [asked(f"p{n}", NOW, 9 if n % 2 else 3) for n in range(200)]
        rows += [
            asked(f"p{n}", SPRING, 9 if n % 2 else 3, region="AMER" if n < 50 else "EMEA") for n in range(200)
        ]
        who, emea = counted(rows).who, {"region": "EMEA"}
        assert who.correlation("nps", Part(NOW), Part(SPRING), (200, 200)) == pytest.approx(1.0)
        found = who.correlation("nps", Part(NOW, emea), Part(SPRING, emea), (200, 150))
        assert found == pytest.approx(150 / (200 * 150) ** 0.5)
        assert who.correlation("nps", Part(NOW), Part(YEAR_AGO), (200, 200)) == 0

    def test_fewer_than_a_hundred_people_in_both_tell_no_correlation(self) -> None:
        for people, alike in ((99, 0.0), (100, 1.0)):
            rows = [
                asked(f"p{n}", period, 9 if n % 2 else 3) for n in range(people) for period in (NOW, SPRING)
            ]
            found = counted(rows).who.correlation("nps", Part(NOW), Part(SPRING), (people, people))
            assert found == pytest.approx(alike), people

    def test_a_region_takes_how_alike_people_are_from_all_regions(self) -> None:
        rows = [
            asked(f"p{n}", period, 9 if n % 2 else 3, region="EMEA" if n < 30 else "AMER")
            for n in range(120)
            for period in (NOW, SPRING)
        ]
        found = score_change(counted(rows, "EMEA"), "nps", {"region": "EMEA"}, SPRING)
        assert found.difference is not None
        assert found.difference.se == pytest.approx(0, abs=1e-5)

    def test_a_group_is_tested_against_the_others_and_people_in_both_are_allowed_for(self) -> None:
        rows = [
            asked(f"p{n}", NOW, 9 if n % 3 else 3, region=region)
            for n in range(150)
            for region in ("AMER", "EMEA")
        ]
        apart = [{**row, "respondent_id": f"{row['respondent_id']}{row['region']}"} for row in rows]
        same, different = (against_others(counted(each), "region")[0].difference for each in (rows, apart))
        assert same is not None
        assert different is not None
        assert same.se == pytest.approx(0, abs=1e-5)
        assert different.se == pytest.approx(100 * (2 * (1 - 1 / 9) / 150) ** 0.5, rel=1e-3)


def answered(rng: np.random.Generator, people: int, each: int, alike: float) -> np.ndarray[Any, Any]:
    """Promoter, passive, detractor as 1, 0, -1: people by answers; two of one person correlate by `alike`."""
    keeps = rng.random((people, each)) < np.sqrt(alike)
    drawn = np.where(keeps, rng.random((people, 1)), rng.random((people, each)))
    return np.digitize(drawn, [0.25, 0.55]) - 1


def tallied(answers: np.ndarray[Any, Any]) -> tuple[int, int, int]:
    return (int((answers == 1).sum()), int((answers == 0).sum()), int((answers == -1).sum()))


def alike_of(answers: np.ndarray[Any, Any]) -> float:
    people, each = answers.shape
    between = float((answers.sum(axis=1) ** 2 / each).sum())
    squared = float((answers**2).sum())
    return ClusterSums(
        people, people, people * each, people * each**2, float(answers.sum()), squared, between
    ).alike


@pytest.mark.parametrize("each", [2, 4, 10])
def test_the_interval_of_a_score_holds_it_however_often_people_answer(each: int) -> None:
    """Plain intervals of 120 people's answers hold the true score in 81, 68 and 49 % of draws."""
    rng = np.random.default_rng([15, each])
    held, draws = {"plain": 0, "clustered": 0}, 500
    for _ in range(draws):
        answers = answered(rng, 120, each, 0.8)
        n = answers.size
        n_effective = effective_n(n, n, 120 * each**2, alike_of(answers))
        for name, effective in (("plain", None), ("clustered", n_effective)):
            score = net_promoter_score(*tallied(answers), effective=effective)
            assert score.low is not None
            assert score.high is not None
            held[name] += score.low <= 20 <= score.high
    assert 0.92 <= held["clustered"] / draws <= 0.97, held
    assert held["plain"] / draws <= {2: 0.87, 4: 0.74, 10: 0.55}[each], held


@pytest.mark.parametrize("alike", [0.0, 0.8])
def test_the_change_of_the_same_people_misses_as_often_as_it_says(alike: float) -> None:
    """300 people answer in each period, 240 of them in both; nothing changes."""
    rng = np.random.default_rng([20260915, int(10 * alike)])
    misses = {"nps": 0, "csat": 0}
    draws = 400
    for _ in range(draws):
        taste = rng.random(360)
        fresh = rng.random((2, 360))
        keeps = rng.random((2, 360)) < np.sqrt(alike)
        drawn = np.where(keeps, taste, fresh)
        now, then = drawn[0, :300], drawn[1, 60:]
        score_now, score_then = (np.digitize(side, [0.25, 0.55]) - 1 for side in (now, then))
        pairs = score_now[60:], score_then[:240]
        r = np.corrcoef(*pairs)[0, 1] * 240 / 300
        tallies = [tuple(int((side == at).sum()) for at in (1, 0, -1)) for side in (score_now, score_then)]
        misses["nps"] += net_promoter_difference(*tallies, correlation=r).excludes_zero  # type: ignore[arg-type]
        high = [tally[0] for tally in tallies]
        r = np.corrcoef(*(side == 1 for side in pairs))[0, 1] * 240 / 300
        misses["csat"] += proportion_difference(high[0], 300, high[1], 300, correlation=r).excludes_zero
    assert all(0.02 <= missed / draws <= 0.08 for missed in misses.values()), misses


@pytest.mark.slow
def test_a_quiet_quarter_of_the_same_people_who_answer_often_is_rarely_called_moved() -> None:
    """Through the tables: 150 people, four answers a quarter in both quarters, alike by .6; 60 draws."""
    rng, moved = np.random.default_rng(41), 0
    for _ in range(60):
        answers = answered(rng, 150, 8, 0.6)
        rows = [
            asked(f"p{person}", NOW if at < 4 else SPRING, {1: 9, 0: 7, -1: 3}[int(value)])
            for person, of_person in enumerate(answers)
            for at, value in enumerate(of_person)
        ]
        found = score_change(counted(rows), "nps", {}, SPRING).difference
        assert found is not None
        moved += found.excludes_zero
    assert moved <= 8


def test_p_inverts_the_interval_of_correlated_shares() -> None:
    found = proportion_difference(150, 300, 130, 300, correlation=0.6)
    assert found.p is not None
    assert found.at(1 - found.p).low == pytest.approx(0, abs=1e-9)
    assert found.p < (proportion_difference(150, 300, 130, 300).p or 0)


@pytest.mark.parametrize("correlation", [-1.1, 1.1])
def test_what_is_no_correlation_is_refused(correlation: float) -> None:
    with pytest.raises(ValueError, match="correlation"):
        proportion_difference(1, 2, 1, 2, correlation=correlation)
    with pytest.raises(ValueError, match="correlation"):
        net_promoter_difference((1, 1, 1), (1, 1, 1), correlation=correlation)
