"""A text file that does not parse as it stands, read line by line: what is a row, and what is set aside.

A quote that is never closed, or closed by chance many rows later, swallows the rows between. So a cell may
run over several lines only while none of them begins a row of its own: has the right number of cells, with
numbers and dates where the other rows have them.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from helpers.records.nouns import how_many
from helpers.sources.reading.formats import text_of
from helpers.sources.reading.text_layout import TextLayout, TextRecord, records

_NUMBER = re.compile(r"\s*[+-]?(\d[\d.,' ]*|[.,]\d+)([eE][+-]?\d+)?\s*%?\s*")
_DATE = re.compile(r"\s*\d{1,4}[-/. ]\s?(\d{1,2}|[A-Za-z]{3,9})[-/. ]\s?\d{1,4}.*", re.DOTALL)
_CODE = re.compile(r"\s*\S{1,40}\s*")
_SAMPLE = 2_000
_NEARLY_ALL = 0.95
_MOST_LINES = 1_000
"""A cell of more lines is none: the quote that opened it was never meant to."""


@dataclass(frozen=True)
class Shape:
    """What the cells of a row look like: how many there are, which of them are numbers, dates, single words.

    Words tell a row only where neither numbers nor dates do.
    """

    cells: int
    numbers: frozenset[int]
    dates: frozenset[int]
    words: frozenset[int] = frozenset()

    def begins(self, cells: Sequence[str]) -> bool:
        """Whether these cells, of which the last may be cut off, begin a row."""
        telling = sorted(self.numbers | self.dates)
        if not telling:
            return self._of_words(cells)
        if len(cells) > self.cells or len(cells) <= telling[0]:
            return False
        if len(cells) < self.cells and len(cells) <= telling[-1]:
            return False
        fits = [self._fits(at, cells[at]) for at in telling]
        return all(fits) and any(cells[at].strip() for at in telling)

    def _of_words(self, cells: Sequence[str]) -> bool:
        fits = (_CODE.fullmatch(cells[at]) for at in self.words if at < len(cells))
        return len(self.words) > 1 and len(cells) == self.cells and all(fits)

    def _fits(self, at: int, cell: str) -> bool:
        pattern = _DATE if at in self.dates else _NUMBER
        return not cell.strip() or pattern.fullmatch(cell) is not None


@dataclass
class Salvaged:
    """What became of the lines: rows written, lines within cells, blank lines, lines that are set aside."""

    rows: int = 0
    continued: int = 0
    blank: int = 0
    set_aside: list[str] = field(default_factory=list)


def shape_of(file: Path, layout: TextLayout, encoding: str = "utf-8") -> Shape:
    """What most rows look like, by the lines that are a row of their own: no quote can hide these."""
    with text_of(file, encoding) as text:
        lines = islice(text, layout.skipped + layout.header, None)
        sample = list(islice(_whole_rows(lines, layout), _SAMPLE))
    width = len(layout.names)
    columns = [[row[at] for row in sample if row[at]] for at in range(width)]
    dates = frozenset(at for at, found in enumerate(columns) if _mostly(_DATE, found))
    numbers = frozenset(at for at, found in enumerate(columns) if _mostly(_NUMBER, found))
    words = frozenset(at for at, found in enumerate(columns) if _mostly(_CODE, found))
    return Shape(width, numbers - dates, dates, words)


def salvage(file: Path, layout: TextLayout, target: Path) -> Salvaged:
    """Write the rows of a UTF-8 file clean, in its own marks and without a header; tell of every line."""
    shape = shape_of(file, layout)
    found = Salvaged()
    with text_of(file, "utf-8") as text, target.open("w", encoding="utf-8", newline="") as out:
        lines = islice(text, layout.skipped + layout.header, None)
        for row in _rows(lines, layout, shape, found):
            out.write(f"{row}\n")
            found.rows += 1
    return found


def advice(lines: Sequence[str], layout: TextLayout) -> str:
    """What would make rows of lines that are set aside, where most of them tell it; else nothing.

    >>> advice(['7,5" screen', '8,"no" is no'], TextLayout(("id", "said"), ","))
    'quote: none'
    """
    told = Counter(_advice(line, layout) for line in lines[:_SAMPLE])
    most, times = max(told.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    return most if 2 * times > min(len(lines), _SAMPLE) else ""


def _advice(line: str, layout: TextLayout) -> str:
    cells, wanted = line.count(layout.delimiter) + 1, len(layout.names)
    if layout.quote and layout.quote in line:
        if cells == wanted:
            return "quote: none"
        if f"\\{layout.quote}" in line:
            return f"export it with quotes within quotes written twice ({layout.quote * 2}), without \\"
        return ""
    told = f"a row has {how_many(cells, 'cell')} and the header {how_many(wanted, 'name')}"
    return f"{told}: mend it, or give the names by header"


def _rows(lines: Iterable[str], layout: TextLayout, shape: Shape, found: Salvaged) -> Iterator[str]:
    source, ahead = iter(lines), deque[str]()
    while (line := ahead.popleft() if ahead else next(source, None)) is not None:
        if _is_plain(line, layout):
            yield line.rstrip("\r\n")
            continue
        if not line.strip():
            found.blank += 1
            continue
        cells, taken = _record(line, ahead, source, layout, shape)
        last = ahead[taken - 1] if taken else line
        row = _fitting(cells, layout, last) if cells is not None else None
        if row is None:
            found.set_aside.append(line.rstrip("\r\n"))
            continue
        for _ in range(taken):
            ahead.popleft()
        if any(cell.strip() for cell in row):
            found.continued += taken
            yield _written(row, layout)
        else:
            found.blank += 1 + taken


def swallows_rows(file: Path, layout: TextLayout, encoding: str) -> bool:
    """Whether a quote of the header is never closed, or closed by chance in a row that it swallows."""
    with text_of(file, encoding) as text:
        lines = list(islice(text, layout.skipped, layout.skipped + layout.header))
    found = list(records(lines, layout.delimiter, layout.quote))
    if len(lines) == len(found):
        return False
    _, is_open = parsed("".join(lines[-found[-1].lines :]), layout)
    shape = shape_of(file, layout, encoding)
    inner = (parsed(line, layout, loosely=True)[0] for line in _within(lines, found))
    return is_open or any(cells is not None and shape.begins(cells) for cells in inner)


def _within(lines: Sequence[str], found: Sequence[TextRecord]) -> Iterator[str]:
    """The lines that no record begins with."""
    at = 0
    for one in found:
        yield from lines[at + 1 : at + one.lines]
        at += one.lines


def _is_plain(line: str, layout: TextLayout) -> bool:
    """Whether it is a row as it stands, without a quote: nearly all lines are, and need no parser."""
    return (
        line.count(layout.delimiter) == len(layout.names) - 1
        and (not layout.quote or layout.quote not in line)
        and bool(line.strip(f" \t\r\n{layout.delimiter}"))
    )


def _written(cells: Sequence[str], layout: TextLayout) -> str:
    mark = layout.quote
    return layout.delimiter.join(
        f"{mark}{cell.replace(mark, mark * 2)}{mark}" if mark else cell for cell in cells
    )


def _record(
    line: str, ahead: deque[str], source: Iterator[str], layout: TextLayout, shape: Shape
) -> tuple[list[str] | None, int]:
    """The cells of the record that begins with a line, and how many of the lines ahead belong to it."""
    cells, is_open = parsed(line, layout)
    text = line
    for at in range(_MOST_LINES):
        if not is_open:
            return cells, at
        if at == len(ahead) and (following := next(source, None)) is not None:
            ahead.append(following)
        if at == len(ahead):
            break
        inner, _ = parsed(ahead[at], layout, loosely=True)
        if inner is not None and shape.begins(inner):
            break
        text += ahead[at]
        if layout.quote in ahead[at]:
            cells, is_open = parsed(text, layout)
    return None, 0


def parsed(text: str, layout: TextLayout, *, loosely: bool = False) -> tuple[list[str] | None, bool]:
    """The cells of one record, or None where it is none; and whether its last quote is still open."""
    quoting = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    form = {"delimiter": layout.delimiter, "quotechar": layout.quote or None, "quoting": quoting}
    try:
        rows = list(csv.reader([text], strict=not loosely, **form))  # type: ignore[arg-type]
    except csv.Error as error:
        return None, "unexpected end of data" in str(error)
    return (rows[0] if len(rows) == 1 else None), False


def _fitting(cells: list[str], layout: TextLayout, last: str) -> list[str] | None:
    """The cells as a row; blank cells too many are dropped, tabs at the end of its last line mended."""
    wanted = len(layout.names)
    if len(cells) > wanted and not any(cell.strip() for cell in cells[wanted:]):
        return cells[:wanted]
    missing = wanted - len(cells)
    bare = last.rstrip("\r\n")
    tabs, at_end = len(bare) - len(bare.rstrip("\t")), bare == last
    if missing > 0 and layout.delimiter != "\t" and 0 < tabs <= missing and (at_end or tabs == missing):
        return [*cells[:-1], cells[-1].rstrip("\t"), *[""] * missing]
    return cells if missing == 0 else None


def _whole_rows(lines: Iterable[str], layout: TextLayout) -> Iterator[list[str]]:
    for line in lines:
        cells, _ = parsed(line, layout)
        if cells is not None and len(cells) == len(layout.names):
            yield cells


def _mostly(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    fitting = sum(pattern.fullmatch(cell) is not None for cell in cells)
    return bool(cells) and fitting >= _NEARLY_ALL * len(cells)
