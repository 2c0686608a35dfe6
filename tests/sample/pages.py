"""The pages of a sample company from its tables: the engine's counts, made by pandas and numpy and fast."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import adoption, markets, sample
from helpers.adoption import AdoptionRule, Usage
from helpers.adoption.observations import ChannelCounts, CohortQuarter, PeriodCounts
from helpers.feedback import (
    AnswerCell,
    Answers,
    CommentCell,
    Comments,
    Gathered,
    Invitations,
    Invited,
    Tickets,
)
from helpers.feedback.gathered import together
from helpers.feedback.observations import EVERY_AREA, SCALES
from helpers.findings import Measure, NoData
from helpers.markets import MarketSums, MonthlySums
from helpers.metrics import get
from helpers.periods import Period
from helpers.records.vocabulary import Theme, read_vocabulary
from helpers.sample.company import REGIONS
from helpers.scope import ALL, Scope
from helpers.stats import OverlappingCounts, PairMoments, SharedMoments

AS_OF = date(2026, 11, 22)
NEWEST = Period(2026, 3)
COMPARED = (NEWEST, Period(2026, 2), Period(2025, 3))
"""The period of the pages and those that they compare it with."""

PARAMS = Path(__file__).parents[2] / "params"


@dataclass(frozen=True)
class Pages:
    """What the reports read of the company of one seed; `null` is the company in which nothing changes."""

    seed: int
    null: bool = False
    scale: float = 1.0

    def feedback(self, region: str = ALL) -> Gathered:
        """Everything that the page on feedback compares, corrected together."""
        scope = Scope(NEWEST, region)
        return together(
            scope,
            answers=Answers(scope, self._answers),
            comments=self._comments(scope),
            tickets=self._tickets(scope),
            watched=NoData("How long tickets take is not counted here."),
            invitations=self._invitations(scope),
        )

    def markets(self) -> MarketSums:
        """The conversions of every market, corrected together."""
        rows = self._table("market_metrics").query("metric == 'conversion'")
        cells = tuple(
            MonthlySums(market, month, segment, paid, trials)
            for market, month, segment, paid, trials in zip(
                rows["market"],
                pd.to_datetime(rows["period_start"]).dt.date,
                rows["segment"],
                rows["numerator"],
                rows["denominator"],
                strict=True,
            )
        )
        known = get("conversion")
        measure = Measure("conversion", known.label, known.unit, known.good, 1)
        return markets.corrected(MarketSums(Scope(NEWEST), measure, "share", cells))

    def adoption(self, feature: str = ALL) -> Usage:
        """What users did, corrected together; there is no engine behind it."""
        events, people = self._table("events"), self._table("users").drop_duplicates("user_id")
        return adoption.corrected(counted(people, events, feature))

    def _table(self, name: str) -> pd.DataFrame:
        return sample.table(name, as_of=AS_OF, seed=self.seed, null=self.null, scale=self.scale)

    @cached_property
    def _responses(self) -> pd.DataFrame:
        rows = clean(self._table("responses"), "response_id", "submitted_at")
        most = rows["survey"].map({"nps": 10, "csat": 5})
        return rows[rows["score"].between((rows["survey"] == "csat").astype(int), most)]

    @cached_property
    def _answers(self) -> tuple[AnswerCell, ...]:
        rows = self._responses
        scale = rows["survey"].map(SCALES)
        high = rows["score"] >= scale.map(lambda one: one.high_from)
        low = rows["score"] <= scale.map(lambda one: one.low_to)
        keys = [rows["survey"], rows["time"].dt.to_period("M"), rows["region"], rows["segment"]]
        found = pd.DataFrame({"high": high, "low": low, "n": 1}).groupby(keys).sum()
        return tuple(
            AnswerCell(survey, month.start_time.date(), int(up), int(down), int(n), region or None, segment)
            for (survey, month, region, segment), up, down, n in found.itertuples()
        )

    def _comments(self, scope: Scope) -> Comments:
        vocabulary = read_vocabulary(PARAMS)
        assert vocabulary is not None
        rows = within(self._responses, scope).query("survey == 'nps'").dropna(subset="comment")
        text = rows["comment"].str.lower()
        themes = enumerate(vocabulary.themes.values())
        mask = sum(mentioned(text, theme).astype(int) * (1 << bit) for bit, theme in themes)
        keys = [rows["period"], rows["score"] <= SCALES["nps"].low_to, mask, rows["segment"]]
        names = tuple(vocabulary.themes)
        sizes = rows.groupby(keys, sort=False).size().reset_index()
        cells = tuple(
            CommentCell(
                period,
                bool(detractor),
                frozenset(name for bit, name in enumerate(names) if found >> bit & 1),
                int(n),
                segment,
            )
            for period, detractor, found, segment, n in sizes.itertuples(index=False)
        )
        return Comments(scope, vocabulary, cells)

    def _tickets(self, scope: Scope) -> Tickets:
        rows = clean(self._table("tickets"), "ticket_id", "opened_at")
        rows = rows if scope.region == ALL else rows[rows["region"] == scope.region]
        days = rows["time"].dt.date
        opened = {
            str(area): days[rows["product_area"] == area].value_counts().to_dict()
            for area in rows["product_area"].unique()
        }
        opened[EVERY_AREA] = days.value_counts().to_dict()
        return Tickets(scope, opened, days.min(), days.max())

    def _invitations(self, scope: Scope) -> Invitations:
        rows = self._table("invitations").rename(columns={"sent_at": "time"})
        rows = within(rows, scope)
        answered = rows["response_id"].notna().groupby([rows["period"], rows["segment"]], sort=False)
        named: dict[Period, dict[str, Invited]] = {}
        for (period, segment), many, sent in answered.agg(["sum", "size"]).itertuples():
            named.setdefault(period, {})[segment] = Invited(int(many), int(sent))
        return Invitations(scope, named)


def clean(rows: pd.DataFrame, key: str, time: str) -> pd.DataFrame:
    """The rows that keep to their contract, with their times; a region that nobody knows is none."""
    times = pd.to_datetime(rows[time], format="ISO8601", errors="coerce")
    region = rows["region"].where(rows["region"].isin(REGIONS), "")
    return rows.assign(time=times, region=region)[times.notna() & ~rows.duplicated(key)]


def within(rows: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The rows of the region and of the periods compared, with their period."""
    if scope.region != ALL:
        rows = rows[rows["region"] == scope.region]
    found = []
    for period in COMPARED:
        start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
        there = rows[rows["time"].between(start, end, inclusive="left")]
        found.append(there.assign(period=np.full(len(there), period)))
    return pd.concat(found)


def mentioned(text: pd.Series, theme: Theme) -> pd.Series:
    """Whether comments have a theme's words, each a whole word or, with a star, a beginning."""

    def having(words: tuple[str, ...]) -> pd.Series:
        parts = [re.escape(word.rstrip("*")) + ("" if word.endswith("*") else r"\b") for word in words]
        return text.str.contains(rf"\b(?:{'|'.join(parts)})")

    return having(theme.words) & having(theme.beside) if theme.beside else having(theme.words)


def counted(people: pd.DataFrame, events: pd.DataFrame, feature: str = ALL) -> Usage:
    """The usage whose counts the engine would give, of the periods compared."""
    people = people.reset_index(drop=True)
    number = events["user_id"].map(pd.Series(people.index, people["user_id"]))
    used = np.ones(len(events), bool) if feature == ALL else (events["feature"] == feature).to_numpy()
    seen = pd.DataFrame({"user": number, "day": events["occurred_at"].dt.normalize(), "used": used}).dropna()
    days = seen.groupby(["user", "day"])["used"].any().reset_index()
    stood = {period: _Stood.of(people, days, period) for period in COMPARED}
    nothing: Any = None
    first = max(events["occurred_at"].min().date(), COMPARED[-1].shift(-2).start)
    usage = Usage(Scope(NEWEST), AdoptionRule(feature, 3, 7), first, NEWEST.last_day, *[nothing] * 4)
    now, *earlier = stood.values()
    vars(usage).update(
        period_counts=PeriodCounts(
            int(now.there.sum()),
            int(now.adopted.sum()),
            int(now.active.sum()),
            {one.period: overlap(now, one) for one in earlier},
        ),
        channels=tuple(
            ChannelCounts(name, int(now.there[these].sum()), int(now.adopted[these].sum()))
            for name in sorted(people["channel"].unique())
            for these in [(people["channel"] == name).to_numpy()]
        ),
        cohort_quarters=tuple(row for one in stood.values() for row in one.retained(people)),
        user_months={one.period: moments(one) for one in stood.values() if np.sum(one.months > 0) >= 2},
        user_months_shared={one.period: shared_moments(now, one) for one in earlier if one.months.any()},
    )
    return usage


@dataclass(frozen=True)
class _Stood:
    """What each user did in one quarter: was there at all, used the feature, adopted it, and how often."""

    period: Period
    there: np.ndarray
    active: np.ndarray
    adopted: np.ndarray
    months: np.ndarray
    share: np.ndarray

    @classmethod
    def of(cls, people: pd.DataFrame, days: pd.DataFrame, period: Period) -> _Stood:
        start, end = pd.Timestamp(period.start), pd.Timestamp(period.end)
        seen = days[(days["day"] >= start) & (days["day"] < end)]
        used = seen[seen["used"]]
        third = used["day"].shift(-2)
        met = (used["user"].shift(-2) == used["user"]) & (third - used["day"] <= pd.Timedelta(days=6))
        by_month = used.groupby(["user", used["day"].dt.month])["day"].agg(["size", "first"]).reset_index()
        share = by_month["size"] / by_month["first"].dt.days_in_month
        n = len(people)
        return cls(
            period,
            people["signed_up_at"].between(start, end, inclusive="left").to_numpy() | having(seen["user"], n),
            having(used["user"], n),
            having(used["user"][met], n),
            np.bincount(by_month["user"].astype(int), minlength=n),
            np.bincount(by_month["user"].astype(int), share, minlength=n),
        )

    def retained(self, people: pd.DataFrame) -> tuple[CohortQuarter, CohortQuarter]:
        """The sign-ups of the quarter before, then and now."""
        before = self.period.shift(-1)
        cohort = (
            people["signed_up_at"].between(str(before.start), str(before.end), inclusive="left").to_numpy()
        )
        users, active = int(cohort.sum()), int((cohort & self.active).sum())
        return (
            CohortQuarter(before, before, users, users, active=0, events=0, adopted=0),
            CohortQuarter(before, self.period, users, users, active, events=0, adopted=0),
        )


def having(users: pd.Series, n: int) -> np.ndarray:
    return np.bincount(users.astype(int), minlength=n) > 0


def overlap(now: _Stood, then: _Stood) -> OverlappingCounts:
    both = now.there & then.there
    parts = (now.adopted, now.there, then.adopted, then.there, both)
    shared = (both & now.adopted, both & then.adopted, both & now.adopted & then.adopted)
    return OverlappingCounts(*(int(part.sum()) for part in (*parts, *shared)))


def moments(one: _Stood) -> PairMoments:
    share, months = (part[one.months > 0].astype(float) for part in (one.share, one.months))
    spread = np.cov(share, months)
    return PairMoments(
        n=share.size,
        numerator=float(share.mean()),
        denominator=float(months.mean()),
        numerator_variance=float(spread[0, 0]),
        denominator_variance=float(spread[1, 1]),
        covariance=float(spread[0, 1]),
    )


def shared_moments(now: _Stood, then: _Stood) -> SharedMoments:
    both = (now.months > 0) & (then.months > 0)
    products = [
        float((one[both] * other[both]).mean())
        for one in (now.share, now.months)
        for other in (then.share, then.months)
    ]
    return SharedMoments(int(both.sum()), *products)
