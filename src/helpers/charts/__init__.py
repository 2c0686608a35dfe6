"""Charts in the house style: a typed result in, a `Chart` out, shown as the last expression of a cell."""

from helpers.charts._chart import Chart
from helpers.charts.curve import Curve, curve
from helpers.charts.dots import dots
from helpers.charts.figure import FigureChart, figure
from helpers.charts.forest import forest
from helpers.charts.lines import lines
from helpers.charts.parts import Parts, parts
from helpers.charts.shift import shift
from helpers.charts.trend import trend

__all__ = [
    "Chart",
    "Curve",
    "FigureChart",
    "Parts",
    "curve",
    "dots",
    "figure",
    "forest",
    "lines",
    "parts",
    "shift",
    "trend",
]
