"""Trust is checked before any effect, and a failed check says what to do."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from helpers.experiments import trust
from helpers.experiments.interference import Pair
from helpers.experiments.observations import Cell, Counted, Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.randomization import Randomization, randomization
from helpers.experiments.readout import read
from helpers.experiments.trust import Around
from helpers.records import Check
from helpers.stats import Difference

from .conftest import START, Load, observed, protocol, share


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


def test_a_late_start_and_a_short_sample_at_the_planned_end_are_departures() -> None:
    late = protocol(start=date(2026, 7, 1), end=date(2026, 7, 15), planned_sample=8000)
    text = found(late, observed(days=10))["protocol"].text
    assert text == (
        "Data depart from the protocol in 2 points: units from 6 Jul 2026, planned from 1 Jul 2026; "
        "4,000 users at the planned end, 8,000 planned."
    )


def test_what_agrees_is_named_and_dates_only_where_they_were_planned() -> None:
    dated = protocol(start=START, end=START + timedelta(days=9))
    assert "variants, dates, split and primary metric are" in found(dated, observed(days=10))["protocol"].text
    assert "variants, split and primary metric are" in found(protocol(), observed(days=10))["protocol"].text


def test_a_monitored_split_departs_only_where_the_repeated_test_says_so() -> None:
    odd = observed((4080, 10200), (3880, 9700))
    assert "a split of 51.3% to 48.7%, planned 50% to 50%" in found(protocol(), odd)["protocol"].text
    assert found(protocol(design="sequential"), odd)["protocol"].passed


def test_a_missing_variant_stops() -> None:
    cells = [Cell("control", None, 2000, 2000, {"activated": share(800, 2000)})]
    seen = Observations.of(cells, {"activated"})
    check = found(protocol(), seen)["protocol"]
    assert check.severity == "stop"
    assert "no unit in treatment" in check.text
    assert "Supply what is missing" in check.text


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


def test_assignment_must_lean_more_to_stop_among_more_experiments() -> None:
    """A p of 0.0006 is below 0.001, and is not below a third of it."""
    leaning = replace(beside(4000), p_independent=0.0006)
    others = [replace(beside(4000), other=name) for name in ("onboarding", "search")]
    assert found(protocol(), observed(), leaning)["overlap_home_feed"].severity == "stop"
    among = found(protocol(), observed(), leaning, *others)
    assert all(among["overlap_" + name].passed for name in ("home_feed", "onboarding", "search"))
    excluded = found(protocol(exclusive_with=["onboarding", "search"]), observed(), leaning, *others)
    assert excluded["overlap_home_feed"].severity == "stop"


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


def test_daily_totals_are_counted_by_day_as_a_second_opinion() -> None:
    cells = [
        Cell(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for day in range(12)
        for arm, successes in (("control", 20), ("treatment", 21 if day else 10))
    ]
    seen = replace(Observations.of(cells, {"activated"}), counted={"activated": Counted(12, 12)})
    check = found(protocol(), seen)["by_day"]
    assert (check.passed, check.severity) == (True, "info")
    assert "Activation is higher with treatment on 11 of 12 days" in check.text
    assert "by_day" not in found(protocol(), observed(days=14))


def test_two_metrics_that_are_one_are_called_twins() -> None:
    cells = [
        Cell(arm, None, 1000, 1000, {"activated": share(300, 800), "retention": share(300, 1000)})
        for arm in ("control", "treatment")
    ]
    check = found(protocol(), Observations.of(cells, {"activated", "retention"}))["twins"]
    assert "count the same over other denominators" in check.text


def test_a_metric_missing_unlike_stops_though_other_outcomes_are_missing_too() -> None:
    cells = [
        Cell(arm, None, 2000, 1990, {"activated": share(300, known), "support_contacts": share(9, 1990)})
        for arm, known in (("control", 1900), ("treatment", 1500))
    ]
    check = found(protocol(), Observations.of(cells, {"activated"}))["outcomes"]
    assert check.severity == "stop"
    assert "Activation is missing for 5.0% in control and 25.0% in treatment" in check.text


def grouped(load: Load, *, together: bool) -> dict[str, Check]:
    """The checks of 300 accounts of one to four users, assigned account by account or user by user."""
    generator = np.random.default_rng(11)
    account = np.repeat(np.arange(300), generator.integers(1, 5, 300))
    treated = (generator.random(300) < 0.5)[account] if together else generator.random(account.size) < 0.5
    ids = [f"u{at}" for at in range(account.size)]
    variant = np.where(treated, "treatment", "control")
    tables = load(
        assignments=pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": variant, "cluster_id": account.astype(str)}
        ),
        outcomes=pd.DataFrame({"unit_id": ids, "activated": generator.random(account.size) < 0.4}),
    )
    plans = {"users": protocol(guard_rails=[]), "accounts": protocol(guard_rails=[], cluster="account")}
    return {
        name: next(check for check in read(plan, **tables).checks if check.key == "unit")
        for name, plan in plans.items()
    }


def test_the_unit_that_was_assigned_must_be_the_one_of_the_protocol(supplied: Load) -> None:
    assigned_by_account = grouped(supplied, together=True)
    assert assigned_by_account["accounts"].passed
    assert assigned_by_account["users"].severity == "stop"
    assert "Whole groups were assigned, not each user" in assigned_by_account["users"].text


def test_clusters_that_stand_in_two_variants_were_not_assigned_whole(supplied: Load) -> None:
    assigned_by_user = grouped(supplied, together=False)
    assert assigned_by_user["users"].passed
    assert assigned_by_user["accounts"].severity == "stop"
    assert "take cluster out of the protocol" in assigned_by_user["accounts"].text


def test_outcomes_of_something_smaller_than_the_unit_stop(supplied: Load) -> None:
    ids = [f"u{at}" for at in range(400)]
    tables = supplied(
        assignments=pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": ["control", "treatment"] * 200}
        ),
        outcomes=pd.DataFrame({"unit_id": ids + ids[:50], "activated": [True, False, False] * 150}),
    )
    check = next(one for one in read(protocol(guard_rails=[]), **tables).checks if one.key == "one_outcome")
    assert check.severity == "stop"
    assert "50 of 450 rows of outcomes repeat a unit" in check.text


def test_without_groups_and_repeats_the_unit_is_no_check(supplied: Load) -> None:
    ids = ["a", "b", "c", "d"]
    tables = supplied(
        assignments=pd.DataFrame(
            {"experiment": "checkout", "unit_id": ids, "variant": ["control", "treatment"] * 2}
        ),
        outcomes=pd.DataFrame({"unit_id": ids, "activated": [True, False, False, True]}),
    )
    assert randomization(protocol(), tables["assignments"], tables["outcomes"]) == Randomization(outcomes=4)
    assert not {"unit", "one_outcome"} & set(found(protocol(), observed()))


def test_novelty_is_looked_for_among_three_variants_too() -> None:
    cells = [
        Cell(arm, START + timedelta(weeks=at), 1000, 1000, {"activated": share(500, 1000)})
        for at in range(4)
        for arm in ("control", "blue", "green")
    ]
    plan = protocol(variants={"control": 1, "blue": 1, "green": 1}, guard_rails=[])
    assert found(plan, Observations.of(cells, {"activated"}))["lasting"].passed
