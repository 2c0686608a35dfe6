"""What the tables of users and events give: few aggregate queries, typed counts and sums."""

from helpers.adoption.observations.accounts import AccountShares
from helpers.adoption.observations.active_spans import SpanOfUse, spans_of_use, users_by_days
from helpers.adoption.observations.returns import ReturnedUsers, returned_users
from helpers.adoption.observations.small_company import example_usage
from helpers.adoption.observations.usage import (
    UNKNOWN,
    ChannelCounts,
    CohortQuarter,
    FollowUp,
    PeriodCounts,
    Usage,
    usage,
    without_platforms,
)

__all__ = [
    "UNKNOWN",
    "AccountShares",
    "ChannelCounts",
    "CohortQuarter",
    "FollowUp",
    "PeriodCounts",
    "ReturnedUsers",
    "SpanOfUse",
    "Usage",
    "example_usage",
    "returned_users",
    "spans_of_use",
    "usage",
    "users_by_days",
    "without_platforms",
]
