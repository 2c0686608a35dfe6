"""Customer feedback: scores, who is satisfied, what they talk about, tickets, who answered, what if.

    counted = feedback.answers(sources.load("responses"), period, region, confidence)
    findings.show(*feedback.headlines(counted))

Each function takes counted data and returns one typed result, with the wording of its chart or table.
"""

from helpers.feedback.answers import Answers, Scope, answers
from helpers.feedback.response import Response, response
from helpers.feedback.scenarios import win_back
from helpers.feedback.scores import GroupScores, Quarters, Trend, by_quarter, compared, headlines, over_time
from helpers.feedback.support import Areas, AreaTrends, Tickets, area_trends, areas, tickets
from helpers.feedback.themes import Apart, Comments, Themes, apart, comments, themes

__all__ = [
    "Answers",
    "Apart",
    "AreaTrends",
    "Areas",
    "Comments",
    "GroupScores",
    "Quarters",
    "Response",
    "Scope",
    "Themes",
    "Tickets",
    "Trend",
    "answers",
    "apart",
    "area_trends",
    "areas",
    "by_quarter",
    "comments",
    "compared",
    "headlines",
    "over_time",
    "response",
    "themes",
    "tickets",
    "win_back",
]
