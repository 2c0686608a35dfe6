"""One cut of a chart: grid and lettering, written straight as SVG, around the marks."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from helpers import style, tables
from helpers.charts._figure import units

WIDE, NARROW = 760, 343
GAP = 15
"""Least distance of two labels that stand above each other."""

_THIN = frozenset("iljtfrI.,:;'|!()[]/ \u00a0\u2009")
_BROAD = frozenset("mwMW@%")


@dataclass(frozen=True)
class TextRun:
    """A piece of text with its classes (`t` ink, `k` bold, `a` accent, `w` worse)."""

    text: str
    classes: str = ""


@dataclass
class Cut:
    """Collects the SVG elements of one cut, back to front."""

    width: int
    elements: list[str] = field(default_factory=list)

    @property
    def wide(self) -> bool:
        """Whether this is the cut for screens wider than a phone's."""
        return self.width == WIDE

    def text(self, x: float, y: float, text: str, classes: str = "") -> None:
        """One line of text; `e` among the classes ends it at x, `m` centres it."""
        self.spans(x, y, (TextRun(text),), classes)

    def spans(self, x: float, y: float, spans: Sequence[TextRun], classes: str = "") -> None:
        """One line of text in pieces, a space between."""
        said = "\u00a0\u00a0".join(
            f'<tspan class="{span.classes}">{tables.escaped(span.text)}</tspan>'
            if span.classes
            else tables.escaped(span.text)
            for span in spans
            if span.text
        )
        kind = f' class="{classes}"' if classes else ""
        if said:
            self.elements.append(f'<text x="{units(x)}" y="{units(y)}"{kind}>{said}</text>')

    def lines(self, classes: str, ends: Sequence[tuple[float, float, float, float]]) -> None:
        """Straight lines of one class from (x, y) to (x, y), as one element."""
        if ends:
            data = "".join(
                f"M{units(x)} {units(y)}{_straight(x, y, to_x, to_y)}" for x, y, to_x, to_y in ends
            )
            self.elements.append(f'<path class="{classes}" d="{data}"/>')

    def add(self, marks: str) -> None:
        """SVG elements drawn elsewhere."""
        self.elements.append(marks)

    def svg(self, height: float, name: str) -> str:
        """The cut as an SVG element that the text alternative of the chart `name` describes."""
        kind = "w760" if self.wide else "n"
        return (
            f'<svg class="ch {kind}" viewBox="0 0 {self.width} {units(math.ceil(height))}" role="img" '
            f'aria-labelledby="{name}-alt">{"".join(self.elements)}</svg>'
        )


def breadth(text: str, size: float = 13.0, *, bold: bool = False) -> float:
    """About how wide a text is in the house's sans, a little more rather than less."""
    ems = sum(map(_em, text))
    return size * ems * (1.1 if bold else 1.04)


def fitted(text: str, room: float, size: float = 13.0, *, bold: bool = False) -> str:
    """The text, or its beginning and an ellipsis where it is wider than the room."""
    if breadth(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and breadth(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def wrapped(text: str, room: float, size: float = 13.0, *, bold: bool = False) -> list[str]:
    """The text on at most two lines, broken between words, each fitted to the room."""
    words = text.split(" ")
    heads = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    first = next((head for head in heads if breadth(head, size, bold=bold) <= room), words[0])
    rest = text[len(first) :].strip()
    return [fitted(part, room, size, bold=bold) for part in (first, rest) if part]


def apart(low: float, high: float) -> bool:
    """Whether two numbers differ by more than rounding."""
    return high - low > 1e-9 * max(1.0, abs(low), abs(high))


def ticks(low: float, high: float, unit: str, most: int = 6) -> tuple[float, ...]:
    """Round values from at or below `low` to at or above `high`, at most about `most` of them.

    Shares and relative differences get round percentages; counts and days never
    less than whole steps.
    """
    scale = 100.0 if style.as_percent(unit) else 1.0
    first, last = low * scale, high * scale
    if not apart(first, last):
        first, last = first - _room(first), last + _room(last)
    step = _nice((last - first) / most, whole=unit in ("count", "days"))
    start = math.floor(first / step + 1e-9)
    stop = max(start + 1, math.ceil(last / step - 1e-9))
    return tuple(value * step / scale for value in range(start, stop + 1))


def padded(values: Sequence[float], share: float = 0.06) -> tuple[float, float]:
    """From the smallest to the largest value with some room at both sides; never empty."""
    low, high = min(values), max(values)
    room = share * (high - low) if apart(low, high) else _room(low)
    return low - room, high + room


def fitting(
    limits: tuple[float, float], unit: str, room: float, said: Callable[[Sequence[float]], Sequence[str]]
) -> list[tuple[float, str]]:
    """The ticks of a horizontal axis, each with its label: as many, up to seven, as the room holds."""
    found: list[tuple[float, str]] = []
    for most in (6, 5, 4, 3, 2, 1):
        steps = within(ticks(*limits, unit, most), limits)
        found = list(zip(steps, said(steps), strict=True))
        taken = max((breadth(label, 12.5) + 12 for _, label in found), default=0.0)
        pace = room * (steps[1] - steps[0]) / (limits[1] - limits[0]) if len(steps) > 1 else room
        if taken <= pace:
            break
    return found


def within(steps: Sequence[float], limits: tuple[float, float]) -> list[float]:
    """The ticks that lie within the limits of an axis."""
    slack = 1e-9 * (limits[1] - limits[0])
    return [step for step in steps if limits[0] - slack <= step <= limits[1] + slack]


def spread(wanted: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Where labels stand that want to be at `wanted` (their middle) and are `heights` tall, without overlap.

    They keep their order, stay within top and bottom where there is room, and move as little as needed.
    """
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = list(wanted)
    edge = top
    for at in order:
        placed[at] = max(placed[at], edge + heights[at] / 2)
        edge = placed[at] + heights[at] / 2
    edge = bottom
    for at in reversed(order):
        placed[at] = min(placed[at], edge - heights[at] / 2)
        edge = placed[at] - heights[at] / 2
    overflow = max([0.0, *(top + heights[at] / 2 - placed[at] for at in order)])
    return [place + overflow for place in placed]


def _em(letter: str) -> float:
    if letter in _THIN:
        return 0.3
    if letter in _BROAD:
        return 0.87
    if ord(letter) >= 0x2E80:
        return 1.0
    return 0.68 if letter.isupper() else 0.556


def _straight(x: float, y: float, to_x: float, to_y: float) -> str:
    if units(y) == units(to_y):
        return f"H{units(to_x)}"
    return f"V{units(to_y)}" if units(x) == units(to_x) else f"L{units(to_x)} {units(to_y)}"


def _nice(step: float, *, whole: bool) -> float:
    """The next of 1, 2, 2.5 and 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    steps = (1, 2, 5, 10) if whole else (1, 2, 2.5, 5, 10)
    found = next(times * power for times in steps if times * power >= step * (1 - 1e-9))
    return max(1.0, found) if whole else found


def _room(value: float) -> float:
    return 0.1 * abs(value) or 1.0
