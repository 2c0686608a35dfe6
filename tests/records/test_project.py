"""What project.yaml may say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from helpers.records.project import Project


@pytest.mark.parametrize(
    "ask", ["", "mailto:a@b.c?subject={title}", "https://t.example/new?about={key}&at={link}"]
)
def test_questions_go_to_a_mailbox_or_a_form(ask: str) -> None:
    assert Project(ask=ask).ask == ask


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        ("product-ops", "leads nowhere"),
        ("javascript:alert(1)", "leads nowhere"),
        ("https://t.example/{name}", "what may stand in braces is title, key, link"),
        ("https://t.example/{title.__class__}", "what may stand in braces"),
        ("https://t.example/{", "what may stand in braces"),
        ("https://t.example/{}", "what may stand in braces"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(ask: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Project(ask=ask)
