"""What customers write without being asked: tickets and mentions, searched for the themes of comments."""

from __future__ import annotations

import ibis
from ibis.expr.types import StringValue, Table

from helpers.feedback.observations.survey_comments import Comments, counted_texts, searched
from helpers.feedback.observations.theme_search import stated_themes, theme_bits
from helpers.scope import Scope
from helpers.sources import LoadedTable


def ticket_texts(tickets: LoadedTable, scope: Scope) -> Comments:
    """Count the tickets of the period, and of those compared with, by the themes of subject and text.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> rows = 6 * [{"opened_at": date(2026, 7, 1), "subject": "Prices", "text": "Please explain."}]
        >>> ticket_texts(sources.of_rows("tickets", rows), Scope(Period(2026, 3))).count("price")
        6

    Raises:
        NoData: too few tickets have a text, or there is no vocabulary to search them with.
    """
    told = [name for name in ("subject", "text") if tickets.has(name)]
    tickets.need(*(told or ["text"]))
    return _counted(tickets, scope, told, "tickets")


def mention_texts(mentions: LoadedTable, scope: Scope) -> Comments:
    """Count the mentions (reviews, posts) of the period, and of those compared with, by the themes they have.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> rows = 6 * [{"posted_at": date(2026, 7, 1), "source": "forum", "text": "The mobile app is fine"}]
        >>> mention_texts(sources.of_rows("mentions", rows), Scope(Period(2026, 3))).count("mobile_app")
        6

    Raises:
        NoData: too few mentions have a text, or there is no vocabulary to search them with.
    """
    mentions.need("text")
    return _counted(mentions, scope, ["text"], "mentions")


def _counted(table: LoadedTable, scope: Scope, columns: list[str], origin: str) -> Comments:
    vocabulary, here = stated_themes(), scope.on(table)
    rows = here.rows_compared(table)
    rows = rows.filter(_text(rows, columns).strip() != "")
    nobody_low = ibis.literal(value=False)
    written = searched(rows, nobody_low, theme_bits(_text(rows, columns), vocabulary))
    return counted_texts(written, table, here, vocabulary, origin)


def _text(rows: Table, columns: list[str]) -> StringValue:
    """The texts of a row, a line each; columns without one count as empty."""
    first, *others = (rows[name].fill_null("") for name in columns)
    for other in others:
        first = first + ibis.literal("\n") + other
    return first
