"""The steps on the way to adoption within a period: who comes so far, and who goes on from there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import ibis.expr.types as ir

from helpers.adoption.observations import Usage
from helpers.adoption.observations.accounts import account_shares, account_sums
from helpers.stats import Estimate, clustered_proportion, proportion

AGAIN = 2
"""Separate days of use that make a user one who came again."""


@dataclass(frozen=True)
class FunnelStep:
    """One step: everybody in it is in the step before too.

    Attributes:
        name: `eligible`, `tried`, `again` or `adopted`.
        users: how many came so far in the period.
        of_before: their share of the step before, 0 to 1; None for the first, and where nobody was in it.
        lost: users of the step before who did not come so far.
    """

    name: str
    users: int
    of_before: Estimate | None
    lost: int


def funnel(usage: Usage) -> tuple[FunnelStep, ...]:
    """Who is eligible in the period, of them who used it, who did on a second day, and who adopted.

    Shares from 0 to 1 with Wilson's interval (1927), over accounts where users belong to some. The second day
    is no step of its own where the rule of adoption needs no more days than that.

        >>> from helpers.adoption import example_usage
        >>> [(step.name, step.users, step.lost) for step in funnel(example_usage())]
        [('eligible', 46, 0), ('tried', 23, 23), ('again', 23, 0), ('adopted', 7, 16)]
    """
    flags = _flags(usage)
    names = ["eligible", "tried", "again", "adopted"]
    if usage.rule.days_needed <= AGAIN:
        names.remove("again")
    pairs = list(pairwise(names))
    (row,) = flags.agg(**{name: flags[name].sum() for name in names}).to_pyarrow().to_pylist()
    counts = {name: int(row[name] or 0) for name in names}
    shares = _over_accounts(usage, flags, pairs)
    for before, name in pairs:
        if name not in shares and counts[before]:
            shares[name] = proportion(counts[name], counts[before], usage.scope.level)
    lost = {name: counts[before] - counts[name] for before, name in pairs}
    return tuple(FunnelStep(name, counts[name], shares.get(name), lost.get(name, 0)) for name in names)


def _flags(usage: Usage) -> ir.Table:
    """A row a user: whether they came to each step; who came to one came to those before it."""
    users = usage.use_days
    return users.mutate(
        eligible=users.here,
        tried=users.here & (users.days > 0),
        again=users.here & (users.days >= AGAIN),
        adopted=users.now,
    )


def _over_accounts(usage: Usage, flags: ir.Table, pairs: list[tuple[str, str]]) -> dict[str, Estimate]:
    """The share of each step of which at least two accounts came to the one before; none without accounts."""
    if not usage.has_accounts:
        return {}
    sums = account_sums(flags, {name: (before, name) for before, name in pairs})
    found = {name: account_shares(sums, name, name) for _, name in pairs}
    return {name: clustered_proportion(one.now, usage.scope.level) for name, one in found.items() if one}
