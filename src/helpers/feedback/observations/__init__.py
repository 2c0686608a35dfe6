"""What the tables of feedback give: answers, comments, tickets and invitations, counted by few queries each.

No answer and no comment leaves the engine as a row; everything else is arithmetic on these counts.
"""

from helpers.feedback.observations.changed_minds import ChangedMinds, changed_minds
from helpers.feedback.observations.other_texts import mention_texts, ticket_texts
from helpers.feedback.observations.repeated_answers import Part, Respondents
from helpers.feedback.observations.support_tickets import EVERY_AREA, Tickets, tickets
from helpers.feedback.observations.survey_answers import AnswerCell, Answers, CountedAnswers, Tally, answers
from helpers.feedback.observations.survey_comments import CommentCell, Comments, comments
from helpers.feedback.observations.survey_invitations import (
    ANSWERED,
    NOBODY,
    Invitations,
    Invited,
    invitations,
)
from helpers.feedback.observations.survey_questions import SCALES, name_of, survey_of
from helpers.feedback.observations.watched_tickets import Rated, WatchedCell, WatchedTickets, watched_tickets
from helpers.feedback.observations.weighed_answers import WeighedAnswers

__all__ = [
    "ANSWERED",
    "EVERY_AREA",
    "NOBODY",
    "SCALES",
    "AnswerCell",
    "Answers",
    "ChangedMinds",
    "CommentCell",
    "Comments",
    "CountedAnswers",
    "Invitations",
    "Invited",
    "Part",
    "Rated",
    "Respondents",
    "Tally",
    "Tickets",
    "WatchedCell",
    "WatchedTickets",
    "WeighedAnswers",
    "answers",
    "changed_minds",
    "comments",
    "invitations",
    "mention_texts",
    "name_of",
    "survey_of",
    "ticket_texts",
    "tickets",
    "watched_tickets",
]
