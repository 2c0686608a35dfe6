"""Counted tickets: which areas may be shown, which is the busiest, whole weeks."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from helpers import sources
from helpers.feedback import tickets
from helpers.feedback.observations import EVERY_AREA
from helpers.scope import Scope

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


def test_tickets_without_an_area_count_in_all_areas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [f"{at},2026-08-{at % 28 + 1:02},{'Exports' if at < 10 else ''}" for at in range(40)]
    (tmp_path / "t.csv").write_text("\n".join(["ticket_id,opened_at,product_area", *rows]) + "\n")
    (tmp_path / "sources.yaml").write_text("tables:\n  tickets: {path: t.csv}\n")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    found = tickets(sources.load("tickets"), Scope(NOW))
    assert (found.total(EVERY_AREA), found.total("Exports"), found.unnamed) == (40, 10, 30)
    assert found.areas == ("Exports",)


def test_a_ticket_of_several_areas_counts_in_each_and_once_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = ["Exports;Billing"] * 6 + ["Billing; Billing"] * 3 + [""] * 2
    rows = [f"{at},2026-08-{at + 1:02},{area}" for at, area in enumerate(areas)]
    (tmp_path / "t.csv").write_text("\n".join(["ticket_id,opened_at,tags", *rows]) + "\n")
    columns = "{product_area: {from: tags, split: ';'}}"
    (tmp_path / "sources.yaml").write_text(f"tables:\n  tickets: {{path: t.csv, columns: {columns}}}\n")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    found = tickets(sources.load("tickets"), Scope(NOW))
    totals = {area: found.total(area) for area in found.opened}
    assert totals == {EVERY_AREA: 11, "Exports": 6, "Billing": 9}
    assert found.unnamed == 2


def test_weeks_are_counted_from_the_first_day_of_the_period_as_far_as_the_table_covers() -> None:
    tickets = opened({"Exports": tuple(range(1, 14))}, {"Exports": 13 * (7,)})
    assert tickets.weeks("Exports", NOW) == tuple(range(1, 14))
    assert tickets.weeks("Exports", NOW.shift(-1)) == 13 * (7,)
    assert tickets.weeks("Exports", NOW.shift(-2)) == ()
    short = replace(tickets, last=date(2026, 7, 20))
    assert short.weeks("Exports", NOW) == (1, 2)
