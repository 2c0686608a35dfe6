"""What the tables of users and events give: few aggregate queries, typed counts and sums."""

from helpers.adoption.observations.accounts import AccountShares
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
    "Usage",
    "example_usage",
    "returned_users",
    "usage",
    "without_platforms",
]
