"""Counted invitations: totals, and which segments may be shown."""

from helpers.feedback import Invited

from .conftest import invited


def test_the_total_is_over_all_segments() -> None:
    found = invited({"Enterprise": (30, 400), "Self-serve": (90, 600)}, {"Enterprise": (1, 9)})
    assert found.total == Invited(120, 1000)
    assert found.previous_total == Invited(1, 9)
    assert found.previously("Self-serve") == Invited(0, 0)


def test_small_segments_and_what_would_tell_them_are_not_shown() -> None:
    found = invited({"Large": (30, 400), "Larger": (90, 600), "Small": (1, 9), "Tiny": (1, 2)})
    assert found.shown == ("Large", "Larger")
