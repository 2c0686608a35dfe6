"""The frame of charts that run across time or rank: y grid, x labels, labels at the end of lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers import style
from helpers.charts._cut import GAP, NARROW, WIDE, Cut, TextRun, breadth, fitted, fitting, spread, wrapped
from helpers.charts._figure import Frame, marks
from helpers.charts._units import Unit

_YEAR_FIRST = re.compile(r"((?:FY)?\d{4})[ -](.+)")
_TOP = 22
_SPACE = 8.0


@dataclass(frozen=True)
class End:
    """The label of a line: its text, its value, where the line ends (in data), and a last line below.

    Label and value share a line where the room holds both.
    """

    label: str
    value: str
    x: float
    y: float
    classes: str = "t"
    below: str = ""

    def lines(self, room: float) -> list[tuple[list[TextRun], str]]:
        """The lines of the label, each with its classes, none wider than the room."""
        bold = "k" in self.classes
        value = TextRun(self.value, "k" if self.classes else "")
        if breadth(self.label, bold=bold) + _SPACE + breadth(self.value, bold=True) <= room:
            lines = [([TextRun(self.label), value], self.classes)]
        else:
            parts = [TextRun(part) for part in wrapped(self.label, room, bold=bold)]
            lines = [([part], self.classes) for part in (*parts, value)]
        return [*lines, ([TextRun(fitted(self.below, room, 12.5))], "")] if self.below else lines

    @property
    def breadth(self) -> float:
        """How wide it would like to be."""
        first = breadth(self.label, bold="k" in self.classes) + _SPACE + breadth(self.value, bold=True)
        return max(first, breadth(self.below, 12.5))


@dataclass(frozen=True)
class EventMark:
    """Something that was going on, at a position between the points of an axis: 1.25 is after the second.

    `began` is what began with it, as found without knowing of it: `rise of revenue a day, from 3 to 4`.

    >>> EventMark(1.25, "New prices (price, 1 Aug 2026)").label
    'New prices (price, 1 Aug 2026)'
    """

    at: float
    label: str
    began: tuple[str, ...] = ()


def listed(note: str, events: Sequence[EventMark]) -> str:
    """The note with the events drawn, each with its number, and what began with them."""
    told = "; ".join(f"{number} {event.label}" for number, event in enumerate(events, 1))
    numbered = enumerate(events, 1)
    began = [f"A {change}, began with {number}." for number, event in numbered for change in event.began]
    return " ".join(part for part in (note, f"Going on: {told}." if told else "", *began) if part)


def event_lines(cut: Cut, placed: Frame, events: Sequence[EventMark], said: Sequence[str]) -> None:
    """A thin line and a number where each event began; lower beside words on a partial time."""
    partial_at = [at for at, text in enumerate(said) if text]
    right = -100.0
    for number, event in enumerate(events, 1):
        x = placed.at_x(max(placed.x[0], min(placed.x[1], event.at)))
        taken = any(abs(placed.at_x(at) - x) < 84 for at in partial_at) or x - right < 14
        cut.lines("ev", [(x, placed.top, x, placed.bottom)])
        cut.text(x, placed.top + 11 if taken else placed.top - 7, str(number), "m k")
        right = x


def positions(at: Sequence[str]) -> tuple[float, float]:
    """The x limits of points in the order of time; a single one stands where the newest does."""
    return (0, len(at) - 1) if len(at) > 1 else (-1, 0)


@dataclass(frozen=True)
class Plane:
    """What stands around the lines of one chart: x limits, ticks and unit of y, labels at the ends of lines.

    `foot` is what a phone needs below the labels of x.
    """

    x: tuple[float, float]
    steps: Sequence[float]
    form: Unit
    ends: Sequence[End]
    foot: int = 0

    def cuts(self, axes: Axes, name: str, labels: Callable[[Cut, Frame], None]) -> tuple[str, str]:
        """Both cuts of the chart `name`: grid, what is drawn on the axes, `labels` of x, ends of lines."""
        wide, narrow = (self._cut(width, axes, name, labels) for width in (WIDE, NARROW))
        return wide, narrow

    def _cut(self, width: int, axes: Axes, name: str, labels: Callable[[Cut, Frame], None]) -> str:
        cut = Cut(width)
        placed = self._frame(cut)
        self._grid(cut, placed)
        cut.add(marks(axes, placed))
        labels(cut, placed)
        end_labels(cut, placed, self.ends)
        return cut.svg(placed.height + (0 if cut.wide else self.foot), name)

    def _frame(self, cut: Cut) -> Frame:
        """The plotting rectangle: room for the y labels at the left, the line labels at the right."""
        said = self.form.ticks(self.steps)
        left = max([34 if cut.wide else 30, *(breadth(label, 12.5) + 8 for label in said)])
        most, least = (170, 60) if cut.wide else (120, 48)
        room = max([least, *(end.breadth + 14 for end in self.ends)])
        bottom = _TOP + (252 if cut.wide else 190)
        return Frame(
            width=cut.width,
            height=bottom + (42 if cut.wide else 26),
            left=left,
            right=cut.width - min(most, room) - 2,
            top=_TOP,
            bottom=bottom,
            x=self.x,
            y=(self.steps[0], self.steps[-1]),
        )

    def _grid(self, cut: Cut, placed: Frame) -> None:
        """Horizontal lines, dark at zero only, each with its label on it."""
        ends = {at: (0.0, placed.at_y(at), placed.right + 8, placed.at_y(at)) for at in self.steps}
        cut.lines("g", [line for at, line in ends.items() if at])
        cut.lines("ax", [line for at, line in ends.items() if not at])
        for at, label in zip(self.steps, self.form.ticks(self.steps), strict=True):
            cut.text(0, placed.at_y(at) - 5, label)


def periods(cut: Cut, placed: Frame, names: Sequence[str]) -> None:
    """The x labels of points in the order of time: the newest in bold, years below where names hold them."""
    if not names:
        return
    split = [_YEAR_FIRST.fullmatch(name) for name in names]
    parted = [(match[2], match[1]) for match in split if match]
    if len(parted) == len(names):
        _two_levels(cut, placed, parted)
    else:
        _one_level(cut, placed, names)


def along_time(
    cut: Cut, placed: Frame, at: Sequence[str], partial_at: Sequence[str], events: Sequence[EventMark]
) -> None:
    """What stands along the axis of time: names, what was going on, which times are covered but partly."""
    event_lines(cut, placed, events, partial_at)
    periods(cut, placed, at)
    partials(cut, placed, partial_at)


def partials(cut: Cut, placed: Frame, said: Sequence[str]) -> None:
    """Above the plot, what the data cover of a time that they cover but partly, with a thin line down."""
    for at, text in enumerate(said):
        if not text:
            continue
        x, half = placed.at_x(at), breadth(text, 12.5) / 2
        cut.lines("rl", [(x, placed.top - 2, x, placed.bottom)])
        if x - half < placed.left:
            cut.text(max(x - 6, placed.left), placed.top - 7, text)
        elif x + half > placed.right:
            cut.text(x + 6, placed.top - 7, text, "e")
        else:
            cut.text(x, placed.top - 7, text, "m")


def numbers(cut: Cut, placed: Frame, label: str) -> None:
    """The x labels of a numeric axis and, at its end, what it measures."""
    below = placed.bottom + 18
    room = placed.right - placed.left
    for at, text in fitting(placed.x, "number", room, lambda steps: style.ticks(steps, "number")):
        cut.text(placed.at_x(at), below, text, "m")
    cut.text(placed.right, below + 17, label, "e")


def at_most_five(what: str, lines: Sequence[object]) -> None:
    """Five colours are told apart, no more.

    Raises:
        ValueError: there are more lines.
    """
    if len(lines) > len(style.CATEGORIES):
        raise ValueError(
            f"len({what}) == {len(lines)}, must be <= {len(style.CATEGORIES)}: "
            "keep the largest, put the others into a table."
        )


def end_labels(cut: Cut, placed: Frame, ends: Sequence[End]) -> None:
    """Labels at the right of the lines, at least 15 units apart, a thin leader where one had to move."""
    x = placed.right + 12
    said = [end.lines(cut.width - x) for end in ends]
    lower = [GAP * (len(lines) - 1) / 2 for lines in said]
    wanted = [placed.at_y(end.y) + half for end, half in zip(ends, lower, strict=True)]
    places = spread(
        wanted, [GAP * len(lines) + (3 if len(lines) > 1 else 0) for lines in said], 4, placed.bottom + 12
    )
    for end, lines, place, half in zip(ends, said, places, lower, strict=True):
        y = place - half
        mark = placed.at_x(end.x), placed.at_y(end.y)
        ended_early = placed.right - mark[0] > 8
        if ended_early or abs(y - mark[1]) > 4:
            cut.lines("rl" if ended_early else "ax", [(mark[0] + 6, mark[1], x - 2, y)])
        for number, (spans, classes) in enumerate(lines):
            cut.spans(x, y + 4 + GAP * number, spans, classes)


def _two_levels(cut: Cut, placed: Frame, names: Sequence[tuple[str, str]]) -> None:
    starts = [at for at, (_, year) in enumerate(names) if at == 0 or year != names[at - 1][1]]
    last = len(names) - 1
    below = placed.bottom + 18
    if cut.wide:
        for at in _thinned(placed, [short for short, _ in names]):
            cut.text(placed.at_x(at), below, names[at][0], "m k t" if at == last else "m")
        for at in _apart(placed, starts, 40):
            cut.text(placed.at_x(at), below + 17, names[at][1], "m")
        return
    short, year = names[last]
    free = placed.at_x(last) - breadth(short, bold=True) / 2 - 22
    years = [at for at in _apart(placed, starts[1:], 44) if placed.at_x(at) < free]
    for at in years:
        cut.text(placed.at_x(at), below, names[at][1], "m")
    cut.lines("ax", [(placed.at_x(at), placed.bottom, placed.at_x(at), placed.bottom + 5) for at in years])
    cut.text(placed.at_x(last), below, short if years else f"{year} {short}", "m k t")


def _one_level(cut: Cut, placed: Frame, names: Sequence[str]) -> None:
    last = len(names) - 1
    for at in _thinned(placed, names):
        name = fitted(names[at], 140 if cut.wide else 90, 12.5, bold=at == last)
        cut.text(placed.at_x(at), placed.bottom + 18, name, "m k t" if at == last else "m")


def _thinned(placed: Frame, names: Sequence[str]) -> list[int]:
    """Every so manieth label, counted back from the newest, so that none touches the next."""
    last = len(names) - 1
    widest = min(148.0, max(breadth(name, 13, bold=True) for name in names)) + 8
    pace = (placed.right - placed.left) / max(1, last)
    every = max(1, -int(-widest // pace)) if last else 1
    return list(range(last, -1, -every))[::-1]


def _apart(placed: Frame, starts: Sequence[int], least: float) -> list[int]:
    kept: list[int] = []
    for at in starts:
        if not kept or placed.at_x(at) - placed.at_x(kept[-1]) >= least:
            kept.append(at)
    return kept
