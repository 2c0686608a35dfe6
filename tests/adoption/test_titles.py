"""No title of the page says more than the verdict beside it, whatever was counted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import adoption
from helpers.adoption import AdoptionRule, KeyMetrics, TrackingOutage, Usage
from helpers.adoption.observations import ChannelCounts, CohortQuarter, FollowUp, PeriodCounts
from helpers.charts import Chart
from helpers.periods import Period
from helpers.records import Finding
from helpers.scope import Scope
from helpers.stats import OverlappingCounts, PairMoments, SharedMoments
from helpers.tables import Table

NOW = Period(2026, 3)
QUARTERS = tuple(NOW.shift(-back) for back in (3, 2, 1, 0))
OUTAGE = TrackingOutage("ios", date(2026, 8, 1), date(2026, 8, 9), 50)
DIRECTION = re.compile(
    r"\b(ro?se|risen|rising|fell|fall|fallen|falling|grew|grown|gain\w*|lost|increase\w*|decrease\w*|more|less|"
    r"higher|lower|above|below|better|worse|most|least|leads?|stands?|stood|steady|unchanged|no clear)\b"
)


@dataclass(frozen=True)
class Counts:
    """What the engine would have counted: all that a usage gives."""

    before: int
    overlap: tuple[int, ...]
    cohort: tuple[int, int, int]
    stickiness: tuple[float, float, int]
    channels: tuple[tuple[int, int], ...]
    silent: int = 0

    def usage(self, feature: str = "dashboards") -> Usage:
        """A usage whose counts are these; there is no engine behind it."""
        first = QUARTERS[0].start if self.before else NOW.start
        nothing: Any = None
        usage = Usage(Scope(NOW), AdoptionRule(feature), first, NOW.last_day, *[nothing] * 4)
        vars(usage).update(
            cohort_quarters=self._cohort_quarters(),
            period_counts=self._period_counts(),
            user_months_shared={QUARTERS[-2]: SharedMoments(0, 0, 0, 0, 0)},
            channels=tuple(
                ChannelCounts(f"c{at}", users, min(users, adopted))
                for at, (users, adopted) in enumerate(self.channels)
            ),
            follow_up=self._follow_up(),
            user_months=self._user_months(),
            platform_days={"ios": self._days()},
            active_days=self._days(),
        )
        return usage

    def _period_counts(self) -> PeriodCounts:
        overlap, active = self._overlap(), sum(self.overlap[:3])
        return PeriodCounts(overlap.trials, overlap.successes, active, {QUARTERS[-2]: overlap})

    def _overlap(self) -> OverlappingCounts:
        both, gained, lost, never, new, new_never, left, left_never = self.overlap
        shared = both + gained + lost + never
        return OverlappingCounts(
            successes=both + gained + new,
            trials=shared + new + new_never,
            reference_successes=both + lost + left,
            reference_trials=shared + left + left_never,
            shared=shared,
            shared_now=both + gained,
            shared_before=both + lost,
            shared_both=both,
        )

    def _cohort_quarters(self) -> tuple[CohortQuarter, ...]:
        users, now, then = self.cohort
        return tuple(
            CohortQuarter(cohort, quarter, users, users, active, 3 * active, active)
            for cohort in QUARTERS
            for quarter in QUARTERS
            if quarter.start >= cohort.start
            for active in [min(users, now if quarter == NOW else then)]
        )

    def _follow_up(self) -> tuple[FollowUp, ...]:
        users, now, _ = self.cohort
        return tuple(
            FollowUp(cohort, days, adopted, count)
            for cohort, days in zip(QUARTERS, (300, 200, 100, 30), strict=True)
            for adopted, count in ((True, min(users, now)), (False, users - min(users, now)))
            if count
        )

    def _user_months(self) -> Mapping[Period, PairMoments]:
        now, then, n = self.stickiness
        return {
            quarter: PairMoments(n, 2 * (now if quarter == NOW else then), 2, 0.05, 0.2, 0.05)
            for quarter in QUARTERS
        }

    def _days(self) -> dict[date, int]:
        days = {QUARTERS[0].start + timedelta(day): 50 for day in range(366)}
        lost = {NOW.start + timedelta(30 + day) for day in range(self.silent)}
        return {day: count for day, count in days.items() if day <= NOW.last_day and day not in lost}


def key_metrics_of(usage: Usage) -> KeyMetrics:
    return KeyMetrics(usage, adoption.adopted(usage), adoption.retained(usage), adoption.stickiness(usage))


COUNTS = st.builds(
    Counts,
    before=st.integers(0, 1),
    overlap=st.tuples(*[st.integers(0, 150)] * 8),
    cohort=st.tuples(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400)),
    stickiness=st.tuples(st.floats(0.01, 0.9), st.floats(0.01, 0.9), st.integers(2, 500)),
    channels=st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), min_size=2, max_size=5).map(tuple),
    silent=st.integers(0, 9),
)
FEW = examples(6, suppress_health_check=[HealthCheck.too_slow])

RISE = Counts(1, (80, 60, 5, 20, 40, 20, 5, 90), (200, 120, 40), (0.3, 0.1, 400), ((200, 150), (200, 60)))
FALL = replace(RISE, overlap=(80, 5, 60, 20, 5, 90, 40, 20), stickiness=(0.1, 0.3, 400))
LEVEL = replace(RISE, overlap=(80, 20, 20, 20, 20, 20, 20, 20), stickiness=(0.2, 0.2, 400))
ALONE = replace(RISE, before=0)


@FEW
@given(counts=COUNTS, elsewhere=COUNTS, silent=st.booleans(), apart=st.booleans())
@example(counts=RISE, elsewhere=RISE, silent=True, apart=True)
@example(counts=RISE, elsewhere=FALL, silent=True, apart=True)
def test_titles_over_time_tell_the_verdict_of_their_finding(
    counts: Counts, elsewhere: Counts, silent: bool, apart: bool
) -> None:
    found = key_metrics_of(counts.usage())
    if silent:
        outside = key_metrics_of(elsewhere.usage()) if apart else None
        found = replace(found, outages=(OUTAGE,), outside_outages=outside)
    if found.adopted is None:
        return
    findings = {finding.key: finding for finding in adoption.headlines(found).findings}
    for key, chart in (
        ("adopted", adoption.adoption_over_time(found)),
        ("stickiness", adoption.stickiness_over_time(found)),
    ):
        verdict, _, beside = chart.title.partition(", while users ")  # what users did, where they moved it
        assert set(DIRECTION.findall(verdict)) == words_for(findings[key]), chart.title
        assert not beside or "and adopters" in beside


def words_for(finding: Finding) -> set[str]:
    """The words of direction that the verdict on a finding allows, and asks for."""
    if finding.change is None or finding.text.verdict == "not judged":
        return set()
    if finding.change.verdict == "unclear":
        return {"no clear"}
    return {"rose" if finding.change.value > 0 else "fell"}


@pytest.mark.parametrize(
    ("counts", "adopted", "sticky"),
    [
        (
            RISE,
            "Adoption of dashboards rose clearly since 2026 Q2, to 80.0%",
            "Stickiness of dashboards rose clearly since 2026 Q2, to 30.0%",
        ),
        (
            FALL,
            "Adoption of dashboards fell clearly since 2026 Q2, to 34.6%",
            "Stickiness of dashboards fell clearly since 2026 Q2, to 10.0%",
        ),
        (
            LEVEL,
            "Adoption of dashboards shows no clear change since 2026 Q2",
            "Stickiness of dashboards shows no clear change since 2026 Q2",
        ),
        (
            ALONE,
            "60.0% adopted dashboards in 2026 Q3",
            "An active user comes back on 9.1 days of a month",
        ),
    ],
    ids=["rise", "fall", "level", "nothing before"],
)
def test_titles_over_time(counts: Counts, adopted: str, sticky: str) -> None:
    found = key_metrics_of(counts.usage())
    assert adoption.adoption_over_time(found).title == adopted
    assert adoption.stickiness_over_time(found).title == sticky


def test_a_change_that_lost_tracking_may_explain_is_not_told() -> None:
    outside = key_metrics_of(LEVEL.usage())
    found = replace(key_metrics_of(FALL.usage()), outages=(OUTAGE,), outside_outages=outside)
    assert adoption.adoption_over_time(found).title == (
        "60.0% adopted dashboards in 2026 Q3, with some days not recorded"
    )
    assert adoption.stickiness_over_time(found).title == (
        "An active user comes back on 3.0 days of a month, with some days not recorded"
    )


def test_one_user_who_does_nothing_is_not_said_to_stand_where_they_stood() -> None:
    one = Counts(1, (0, 0, 0, 1, 0, 0, 0, 0), (1, 0, 0), (0.1, 0.1, 2), ((1, 0), (1, 0)))
    title = adoption.adoption_over_time(key_metrics_of(one.usage("all"))).title
    assert title == "Adoption shows no clear change since 2026 Q2"


@FEW
@given(counts=COUNTS)
@example(counts=RISE)
def test_the_title_of_channels_names_those_that_are_clear(counts: Counts) -> None:
    usage = counts.usage()
    rows = [row for row in usage.channels if row.users >= usage.scope.min_group]
    if len(rows) < 2:
        return
    clear = {row.label for row in adoption.by_channel(usage).rows if row.clear}
    title = adoption.adoption_by_channel(usage).title
    assert set(re.findall(r"\bc\d\b", title)) == clear
    assert ("No channel differs clearly" in title) == (not clear)
    assert not DIRECTION.search(title)


@FEW
@given(counts=COUNTS)
def test_titles_without_a_test_tell_no_direction(counts: Counts) -> None:
    usage = counts.usage()
    shown: list[Chart | Table] = [adoption.quarter_table(usage), adoption.retention_table(usage)]
    if counts.cohort[0] >= usage.scope.min_group:
        shown.append(adoption.cohort_table(usage))
    if adoption.outages(usage):
        shown.append(adoption.outage_table(usage))
    if counts.cohort[1]:
        shown.append(adoption.adoption_curves(usage))
    for one in shown:
        assert not DIRECTION.search(one.title), one.title
