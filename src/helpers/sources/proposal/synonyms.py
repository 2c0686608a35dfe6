"""What files call the columns of the contracts, in the words of the tools that export them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[\W_]+")
_GENERIC = frozenset(
    {
        "id", "key", "date", "time", "timestamp", "day", "month", "week", "text", "source", "type",
        "score", "rating", "value", "count", "total", "area", "name", "plan", "group", "message",
        "number", "note", "notes", "title", "body", "answer", "event", "action", "market",
        "product", "module", "location", "via",
    }
)  # fmt: skip
"""Words that many columns have in their names: they tell something only when they stand alone."""
EXACT, AT_THE_END, WITHIN = 4.0, 2.5, 1.5

_MOMENTS = "timestamp created_at created created_date creation_date date time datetime date_time day"
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "responses.response_id": "response_id responseid response survey_response_id answer_id "
        "submission_id token id #",
        "responses.submitted_at": "submitted_at submitted submit_date recorded_date recordeddate end_date "
        "enddate completed_at response_date responded_at date_submitted "
        f"survey_date answered_at date_modified {_MOMENTS} updated_at start_date",
        "responses.survey": "survey survey_type survey_name metric type",
        "responses.score": "score nps nps_score csat csat_score ces ces_score rating recommend "
        "likely_to_recommend are_you_to_recommend likelihood_to_recommend "
        "satisfied satisfaction satisfaction_score effort answer value",
        "responses.comment": "comment comments feedback verbatim open_text free_text open_ended reason "
        "main_reason nps_comment why_did_you what_could_we what_can_we improve "
        "verified_reviews review review_text message text notes remark",
        "invitations.invitation_id": "invitation_id invite_id invitation survey_invitation_id "
        "distribution_id id",
        "invitations.sent_at": f"sent_at sent date_sent sent_date invited_at send_date {_MOMENTS}",
        "invitations.response_id": "response_id responseid answer_id",
        "tickets.ticket_id": "ticket_id ticket issue_key issue_id case_number case_id conversation_id "
        "request_id key id number",
        "tickets.opened_at": "opened_at opened created_at created requested_at requested date_opened "
        "ticket_created_at conversation_created_at conversation_started_at "
        f"{_MOMENTS}",
        "tickets.closed_at": "closed_at closed solved_at solved resolved_at resolved resolution_date "
        "closed_date date_closed completed_at last_closed_at",
        "tickets.priority": "priority urgency severity",
        "tickets.subject": "subject summary title ticket_subject",
        "tickets.text": "text description body ticket_description first_message message "
        "conversation",
        "tickets.csat": "csat csat_score satisfaction_score satisfaction_rating "
        "conversation_rating rating",
        "mentions.mention_id": "mention_id review_id post_id tweet_id comment_id id",
        "mentions.posted_at": "posted_at posted published_at published review_date "
        f"review_submit_date_and_time submission_date tweet_created at {_MOMENTS} "
        "updated_at",
        "mentions.source": "source platform site network store channel",
        "mentions.text": "text review review_text content body verified_reviews comment message "
        "tweet post",
        "mentions.rating": "rating star_rating stars score",
        "assignments.experiment": "experiment experiment_id experiment_name experiment_key test test_name "
        "flag flag_key campaign",
        "assignments.unit_id": "unit_id user_id visitor_id userid user customer_id device_id "
        "anonymous_id account_id end_user_id player_id id",
        "assignments.variant": "variant variation variation_id variation_name group test_group "
        "experiment_group arm treatment bucket version",
        "assignments.assigned_at": f"assigned_at assigned exposed_at first_exposure exposure_time {_MOMENTS}",
        "assignments.cluster_id": "cluster_id cluster account_id",
        "outcomes.unit_id": "unit_id user_id visitor_id userid user customer_id device_id "
        "anonymous_id player_id id",
        "outcomes.experiment": "experiment experiment_id experiment_name experiment_key",
        "outcomes.measured_at": f"measured_at measured {_MOMENTS}",
        "users.user_id": "user_id userid user customer_id distinct_id contact_id object_id id",
        "users.signed_up_at": "signed_up_at signed_up signup_date sign_up_date signup_at registered_at "
        "registered registration_date joined_at joined first_seen creation_time "
        f"{_MOMENTS}",
        "users.plan": "plan subscription subscription_plan tier price_plan",
        "events.user_id": "user_id userid user customer_id distinct_id amplitude_id user_pseudo_id "
        "anonymous_id visitor_id visited",
        "events.occurred_at": "occurred_at event_time event_timestamp event_date sent_at received_at "
        f"client_event_time original_timestamp time_stamp {_MOMENTS}",
        "events.event": "event event_name event_type name action activity",
        "events.feature": "feature feature_name module screen page",
        "events.session_id": "session_id session visit_id ga_session_id",
        "totals.experiment": "experiment experiment_id experiment_name test",
        "totals.variant": "variant variation group arm",
        "totals.metric": "metric metric_name measure kpi",
        "totals.date": "date day",
        "totals.numerator": "numerator conversions successes clicks count value sum",
        "totals.denominator": "denominator visitors users trials impressions pageviews n",
        "totals.sum_of_squares": "sum_of_squares sum_squares sumsq squares",
        "totals.variance": "variance var",
        "totals.units": "units n_units",
        "totals.denominator_squares": "denominator_squares denominator_sum_squares",
        "totals.cross_products": "cross_products sum_of_products numerator_denominator_sum",
        "orders.market": "market country region territory geo",
        "orders.ordered_at": f"ordered_at order_date orderdate purchased_at sold_at invoice_date {_MOMENTS}",
        "orders.amount": "amount revenue sales total price net_amount gross_amount order_value",
        "orders.quantity": "quantity qty units order_quantity",
        "orders.currency": "currency currency_code",
        "market_metrics.market": "market country region territory geo",
        "market_metrics.period_start": "period_start period month quarter week date day start",
        "market_metrics.metric": "metric metric_name measure kpi indicator",
        "market_metrics.numerator": "numerator value amount actual total revenue sum",
        "market_metrics.denominator": "denominator base of population",
        "respondent_id": "respondent_id user_id customer_id contact_id person_id recipient_id "
        "external_data_reference",
        "account_id": "account_id company_id organization_id organisation_id org_id account "
        "company organization organisation workspace_id",
        "weight": "weight weights survey_weight",
        "region": "region market country geo territory country_code user_country location",
        "segment": "segment customer_segment tier company_size customer_type account_type "
        "customer_group size",
        "product_area": "product_area area component components module category topic feature "
        "product team group",
        "channel": "channel via acquisition_channel utm_source utm_medium collection_channel "
        "source medium creation_source",
        "platform": "platform device device_type os operating_system device_os",
    }
)  # fmt: skip


def plain(name: str) -> str:
    """The name in lower case, its words parted by `_`.

    >>> plain("Survey date"), plain("responseId"), plain("How likely are you to recommend us?")
    ('survey_date', 'response_id', 'how_likely_are_you_to_recommend_us')
    """
    return _OTHER.sub("_", _CAMEL.sub("_", name).lower()).strip("_")


def likeness(name: str, table: str, column: str) -> float:
    """How surely a file's column of that name is a column of a table: 0 not at all, 4 its very name.

    >>> likeness("Survey date", "responses", "submitted_at") > likeness("Date", "tickets", "opened_at") > 0
    True
    """
    written = plain(name) or name.strip()
    return max((_near(written, word, at) for at, word in enumerate(_words(table, column))), default=0.0)


def _words(table: str, column: str) -> list[str]:
    return [column, *_WORDS.get(f"{table}.{column}", _WORDS.get(column, "")).split()]


def _near(written: str, word: str, at: int) -> float:
    behind = at / 100
    if written == word or written.replace("_", "") == word.replace("_", ""):
        return EXACT - behind
    if word in _GENERIC:
        return 0.0
    if written.endswith(f"_{word}"):
        return AT_THE_END - behind
    return WITHIN - behind if f"_{word}_" in f"_{written}_" else 0.0
