"""The lines of docs/exports.md read the files beside it, with the numbers that are in them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import sources

from .conftest import Folder

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "exports.md").read_text(encoding="utf-8")
SECTIONS = TEXT.split("\n### ")[1:]
LINES = {one.splitlines()[0]: re.findall(r"```yaml\n(.*?)```", one, re.S)[0] for one in SECTIONS}
METRICS = """
metrics:
  revenue: {label: Revenue, unit: "currency:EUR", kind: sum, good: higher, numerator: charges}
"""


@dataclass(frozen=True)
class Export:
    """What a file holds, counted by hand: the account, and the rows that are kept, of some columns."""

    columns: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    read: int
    account: Mapping[str, Any] = field(default_factory=dict)


def at(month: int, day: int, *clock: int) -> datetime:
    names = ("hours", "minutes", "seconds", "microseconds")
    return datetime(2026, month, day) + timedelta(**dict(zip(names, clock, strict=False)))


EXPORTS = {
    "Qualtrics": Export(
        ("response_id", "submitted_at", "survey", "score", "comment", "region", "respondent_id"),
        [
            ("R_1aB:nps", at(7, 1, 2, 30, 1), "nps", 9, "Fast, and clear.\nThanks!", "EMEA", "C-17"),
            ("R_1aB:csat", at(7, 1, 2, 30, 1), "csat", 5, None, "EMEA", "C-17"),
            ("R_2cD:nps", at(7, 1, 15, 2, 12), "nps", 0, "The export is slow", "AMER", "C-18"),
            ("R_4gH:csat", at(7, 3, 16, 3, 1), "csat", 2, None, "EMEA", "C-20"),
        ],
        read=6,
        account={"filtered": 2, "unanswered": 2},
    ),
    "SurveyMonkey": Export(
        ("response_id", "submitted_at", "score", "comment", "region"),
        [
            ("118012345671", at(7, 1, 12, 2, 5), 10, "Nothing", "EMEA"),
            ("118012345672", at(7, 2, 4, 3), 6, "Exports, please", "AMER"),
            ("118012345674", at(9, 30, 18, 1, 40), 0, None, "APAC"),
        ],
        read=4,
        account={"quarantined": {"score missing": 1}},
    ),
    "Typeform": Export(
        ("response_id", "submitted_at", "score", "comment", "product_area"),
        [
            ("hefupfubphvacf8sv12ch63vnvacgl4s", at(7, 1, 23, 12, 40), 9, "Saves hours", "Reports\nExports"),
            ("8v1q0f2mchc7w9p8v1q0f3yau2v5ro1d", at(7, 2, 6, 27, 59), 3, "Too dear", "Reports"),
        ],
        read=3,
        account={"filtered": 1},
    ),
    "Delighted": Export(
        ("response_id", "submitted_at", "survey", "score", "comment", "region", "respondent_id"),
        [
            ("5435", at(7, 1, 8), "nps", 10, "Great service!", "AMER", "4945"),
            ("5436", at(7, 1, 23, 59, 59), "nps", 2, None, "EMEA", "4946"),
            ("5437", at(8, 1), "csat", 4, "Fine", None, "4945"),
        ],
        read=3,
    ),
    "Zendesk": Export(
        ("ticket_id", "opened_at", "subject", "priority", "product_area", "csat"),
        [
            ("35436", at(7, 1, 23, 30), "Cannot log in", "high", "Access", 5),
            ("35437", at(7, 3, 8), "Invoice", None, "Billing", None),
            ("35439", at(7, 5, 8), "Export hangs", "urgent", "Exports", 1),
        ],
        read=4,
        account={"filtered": 1},
    ),
    "Jira": Export(
        ("ticket_id", "opened_at", "closed_at", "priority", "subject", "text", "product_area"),
        [
            (
                *("OPS-1", at(7, 1, 7, 12), at(7, 2, 11, 5)),
                *("High", "Login fails", "Steps:\n1. open\n2. log in", "Access"),
            ),
            ("OPS-2", at(7, 13, 21, 40), None, "Low", "Export slow", "It takes minutes", "Exports"),
        ],
        read=3,
        account={"filtered": 1},
    ),
    "Intercom": Export(
        ("ticket_id", "opened_at", "closed_at", "subject", "text", "product_area", "csat"),
        [
            ("471", at(7, 1, 8), at(7, 1, 9), "<p>Login</p>", "<p>I cannot log in</p>", "Access", 5),
            ("472", at(7, 2), None, "Invoice", "<p>Charged twice</p>", None, None),
            ("473", at(7, 3), at(7, 3, 1), None, "<p>Export?</p>", "Exports", 2),
        ],
        read=3,
    ),
    "Google Play": Export(
        ("posted_at", "source", "text", "rating"),
        [
            (at(7, 1, 8), "Google Play", "Läuft gut, danke 😄", 5),
            (at(8, 1), "Google Play", "Ficou lento", 1),
        ],
        read=2,
    ),
    "App Store Connect": Export(
        ("mention_id", "posted_at", "source", "text", "rating", "region"),
        [
            ("00000023-ae01-4a3f", at(7, 1, 6, 30), "App Store", "Works offline, too", 5, "AMER"),
            ("00000023-ae02-4a3f", at(7, 4, 8), "App Store", "Export takes minutes", 2, "EMEA"),
        ],
        read=2,
    ),
    "Amplitude": Export(
        ("user_id", "occurred_at", "event", "feature", "platform", "session_id"),
        [
            ("u1", at(7, 1, 8, 0, 0, 123000), "open", "dashboards", "iOS", "1782892800000"),
            ("u1", at(7, 1, 23, 59, 59, 999000), "export", "exports", "iOS", "1782892800000"),
            ("u2", at(7, 2, 9), "open", None, "Web", "1782982800000"),
        ],
        read=4,
        account={"quarantined": {"user_id missing": 1}},
    ),
    "Mixpanel": Export(
        ("user_id", "occurred_at", "event", "feature", "platform"),
        [
            ("u1", at(7, 1, 8), "Played Song", "player", "iOS"),
            ("u2", at(7, 1, 23, 59, 59), "Signed Up", None, "Mac OS X"),
            ("$device:18f", at(7, 2), "$mp_web_page_view", None, "Windows"),
        ],
        read=3,
    ),
    "Segment": Export(
        ("user_id", "occurred_at", "event", "feature", "platform"),
        [
            ("u1", at(7, 1, 8, 0, 0, 250000), "Export Started", "exports", "ios"),
            ("u2", at(9, 30, 22, 30), "Export Started", "exports", None),
        ],
        read=2,
    ),
    "Google Analytics 4": Export(
        ("user_id", "occurred_at", "event", "platform"),
        [
            ("123.456", at(7, 1, 8, 0, 0, 123456), "session_start", "WEB"),
            ("123.456", at(7, 1, 8, 0, 5), "page_view", "WEB"),
            ("789.012", at(7, 2, 7, 59, 59, 999999), "page_view", "ANDROID"),
        ],
        read=3,
    ),
    "Stripe": Export(
        ("market", "period_start", "metric", "numerator"),
        [
            ("DE", date(2026, 7, 1), "revenue", 29.99),
            ("DE", date(2026, 7, 1), "revenue", 10.01),
            ("FR", date(2026, 8, 1), "revenue", 700.0),
        ],
        read=5,
        account={"filtered": 2, "added_up": 1},
    ),
    "Optimizely": Export(
        ("experiment", "unit_id", "variant", "assigned_at"),
        [
            ("checkout_one_step", "v1", "control", at(7, 1, 8)),
            ("checkout_one_step", "v2", "treatment", at(7, 1, 9)),
            ("checkout_one_step", "v4", "treatment", at(7, 2, 23, 30)),
        ],
        read=5,
        account={"filtered": 1, "repeated": {"one more row of experiment and unit_id and variant": 1}},
    ),
    "LaunchDarkly": Export(
        ("experiment", "unit_id", "variant", "assigned_at"),
        [
            ("checkout_one_step", "u1", "treatment", at(7, 1, 8)),
            ("checkout_one_step", "u2", "control", at(7, 1, 8, 1)),
        ],
        read=5,
        account={"filtered": 2, "repeated": {"one more row of experiment and unit_id and variant": 1}},
    ),
}
TERMS = ("quarantined", "repeated", "unknown", "filtered", "unanswered", "added_up", "alike")


@pytest.mark.parametrize("product", LINES)
def test_an_export_is_read_as_the_guide_says(folder: Folder, product: str) -> None:
    shutil.copytree(DOCS / "exports", folder.params.parent / "data")
    folder.settings("metrics.yaml", METRICS)
    folder.settings("sources.yaml", LINES[product])
    expected = EXPORTS[product]
    [table] = yaml.safe_load(LINES[product])["tables"]
    assert sources.check(folder.params) == []
    assert folder.rows(table, *expected.columns) == expected.rows
    account = folder.account(table)
    assert (account.read, account.kept) == (expected.read, len(expected.rows))
    assert {term: told for term in TERMS if (told := getattr(account, term))} == expected.account


def test_every_product_has_its_file_and_its_numbers() -> None:
    assert set(LINES) == set(EXPORTS)
    named = {Path(path).parts[2] for path in re.findall(r"\.\./data/[\w./=*]+", TEXT)}
    there = {path.name for path in (DOCS / "exports").iterdir()}
    assert {next(file for file in there if Path(file).match(name)) for name in named} == there
