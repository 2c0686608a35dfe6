"""No title claims what the protocol does not decide, whatever the data."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import experiments
from helpers.experiments.effects.subgroups import subgroups
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude, effects_at_looks
from helpers.findings import NoData
from helpers.stats import Moments

from ..conftest import START, protocol, share

UNITS = 150
DAYS = 14
DIRECTION = re.compile(r"\b(higher|lower|more|less|rose|fell|above|below)\b")


@st.composite
def readouts(draw: st.DrawFn) -> Readout:
    """Two weeks of any shares and means, in two regions, under any design, finished or not."""
    rates = {
        (arm, week, region): draw(st.integers(30, 120))
        for arm in ("control", "treatment")
        for week in (0, 1)
        for region in ("AMER", "EMEA")
    }
    contacts = {arm: draw(st.sampled_from([0.2, 0.25, 0.26, 0.4])) for arm in ("control", "treatment")}
    sessions = {arm: draw(st.sampled_from([3.0, 3.1, 3.5])) for arm in ("control", "treatment")}
    cells = [
        VariantDay(
            arm,
            START + timedelta(days=7 * week + day),
            UNITS,
            UNITS,
            {
                "activated": share(successes, UNITS),
                "support_contacts": Moments(UNITS, contacts[arm], 0.25),
                "sessions": Moments(UNITS, sessions[arm], 4.0),
            },
            {"region": region},
        )
        for (arm, week, region), successes in rates.items()
        for day in range(7)
    ]
    plan: dict[str, object] = {"planned_sample": draw(st.sampled_from([2, 4, 4, 6])) * UNITS * DAYS}
    plan |= {"design": draw(st.sampled_from(["fixed-horizon", "sequential", "group-sequential"]))}
    if plan["design"] == "group-sequential":
        plan["looks"] = draw(
            st.sampled_from([[], ["2026-07-08"], ["2026-07-12"], ["2026-07-08", "2026-07-12"]])
        )
    return conclude(protocol(**plan), Observations.of(cells, {"activated"}))


def title(view: object, found: Readout) -> str:
    """The title of one figure; empty where there is none."""
    try:
        return str(view(found).title)  # type: ignore[operator]
    except NoData:
        return ""


@examples(6)
@given(readouts())
def test_a_direction_is_named_where_the_primary_effect_is_clear_and_may_be_read(found: Readout) -> None:
    primary = found.primary
    assert primary is not None
    told = title(experiments.primary_metric, found)
    words = DIRECTION.findall(told)
    if found.caveat:
        assert told == found.caveat
    elif primary.clear:
        assert words == ["higher" if primary.difference.value > 0 else "lower"]
    else:
        assert not words
        assert "no clear difference" in told


@examples(6)
@given(readouts())
def test_exactly_the_metrics_that_move_clearly_are_named(found: Readout) -> None:
    told = title(experiments.relative_effects, found)
    clear = [one for one in found.effects if one.clear and one.lift and not found.caveat_of(one.metric.name)]
    named = {one.metric.label for one in found.effects if one.metric.label in told}
    assert named == ({one.metric.label for one in clear} if not found.caveat else set())
    assert not DIRECTION.findall(told)
    drawn = experiments.relative_effects(found).data
    assert set(drawn[drawn["clear"]]["group"]) == named


@examples(6)
@given(readouts())
def test_over_time_only_looks_that_the_design_allows_are_called_clear(found: Readout) -> None:
    told = title(experiments.effect_over_time, found)
    assert found.primary is not None
    if found.caveat or not told:  # a plan that was met in the first week has no course
        assert told in {found.caveat, ""}
        return
    earlier = any(then.clear for then in effects_at_looks(found))
    assert ("is clear" in told) == found.primary.clear
    assert ("was clear at an earlier look" in told) == (earlier and not found.primary.clear)
    if found.protocol.design == "fixed-horizon":
        assert not earlier


@examples(6)
@given(readouts())
def test_parts_are_told_apart_where_the_test_says_so_and_turned_round_where_both_are_clear(
    found: Readout,
) -> None:
    splits = subgroups(found.protocol, found.observed)
    drawn, listed = title(experiments.segment_effects, found), title(experiments.segment_table, found)
    assert ("differs by region" in drawn) == (splits[0].differs and not found.caveat)
    assert found.primary is not None
    whole = found.primary.difference
    if "turns round" in listed:
        assert found.primary.clear
        assert whole.value * splits[0].within.value < 0
    assert not DIRECTION.findall(drawn + listed)


@examples(6)
@given(readouts())
def test_a_guard_rail_is_named_where_it_does_not_hold(found: Readout) -> None:
    told, failing = title(experiments.guard_rails, found), [one for one in found.guard_rails if not one.holds]
    named = [one.effect.metric.label for one in found.guard_rails if one.effect.metric.label in told]
    assert named == ([] if found.caveat else [one.effect.metric.label for one in failing])
    assert ("may get worse" in told) == (bool(failing) and not found.caveat)
