"""Values that cannot be read cost their metric its verdict, not their units their place in the test."""

from __future__ import annotations

import pytest
from tests.experiments.conftest import protocol

from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.missing import outcomes_readable
from helpers.experiments.trust.randomization import Randomization


@pytest.mark.parametrize(("lost", "told"), [(0, 0), (10, 0), (11, 1)])
def test_more_than_one_value_in_a_hundred_withholds_the_verdict(lost: int, told: int) -> None:
    plan: Protocol = protocol()
    seen = Randomization(outcomes=1000, unreadable={f"{plan.primary} unreadable": lost} if lost else {})
    found = list(outcomes_readable(plan, seen))
    assert len(found) == told
    assert all((check.key, check.passed, check.severity) == ("readable", False, "stop") for check in found)


def test_a_metric_that_decides_nothing_may_be_unreadable() -> None:
    seen = Randomization(outcomes=1000, unreadable={"shoe_size unreadable": 900})
    assert list(outcomes_readable(protocol(), seen)) == []
