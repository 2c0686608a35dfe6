"""Time to resolve and what customers get: numbers, corrections, and what the page says of them."""

import math
from collections.abc import Sequence

import pytest

from helpers import feedback, stats
from helpers.feedback import Rated, WatchedCell, WatchedTickets
from helpers.feedback.resolution import service_changes
from helpers.findings import NoData
from helpers.periods import Period

from .conftest import NOW, ROOT, SCOPE

BEFORE = NOW.shift(-1)
FAST, SLOW = range(12, 92), range(24, 184, 2)


def cells(
    period: Period, hours: Sequence[int], *, area: str | None = None, closed: bool = True
) -> list[WatchedCell]:
    return [WatchedCell(period, area, each, closed, 1) for each in hours]


def watched(*parts: list[WatchedCell], **more: object) -> WatchedTickets:
    return WatchedTickets(SCOPE, tuple(cell for part in parts for cell in part), **more)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def params(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))


def test_the_median_is_that_of_the_curve_and_its_change_that_of_both() -> None:
    (row,) = feedback.times_to_resolve(watched(cells(NOW, FAST), cells(BEFORE, SLOW)))
    assert row.now is not None
    assert row.reference is not None
    assert row.difference is not None
    assert (row.now.value, row.reference.value) == (51 / 24, 102 / 24)
    assert row.difference.value == pytest.approx(-51 / 24)
    assert row.now.limits
    assert row.reference.limits
    half = math.hypot(row.now.value - row.now.limits[0], row.reference.limits[1] - row.reference.value)
    assert row.difference.low == pytest.approx(row.difference.value - half)
    assert row.below


def test_open_tickets_lengthen_the_time() -> None:
    without = feedback.times_to_resolve(watched(cells(NOW, FAST)))[0].now
    with_open = feedback.times_to_resolve(watched(cells(NOW, FAST), cells(NOW, [100] * 40, closed=False)))[
        0
    ].now
    assert without is not None
    assert with_open is not None
    assert with_open.value == 71 / 24 > without.value


def test_where_most_are_open_there_is_no_median() -> None:
    with pytest.raises(NoData, match="Fewer than half of the tickets in all regions, 2026 Q3 were closed"):
        feedback.times_to_resolve(watched(cells(NOW, FAST), cells(NOW, [100] * 100, closed=False)))


def test_a_few_tickets_before_are_compared_with_nothing() -> None:
    (row,) = feedback.times_to_resolve(watched(cells(NOW, FAST), cells(BEFORE, [30] * (SCOPE.min_group - 1))))
    assert row.difference is None


def test_tickets_in_time_are_those_of_the_stated_days() -> None:
    """Three days, metrics.yaml says: 72 hours, the last of them included."""
    (row,) = service_changes(watched(cells(NOW, FAST), cells(BEFORE, SLOW))).first
    assert row.label == "Tickets closed in time"
    assert row.now is not None
    assert row.reference is not None
    assert row.now.value == pytest.approx(61 / 80)
    assert row.reference.value == pytest.approx(25 / 80)
    assert row.difference is not None
    assert row.difference.value == pytest.approx(36 / 80)


def test_ratings_are_compared_as_shares() -> None:
    found = watched(cells(NOW, FAST), rated={NOW: Rated(60, 80), BEFORE: Rated(90, 100)})
    *_, row = service_changes(found).first
    assert row.difference is not None
    assert row.difference.value == pytest.approx(-0.15)
    assert row.difference.low == pytest.approx(stats.proportion_difference(60, 80, 90, 100, 0.95).low)


def test_few_ratings_are_not_shown() -> None:
    found = watched(cells(NOW, FAST), rated={NOW: Rated(2, SCOPE.min_group - 1)})
    assert [row.label for row in service_changes(found).first] == ["Tickets closed in time"]


def test_the_pace_is_that_of_the_log_rank_test() -> None:
    found = feedback.same_pace(watched(cells(NOW, FAST), cells(BEFORE, SLOW)))
    assert found is not None
    ages = [[hours / 24 for hours in side] for side in (FAST, SLOW)]
    expected = stats.log_rank(*((days, [True] * 80, [1] * 80) for days in ages))
    assert expected is not None
    assert found.statistic == pytest.approx(expected.statistic)
    assert feedback.same_pace(watched(cells(NOW, FAST))) is None


def test_titles_say_both_times_and_the_area_that_takes_longer() -> None:
    parts = [cells(NOW, FAST, area="Billing"), cells(BEFORE, FAST, area="Billing")]
    parts += [cells(NOW, SLOW, area="Exports"), cells(BEFORE, FAST, area="Exports")]
    chart = feedback.time_to_resolve(watched(*parts))
    title = chart.title.replace("\xa0", " ")
    assert title == "Half of the tickets are closed within 2.8 days, 2.1 days in 2026 Q2"
    keys = [finding.key for finding in chart.findings]
    assert keys == ["days_to_resolve", "days_to_resolve@area=billing", "days_to_resolve@area=exports"]
    exports = chart.findings[2]
    assert exports.change is not None
    assert (exports.good, exports.change.verdict) == ("lower", "worse")
    age = feedback.closed_by_age(watched(*parts))
    assert "Log-rank test of the two curves over all ages: p" in age.heading.note


def test_the_table_says_how_many_are_still_open() -> None:
    found = watched(cells(NOW, FAST), open_at_end={NOW: 12, BEFORE: 7}, rated={NOW: Rated(30, 40)})
    table = feedback.service(found)
    assert table.title == "12 tickets were open at the end of 2026 Q3, 7 at that of 2026 Q2"
    assert [row[:2] for row in table.rows] == [
        ("Tickets closed in time", pytest.approx(61 / 80)),
        ("Tickets rated 4 or 5", 0.75),
    ]
