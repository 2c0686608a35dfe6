"""Trust is checked before any effect, and a failed check says what to do."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from helpers.experiments import trust
from helpers.experiments.interference import Pair
from helpers.experiments.observations import Cell, Counted, Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust import Around
from helpers.records import Check
from helpers.stats import Difference

from .conftest import START, observed, protocol, share


def found(plan: Protocol, seen: Observations, *pairs: Pair) -> dict[str, Check]:
    return {check.key: check for check in trust.checks(plan, seen, Around(pairs))}


def test_a_sound_experiment_passes_all() -> None:
    assert all(check.passed for check in trust.checks(protocol(), observed(), Around()))


def test_a_planned_uneven_split_is_no_mismatch() -> None:
    uneven = observed((800, 3000), (300, 1000))
    assert found(protocol(variants={"control": 3, "treatment": 1}), uneven)["sample_ratio"].passed
    check = found(protocol(), uneven)["sample_ratio"]
    assert not check.passed
    assert check.severity == "stop"
    assert "3,000 to 1,000" in check.text


def test_an_odd_split_above_the_limit_is_told_as_unusual() -> None:
    check = found(protocol(), observed((20034, 44700), (20119, 45489)))["sample_ratio"]
    assert check.passed
    assert "unusual" in check.text


@pytest.mark.parametrize(("crossed", "severity"), [(0, "info"), (3, "warn"), (400, "stop")])
def test_units_in_two_variants_are_left_out_and_many_stop(crossed: int, severity: str) -> None:
    check = found(protocol(), observed(crossed=crossed))["one_variant"]
    assert check.passed == (crossed == 0)
    assert check.severity == severity


@pytest.mark.parametrize(("lost", "passed"), [((100, 110), True), ((100, 300), False)])
def test_outcomes_may_be_missing_alike_only(lost: tuple[int, int], passed: bool) -> None:
    cells = tuple(
        Cell(arm, None, 2000, 2000 - missing, {"activated": share(800, 2000)})
        for arm, missing in zip(("control", "treatment"), lost, strict=True)
    )
    check = found(protocol(), Observations.of(cells, frozenset({"activated"})))["outcomes"]
    assert check.passed == passed


def test_departures_from_the_protocol_are_listed() -> None:
    plan = protocol(start=date(2026, 7, 8), end=date(2026, 7, 9))
    check = found(plan, observed(days=10))["protocol"]
    assert not check.passed
    assert check.severity == "warn"
    assert "units from 6 Jul 2026, planned from 8 Jul 2026" in check.text
    assert "units until 15 Jul 2026, planned until 9 Jul 2026" in check.text


def test_a_missing_variant_stops() -> None:
    cells = [Cell("control", None, 2000, 2000, {"activated": share(800, 2000)})]
    seen = Observations.of(cells, {"activated"})
    check = found(protocol(), seen)["protocol"]
    assert check.severity == "stop"
    assert "no unit in treatment" in check.text


def test_an_unmeasured_primary_metric_stops() -> None:
    check = found(protocol(primary="revenue"), observed())["protocol"]
    assert check.severity == "stop"
    assert "revenue was not measured" in check.text


def beside(units: int, gain: float = 0.0) -> Pair:
    """Another experiment that shares so many units, with another effect under its treatment."""
    under = {
        "control": Difference(0.05, 0.01, 0.03, 0.07, 0.95, 0.0, "Welch"),
        "treatment": Difference(0.05 + gain, 0.01, 0.03 + gain, 0.07 + gain, 0.95, 0.0, "Welch"),
    }
    return Pair(
        "home_feed", units, 0.5, Difference(gain, 0.014, gain - 0.03, gain + 0.03, 0.95, None, "Wald"), under
    )


@pytest.mark.parametrize(("units", "severity"), [(0, "info"), (10, "warn"), (4000, "stop")])
def test_excluded_experiments_must_not_share_units(units: int, severity: str) -> None:
    check = found(protocol(exclusive_with=["home_feed"]), observed(), beside(units))["kept_apart"]
    assert check.passed == (units == 0)
    assert check.severity == severity


def test_an_interaction_is_told_with_both_effects() -> None:
    check = found(protocol(exclusive_with=["home_feed"]), observed(), beside(4000, -0.08))["kept_apart"]
    assert "+5.0\u00a0pts with control of home_feed but by −3.0\u00a0pts with treatment" in check.text


def test_an_interaction_with_an_experiment_that_may_overlap_warns() -> None:
    check = found(protocol(), observed(), beside(4000, -0.08))["overlap_home_feed"]
    assert (check.passed, check.severity) == (False, "warn")
    assert found(protocol(), observed(), beside(4000))["overlap_home_feed"].passed


def test_assignment_that_leans_on_another_experiment_stops() -> None:
    leaning = replace(beside(4000), p_independent=1e-9)
    assert found(protocol(), observed(), leaning)["overlap_home_feed"].severity == "stop"


def split(*counts: tuple[int, int]) -> Observations:
    """Units of control and treatment by platform and day."""
    cells = [
        Cell(arm, START + timedelta(days=at), n, n, {"activated": share(n // 2, n)}, {"platform": f"p{at}"})
        for at, pair in enumerate(counts)
        for arm, n in zip(("control", "treatment"), pair, strict=True)
    ]
    return Observations.of(cells, {"activated"})


def test_a_split_that_differs_by_day_and_platform_stops_though_the_whole_is_even() -> None:
    checks = found(protocol(), split((1500, 500), (500, 1500)))
    assert checks["sample_ratio"].passed
    for key in ("split_by_day", "split_by_platform"):
        assert checks[key].severity == "stop"
        assert "1,500 to 500" in checks[key].text or "500 to 1,500" in checks[key].text
    assert all(
        check.passed for check in found(protocol(guard_rails=[]), split((1000, 1020), (990, 1000))).values()
    )


def test_a_monitored_split_is_judged_by_a_test_that_may_be_repeated() -> None:
    odd = split((10200, 9700))
    assert not found(protocol(), odd)["sample_ratio"].passed
    assert found(protocol(design="sequential"), odd)["sample_ratio"].passed


def test_a_fading_effect_is_called_novelty() -> None:
    weekly = [(500, 700), (520, 600), (510, 520), (500, 440)]
    cells = [
        Cell(arm, START + timedelta(weeks=at), 1000, 1000, {"activated": share(successes, 1000)})
        for at, pair in enumerate(weekly)
        for arm, successes in zip(("control", "treatment"), pair, strict=True)
    ]
    check = found(protocol(), Observations.of(cells, {"activated"}))["lasting"]
    assert (check.passed, check.severity) == (False, "warn")
    assert "novelty" in check.text


def test_outcomes_before_assignment_stop() -> None:
    assert found(protocol(), observed(early=5))["outcome_after"].severity == "warn"
    assert found(protocol(), observed(early=500))["outcome_after"].severity == "stop"


def test_days_that_a_metric_lacks_are_named() -> None:
    check = found(protocol(), observed(counted={"activated": Counted(23, 37)}))["days"]
    assert not check.passed
    assert "activated on 23 of 37 days" in check.text


def test_two_metrics_that_are_one_are_called_twins() -> None:
    cells = [
        Cell(arm, None, 1000, 1000, {"activated": share(300, 800), "retention": share(300, 1000)})
        for arm in ("control", "treatment")
    ]
    check = found(protocol(), Observations.of(cells, {"activated", "retention"}))["twins"]
    assert "count the same over other denominators" in check.text
