"""All that a page on feedback tells of, gathered before its first section and corrected together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from helpers.feedback import observations
from helpers.feedback.observations import Answers, Comments, Invitations, Tickets, WatchedTickets
from helpers.feedback.resolution import resolution_changes, service_changes
from helpers.feedback.response import answering_against_others, response_changes, segment_changes
from helpers.feedback.scores import (
    against_others,
    group_changes,
    grouped_by,
    question_changes,
    score_changes,
)
from helpers.feedback.themes import detractors_against_others, theme_changes
from helpers.feedback.ticket_volume import ticket_changes
from helpers.findings import ComparedRows, NoData, PageCorrection, families, headline_rows
from helpers.scope import Scope
from helpers.sources import LoadedTable
from helpers.stats import Comparison

Part = TypeVar("Part", Answers, Comments, Tickets, WatchedTickets, Invitations)


NOT_SEARCHED = NoData("Neither tickets nor mentions were searched for themes.")


@dataclass(frozen=True)
class Gathered:
    """Answers, comments, tickets and invitations of one edition, all read with one correction of its page.

    What could not be counted raises its error where it is asked for, so that it costs its own section alone.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.feedback import gather
        >>> from helpers.periods import Period
        >>> from helpers.scope import Scope
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1), "comment": "The export is slow."}
        >>> rows = [{**july, "score": score} for score in 3 * (10, 9, 8, 3)]
        >>> responses = sources.of_rows("responses", rows)
        >>> tickets = sources.of_rows("tickets", [{"opened_at": date(2026, 7, 1), "product_area": "Exports"}])
        >>> invitations = sources.of_rows("invitations", [{"sent_at": date(2026, 7, 1), "responded": True}])
        >>> gathered = gather(responses, invitations, tickets, Scope(Period(2026, 3)))
        >>> gathered.comments().count(), gathered.tickets().total("Exports")
        (12, 1)
    """

    _answers: Answers | Exception
    _comments: Comments | Exception
    _tickets: Tickets | Exception
    _watched: WatchedTickets | Exception
    _invitations: Invitations | Exception
    _ticket_texts: Comments | Exception
    _mention_texts: Comments | Exception

    def answers(self) -> Answers:
        """The answers to every survey."""
        return _known(self._answers)

    def comments(self) -> Comments:
        """The comments by theme."""
        return _known(self._comments)

    def tickets(self) -> Tickets:
        """The tickets by area and day."""
        return _known(self._tickets)

    def watched_tickets(self) -> WatchedTickets:
        """The tickets by how long they stayed open."""
        return _known(self._watched)

    def other_texts(self) -> tuple[Comments, ...]:
        """Tickets and mentions by theme, those of both that there are.

        Raises:
            NoData: there are neither.
        """
        both = self._ticket_texts, self._mention_texts
        for failed in both:
            if isinstance(failed, Exception) and not isinstance(failed, NoData):
                raise failed
        found = tuple(one for one in both if isinstance(one, Comments))
        if not found:
            raise NoData(" ".join(dict.fromkeys(str(one) for one in both)))
        return found

    def invitations(self) -> Invitations:
        """The invitations by segment."""
        return _known(self._invitations)


def gather(
    responses: LoadedTable,
    invitations: LoadedTable,
    tickets: LoadedTable,
    scope: Scope,
    *,
    mentions: LoadedTable | None = None,
) -> Gathered:
    """Count everything that a page on feedback compares, and correct its comparisons together.

    Headlines are NPS, CSAT, CES and the response rate; every list against each period compared with, and
    every list of groups against the others, is a family (see `helpers.stats.page_rates`).

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1)}
        >>> responses = sources.of_rows("responses", [{**july, "score": score} for score in (10, 9, 8, 3)])
        >>> none = sources.of_rows("tickets", [{"opened_at": date(2026, 7, 1)}])
        >>> gathered = gather(responses, none, none, Scope(Period(2026, 3)))
        >>> gathered.answers().tally("nps", Period(2026, 3), {})
        (2, 1, 1)
    """
    return together(
        scope,
        answers=_attempted(lambda: observations.answers(responses, scope)),
        comments=_attempted(lambda: observations.comments(responses, scope)),
        tickets=_attempted(lambda: observations.tickets(tickets, scope)),
        watched=_attempted(lambda: observations.watched_tickets(tickets, scope)),
        invitations=_attempted(lambda: observations.invitations(invitations, scope)),
        ticket_texts=_attempted(lambda: observations.ticket_texts(tickets, scope)),
        mention_texts=_attempted(lambda: observations.mention_texts(mentions, scope))
        if mentions
        else NOT_SEARCHED,
    )


def together(  # noqa: PLR0913  (one a table)
    scope: Scope,
    *,
    answers: Answers | Exception,
    comments: Comments | Exception,
    tickets: Tickets | Exception,
    watched: WatchedTickets | Exception,
    invitations: Invitations | Exception,
    ticket_texts: Comments | Exception = NOT_SEARCHED,
    mention_texts: Comments | Exception = NOT_SEARCHED,
) -> Gathered:
    """What was counted, with its comparisons corrected together; a part that failed is its error."""
    headlines: list[ComparedRows] = []
    lists: dict[str, Sequence[Comparison]] = {}
    if isinstance(answers, Answers):
        headlines += score_changes(answers).values()
        lists |= answer_families(answers)
    if isinstance(comments, Comments):
        lists |= comment_families(comments)
    for texts in (ticket_texts, mention_texts):
        if isinstance(texts, Comments) and texts.shown:
            lists |= families([theme_changes(texts)])
    if isinstance(tickets, Tickets):
        lists |= families([ticket_changes(tickets)])
    if isinstance(watched, WatchedTickets):
        lists |= families([resolution_changes(watched), service_changes(watched)])
    if isinstance(invitations, Invitations):
        headlines.append(response_changes(invitations))
        lists |= response_families(invitations)
    correction = PageCorrection.of(headline_rows(headlines), lists, 1 - scope.level)
    return Gathered(
        _read_with(answers, correction),
        _read_with(comments, correction),
        _read_with(tickets, correction),
        _read_with(watched, correction),
        _read_with(invitations, correction),
        _read_with(ticket_texts, correction),
        _read_with(mention_texts, correction),
    )


def answer_families(answers: Answers) -> dict[str, Sequence[Comparison]]:
    """The lists that scores are compared in, before correction."""
    questions = [question_changes(answers)] if answers.further_questions else []
    changes = families([*(group_changes(answers, name) for name in grouped_by(answers.scope)), *questions])
    return changes | {f"{name}s:others": against_others(answers, name) for name in ("region", "segment")}


def comment_families(comments: Comments) -> dict[str, Sequence[Comparison]]:
    """The lists that themes are compared in, before correction."""
    return {
        **families([theme_changes(comments)]),
        "themes:detractors": detractors_against_others(comments),
    }


def response_families(invitations: Invitations) -> dict[str, Sequence[Comparison]]:
    """The lists that response rates of segments are compared in, before correction."""
    return {
        **families([segment_changes(invitations)]),
        "answering:others": answering_against_others(invitations),
    }


def _attempted(count: Callable[[], Part]) -> Part | Exception:
    try:
        return count()
    except Exception as error:  # noqa: BLE001  (told in the section that asks for it, and costs no other)
        return error


def _read_with(part: Part | Exception, correction: PageCorrection) -> Part | Exception:
    if isinstance(part, Exception):
        return part
    return replace(part, scope=part.scope.corrected_by(correction))


def _known(part: Part | Exception) -> Part:
    if isinstance(part, Exception):
        raise part
    return part
