"""What is never shown: free text of customers, and groups so small that they point at persons."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TypeVar

from helpers.records import FREE_TEXT

__all__ = ["FREE_TEXT", "suppressed"]

Group = TypeVar("Group", bound=Hashable)


def suppressed(sizes: Mapping[Group, int], min_group: int) -> frozenset[Group]:
    """The groups of one split that must not be shown, by the number of persons in each.

    Groups of 1 to `min_group - 1` are suppressed. Where the total of the split is shown too, what is left
    out could be had by subtraction; so the next smallest groups join them until at least two groups and
    `min_group` persons are left out together (complementary suppression: Cox 1980, in its simplest form).
    Empty groups hide nobody and are neither suppressed nor counted.

    Args:
        sizes: group -> number of persons in it.
        min_group: the fewest persons that a group must have to be shown, 1 or more.

    Returns:
        The names of the groups to leave out.

    Raises:
        ValueError: `min_group` is below 1, or a size below 0.

    Example:
        LATAM has too few; were it left out alone, it could be had by subtraction: APAC, the next smallest,
        goes with it.

        >>> from helpers import privacy
        >>> sorted(privacy.suppressed({"AMER": 80, "EMEA": 60, "APAC": 9, "LATAM": 3}, min_group=5))
        ['APAC', 'LATAM']
    """
    if min_group < 1:
        raise ValueError(f"min_group == {min_group}, must be >= 1.")
    if any(size < 0 for size in sizes.values()):
        raise ValueError(f"smallest size == {min(sizes.values())}, must be >= 0.")
    people = sorted((group for group in sizes if sizes[group] > 0), key=lambda group: sizes[group])
    hidden = [group for group in people if sizes[group] < min_group]
    if not hidden:
        return frozenset()
    for group in people[len(hidden) :]:
        if len(hidden) >= 2 and sum(sizes[one] for one in hidden) >= min_group:
            break
        hidden.append(group)
    return frozenset(hidden)


def __dir__() -> list[str]:
    return __all__
