"""Small exports, true to form, of surveys, helpdesks and app stores, each with its settings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from .corpus_cases import Case, delimited, json_lines


def surveys() -> Iterator[Case]:
    """Qualtrics, SurveyMonkey, Typeform, Delighted."""
    qualtrics = [
        (
            "Start Date",
            "Recorded Date",
            "Response ID",
            "Finished",
            "How likely are you to\nrecommend us?",
            "Why, in a word?",
        ),
        tuple(
            json.dumps({"ImportId": name, "timeZone": "UTC"})
            for name in ("startDate", "recordedDate", "_recordId", "finished", "QID1", "QID2_TEXT")
        ),
        ("2026-07-01 08:00:11", "2026-07-01 08:02:40", "R_1aB", "True", "9", 'Fast, and "simple"'),
        ("2026-07-02 10:00:00", "2026-07-02 10:00:09", "R_2cD", "False", "", ""),
        ("2026-07-03 11:30:00", "2026-07-03 11:33:21", "R_3eF", "True", "3", "slow\n\nvery"),
    ]
    names = ("StartDate", "RecordedDate", "ResponseId", "Finished", "Q1", "Q2")
    yield Case(
        "exports/qualtrics.csv",
        ("\ufeff" + delimited(qualtrics, names)).encode(),
        "responses",
        {
            "header": 3,
            "filter": {"Finished": "True"},
            "columns": {
                "response_id": "ResponseId",
                "submitted_at": {"from": "RecordedDate", "timezone": "UTC"},
                "survey": {"value": "nps"},
                "score": "Q1",
                "comment": "Q2",
            },
        },
        ("response_id", "submitted_at", "score", "comment"),
        [
            ["R_1aB", "2026-07-01T08:02:40", 9, 'Fast, and "simple"'],
            ["R_3eF", "2026-07-03T11:33:21", 3, "slow\n\nvery"],
        ],
        {"filtered": 1},
    )
    monkey = [
        ("", "", "", "", "", "Response", "Open-Ended Response"),
        ("118001", "42", "07/01/2026 08:02:40 AM", "203.0.113.7", "", "9", "Fast, simple"),
        ("118002", "42", "07/02/2026 09:15:00 PM", "203.0.113.8", "", "10", ""),
    ]
    head: Sequence[str] = (
        "Respondent ID",
        "Collector ID",
        "Date Created",
        "IP Address",
        "Email Address",
        "How likely is it that you would recommend us?",
        "Why?",
    )
    yield Case(
        "exports/surveymonkey.csv",
        delimited(monkey, head, end="\r\n").encode(),
        "responses",
        {
            "header": 2,
            "columns": {
                "response_id": "Respondent ID",
                "submitted_at": {"from": "Date Created", "format": "%m/%d/%Y %I:%M:%S %p"},
                "survey": {"value": "nps"},
                "score": "How likely is it that you would recommend us?",
                "comment": "Why?",
            },
        },
        ("response_id", "submitted_at", "score", "comment"),
        [["118001", "2026-07-01T08:02:40", 9, "Fast, simple"], ["118002", "2026-07-02T21:15:00", 10, None]],
    )
    typeform = [
        ("m1k9", "9", "Very good.", "completed", "2026-07-01 08:00:11", "2026-07-01 08:02:40", "0a1b"),
        ("p2x7", "6", "", "completed", "2026-07-02 08:00:11", "2026-07-02 08:02:40", "1c2d"),
    ]
    head = (
        "#",
        "How likely are you to recommend us, all in all?",
        "What could we do better?",
        "Response Type",
        "Start Date (UTC)",
        "Submit Date (UTC)",
        "Network ID",
    )
    yield Case(
        "exports/typeform.csv",
        delimited(typeform, head).encode(),
        "responses",
        {
            "columns": {
                "response_id": "#",
                "submitted_at": {"from": "Submit Date (UTC)", "timezone": "UTC"},
                "survey": {"value": "nps"},
                "score": "How likely are you to recommend us, all in all?",
                "comment": "What could we do better?",
            }
        },
        ("response_id", "submitted_at", "score", "comment"),
        [["m1k9", "2026-07-01T10:02:40", 9, "Very good."], ["p2x7", "2026-07-02T10:02:40", 6, None]],
        project={"timezone": "Europe/Berlin"},
    )
    delighted = [
        ("4001", "NPS", "9", "Love it", "2026-07-01 08:02:40 UTC", "EMEA", "Ann", "ann@example.org"),
        ("4002", "CSAT", "4", "", "2026-07-02 23:30:00 UTC", "AMER", "Bob", "bob@example.org"),
    ]
    head = ("Response ID", "Survey Type", "Score", "Comment", "Responded at", "Region", "Name", "Email")
    yield Case(
        "exports/delighted.csv",
        delimited(delighted, head).encode(),
        "responses",
        {
            "columns": {
                "response_id": "Response ID",
                "submitted_at": "Responded at",
                "survey": {"from": "Survey Type", "map": {"NPS": "nps", "CSAT": "csat", "CES": "ces"}},
                "score": "Score",
                "region": "Region",
                "comment": "Comment",
            }
        },
        ("response_id", "submitted_at", "survey", "score", "region"),
        [
            ["4001", "2026-07-01T09:02:40", "nps", 9, "EMEA"],
            ["4002", "2026-07-03T00:30:00", "csat", 4, "AMER"],
        ],
        project={"timezone": "Europe/London"},
    )


def desks() -> Iterator[Case]:
    """Zendesk, Jira, Intercom; reviews of both app stores."""
    zendesk = [
        {
            "id": 35436,
            "created_at": "2026-07-01T08:02:40Z",
            "updated_at": "2026-07-02T08:02:40Z",
            "subject": "Cannot log in",
            "description": 'It says "no".\n\nAnn',
            "priority": "high",
            "tags": ["login", "sso"],
            "satisfaction_rating": {"score": "good"},
        },
        {
            "id": 35437,
            "created_at": "2026-07-03T23:59:59Z",
            "updated_at": "2026-07-03T23:59:59Z",
            "subject": "Refund",
            "description": "?",
            "priority": None,
            "tags": [],
            "satisfaction_rating": None,
        },
    ]
    yield Case(
        "exports/zendesk.jsonl",
        json_lines(zendesk),
        "tickets",
        {"columns": {"ticket_id": "id", "opened_at": "created_at", "text": "description"}},
        ("ticket_id", "opened_at", "priority", "subject", "text"),
        [
            ["35436", "2026-07-01T08:02:40", "high", "Cannot log in", 'It says "no".\n\nAnn'],
            ["35437", "2026-07-03T23:59:59", None, "Refund", "?"],
        ],
    )
    jira = [
        (
            "Login fails",
            "HARB-17",
            "10017",
            "01/Jul/26 8:02 AM",
            "02/Jul/26 5:30 PM",
            "High",
            "sso",
            "login",
            "Steps:\n1. open\n2. wait",
        ),
        ("Slow page", "HARB-18", "10018", "03/Jul/26 11:59 PM", "", "Low", "", "", ""),
    ]
    head: Sequence[str] = (
        "Summary",
        "Issue key",
        "Issue id",
        "Created",
        "Resolved",
        "Priority",
        "Labels",
        "Labels",
        "Description",
    )
    clock = "%d/%b/%y %I:%M %p"
    yield Case(
        "exports/jira.csv",
        delimited(jira, head).encode(),
        "tickets",
        {
            "columns": {
                "ticket_id": "Issue key",
                "opened_at": {"from": "Created", "format": clock},
                "closed_at": {"from": "Resolved", "format": clock},
                "priority": "Priority",
                "product_area": "Labels_1",
                "subject": "Summary",
                "text": "Description",
            }
        },
        ("ticket_id", "opened_at", "closed_at", "product_area", "text"),
        [
            ["HARB-17", "2026-07-01T08:02:00", "2026-07-02T17:30:00", "login", "Steps:\n1. open\n2. wait"],
            ["HARB-18", "2026-07-03T23:59:00", None, None, None],
        ],
    )
    intercom = [
        ("215470001", "2026-07-01 08:02:40 +0200", "closed", "5", "Great help, thanks"),
        ("215470002", "2026-07-02 00:30:00 +0200", "open", "", ""),
    ]
    head = (
        "Conversation ID",
        "Conversation started at (Europe/Berlin)",
        "Conversation state",
        "Conversation rating",
        "Conversation remark",
    )
    yield Case(
        "exports/intercom.csv",
        delimited(intercom, head).encode(),
        "tickets",
        {
            "columns": {
                "ticket_id": "Conversation ID",
                "opened_at": "Conversation started at (Europe/Berlin)",
                "csat": "Conversation rating",
                "text": "Conversation remark",
            }
        },
        ("ticket_id", "opened_at", "csat", "text"),
        [
            ["215470001", "2026-07-01T06:02:40", 5, "Great help, thanks"],
            ["215470002", "2026-07-01T22:30:00", None, None],
        ],
    )
    play = [
        (
            "com.example.harbour",
            "412",
            "en",
            "pixel8",
            "2026-07-01T08:02:40Z",
            "1782892960000",
            "5",
            "",
            "Good, very good",
        ),
        (
            "com.example.harbour",
            "412",
            "de",
            "a54",
            "2026-07-02T09:00:00Z",
            "1782982800000",
            "1",
            "Absturz",
            "stürzt ab",
        ),
        ("com.example.harbour", "412", "fr", "a12", "2026-07-03T09:00:00Z", "1783069200000", "3", "", ""),
    ]
    head = (
        "Package Name",
        "App Version Code",
        "Reviewer Language",
        "Device",
        "Review Submit Date and Time",
        "Review Submit Millis Since Epoch",
        "Star Rating",
        "Review Title",
        "Review Text",
    )
    yield Case(
        "exports/google-play.csv",
        delimited(play, head).encode("utf-16"),
        "mentions",
        {
            "encoding": "utf-16",
            "columns": {
                "mention_id": {"row": True},
                "posted_at": "Review Submit Date and Time",
                "source": {"value": "Google Play"},
                "text": "Review Text",
                "rating": "Star Rating",
            },
        },
        ("mention_id", "posted_at", "source", "text", "rating"),
        [
            ["1", "2026-07-01T08:02:40", "Google Play", "Good, very good", 5],
            ["2", "2026-07-02T09:00:00", "Google Play", "stürzt ab", 1],
        ],
        {"quarantined": {"text missing": 1}},
    )
    apple = [
        {
            "id": "0000-01",
            "attributes": "-",
            "rating": 4,
            "title": "Nice",
            "body": "Works 👍",
            "createdDate": "2026-07-01T01:02:40-07:00",
            "territory": "USA",
        },
        {
            "id": "0000-02",
            "attributes": "-",
            "rating": 2,
            "title": "Hm",
            "body": "No dark mode",
            "createdDate": "2026-07-02T20:00:00-07:00",
            "territory": "DEU",
        },
    ]
    yield Case(
        "exports/app-store.json",
        json.dumps(apple, ensure_ascii=False, indent=1).encode(),
        "mentions",
        {
            "columns": {
                "mention_id": "id",
                "posted_at": "createdDate",
                "source": {"value": "App Store"},
                "text": "body",
                "rating": "rating",
                "region": {"from": "territory", "map": {"USA": "AMER", "DEU": "EMEA"}},
            }
        },
        ("mention_id", "posted_at", "text", "rating", "region"),
        [
            ["0000-01", "2026-07-01T08:02:40", "Works 👍", 4, "AMER"],
            ["0000-02", "2026-07-03T03:00:00", "No dark mode", 2, "EMEA"],
        ],
    )


def voices() -> Iterator[Case]:
    """Every export of what customers say."""
    for kind in (surveys, desks):
        yield from kind()
