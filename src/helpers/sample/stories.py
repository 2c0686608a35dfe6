"""The planted truths of the sample company: what an analyst should find, where, and how large it is.

The generator reads its effect sizes from here, so that data and truth cannot disagree. Places in time are
relative to the newest quarter (the last complete one): `quarter_day` 0 is its first day, `days_before_end` 1
its last. Shares are fractions of 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Self

Rows = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Story:
    """One planted truth: its name, the tables that tell it, what is true, and when."""

    name: str
    tables: tuple[str, ...]
    what: str
    when: str

    def quiet(self) -> Self:
        """The same story with nothing to find, for the null company."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class ScoreFall(Story):
    """NPS falls in one region because some customers meet one problem, score low and write about it."""

    region: str
    theme: str
    fall: float  # NPS points, between the preceding and the newest quarter
    comment_share: float  # of those who meet the problem
    ticket_share: float  # of the region's tickets in the newest quarter that turn to this theme

    def quiet(self) -> Self:
        """Nobody meets the problem."""
        return replace(self, fall=0.0, ticket_share=0.0)


@dataclass(frozen=True, kw_only=True)
class UnderResponse(Story):
    """One segment answers invitations less often than the others, and likes the product less."""

    segment: str
    response_rate: float
    usual_response_rate: float
    score_gap: float  # NPS points below the other segments

    def quiet(self) -> Self:
        """The segment answers and scores as the others do."""
        return replace(self, response_rate=self.usual_response_rate, score_gap=0.0)


@dataclass(frozen=True, kw_only=True)
class DirtyRows(Story):
    """Rows that a contract must set aside: table → kind → how many, at any scale."""

    rows: Rows

    def quiet(self) -> Self:
        """No dirty row."""
        return replace(self, rows={table: dict.fromkeys(kinds, 0) for table, kinds in self.rows.items()})


@dataclass(frozen=True, kw_only=True)
class Experiment(Story):
    """An experiment on `activated`: units come for `days` days from `starts_on` of the newest quarter.

    With `exact`, the activated units are counted out rather than drawn, so that the share of each arm (and
    of each part of the time) is the stated one up to rounding: what is planted as nothing shows as nothing.
    With `settled`, what the treatment leaves alone (covariates, guard-rail; without a lift every other metric
    too) differs by at most a standard error, so that chance tells no second story.
    """

    starts_on: int  # quarter_day of the first assignment
    days: int
    per_arm: int  # planned units in each arm, at scale 1
    base: float  # share activated under control
    lift: float = 0.0  # added to the share under treatment, over all units
    minimum_effect: float = 0.02  # smallest difference of shares worth having
    early_part: float = 0.0  # first part of the assignments, in which …
    early_lift: float = 0.0  # … the treatment seems to add this much
    lost_platform: str = ""  # where treated units go missing
    lost_share: float = 0.0  # of the treated units there
    exact: bool = False
    settled: bool = True

    @property
    def late_lift(self) -> float:
        """Difference after the early part, such that the whole shows `lift`."""
        if not self.early_part:
            return self.lift
        return (self.lift - self.early_part * self.early_lift) / (1 - self.early_part)

    def quiet(self) -> Self:
        """No lift, no early lead, no lost unit; everything drawn once."""
        nothing = replace(self, lift=0.0, early_part=0.0, early_lift=0.0, lost_share=0.0)
        return replace(nothing, exact=False, settled=False)


@dataclass(frozen=True, kw_only=True)
class Interaction(Story):
    """Two experiments run on the same units; both treatments together give less than the sum."""

    experiments: tuple[str, str]
    interaction: float  # added to the share activated where both are treated

    def quiet(self) -> Self:
        """The two effects add up."""
        return replace(self, interaction=0.0)


@dataclass(frozen=True, kw_only=True)
class DailyTotals(Story):
    """An experiment known only by daily counts of visitors and purchases."""

    starts_on: int
    days: int
    visitors: int  # a day and arm, at scale 1
    base: float  # share of visitors who purchase under control
    lift: float

    def quiet(self) -> Self:
        """No lift."""
        return replace(self, lift=0.0)


@dataclass(frozen=True, kw_only=True)
class FeatureTakesOff(Story):
    """A feature appears and spreads: a logistic curve of the users who have taken it up."""

    feature: str
    launched: int  # days_before_end of the launch
    midpoint: int  # days_before_end when half of those who will have taken it up
    spread: float  # days; scale of the logistic curve
    ceiling: float  # share of users who ever take it up

    def quiet(self) -> Self:
        """The feature has always been there."""
        return replace(self, launched=10_000, midpoint=9_000)


@dataclass(frozen=True, kw_only=True)
class FeatureDies(Story):
    """A feature is given up, user by user, along a falling logistic curve."""

    feature: str
    share: float  # of users who use it before
    midpoint: int  # days_before_end when half of them have given it up
    spread: float  # days

    def quiet(self) -> Self:
        """Nobody gives it up."""
        return replace(self, midpoint=-10_000)


@dataclass(frozen=True, kw_only=True)
class Outage(Story):
    """Tracking fails: no event of one platform for some whole days."""

    platform: str
    starts_on: int  # quarter_day
    days: int

    def quiet(self) -> Self:
        """No day is missing."""
        return replace(self, days=0)


@dataclass(frozen=True, kw_only=True)
class MixShift(Story):
    """A market that is better in every segment looks worse overall, because its mix has moved.

    The counts of the two markets in the newest quarter are set to their expectation, not drawn.
    """

    metric: str
    better: str  # the market whose mix moves
    other: str
    advantage: float  # of the better market, added to its share in every segment
    usual_mix: Mapping[str, float]  # segment → share of trials, in every market and quarter but …
    shifted_mix: Mapping[str, float]  # … the better market in the newest quarter
    exact: bool = True

    def quiet(self) -> Self:
        """No advantage, and the usual mix."""
        return replace(self, advantage=0.0, shifted_mix=self.usual_mix, exact=False)


@dataclass(frozen=True, kw_only=True)
class Launch(Story):
    """A launch raises a metric in one market, in every segment, from the first day of one month on."""

    metric: str
    market: str
    months: int  # that the newest quarter's end lies after the launch
    lift: float

    def quiet(self) -> Self:
        """The launch does nothing."""
        return replace(self, lift=0.0)


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
    interaction: Interaction
    pricing_page: DailyTotals
    take_off: FeatureTakesOff
    dying: FeatureDies
    outage: Outage
    mix_shift: MixShift
    launch: Launch

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
    interaction=Interaction(
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
    outage=Outage(
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
)

STORIES: Mapping[str, Story] = MappingProxyType({story.name: story for story in PLOT.stories})
