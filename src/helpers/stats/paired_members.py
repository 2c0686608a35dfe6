"""The same members in two groups: how alike each is in both, and how much two estimates thus go together."""

from __future__ import annotations

import math
from dataclasses import dataclass

FEWEST_MEMBERS = 100
"""Members in both groups from which on their correlation is estimated."""


@dataclass(frozen=True)
class Pairs:
    """Sums over pairs of values of one member, each of the first group with each of the second.

    Attributes:
        members: how many stand in both groups.
        n: how many pairs there are: that number where each has one value in each group.
        first: the sum of the values in the first group, over all pairs.
        second: that in the second.
        first_squares: the sum of the squares of those in the first group.
        second_squares: that in the second.
        products: the sum of the products of both values.

    Example:
        >>> from helpers import stats
        >>> stats.Pairs(200, 200, 100, 100, 100, 100, 90).correlation
        0.8
    """

    members: int = 0
    n: int = 0
    first: float = 0.0
    second: float = 0.0
    first_squares: float = 0.0
    second_squares: float = 0.0
    products: float = 0.0

    @property
    def correlation(self) -> float:
        """How alike a member is in both, -1 to 1; 0 for fewer than 100 members, or where nothing varies."""
        if self.members < FEWEST_MEMBERS:
            return 0.0
        covariance = self.products - self.first * self.second / self.n
        spread = math.sqrt(
            max(0.0, self.first_squares - self.first**2 / self.n)
            * max(0.0, self.second_squares - self.second**2 / self.n)
        )
        return max(-1.0, min(1.0, covariance / spread)) if spread > 0 else 0.0


def shared_correlation(
    members: float, pairs: float, n: tuple[int, int], effective: tuple[float, float] | None = None
) -> float:
    """The correlation of two means of which some members stand in both (Zou & Donner 2008).

    Args:
        members: the correlation of one member's values in both groups.
        pairs: over the members in both, the sum of its values in one times those in the other: how many
            members there are where each has one in each.
        n: how many values each mean has.
        effective: as how many independent values they count; None for all of them.

    Returns:
        The correlation, -1 to 1.

    Example:
        Half of each group stands in both.

        >>> from helpers import stats
        >>> stats.shared_correlation(0.8, 50, (100, 100))
        0.4
    """
    if not pairs or not all(n):
        return 0.0
    counted = effective or n
    found = members * pairs * math.sqrt(counted[0] * counted[1]) / (n[0] * n[1])
    return max(-1.0, min(1.0, found))
