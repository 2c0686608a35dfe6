"""Which function makes which table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from helpers.sample import activity, market_months, surveys, trials, voices
from helpers.sample.columns import Table
from helpers.sample.company import Company
from helpers.sample.identity import Identity

MAKERS: Mapping[str, Callable[[Company], Table]] = MappingProxyType(
    {
        "responses": surveys.responses,
        "invitations": surveys.invitations,
        "tickets": voices.tickets,
        "mentions": voices.mentions,
        "assignments": trials.assignments,
        "outcomes": trials.outcomes,
        "users": activity.users,
        "events": activity.events,
        "totals": trials.totals,
        "market_metrics": market_months.market_metrics,
    }
)


def make(name: str, identity: Identity) -> Table:
    """One table of the company."""
    return MAKERS[name](company_of(identity))


def company_of(identity: Identity) -> Company:
    """The company that an identity stands for."""
    return Company(identity.newest, identity.seed, identity.scale, identity.null)
