"""What holds for every table, whatever its story: keys, values, references, texture."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from helpers import sample
from helpers.sample.company import PLATFORMS, REGIONS, SEGMENTS, Company
from helpers.sample.dirt import UNKNOWN_REGIONS
from helpers.sample.phrases import PRODUCT_AREAS, THEMES

Tables = Callable[[str], pd.DataFrame]
AS_OF = date(2026, 11, 22)
COLUMNS = {
    "responses": [
        "response_id",
        "submitted_at",
        "survey",
        "score",
        "respondent_id",
        "region",
        "segment",
        "product_area",
        "channel",
        "comment",
    ],
    "invitations": ["invitation_id", "sent_at", "respondent_id", "response_id", "region", "segment"],
    "tickets": [
        "ticket_id",
        "opened_at",
        "closed_at",
        "region",
        "segment",
        "product_area",
        "priority",
        "subject",
        "text",
        "csat",
    ],
    "mentions": ["mention_id", "posted_at", "source", "text", "rating", "region", "product_area"],
    "assignments": ["experiment", "unit_id", "variant", "assigned_at", "region", "segment", "platform"],
    "outcomes": [
        "experiment",
        "unit_id",
        "activated",
        "orders",
        "revenue",
        "sessions",
        "support_contacts",
        "pre_sessions",
        "pre_orders",
    ],
    "users": ["user_id", "signed_up_at", "region", "segment", "plan", "channel"],
    "events": ["user_id", "occurred_at", "event", "feature", "platform", "session_id"],
    "totals": ["experiment", "variant", "metric", "date", "numerator", "denominator"],
    "market_metrics": ["market", "period_start", "metric", "numerator", "denominator", "segment"],
}
KEYS = {
    "responses": ["response_id"],
    "invitations": ["invitation_id"],
    "tickets": ["ticket_id"],
    "mentions": ["mention_id"],
    "assignments": ["experiment", "unit_id"],
    "outcomes": ["experiment", "unit_id"],
    "users": ["user_id"],
    "totals": ["experiment", "variant", "metric", "date"],
    "market_metrics": ["market", "period_start", "metric", "segment"],
}


def dates(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, format="ISO8601", errors="coerce")


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_are_those_of_the_logical_table(told: Tables, name: str) -> None:
    assert list(told(name).columns) == COLUMNS[name]


@pytest.mark.parametrize("name", KEYS)
def test_keys_are_whole_and_unique_but_for_the_planted_repeats(told: Tables, name: str) -> None:
    keys = told(name)[KEYS[name]]
    assert not keys.isna().to_numpy().any()
    planted = sample.PLOT.dirty_rows.rows.get(name, {}).get("duplicate_id", 0)
    assert keys.duplicated().sum() == planted


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("region", {*REGIONS, *UNKNOWN_REGIONS}),
        ("segment", set(SEGMENTS)),
        ("platform", set(PLATFORMS)),
        ("product_area", set(PRODUCT_AREAS)),
        ("variant", {"control", "treatment"}),
        ("survey", {"nps", "csat"}),
        ("channel", {"in-app", "e-mail", "organic", "referral", "paid search", "partner", "sales"}),
        ("event", {"login", "session", "feature_used"}),
    ],
)
def test_values_are_of_the_vocabulary_and_never_missing(told: Tables, column: str, allowed: set[str]) -> None:
    for name in (name for name, columns in COLUMNS.items() if column in columns):
        values = told(name)[column]
        assert not values.isna().any()
        assert set(values) <= allowed


def test_answers_belong_to_invitations_of_the_same_contact_and_come_later(told: Tables) -> None:
    answers = told("responses").drop_duplicates("response_id")
    nps = answers[answers["survey"] == "nps"]
    invitations = told("invitations").dropna(subset="response_id")
    both = nps.merge(invitations, on="response_id", suffixes=("", "_invited"), validate="one_to_one")
    assert len(both) == len(nps) == len(invitations)
    assert (both["respondent_id"] == both["respondent_id_invited"]).all()
    assert (both["segment"] == both["segment_invited"]).all()
    later = dates(both["submitted_at"]) >= both["sent_at"]
    assert (later | dates(both["submitted_at"]).isna()).all()


def test_a_contact_keeps_region_and_segment(told: Tables) -> None:
    invitations = told("invitations")
    assert (invitations.groupby("respondent_id")[["region", "segment"]].nunique() == 1).to_numpy().all()


def test_every_event_is_of_a_user_after_signing_up_within_the_data(told: Tables) -> None:
    users = told("users").drop_duplicates("user_id").set_index("user_id")["signed_up_at"]
    events = told("events")
    assert (events["occurred_at"] >= events["user_id"].map(users)).all()
    assert events["occurred_at"].max() < pd.Timestamp(Company.seen_on(AS_OF).newest.end)
    assert events["occurred_at"].is_monotonic_increasing


def test_only_feature_use_names_a_feature(told: Tables) -> None:
    events = told("events")
    assert (events["feature"].notna() == (events["event"] == "feature_used")).all()
    assert set(events["feature"].dropna()) == {
        "dashboards",
        "scheduled_exports",
        "comments",
        "mobile_app",
        "classic_reports",
        "templates",
    }


def test_a_visit_is_of_one_user_on_one_day_and_platform(told: Tables) -> None:
    visits = told("events").assign(day=lambda frame: frame["occurred_at"].dt.date).groupby("session_id")
    assert (visits[["user_id", "day", "platform"]].nunique() == 1).to_numpy().all()


def test_outcomes_are_of_the_assigned_units(told: Tables) -> None:
    keys = ["experiment", "unit_id"]
    pd.testing.assert_frame_equal(told("outcomes")[keys], told("assignments")[keys])


def test_only_the_overlapping_pair_shares_units_and_what_they_did(told: Tables) -> None:
    outcomes = told("outcomes")
    pair = outcomes["experiment"].isin(sample.PLOT.interaction.experiments)
    assert not outcomes[~pair]["unit_id"].duplicated().any()
    assert not set(outcomes[pair]["unit_id"]) & set(outcomes[~pair]["unit_id"])
    one, two = (
        outcomes[outcomes["experiment"] == name].drop(columns="experiment").reset_index(drop=True)
        for name in sample.PLOT.interaction.experiments
    )
    pd.testing.assert_frame_equal(one, two)


def test_experiments_lie_within_the_newest_quarter_as_planned(told: Tables) -> None:
    assignments = told("assignments")
    start = pd.Timestamp(Company.seen_on(AS_OF).newest.start)
    for story in sample.STORIES.values():
        if isinstance(story, sample.Experiment):
            came = assignments[assignments["experiment"] == story.name]["assigned_at"]
            first = start + pd.Timedelta(days=story.starts_on)
            assert came.min().normalize() == first
            assert came.max().normalize() == first + pd.Timedelta(days=story.days - 1)
            assert story.starts_on + story.days <= 90  # the shortest quarter


def test_numbers_are_possible(told: Tables) -> None:
    markets, totals, outcomes = told("market_metrics"), told("totals"), told("outcomes")
    conversion = markets[markets["metric"] == "conversion"]
    assert (conversion["numerator"] == conversion["numerator"].round()).all()
    assert conversion["numerator"].between(0, conversion["denominator"]).all()
    assert totals["numerator"].between(0, totals["denominator"]).all()
    assert (markets["numerator"] >= 0).all()
    assert ((outcomes["revenue"] > 0) == (outcomes["orders"] > 0)).all()


def test_weeks_have_weekends_and_the_company_grows(told: Tables) -> None:
    days = told("events").groupby(told("events")["occurred_at"].dt.normalize())["user_id"].nunique()
    weekend = pd.DatetimeIndex(days.index).day_of_week >= 5
    assert days[weekend].mean() < 0.5 * days[~weekend].mean()
    asked = told("invitations").groupby(told("invitations")["sent_at"].dt.to_period("Q")).size()
    assert asked.is_monotonic_increasing
    assert len(asked) == 12


def test_most_users_leave_and_some_stay(told: Tables) -> None:
    users = told("users").drop_duplicates("user_id").set_index("user_id")["signed_up_at"]
    old = users[users < users.max() - pd.Timedelta(days=366)]
    events = told("events")
    events = events[events["user_id"].isin(old.index)]
    week = (events["occurred_at"] - events["user_id"].map(old)).dt.days // 7
    kept = [events["user_id"][week == number].nunique() / len(old) for number in (0, 1, 4, 12, 51)]
    assert kept[0] == 1.0
    assert kept == sorted(kept, reverse=True)
    assert 0.05 < kept[-1] < 0.3


def test_size_is_what_notebooks_can_bear(told: Tables) -> None:
    nps = told("responses")["survey"] == "nps"
    a_quarter = nps.sum() / 12
    assert 4_000 < a_quarter < 6_000
    assert (~nps).sum() > nps.sum()
    assert 400_000 < len(told("events")) < 600_000
    assert told("outcomes").groupby("experiment").size().between(10_000, 24_000).all()


def test_comments_speak_of_every_theme_and_tickets_carry_subjects(told: Tables) -> None:
    responses, tickets = told("responses"), told("tickets")
    nps = responses[responses["survey"] == "nps"]
    assert 0.4 < nps["comment"].notna().mean() < 0.6
    assert len(THEMES) >= 8
    for theme in THEMES:
        for phrase in (*theme.complaints, *theme.praise):
            assert responses["comment"].str.contains(phrase, regex=False).any(), phrase
    assert set(tickets["subject"]) == {subject for theme in THEMES for subject in theme.subjects}
    assert (responses["comment"].dropna().str.strip() == responses["comment"].dropna()).all()
    assert not responses["comment"].str.contains("  ", regex=False).any()


def test_low_scores_never_come_with_praise(told: Tables) -> None:
    responses = told("responses")
    praise = [phrase for theme in THEMES for phrase in theme.praise]
    low = responses[(responses["survey"] == "nps") & responses["score"].between(0, 6)]["comment"].dropna()
    assert not np.any([low.str.contains(phrase, regex=False).any() for phrase in praise])
