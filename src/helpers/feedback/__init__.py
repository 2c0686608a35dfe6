"""Customer feedback: scores, who is satisfied, what they talk about, tickets, who answered, what if.

    responses = sources.load("responses")
    scope = Scope.of(responses, "2026Q3", region="EMEA")
    gathered = feedback.gather(responses, invitations, tickets, scope)
    answers = gathered.answers()               # corrected together with what else the page compares
    feedback.nps_over_time(answers)            # a chart that shows itself; .data has its raw values
    feedback.score_change(answers, "nps", {}, scope.baseline)  # the numbers alone

`answers`, `comments`, `tickets`, `watched_tickets` and `invitations` count their table, by few queries each.
The measures make typed results of the counts; the functions of the page return finished charts, tables and
the what-if.
"""

from helpers.feedback.gathered import Gathered, gather
from helpers.feedback.observations import (
    AnswerCell,
    Answers,
    ChangedMinds,
    CommentCell,
    Comments,
    Invitations,
    Invited,
    Rated,
    Tickets,
    WatchedCell,
    WatchedTickets,
    WeighedAnswers,
    answers,
    changed_minds,
    comments,
    invitations,
    mention_texts,
    ticket_texts,
    tickets,
    watched_tickets,
)
from helpers.feedback.page import (
    closed_by_age,
    detractor_themes,
    headlines,
    nps_by_quarter,
    nps_over_time,
    response_by_segment,
    response_rates,
    satisfaction_by_question,
    satisfaction_over_time,
    scores_by_group,
    service,
    theme_shares,
    themes_elsewhere,
    tickets_by_area,
    tickets_over_time,
    time_to_resolve,
    who_changed,
)
from helpers.feedback.resolution import nine_in_ten, same_pace, times_to_resolve
from helpers.feedback.response import response_change, segment_response, weighted_nps
from helpers.feedback.scores import (
    GroupScores,
    QuarterlyScores,
    WeighedScore,
    group_scores,
    mean_answer,
    quarterly_scores,
    score,
    score_change,
    score_series,
    weighed_score,
)
from helpers.feedback.themes import DetractorMentions, ThemeMentions, detractor_mentions, theme_mentions
from helpers.feedback.ticket_volume import weekly_ticket_series, weekly_tickets
from helpers.feedback.whatif import win_back, win_back_model

__all__ = [
    "AnswerCell",
    "Answers",
    "ChangedMinds",
    "CommentCell",
    "Comments",
    "DetractorMentions",
    "Gathered",
    "GroupScores",
    "Invitations",
    "Invited",
    "QuarterlyScores",
    "Rated",
    "ThemeMentions",
    "Tickets",
    "WatchedCell",
    "WatchedTickets",
    "WeighedAnswers",
    "WeighedScore",
    "answers",
    "changed_minds",
    "closed_by_age",
    "comments",
    "detractor_mentions",
    "detractor_themes",
    "gather",
    "group_scores",
    "headlines",
    "invitations",
    "mean_answer",
    "mention_texts",
    "nine_in_ten",
    "nps_by_quarter",
    "nps_over_time",
    "quarterly_scores",
    "response_by_segment",
    "response_change",
    "response_rates",
    "same_pace",
    "satisfaction_by_question",
    "satisfaction_over_time",
    "score",
    "score_change",
    "score_series",
    "scores_by_group",
    "segment_response",
    "service",
    "theme_mentions",
    "theme_shares",
    "themes_elsewhere",
    "ticket_texts",
    "tickets",
    "tickets_by_area",
    "tickets_over_time",
    "time_to_resolve",
    "times_to_resolve",
    "watched_tickets",
    "weekly_ticket_series",
    "weekly_tickets",
    "weighed_score",
    "weighted_nps",
    "who_changed",
    "win_back",
    "win_back_model",
]


def __dir__() -> list[str]:
    return __all__
