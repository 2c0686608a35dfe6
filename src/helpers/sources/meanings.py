"""What each table and column means, in a few plain words: for the cards in JupyterLab.

What `sources.yaml` says (`meaning`) comes first, then what stands here, then the metrics' own catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from helpers import metrics
from helpers.sources.declarations import TableSource
from helpers.sources.shaping import COVARIATE

TABLES: Mapping[str, str] = MappingProxyType(
    {
        "responses": "Answers to surveys, one row an answer.",
        "invitations": "Invitations to surveys, one row an invitation.",
        "tickets": "Support tickets, one row a ticket.",
        "mentions": "Reviews and posts about the product, one row a mention.",
        "assignments": "Who saw which variant of an experiment, one row a unit and experiment.",
        "outcomes": "What was measured of each unit of an experiment, one column a metric.",
        "users": "People who signed up, one row a user.",
        "events": "What users did, one row an event.",
        "totals": "Daily sums of an experiment that is known by its counts alone.",
        "market_metrics": "Sums by market, period and metric.",
        "orders": "What was sold, one row an order or a line of one; refunds are below zero.",
    }
)

_SHARED: Mapping[str, str] = MappingProxyType(
    {
        "account_id": "The account, such as a company, that the person or order belongs to.",
        "channel": "How they came, or by which way they answered.",
        "denominator": "What the sum is divided by.",
        "experiment": "The experiment, by the name of its protocol.",
        "metric": "The metric, by its name in metrics.yaml.",
        "numerator": "What is summed.",
        "platform": "Where it happened: web, a phone.",
        "product_area": "The part of the product that it is about.",
        "region": "The region of the customer.",
        "respondent_id": "Who answered, or was asked.",
        "segment": "The kind of customer.",
        "unit_id": "Who, or what, was assigned to a variant.",
        "user_id": "The user.",
        "variant": "The variant of the experiment.",
    }
)

_OWN: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "responses": {
            "response_id": "The answer; each once.",
            "submitted_at": "When it was given.",
            "survey": "Which survey: nps, csat or ces.",
            "score": "The score: nps 0 to 10, csat 1 to 5, ces 1 to 7.",
            "comment": "The reason in the customer's own words.",
            "question": "Which question of the survey, where it has several.",
            "weight": "How many people the answer stands for.",
        },
        "invitations": {
            "invitation_id": "The invitation; each once.",
            "sent_at": "When it was sent.",
            "response_id": "The answer to it, where there is one.",
        },
        "tickets": {
            "ticket_id": "The ticket; each once.",
            "opened_at": "When it was opened.",
            "closed_at": "When it was closed; blank while it is open.",
            "priority": "How urgent it is.",
            "subject": "What it is about, in the customer's own words.",
            "text": "What the customer wrote.",
            "csat": "How content the customer was with the answer, 1 to 5.",
        },
        "mentions": {
            "mention_id": "The mention; each once.",
            "posted_at": "When it was posted.",
            "source": "Where it was posted.",
            "text": "What was written.",
            "rating": "Stars, or what the place has instead, 0 to 10.",
        },
        "assignments": {
            "assigned_at": "When the unit first saw its variant.",
            "cluster_id": "The group of units that was assigned together.",
        },
        "outcomes": {"measured_at": "When it was measured."},
        "users": {"signed_up_at": "When the user signed up.", "plan": "What the user pays for."},
        "events": {
            "occurred_at": "When it happened.",
            "event": "What the user did.",
            "feature": "The feature that was used.",
            "session_id": "The visit that it belongs to.",
        },
        "totals": {
            "date": "The day of the sums; one day for a whole test.",
            "sum_of_squares": "The sum of the squared values of the units, of metrics that are no shares.",
            "variance": "The variance of the values of the units, where their squares are not told.",
            "units": "Of a ratio: how many units both sums are over.",
            "denominator_squares": "Of a ratio: the sum of the squared denominators of the units.",
            "cross_products": "Of a ratio: the sum over units of numerator times denominator.",
        },
        "market_metrics": {
            "market": "The market, such as a country.",
            "period_start": "The first day that the sums are of.",
        },
        "orders": {
            "market": "The market, such as a country.",
            "ordered_at": "When it was ordered.",
            "amount": "The money; below zero for a refund.",
            "quantity": "How many were ordered.",
            "currency": "The currency of the amount, by its three letters.",
        },
    }
)


def of_table(name: str, source: TableSource | None) -> str:
    """What a row of the table is; empty where nobody has said."""
    return (source.meaning if source else "") or TABLES.get(name, "")


def of_column(table: str, column: str, source: TableSource | None, folder: Path) -> str:
    """What a column of a table means; empty where nobody has said."""
    declared = source.columns.get(column) if source else None
    if declared is not None and declared.meaning:
        return declared.meaning
    known = _OWN.get(table, {}).get(column) or (_SHARED.get(column) if table in TABLES else "")
    return known or (_metric(column, folder) if table == "outcomes" else "")


def _metric(column: str, folder: Path) -> str:
    catalogue = metrics.catalogue(folder)
    before = column.removeprefix(COVARIATE)
    if (metric := catalogue.get(column)) is not None:
        return metric.description or metric.label
    if (metric := catalogue.get(before)) is not None:
        return f"{metric.label} before the start."
    return "Measured before the start." if column != before else ""
