"""How often active users come back, in whole months."""

from collections.abc import Callable

import pytest

from helpers import adoption
from helpers.adoption import Usage

from .conftest import every_day


def test_stickiness_is_daily_over_monthly_active_users(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "daily": ("2026-06-01", every_day("2026-06-01", 122)),
            "once a month": ("2026-06-01", ["2026-07-03", "2026-08-03", "2026-09-03"]),
        },
        "2026Q3",
    )
    found = adoption.stickiness(usage).now
    assert found is not None
    assert found.value == pytest.approx((3 + 1 / 31 + 1 / 31 + 1 / 30) / 6)


def test_months_that_are_not_whole_are_left_out(used: Callable[..., Usage]) -> None:
    usage = used({name: ("2026-06-10", every_day("2026-06-10", 40)) for name in "ab"})
    assert adoption.stickiness(usage).now is None
