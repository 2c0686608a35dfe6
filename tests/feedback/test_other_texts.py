"""Tickets and mentions by the themes of comments: counted, corrected as lists of their own, on one table."""

from typing import Any

import pytest

from helpers import feedback, sources
from helpers.feedback.gathered import together
from helpers.feedback.themes import theme_changes
from helpers.findings import NoData
from helpers.scope import Scope

from .conftest import APRIL, JULY, NOW, SCOPE

NOTHING = sources.LoadedTable("responses", absent="The table responses is not supplied.")


def tickets_of(*texts: tuple[str | None, str | None], **more: Any) -> list[dict[str, Any]]:
    return [{"opened_at": JULY, "subject": subject, "text": text, **more} for subject, text in texts]


def mentions_of(*texts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"posted_at": JULY, "source": "forum", "text": text, **more} for text in texts]


def test_a_ticket_is_searched_in_subject_and_text() -> None:
    rows = tickets_of(
        ("Invoice", None), (None, "an invoice"), ("Hello", "mobile"), (" ", None), *(3 * [("a", "b")])
    )
    found = feedback.ticket_texts(sources.of_rows("tickets", rows), SCOPE)
    assert (found.count(), found.count("billing_and_invoices"), found.count("mobile_app")) == (6, 2, 1)
    assert found.count(detractor=True) == 0


def test_words_of_subject_and_text_do_not_run_into_each_other() -> None:
    rows = tickets_of(*(6 * [("sign", "in")]), ("log", None))
    assert feedback.ticket_texts(sources.of_rows("tickets", rows), SCOPE).count("sign_in") == 6
    rows = tickets_of(*(6 * [("pri", "ce")]))
    assert feedback.ticket_texts(sources.of_rows("tickets", rows), SCOPE).count("price") == 0


def test_tickets_of_one_account_are_of_one_customer() -> None:
    table = sources.of_rows("tickets", tickets_of(*(20 * [("Invoice", "x")]), account_id="one"))
    with pytest.raises(NoData, match="too few tickets in all regions, 2026 Q3"):
        feedback.ticket_texts(table, SCOPE)


def test_mentions_are_those_of_the_region() -> None:
    rows = mentions_of(*(6 * ["price"]), region="EMEA") + mentions_of(*(9 * ["price"]), region="AMER")
    found = feedback.mention_texts(sources.of_rows("mentions", rows), Scope(NOW, "EMEA"))
    assert found.count("price") == 6


def test_a_company_with_mentions_alone_has_its_themes_and_true_reasons() -> None:
    then = mentions_of(*(90 * ["a good price"]), *(10 * ["x"]), posted_at=APRIL)
    now = mentions_of(*(30 * ["a good price"]), *(70 * ["the mobile app"]))
    mentions = sources.of_rows("mentions", then + now)
    gathered = feedback.gather(NOTHING, NOTHING, NOTHING, SCOPE, mentions=mentions)
    (found,) = gathered.other_texts()
    table = feedback.themes_elsewhere([found])
    assert table.title == "More mentions on mobile app, fewer mentions on price than in 2026 Q2"
    assert [row[:4] for row in table.rows] == [
        ("Mentions", "Mobile app", 0.7, 0.0),
        ("Mentions", "Price", 0.3, 0.9),
    ]
    assert [(one.key, one.headline) for one in table.findings] == [
        ("mentions@theme=mobile_app", False),
        ("mentions@theme=price", False),
    ]
    with pytest.raises(NoData, match="responses is not supplied"):
        gathered.answers()


def test_tickets_and_mentions_stand_under_each_other() -> None:
    tickets = sources.of_rows("tickets", tickets_of(*(6 * [("Invoice", "x")]), product_area="Billing"))
    mentions = sources.of_rows("mentions", mentions_of(*(8 * ["price"])))
    gathered = feedback.gather(NOTHING, NOTHING, tickets, SCOPE, mentions=mentions)
    table = feedback.themes_elsewhere(gathered.other_texts())
    assert (
        table.title
        == "Billing and invoices is mentioned most in tickets; price is mentioned most in mentions"
    )
    assert list(table.data["texts"]) == ["Tickets", "Mentions"]


def test_they_are_compared_with_the_first_period_alone() -> None:
    days = (JULY, APRIL, JULY.replace(year=2025))
    rows = [one for day in days for one in mentions_of(*(6 * ["price"]), posted_at=day)]
    found = feedback.mention_texts(sources.of_rows("mentions", rows), SCOPE)
    assert [one.name for one in found.scope.references] == ["previous", "year_ago"]
    assert list(theme_changes(found).families) == ["themes of mentions:previous"]


def test_what_broke_is_told_though_the_other_texts_are_there() -> None:
    found = feedback.mention_texts(sources.of_rows("mentions", mentions_of(*(6 * ["price"]))), SCOPE)
    nothing, broken = NoData("nothing"), ValueError("broken")
    gathered = together(
        SCOPE,
        answers=nothing,
        comments=nothing,
        tickets=nothing,
        watched=nothing,
        invitations=nothing,
        ticket_texts=broken,
        mention_texts=found,
    )
    with pytest.raises(ValueError, match="broken"):
        gathered.other_texts()


def test_without_tickets_and_mentions_their_section_says_so() -> None:
    gathered = feedback.gather(NOTHING, NOTHING, NOTHING, SCOPE)
    with pytest.raises(NoData, match="responses is not supplied"):
        gathered.other_texts()
