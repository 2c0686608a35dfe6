"""When reports are due: laws over years of simulated time, and cases worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers.periods import Period
from quarterdeck.params.report import Schedule
from quarterdeck.plan.schedule import GRACE, Due, DueTimes, due, next_due, rhythm, times, upcoming

# ruff: noqa: E501  (the cases are a table)

QUARTERLY = "0 7 5 1,4,7,10 *"
ZONES = (
    "UTC",
    "Europe/London",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rule:
    """A schedule at one time of certain days, and the same worked out without cron."""

    minute: int
    hour: int
    months: frozenset[int]
    days: frozenset[int] | None
    zone: str

    @property
    def cron(self) -> str:
        def written(values: frozenset[int]) -> str:
            return ",".join(map(str, sorted(values)))

        days = "L" if self.days is None else written(self.days)
        return f"{self.minute} {self.hour} {days} {written(self.months)} *"

    def between(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """Day by day: a skipped time is the first after the gap, one that comes twice the first."""
        zone = ZoneInfo(self.zone)
        day = after.astimezone(zone).date() - timedelta(days=1)
        while day <= until.astimezone(zone).date():
            last_of_month = (day + timedelta(days=1)).day == 1
            if day.month in self.months and (last_of_month if self.days is None else day.day in self.days):
                at = met(datetime.combine(day, time(self.hour, self.minute), zone))
                if after < at <= until:
                    yield at
            day += timedelta(days=1)


def met(wanted: datetime) -> datetime:
    """The moment at which a local time comes; after the gap where the clock skips it."""
    while wanted.astimezone(UTC).astimezone(wanted.tzinfo).replace(tzinfo=None) != wanted.replace(
        tzinfo=None
    ):
        wanted += timedelta(minutes=1)
    return wanted.astimezone(UTC)


RULES = st.builds(
    Rule,
    minute=st.integers(0, 59),
    hour=st.integers(0, 23) | st.integers(0, 3),
    months=st.frozensets(st.integers(1, 12), min_size=1) | st.just(frozenset({3, 10, 11, 4})),
    days=st.frozensets(st.integers(1, 28), min_size=1, max_size=31)
    | st.just(frozenset(range(1, 32)))
    | st.none(),
    zone=st.sampled_from(ZONES),
)
STARTS = st.datetimes(datetime(2023, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
GAPS = st.lists(
    st.timedeltas(timedelta(minutes=1), timedelta(days=2))
    | st.timedeltas(timedelta(days=5), timedelta(days=400)),
    min_size=1,
    max_size=12,
)


@given(rule=RULES, start=STARTS, length=st.timedeltas(timedelta(0), timedelta(days=800)))
@examples(15)
def test_times_are_those_worked_out_day_by_day(rule: Rule, start: datetime, length: timedelta) -> None:
    start = start.replace(microsecond=0)
    schedule = Schedule(cron=rule.cron, timezone=rule.zone)
    assert list(times(schedule, start, start + length)) == list(rule.between(start, start + length))


@dataclass
class Daemon:
    """Looks at given moments, and settles what is due as the real one does."""

    schedule: Schedule
    since: datetime
    ran: list[datetime] = field(default_factory=list)
    begun: tuple[datetime, ...] = ()

    def look(self, now: datetime, *, dies: bool = False) -> list[Due]:
        noted = DueTimes(self.since, self.ran[-1] if self.ran else None, self.begun)
        found = due({"demo": self.schedule}, {"demo": noted}, now)
        if dies and found:
            self.begun = (found[0].at,)
        else:
            self.ran += [item.at for item in found]
            self.begun = ()
        return found


@given(rule=RULES, start=STARTS, gaps=GAPS, deaths=st.lists(st.booleans(), min_size=12, max_size=12))
@examples(15)
def test_with_all_caught_up_each_due_time_is_met_once_in_order_and_none_early(
    rule: Rule, start: datetime, gaps: list[timedelta], deaths: list[bool]
) -> None:
    daemon = Daemon(Schedule(cron=rule.cron, timezone=rule.zone, catch_up="all"), start)
    now = start
    for gap, dies in zip(gaps, deaths, strict=False):
        now += gap
        found = daemon.look(now, dies=dies)
        assert all(start < item.at <= now for item in found)
        assert daemon.look(now) == (found if dies else [])
    assert daemon.ran == list(rule.between(start, now))


@given(rule=RULES, start=STARTS, gaps=GAPS, policy=st.sampled_from(["latest", "none"]))
@examples(15)
def test_with_the_latest_or_none_caught_up_a_look_meets_at_most_one_and_the_newest(
    rule: Rule, start: datetime, gaps: list[timedelta], policy: str
) -> None:
    schedule = Schedule(cron=rule.cron, timezone=rule.zone, catch_up=policy)  # type: ignore[arg-type]
    daemon = Daemon(schedule, start)
    now = start
    for gap in gaps:
        before, now = now, now + gap
        passed = list(rule.between(before, now))
        expected = passed[-1:] if policy == "latest" or (passed and now - passed[-1] <= GRACE) else []
        assert [item.at for item in daemon.look(now)] == expected
        assert daemon.look(now) == []
    assert daemon.ran == sorted(set(daemon.ran))


@given(rules=st.lists(RULES, min_size=1, max_size=4), start=STARTS, days=st.integers(1, 200))
@examples(6)
def test_several_reports_come_in_the_order_of_their_times(
    rules: list[Rule], start: datetime, days: int
) -> None:
    schedules = {
        f"r{number}": Schedule(cron=rule.cron, timezone=rule.zone, catch_up="all")
        for number, rule in enumerate(rules)
    }
    now = start + timedelta(days=days)
    found = due(schedules, dict.fromkeys(schedules, DueTimes(start)), now)
    keys = [(item.at, item.report) for item in found]
    assert keys == sorted(set(keys))
    assert upcoming(schedules, start, len(found)) == found


CASES = """
nothing yet | 0 7 5 1,4,7,10 * | Europe/London | all | 2026-10-06 00:00 | | 2027-01-05 06:59:59
    -> none
on the minute | 0 7 5 1,4,7,10 * | Europe/London | all | 2026-10-06 00:00 | | 2027-01-05 07:00
    -> 2027-01-05 07:00
in summer time | 0 7 5 1,4,7,10 * | Europe/London | all | 2026-01-06 00:00 | | 2026-04-05 06:00
    -> 2026-04-05 06:00
settled | 0 7 5 1,4,7,10 * | Europe/London | all | 2026-01-06 00:00 | 2026-04-05 06:00 | 2026-07-01 00:00
    -> none
a year down, all | 0 7 5 1,4,7,10 * | Europe/London | all | 2025-01-01 00:00 | 2025-10-05 06:00 | 2026-11-22 00:00
    -> 2026-01-05 07:00, 2026-04-05 06:00, 2026-07-05 06:00, 2026-10-05 06:00
a year down, latest | 0 7 5 1,4,7,10 * | Europe/London | latest | 2025-01-01 00:00 | 2025-10-05 06:00 | 2026-11-22 00:00
    -> 2026-10-05 06:00
a year down, none | 0 7 5 1,4,7,10 * | Europe/London | none | 2025-01-01 00:00 | 2025-10-05 06:00 | 2026-11-22 00:00
    -> none
late by less than an hour | 0 7 5 1,4,7,10 * | UTC | none | 2026-10-01 00:00 | | 2026-10-05 07:59
    -> 2026-10-05 07:00
skipped by the clock | 30 1 * * * | Europe/London | all | 2026-03-28 12:00 | | 2026-03-29 12:00
    -> 2026-03-29 01:00
comes twice, met once | 30 1 * * * | Europe/London | all | 2026-10-24 12:00 | | 2026-10-25 12:00
    -> 2026-10-25 00:30
asked between the two | 30 1 * * * | Europe/London | all | 2026-10-24 12:00 | 2026-10-25 00:30 | 2026-10-25 01:31
    -> none
started between the two | 30 1 * * * | Europe/London | all | 2026-10-25 01:10 | | 2026-10-25 12:00
    -> none
every hour runs through | 0 * * * * | Europe/London | all | 2026-10-24 23:30 | | 2026-10-25 02:00
    -> 2026-10-25 00:00, 2026-10-25 01:00, 2026-10-25 02:00
month ends | 0 0 L * * | UTC | all | 2027-01-15 00:00 | | 2027-04-15 00:00
    -> 2027-01-31 00:00, 2027-02-28 00:00, 2027-03-31 00:00
last working day | 0 18 LW * * | UTC | all | 2026-01-01 00:00 | | 2026-03-01 00:00
    -> 2026-01-30 18:00, 2026-02-27 18:00
leap day | 0 9 29 2 * | UTC | all | 2024-03-01 00:00 | | 2032-03-01 00:00
    -> 2028-02-29 09:00, 2032-02-29 09:00
the 31st | 0 0 31 * * | UTC | all | 2026-03-31 00:00 | | 2026-08-30 00:00
    -> 2026-05-31 00:00, 2026-07-31 00:00
fiscal year from February | 0 7 3 2,5,8,11 * | Asia/Tokyo | all | 2026-01-01 00:00 | | 2026-06-01 00:00
    -> 2026-02-02 22:00, 2026-05-02 22:00
Mondays over New Year | 0 7 * * 1 | America/New_York | all | 2026-12-25 00:00 | | 2027-01-12 00:00
    -> 2026-12-28 12:00, 2027-01-04 12:00, 2027-01-11 12:00
the clock went back | 0 7 5 1,4,7,10 * | UTC | all | 2026-01-01 00:00 | 2026-10-05 07:00 | 2026-06-01 00:00
    -> none
"""
"""What | cron | zone | catch up | since | settled | now -> due; all times in UTC."""


def cases() -> Iterator[object]:
    lines = iter(CASES.strip().splitlines())
    for line in lines:
        what, *given = (part.strip() for part in line.split("|"))
        expected = next(lines).strip().removeprefix("-> ")
        yield pytest.param(given, [] if expected == "none" else expected.split(", "), id=what)


@pytest.mark.parametrize(("given", "expected"), list(cases()))
def test_what_is_due_by_hand(given: list[str], expected: list[str]) -> None:
    cron, zone, policy, since, settled, now = given
    schedule = Schedule(cron=cron, timezone=zone, catch_up=policy)  # type: ignore[arg-type]
    noted = DueTimes(utc(since), utc(settled) if settled else None)
    found = due({"demo": schedule}, {"demo": noted}, utc(now))
    assert [item.at for item in found] == [utc(text) for text in expected]


def test_what_was_begun_is_finished_whatever_the_policy() -> None:
    schedule = Schedule(cron=QUARTERLY, timezone="UTC", catch_up="none")
    noted = DueTimes(utc("2026-01-01 00:00"), None, (utc("2026-07-05 07:00"),))
    assert due({"demo": schedule}, {"demo": noted}, utc("2026-11-22 00:00")) == [
        Due(utc("2026-07-05 07:00"), "demo", date(2026, 7, 5))
    ]


def test_the_day_to_report_from_is_the_one_of_the_schedule_s_zone() -> None:
    schedule = Schedule(cron="0 7 1 * *", timezone="Asia/Tokyo")
    [found] = upcoming({"demo": schedule}, utc("2026-12-15 00:00"), 1)
    assert (found.as_of, found.at) == (date(2027, 1, 1), utc("2026-12-31 22:00"))


def test_a_schedule_that_was_never_registered_owes_nothing() -> None:
    assert due({"demo": Schedule(cron="* * * * *")}, {}, utc("2026-11-22 00:00")) == []


@pytest.mark.parametrize(
    ("period", "start", "cron", "zone", "due_at"),
    [
        ("2026Q3", 1, QUARTERLY, "Europe/London", "2027-01-05T07:00:00+00:00"),
        ("2026Q1", 1, QUARTERLY, "Europe/London", "2026-07-05T07:00:00+01:00"),
        ("2026Q1", 4, QUARTERLY, "UTC", "2025-10-05T07:00:00+00:00"),
        ("2025", 1, QUARTERLY, "UTC", "2027-01-05T07:00:00+00:00"),
        ("2026Q3", 1, "0 0 1 1 *", "Asia/Tokyo", "2027-01-01T00:00:00+09:00"),
        ("2027Q3", 1, "0 9 29 2 *", "UTC", "2028-02-29T09:00:00+00:00"),
        ("2026Q4", 1, "0 7 L 3 *", "America/New_York", "2028-03-31T07:00:00-04:00"),
    ],
)
def test_the_next_edition_is_due_once_the_following_period_has_ended(
    period: str, start: int, cron: str, zone: str, due_at: str
) -> None:
    found = next_due(Schedule(cron=cron, timezone=zone), Period.parse(period, start))
    assert found is not None
    assert found.isoformat() == due_at


def test_a_schedule_is_told_in_words() -> None:
    assert (
        rhythm(Schedule(cron="0 7 * * 1", timezone="Europe/London")) == "at 07:00 on Monday (Europe/London)"
    )
    assert rhythm(None) == ""


def test_nothing_is_due_without_schedule_or_period() -> None:
    assert next_due(None, Period.parse("2026Q3")) is None
    assert next_due(Schedule(cron=QUARTERLY), None) is None
    assert next_due(Schedule(cron=QUARTERLY), Period.parse("all")) is None
