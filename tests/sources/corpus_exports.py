"""Small exports, true to form, of the tools that companies use, each with its lines of sources.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .corpus_cases import Case, delimited, json_lines, parquet


def surveys() -> Iterator[Case]:
    """Qualtrics, SurveyMonkey, Typeform, Delighted."""
    qualtrics = [
        ("Start Date", "Recorded Date", "Response ID", "Finished", "How likely are you to\nrecommend us?", "Why, in a word?"),
        tuple(json.dumps({"ImportId": name, "timeZone": "UTC"}) for name in ("startDate", "recordedDate", "_recordId", "finished", "QID1", "QID2_TEXT")),
        ("2026-07-01 08:00:11", "2026-07-01 08:02:40", "R_1aB", "True", "9", "Fast, and \"simple\""),
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
    head = ("Respondent ID", "Collector ID", "Date Created", "IP Address", "Email Address", "How likely is it that you would recommend us?", "Why?")
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
    head = ("#", "How likely are you to recommend us, all in all?", "What could we do better?", "Response Type", "Start Date (UTC)", "Submit Date (UTC)", "Network ID")
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
        [["4001", "2026-07-01T09:02:40", "nps", 9, "EMEA"], ["4002", "2026-07-03T00:30:00", "csat", 4, "AMER"]],
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
            "description": "It says \"no\".\n\nAnn",
            "priority": "high",
            "tags": ["login", "sso"],
            "satisfaction_rating": {"score": "good"},
        },
        {"id": 35437, "created_at": "2026-07-03T23:59:59Z", "updated_at": "2026-07-03T23:59:59Z", "subject": "Refund", "description": "?", "priority": None, "tags": [], "satisfaction_rating": None},
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
        ("Login fails", "HARB-17", "10017", "01/Jul/26 8:02 AM", "02/Jul/26 5:30 PM", "High", "sso", "login", "Steps:\n1. open\n2. wait"),
        ("Slow page", "HARB-18", "10018", "03/Jul/26 11:59 PM", "", "Low", "", "", ""),
    ]
    head = ("Summary", "Issue key", "Issue id", "Created", "Resolved", "Priority", "Labels", "Labels", "Description")
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
    head = ("Conversation ID", "Conversation started at (Europe/Berlin)", "Conversation state", "Conversation rating", "Conversation remark")
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
        [["215470001", "2026-07-01T06:02:40", 5, "Great help, thanks"], ["215470002", "2026-07-01T22:30:00", None, None]],
    )
    play = [
        ("com.example.harbour", "412", "en", "pixel8", "2026-07-01T08:02:40Z", "1782892960000", "5", "", "Good, very good"),
        ("com.example.harbour", "412", "de", "a54", "2026-07-02T09:00:00Z", "1782982800000", "1", "Absturz", "stürzt ab"),
        ("com.example.harbour", "412", "fr", "a12", "2026-07-03T09:00:00Z", "1783069200000", "3", "", ""),
    ]
    head = ("Package Name", "App Version Code", "Reviewer Language", "Device", "Review Submit Date and Time", "Review Submit Millis Since Epoch", "Star Rating", "Review Title", "Review Text")
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
        {"id": "0000-01", "attributes": "-", "rating": 4, "title": "Nice", "body": "Works 👍", "createdDate": "2026-07-01T01:02:40-07:00", "territory": "USA"},
        {"id": "0000-02", "attributes": "-", "rating": 2, "title": "Hm", "body": "No dark mode", "createdDate": "2026-07-02T20:00:00-07:00", "territory": "DEU"},
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


def analytics() -> Iterator[Case]:
    """Amplitude, Mixpanel, Segment, GA4 (its page's CSV, and BigQuery's export flattened)."""
    amplitude = [
        {"user_id": "u1", "event_type": "login", "event_time": "2026-07-01 08:02:40.123000", "platform": "iOS", "session_id": 1782892960123, "event_properties": {}},
        {"user_id": None, "event_type": "login", "event_time": "2026-07-01 08:05:00.000000", "platform": "Web", "session_id": -1, "event_properties": {"a": 1}},
        {"user_id": "u2", "event_type": "export", "event_time": "2026-07-02 08:02:40.500000", "platform": "Web", "session_id": 1782979360500, "event_properties": {}},
    ]
    come = ("user_id", "occurred_at", "event", "platform")
    yield Case(
        "exports/amplitude.json",
        json_lines(amplitude),
        "events",
        {"columns": {"occurred_at": {"from": "event_time", "timezone": "UTC"}, "event": "event_type"}},
        come,
        [["u1", "2026-07-01T08:02:40.123000", "login", "iOS"], ["u2", "2026-07-02T08:02:40.500000", "export", "Web"]],
        {"quarantined": {"user_id missing": 1}},
    )
    mixpanel = [
        ("login", "2026-07-01T08:02:40", "u1", "Chrome", "a0f1"),
        ("report viewed", "2026-07-02T08:02:40", "u2", "Safari", "b1e2"),
    ]
    yield Case(
        "exports/mixpanel.csv",
        delimited(mixpanel, ("Event Name", "Time", "Distinct ID", "Browser", "Insert ID"), always=True).encode(),
        "events",
        {"columns": {"user_id": "Distinct ID", "occurred_at": "Time", "event": "Event Name", "platform": "Browser"}},
        come,
        [["u1", "2026-07-01T08:02:40", "login", "Chrome"], ["u2", "2026-07-02T08:02:40", "report viewed", "Safari"]],
    )
    segment = {
        "id": ["ajs-1", "ajs-2"],
        "user_id": ["u1", "u2"],
        "event": ["order_completed", "signed_up"],
        "event_text": ["Order Completed", "Signed Up"],
        "original_timestamp": ["2026-07-01T08:02:40.123Z", "2026-07-02T08:02:40.000Z"],
        "context_library_name": ["analytics.js", "analytics-ios"],
    }
    yield Case(
        "exports/segment.parquet",
        parquet(segment),
        "events",
        {"columns": {"occurred_at": "original_timestamp", "platform": "context_library_name"}},
        come,
        [["u1", "2026-07-01T08:02:40.123000", "order_completed", "analytics.js"], ["u2", "2026-07-02T08:02:40", "signed_up", "analytics-ios"]],
    )
    bigquery = [
        {"event_date": "20260701", "event_timestamp": "2026-07-01 08:02:40.123 UTC", "event_name": "page_view", "user_pseudo_id": "12.34", "platform": "WEB"},
        {"event_date": "20260701", "event_timestamp": "2026-07-01 23:30:00 UTC", "event_name": "purchase", "user_pseudo_id": "12.34", "platform": "WEB"},
    ]
    yield Case(
        "exports/ga4-bigquery.jsonl",
        json_lines(bigquery),
        "events",
        {"columns": {"user_id": "user_pseudo_id", "occurred_at": "event_timestamp", "event": "event_name"}},
        come,
        [["12.34", "2026-07-01T10:02:40.123000", "page_view", "WEB"], ["12.34", "2026-07-02T01:30:00", "purchase", "WEB"]],
        project={"timezone": "Europe/Berlin"},
    )
    page = (
        "# ----------------------------------------\n# Traffic acquisition\n# Account: Harbour\n# Start date: 20260701\n"
        "# End date: 20260930\n# ----------------------------------------\n\n"
        "Country,Date,Sessions,Total revenue\nFrance,20260701,120,1234.50\nSpain,20260701,80,0\n"
    )
    yield Case(
        "exports/ga4-page.csv",
        page.encode(),
        "market_metrics",
        {
            "columns": {
                "market": "Country",
                "period_start": {"from": "Date", "format": "%Y%m%d"},
                "metric": {"value": "revenue"},
                "numerator": "Total revenue",
                "denominator": "Sessions",
            }
        },
        ("market", "numerator", "denominator"),
        [["France", 1234.5, 120.0], ["Spain", 0.0, 80.0]],
        {"skipped": 7},
    )


def money_and_experiments() -> Iterator[Case]:
    """Stripe, Optimizely, LaunchDarkly."""
    stripe = [
        ("ch_1", "2026-07-01 08:02", "49.00", "0.00", "usd", "Paid", "cus_1"),
        ("ch_2", "2026-07-01 09:15", "1,249.00", "0.00", "usd", "Paid", "cus_2"),
        ("ch_3", "2026-07-02 10:00", "49.00", "49.00", "usd", "Refunded", "cus_1"),
    ]
    head = ("id", "Created date (UTC)", "Amount", "Amount Refunded", "Currency", "Status", "Customer ID")
    sums: dict[str, Any] = {"market": {"value": "all"}, "metric": {"value": "revenue"}}
    yield Case(
        "exports/stripe.csv",
        delimited(stripe, head).encode(),
        "market_metrics",
        {
            "thousands": ",",
            "filter": {"Status": ["Paid"]},
            "columns": {**sums, "period_start": "Created date (UTC)", "numerator": "Amount"},
        },
        ("period_start", "numerator"),
        [["2026-07-01", 49.0], ["2026-07-01", 1249.0]],
        {"filtered": 1, "added_up": 1},
    )
    optimizely = [
        ("2026-07-01T08:02:40Z", "oeu1", "x_checkout", "control"),
        ("2026-07-02T08:02:40Z", "oeu2", "x_checkout", "new_flow"),
        ("2026-07-01T07:00:00Z", "oeu2", "x_checkout", "new_flow"),
    ]
    yield Case(
        "exports/optimizely.csv",
        delimited(optimizely, ("timestamp", "visitor_id", "experiment_key", "variation_key")).encode(),
        "assignments",
        {
            "columns": {
                "experiment": "experiment_key",
                "unit_id": "visitor_id",
                "variant": "variation_key",
                "assigned_at": "timestamp",
            }
        },
        ("experiment", "unit_id", "variant", "assigned_at"),
        [["x_checkout", "oeu1", "control", "2026-07-01T08:02:40"], ["x_checkout", "oeu2", "new_flow", "2026-07-01T07:00:00"]],
        {"repeated": {"one more row of experiment and unit_id and variant": 1}},
    )
    launchdarkly = [
        {"kind": "feature", "key": "new-checkout", "variation": 0, "userKey": "u1", "creationDate": "2026-07-01T08:02:40Z"},
        {"kind": "feature", "key": "new-checkout", "variation": 1, "userKey": "u2", "creationDate": "2026-07-01T09:02:40Z"},
        {"kind": "identify", "key": "u3", "userKey": "u3", "creationDate": "2026-07-01T09:02:40Z"},
    ]
    yield Case(
        "exports/launchdarkly.jsonl",
        json_lines(launchdarkly),
        "assignments",
        {
            "filter": {"kind": "feature"},
            "columns": {
                "experiment": "key",
                "unit_id": "userKey",
                "variant": {"from": "variation", "map": {"0": "control", "1": "treatment"}},
                "assigned_at": "creationDate",
            },
        },
        ("experiment", "unit_id", "variant", "assigned_at"),
        [["new-checkout", "u1", "control", "2026-07-01T08:02:40"], ["new-checkout", "u2", "treatment", "2026-07-01T09:02:40"]],
        {"filtered": 1},
    )


def exports() -> Iterator[Case]:
    """Every export of a tool."""
    for kind in (surveys, desks, analytics, money_and_experiments):
        yield from kind()
