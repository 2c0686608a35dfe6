"""Every number of a readout, with its sentence; the verdict before all."""

from datetime import date, timedelta

import pytest

from helpers import experiments
from helpers.experiments.findings import effect_findings, verdict_findings
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.findings import NoData
from helpers.records import Finding

from .conftest import START, observed, protocol, share


def test_findings_have_one_key_each_and_no_gap() -> None:
    found = conclude(protocol(), observed())
    told = effect_findings(found)
    keys = [finding.key for finding in told]
    assert len(set(keys)) == len(keys)
    assert keys[:5] == [
        "activated.difference",
        "activated@variant=treatment",
        "activated@variant=control",
        "activated.lift",
        "activated.p_value",
    ]
    assert all(finding.value is not None for finding in told)


def test_the_verdict_is_said_first_and_has_no_number() -> None:
    said, stake = verdict_findings(conclude(protocol(), observed((800, 2000), (920, 2000))))
    assert (said.key, said.value, said.headline, said.text.value) == ("verdict", None, True, "Ship")
    assert (stake.key, stake.value, stake.headline) == ("verdict.stake", None, True)
    assert stake.text.value in stake.text.sentence


def test_the_first_words_say_whether_data_and_protocol_agree() -> None:
    agreed, _ = verdict_findings(conclude(protocol(), observed(days=10)))
    assert agreed.text.sentence.startswith("Data and protocol agree. Ship: Activation is ")
    early, _ = verdict_findings(conclude(protocol(start="2026-07-08", end="2026-07-09"), observed(days=10)))
    assert early.text.sentence.startswith(
        "Data depart from the protocol in 3 points: units from 6 Jul 2026, planned from 8 Jul 2026; 2,400 "
        "users assigned after 9 Jul 2026, when the plan was met, are left out; 1,600 users at the planned "
        "end, 4,000 planned. Ship: "
    )


def test_the_difference_tells_both_arms_and_the_relative_change() -> None:
    told = effect_findings(conclude(protocol(), observed((800, 2000), (920, 2000))))[0]
    assert told.text.sentence.startswith("Activation is 46.0% with treatment and 40.0% with control, a rel")
    assert [one.key for one in effect_findings(conclude(protocol(), observed())) if one.headline] == [
        "activated.difference"
    ]


def difference_of(readout: Readout) -> Finding:
    return {one.key: one for one in effect_findings(readout)}["activated.difference"]


def test_an_effect_is_compared_with_the_last_look_recomputed_from_the_data() -> None:
    seen = observed((800, 2000), (960, 2000), days=20)
    plan = protocol(guard_rails=[], design="sequential")
    found, then = conclude(plan, seen), conclude(plan, seen.until(date(2026, 7, 19)))
    change = difference_of(found).change
    assert change is not None
    assert found.primary is not None
    assert then.primary is not None
    now, before = found.primary.difference, then.primary.difference
    assert change.period == "the look of 19 Jul 2026"
    assert change.previous == before.value
    assert change.value == pytest.approx(now.value - before.value)
    assert change.low is not None
    assert change.high is not None
    se = ((before.se or 0) ** 2 - (now.se or 0) ** 2) ** 0.5
    assert change.high - change.low == pytest.approx(2 * 1.959964 * se, rel=1e-6)
    assert difference_of(found).text.verdict == "steady since that look"


@pytest.mark.parametrize(
    "seen", [observed((800, 2000), (960, 2000)), observed((800, 2000), (960, 2000), days=5)]
)
def test_without_an_earlier_look_there_is_no_change(seen: Observations) -> None:
    assert difference_of(conclude(protocol(guard_rails=[], design="sequential"), seen)).change is None


@pytest.mark.parametrize("planned", [4000, 9999])
def test_a_fixed_horizon_has_no_look_before_its_end(planned: int) -> None:
    """What the end of a week before would have shown is what the protocol forbids to read."""
    found = conclude(protocol(guard_rails=[], planned_sample=planned), observed(days=20))
    assert difference_of(found).change is None


def test_a_group_sequential_test_is_compared_with_the_look_that_the_protocol_names() -> None:
    plan = protocol(guard_rails=[], design="group-sequential", looks=["2026-07-10", "2026-07-15"])
    change = difference_of(conclude(plan, observed((800, 2000), (960, 2000), days=20))).change
    assert change is not None
    assert change.period == "the look of 15 Jul 2026"


def test_units_without_a_date_leave_no_course_and_no_last_look() -> None:
    undated = [
        VariantDay(arm, None, 25, 25, {"activated": share(11, 25)}) for arm in ("control", "treatment")
    ]
    dated = [
        VariantDay(arm, START + timedelta(days=day), 100, 100, {"activated": share(successes, 100)})
        for arm, successes in (("control", 40), ("treatment", 50))
        for day in range(20)
    ]
    plan = protocol(guard_rails=[], planned_sample=4000, design="sequential")
    found = conclude(plan, Observations.of([*dated, *undated], {"activated"}))
    assert found.verdict.decision == "Ship"
    assert difference_of(found).change is None
    with pytest.raises(NoData, match="50 units have no date of assignment"):
        experiments.effect_over_time(found)
    whole = conclude(plan, Observations.of(dated, {"activated"}))
    assert difference_of(whole).change is not None
