"""How files are to be read, as `sources.yaml` says it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """How to read files: what `sources.yaml` says of them; None is told from the file itself.

    `skip` are physical lines before the header, `header` the lines of the header (the first has the names) or
    the names themselves where the file has none, `missing` the words that stand for a missing value.
    """

    encoding: str = "utf-8"
    sheet: str | None = None
    skip: int | None = None
    header: int | tuple[str, ...] = 1
    delimiter: str | None = None
    quote: str = '"'
    missing: tuple[str, ...] = ()
    records: str | None = None
