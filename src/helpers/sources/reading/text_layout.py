"""How a delimited text file is laid out: its delimiter, what stands before the header, the header itself."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal, TypeVar

from helpers.sources.reading.formats import Format, text_of
from helpers.sources.reading.options import Reading

BLANK = " \t\r\n\u00a0\u200b\ufeff"
"""What is taken off both ends of a text."""
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 2_000
"""Physical lines from which the layout is told."""
_LONGEST_CELL = 64_000_000
Cells = TypeVar("Cells", bound=Sequence[str | None])


@dataclass(frozen=True)
class TextLayout:
    """Where the rows of a delimited file begin, and what their cells are called.

    `skipped` and `header` are physical lines, `blank` those of them that are empty, `head` the records that
    they make; `repeated` are names that the header has more than once. `heading` are the cells of the first
    header line, where the file has one.
    """

    names: tuple[str, ...]
    delimiter: str
    quote: str = '"'
    skipped: int = 0
    header: int = 1
    blank: int = 0
    head: int = 1
    repeated: frozenset[str] = field(default_factory=frozenset)
    heading: tuple[str, ...] = ()


def text_layout(file: Path, kind: Format, reading: Reading) -> TextLayout:
    """The layout of a CSV or TSV file, from its first two thousand lines.

    The delimiter is the one under which most rows have one number of cells. Blank lines, comment lines (`#`)
    and titles of one cell before the header are passed over, unless `skip` says how many lines there are.
    """
    with text_of(file, reading.encoding) as text:
        lines = list(islice(text, (reading.skip or 0) + _LOOKED_AT))
    body = lines[reading.skip or 0 :]
    told = reading.delimiter or _told_by_excel(body)
    delimiter = told or ("\t" if kind == "tsv" else _steadiest(body, reading.quote))
    found = list(records(body, delimiter, reading.quote))
    before = before_header(found) if reading.skip is None else 0
    skipped = (reading.skip or 0) + before
    names, header = _header(body[before:], delimiter, reading)
    if any("\0" in name for name in names):
        raise UnicodeError("its letters have zeros between them, as in UTF-16")
    head = lines[: skipped + header]
    return TextLayout(
        tuple(unique(names)),
        delimiter,
        reading.quote,
        skipped,
        header,
        blank=sum(not line.rstrip("\r\n") for line in head),
        head=sum(1 for _ in records(head, delimiter, reading.quote)),
        repeated=repeated_names(names),
        heading=() if isinstance(reading.header, tuple) else tuple(name.strip(BLANK) for name in names),
    )


def _header(lines: Sequence[str], delimiter: str, reading: Reading) -> tuple[Sequence[str], int]:
    """The names of the columns, and how many lines hold them."""
    if isinstance(reading.header, tuple):
        return reading.header, 0
    found = list(records(lines, delimiter, reading.quote))
    head = found[: reading.header]
    if not head:
        return (), 0
    return _without_end(head[0].cells, found[reading.header :]), sum(one.lines for one in head)


def _without_end(names: list[str], rows: Sequence[TextRecord]) -> list[str]:
    """The names without a last one that is blank, where most rows have no cell for it."""
    cells = Counter(len(row.cells) for row in rows if not row.is_blank)
    is_usual = bool(cells) and cells.most_common(1)[0][0] == len(names) - 1
    return names[:-1] if is_usual and not names[-1].strip() else names


def unique(names: Sequence[str | None]) -> list[str]:
    """Names for columns: `column0` for one without a name, `_1`, `_2`, … behind names that come again.

    >>> unique(["Comment", "Comment", "Comment_1", None])
    ['Comment', 'Comment_2', 'Comment_1', 'column3']
    """
    plain = [
        "\n".join((name or "").split("\r\n")).strip(BLANK) or f"column{at}" for at, name in enumerate(names)
    ]
    taken = {name.lower() for name in plain}
    seen: Counter[str] = Counter()
    found: list[str] = []
    for name in plain:
        again = seen[name.lower()]
        seen[name.lower()] += 1
        if again:
            number = next(
                at for at in range(again, len(plain) + again) if f"{name.lower()}_{at}" not in taken
            )
            name = f"{name}_{number}"  # noqa: PLW2901  (the name that stands)
            taken.add(name.lower())
        found.append(name)
    return found


@dataclass(frozen=True)
class TextRecord:
    """The cells of a row, and the physical lines that it takes."""

    cells: list[str]
    lines: int

    @property
    def filled(self) -> int:
        """The cells up to the last that is not blank: spreadsheets pad rows with blank ones."""
        return max((at for at, cell in enumerate(self.cells, 1) if cell.strip()), default=0)

    @property
    def is_blank(self) -> bool:
        """Whether no cell has anything in it."""
        return not any(cell.strip() for cell in self.cells)


_NO_RECORD = TextRecord(["none"], 0)


def records(lines: Iterable[str], delimiter: str, quote: str) -> Iterator[TextRecord]:
    """The records of lines, each with the physical lines it takes; blank lines are records without cells."""
    csv.field_size_limit(_LONGEST_CELL)
    rows = csv.reader(iter(lines), delimiter=delimiter, quotechar=quote or None, quoting=_quoting(quote))
    seen = 0
    for cells in rows:
        yield TextRecord(cells, rows.line_num - seen)
        seen = rows.line_num


def _quoting(quote: str) -> Literal[0, 3]:
    return csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE


def _told_by_excel(lines: Sequence[str]) -> str | None:
    """The delimiter that a first line `sep=;` tells, as Excel writes and reads it."""
    said = lines[0].strip("\r\n") if lines else ""
    return said[4] if len(said) == len("sep=;") and said.lower().startswith("sep=") else None


def _steadiest(lines: Sequence[str], quote: str) -> str:
    """The delimiter under which most records have one number of cells, two at least."""

    def steadiness(delimiter: str) -> tuple[float, int]:
        counts = Counter(len(one.cells) for one in records(lines, delimiter, quote) if one.cells)
        cells, most = max(counts.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return (most / sum(counts.values()) if cells > 1 else 0.0), cells

    return max(_DELIMITERS, key=steadiness)


def before_header(found: Sequence[TextRecord]) -> int:
    """How many physical lines stand before the header."""
    usual, filled = _usual(len(one.cells) for one in found), _usual(one.filled for one in found)
    passed, pending = 0, 0
    for at, one in enumerate(found):
        pending += one.lines
        if not (one.is_blank or _is_comment(found, at, usual) or _is_title(found, at, filled)):
            return passed
        passed = pending
    return passed


def _usual(numbers: Iterable[int]) -> int:
    """The commonest number of cells, of those of two at least; 1 where there are none."""
    counts = Counter(cells for cells in numbers if cells > 1)
    return max(counts, key=lambda cells: (counts[cells], cells), default=1)


def _is_comment(records: Sequence[TextRecord], at: int, usual: int) -> bool:
    """Whether it begins with # and is no row: has another number of cells, or a blank line follows."""
    one = records[at]
    then_blank = at + 1 < len(records) and records[at + 1].is_blank
    return one.cells[0].lstrip().startswith("#") and (len(one.cells) != usual or then_blank)


def _is_title(records: Sequence[TextRecord], at: int, usual: int) -> bool:
    """Whether it has one cell, or fewer than usual and a blank line comes before the header."""
    one = records[at]
    after = (one for one in records[at + 1 :] if one.is_blank or one.filled >= usual)
    alone = sum(bool(cell.strip()) for cell in one.cells) == 1
    return one.filled < usual and (alone or next(after, _NO_RECORD).is_blank)


def without_heading(rows: Sequence[Cells], heading: Sequence[str | None]) -> list[Cells]:
    """The rows that are not the header once more, as files have it that were put one behind the other."""
    names = [(name or "").strip(BLANK) for name in heading]
    if sum(map(bool, names)) < 2:
        return list(rows)
    return [row for row in rows if [(cell or "").strip(BLANK) for cell in row] != names]


def repeated_names(names: Sequence[str | None]) -> frozenset[str]:
    """The names that stand more than once, letter by letter."""
    counts = Counter((name or "").strip() for name in names)
    return frozenset(name for name, times in counts.items() if name and times > 1)
