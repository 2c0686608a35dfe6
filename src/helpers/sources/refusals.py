"""What is wrong with a table, in one paragraph: what, where, what to do."""


class TableError(Exception):
    """A table cannot be loaded: a file or column is missing or unreadable, or no row is good."""
