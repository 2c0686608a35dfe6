"""One axis a unit: where numbers stand on it, and which stand on one of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import findings, stats
from helpers.records import Finding
from quarterdeck.publish.glimpse import glimpse
from quarterdeck.publish.marks import strip
from quarterdeck.publish.scales import panels, scale


def counted(key: str, value: float, unit: str = "count") -> Finding:
    found = findings.withheld(findings.Measure(key, key, unit), "2026 Q3", "too few", n=1)
    return found.model_copy(update={"value": value})


@given(st.lists(st.floats(-1e9, 1e9, allow_subnormal=False), min_size=1))
def test_an_axis_of_round_numbers_holds_zero_and_every_value_and_is_no_longer_than_it_must(
    values: list[float],
) -> None:
    axis = scale(values)
    step = axis.ticks[1] - axis.ticks[0]
    assert all(-1e-6 <= axis.at(value) <= 100 + 1e-6 for value in [0, *values])
    assert 2 <= len(axis.ticks) <= 6
    assert axis.low + step > min(0, *values) - abs(step) * 1e-6
    assert axis.high - step < max(step, *values) + abs(step) * 1e-6


def test_places_on_the_axis_are_those_of_the_numbers() -> None:
    axis = scale([-4, 31])
    assert (axis.low, axis.high) == (-20, 40)
    assert [axis.at(value) for value in (-20, 0, 10, 40)] == pytest.approx([0, 100 / 3, 50, 100])


def test_numbers_of_one_unit_share_an_axis_unless_their_sizes_are_ten_times_apart() -> None:
    told = [
        counted("nps", 18.0, "points"),
        counted("tickets", 55.0),
        counted("adopted", 0.004, "share"),
        counted("tickets@area=exports", 0.5),
        counted("users", 2025.0),
        counted("retention", 0.42, "share"),
        counted("open", 5.5),
    ]
    assert [(one.name, [row.key for row in one.rows]) for one in panels(told)] == [
        ("Points", ["nps"]),
        ("Number", ["tickets", "tickets@area=exports", "open"]),
        ("Number", ["users"]),
        ("Per cent", ["adopted", "retention"]),
    ]


def test_a_strip_draws_value_interval_and_what_it_is_compared_with_where_they_are() -> None:
    share = stats.proportion
    difference = stats.proportion_difference(200, 1000, 400, 1000, level=0.95)
    moved = findings.measured(
        findings.Measure("csat", "CSAT", "share", "higher"),
        share(200, 1000, level=0.95),
        "2026 Q3",
        previous=("2026 Q2", share(400, 1000, level=0.95), difference),
    )
    drawn = str(strip(moved, scale([0.5])))
    assert '<circle cx="33.3%" cy="50%" r="5" class="dw"/>' in drawn, "0.2 of 0.6"
    assert '<svg x="66.7%" y="50%" class="d3">' in drawn, "0.4 of 0.6"
    low, high = 100 * (moved.low or 0) / 0.6, 100 * (moved.high or 0) / 0.6
    assert f'<line x1="{low:.1f}%" x2="{high:.1f}%" y1="50%" y2="50%" class="iw"/>' in drawn


def test_a_glimpse_is_the_narrowest_series_else_the_parts_else_nothing() -> None:
    over_time = [counted(f"nps@period=2026q{n}", n) for n in (2, 1, 3)]
    of_emea = [counted(f"nps@period=2026q{n},region=emea", 9 - n) for n in (2, 1, 3)]
    parts = [counted("nps@region=emea", 1), counted("nps@region=apac", 3)]
    assert 'd="M2 4L98 18L194 32"' in glimpse([*parts, *over_time, *of_emea]), "8, 7, 6: falling"
    assert glimpse([*parts, *over_time[:2]]).count("<circle") == 2
    assert glimpse([counted("nps", 1)]) == ""
