"""House style: the one place for formats of numbers, dates and words, and for colours.

Rules: a true minus sign, comma thousands, "28 to 34" and never a dash, "pts" for differences of
shares and points; differences are taken before rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from importlib import resources
from types import MappingProxyType

from IPython.display import HTML, display

from helpers import periods

MINUS, THIN, NBSP = "\u2212", "\u2009", "\u00a0"

TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#15191e",
        "soft": "#59626c",
        "line": "#c9ced4",
        "hair": "#e6e9ec",
        "paper": "#ffffff",
        "accent": "#0b5c99",
        "worse": "#ab3f0c",
        "ref": "#666e77",
        "c3": "#44236a",
        "c4": "#de60ad",
        "c5": "#a39000",
    }
)
"""Light values of the colour tokens; house.css holds both schemes. Charts draw in them, then name classes."""

CATEGORIES = ("accent", "worse", "c3", "c4", "c5")
"""Tokens for categories, in order: told apart under simulated colour blindness, 3.2:1 on paper."""

DECIMALS: Mapping[str, int] = MappingProxyType(
    {"share": 1, "relative": 1, "points": 0, "count": 0, "days": 0, "ratio": 2}
)
"""`share` is a fraction of a whole, whose differences are points; `relative` a difference as a fraction of
what it is compared with, itself in per cent."""


_MAGNITUDES = ((1e9, "bn", 1e9), (1e6, "m", 1e6), (1e3, "k", 1e4))
"""Size, suffix, and from which amount an axis uses them."""


def decimals(unit: str, digits: int | None = None) -> int:
    """Decimals shown for a unit: the given ones, else the house's (2 for currencies below)."""
    return digits if digits is not None else DECIMALS.get(unit, 0 if unit.startswith("currency:") else 2)


def as_percent(unit: str) -> bool:
    """Whether amounts of the unit are fractions that read in per cent."""
    return unit in ("share", "relative")


def number(value: float, digits: int = 0) -> str:
    """`−1,234.5`: comma thousands, true minus, never a negative zero."""
    if not math.isfinite(value):
        return "not defined"
    text = f"{value:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float, digits: int = 0) -> str:
    """`+6`, `−6`, `0`: the sign of a difference, none for one that rounds to zero."""
    text = number(value, digits)
    return text if value <= 0 or not text.strip("0.,") else f"+{text}"


def value(amount: float, unit: str, digits: int | None = None) -> str:
    """An amount in its unit: `84.1%`, `31`, `USD 1,250`, `12 days`."""
    text = _bare(amount, unit, digits)
    if as_percent(unit):
        return f"{text}%"
    if unit.startswith("currency:"):
        return f"{unit.removeprefix('currency:')}{NBSP}{text}"
    if unit == "days":
        return f"{text}{NBSP}{'day' if text == '1' else 'days'}"
    return text


def interval(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """`83.1 to 85.1`: the limits without their unit."""
    return f"{_bare(low, unit, digits)} to {_bare(high, unit, digits)}"


def change(difference: float, unit: str, digits: int | None = None) -> str:
    """A difference with its sign and unit: `+6 pts`, `−2.5 pts`, `+1,200`."""
    text = signed(_scaled(difference, unit), decimals(unit, digits))
    return f"{text}{_difference_unit(text, unit)}"


def change_interval(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """`+2 to +10`: the limits of a difference, each with its sign."""
    places = decimals(unit, digits)
    return f"{signed(_scaled(low, unit), places)} to {signed(_scaled(high, unit), places)}"


def span(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """The limits of a difference in words.

    `between 2 and 10 points higher`, `between 2 and 10 points lower`, and across zero
    `between 5 points lower and 3 points higher`.
    """
    places = decimals(unit, digits)
    bounds = [_scaled(limit, unit) for limit in (low, high)]
    texts = [number(abs(bound), places) for bound in bounds]
    if bounds[0] >= 0 or bounds[1] <= 0:
        first, second = texts if bounds[0] >= 0 else reversed(texts)
        way = "higher" if bounds[0] >= 0 else "lower"
        return f"between {first} and {second}{_word(second, unit)} {way}"
    return f"between {texts[0]}{_word(texts[0], unit)} lower and {texts[1]}{_word(texts[1], unit)} higher"


def ticks(values: Sequence[float], unit: str) -> tuple[str, ...]:
    """Labels of an axis: `0%`, `2.5%`; `0`, `50k`; `1.2m`.

    All have one precision and one magnitude (k from ten thousand, m, bn); currencies and days are named
    beside the axis.
    """
    scaled = [_scaled(amount, unit) for amount in values]
    largest = max(map(abs, scaled), default=0.0)
    size, suffix = next((each for each in _MAGNITUDES if largest >= each[2]), (1.0, "", 0.0))[:2]
    places = next((d for d in range(6) if all(_is_round(each / size, d) for each in scaled)), 6)
    ending = "%" if as_percent(unit) else ""
    return tuple(
        f"{number(each / size, places)}{suffix}{ending}" if each else f"0{ending}" for each in scaled
    )


def change_ticks(values: Sequence[float], unit: str) -> tuple[str, ...]:
    """Labels of an axis of differences: `−2`, `0`, `+2 pts`; the last one says what is counted."""
    bare = [text.removesuffix("%") for text in ticks(values, unit)]
    signs = [f"+{text}" if amount > 0 else text for text, amount in zip(bare, values, strict=True)]
    return (*signs[:-1], f"{signs[-1]}{_difference_unit(signs[-1], unit)}") if signs else ()


def p_value(p: float) -> str:
    """`p = 0.074`, `p < 0.001`."""
    return f"p{THIN}<{THIN}0.001" if p < 0.001 else f"p{THIN}={THIN}{p:.3f}"


def count(n: int) -> str:
    """`n = 2,806`: the answers or units behind a number."""
    return f"n{THIN}={THIN}{number(n)}"


def listed(names: Sequence[str]) -> str:
    """`Billing`, `Billing and Exports`, `Billing, Exports and Mobile`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def level(share: float) -> str:
    """`95%`: the level of an interval."""
    return f"{100 * share:.6g}%"


def day(moment: date) -> str:
    """`30 Sep 2026`."""
    return periods.day(moment)


def stylesheet() -> str:
    """The house style sheet: tokens, charts, tables, what-if; for JupyterLab and for pages."""
    return resources.files("helpers").joinpath("house.css").read_text(encoding="utf-8")


def use() -> None:
    """Give JupyterLab the house style sheet; a published page has its own copy."""
    display(HTML(f"<style>{stylesheet()}</style>"))


def _scaled(amount: float, unit: str) -> float:
    return 100 * amount if as_percent(unit) else amount


def _is_round(amount: float, places: int) -> bool:
    return abs(round(amount, places) - amount) <= 1e-9 * max(1.0, abs(amount))


def _bare(amount: float, unit: str, digits: int | None) -> str:
    return number(_scaled(amount, unit), decimals(unit, digits))


def _difference_unit(text: str, unit: str) -> str:
    if unit == "relative":
        return "%"
    if unit in ("share", "points"):
        return f"{NBSP}{'pt' if text.lstrip('+' + MINUS) == '1' else 'pts'}"
    if unit == "days":
        return f"{NBSP}{'day' if text.lstrip('+' + MINUS) == '1' else 'days'}"
    return ""


def _word(text: str, unit: str) -> str:
    if unit == "relative":
        return "%"
    if unit in ("share", "points"):
        return " point" if text == "1" else " points"
    if unit == "days":
        return " day" if text == "1" else " days"
    if unit.startswith("currency:"):
        return f" {unit.removeprefix('currency:')}"
    return ""
