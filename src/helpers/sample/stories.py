"""The kinds of planted truth: what an analyst should find, where, and the numbers that say how large it is.

The generator reads its effect sizes from stories, so that data and truth cannot disagree. Places in time are
relative to the newest quarter (the last complete one): `quarter_day` 0 is its first day, `days_before_end` 1
its last. Shares are fractions of 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

Rows = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class Story(ABC):
    """One planted truth: its name, the tables that tell it, what is true, and when."""

    name: str
    tables: tuple[str, ...]
    what: str
    when: str

    @abstractmethod
    def quiet(self) -> Self:
        """The same story with nothing to find, for the null company."""


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
class ExperimentInteraction(Story):
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
class PlantedOutage(Story):
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
class Growth(Story):
    """The company grows; each is a rate on the last day over that on the first, but for `loyalty`."""

    sign_ups: float
    customers: float  # those who may be asked for their NPS
    satisfaction: float  # answers on CSAT
    tickets: float
    mentions: float
    trials: float
    spend: float  # of an account
    loyalty: float  # how much longer the last to sign up stay than the first, of what is usual

    def quiet(self) -> Self:
        """Nothing grows."""
        still = replace(self, sign_ups=1.0, customers=1.0, satisfaction=1.0, tickets=1.0, mentions=1.0)
        return replace(still, trials=1.0, spend=1.0, loyalty=0.0)


@dataclass(frozen=True, kw_only=True)
class Differences(Story):
    """Regions and markets differ, and the unhappy write about other things than the happy.

    With `size` 1 as much as the generator's lists say, with 0 not at all.
    """

    size: float

    def quiet(self) -> Self:
        """All are alike."""
        return replace(self, size=0.0)


@dataclass(frozen=True, kw_only=True)
class Season(Story):
    """Every year the quarter of the newest one has fewer tickets."""

    dip: float  # of the tickets of those quarters

    def quiet(self) -> Self:
        """All quarters are alike."""
        return replace(self, dip=0.0)


@dataclass(frozen=True, kw_only=True)
class Holiday(Story):
    """On one Monday of the quarter, every year, nobody works: no visit, sign-up, ticket or request."""

    title: str
    earliest: int  # quarter_day from which on the first Monday is meant
    is_kept: bool = True

    def quiet(self) -> Self:
        """It is a Monday like any other."""
        return replace(self, is_kept=False)


@dataclass(frozen=True, kw_only=True)
class Campaign(Story):
    """Customers of one segment, which is less satisfied, are asked for CSAT in the product for some weeks."""

    title: str
    segment: str
    starts_on: int  # quarter_day
    days: int
    answers: int  # beside the usual ones, at scale 1
    gap: float  # standard deviations that the segment is less satisfied, always

    def quiet(self) -> Self:
        """Nobody is asked more than usual, and the segment is as satisfied as the others."""
        return replace(self, answers=0, gap=0.0)
