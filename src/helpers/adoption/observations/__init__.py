"""What the tables of users and events give: few aggregate queries, typed counts and sums."""

from helpers.adoption.observations.accounts import AccountShares
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
    "Usage",
    "example_usage",
    "usage",
    "without_platforms",
]
