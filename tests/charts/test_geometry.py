"""Marks stand where their numbers say, and labels keep out of each other's way."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import charts
from helpers.charts import Chart, Curve, Parts, _figure
from helpers.charts._cut import breadth, fitted, spread, ticks
from helpers.stats import Comparison, Difference, Estimate, Group, Point, Series, reached
from helpers.style import TOKENS

from .conftest import difference, estimate, series

WORDS: dict[str, Any] = {"name": "x", "title": "t", "subtitle": "s"}


def circles(svg: str) -> list[tuple[float, float, str]]:
    return [
        (float(each.get("cx", "")), float(each.get("cy", "")), each.get("class", ""))
        for each in ElementTree.fromstring(svg).iter("circle")
    ]


def tick_positions(svg: str) -> dict[str, float]:
    """The x of each axis label of a chart with rows."""
    bottom = max(float(text.get("y", "")) for text in ElementTree.fromstring(svg).iter("text"))
    return {
        text.text or "": float(text.get("x", ""))
        for text in ElementTree.fromstring(svg).iter("text")
        if float(text.get("y", "")) == bottom
    }


def on_axis(at: dict[str, float], value: float) -> float:
    """Where a value stands, by the first and last label of the axis."""
    (low, left), (high, right) = [(float(name), x) for name, x in at.items()][:: len(at) - 1]
    return left + (right - left) * (value - low) / (high - low)


@pytest.mark.parametrize("cut", ["wide", "narrow"])
def test_a_dot_stands_at_its_value_on_the_axis(cut: str) -> None:
    rows = tuple(Comparison(str(value), estimate(value)) for value in (12, 25, 38))
    svg = getattr(charts.dots([Group("", rows)], unit="points", **WORDS), cut)
    at = tick_positions(svg)
    for value, (x, _, _) in zip((12, 25, 38), circles(svg), strict=True):
        assert x == pytest.approx(on_axis(at, value), abs=0.2)


def test_an_interval_reaches_from_low_to_high() -> None:
    rows = (Comparison("a", estimate(30, 5)), Comparison("b", estimate(10, 2)))
    svg = charts.dots([Group("", rows)], unit="points", **WORDS).wide
    at = tick_positions(svg)
    bars = re.search(r'class="i" d="([^"]*)"', svg)
    assert bars
    first = re.match(r"M([\d.]+) [\d.]+h([\d.]+)", bars[1])
    assert first
    assert float(first[1]) == pytest.approx(on_axis(at, 25), abs=0.2)
    assert float(first[1]) + float(first[2]) == pytest.approx(on_axis(at, 35), abs=0.2)


def test_the_newest_point_of_a_trend_is_marked_and_labelled() -> None:
    svg = charts.trend(series("APAC", [20, 25, 31]), unit="points", **WORDS).wide
    newest = max(circles(svg))
    assert 'r="5.5" class="d"' in svg
    label = next(t for t in ElementTree.fromstring(svg).iter("text") if "APAC" in "".join(t.itertext()))
    assert float(label.get("y", "")) - 4 == pytest.approx(newest[1], abs=0.2)


def test_a_missing_point_breaks_line_and_band() -> None:
    whole = charts.trend(series("a", [20, 21, 22, 23, 24]), unit="points", **WORDS).wide
    broken = charts.trend(series("a", [20, 21, None, 23, 24]), unit="points", **WORDS).wide
    for kind in ("l", "b"):
        path = re.compile(rf'class="{kind}" d="([^"]*)"')
        assert [d.count("M") for d in path.findall(whole)] == [1]
        assert sum(d.count("M") for d in path.findall(broken)) == 2


def test_a_single_point_stands_at_the_right() -> None:
    (x, _, _), *others = circles(charts.trend(series("a", [20]), unit="points", **WORDS).wide)
    assert x > 500
    assert not others


def test_lines_have_the_colours_of_categories_in_order() -> None:
    found = [series(str(at), [at, at + 1.0]) for at in range(5)]
    svg = charts.lines(found, unit="ratio", **WORDS).wide
    assert re.findall(r'class="(l\w*)"', svg) == ["l", "lw", "lc3", "lc4", "lc5"]


def test_more_lines_than_colours_are_refused() -> None:
    with pytest.raises(ValueError, match=r"len\(series\) == 6, must be <= 5"):
        charts.lines([series(str(at), [1.0]) for at in range(6)], unit="ratio", **WORDS)


def test_focus_has_the_accent_and_the_others_are_grey() -> None:
    rows = (Comparison("a", estimate(1)), Comparison("b", estimate(2), focus=True))
    svg = charts.dots([Group("", rows)], unit="points", **WORDS).wide
    assert [kind for *_, kind in circles(svg)] == ["d2", "d"]


def test_the_previous_period_is_open_and_a_clear_change_for_the_worse_is_orange() -> None:
    row = Comparison("a", estimate(10), estimate(5), difference(5), clear=True)
    chart = charts.shift([row], unit="points", now="Q3", then="Q2", good="lower", **WORDS)
    assert {kind for *_, kind in circles(chart.wide)} == {"d3", "dw"}
    better = charts.shift([row], unit="points", now="Q3", then="Q2", good="higher", **WORDS)
    assert {kind for *_, kind in circles(better.wide)} == {"d3", "d"}


def test_parts_stack_away_from_zero_on_both_sides() -> None:
    rows = [Parts("a", (("p", 2.0), ("q", 1.0), ("r", -1.0)), 2.0)]
    svg = charts.parts(rows, unit="points", **WORDS).wide
    bars = {
        kind: sorted((float(x), float(x) + float(step)))
        for kind, x, step in re.findall(r'<path class="(d\w*)" d="M([\d.]+) [\d.]+h(-?[\d.]+)', svg)
    }
    assert bars["d"][1] == pytest.approx(bars["dw"][0], abs=0.2)
    assert bars["dc3"][1] == pytest.approx(bars["d"][0], abs=0.2)
    assert bars["d"][1] - bars["d"][0] == pytest.approx(2 * (bars["dw"][1] - bars["dw"][0]), abs=0.3)


def test_stairs_of_few_steps_are_as_high_as_the_share_was_by_then() -> None:
    """Each step that is drawn stands where the whole curve stands on that day, the last one included."""
    days = list(range(1, 101))
    whole = Curve.of_reached("a", reached(days, [True] * 100, [1] * 100))
    few = Curve.of_reached("a", reached(days, [True] * 100, [1] * 100), steps=7)
    assert len(few.x) == 2 * 7 + 2
    at = dict(zip(whole.x, whole.y, strict=True))
    assert all(at[x] == y for x, y in zip(few.x[2::2], few.y[2::2], strict=True))
    assert (few.x[-1], few.y[-1]) == (whole.x[-1], whole.y[-1])


def test_the_table_of_stairs_has_a_row_a_step() -> None:
    found = Curve.of_reached("a", reached([1, 2, 9], [True, True, False], [50, 20, 30]))
    table = charts.curve([found], x_label="Days", unit="share", **WORDS).table
    assert [row[1] for row in table.rows] == [0, 1, 2, 9]
    assert [row[2] for row in table.rows] == pytest.approx([0, 0.5, 0.7, 0.7])


def test_stairs_have_no_slopes() -> None:
    found = Curve.of_reached("a", reached([1, 2, 2], [True, True, False], [50, 20, 30]))
    assert found.y == pytest.approx((0.0, 0.0, 0.5, 0.5, 0.7, 0.7))
    svg = charts.curve([found], x_label="Days", unit="share", **WORDS).wide
    (line,) = re.findall(r'class="l" d="([^"]*)"', svg)
    assert "l" not in line
    assert {"h", "v"} <= set(line)


def test_a_colour_outside_the_tokens_is_refused() -> None:
    axes = _figure.axes()
    axes.plot([0, 1], [0, 1], color="#123456")
    frame = _figure.Frame(100, 100, 0, 100, 0, 100, (0, 1), (0, 1))
    with pytest.raises(ValueError, match="#123456, must be one of"):
        _figure.marks(axes, frame)


def test_path_data_is_rounded_without_adding_up() -> None:
    axes = _figure.axes()
    axes.plot(range(101), [0.0] * 101, color=TOKENS["accent"])
    frame = _figure.Frame(100 / 3, 10, 0, 100 / 3, 0, 10, (0, 100), (0, 1))
    (data,) = re.findall(r'd="M([^"]*)"', _figure.marks(axes, frame))
    steps = re.findall(r"-?\d*\.?\d+", data.split("h", 1)[1])
    assert sum(map(float, steps)) == pytest.approx(33.3, abs=0.05)


finite = st.floats(-1e12, 1e12)
values = st.lists(st.none() | finite, max_size=14)
labels = st.text(max_size=80)


@given(st.lists(st.tuples(st.floats(-50, 400), st.sampled_from([15.0, 30.0])), min_size=1, max_size=9))
def test_spread_labels_never_overlap_and_keep_their_order(wanted: list[tuple[float, float]]) -> None:
    places = spread([at for at, _ in wanted], [height for _, height in wanted], 0, 320)
    placed = sorted((place, height) for place, (_, height) in zip(places, wanted, strict=True))
    for (above, height), (below, other) in pairwise(placed):
        assert below - above >= (height + other) / 2 - 1e-9
    order = sorted(range(len(wanted)), key=lambda at: (wanted[at][0], at))
    assert [places[at] for at in order] == sorted(places)


@given(finite, finite, st.sampled_from(["share", "points", "count", "days", "ratio", "currency:USD"]))
def test_ticks_enclose_what_they_scale(one: float, other: float, unit: str) -> None:
    low, high = sorted((one, other))
    steps = ticks(low, high, unit)
    slack = 1e-6 * max(1.0, abs(low), abs(high))
    assert steps[0] <= low + slack
    assert steps[-1] >= high - slack
    assert 2 <= len(steps) <= 9


@given(labels, st.floats(20, 300))
def test_fitted_text_is_no_wider_than_its_room(text: str, room: float) -> None:
    assert breadth(fitted(text, room)) <= max(room, breadth("…"))


def points(found: list[float | None], label: str) -> Series:
    return Series(
        label,
        tuple(
            Point(f"2026 W{at}", None if value is None else estimate(value)) for at, value in enumerate(found)
        ),
    )


@examples(6)
@given(values, values, labels, st.sampled_from(["share", "points", "count", "currency:USD"]))
def test_lines_of_any_numbers_can_be_drawn(
    found: list[float | None], others: list[float | None], label: str, unit: str
) -> None:
    one, other = points(found, label), points(others, label)
    for chart in (
        charts.trend(one, reference=other, unit=unit, **WORDS),
        charts.lines([one, other], unit=unit, **WORDS),
        charts.curve([curve(found, label)], x_label=label, unit=unit, **WORDS),
    ):
        assert_sound(chart)


@examples(6)
@given(values, labels, st.sampled_from(["share", "points", "count", "currency:USD"]))
def test_rows_of_any_numbers_can_be_drawn(found: list[float | None], label: str, unit: str) -> None:
    rows = [row(value, label) for value in found]
    for chart in (
        charts.dots([Group(label, tuple(rows), label, estimate(1.0))], unit=unit, **WORDS),
        charts.shift(rows, now=label, then=label, unit=unit, **WORDS),
        charts.forest(rows, unit=unit, margin=0.5, **WORDS),
        charts.parts(
            [Parts(label, (("p", v), ("q", -v)), 0) for v in found if v is not None], unit=unit, **WORDS
        ),
    ):
        assert_sound(chart)


def row(value: float | None, label: str) -> Comparison:
    if value is None:
        return Comparison(label, None)
    change: Difference = difference(value)
    return Comparison(label, estimate(value), estimate(-value, None), change, clear=value > 0)


def curve(found: list[float | None], label: str) -> Curve:
    y = tuple(float("nan") if value is None else value for value in found)
    return Curve(label, tuple(map(float, range(len(y)))), y, y, y)


def assert_sound(chart: Chart) -> None:
    for cut in (chart.wide, chart.narrow):
        ElementTree.fromstring(cut)
        assert "nan" not in re.sub(r"<text.*?</text>", "", cut)
        assert "inf" not in re.sub(r"<text.*?</text>", "", cut)


def test_values_that_are_not_finite_are_missing() -> None:
    wild = Estimate(float("inf"), None, None, None, 0.95, 1, "test")
    half = Estimate(5.0, None, 1.0, float("inf"), 0.95, 1, "test")
    chart = charts.trend(Series("a", (Point("x", wild), Point("y", half))), unit="points", **WORDS)
    assert len(circles(chart.wide)) == 1
    assert_sound(chart)


def test_the_phone_names_the_year_of_the_newest_point() -> None:
    within_a_year = charts.trend(series("a", [1, 2, 3]), unit="points", **WORDS).narrow
    across_years = charts.trend(series("a", [1, 2, 3, 4, 5, 6, 7]), unit="points", **WORDS).narrow
    assert ">2024 Q3</text>" in within_a_year
    assert ">2025</text>" in across_years
    assert ">Q3</text>" in across_years


def test_labels_that_begin_alike_stay_apart_on_the_phone() -> None:
    found = [series(f"United {each}", [0.17, 0.18]) for each in ("States", "Kingdom", "Arab Emirates")]
    chart = charts.lines(found, unit="share", **WORDS)
    for cut in (chart.wide, chart.narrow):
        said = " ".join("".join(text.itertext()) for text in ElementTree.fromstring(cut).iter("text"))
        for each in found:
            assert each.label in said
