"""How likely a day without events is."""

from helpers.stats import chance_of_none


def test_bursts_make_a_silent_day_more_likely() -> None:
    assert chance_of_none([10] * 8) < chance_of_none([2, 18] * 4) < 1
    assert chance_of_none([0, 0]) == chance_of_none([]) == 1
