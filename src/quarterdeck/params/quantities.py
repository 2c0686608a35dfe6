"""Quantities as people write them in YAML: `15 min`, `4 GB`, `2 %`."""

from __future__ import annotations

import re
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


Duration = Annotated[float, BeforeValidator(seconds)]
Size = Annotated[int, BeforeValidator(size)]
Percent = Annotated[float, BeforeValidator(share)]
