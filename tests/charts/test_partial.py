"""Times that the data cover but partly are marked on charts: an open dot, a few words, the table."""

from typing import Any

import pytest

from helpers import charts
from helpers.charts import Chart
from helpers.stats import Point, Series, proportion

WORDS: Any = {"name": "total", "title": "Two quarters", "subtitle": "Conversion"}
SERIES = Series(
    "All markets",
    (
        Point("2017 Q4", proportion(60, 200), "from 11 Dec"),
        Point("2018 Q1", proportion(610, 2000)),
        Point("2018 Q2", proportion(605, 2000)),
        Point("2018 Q3", proportion(105, 2000), "to 9 Sep"),
    ),
)


@pytest.fixture(params=["trend", "lines"])
def chart(request: pytest.FixtureRequest) -> Chart:
    if request.param == "trend":
        return charts.trend(SERIES, **WORDS, unit="share")
    return charts.lines([SERIES], **WORDS, unit="share")


def test_both_cuts_say_what_is_covered(chart: Chart) -> None:
    for cut in (chart.wide, chart.narrow):
        assert cut.count("from 11 Dec") == cut.count("to 9 Sep") == 1


def test_alternative_and_table_say_it(chart: Chart) -> None:
    assert chart.alt.endswith(" Not whole: 2017 Q4 (from 11 Dec), 2018 Q3 (to 9 Sep).")
    names = [row[0] for row in chart.table.rows]
    assert names == ["2017 Q4 (from 11 Dec)", "2018 Q1", "2018 Q2", "2018 Q3 (to 9 Sep)"]


def test_the_raw_values_keep_the_name_of_the_period(chart: Chart) -> None:
    assert list(chart.data["period"]) == ["2017 Q4", "2018 Q1", "2018 Q2", "2018 Q3"]


def test_whole_times_say_nothing() -> None:
    whole = Series("All markets", tuple(Point(point.at, point.estimate) for point in SERIES.points))
    assert "Not whole" not in charts.trend(whole, **WORDS, unit="share").alt
