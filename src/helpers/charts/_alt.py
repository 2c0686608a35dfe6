"""The text alternatives of charts, written from the numbers they draw."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.charts._units import Unit


def course(
    label: str, at: Sequence[str], values: Sequence[float | None], unit: Unit, where: str = "in"
) -> str:
    """How a line runs: first, lowest, highest, last; `where` stands before the names of its points."""
    known = [(name, value) for name, value in zip(at, values, strict=True) if value is not None]
    if not known:
        return f"{label}: no data"
    numbers = [value for _, value in known]
    first, last = (f"{unit.value(value)} {where} {name}" for name, value in (known[0], known[-1]))
    if len(known) == 1:
        return f"{label} is {first}"
    inner = ""
    for extreme, verb in ((min(numbers), "falls as low as"), (max(numbers), "rises as high as")):
        if extreme not in (numbers[0], numbers[-1]):
            inner += f", {verb} {unit.value(extreme)} {where} {known[numbers.index(extreme)][0]}"
    return f"{label} starts at {first}{inner} and ends at {last}"


def span(at: Sequence[str]) -> str:
    """` from 2023 Q4 to 2026 Q3`."""
    return f" from {at[0]} to {at[-1]}" if len(at) > 1 else ""


def named(at: Sequence[str], partial_at: Sequence[str]) -> list[str]:
    """The names of points, with what the data cover of each that they cover but partly."""
    return [f"{name} ({part})" if part else name for name, part in zip(at, partial_at, strict=True)]


def partials(at: Sequence[str], partial_at: Sequence[str]) -> str:
    """` Not whole: 2017 Q4 (from 11 Dec).`, or nothing."""
    found = [name for name, part in zip(named(at, partial_at), partial_at, strict=True) if part]
    return f" Not whole: {', '.join(found)}." if found else ""


def counted(number: int, noun: str) -> str:
    """`1 row`, `8 rows`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(parts: Sequence[str], most: int = 12) -> str:
    """Rows in one sentence; the table has those left out."""
    rest = len(parts) - most
    return "; ".join(parts[:most]) + (f"; and {rest} more in the table" if rest > 0 else "") + "."
