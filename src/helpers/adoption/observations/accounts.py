"""Users who belong to accounts: sums over the accounts of a period, and over those that stand in two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from helpers.stats import PairMoments, SharedMoments


@dataclass(frozen=True)
class AccountShares:
    """A share of the users of one group and of another, with what the error of each owes to accounts.

    Attributes:
        now: over the accounts, who did it (numerator) of all users (denominator).
        reference: the same of the group that it is compared with; None for fewer than two accounts.
        shared: the accounts that have users in both.
        accounts: how many have a user who did it now.
    """

    now: PairMoments
    reference: PairMoments | None
    shared: SharedMoments
    accounts: int = 0


def unit_of(table: ir.Table) -> str:
    """What varies by itself: the account where users have one, else the user."""
    return "account" if "account" in table.columns else "user_id"


def account_sums(flags: ir.Table, sides: Mapping[str, tuple[str, str]]) -> dict[str, int]:
    """One row of whole sums over accounts, from a row a user.

    `sides` has of each group the column that tells who stands in it and the one that tells who did it; the
    first group is the one that the others are compared with.
    """
    counts = {
        f"{sign}_{name}": (flags[there] & flags[did] if sign == "y" else flags[there]).sum().cast("int64")
        for name, (there, did) in sides.items()
        for sign in "ny"
    }
    accounts = flags.group_by("account").agg(**counts)
    sums = {name: product for side in sides for name, product in squares(accounts, side)}
    here, *others = sides
    sums |= {name: product for other in others for name, product in _products(accounts, here, other)}
    (row,) = accounts.agg(**sums).to_pyarrow().to_pylist()
    return {name: int(value or 0) for name, value in row.items()}


def account_shares(sums: Mapping[str, int], now: str, reference: str) -> AccountShares | None:
    """Two groups from the sums of `account_sums`; None where the first has fewer than two accounts."""
    one, other = moments_of(sums, now), moments_of(sums, reference)
    if one is None:
        return None
    number = sums.get(f"both_{reference}", 0)
    products = [sums.get(f"{pair}_{reference}", 0) / max(number, 1) for pair in ("yy", "yn", "ny", "nn")]
    return AccountShares(one, other, SharedMoments(number, *products), sums[f"with_{now}"])


def squares(accounts: ir.Table, side: str) -> Iterable[tuple[str, Any]]:
    """Sums, squares and products over accounts, from their users `n_side` and those who did it `y_side`."""
    users, did = accounts[f"n_{side}"], accounts[f"y_{side}"]
    return (
        (f"accounts_{side}", (users > 0).sum()),
        (f"with_{side}", (did > 0).sum()),
        (f"n_{side}", users.sum()),
        (f"y_{side}", did.sum()),
        (f"nn_of_{side}", (users * users).sum()),
        (f"yy_of_{side}", (did * did).sum()),
        (f"ny_of_{side}", (users * did).sum()),
    )


def _products(accounts: ir.Table, here: str, other: str) -> Iterable[tuple[str, Any]]:
    users, did = accounts[f"n_{here}"], accounts[f"y_{here}"]
    users_then, did_then = accounts[f"n_{other}"], accounts[f"y_{other}"]
    return (
        (f"both_{other}", ((users > 0) & (users_then > 0)).sum()),
        (f"yy_{other}", (did * did_then).sum()),
        (f"yn_{other}", (did * users_then).sum()),
        (f"ny_{other}", (users * did_then).sum()),
        (f"nn_{other}", (users * users_then).sum()),
    )


def moments_of(sums: Mapping[str, int], side: str) -> PairMoments | None:
    """Means, variances and covariance from whole sums, which lose nothing."""
    accounts, users, did = (sums[f"{name}_{side}"] for name in ("accounts", "n", "y"))
    if accounts < 2:
        return None

    def spread(products: int, one: int, other: int) -> float:
        return (accounts * products - one * other) / (accounts * (accounts - 1))

    return PairMoments(
        n=accounts,
        numerator=did / accounts,
        denominator=users / accounts,
        numerator_variance=spread(sums[f"yy_of_{side}"], did, did),
        denominator_variance=spread(sums[f"nn_of_{side}"], users, users),
        covariance=spread(sums[f"ny_of_{side}"], users, did),
    )
