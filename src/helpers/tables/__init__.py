"""Tables for people, with the same rows as CSV: a result in, a `Table` out.

`titled` holds the table itself, `frames` makes one of a data frame, `data_account` tells what became of rows.
"""

from helpers.tables.data_account import Accounted as Accounted
from helpers.tables.data_account import account
from helpers.tables.frames import ROWS_OF_CSV as ROWS_OF_CSV
from helpers.tables.frames import bare as bare
from helpers.tables.frames import frame
from helpers.tables.frames import slug as slug
from helpers.tables.frames import untitled as untitled
from helpers.tables.titled import SHOWN as SHOWN
from helpers.tables.titled import Cell, Column, Table, table, triangle
from helpers.tables.titled import caption as caption
from helpers.tables.titled import csv_link as csv_link
from helpers.tables.titled import csv_safe as csv_safe
from helpers.tables.titled import escaped as escaped
from helpers.tables.titled import footnote as footnote
from helpers.tables.titled import plain as plain
from helpers.tables.titled import save as save

__all__ = ["Cell", "Column", "Table", "account", "frame", "table", "triangle"]


def __dir__() -> list[str]:
    return __all__
