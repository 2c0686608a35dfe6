"""What is wrong with a table, in one paragraph: what, where, what to do."""

from helpers.records.mistakes import Mistake


class TableError(Mistake):
    """A table cannot be loaded: a file or column is missing or unreadable, or no row is good."""


class TooManyRows(TableError):  # noqa: N818  (it says what is the matter)
    """A data frame of so many rows is hardly meant."""

    def __init__(self, table: str, rows: int, most: int) -> None:
        super().__init__(
            f"{table} has {rows:,} rows, and to_pandas pulls at most {most:,} into memory. Count them in the "
            f'engine, as in {table}.sql("select …"); look at some with {table}.head(1000); '
            f"or pull them all the same: {table}.to_pandas(columns=[…], most={rows:_})."
        )


class FileChanged(TableError):  # noqa: N818  (it says what is the matter)
    """A file was written while it was read: what was read is neither the old content nor the new."""

    def __init__(self, file: str) -> None:
        super().__init__(f"{file} was written while it was read. Run again when it is whole.")
