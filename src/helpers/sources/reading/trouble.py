"""What to say of a file that cannot be read: what is in the way, and what to write or do."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.sources.places import Place
from helpers.sources.refusals import TableError


def undecodable(place: Place, encoding: str, error: Exception) -> TableError:
    """A file that is not in its encoding, or whose archive is broken."""
    if isinstance(error, UnicodeDecodeError):
        seen = error.object[error.start : error.start + 1].hex()
        return TableError(
            f"{place.written} is not {encoding}: byte 0x{seen} is no text in it. Say what it is in "
            f"sources.yaml, as in encoding: cp1252 (Windows), encoding: latin-1, or encoding: utf-16."
        )
    if isinstance(error, UnicodeError):
        return TableError(
            f"{place.written} is not {encoding}: {error}. Say what it is in sources.yaml, "
            "as in encoding: utf-16-le, encoding: cp1252 or encoding: utf-8."
        )
    return broken(place, error, "Write or copy the file again")


def without_columns(place: Place) -> TableError:
    """A file in which there is nothing."""
    return TableError(f"{place.written} is empty, without even a line of column names. Export it again.")


def no_text(error: Exception, places: Iterable[Place]) -> TableError | None:
    """Bytes of a column that are no text, which only a query over its rows comes across; else None."""
    if "Invalid string encoding" not in str(error):
        return None
    named = next((place.written for place in places if str(place.file) in str(error)), "a file")
    return TableError(
        f"{named} has bytes that are no text in a column that is used. Write the column as text, such as a "
        "UUID in letters, or leave it out."
    )


def broken(place: Place, error: Exception, remedy: str) -> TableError:
    """A file that the engine, or a library, cannot read; its own first line of what went wrong."""
    lines = [line for line in str(error).replace(str(place.file), place.written).splitlines() if line.strip()]
    said = lines[0] if lines else type(error).__name__
    said = said.split(" Error: ", 1)[-1].rstrip(". ")
    return TableError(f"{place.written} cannot be read: {said}. {remedy}.")
