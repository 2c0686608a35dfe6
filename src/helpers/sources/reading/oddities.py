"""What is odd about the files of a table, though they can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from helpers.sources.places import Place
from helpers.sources.reading.formats import Format
from helpers.sources.reading.physical_lines import physical_lines


@dataclass(frozen=True)
class Oddities:
    """What a reader of a table should know of its files.

    `lacking` are columns that some files have, each with the files that have it not; `copies` files that hold
    what another holds, with that other. Of workbooks `merged` are cells that were merged downwards, of which
    the first alone has the value, `sheets` those that may be meant where none is named, and `alike` those
    with the same header as the sheet that is read; `errors` are cells that show one (`#DIV/0! in C7`).
    """

    lacking: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    copies: tuple[tuple[str, str], ...] = ()
    merged: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    alike: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()


def lacking(columns: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The columns, of those of each file, that not every file has; names that differ in case alone are one.

    >>> lacking({"a.csv": ["id", "paid"], "b.csv": ["ID", "Sum"]})
    {'paid': ('b.csv',), 'Sum': ('a.csv',)}
    """
    there = {file: {name.casefold() for name in names} for file, names in columns.items()}
    every = {name.casefold(): name for names in reversed(list(columns.values())) for name in reversed(names)}
    found = {
        name: tuple(file for file, known in there.items() if folded not in known)
        for folded, name in reversed(every.items())
    }
    return {name: files for name, files in found.items() if files}


def copies(places: Sequence[Place], kind: Format) -> tuple[tuple[str, str], ...]:
    """The files that hold what one before them holds, and that one; files without a row are none.

    Files in folders that say something of their rows (`year=2026`) are told apart by that.
    """
    if len({place.state[0] for place in places}) == len(places):
        return ()  # files of different sizes differ, without being read
    first: dict[object, str] = {}
    found = []
    for place in places:
        content = (place.record().sha256, tuple(place.partitions.items()))
        other = first.setdefault(content, place.written)
        if other != place.written and (kind not in ("csv", "tsv", "json") or physical_lines(place.file) > 1):
            found.append((place.written, other))
    return tuple(found)
