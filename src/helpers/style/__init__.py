"""House style: the one place for formats of numbers, dates and words, and for colours.

Rules: a true minus sign, comma thousands, "28 to 34" and never a dash, "pts" for differences of
shares and points; differences are taken before rounding.
"""

from helpers.records.nouns import how_many
from helpers.style.colours import CATEGORIES, DARK, TOKENS
from helpers.style.numbers import (
    DECIMALS,
    MINUS,
    NBSP,
    THIN,
    as_percent,
    change,
    change_interval,
    change_ticks,
    count,
    day,
    decimals,
    distance,
    interval,
    level,
    listed,
    number,
    p_value,
    short_day,
    signed,
    span,
    ticks,
    value,
)
from helpers.style.theme import FIGURE_SIZE, stylesheet, use

__all__ = [
    "CATEGORIES",
    "DARK",
    "DECIMALS",
    "FIGURE_SIZE",
    "MINUS",
    "NBSP",
    "THIN",
    "TOKENS",
    "as_percent",
    "change",
    "change_interval",
    "change_ticks",
    "count",
    "day",
    "decimals",
    "distance",
    "how_many",
    "interval",
    "level",
    "listed",
    "number",
    "p_value",
    "short_day",
    "signed",
    "span",
    "stylesheet",
    "ticks",
    "use",
    "value",
]


def __dir__() -> list[str]:
    return __all__
