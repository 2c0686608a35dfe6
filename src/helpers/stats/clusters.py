"""Several answers of one person or account: how alike, and as how many independent ones they count."""

from __future__ import annotations

from dataclasses import dataclass

FEWEST_CLUSTERS = 100
"""Clusters with several values from which on it is estimated how alike those of one cluster are."""


@dataclass(frozen=True)
class ClusterSums:
    """Sums over clusters, such as the people who answered a survey in one period.

    Attributes:
        clusters: how many there are.
        repeated: how many of them have several values.
        n: how many values they have together.
        squares: the sum of the squares of how many each has.
        total: the sum of all values.
        total_squares: the sum of their squares.
        between: the sum, over clusters, of the square of their own sum divided by how many values they have.

    Example:
        150 people with two answers each, of whom 75 are satisfied both times and 75 neither time.

        >>> from helpers import stats
        >>> stats.ClusterSums(150, 150, 300, 600, 150, 150, 150).alike
        1.0
    """

    clusters: int = 0
    repeated: int = 0
    n: int = 0
    squares: int = 0
    total: float = 0.0
    total_squares: float = 0.0
    between: float = 0.0

    @property
    def alike(self) -> float:
        """The intraclass correlation by analysis of variance, 0 to 1; 1 where fewer than 100 repeat."""
        if self.repeated < FEWEST_CLUSTERS:
            return 1.0
        among = (self.between - self.total**2 / self.n) / (self.clusters - 1)
        within = (self.total_squares - self.between) / (self.n - self.clusters)
        size = (self.n - self.squares / self.n) / (self.clusters - 1)
        spread = among + (size - 1) * within
        return min(1.0, max(0.0, (among - within) / spread)) if spread > 0 else 1.0

    @property
    def answers_beside(self) -> float:
        """How many values stand in the cluster of an average value, itself among them: 1 without repeats."""
        return self.squares / self.n if self.n else 1.0


def effective_n(n: float, squares: float, clustered: float, alike: float) -> float:
    """As how many independent values of equal weight values count (Kish 1965).

    Args:
        n: the sum of their weights; how many there are where none has a weight.
        squares: the sum of the squares of their weights.
        clustered: the sum over clusters of the square of their weight.
        alike: the intraclass correlation of two values of one cluster, 0 to 1.

    Returns:
        Their effective number, `n` squared over what one value varies more.

    Example:
        50 people with two answers each: two who are alike by .8 tell little more than one.

        >>> from helpers import stats
        >>> round(stats.effective_n(100, 100, 50 * 2**2, 0.8), 1)
        55.6
    """
    return n * n / ((1 - alike) * squares + alike * clustered)
