"""People who stand in both periods: who is a pair, and what that makes of a change."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from helpers import feedback, sources
from helpers.feedback.observations.same_people import same_people
from helpers.feedback.scores import score_change
from helpers.periods import Period
from helpers.scope import Scope
from helpers.stats import net_promoter_difference, proportion_difference

NOW, SPRING, YEAR_AGO = Period(2026, 3), Period(2026, 2), Period(2025, 3)
DAYS = {NOW: date(2026, 7, 9), SPRING: date(2026, 4, 9), YEAR_AGO: date(2025, 7, 9)}


def asked(person: str | None, period: Period, score: int, **more: str) -> dict[str, Any]:
    known = {"respondent_id": person, "submitted_at": DAYS[period], "score": score, "survey": "nps"}
    return {**known, "region": "EMEA", **more}


def counted(rows: list[dict[str, Any]], region: str = "all") -> feedback.Answers:
    return feedback.answers(sources.of_rows("responses", rows), Scope(NOW, region))


def test_who_answered_once_in_each_is_a_pair() -> None:
    rows = [
        *(asked("both", period, score) for period, score in ((NOW, 10), (SPRING, 3))),
        *(asked("often", period, 9) for period in (NOW, NOW, SPRING)),
        asked("new", NOW, 9),
        *(asked(None, period, 9) for period in (NOW, SPRING)),
        *(asked("other survey", period, 5, survey=name) for period, name in ((NOW, "csat"), (SPRING, "nps"))),
        *(asked("last year", period, 0) for period in (NOW, YEAR_AGO)),
    ]
    found = {one.then: one.pairs for one in counted(rows).same.people if one.pairs.n}
    assert set(found) == {SPRING, YEAR_AGO}
    assert (found[SPRING].n, found[SPRING].first, found[SPRING].second) == (1, 1, -1)
    assert found[SPRING].products == -1
    assert found[YEAR_AGO].products == 1


def test_who_moved_to_another_region_is_a_pair_of_the_whole_alone() -> None:
    rows = [asked(f"p{n}", NOW, 9 if n % 2 else 3) for n in range(200)]
    rows += [
        asked(f"p{n}", SPRING, 9 if n % 2 else 3, region="AMER" if n < 50 else "EMEA") for n in range(200)
    ]
    same = counted(rows).same
    assert same.correlation("nps", SPRING, {}, (200, 200)) == pytest.approx(1.0)
    assert same.correlation("nps", SPRING, {"region": "EMEA"}, (200, 150)) == pytest.approx(
        150 / (200 * 150) ** 0.5
    )
    assert same.correlation("nps", YEAR_AGO, {}, (200, 200)) == 0


def test_fewer_than_a_hundred_pairs_tell_no_correlation() -> None:
    for people, alike in ((99, 0.0), (100, 1.0)):
        rows = [asked(f"p{n}", period, 9 if n % 2 else 3) for n in range(people) for period in (NOW, SPRING)]
        found = counted(rows).same.correlation("nps", SPRING, {}, (people, people))
        assert found == pytest.approx(alike), people


def test_a_region_takes_how_alike_people_are_from_all_regions() -> None:
    rows = [
        asked(f"p{n}", period, 9 if n % 2 else 3, region="EMEA" if n < 30 else "AMER")
        for n in range(120)
        for period in (NOW, SPRING)
    ]
    answers = counted(rows, "EMEA")
    found = score_change(answers, "nps", {"region": "EMEA"}, SPRING)
    assert found.difference is not None
    assert found.difference.se == 0


def test_a_table_without_people_has_no_pairs() -> None:
    rows = [{key: value for key, value in asked("p", NOW, 9).items() if key != "respondent_id"}] * 9
    assert not counted(rows).same.people


def test_the_only_period_has_no_pairs() -> None:
    table = sources.of_rows("responses", [asked("p", NOW, 9)])
    rows = Scope(Period()).rows_compared(table).mutate(value=1)
    assert not same_people(rows, "respondent_id", [Period()], {"any": float}).people


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
