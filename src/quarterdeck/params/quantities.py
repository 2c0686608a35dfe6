"""Quantities as people write them in YAML: `15 min`, `4 GB`, `2 %`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator

_QUANTITY = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[A-Za-z%]+)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_BYTES = {"kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
_SHARE = {"%": 0.01}


def _read(text: object, units: dict[str, float] | dict[str, int], example: str) -> float:
    match = _QUANTITY.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None or match["unit"] not in units:
        raise ValueError(f"{text!r} has no known unit; write it like {example} ({', '.join(units)})")
    return float(match["number"]) * units[match["unit"]]


def seconds(text: object) -> float:
    """Seconds in `15 min`.

    Raises:
        ValueError: there is no number with a unit of time.
    """
    return _read(text, _SECONDS, "15 min")


def size(text: object) -> int:
    """Bytes in `4 GB`.

    Raises:
        ValueError: there is no number with a unit of size.
    """
    return round(_read(text, _BYTES, "4 GB"))


def share(text: object) -> float:
    """The fraction in `2 %`.

    Raises:
        ValueError: there is no number of percent.
    """
    return _read(text, _SHARE, "2 %")


def count(text: object) -> float:
    """The whole number in `100`.

    Raises:
        ValueError: there is none, or it is negative.
    """
    if not re.fullmatch(r"\d+", str(text)):
        raise ValueError(f"{text!r} is no number of rows; write it like 100")
    return float(str(text))


@dataclass(frozen=True)
class Limit:
    """A limit, as it is written, and whether what breaks it is held back; otherwise it is only warned of."""

    value: float
    text: str
    hold: bool = False


def limit(read: Callable[[object], float]) -> Callable[[object], Limit]:
    """Reads `7 d`, `7 d or warn` or `7 d or hold`, where `read` reads the quantity."""

    def parse(text: object) -> Limit:
        quantity, _, action = str(text).partition(" or ")
        if action not in ("", "warn", "hold"):
            raise ValueError(
                f"{text!r} ends with {action!r}; write {quantity} or hold, or {quantity} or warn"
            )
        return Limit(read(quantity if isinstance(text, str) else text), quantity.strip(), action == "hold")

    return parse


def two_limits(
    read: Callable[[object], float], warn: str, hold: str
) -> Callable[[object], tuple[Limit, Limit]]:
    """Reads `2 %`, `20 % or hold`, or both as a list; the limit that is not said is the usual one.

    Where only one is said and the other would lie on the wrong side of it, both are that one.
    """
    parse = limit(read)
    usual = parse(warn), parse(f"{hold} or hold")

    def both(text: object) -> tuple[Limit, Limit]:
        found = [parse(one) for one in (text if isinstance(text, list) else [text])]
        first = next((one for one in found if not one.hold), None)
        second = next((one for one in found if one.hold), None)
        if len(found) > 2 or len(found) != (first is not None) + (second is not None):
            raise ValueError(f"{text!r} has two limits of one kind; write one to warn and one `or hold`")
        first = first or min(usual[0], second or usual[0], key=lambda one: one.value)
        second = second or max(usual[1], first, key=lambda one: one.value)
        return Limit(first.value, first.text), Limit(second.value, second.text, hold=True)

    return both


Duration = Annotated[float, BeforeValidator(seconds)]
Size = Annotated[int, BeforeValidator(size)]
