"""Every planted truth is in the data, at the size that STORIES says, and is found with probability 0.99."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from helpers import sample
from helpers.records.known_events import KnownEvents
from helpers.sample import PLOT, SEED, STORIES, Experiment
from helpers.sample.company import REGIONS, Company
from helpers.sample.events_file import events_text
from helpers.sample.market_months import MARKETS

Tables = Callable[[str], pd.DataFrame]
AS_OF = date(2026, 11, 22)
FOUND = 0.99
NEWEST = Company.seen_on(AS_OF).newest
EXPERIMENTS = [story for story in STORIES.values() if isinstance(story, Experiment)]


def power(effect: float, se: float, alpha: float = 0.05) -> float:
    """Probability that a two-sided z test finds the effect."""
    return float(stats.norm.sf(stats.norm.isf(alpha / 2) - abs(effect) / se))


def shares_se(p: float, n: float, q: float, m: float) -> float:
    return math.sqrt(p * (1 - p) / n + q * (1 - q) / m)


def dated(frame: pd.DataFrame, column: str) -> pd.Series:
    return pd.to_datetime(frame[column], format="ISO8601", errors="coerce")


def in_quarter(times: pd.Series, back: int = 0) -> pd.Series:
    quarter = NEWEST.shift(-back)
    return (times >= pd.Timestamp(quarter.start)) & (times < pd.Timestamp(quarter.end))


def clean_nps(responses: pd.DataFrame) -> pd.DataFrame:
    nps = responses[(responses["survey"] == "nps") & responses["score"].between(0, 10)]
    return nps.drop_duplicates("response_id").assign(
        time=dated(nps, "submitted_at"),
        net=100.0 * ((nps["score"] >= 9).astype(int) - (nps["score"] <= 6).astype(int)),
    )


def arms(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return frame[frame["variant"] == "control"], frame[frame["variant"] == "treatment"]


def z_of_shares(frame: pd.DataFrame, column: str = "activated") -> float:
    control, treatment = (arm[column].astype(float) for arm in arms(frame))
    se = math.sqrt(control.var() / len(control) + treatment.var() / len(treatment))
    return float((treatment.mean() - control.mean()) / se)


def joined(seed: int = SEED, null: bool = False) -> pd.DataFrame:
    assignments, outcomes = (
        sample.table(name, as_of=AS_OF, seed=seed, null=null) for name in ("assignments", "outcomes")
    )
    return pd.concat([assignments, outcomes.drop(columns=["experiment", "unit_id"])], axis=1)


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    return joined()


@pytest.fixture(scope="module", params=[4, pytest.param(12, marks=pytest.mark.slow)])
def seeds(request: pytest.FixtureRequest) -> range:
    """The seeds of so many companies."""
    return range(request.param)


@pytest.fixture(scope="module")
def many_units(seeds: range) -> list[pd.DataFrame]:
    return [joined(seed) for seed in seeds]


def of(frame: pd.DataFrame, experiment: str) -> pd.DataFrame:
    return frame[frame["experiment"] == experiment]


# ---- NPS


def test_nps_fall_is_large_enough_and_there(told: Tables) -> None:
    story, nps = PLOT.nps_fall, clean_nps(told("responses"))
    there = nps["region"] == story.region
    now, then = (nps[there & in_quarter(nps["time"], back)]["net"] for back in (0, 1))
    se = math.sqrt(now.var() / len(now) + then.var() / len(then))
    assert power(story.fall, se, alpha=0.05 / len(REGIONS)) >= FOUND
    assert abs((then.mean() - now.mean()) - story.fall) < 3 * se


def test_nps_falls_nowhere_else(told: Tables) -> None:
    story, nps = PLOT.nps_fall, clean_nps(told("responses"))
    for region in set(REGIONS) - {story.region}:
        now, then = (nps[(nps["region"] == region) & in_quarter(nps["time"], back)]["net"] for back in (0, 1))
        assert abs(now.mean() - then.mean()) < 3 * math.sqrt(now.var() / len(now) + then.var() / len(then))


def test_nps_fall_is_written_about_in_comments_and_tickets(told: Tables) -> None:
    story, responses, tickets = PLOT.nps_fall, told("responses"), told("tickets")
    for frame, time, text in ((responses, "submitted_at", "comment"), (tickets, "opened_at", "text")):
        there = frame[(frame["region"] == story.region) & frame[text].notna()]
        theme = there[text].str.contains("export", case=False) & there[text].str.contains("slow|timeout")
        when = dated(there, time)
        now, then = theme[in_quarter(when)], theme[in_quarter(when, 1)]
        se = shares_se(now.mean(), len(now), then.mean(), len(then))
        assert (now.mean() - then.mean()) / se > 5


# ---- response rates


def test_under_response_is_large_enough_and_there(told: Tables) -> None:
    story, invitations = PLOT.under_response, told("invitations")
    newest = invitations[in_quarter(invitations["sent_at"])]
    theirs = newest["segment"] == story.segment
    n, m = theirs.sum(), (~theirs).sum()
    se = shares_se(story.response_rate, n, story.usual_response_rate, m)
    assert power(story.usual_response_rate - story.response_rate, se) >= FOUND
    answered = invitations["response_id"].notna()
    rates = answered.groupby(invitations["segment"]).mean()
    assert rates.pop(story.segment) == pytest.approx(story.response_rate, abs=0.006)
    assert np.allclose(rates, story.usual_response_rate, atol=0.01)


def test_under_response_makes_the_plain_nps_too_high(told: Tables) -> None:
    story, nps = PLOT.under_response, clean_nps(told("responses"))
    theirs = nps[nps["segment"] == story.segment]["net"]
    others = nps[nps["segment"] != story.segment]["net"]
    se = math.sqrt(theirs.var() / len(theirs) + others.var() / len(others))
    assert power(story.score_gap, se) >= FOUND
    assert abs(others.mean() - theirs.mean() - story.score_gap) < 3 * se


# ---- dirty rows


def breaches(name: str, frame: pd.DataFrame) -> dict[str, int]:
    """Rows that break each rule, counted on the finished table without a look at how it was made."""
    first = frame[~frame.duplicated(frame.columns[0])]
    found = {
        "duplicate_id": len(frame) - len(first),
        "unknown_region": (~first["region"].isin(REGIONS)).sum(),
    }
    if name == "responses":
        top = first["survey"].map({"nps": 10, "csat": 5})
        low = first["survey"].map({"nps": 0, "csat": 1})
        found["impossible_score"] = (~first["score"].between(low, top)).sum()
        found["broken_date"] = dated(first, "submitted_at").isna().sum()
    if name == "tickets":
        found["broken_date"] = dated(first, "opened_at").isna().sum()
        found["closed_before_opened"] = (dated(first, "closed_at") < dated(first, "opened_at")).sum()
    return {kind: int(count) for kind, count in found.items()}


@pytest.mark.parametrize("name", PLOT.dirty_rows.rows)
def test_dirty_rows_are_exactly_as_many_as_stated(told: Tables, null: Tables, name: str) -> None:
    stated = PLOT.dirty_rows.rows[name]
    assert breaches(name, told(name)) == dict(stated)
    assert breaches(name, null(name)) == dict.fromkeys(stated, 0)


@pytest.mark.parametrize("name", PLOT.dirty_rows.rows)
def test_a_repeat_is_the_same_row_again_later_in_the_file(told: Tables, name: str) -> None:
    frame = told(name)
    repeated = frame[frame.duplicated(frame.columns[0])]
    assert frame.duplicated().sum() == len(repeated)
    assert repeated.index.min() == len(frame) - len(repeated)


@pytest.mark.parametrize("name", PLOT.dirty_rows.rows)
def test_no_row_is_dirty_in_two_ways(told: Tables, name: str) -> None:
    frame = told(name)
    first = frame[~frame.duplicated(frame.columns[0])]
    twice = frame.duplicated(frame.columns[0], keep=False)
    assert breaches(name, frame[~twice])["unknown_region"] == breaches(name, first)["unknown_region"]
    known = first[first["region"].isin(REGIONS)]
    kinds = set(PLOT.dirty_rows.rows[name]) - {"duplicate_id", "unknown_region"}
    assert {kind: breaches(name, known)[kind] for kind in kinds} == {
        kind: PLOT.dirty_rows.rows[name][kind] for kind in kinds
    }


# ---- experiments


@pytest.mark.parametrize("story", EXPERIMENTS, ids=lambda story: story.name)
def test_an_experiment_has_its_planned_sample(units: pd.DataFrame, story: Experiment) -> None:
    planned = 2 * story.per_arm
    counted = len(of(units, story.name))
    assert counted == planned if not story.lost_share else planned * 0.9 < counted < planned * 0.97


@pytest.mark.parametrize(
    "story", [story for story in EXPERIMENTS if not story.lost_share], ids=lambda story: story.name
)
def test_an_unbroken_split_is_even(many_units: list[pd.DataFrame], story: Experiment) -> None:
    for units in many_units:
        control, treatment = (len(arm) for arm in arms(of(units, story.name)))
        assert stats.binomtest(treatment, control + treatment).pvalue > 0.0005


def test_true_lift_is_large_enough_and_found_in_every_seed(many_units: list[pd.DataFrame]) -> None:
    story = PLOT.checkout_one_step
    se = shares_se(story.base, story.per_arm, story.base + story.lift, story.per_arm)
    assert power(story.lift, se, alpha=0.01) >= FOUND
    assert power(story.lift - story.minimum_effect, se) >= FOUND
    for units in many_units:
        control, treatment = (arm["activated"].mean() for arm in arms(of(units, story.name)))
        assert treatment - control == pytest.approx(story.lift, abs=4 * se)
        assert z_of_shares(of(units, story.name)) > 1.96


def test_no_lift_shows_in_no_metric_of_any_seed(many_units: list[pd.DataFrame]) -> None:
    metrics = ["activated", "orders", "revenue", "sessions", "support_contacts", "pre_sessions", "pre_orders"]
    for units in many_units:
        own = of(units, PLOT.shorter_signup.name)
        assert max(abs(z_of_shares(own, metric)) for metric in metrics) < 1.05


def test_broken_split_is_found_in_every_seed(many_units: list[pd.DataFrame]) -> None:
    story = PLOT.annual_plan_first
    expected = np.array([1.0, 1.0 - 0.25 * story.lost_share]) * story.per_arm
    noncentrality = ((expected - expected.mean()) ** 2 / expected.mean()).sum()
    limit = stats.chi2.isf(0.001, 1)
    assert stats.ncx2.sf(limit, 1, noncentrality) >= FOUND
    for units in many_units:
        own = of(units, story.name)
        control, treatment = arms(own)
        assert stats.chisquare([len(control), len(treatment)]).pvalue < 0.001
        by_platform = own.groupby("platform")["variant"].apply(lambda names: (names == "treatment").mean())
        assert by_platform.idxmin() == story.lost_platform


def test_early_lead_is_significant_after_a_third_and_gone_at_the_end(many_units: list[pd.DataFrame]) -> None:
    story = PLOT.onboarding_checklist
    for units in many_units:
        own = of(units, story.name).sort_values("assigned_at", kind="stable")
        early = own.head(round(len(own) * story.early_part))
        assert 2.33 < z_of_shares(early) < 3.71  # fools a peek, not an O'Brien-Fleming look
        assert abs(z_of_shares(own)) < 0.7
        control, treatment = (arm["activated"].mean() for arm in arms(early))
        assert treatment - control == pytest.approx(story.early_lift, abs=0.012)


def test_interaction_is_large_enough_and_found(many_units: list[pd.DataFrame]) -> None:
    story = PLOT.interaction
    cell = PLOT.search_ranking.per_arm / 2
    se = math.sqrt(4 * 0.25 / cell)
    assert power(story.interaction, se) >= FOUND
    found = 0
    for units in many_units:
        one, two = (of(units, name).reset_index(drop=True) for name in story.experiments)
        cells = one.assign(other=two["variant"]).groupby(["variant", "other"])["activated"].mean()
        contrast = cells.diff().iloc[[1, 3]].diff().iloc[-1]
        assert contrast == pytest.approx(story.interaction, abs=4 * se)
        found += contrast / se < -1.96
    assert found >= len(many_units) - 1


def test_daily_totals_show_a_true_lift(seeds: range) -> None:
    story = PLOT.pricing_page
    n = story.days * story.visitors
    se = shares_se(story.base, n, story.base + story.lift, n)
    assert power(story.lift, se) >= FOUND
    for seed in seeds:
        totals = sample.table("totals", as_of=AS_OF, seed=seed)
        assert totals["date"].nunique() == story.days
        sums = totals.groupby("variant")[["numerator", "denominator"]].sum()
        shares = sums["numerator"] / sums["denominator"]
        assert shares["treatment"] - shares["control"] == pytest.approx(story.lift, abs=4 * se)


# ---- usage


def users_of(events: pd.DataFrame, feature: str, back: int) -> tuple[int, int]:
    quarter = events[in_quarter(events["occurred_at"], back)]
    return quarter[quarter["feature"] == feature]["user_id"].nunique(), quarter["user_id"].nunique()


def test_take_off_and_death_of_a_feature_are_plain(told: Tables) -> None:
    events = told("events")
    for feature, direction in ((PLOT.take_off.feature, 1), (PLOT.dying.feature, -1)):
        shares = [
            users / everybody for users, everybody in (users_of(events, feature, back) for back in range(4))
        ]
        everybody = users_of(events, feature, 0)[1]
        change = shares[0] - shares[2]
        assert power(change, shares_se(shares[0], everybody, shares[2], everybody)) >= FOUND
        assert direction * change > 0.05
        assert sorted(shares, reverse=direction > 0) == shares
    first = events[events["feature"] == PLOT.take_off.feature]["occurred_at"].min()
    launch = pd.Timestamp(NEWEST.end) - pd.Timedelta(days=PLOT.take_off.launched)
    assert launch <= first < launch + pd.Timedelta(days=14)


def test_other_features_stay_as_they_are(told: Tables) -> None:
    events = told("events")
    for feature in ("scheduled_exports", "comments", "mobile_app", "templates"):
        now, then = (
            users / everybody for users, everybody in (users_of(events, feature, back) for back in (0, 4))
        )
        assert now == pytest.approx(then, abs=0.04)


def test_outage_is_nine_whole_days_without_one_platform(told: Tables, null: Tables) -> None:
    story = PLOT.outage
    assert story.days == 9

    def silent(tables: Tables) -> dict[str, list[date]]:
        events = tables("events")
        newest = events[in_quarter(events["occurred_at"])]
        seen = {platform: set(rows["occurred_at"].dt.date) for platform, rows in newest.groupby("platform")}
        days = [day.date() for day in pd.date_range(NEWEST.start, NEWEST.last_day)]
        return {str(name): [day for day in days if day not in covered] for name, covered in seen.items()}

    found = silent(told)
    *lost, holiday = found.pop(story.platform)
    assert lost[0] == NEWEST.start + pd.Timedelta(days=story.starts_on)
    assert (lost[-1] - lost[0]).days + 1 == len(lost) == story.days
    assert all(days == [holiday] for days in found.values())
    assert all(days == [] for days in silent(null).values())


def test_visits_do_not_fall_at_the_end_of_the_data(null: Tables) -> None:
    """In the null company, where nothing grows, the last weeks have as many as any."""
    visits = null("events").drop_duplicates("session_id")["occurred_at"]
    weeks = visits.dt.to_period("W-TUE").value_counts().sort_index()[-54:-1]
    assert weeks[-6:].mean() == pytest.approx(weeks[:-6].mean(), rel=0.05)
    assert weeks[-1:].mean() == pytest.approx(weeks[:-6].mean(), rel=0.12)


def test_users_are_as_many_and_as_old_in_each_of_the_newest_quarters(null: Tables) -> None:
    events, users = null("events"), null("users").set_index("user_id")["signed_up_at"]
    ages = []
    for back in range(5):
        quarter = events[in_quarter(events["occurred_at"], back)].drop_duplicates("user_id")
        age = (pd.Timestamp(NEWEST.shift(-back).end) - quarter["user_id"].map(users)).dt.days
        ages.append([len(age), (age < 92).mean(), (age < 366).mean()])
    count, new, young = np.array(ages).T
    assert count.max() / count.min() < 1.08
    assert np.ptp(new) < 5 * math.sqrt(0.25 / count.mean())
    assert np.ptp(young) < 5 * math.sqrt(0.25 / count.mean())


# ---- who answers, seasons, holidays


def csat(responses: pd.DataFrame) -> pd.DataFrame:
    known = responses[(responses["survey"] == "csat") & responses["score"].between(1, 5)]
    return known.assign(time=dated(known, "submitted_at"), satisfied=known["score"] >= 4)


def test_the_campaign_changes_who_answers_and_nothing_else(told: Tables) -> None:
    story, answers = PLOT.campaign, csat(told("responses"))
    now, then = (answers[in_quarter(answers["time"], back)] for back in (0, 1))
    theirs, before = ((frame["segment"] == story.segment).mean() for frame in (now, then))
    assert theirs - before > 0.2  # what a page tells as a change in who answers
    fall = then["satisfied"].mean() - now["satisfied"].mean()
    se = shares_se(now["satisfied"].mean(), len(now), then["satisfied"].mean(), len(then))
    assert 4.5 < fall / se < 9
    for _, frame in pd.concat([now.assign(now=True), then.assign(now=False)]).groupby("segment"):
        one, other = (frame[frame["now"] == newest]["satisfied"] for newest in (True, False))
        assert abs(one.mean() - other.mean()) < 3 * shares_se(one.mean(), len(one), other.mean(), len(other))
    start = pd.Timestamp(NEWEST.start) + pd.Timedelta(days=story.starts_on)
    during = now["time"].between(start, start + pd.Timedelta(days=story.days))
    assert (now["segment"] == story.segment)[~during].mean() == pytest.approx(before, abs=0.03)


def test_a_quarter_of_the_season_has_fewer_tickets_than_the_one_before_in_every_year(told: Tables) -> None:
    opened = dated(told("tickets"), "opened_at")
    a_week = [in_quarter(opened, back).sum() / 13 for back in range(10)]
    for newest in (0, 4, 8):
        fall = a_week[newest + 1] - a_week[newest]
        assert fall / math.sqrt((a_week[newest + 1] + a_week[newest]) / 13) > 3
    assert a_week[0] > a_week[4] > a_week[8]


def test_nobody_works_on_a_holiday(told: Tables) -> None:
    company = Company.seen_on(AS_OF)
    assert [day.isoformat() for day in company.holidays] == ["2026-08-31", "2025-09-01", "2024-08-26"]
    for name, column in (("tickets", "opened_at"), ("events", "occurred_at"), ("users", "signed_up_at")):
        days = set(dated(told(name), column).dt.date)
        assert not days & set(company.holidays)
        assert company.holidays[0] + pd.Timedelta(days=7) in days


@pytest.mark.parametrize("as_of", [AS_OF, date(2027, 2, 1), date(2027, 5, 3)])
def test_the_events_are_on_the_dates_that_the_data_tell_of(as_of: date) -> None:
    company = Company.seen_on(as_of)
    known = KnownEvents.model_validate(yaml.safe_load(events_text(company))).events
    newest, by_kind = company.newest, {event.title.split()[0]: event for event in known}
    assert [event.date for event in known] == sorted(event.date for event in known)
    assert sorted(event.date for event in known if event.kind == "closed") == sorted(company.holidays)
    assert pd.Timestamp(by_kind["Launch"].date) == newest.shift(-1).start + pd.DateOffset(months=1)
    assert (by_kind["Launch"].title, by_kind["Launch"].region) == ("Launch in Japan", "APAC")
    assert by_kind["Tracking"].date == newest.start + timedelta(days=PLOT.outage.starts_on)
    assert (by_kind["Tracking"].last - by_kind["Tracking"].date).days == PLOT.outage.days - 1
    assert by_kind["Self-serve"].kind == "campaign"
    assert newest.contains(by_kind["Self-serve"].date)
    assert newest.contains(by_kind["Self-serve"].last)
    assert yaml.safe_load(events_text(Company.seen_on(as_of, null=True))) == {"events": []}


# ---- markets


def conversion(seed: int = SEED, null: bool = False) -> pd.DataFrame:
    markets = sample.table("market_metrics", as_of=AS_OF, seed=seed, null=null)
    return markets[markets["metric"] == "conversion"]


def overall(frame: pd.DataFrame, by: str) -> pd.DataFrame:
    sums = frame.groupby(by)[["numerator", "denominator"]].sum()
    return sums.assign(share=sums["numerator"] / sums["denominator"])


def test_mix_shift_reverses_the_overall_comparison_in_every_seed(seeds: range) -> None:
    story = PLOT.mix_shift
    for seed in seeds:
        rows = conversion(seed)
        pair = rows[rows["market"].isin([story.better, story.other])]
        newest, before = (pair[in_quarter(pair["period_start"], back)] for back in (0, 1))
        whole = overall(newest, "market")
        better, other = whole.loc[story.better], whole.loc[story.other]
        se = math.sqrt((whole["share"] * (1 - whole["share"]) / whole["denominator"]).sum())
        assert (better["share"] - other["share"]) / se < -1.96
        for _, segment in newest.groupby("segment"):
            inside = overall(segment, "market")["share"]
            assert inside[story.better] - inside[story.other] == pytest.approx(story.advantage, abs=0.004)
        earlier = overall(before, "market")["share"]
        assert earlier[story.better] > earlier[story.other]


def test_launch_is_large_enough_and_found_against_its_region(seeds: range) -> None:
    story = PLOT.launch
    region = next(market.region for market in MARKETS if market.name == story.market)
    peers = [market.name for market in MARKETS if market.region == region and market.name != story.market]
    start = pd.Timestamp(Company.seen_on(AS_OF).months[-story.months])
    assert start >= pd.Timestamp(NEWEST.start) - pd.DateOffset(months=6)
    for seed in seeds:
        rows = conversion(seed)
        after = rows["period_start"] >= start
        cells = [
            overall(rows[(rows["market"] == story.market) & after], "metric"),
            overall(rows[(rows["market"] == story.market) & ~after], "metric"),
            overall(rows[rows["market"].isin(peers) & after], "metric"),
            overall(rows[rows["market"].isin(peers) & ~after], "metric"),
        ]
        shares = [cell["share"].iloc[0] for cell in cells]
        variances = [
            cell["share"].iloc[0] * (1 - cell["share"].iloc[0]) / cell["denominator"].iloc[0]
            for cell in cells
        ]
        se = math.sqrt(sum(variances))
        assert power(story.lift, se) >= FOUND
        assert (shares[0] - shares[1]) - (shares[2] - shares[3]) == pytest.approx(story.lift, abs=4 * se)


# ---- the null company


def test_null_experiments_raise_false_alarms_as_often_as_a_test_allows(seeds: range) -> None:
    alarms = trials = 0
    for seed in seeds:
        units = joined(seed, null=True)
        for story in EXPERIMENTS:
            for metric in ("activated", "support_contacts"):
                trials += 1
                alarms += abs(z_of_shares(of(units, story.name), metric)) > 1.96
    assert stats.binomtest(alarms, trials, 0.05).pvalue > 0.001


def test_null_company_has_no_fall_no_silent_segment_no_launch_and_no_reversal(null: Tables) -> None:
    nps = clean_nps(null("responses"))
    fallen = nps["region"] == PLOT.nps_fall.region
    now, then = (nps[fallen & in_quarter(nps["time"], back)]["net"] for back in (0, 1))
    assert abs(now.mean() - then.mean()) < 3 * math.sqrt(now.var() / len(now) + then.var() / len(then))
    answered = null("invitations")["response_id"].notna()
    rates = answered.groupby(null("invitations")["segment"]).mean()
    assert rates.max() - rates.min() < 0.015
    assert csat(null("responses"))["segment"].value_counts(normalize=True).max() < 0.32
    rows = conversion(null=True)
    newest = overall(rows[in_quarter(rows["period_start"])], "market")
    pair = newest.loc[[PLOT.mix_shift.better, PLOT.mix_shift.other]]
    se = math.sqrt((pair["share"] * (1 - pair["share"]) / pair["denominator"]).sum())
    assert abs(pair["share"].diff().iloc[-1]) < 3 * se
    after = rows["period_start"] >= pd.Timestamp(Company.seen_on(AS_OF).months[-PLOT.launch.months])
    japan = rows["market"] == PLOT.launch.market
    assert overall(rows[japan & after], "metric")["share"].iloc[0] == pytest.approx(
        overall(rows[japan & ~after], "metric")["share"].iloc[0], abs=0.012
    )


def test_null_features_neither_rise_nor_die(null: Tables) -> None:
    for feature in (PLOT.take_off.feature, PLOT.dying.feature):
        shares = [
            users / everybody
            for users, everybody in (users_of(null("events"), feature, back) for back in (0, 4))
        ]
        assert shares[0] == pytest.approx(shares[1], abs=0.05)


def test_quiet_stories_keep_everything_but_their_effect() -> None:
    quiet = PLOT.quiet()
    assert [story.name for story in quiet.stories] == [story.name for story in PLOT.stories]
    assert all(one != other for one, other in zip(PLOT.stories, quiet.stories, strict=True))
    assert quiet.quiet() == quiet


# ---- the words


def test_stories_are_named_once_and_tell_of_known_tables() -> None:
    assert len(STORIES) == len(fields(PLOT))
    for name, story in STORIES.items():
        assert name == story.name
        assert story.tables
        assert set(story.tables) <= set(sample.TABLES)


def test_the_guide_tells_every_story_as_it_is_planted() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "sample.md").read_text(encoding="utf-8")
    for story in STORIES.values():
        tables = ", ".join(f"`{name}`" for name in story.tables)
        numbers = {field.name: getattr(story, field.name) for field in fields(story)}
        size = ", ".join(
            f"{name} {value:.5g}"
            for name, value in numbers.items()
            if isinstance(value, int | float) and not isinstance(value, bool) and value
        )
        row = f"| `{story.name}` | {story.what} | {story.when} | {tables} | {size or 'below'} |"
        assert row in guide
    for name, kinds in PLOT.dirty_rows.rows.items():
        for kind, count in kinds.items():
            assert f"| `{name}` | {kind.replace('_', ' ')} | {count} |" in guide
