"""Who goes on without leaving out a quarter: counted by hand, told ahead, checked on the newest quarter."""

from collections.abc import Callable
from math import prod

import pytest

from helpers import adoption
from helpers.adoption import Usage
from helpers.findings import NoData
from helpers.periods import Period

from .conftest import Days


def in_quarters(signed_up: str, *quarters: str) -> tuple[str, list[str]]:
    """A user with one day of use in the middle of each of some quarters."""
    days = [Period(int(name[:4]), int(name[5])).start.replace(day=20) for name in quarters]
    return signed_up, [day.isoformat() for day in days]


def going_on(*cohorts: tuple[int, ...]) -> Days:
    """Cohorts of one quarter after another from 2025 on, each with so many users still there."""
    ends = [Period(2025, 1).shift(after).last_day.isoformat() for after in range(6)]
    days: Days = {"other": ("2020-01-01", ends)}
    for at, counts in enumerate(cohorts):
        start = Period(2025, 1).shift(at)
        for user in range(counts[0]):
            used = [start.shift(age).text for age, count in enumerate(counts) if user < count]
            days[f"c{at}u{user}"] = in_quarters(start.start.isoformat(), *used)
    return days


def test_a_gap_ends_it_and_a_quarter_that_is_not_over_counts_for_nothing(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "always": in_quarters("2025-01-02", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1"),
            "gap": in_quarters("2025-01-02", "2025Q1", "2025Q2", "2025Q4"),
            "late": in_quarters("2025-01-02", "2025Q2", "2025Q3", "2025Q4"),
            "next": in_quarters("2025-04-02", "2025Q2", "2025Q3", "2025Q4"),
            "before": in_quarters("2025-04-02", "2025Q1", "2025Q2"),
        }
    )
    found = adoption.unbroken_use(usage)
    assert [(cohort.quarter.text, cohort.going_on) for cohort in found.cohorts] == [
        ("2025Q1", (2, 2, 1, 1)),
        ("2025Q2", (2, 1, 1)),
    ]
    assert found.oldest == 3
    shares = [found.seen.by(age) for age in range(4)]
    assert [1 - one.value for one in shares if one] == pytest.approx([1, 3 / 4, 1 / 2, 1 / 2])


def test_the_forecast_is_of_those_who_are_there_and_a_year_long(used: Callable[..., Usage]) -> None:
    usage = used(going_on((60, 40, 32, 28), (80, 50, 40), (70, 45), (64,)), "2025Q4")
    found = adoption.unbroken_use(usage)
    assert found.users == 28 + 40 + 45 + 64
    alpha, beta = found.model.alpha, found.model.beta
    ages = {3: 28, 2: 40, 1: 45, 0: 64}
    year = sum(
        users * prod((beta + age + step) / (alpha + beta + age + step) for step in range(4))
        for age, users in ages.items()
    )
    assert found.forecast is not None
    assert found.forecast.value == pytest.approx(year / 177, rel=1e-9)
    chart = adoption.unbroken_use_over_time(usage)
    share = round(100 * year / 177)
    assert chart.title == (
        f"Of 177 who have used the product without a break, {share}% are expected to go on for another year"
    )
    (finding,) = chart.findings
    assert (finding.key, finding.value, finding.n) == ("unbroken_use.year", found.forecast.value, 177)
    assert finding.label == "Share of unbroken users of the product that goes on for a year"
    expected = chart.data[chart.data.group == "Expected"]
    assert len(expected) == 3 + 4 + 1
    assert expected.value.iloc[3] == pytest.approx(found.model.surviving(3).value)


def test_the_newest_quarter_is_forecast_without_knowing_it(used: Callable[..., Usage]) -> None:
    usage = used(going_on((60, 40, 32, 28, 25), (80, 50, 40, 1), (70, 45, 20), (64, 30), (50,)), "2026Q1")
    check = adoption.unbroken_use(usage).held_out
    assert check is not None
    assert (check.quarter, check.users) == (Period(2026, 1), 28 + 40 + 45 + 64)
    assert check.came == pytest.approx((25 + 1 + 20 + 30) / 177)
    earlier = used(going_on((60, 40, 32, 28, 0), (80, 50, 40, 0), (70, 45, 0), (64, 0), (9,)), "2026Q1")
    other = adoption.unbroken_use(earlier).held_out
    assert other is not None
    assert other.forecast.limits == check.forecast.limits
    assert other.came == 0
    note = adoption.unbroken_use_over_time(usage).heading.note
    assert "Without knowing 2026 Q1 it would have said that 7" in note
    assert note.endswith("of the 177 who had gone on until then go on in it; 43% did.")


def test_nobody_is_left_and_too_few_quarters_say_so(used: Callable[..., Usage]) -> None:
    gone = used(going_on((60, 40, 32, 0), (80, 50, 0), (70, 0)), "2025Q4")
    assert adoption.unbroken_use(gone).forecast is None
    chart = adoption.unbroken_use_over_time(gone)
    assert chart.title == "Nobody has used the product in every quarter since sign-up"
    assert chart.findings == ()
    with pytest.raises(NoData, match="two sign-up cohorts that three quarters follow"):
        adoption.unbroken_use(used(going_on((60, 40)), "2025Q2"))
