"""The rule of the protocol decides, and nothing else."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.experiments.effects.monitoring import outlook, within_plan
from helpers.experiments.observations.aggregates import DayCoverage, Observations, VariantDay
from helpers.experiments.verdict.readout import conclude
from helpers.stats import Moments, anytime_critical

from ..conftest import START, observed, protocol, share

NPS = {"control": 20.0, "treatment": 30.0}


def decision(found: Observations, **changes: Any) -> str:
    return conclude(protocol(**changes), found).verdict.decision


def test_a_clear_gain_ships() -> None:
    found = conclude(protocol(), observed((800, 2000), (920, 2000)))
    assert found.verdict.decision == "Ship"
    assert "between 2.9 and 9.1 points higher with the treatment" in found.verdict.sentence
    assert "stays within its margin" in found.verdict.sentence


def test_a_gain_that_may_be_too_small_says_so() -> None:
    found = conclude(protocol(), observed((800, 2000), (870, 2000)))
    assert found.verdict.decision == "Ship"
    assert "may be as small as 0.4\u00a0pts" in found.verdict.stake.sentence
    assert "less than the 2.0\u00a0pts worth having" in found.verdict.stake.sentence


def test_a_gain_that_is_surely_too_small_ships_and_is_called_so() -> None:
    seen = observed((80000, 200000), (82000, 200000))
    found = conclude(protocol(planned_sample=400000), seen)
    assert found.verdict.decision == "Ship"
    assert (
        "But the gain is small: one of 2.0\u00a0pts, the smallest worth having, is ruled out."
        in found.verdict.sentence
    )
    enough = conclude(protocol(planned_sample=400000, minimum_effect=0.01), seen)
    assert enough.verdict.decision == "Ship"
    assert "ruled out" not in enough.verdict.sentence


def test_no_clear_effect_does_not_ship() -> None:
    found = conclude(protocol(), observed((800, 2000), (810, 2000)))
    assert found.verdict.decision == "Do not ship"
    assert "is not ruled out" in found.verdict.sentence


def test_a_gain_worth_having_can_be_ruled_out() -> None:
    found = conclude(protocol(planned_sample=40000), observed((8000, 20000), (8000, 20000)))
    assert found.verdict.decision == "Do not ship"
    assert "is ruled out" in found.verdict.sentence


def test_harm_does_not_ship() -> None:
    found = conclude(protocol(), observed((900, 2000), (800, 2000)))
    assert found.verdict.decision == "Do not ship"
    assert "which is worse" in found.verdict.sentence


@pytest.mark.parametrize(
    ("contacts", "expected", "words"),
    [
        ((0.25, 0.25), "Ship", "stays within its margin"),
        ((0.25, 0.28), "Do not ship", "may get worse by more than"),
        ((0.25, 0.40), "Do not ship", "gets worse by more than"),
        ((0.25, 0.10), "Ship", "stays within its margin"),
    ],
)
def test_a_guard_rail_must_be_shown_to_hold(contacts: tuple[float, float], expected: str, words: str) -> None:
    found = conclude(protocol(), observed((800, 2000), (920, 2000), contacts=contacts))
    assert found.verdict.decision == expected
    assert words in found.verdict.sentence


def test_before_the_planned_sample_a_win_is_no_verdict_yet() -> None:
    found = conclude(protocol(planned_sample=8000), observed((800, 2000), (920, 2000), days=10))
    assert found.verdict.decision == "Keep running"
    assert "4,000 of 8,000 planned users" in found.verdict.sentence
    assert "needs 10\u00a0days" in found.verdict.sentence


def test_a_sequential_test_may_be_decided_early() -> None:
    early = observed((800, 2000), (1000, 2000))
    assert decision(early, planned_sample=8000, design="sequential") == "Ship"
    assert (
        decision(observed((800, 2000), (860, 2000)), planned_sample=8000, design="sequential")
        == "Keep running"
    )


def test_a_broken_split_withholds_any_verdict() -> None:
    found = conclude(protocol(), observed((800, 2000), (900, 1600)))
    assert found.verdict.decision == "No verdict"
    assert not found.trusted


def test_an_unmeasured_guard_rail_withholds_the_verdict() -> None:
    cells = tuple(
        VariantDay(arm, None, 2000, 2000, {"activated": share(successes, 2000)})
        for arm, successes in (("control", 800), ("treatment", 950))
    )
    found = conclude(protocol(), Observations.of(cells, frozenset({"activated"})))
    assert found.verdict.decision == "No verdict"
    assert "support_contacts was not measured" in found.verdict.sentence


def test_a_metric_where_less_is_better_is_won_by_less() -> None:
    changes = {"primary": "support_contacts", "guard_rails": [], "minimum_effect": 0.05}
    assert decision(observed(contacts=(0.25, 0.10)), **changes) == "Ship"
    assert decision(observed(contacts=(0.25, 0.40)), **changes) == "Do not ship"


def test_one_unit_an_arm_gives_no_verdict() -> None:
    cells = tuple(
        VariantDay(arm, date(2026, 7, 6), 1, 1, {"activated": share(1, 2)})
        for arm in ("control", "treatment")
    )
    one = tuple(
        VariantDay(cell.variant, cell.day, 1, 1, {"activated": type(share(1, 2))(1, 1.0, 0.0)})
        for cell in cells
    )
    found = conclude(protocol(guard_rails=[]), Observations.of(one, {"activated"}))
    assert found.verdict.decision == "No verdict"


def test_what_a_wrong_no_would_forgo_is_said() -> None:
    found = conclude(protocol(), observed((800, 2000), (810, 2000)))
    assert found.verdict.stake.amount == "up to 3.5\u00a0pts"
    assert "up to 3.5\u00a0pts (354 for every 10,000 users) is missed" in found.verdict.stake.sentence
    assert "no less than the 2.0\u00a0pts worth having" in found.verdict.stake.sentence


def test_what_a_wrong_yes_would_cost_is_the_lower_limit_and_the_worst_of_the_guard_rails() -> None:
    found = conclude(protocol(), observed((800, 2000), (920, 2000), days=10))
    assert found.primary is not None
    least = found.primary.difference.low
    assert found.verdict.stake.amount == f"as small as {100 * least:.1f}\u00a0pts"
    weekly = f"about {round(2800 * least)} a week, at this test's pace of 2,800 users"
    assert weekly in found.verdict.stake.sentence
    assert "Support contacts per unit may get worse by 0.031" in found.verdict.stake.sentence


def test_only_units_whose_outcome_is_known_are_added_up() -> None:
    cells = [
        VariantDay(arm, START + timedelta(days=day), 100, 80, {"activated": share(successes, 80)})
        for day in range(10)
        for arm, successes in (("control", 32), ("treatment", 45))
    ]
    found = conclude(protocol(guard_rails=[], planned_sample=2000), Observations.of(cells, {"activated"}))
    assert "at this test's pace of 1,120 users with an outcome" in found.verdict.stake.sentence


def test_a_share_of_a_part_of_the_daily_trials_is_not_added_up() -> None:
    cells = [
        VariantDay(
            arm, START, 2000, 2000, {"activated": share(100, 500), "conversion": share(successes, 2000)}
        )
        for arm, successes in (("control", 100), ("treatment", 120))
    ]
    counted = {"activated": DayCoverage(1, 1), "conversion": DayCoverage(1, 1)}
    seen = replace(Observations.of(cells, {"activated", "conversion"}), day_coverage=counted)
    plan = {"guard_rails": [], "planned_sample": 4000}
    told = conclude(protocol(**plan), seen).verdict.stake.sentence
    assert "a week" not in told
    whole = conclude(protocol(**plan, primary="conversion"), seen).verdict.stake.sentence
    assert "at this test's pace of 28,000 users" in whole


def test_after_harm_nothing_is_missed() -> None:
    found = conclude(protocol(), observed((900, 2000), (800, 2000)))
    assert found.verdict.stake.amount == "nothing is missed"
    assert "even at best Activation gets worse by 1.9" in found.verdict.stake.sentence


def test_what_waiting_costs_and_buys_is_said() -> None:
    found = conclude(protocol(planned_sample=8000), observed((800, 2000), (920, 2000), days=10))
    assert found.primary is not None
    most, low = found.primary.difference.high, found.primary.difference.low
    half = 100 * (most - low) / 2
    stake = found.verdict.stake
    assert stake.amount == "10\u00a0days"
    assert f"up to {round(1400 * most)} a week in Activation that control misses meanwhile" in stake.sentence
    assert f"about ±{half / 2**0.5:.1f}\u00a0pts instead of ±{half:.1f}\u00a0pts" in stake.sentence
    assert "wrong more often than the 5% agreed" in stake.sentence


def test_numbers_that_are_not_trusted_promise_nothing() -> None:
    found = conclude(protocol(), observed((800, 2000), (900, 1600)))
    assert "do not act on these numbers" in found.verdict.stake.sentence


def test_an_amount_that_does_not_add_up_over_units_is_told_alone() -> None:
    cells = [VariantDay(arm, None, 900, 900, {"nps": Moments(900, mean, 900.0)}) for arm, mean in NPS.items()]
    plan = protocol(primary="nps", guard_rails=[], minimum_effect=5, planned_sample=1800)
    found = conclude(plan, Observations.of(cells, ()))
    assert found.verdict.decision == "Ship"
    assert (
        "as small as 7.2\u00a0pts, no less than the 5.0\u00a0pts worth having."
        in found.verdict.stake.sentence
    )


@pytest.mark.parametrize(
    ("days", "expected"), [(9, "Keep running"), (10, "Ship"), (12, "Ship")], ids=["before", "at", "after"]
)
def test_where_the_end_is_planned_by_date_the_dates_decide(days: int, expected: str) -> None:
    plan = protocol(start=START, end=START + timedelta(days=9), planned_sample=100)
    found = conclude(plan, observed((800, 2000), (920, 2000), days=days))
    assert found.verdict.decision == expected
    if days == 9:
        assert "the planned end is 15 Jul 2026" in found.verdict.sentence
        assert found.verdict.stake.amount == "1\u00a0day"


def test_a_monitored_test_waits_for_a_guard_rail_that_may_still_hold() -> None:
    changes = {"design": "sequential", "planned_sample": 40000}
    open_yet = conclude(protocol(**changes), observed((800, 2000), (1000, 2000), contacts=(0.25, 0.27)))
    assert open_yet.verdict.decision == "Keep running"
    assert "may get worse by more than 0.050" in open_yet.verdict.sentence
    breached = observed((800, 2000), (1000, 2000), contacts=(0.25, 0.45))
    assert decision(breached, **changes) == "Do not ship"


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"planned_sample": 1600}, 9),
        ({"planned_sample": 1600, "end": "2026-07-12"}, 12),
        ({"planned_sample": 9000, "end": "2026-07-12"}, 12),
        ({"planned_sample": 1600, "design": "group-sequential", "end": "2026-07-12"}, 9),
        ({"planned_sample": 9000, "design": "group-sequential", "end": "2026-07-12"}, 12),
        ({"planned_sample": 1600, "design": "sequential", "end": "2026-07-12"}, 15),
    ],
)
def test_nothing_is_read_beyond_the_plan(changes: Mapping[str, Any], last: int) -> None:
    """400 units a day from 6 July on: 1,600 are in on the 9th."""
    plan, seen = protocol(**changes), observed(days=10)
    counted = within_plan(plan, seen)
    assert counted.days[-1] == date(2026, 7, last)
    assert counted.beyond == 400 * (15 - last)
    assert within_plan(plan, counted).beyond == counted.beyond
    assert conclude(plan, seen).verdict == conclude(plan, counted).verdict


def test_a_test_ends_though_nobody_is_assigned_on_its_last_day() -> None:
    plan, seen = protocol(end="2026-07-16", planned_sample=9000), observed(days=10)
    assert conclude(plan, seen).verdict.decision == "Keep running"
    known = replace(seen, known_until=date(2026, 7, 16))
    assert conclude(plan, known).verdict.decision == "Ship"
    before = replace(seen, known_until=date(2026, 7, 15))
    assert "the planned end is 16 Jul 2026" in conclude(plan, before).verdict.sentence


def test_units_without_a_date_are_not_left_out_with_those_beyond_the_plan() -> None:
    undated = VariantDay("treatment", None, 7, 7, {"activated": share(3, 7)})
    dated = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(40, 100)})
        for arm in ("control", "treatment")
        for day in range(10)
    ]
    counted = within_plan(protocol(planned_sample=807), Observations.of([*dated, undated], {"activated"}))
    assert counted.beyond == 1200
    assert counted.assigned("treatment") == 407


def test_a_test_that_is_over_is_not_read_otherwise_a_day_later() -> None:
    """A fixed horizon, clear at its end, whose next days point the other way."""
    first, after = observed((800, 2000), (1000, 2000), days=10), observed((1000, 2000), (400, 2000), days=20)
    later = after.on(after.days[10:])
    both = Observations.of(
        [
            VariantDay(str(arm), day.item(), int(n), int(n), {"activated": share(round(mean * n), int(n))})
            for seen in (first, later)
            for arm, day, n, mean in zip(seen.variant, seen.day, seen.units, seen.means[:, 0], strict=True)
        ],
        {"activated"},
    )
    plan = protocol(guard_rails=[])
    assert conclude(plan, first).verdict.decision == conclude(plan, both).verdict.decision == "Ship"
    assert conclude(protocol(guard_rails=[], planned_sample=5000), both).verdict.decision == "Do not ship"


def test_of_three_variants_the_test_ends_when_all_its_units_are_in() -> None:
    """An arm of fewer than a third of the sample does not keep a finished test running."""
    units = {"control": 2001, "blue": 2003, "green": 1996}
    cells = [VariantDay(arm, None, n, n, {"activated": share(n // 2, n)}) for arm, n in units.items()]
    plan = protocol(variants=dict.fromkeys(units, 1), guard_rails=[], planned_sample=6000)
    found = conclude(plan, Observations.of(cells, {"activated"}))
    assert {one.verdict.decision for one in (found, *found.other_treatments)} == {"Do not ship"}
    open_yet = conclude(plan.model_copy(update={"planned_sample": 9000}), found.observed)
    assert "6,000 of 9,000 planned users are in" in open_yet.verdict.sentence


def test_a_sequential_interval_narrows_with_its_own_boundary() -> None:
    plan = protocol(planned_sample=8000, design="sequential")
    now = outlook(plan, observed((800, 2000), (860, 2000)), plan)
    fixed = protocol(planned_sample=8000)
    later = outlook(fixed, observed((800, 2000), (860, 2000)), fixed)
    ratio = anytime_critical(8000, 8000) / anytime_critical(4000, 8000)
    assert now.narrows_to == pytest.approx(later.narrows_to * ratio)
    assert later.narrows_to == pytest.approx(0.5**0.5)


@given(
    st.sampled_from(["fixed-horizon", "sequential", "group-sequential"]),
    *[st.integers(0, 2000)] * 2,
    st.integers(3000, 9000),
    st.integers(0, 21),
)
def test_no_stake_claims_more_than_the_interval(
    design: str, control: int, treatment: int, planned: int, days: int
) -> None:
    plan = protocol(design=design, planned_sample=planned, guard_rails=[])
    found = conclude(plan, observed((control, 2000), (treatment, 2000), days=days))
    if found.primary is None or found.verdict.decision in ("No verdict", "Keep running"):
        return
    least, most = found.primary.gain
    stated = {"Ship": least, "Do not ship": abs(most)}[found.verdict.decision]
    assert re.search(rf"(?<![\d.,]){100 * stated:.1f}(?!\d)", found.verdict.stake.sentence)


def weekly(treatment: tuple[int, ...]) -> Observations:
    """A thousand units an arm and week, on four days of it; 400 of the control activate."""
    cells = [
        VariantDay(
            arm, START + timedelta(days=7 * at + day), 250, 250, {"activated": share(successes // 4, 250)}
        )
        for at, gained in enumerate(treatment)
        for day in range(4)
        for arm, successes in (("control", 400), ("treatment", gained))
    ]
    return Observations.of(cells, {"activated"})


MONITORED = {"guard_rails": [], "planned_sample": 8000}


def test_an_early_stop_states_the_exaggeration_and_a_corrected_estimate() -> None:
    looks = {"design": "group-sequential", "looks": ["2026-07-10"]}
    found = conclude(protocol(**MONITORED, **looks), weekly((440, 480)))
    assert found.verdict.decision == "Ship"
    assert found.exaggeration is not None
    assert 0 < found.exaggeration.corrected < found.exaggeration.observed
    assert "Stopped early, an estimate is too far from zero on average" in found.verdict.sentence
    assert "corrected, it is still +6.0\u00a0pts." in found.verdict.sentence
    sequential = conclude(protocol(**MONITORED, design="sequential"), weekly((440, 520)))
    assert sequential.exaggeration is not None
    assert sequential.exaggeration.looks == 2
    told = [100 * sequential.exaggeration.observed, 100 * sequential.exaggeration.corrected]
    assert f"the estimate of +{told[0]:.1f}" in sequential.verdict.sentence
    assert f"corrected: +{told[1]:.1f}" in sequential.verdict.sentence


def test_looks_at_which_a_guard_rail_was_open_were_no_chance_to_stop() -> None:
    plan = protocol(planned_sample=8000, design="sequential")
    cells = [
        VariantDay(
            arm,
            START + timedelta(days=7 * at + day),
            250,
            250,
            {"activated": share(successes // 4, 250), "support_contacts": Moments(250, contacts, 0.25)},
        )
        for at, gained, contacts_then in ((0, 520, 0.33), (1, 520, 0.15))
        for day in range(4)
        for arm, successes, contacts in (("control", 400, 0.25), ("treatment", gained, contacts_then))
    ]
    seen = Observations.of(cells, {"activated"})
    first = conclude(plan, seen.until(START + timedelta(days=6)))
    assert first.primary is not None
    assert (first.verdict.decision, first.primary.clear, first.exaggeration) == ("Keep running", True, None)
    second = conclude(plan, seen)
    assert second.verdict.decision == "Ship"
    assert second.exaggeration is not None
    assert second.exaggeration.looks == 1
    assert second.exaggeration.corrected == pytest.approx(second.exaggeration.observed)
    assert (
        f"corrected, it is still +{100 * second.exaggeration.observed:.1f}\u00a0pts, since at the first look "
        "nothing tells by how much: expect an effect nearer to zero." in second.verdict.sentence
    )


def test_a_test_that_ran_to_its_end_exaggerates_nothing() -> None:
    found = conclude(protocol(**MONITORED, design="sequential"), weekly((440, 460, 470, 490)))
    assert found.verdict.decision == "Ship"
    assert found.exaggeration is None


def test_group_sequential_limits_are_those_of_the_boundary() -> None:
    plan = protocol(**MONITORED, design="group-sequential", looks=["2026-07-10"])
    found = conclude(plan, weekly((440, 436)))
    assert found.primary is not None
    half = (found.primary.difference.high - found.primary.difference.low) / 2
    assert half / (found.primary.difference.se or 0) == pytest.approx(2.963, rel=0.01)
    assert found.verdict.decision == "Keep running"


THREE = {"variants": {"control": 1, "blue": 1, "green": 1}, "planned_sample": 6000, "guard_rails": []}


def three(blue: int, green: int) -> Observations:
    cells = [
        VariantDay(arm, None, 2000, 2000, {"activated": share(successes, 2000)})
        for arm, successes in (("control", 800), ("blue", blue), ("green", green))
    ]
    return Observations.of(cells, {"activated"})


def test_of_three_variants_the_better_ships_and_the_other_is_told() -> None:
    found = conclude(protocol(**THREE), three(810, 920))
    assert found.verdict.decision == "Ship"
    assert found.protocol.treatment == "green"
    assert (
        "the best of 2 treatments; the other: blue (do not ship: no clear effect)" in found.verdict.sentence
    )


def test_two_treatments_are_read_so_that_both_claims_hold_together() -> None:
    alone = conclude(protocol(), observed((800, 2000), (866, 2000)))
    among = conclude(protocol(**THREE), three(800, 866))
    assert alone.verdict.decision == "Ship"
    assert among.verdict.decision == "Do not ship"
    both = conclude(protocol(**THREE), three(866, 920))
    assert [one.verdict.decision for one in both.other_treatments] == ["Ship"]
