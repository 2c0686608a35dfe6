"""The page on feedback: each function returns a finished chart, table or headline, which shows itself.

Titles take the corrected verdicts of the findings or rows that they speak of. Every chart and table gives its
raw values as `.data`.
"""

from helpers.feedback.page.opinions import who_changed
from helpers.feedback.page.respondents import response_by_segment, response_rates
from helpers.feedback.page.satisfaction import (
    headlines,
    nps_by_quarter,
    nps_over_time,
    satisfaction_by_question,
    satisfaction_over_time,
    scores_by_group,
)
from helpers.feedback.page.support import tickets_by_area, tickets_over_time
from helpers.feedback.page.time_to_resolve import closed_by_age, service, time_to_resolve
from helpers.feedback.page.topics import detractor_themes, theme_shares, themes_elsewhere

__all__ = [
    "closed_by_age",
    "detractor_themes",
    "headlines",
    "nps_by_quarter",
    "nps_over_time",
    "response_by_segment",
    "response_rates",
    "satisfaction_by_question",
    "satisfaction_over_time",
    "scores_by_group",
    "service",
    "theme_shares",
    "themes_elsewhere",
    "tickets_by_area",
    "tickets_over_time",
    "time_to_resolve",
    "who_changed",
]
