"""Tables for people, with the same rows as CSV: a result in, a `Table` out.

`titled` holds the table itself, `frames` makes one of a data frame.
"""

from helpers.tables.frames import frame, slug, untitled
from helpers.tables.titled import (
    SHOWN,
    Accounted,
    Cell,
    Column,
    Table,
    account,
    caption,
    csv_link,
    csv_safe,
    escaped,
    footnote,
    plain,
    save,
    table,
    triangle,
)

__all__ = [
    "SHOWN",
    "Accounted",
    "Cell",
    "Column",
    "Table",
    "account",
    "caption",
    "csv_link",
    "csv_safe",
    "escaped",
    "footnote",
    "frame",
    "plain",
    "save",
    "slug",
    "table",
    "triangle",
    "untitled",
]
