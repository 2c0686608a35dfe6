"""Counted tickets: which areas may be shown, which is the busiest, whole weeks."""

from .conftest import NOW, opened


def test_areas_come_busiest_first_and_small_ones_are_left_out() -> None:
    tickets = opened({"Billing": (3, 4), "Exports": (8, 9), "Other": (2, 2)}, {})
    assert tickets.areas == ("Exports", "Billing")
    assert tickets.busiest == ("Exports",)


def test_areas_with_as_many_tickets_share_the_place() -> None:
    assert opened({"Exports": (8, 9), "Billing": (9, 8)}, {}).busiest == ("Billing", "Exports")


def test_no_area_to_show_is_no_busiest() -> None:
    assert opened({"Exports": (2, 2)}, {}).busiest == ()


def test_a_period_has_its_whole_weeks_from_its_first_day() -> None:
    weeks = opened({"Exports": (8, 9)}, {}).weeks("Exports", NOW)
    assert weeks == (8, 9, *[0] * 11)
