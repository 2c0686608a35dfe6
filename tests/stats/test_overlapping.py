"""How far an estimate has moved since a part of its data was in."""

import numpy as np

from helpers.stats import Difference, nested_difference


def test_an_estimate_moves_by_what_came_in_since() -> None:
    """The limits of 4,000 moves from the first half of the data to all of it hold no move 95 times in 100."""
    generator = np.random.default_rng(7)
    held = 0
    for values in generator.normal(0, 1, (4000, 400)):
        then, now = (
            Difference(part.mean(), part.std(ddof=1) / len(part) ** 0.5, 0.0, 0.0, 0.95, None, "z")
            for part in (values[:200], values)
        )
        moved = nested_difference(now, then)
        assert moved is not None
        held += moved.low <= 0 <= moved.high
    assert abs(held / 4000 - 0.95) < 3 * (0.95 * 0.05 / 4000) ** 0.5


def test_an_estimate_that_tells_no_more_than_before_has_not_moved() -> None:
    one = Difference(1.0, 0.5, 0.0, 2.0, 0.95, None, "z")
    assert nested_difference(one, one) is None
