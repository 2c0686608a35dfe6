"""Charts in the house style: a typed result in, a `Chart` out, shown as the last expression of a cell.

`trend`: one series with its interval; `lines`: several side by side; `curve`: over a number, such as days.
`dots`: rows against a reference; `shift`: rows now and then; `forest`: differences against none; `parts`:
what a change is made of.

    >>> from helpers import charts
    >>> from helpers.stats import Point, Series, proportion
    >>> quarters = (Point("2026 Q2", proportion(600, 2000)), Point("2026 Q3", proportion(610, 2000)))
    >>> words = {"name": "total", "title": "Conversion holds", "subtitle": "Conversion with 95% interval"}
    >>> charts.trend(Series("All markets", quarters), **words, unit="share").title
    'Conversion holds'
"""

from helpers.charts._across import EventMark
from helpers.charts._chart import Chart
from helpers.charts.curve import Curve, curve
from helpers.charts.dots import dots
from helpers.charts.figure import FigureChart, figure
from helpers.charts.forest import forest
from helpers.charts.lines import lines
from helpers.charts.parts import Parts, parts
from helpers.charts.shift import shift
from helpers.charts.trend import TargetLine, trend

__all__ = [
    "Chart",
    "Curve",
    "EventMark",
    "FigureChart",
    "Parts",
    "TargetLine",
    "curve",
    "dots",
    "figure",
    "forest",
    "lines",
    "parts",
    "shift",
    "trend",
]


def __dir__() -> list[str]:
    return __all__
