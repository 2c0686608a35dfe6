"""Shares of users who belong to accounts: against statsmodels, by law, and how often they are wrong."""

from itertools import pairwise

import numpy as np
import pytest
import statsmodels.api as sm

from helpers import stats
from helpers.stats import PairMoments, SharedMoments

Counts = np.ndarray
"""Accounts × (users now, adopters now, users then, adopters then)."""


def moments(did: np.ndarray, users: np.ndarray) -> PairMoments:
    there = users > 0
    did, users = did[there].astype(float), users[there].astype(float)
    spread = np.cov(did, users)
    return PairMoments(
        len(did),
        float(did.mean()),
        float(users.mean()),
        *map(float, (spread[0, 0], spread[1, 1], spread[0, 1])),
    )


def shared(counts: Counts) -> SharedMoments:
    both = counts[(counts[:, 0] > 0) & (counts[:, 2] > 0)].astype(float)
    if not len(both):
        return SharedMoments(0, 0, 0, 0, 0)
    users, did, users_then, did_then = both.T
    products = (did * did_then, did * users_then, users * did_then, users * users_then)
    return SharedMoments(len(both), *(float(product.mean()) for product in products))


def difference(counts: Counts, level: float = 0.95) -> stats.Difference:
    users, did, users_then, did_then = counts.T
    return stats.clustered_proportion_difference(
        moments(did, users), moments(did_then, users_then), shared(counts), level
    )


def drawn(rng: np.random.Generator, accounts: int, share: float, icc: float, *, same: bool) -> Counts:
    """Accounts of ten users on average whose habits differ; the same users in both periods, or others."""
    more = (1 - icc) / icc
    users, habit = rng.geometric(0.1, accounts), rng.beta(share * more, (1 - share) * more, accounts)
    did = rng.binomial(users, habit)
    if same:
        kept = rng.binomial(did, 0.6) + rng.binomial(users - did, 0.4 * habit)
        again = rng.binomial(did, 0.4 * habit)
        return np.array([users, did, users, np.minimum(users, kept + again)]).T
    others, habit = rng.geometric(0.1, accounts), rng.beta(share * more, (1 - share) * more, accounts)
    none = np.zeros(accounts, int)
    now = np.array([users, did, none, none]).T
    then = np.array([none, none, others, rng.binomial(others, habit)]).T
    return np.concatenate([now, then])


def test_the_error_is_that_of_clustered_least_squares() -> None:
    """statsmodels corrects by G / (G - 1) and (n - 1) / (n - k), here it is by effective clusters."""
    counts = drawn(np.random.default_rng(3), 40, 0.3, 0.2, same=True)
    rows = [
        (account, period, one)
        for account, (users, did, users_then, did_then) in enumerate(counts)
        for period, n, y in ((1, users, did), (0, users_then, did_then))
        for one in [1] * y + [0] * (n - y)
    ]
    account, period, did = np.array(rows).T
    fitted = sm.OLS(did, sm.add_constant(period)).fit(cov_type="cluster", cov_kwds={"groups": account})
    found = difference(counts)
    n, clusters = len(rows), len(counts)
    effective = counts[:, 0].sum() ** 2 / (counts[:, 0] ** 2).sum()
    theirs = np.sqrt(clusters / (clusters - 1) * (n - 1) / (n - 2))
    assert found.value == pytest.approx(fitted.params[1], abs=1e-12)
    assert found.se == pytest.approx(fitted.bse[1] / theirs * np.sqrt(effective / (effective - 1)), rel=1e-9)


def test_accounts_of_one_user_err_as_users_do() -> None:
    users = PairMoments(400, 0.3, 1.0, 0.3 * 0.7 * 400 / 399, 0.0, 0.0)
    found, plain = stats.clustered_proportion(users), stats.proportion(120, 400)
    assert (found.value, found.n) == (plain.value, plain.n)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high), abs=3e-4)


def test_users_who_resemble_each_other_tell_less() -> None:
    alike = stats.clustered_proportion(PairMoments(50, 3.0, 10.0, 21.0, 0.0, 0.0))
    assert alike.low == pytest.approx(stats.proportion(15, 50).low, abs=0.005)
    assert alike.n == 500


def test_where_nobody_did_it_only_accounts_count() -> None:
    nobody = stats.clustered_proportion(PairMoments(20, 0.0, 10.0, 0.0, 4.0, 0.0))
    assert nobody.low == 0
    assert nobody.high == pytest.approx(0.18, abs=0.01)


def test_both_ways_round_the_difference_is_the_same_and_p_inverts_it() -> None:
    counts = drawn(np.random.default_rng(4), 60, 0.2, 0.2, same=True)
    found, back = difference(counts), difference(counts[:, [2, 3, 0, 1]])
    assert (back.value, back.low, back.high) == pytest.approx((-found.value, -found.high, -found.low))
    assert found.p is not None
    limits = difference(counts, 1 - found.p)
    assert min(abs(limits.low), abs(limits.high)) < 1e-6


def test_the_same_users_in_both_make_a_change_better_known() -> None:
    counts = drawn(np.random.default_rng(5), 60, 0.2, 0.2, same=True)
    users, did, users_then, did_then = counts.T
    sides = moments(did, users), moments(did_then, users_then)
    apart = stats.clustered_proportion_difference(*sides, SharedMoments(0, 0, 0, 0, 0))
    together = difference(counts)
    assert together.high - together.low < 0.8 * (apart.high - apart.low)


def test_nobody_in_both_periods_is_no_test() -> None:
    none = PairMoments(20, 0.0, 10.0, 0.0, 4.0, 0.0)
    assert stats.clustered_proportion_difference(none, none, SharedMoments(0, 0, 0, 0, 0)).p is None


def test_one_account_has_no_error() -> None:
    with pytest.raises(ValueError, match="n == 1, must be >= 2"):
        stats.clustered_proportion(PairMoments(1, 3.0, 10.0, 0.0, 0.0, 0.0))


def test_one_large_account_leaves_little_to_tell() -> None:
    """One of 1,000 users beside nineteen of one: 1.04 effective accounts, one degree of freedom."""
    users, did = np.array([1000] + [1] * 19), np.array([300] + [0, 1] * 9 + [0])
    found = stats.clustered_proportion(moments(did, users))
    assert found.value == pytest.approx(309 / 1019)
    assert found.limits is not None
    assert found.limits[1] - found.limits[0] > 0.4


def test_a_difference_is_no_better_known_than_the_side_of_fewer_accounts() -> None:
    """Three accounts of ten users beside 200: t has two degrees, not 199."""
    few = moments(np.array([2, 3, 5]), np.array([10, 10, 10]))
    many = moments(np.tile([2, 3, 5, 4], 50), np.full(200, 10))
    alone = stats.clustered_proportion(few)
    assert alone.low is not None
    assert alone.high is not None
    nobody = SharedMoments(0, 0, 0, 0, 0)
    for sides in ((few, many), (many, few)):
        found = stats.clustered_proportion_difference(*sides, nobody)
        assert found.high - found.low >= alone.high - alone.low


def missed(accounts: int, share: float, *, same: bool, runs: int) -> float:
    """How often nothing has changed and the interval says it has, of 100; an intraclass correlation of .2."""
    rng = np.random.default_rng(accounts)
    found = [difference(drawn(rng, accounts, share, 0.2, same=same)) for _ in range(runs)]
    return 100 * float(np.mean([not one.low <= 0 <= one.high for one in found]))


@pytest.mark.parametrize("same", [False, True], ids=["other users", "the same users"])
def test_changes_of_accounts_are_seldom_clear_where_there_is_none(same: bool) -> None:
    """At 5 % a run of 200 has more than 19 in one of 250."""
    assert missed(40, 0.3, same=same, runs=200) <= 9.5


@pytest.mark.slow
@pytest.mark.parametrize("same", [False, True], ids=["other users", "the same users"])
@pytest.mark.parametrize("share", [0.05, 0.3])
@pytest.mark.parametrize("accounts", [15, 40])
def test_the_rate_at_which_they_are_clear(accounts: int, share: float, same: bool) -> None:
    assert missed(accounts, share, same=same, runs=500) <= 10


def test_taken_as_independent_they_are_clear_four_times_too_often() -> None:
    """What the correction is for: without it one null change of four or five is clear."""
    rng = np.random.default_rng(7)
    clear = []
    for _ in range(400):
        users, did, users_then, did_then = drawn(rng, 60, 0.3, 0.2, same=False).sum(axis=0)
        share, then = did / users, did_then / users_then
        se = np.sqrt(share * (1 - share) / users + then * (1 - then) / users_then)
        clear.append(abs(share - then) > 1.96 * se)
    assert np.mean(clear) > 0.2


def test_more_confidence_is_a_wider_interval() -> None:
    counts = drawn(np.random.default_rng(9), 60, 0.2, 0.2, same=False)
    widths = [found.high - found.low for found in (difference(counts, level) for level in (0.8, 0.95, 0.99))]
    assert all(one < other for one, other in pairwise(widths))
