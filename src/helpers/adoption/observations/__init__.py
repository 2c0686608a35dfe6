"""What the tables of users and events give: few aggregate queries, typed counts and sums."""

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
    "ChannelCounts",
    "CohortQuarter",
    "FollowUp",
    "PeriodCounts",
    "Usage",
    "usage",
    "without_platforms",
]
