"""How many of what, in words that agree: `1 row`, `68 rows`."""

from __future__ import annotations


def amount(n: int, noun: str) -> str:
    """A count and what is counted, of which there may be one.

    >>> amount(1, "row"), amount(0, "row"), amount(1204, "ticket")
    ('1 row', '0 rows', '1,204 tickets')
    """
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
