"""The frame of charts with one row a name: labels at the left, marks, columns of numbers at the right.

On a phone the label and the numbers stand above the mark. Rows count from 0 downwards; marks are drawn at
those heights.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from helpers.charts._cut import NARROW, WIDE, Cut, TextRun, breadth, fitted, fitting, padded
from helpers.charts._figure import Frame, marks
from helpers.charts._units import Unit

HEADER = 1.3
"""Rows that the title of a further group takes."""
_KEY_LINE = 17


@dataclass(frozen=True)
class Row:
    """One row: its label, its height, its cells (one a column), what the phone shows of them."""

    label: str
    y: float
    cells: tuple[TextRun, ...]
    short: tuple[TextRun, ...]
    bold: bool = False


@dataclass(frozen=True)
class Line:
    """A dotted line from one row to another at a value, with its label above, and a title at the left."""

    first: float
    last: float
    title: str = ""
    label: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Rows:
    """What stands around the marks of one chart.

    `heads` name the columns of the wide cut; `key` are the lines that name the marks on a phone, where there
    are no columns; `above` is how far over its mark a label stands there; `pitch` the height of a row in both
    cuts; `changes` says that the axis measures differences.
    """

    rows: Sequence[Row]
    heads: Sequence[Sequence[TextRun]]
    form: Unit
    x: tuple[float, float]
    lines: Sequence[Line] = ()
    key: Sequence[Sequence[TextRun]] = ()
    pitch: tuple[int, int] = (27, 44)
    above: int = 12
    changes: bool = False

    @property
    def last(self) -> float:
        """The height of the last row."""
        return self.rows[-1].y if self.rows else 0.0

    @property
    def ends(self) -> list[float]:
        """The right ends of the columns of the wide cut."""
        widths = self._widths()
        return [WIDE - sum(widths[at + 1 :]) for at in range(len(widths))]

    def cuts(
        self, axes: Axes, name: str, extra: Callable[[Cut, Frame], None] | None = None
    ) -> tuple[str, str]:
        """Both cuts of the chart `name`: grid, what is drawn on the axes, words, and what is `extra`."""
        wide, narrow = (self._cut(width, axes, name, extra) for width in (WIDE, NARROW))
        return wide, narrow

    def _cut(self, width: int, axes: Axes, name: str, extra: Callable[[Cut, Frame], None] | None) -> str:
        cut = Cut(width)
        placed = self._frame(cut)
        self._grid(cut, placed)
        cut.add(marks(axes, placed))
        self._words(cut, placed)
        if extra:
            extra(cut, placed)
        return cut.svg(placed.height, name)

    def _frame(self, cut: Cut) -> Frame:
        """The rectangle of the marks."""
        if cut.wide:
            left, right = self._sides()
            top = 25.0
        else:
            left, right = 6.0, NARROW - 7.0
            top = self._first_label() + self.above - self.pitch[1] / 2
        bottom = top + self.pitch[0 if cut.wide else 1] * (self.last + 1)
        return Frame(
            width=cut.width,
            height=bottom + (20 if cut.wide else 4),
            left=left,
            right=right,
            top=top,
            bottom=bottom,
            x=self.x,
            y=(self.last + 0.5, -0.5),
        )

    def _grid(self, cut: Cut, placed: Frame) -> None:
        """Grid, dark at zero only, and the labels of the axis."""
        said = self.form.change_ticks if self.changes else self.form.ticks
        labelled = fitting(self.x, self.form.name, placed.right - placed.left, said)
        steps = [at for at, _ in labelled]
        reach = self.above - 3
        for kind, chosen in (("g", [at for at in steps if at]), ("ax", [at for at in steps if not at])):
            across = [placed.at_x(at) for at in chosen]
            if cut.wide:
                cut.lines(kind, [(x, 20, x, placed.bottom) for x in across])
            else:
                heights = [placed.at_y(row.y) for row in self.rows]
                cut.lines(kind, [(x, y - reach, x, y + reach) for y in heights for x in across])
        below = placed.bottom + (15 if cut.wide else 0)
        for at, label in labelled:
            half = breadth(label, 12.5) / 2
            cut.text(min(max(placed.at_x(at), half), cut.width - half), below, label, "m")
        for line in self.lines:
            self._line(cut, placed, line)

    def _words(self, cut: Cut, placed: Frame) -> None:
        """Labels and numbers."""
        if cut.wide:
            self._columns(cut, placed)
        else:
            self._stacked(cut, placed)

    def _columns(self, cut: Cut, placed: Frame) -> None:
        for end, head in zip(self.ends, self.heads, strict=True):
            cut.spans(end, 12, head, "e")
        for row in self.rows:
            y = placed.at_y(row.y) + 4
            cut.text(0, y, fitted(row.label, placed.left - 14, bold=row.bold), "t k" if row.bold else "t")
            for end, cell in zip(self.ends, row.cells, strict=True):
                cut.text(end, y, cell.text, f"e {cell.classes}".strip())

    def _stacked(self, cut: Cut, placed: Frame) -> None:
        for line, spans in enumerate(self.key):
            cut.spans(0, 12 + _KEY_LINE * line, spans)
        for row in self.rows:
            above = placed.at_y(row.y) - self.above
            taken = sum(breadth(span.text, bold=True) + 8 for span in row.short if span.text)
            label = fitted(row.label, NARROW - taken - 6, bold=row.bold)
            cut.text(0, above, label, "t k" if row.bold else "t")
            cut.spans(NARROW, above, row.short, "e")

    def _line(self, cut: Cut, placed: Frame, line: Line) -> None:
        first, last = placed.at_y(line.first), placed.at_y(line.last)
        title_y = first - 27 if cut.wide else first - self.above - 30
        room = placed.right if cut.wide else NARROW - breadth(line.label, 12.5) - 12
        if line.value is not None:
            x = placed.at_x(line.value)
            if cut.wide:
                half = breadth(line.label, 12.5) / 2
                middle = min(max(x, placed.left + half), placed.right - half)
                room = middle - half - 8
                cut.text(middle, title_y, line.label, "m")
                cut.lines("rl", [(x, title_y + 7, x, last + 12)])
            else:
                heights = [placed.at_y(row.y) for row in self.rows if line.first <= row.y <= line.last]
                cut.lines("rl", [(x, y - 10, x, y + 10) for y in heights])
                cut.text(NARROW, title_y, line.label, "e")
        cut.text(0, title_y, fitted(line.title, room, 12.5))

    def _sides(self) -> tuple[float, float]:
        right = WIDE - sum(self._widths()) - (14 if self.heads else 0)
        label = max([80.0, *(breadth(row.label, bold=row.bold) + 14 for row in self.rows)])
        return min(label, 230.0, max(100.0, right - 170.0)), right

    def _first_label(self) -> float:
        """Where the label of the first row stands on a phone: below the key or the title of its group."""
        if self.key:
            return 12 + _KEY_LINE * (len(self.key) - 1) + 24
        return 42.0 if any(line.title or line.label for line in self.lines) else 12.0

    def _widths(self) -> list[float]:
        """The widths of the columns, the gap before them included."""
        cells = [[head, *([row.cells[at]] for row in self.rows)] for at, head in enumerate(self.heads)]
        return [18 + max(sum(map(self._breadth, spans)) for spans in column) for column in cells]

    def _breadth(self, cell: TextRun) -> float:
        return breadth(cell.text, 13 if "t" in cell.classes else 12.5, bold="k" in cell.classes)


def domain(values: Sequence[float]) -> tuple[float, float]:
    """The limits of the value axis; 0 to 1 where nothing is known."""
    return padded(values) if values else (0.0, 1.0)


def heights(counts: Sequence[int]) -> list[list[float]]:
    """The heights of the rows of groups, room for a title between."""
    placed, y = [], 0.0
    for count in counts:
        placed.append([y + row for row in range(count)])
        y += count + HEADER
    return placed
