"""The same members in two groups: how alike each is in both, and how much two estimates thus go together."""

from __future__ import annotations

import math
from dataclasses import dataclass

FEWEST_PAIRS = 100
"""Members in both groups from which on their correlation is estimated."""


@dataclass(frozen=True)
class Pairs:
    """Sums over the members who stand once in each of two groups.

    Attributes:
        n: how many there are.
        first: the sum of their values in the first group.
        second: that in the second.
        first_squares: the sum of their squares in the first group.
        second_squares: that in the second.
        products: the sum of each one's value in the first times that in the second.

    Example:
        >>> from helpers import stats
        >>> alike = stats.Pairs(200, 100, 100, 100, 100, 90)
        >>> alike.correlation, (alike + alike).n
        (0.8, 400)
    """

    n: int = 0
    first: float = 0.0
    second: float = 0.0
    first_squares: float = 0.0
    second_squares: float = 0.0
    products: float = 0.0

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(
            self.n + other.n,
            self.first + other.first,
            self.second + other.second,
            self.first_squares + other.first_squares,
            self.second_squares + other.second_squares,
            self.products + other.products,
        )

    @property
    def correlation(self) -> float:
        """How alike a member is in both, from -1 to 1; 0 for fewer than 100, or where nothing varies."""
        if self.n < FEWEST_PAIRS:
            return 0.0
        covariance = self.products - self.first * self.second / self.n
        spread = math.sqrt(
            max(0.0, self.first_squares - self.first**2 / self.n)
            * max(0.0, self.second_squares - self.second**2 / self.n)
        )
        return max(-1.0, min(1.0, covariance / spread)) if spread > 0 else 0.0


def shared_correlation(members: float, shared: int, n: int, reference_n: int) -> float:
    """The correlation of two means of which some members stand in both (Zou & Donner 2008).

    Args:
        members: the correlation of one member's values in both groups.
        shared: how many members stand in both.
        n: how many values the one mean has.
        reference_n: how many the other has.

    Example:
        Half of each group stands in both.

        >>> from helpers import stats
        >>> stats.shared_correlation(0.8, 50, 100, 100)
        0.4
    """
    return members * shared / math.sqrt(n * reference_n) if shared and n and reference_n else 0.0
