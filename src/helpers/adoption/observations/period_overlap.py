"""Users of a period and those who stand in an earlier one too: how many there are, and what they did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import ibis.expr.types as ir

from helpers.adoption.observations.accounts import unit_of
from helpers.stats import OverlappingCounts, SharedMoments


def adopters_of(flags: ir.Table, earlier: int) -> ir.Table:
    """One row: users, adopters and active users of the period, and of each earlier one those in both.

    `flags` has a row a user: `here`, `now` (adopted), `active`; of each earlier period `there_0`, `met_0`.
    """
    sums = {"users": flags.here.sum(), "adopted": flags.now.sum(), "active": flags.active.sum()}
    for at in range(earlier):
        there, met = flags[f"there_{at}"], flags[f"met_{at}"]
        both = flags.here & there
        sums |= {
            f"reference_trials_{at}": there.sum(),
            f"reference_successes_{at}": met.sum(),
            f"shared_{at}": both.sum(),
            f"shared_now_{at}": (both & flags.now).sum(),
            f"shared_before_{at}": (both & met).sum(),
            f"shared_both_{at}": (both & flags.now & met).sum(),
        }
    return flags.agg(**sums)


def overlapping(known: Mapping[str, int], at: int) -> OverlappingCounts:
    """The counts of the period and of an earlier one, from the row of `adopters_of`."""
    names = [field.name for field in fields(OverlappingCounts) if field.name not in ("successes", "trials")]
    earlier = {name: known[f"{name}_{at}"] for name in names}
    return OverlappingCounts(successes=known["adopted"], trials=known["users"], **earlier)


def month_moments(quarterly: ir.Table, *by: str) -> ir.Table:
    """Moments over users (or accounts) with a whole month of use: their shares, summed, and their months."""
    whole = quarterly.filter(quarterly.months > 0)
    units = whole.group_by(unit_of(whole), *by).agg(
        share=whole.share.sum(), months=whole.months.sum().cast("float64")
    )
    figures = {
        "n": units.count(),
        "numerator": units.share.mean(),
        "denominator": units.months.mean(),
        "numerator_variance": units.share.var(how="sample"),
        "denominator_variance": units.months.var(how="sample"),
        "covariance": units.share.cov(units.months, how="sample"),
    }
    return units.group_by(by).agg(**figures) if by else units.agg(**figures)


def shared_months(
    quarterly: ir.Table, here: ir.BooleanValue, earlier: Mapping[int, ir.BooleanValue]
) -> ir.Table:
    """One row: mean products of shares and months over the users with a whole month in both periods.

    `quarterly` has a row a user and quarter with such a month; who has none in a period has no product.
    """
    sides = {"here": here, **{f"there_{at}": there for at, there in earlier.items()}}
    users = quarterly.group_by(unit_of(quarterly)).agg(
        **{f"share_{name}": quarterly.share.sum(where=side) for name, side in sides.items()},
        **{
            f"months_{name}": quarterly.months.sum(where=side).cast("float64") for name, side in sides.items()
        },
    )
    share, months = users.share_here, users.months_here
    products: dict[str, ir.Value] = {}
    for at in earlier:
        share_then, months_then = users[f"share_there_{at}"], users[f"months_there_{at}"]
        products |= {
            f"n_{at}": (months * months_then).count(),
            f"numerators_{at}": (share * share_then).mean(),
            f"numerator_denominator_{at}": (share * months_then).mean(),
            f"denominator_numerator_{at}": (months * share_then).mean(),
            f"denominators_{at}": (months * months_then).mean(),
        }
    return users.agg(**products)


def shared_moments(row: Mapping[str, Any], at: int) -> SharedMoments:
    """The mean products of one earlier period, from the row of `shared_months`."""
    names = [field.name for field in fields(SharedMoments)]
    return SharedMoments(**{name: row[f"{name}_{at}"] or 0 for name in names})
