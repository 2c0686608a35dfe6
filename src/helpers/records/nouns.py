"""How many of what, in words that agree: `1 row`, `68 rows`."""

from __future__ import annotations


def how_many(n: int, noun: str) -> str:
    """A count and what is counted, of which there may be one.

    >>> how_many(1, "row"), how_many(0, "row"), how_many(1204, "ticket")
    ('1 row', '0 rows', '1,204 tickets')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
