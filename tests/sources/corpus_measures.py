"""Small exports, true to form, of analytics, payments and experiments, each with its settings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .corpus_cases import Case, delimited, json_lines, parquet


def analytics() -> Iterator[Case]:
    """Amplitude, Mixpanel, Segment, GA4 (its page's CSV, and BigQuery's export flattened)."""
    amplitude: list[dict[str, Any]] = [
        {
            "user_id": "u1",
            "event_type": "login",
            "event_time": "2026-07-01 08:02:40.123000",
            "platform": "iOS",
            "session_id": 1782892960123,
            "event_properties": {},
        },
        {
            "user_id": None,
            "event_type": "login",
            "event_time": "2026-07-01 08:05:00.000000",
            "platform": "Web",
            "session_id": -1,
            "event_properties": {"a": 1},
        },
        {
            "user_id": "u2",
            "event_type": "export",
            "event_time": "2026-07-02 08:02:40.500000",
            "platform": "Web",
            "session_id": 1782979360500,
            "event_properties": {},
        },
    ]
    come = ("user_id", "occurred_at", "event", "platform")
    yield Case(
        "exports/amplitude.json",
        json_lines(amplitude),
        "events",
        {"columns": {"occurred_at": {"from": "event_time", "timezone": "UTC"}, "event": "event_type"}},
        come,
        [
            ["u1", "2026-07-01T08:02:40.123000", "login", "iOS"],
            ["u2", "2026-07-02T08:02:40.500000", "export", "Web"],
        ],
        {"quarantined": {"user_id missing": 1}},
    )
    mixpanel = [
        ("login", "2026-07-01T08:02:40", "u1", "Chrome", "a0f1"),
        ("report viewed", "2026-07-02T08:02:40", "u2", "Safari", "b1e2"),
    ]
    yield Case(
        "exports/mixpanel.csv",
        delimited(
            mixpanel, ("Event Name", "Time", "Distinct ID", "Browser", "Insert ID"), always=True
        ).encode(),
        "events",
        {
            "columns": {
                "user_id": "Distinct ID",
                "occurred_at": "Time",
                "event": "Event Name",
                "platform": "Browser",
            }
        },
        come,
        [
            ["u1", "2026-07-01T08:02:40", "login", "Chrome"],
            ["u2", "2026-07-02T08:02:40", "report viewed", "Safari"],
        ],
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
        [
            ["u1", "2026-07-01T08:02:40.123000", "order_completed", "analytics.js"],
            ["u2", "2026-07-02T08:02:40", "signed_up", "analytics-ios"],
        ],
    )
    bigquery = [
        {
            "event_date": "20260701",
            "event_timestamp": "2026-07-01 08:02:40.123 UTC",
            "event_name": "page_view",
            "user_pseudo_id": "12.34",
            "platform": "WEB",
        },
        {
            "event_date": "20260701",
            "event_timestamp": "2026-07-01 23:30:00 UTC",
            "event_name": "purchase",
            "user_pseudo_id": "12.34",
            "platform": "WEB",
        },
    ]
    yield Case(
        "exports/ga4-bigquery.jsonl",
        json_lines(bigquery),
        "events",
        {"columns": {"user_id": "user_pseudo_id", "occurred_at": "event_timestamp", "event": "event_name"}},
        come,
        [
            ["12.34", "2026-07-01T10:02:40.123000", "page_view", "WEB"],
            ["12.34", "2026-07-02T01:30:00", "purchase", "WEB"],
        ],
        project={"timezone": "Europe/Berlin"},
    )
    page = (
        "# ----------------------------------------\n# Traffic acquisition\n# Account: Harbour\n"
        "# Start date: 20260701\n"
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
        [
            ["x_checkout", "oeu1", "control", "2026-07-01T08:02:40"],
            ["x_checkout", "oeu2", "new_flow", "2026-07-01T07:00:00"],
        ],
        {"repeated": {"one more row of experiment and unit_id and variant": 1}},
    )
    launchdarkly: list[dict[str, Any]] = [
        {
            "kind": "feature",
            "key": "new-checkout",
            "variation": 0,
            "userKey": "u1",
            "creationDate": "2026-07-01T08:02:40Z",
        },
        {
            "kind": "feature",
            "key": "new-checkout",
            "variation": 1,
            "userKey": "u2",
            "creationDate": "2026-07-01T09:02:40Z",
        },
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
        [
            ["new-checkout", "u1", "control", "2026-07-01T08:02:40"],
            ["new-checkout", "u2", "treatment", "2026-07-01T09:02:40"],
        ],
        {"filtered": 1},
    )


def measures() -> Iterator[Case]:
    """Every export of events, money and assignments."""
    for kind in (analytics, money_and_experiments):
        yield from kind()
