"""How numbers, dates and words are written: the one place that formats.

Rules: a true minus sign, comma thousands, "28 to 34" and never a dash, "pts" for differences of
shares and points; differences are taken before rounding.

A `unit` is `share` (a fraction that reads in per cent, whose differences are points), `relative` (a lift as a
fraction), `points`, `count`, `days`, `ratio` or `currency:USD` (any three letters). `digits` are decimals;
without them the unit decides.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from helpers import periods

MINUS, THIN, NBSP = "\u2212", "\u2009", "\u00a0"

DECIMALS: Mapping[str, int] = MappingProxyType(
    {"share": 1, "relative": 1, "points": 0, "count": 0, "days": 0, "ratio": 2}
)
"""`share` is a fraction of a whole, whose differences are points; `relative` a difference as a fraction of
what it is compared with, itself in per cent."""


_MAGNITUDES = ((1e9, "bn", 1e9), (1e6, "m", 1e6), (1e3, "k", 1e4))
"""Size, suffix, and from which amount an axis uses them."""


def decimals(unit: str, digits: int | None = None) -> int:
    """Decimals shown for a unit: the given ones, else the house's (`DECIMALS`; none for currencies).

    Example:
        >>> from helpers import style
        >>> style.decimals("share"), style.decimals("points"), style.decimals("share", 2)
        (1, 0, 2)
    """
    return digits if digits is not None else DECIMALS.get(unit, 0 if unit.startswith("currency:") else 2)


def as_percent(unit: str) -> bool:
    """Whether amounts of the unit are fractions that read in per cent.

    Example:
        >>> from helpers import style
        >>> style.as_percent("share"), style.as_percent("points")
        (True, False)
    """
    return unit in ("share", "relative")


def number(value: float, digits: int = 0) -> str:
    """A number without unit: comma thousands, true minus, never a negative zero.

    Not a number and infinity read `not defined`.

    Example:
        >>> from helpers import style
        >>> print(style.number(-1234.56, 1))
        −1,234.6
        >>> print(style.number(-0.001))
        0
        >>> print(style.number(float("nan")))
        not defined
    """
    if not math.isfinite(value):
        return "not defined"
    text = f"{value:,.{digits}f}"
    # Zero by what is shown, not by the amount: −0.001 without decimals is 0.
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float, digits: int = 0) -> str:
    """A difference without unit, with its sign; none for one that rounds to zero.

    Example:
        >>> from helpers import style
        >>> print(style.signed(6.2), style.signed(-6.2), style.signed(0.2))
        +6 −6 0
    """
    text = number(value, digits)
    return text if value <= 0 or not text.strip("0.,") else f"+{text}"


def value(amount: float, unit: str, digits: int | None = None) -> str:
    """An amount in its unit.

    Args:
        amount: the amount; of a share or a relative difference the fraction, not the per cent.
        unit: what it is counted in.
        digits: decimals; without them the unit's.

    Example:
        >>> from helpers import style
        >>> print(style.value(0.841, "share"))
        84.1%
        >>> print(style.value(31, "points"))
        31
        >>> print(style.value(1250, "currency:USD"))
        USD 1,250
        >>> print(style.value(12, "days"))
        12 days
    """
    text = _bare(amount, unit, digits)
    if as_percent(unit):
        return f"{text}%"
    if unit.startswith("currency:"):
        return f"{unit.removeprefix('currency:')}{NBSP}{text}"
    if unit == "days":
        return f"{text}{NBSP}{'day' if text == '1' else 'days'}"
    return text


def interval(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """The limits of an amount without their unit.

    Example:
        >>> from helpers import style
        >>> print(style.interval(0.831, 0.851, "share"))
        83.1 to 85.1
    """
    return f"{_bare(low, unit, digits)} to {_bare(high, unit, digits)}"


def change(difference: float, unit: str, digits: int | None = None) -> str:
    """A difference with its sign and unit.

    Args:
        difference: the difference; of shares as a fraction (0.06 is 6 points).
        unit: the unit of what is compared; `relative` for a lift.
        digits: decimals; without them the unit's.

    Example:
        >>> from helpers import style
        >>> print(style.change(6, "points"))
        +6 pts
        >>> print(style.change(-0.025, "share"))
        −2.5 pts
        >>> print(style.change(0.031, "relative"))
        +3.1%
        >>> print(style.change(1200, "count"))
        +1,200
    """
    text = signed(_scaled(difference, unit), decimals(unit, digits))
    return f"{text}{_difference_unit(text, unit)}"


def change_interval(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """The limits of a difference without their unit, each with its sign.

    Example:
        >>> from helpers import style
        >>> print(style.change_interval(2, 10, "points"))
        +2 to +10
        >>> print(style.change_interval(-0.05, 0.03, "share"))
        −5.0 to +3.0
    """
    places = decimals(unit, digits)
    return f"{signed(_scaled(low, unit), places)} to {signed(_scaled(high, unit), places)}"


def span(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """The limits of a difference in words.

    Example:
        >>> from helpers import style
        >>> print(style.span(2, 10, "points"))
        between 2 and 10 points higher
        >>> print(style.span(-0.1, -0.02, "share", 0))
        between 2 and 10 points lower
        >>> print(style.span(-5, 3, "points"))
        between 5 points lower and 3 points higher
    """
    places = decimals(unit, digits)
    bounds = [_scaled(limit, unit) for limit in (low, high)]
    texts = [number(abs(bound), places) for bound in bounds]
    if bounds[0] >= 0 or bounds[1] <= 0:
        first, second = texts if bounds[0] >= 0 else reversed(texts)
        way = "higher" if bounds[0] >= 0 else "lower"
        return f"between {first} and {second}{_word(second, unit)} {way}"
    return f"between {texts[0]}{_word(texts[0], unit)} lower and {texts[1]}{_word(texts[1], unit)} higher"


def distance(low: float, high: float, unit: str, digits: int | None = None) -> str:
    """The limits of a difference that lie on one side of none, without their sign.

    Example:
        >>> from helpers import style
        >>> print(style.distance(-7, -3, "points"))
        3 to 7 points
        >>> print(style.distance(0.01, 0.025, "share", 1))
        1.0 to 2.5 points
    """
    places = decimals(unit, digits)
    near, far = (number(abs(_scaled(limit, unit)), places) for limit in sorted((low, high), key=abs))
    return f"{near} to {far}{_word(far, unit)}"


def ticks(values: Sequence[float], unit: str) -> tuple[str, ...]:
    """Labels of an axis.

    All have one precision and one magnitude (k from ten thousand, m, bn); currencies and days are named
    beside the axis.

    Example:
        >>> from helpers import style
        >>> style.ticks([0, 0.025, 0.05], "share"), style.ticks([0, 50_000], "count")
        (('0%', '2.5%', '5.0%'), ('0', '50k'))
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
    """Labels of an axis of differences; the last one says what is counted.

    Example:
        >>> from helpers import style
        >>> print(*style.change_ticks([-0.02, 0, 0.02], "share"), sep=", ")
        −2, 0, +2 pts
    """
    bare = [text.removesuffix("%") for text in ticks(values, unit)]
    signs = [f"+{text}" if amount > 0 else text for text, amount in zip(bare, values, strict=True)]
    return (*signs[:-1], f"{signs[-1]}{_difference_unit(signs[-1], unit)}") if signs else ()


def p_value(p: float) -> str:
    """A p value with three decimals.

    Example:
        >>> from helpers import style
        >>> print(style.p_value(0.0744), style.p_value(0.00012), sep=", ")
        p = 0.074, p < 0.001
    """
    return f"p{THIN}<{THIN}0.001" if p < 0.001 else f"p{THIN}={THIN}{p:.3f}"


def count(n: int) -> str:
    """The answers or units behind a number.

    Example:
        >>> from helpers import style
        >>> print(style.count(2806))
        n = 2,806
    """
    return f"n{THIN}={THIN}{number(n)}"


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    Example:
        >>> from helpers import style
        >>> print(style.listed(["Billing", "Exports"]))
        Billing and Exports
        >>> print(style.listed(["Billing", "Exports", "Mobile"]))
        Billing, Exports and Mobile
    """
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def level(share: float) -> str:
    """The level of an interval, from 0 to 1, in per cent.

    Example:
        >>> from helpers import style
        >>> print(style.level(0.95), style.level(0.999))
        95% 99.9%
    """
    return f"{100 * share:.6g}%"


def day(moment: date) -> str:
    """A day in words.

    Example:
        >>> from datetime import date
        >>> from helpers import style
        >>> style.day(date(2026, 9, 30))
        '30 Sep 2026'
    """
    return periods.day(moment)


def short_day(moment: date) -> str:
    """A day without its year, as an axis tells it.

    Example:
        >>> from datetime import date
        >>> from helpers import style
        >>> style.short_day(date(2026, 7, 8))
        '8 Jul'
    """
    return f"{moment.day} {moment:%b}"


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
