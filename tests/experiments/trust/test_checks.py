"""Trust is checked before any effect, and a failed check says what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.effects.monitoring import within_plan
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust import checks as trust
from helpers.experiments.trust.assignment import odds_of_means
from helpers.experiments.trust.checks import Diagnostics
from helpers.experiments.trust.interference import Interaction, Overlap
from helpers.experiments.trust.randomization import Randomization, randomization
from helpers.experiments.verdict.readout import Readout, read
from helpers.records import Check
from helpers.stats import Difference, Moments

from ..conftest import START, Load, observed, protocol, share


def found(plan: Protocol, seen: Observations, *pairs: Overlap) -> dict[str, Check]:
    return {check.key: check for check in trust.all_checks(plan, seen, Diagnostics(pairs))}


def test_a_sound_experiment_passes_all() -> None:
    checks = trust.all_checks(protocol(), observed(), Diagnostics())
    assert not any(check.failed for check in checks)
    assert {check.key for check in checks if not check.looked} == {
        "unit",
        "outcome_after",
        "alike_before",
        "lasting",
    }


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
        VariantDay(arm, None, 2000, 2000 - missing, {"activated": share(800, 2000)})
        for arm, missing in zip(("control", "treatment"), lost, strict=True)
    )
    check = found(protocol(), Observations.of(cells, frozenset({"activated"})))["outcomes"]
    assert check.passed == passed


def test_departures_from_the_protocol_are_listed() -> None:
    plan = protocol(start=date(2026, 7, 8), end=date(2026, 7, 9))
    check = found(plan, within_plan(plan, observed(days=10)))["protocol"]
    assert not check.passed
    assert check.severity == "warn"
    assert "units from 6 Jul 2026, planned from 8 Jul 2026" in check.text
    assert "2,400 users assigned after 9 Jul 2026, when the plan was met, are left out" in check.text
    many = found(protocol(planned_sample=3000), observed())["protocol"]
    assert "4,000 users, 3,000 planned" in many.text


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
    cells = [VariantDay("control", None, 2000, 2000, {"activated": share(800, 2000)})]
    seen = Observations.of(cells, {"activated"})
    check = found(protocol(), seen)["protocol"]
    assert check.severity == "stop"
    assert "no unit in treatment" in check.text
    assert "Supply what is missing" in check.text


def test_an_unmeasured_primary_metric_stops() -> None:
    check = found(protocol(primary="revenue"), observed())["protocol"]
    assert check.severity == "stop"
    assert "revenue was not measured" in check.text


def beside(units: int, gain: float = 0.0) -> Overlap:
    """Another experiment that shares so many units, with another effect under its treatment."""
    under = {
        "control": Difference(0.05, 0.01, 0.03, 0.07, 0.95, 0.0, "Welch"),
        "treatment": Difference(0.05 + gain, 0.01, 0.03 + gain, 0.07 + gain, 0.95, 0.0, "Welch"),
    }
    gap = Difference(gain, 0.014, gain - 0.03, gain + 0.03, 0.95, None, "Wald")
    return Overlap("home_feed", units, 0.5, (Interaction("treatment", under, gap),))


@pytest.mark.parametrize(("units", "severity"), [(0, "info"), (10, "warn"), (4000, "stop")])
def test_excluded_experiments_must_not_share_units(units: int, severity: str) -> None:
    check = found(protocol(exclusive_with=["home_feed"]), observed(), beside(units))["kept_apart"]
    assert (check.failed, check.looked) == (units > 0, units > 0)
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
        VariantDay(
            arm, START + timedelta(days=at), n, n, {"activated": share(n // 2, n)}, {"platform": f"p{at}"}
        )
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
    even = found(protocol(guard_rails=[]), split((1000, 1020), (990, 1000)))
    assert not any(check.failed for check in even.values())


def test_a_monitored_split_is_judged_by_a_test_that_may_be_repeated() -> None:
    odd = split((10200, 9700))
    assert not found(protocol(), odd)["sample_ratio"].passed
    assert found(protocol(design="sequential"), odd)["sample_ratio"].passed


def undated(*, dated: tuple[int, int], rest: tuple[int, int]) -> Observations:
    """Units of control and treatment on a day that is known, and on one that is not."""
    cells = [
        VariantDay(arm, day, n, n, {"activated": share(n // 2, n)})
        for day, counts in ((START, dated), (None, rest))
        for arm, n in zip(("control", "treatment"), counts, strict=True)
        if n
    ]
    return Observations.of(cells, {"activated"})


@pytest.mark.parametrize("design", ["fixed-horizon", "sequential"])
@pytest.mark.parametrize(
    ("dated", "rest", "even"), [((2000, 1200), (0, 800), True), ((1600, 1600), (0, 800), False)]
)
def test_units_without_a_date_count_in_every_test_of_the_split(
    design: str, dated: tuple[int, int], rest: tuple[int, int], even: bool
) -> None:
    checks = found(protocol(design=design), undated(dated=dated, rest=rest))
    assert checks["sample_ratio"].passed == even
    assert checks["split_by_day"].severity == "stop"
    assert "0 to 800 (control to treatment) on a day not known" in checks["split_by_day"].text


def test_planned_dates_that_cannot_be_compared_are_a_departure() -> None:
    plan = protocol(start=START, end=START, guard_rails=[])
    text = found(plan, observed())["protocol"].text
    assert text == (
        "Data depart from the protocol in one point: the planned dates could not be compared, since the "
        "day of assignment of the users is not known."
    )
    some = found(plan, undated(dated=(1900, 1900), rest=(100, 100)))["protocol"].text
    assert "the day of assignment of 200 of 4,000 users is not known" in some
    assert found(protocol(guard_rails=[]), observed())["protocol"].passed


def test_outcomes_before_assignment_stop() -> None:
    assert found(protocol(), observed(early=5))["outcome_after"].severity == "warn"
    assert found(protocol(), observed(early=500))["outcome_after"].severity == "stop"


def test_days_that_a_metric_lacks_are_named() -> None:
    check = found(protocol(), observed(day_coverage={"activated": DayCoverage(23, 37)}))["days"]
    assert not check.passed
    assert "activated on 23 of 37 days" in check.text


def test_daily_totals_are_counted_by_day_as_a_second_opinion() -> None:
    cells = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for day in range(12)
        for arm, successes in (("control", 20), ("treatment", 21 if day else 10))
    ]
    seen = replace(Observations.of(cells, {"activated"}), day_coverage={"activated": DayCoverage(12, 12)})
    check = found(protocol(), seen)["by_day"]
    assert (check.passed, check.severity) == (True, "info")
    assert "Activation is higher with treatment on 11 of 12 days" in check.text
    assert "by_day" not in found(protocol(), observed(days=14))


def test_two_metrics_that_are_one_are_called_twins() -> None:
    cells = [
        VariantDay(arm, None, 1000, 1000, {"activated": share(300, 800), "retention": share(300, 1000)})
        for arm in ("control", "treatment")
    ]
    check = found(protocol(), Observations.of(cells, {"activated", "retention"}))["twins"]
    assert "count the same over other denominators" in check.text


def test_a_metric_missing_unlike_stops_though_other_outcomes_are_missing_too() -> None:
    cells = [
        VariantDay(
            arm, None, 2000, 1990, {"activated": share(300, known), "support_contacts": share(9, 1990)}
        )
        for arm, known in (("control", 1900), ("treatment", 1500))
    ]
    check = found(protocol(), Observations.of(cells, {"activated"}))["outcomes"]
    assert check.severity == "stop"
    assert "Activation is missing for 5.0% in control and 25.0% in treatment" in check.text


def with_contacts(known: tuple[int, int], activated: tuple[int, int] = (2000, 2000)) -> Observations:
    """2,000 units an arm, of some of whom activation and support contacts are known."""
    cells = [
        VariantDay(
            arm, None, 2000, 2000, {"activated": share(300, n), "support_contacts": Moments(m, 0.25, 0.25)}
        )
        for arm, n, m in zip(("control", "treatment"), activated, known, strict=True)
    ]
    return Observations.of(cells, {"activated"})


def test_a_guard_rail_that_is_missing_unlike_stops_and_is_named() -> None:
    check = found(protocol(), with_contacts((2000, 1000)))["outcomes"]
    assert check.severity == "stop"
    assert check.text.startswith(
        "Support contacts per unit is missing for 0.0% in control and 50.0% in treatment"
    )
    assert found(protocol(guard_rails=[]), with_contacts((2000, 1000)))["outcomes"].passed
    both = found(protocol(), with_contacts((1900, 1900), (1990, 1500)))["outcomes"]
    assert both.severity == "stop"
    assert "Activation is missing for 0.5% in control and 25.0% in treatment" in both.text
    assert "Support contacts per unit is missing for 5.0% in control and 5.0% in treatment" in both.text


def test_the_limit_of_missing_values_is_shared_by_the_metrics_that_decide() -> None:
    unlike = with_contacts((1900, 1849))
    assert found(protocol(), unlike)["outcomes"].passed
    alone = protocol(primary="support_contacts", guard_rails=[])
    assert not found(alone, unlike)["outcomes"].passed


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
    assert "one_outcome" not in found(protocol(), observed())


def test_units_that_name_no_group_are_no_group(supplied: Load) -> None:
    tables = supplied(
        assignments=pd.DataFrame(
            {
                "experiment": "checkout",
                "unit_id": list("abcdef"),
                "variant": ["control", "treatment"] * 3,
                "cluster_id": ["one", "two", "one", "two", None, None],
            }
        ),
        outcomes=pd.DataFrame({"unit_id": list("abcdef"), "activated": [True, False] * 3}),
    )
    seen = randomization(protocol(), tables["assignments"], tables["outcomes"])
    assert (seen.units, seen.ungrouped, seen.groups) == (6, 2, 2)
    assert (seen.several, seen.together, seen.divided, seen.expected) == (2, 2, 0, 1.0)


def robots(values: dict[int, float], shift: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """1,000 units of normal revenue, treatment `shift` higher, some with values of their own."""
    generator = np.random.default_rng(2)
    ids, variant = [f"u{at}" for at in range(1000)], np.repeat(["control", "treatment"], 500)
    revenue = generator.normal(20.0, 3.0, 1000) + shift * (variant == "treatment")
    revenue[list(values)] = list(values.values())
    named = {"experiment": "checkout", "unit_id": ids, "variant": variant}
    return pd.DataFrame(named), pd.DataFrame({"unit_id": ids, "revenue": revenue})


@pytest.mark.parametrize(
    ("values", "shift", "severity", "said"),
    [
        ({}, 1.0, "info", "No values far from all others"),
        ({700: 90_000.0}, 0.0, "warn", "One user of treatment has Revenue per account of"),
        ({700: -90_000.0}, 1.0, "stop", "and the verdict hangs on that"),
        ({at: 500.0 + at for at in range(700, 705)}, 0.0, "stop", "5 users of treatment have Revenue per"),
        ({3: 900.0, 700: -900.0}, 0.0, "warn", "One user of control and one user of treatment have"),
    ],
)
def test_values_that_stand_apart_are_named_and_stop_a_verdict_that_hangs_on_them(
    values: dict[int, float], shift: float, severity: str, said: str, supplied: Load
) -> None:
    assignments, outcomes = robots(values, shift)
    plan = protocol(primary="revenue", guard_rails=[], planned_sample=1000)
    readout = read(plan, **supplied(assignments=assignments, outcomes=outcomes))
    (check,) = [one for one in readout.checks if one.key == "outliers"]
    assert (check.severity, said in check.text) == (severity, True), check.text
    assert (readout.verdict.decision == "No verdict") == (severity == "stop")


def accounts(load: Load, **changes: Any) -> dict[str, Check]:
    """The checks of 400 accounts, by their key."""
    return {check.key: check for check in of_accounts(load, **changes).checks}


def of_accounts(load: Load, **changes: Any) -> Readout:
    """The readout of 400 accounts of ten users, assigned whole; some columns are changed for some users."""
    generator = np.random.default_rng(21)
    account = np.repeat(np.arange(400), 10)
    users = pd.DataFrame(
        {
            "experiment": "checkout",
            "unit_id": [f"u{at}" for at in range(4000)],
            "variant": np.where(account % 2, "treatment", "control"),
            "cluster_id": account.astype(str),
            "assigned_at": pd.Timestamp("2026-07-10"),
            "measured_at": pd.Timestamp("2026-07-20"),
            "activated": pd.Series(generator.random(4000) < 0.4, dtype="boolean"),
            "support_contacts": generator.poisson(1, 4000).astype(float),
            "pre_orders": generator.normal(5, 1, 400)[account] + generator.normal(0, 1, 4000),
        }
    )
    for name, (which, value) in changes.items():
        users.loc[which(users), name] = value
    kept = users[users["measured_at"].notna()]
    tables = load(
        assignments=users[["experiment", "unit_id", "variant", "cluster_id", "assigned_at"]],
        outcomes=kept[["unit_id", "measured_at", "activated", "support_contacts", "pre_orders"]],
    )
    return read(protocol(cluster="account"), **tables)


def every(step: int, below: int) -> Callable[[pd.DataFrame], pd.Series]:
    """Of every so many users, counted from the first of the treatment, those before `below` that have it."""
    return lambda users: (users["variant"] == "treatment") & ((users.index - 10) % step < below)


def test_sound_accounts_pass_all(supplied: Load) -> None:
    failed = {key: check.text for key, check in accounts(supplied).items() if check.failed}
    assert not failed


@pytest.mark.parametrize(
    ("which", "share"),
    [(every(10, 6), "60.0%"), (lambda users: every(10, 6)(users) & (users.index % 200 < 100), "30.0%")],
)
def test_outcomes_missing_in_the_accounts_of_one_arm_stop(
    supplied: Load, which: Callable[[pd.DataFrame], pd.Series], share: str
) -> None:
    check = accounts(supplied, measured_at=(which, pd.NaT))["outcomes"]
    assert check.severity == "stop"
    told = (
        f"Activation is missing for 0.0% in control and {share} in treatment of the users of a mean account"
    )
    assert check.text.startswith(told)


def test_a_guard_rail_missing_in_whole_accounts_is_named_and_those_are_no_part_of_the_effect(
    supplied: Load,
) -> None:
    found = of_accounts(supplied, support_contacts=(every(100, 40), np.nan))
    assert [(one.effect.control.n, one.effect.treatment.n) for one in found.guard_rails] == [(200, 120)]
    (check,) = [check for check in found.checks if check.key == "outcomes"]
    assert check.severity == "stop"
    assert "Activation" not in check.text
    assert check.text.startswith(
        "Support contacts per unit is missing for 0.0% in control and 40.0% in treat"
    )
    assert "stands on the 320 of 400 accounts with a user for whom it is known" in check.text


@pytest.mark.parametrize(("below", "severity"), [(1, "warn"), (10, "stop")])
def test_users_of_accounts_that_were_measured_before_assignment_are_counted(
    supplied: Load, below: int, severity: str
) -> None:
    early = pd.Timestamp("2026-07-01")
    check = accounts(supplied, measured_at=(every(200, below), early))["outcome_after"]
    assert check.severity == severity
    assert f"The outcome of {20 * below} of 4,000 users was measured before" in check.text


def test_accounts_that_differed_before_the_start_stop(supplied: Load) -> None:
    check = accounts(supplied, pre_orders=(every(1, 1), 9.0))["alike_before"]
    assert check.severity == "stop"
    assert "The arms differed before the start: pre_orders" in check.text


@pytest.mark.parametrize(("below", "severity"), [(2, "warn"), (10, "stop")])
def test_users_whose_account_is_not_known_are_left_out_and_told(
    supplied: Load, below: int, severity: str
) -> None:
    checks = accounts(supplied, cluster_id=(every(200, below), None))
    assert checks["grouped"].severity == severity
    assert f"{20 * below} of 4,000 users" in checks["grouped"].text
    assert checks["unit"].passed
    assert checks["sample_ratio"].text.startswith(f"Units were split 200 to {200 if below < 10 else 180} (")


@pytest.mark.parametrize(("units", "p"), [(2, 1 / 3), (10, 2 / 184_756)])
def test_arms_that_do_not_vary_and_differ_are_no_chance_unless_they_are_few(units: int, p: float) -> None:
    constant = [Moments(units, mean, 0.0) for mean in (1.0, 2.0)]
    assert odds_of_means(constant[0], constant[1]) == pytest.approx(p)
    assert odds_of_means(constant[0], constant[0]) == 1.0
