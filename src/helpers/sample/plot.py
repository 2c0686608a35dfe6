"""The plot: every planted truth with its size, in one place. Generator, tests and protocols read it here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from helpers.sample.stories import (
    Campaign,
    DailyTotals,
    Differences,
    DirtyRows,
    Experiment,
    ExperimentInteraction,
    FeatureDies,
    FeatureTakesOff,
    Growth,
    Holiday,
    Launch,
    MixShift,
    PlantedOutage,
    ScoreFall,
    Season,
    Story,
    UnderResponse,
)


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Every story of the company, each under the name by which the generator asks for it."""

    nps_fall: ScoreFall
    under_response: UnderResponse
    dirty_rows: DirtyRows
    checkout_one_step: Experiment
    shorter_signup: Experiment
    annual_plan_first: Experiment
    onboarding_checklist: Experiment
    search_ranking: Experiment
    home_feed: Experiment
    interaction: ExperimentInteraction
    pricing_page: DailyTotals
    take_off: FeatureTakesOff
    dying: FeatureDies
    outage: PlantedOutage
    mix_shift: MixShift
    launch: Launch
    campaign: Campaign
    season: Season
    holiday: Holiday
    growth: Growth
    differences: Differences

    @property
    def stories(self) -> tuple[Story, ...]:
        """All of them, in order."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def quiet(self) -> Plot:
        """The plot of the null company."""
        return Plot(**{field.name: getattr(self, field.name).quiet() for field in fields(self)})


_NEWEST = "newest quarter"
_TESTED = ("assignments", "outcomes")

PLOT = Plot(
    nps_fall=ScoreFall(
        name="nps_fall",
        tables=("responses", "tickets"),
        what="NPS falls in EMEA, driven by slow exports; no other region moves",
        when=_NEWEST,
        region="EMEA",
        theme="slow exports",
        fall=14.0,
        comment_share=0.8,
        ticket_share=0.15,
    ),
    under_response=UnderResponse(
        name="under_response",
        tables=("invitations", "responses"),
        what="Enterprise answers a third as often as others and scores lower, so the plain NPS is too high",
        when="every quarter",
        segment="Enterprise",
        response_rate=0.12,
        usual_response_rate=0.33,
        score_gap=18.0,
    ),
    dirty_rows=DirtyRows(
        name="dirty_rows",
        tables=("responses", "tickets", "mentions", "users"),
        what="A known number of rows break their table's contract, each in one way only",
        when="any time; repeats stand at the end of the file",
        rows=MappingProxyType(
            {
                "responses": MappingProxyType(
                    {"duplicate_id": 40, "impossible_score": 25, "broken_date": 18, "unknown_region": 30}
                ),
                "tickets": MappingProxyType(
                    {"duplicate_id": 12, "broken_date": 9, "unknown_region": 8, "closed_before_opened": 15}
                ),
                "mentions": MappingProxyType({"duplicate_id": 6, "unknown_region": 5}),
                "users": MappingProxyType({"duplicate_id": 7, "unknown_region": 11}),
            }
        ),
    ),
    checkout_one_step=Experiment(
        name="checkout_one_step",
        tables=_TESTED,
        what="A one-step checkout truly raises activation",
        when=_NEWEST,
        starts_on=7,
        days=28,
        per_arm=8_000,
        base=0.40,
        lift=0.055,
    ),
    shorter_signup=Experiment(
        name="shorter_signup",
        tables=_TESTED,
        what="A shorter sign-up changes nothing",
        when=_NEWEST,
        starts_on=21,
        days=28,
        per_arm=8_000,
        base=0.40,
        exact=True,
    ),
    annual_plan_first=Experiment(
        name="annual_plan_first",
        tables=_TESTED,
        what="The split is broken: half of the treated units on ios are lost, so no result can be read",
        when=_NEWEST,
        starts_on=28,
        days=28,
        per_arm=8_000,
        base=0.40,
        lost_platform="ios",
        lost_share=0.5,
    ),
    onboarding_checklist=Experiment(
        name="onboarding_checklist",
        tables=_TESTED,
        what="The checklist leads after the first third of its units and shows nothing over the whole",
        when=_NEWEST,
        starts_on=35,
        days=42,
        per_arm=8_000,
        base=0.40,
        early_part=1 / 3,
        early_lift=0.04,
        exact=True,
    ),
    search_ranking=Experiment(
        name="search_ranking",
        tables=_TESTED,
        what="The new search ranking helps where the home feed is the old one",
        when=_NEWEST,
        starts_on=14,
        days=28,
        per_arm=12_000,
        base=0.36,
        lift=0.07,
    ),
    home_feed=Experiment(
        name="home_feed",
        tables=_TESTED,
        what="The new home feed helps where the search ranking is the old one",
        when=_NEWEST,
        starts_on=14,
        days=28,
        per_arm=12_000,
        base=0.36,
        lift=0.07,
    ),
    interaction=ExperimentInteraction(
        name="interaction",
        tables=_TESTED,
        what="search_ranking and home_feed run on the same units; together they give less than their sum",
        when=_NEWEST,
        experiments=("search_ranking", "home_feed"),
        interaction=-0.08,
    ),
    pricing_page=DailyTotals(
        name="pricing_page",
        tables=("totals",),
        what="The new pricing page truly raises purchases; only daily counts are known",
        when=_NEWEST,
        starts_on=42,
        days=28,
        visitors=900,
        base=0.060,
        lift=0.012,
    ),
    take_off=FeatureTakesOff(
        name="take_off",
        tables=("events",),
        what="Dashboards take off after their launch",
        when="launched nine months before the end of the newest quarter",
        feature="dashboards",
        launched=274,
        midpoint=170,
        spread=28.0,
        ceiling=0.7,
    ),
    dying=FeatureDies(
        name="dying",
        tables=("events",),
        what="Classic reports die out",
        when="over the four quarters before the newest one",
        feature="classic_reports",
        share=0.55,
        midpoint=290,
        spread=75.0,
    ),
    outage=PlantedOutage(
        name="outage",
        tables=("events",),
        what="Tracking of ios fails for nine whole days",
        when=_NEWEST,
        platform="ios",
        starts_on=40,
        days=9,
    ),
    mix_shift=MixShift(
        name="mix_shift",
        tables=("market_metrics",),
        what="Germany converts better than France in every segment, worse overall: its mix moved",
        when=_NEWEST,
        metric="conversion",
        better="Germany",
        other="France",
        advantage=0.035,
        usual_mix=MappingProxyType(
            {"Enterprise": 0.10, "Mid-market": 0.25, "Small business": 0.30, "Self-serve": 0.35}
        ),
        shifted_mix=MappingProxyType(
            {"Enterprise": 0.04, "Mid-market": 0.08, "Small business": 0.13, "Self-serve": 0.75}
        ),
    ),
    launch=Launch(
        name="launch",
        tables=("market_metrics",),
        what="The launch in Japan truly raises conversion in every segment",
        when="from the first day of the fifth month before the end of the newest quarter",
        metric="conversion",
        market="Japan",
        months=5,
        lift=0.04,
    ),
    campaign=Campaign(
        name="campaign",
        tables=("responses",),
        what="Self-serve, which is less satisfied, is asked more: CSAT falls through who answers alone",
        when="three weeks of the newest quarter",
        title="Self-serve asked in the product",
        segment="Self-serve",
        starts_on=5,
        days=21,
        answers=3_600,
        gap=0.5,
    ),
    season=Season(
        name="season",
        tables=("tickets",),
        what="This quarter has fewer tickets than the one before, as in every year",
        when="newest quarter, and the same one of the years before",
        dip=0.2,
    ),
    holiday=Holiday(
        name="holiday",
        tables=("responses", "invitations", "tickets", "mentions", "users", "events"),
        what="On one Monday nobody works, which is no outage",
        when="newest quarter, and the same one of the years before",
        title="Founders' Day",
        earliest=56,
    ),
    growth=Growth(
        name="growth",
        tables=("responses", "invitations", "tickets", "mentions", "users", "events", "market_metrics"),
        what="The company grows: on the last day so many times the rate of the first; users stay longer",
        when="all the time",
        sign_ups=2.2,
        customers=5 / 3,
        satisfaction=1.5,
        tickets=1.6,
        mentions=1.8,
        trials=4 / 3,
        spend=10 / 9,
        loyalty=0.4,
    ),
    differences=Differences(
        name="differences",
        tables=("responses", "market_metrics"),
        what="Regions differ in NPS and CSAT, markets in conversion and revenue, moods in what they write",
        when="all the time",
        size=1.0,
    ),
)

STORIES: Mapping[str, Story] = MappingProxyType({story.name: story for story in PLOT.stories})
