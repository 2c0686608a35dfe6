"""What users did, as typed counts: each is one aggregate query, asked when it is first looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import ibis
import ibis.expr.types as ir

from helpers.adoption.adoption_rule import AdoptionRule
from helpers.adoption.observations import period_overlap, user_quarters
from helpers.adoption.observations.accounts import AccountShares, account_shares, account_sums
from helpers.findings import NoData
from helpers.periods import Period, PeriodError, between, last_covered, quarter_of
from helpers.scope import ALL, Scope
from helpers.sources import LoadedTable
from helpers.sources.table import materialized
from helpers.stats import OverlappingCounts, PairMoments, SharedMoments

UNKNOWN = "unknown platform"
"""What events count under that name no platform."""


@dataclass(frozen=True)
class CohortQuarter:
    """Of the users who signed up in one quarter, how many did what in one quarter: counts.

    `users` signed up or did anything in it, `eligible` are those of them among whom adopters are counted.
    """

    cohort: Period
    quarter: Period
    users: int
    eligible: int
    active: int
    events: int
    adopted: int


@dataclass(frozen=True)
class PeriodCounts:
    """Users of the period: all who are eligible, those who adopted and those who were active in it.

    Attributes:
        users: how many are eligible: as the rule has it, who signed up in it or did anything in it.
        adopted: how many of them adopted.
        active: how many used the feature.
        against: the same users beside those of each earlier period that the page compares with.
    """

    users: int
    adopted: int
    active: int
    against: Mapping[Period, OverlappingCounts]


@dataclass(frozen=True)
class ChannelCounts:
    """The eligible users who signed up through one channel, and those of them who adopted in the period."""

    channel: str
    users: int
    adopted: int


@dataclass(frozen=True)
class FollowUp:
    """How many users of a sign-up cohort adopted, or were last watched, so many days after they signed up."""

    cohort: Period
    days: int
    adopted: bool
    users: int


@dataclass(frozen=True, eq=False)
class Usage:
    """What users did, quarter by quarter, up to the end of the period of `scope`.

    `first` and `last` are the first and last day that the events cover. The counts that measures take
    (`cohort_quarters`, `period_counts`, `channels`, `follow_up`, `user_months`, `platform_days`,
    `active_days`) are asked of the engine when they are first looked at.

    For an analyst's own questions the tables in the engine stand as Ibis expressions. `people`: user_id (a
    number of our own), name (the id in the source), signed_up (date), cohort (the quarter of sign-up, as a
    running number), and channel where the source has it. `days`: user_id, day, events of the feature, and
    platform where the source has it; one row for a user and day with any event. `quarterly`, one row for a
    user and quarter in which they signed up or did anything: user_id, quarter, events of the feature,
    adopted_on (the first day on which the rule was met by days that began in this quarter), months (whole
    months with use), share (of the days of these months, summed), eligible (whether they then did what makes
    a user eligible), and what `people` knows. `events` are all events of the source.

        >>> from helpers.adoption import example_usage
        >>> people = example_usage().people
        >>> people.filter(people.channel == "search").count().to_pyarrow().as_py()
        30
    """

    scope: Scope
    rule: AdoptionRule
    first: date
    last: date
    people: ir.Table
    days: ir.Table
    quarterly: ir.Table
    events: ir.Table

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters shown over time: the twelve that end with the period, or all there are data for."""
        known = tuple(between(self._quarter_of(self.first), self._quarter_of(self.last)))
        return known if self.scope.period.year is None else known[-12:]

    @property
    def signed_up_earlier(self) -> int:
        """How many users signed up before the first quarter shown: they are followed as no cohort."""
        return sum(row.users for row in self.follow_up if row.cohort.start < self.quarters[0].start)

    @property
    def place(self) -> str:
        """Whose use it is, as a subtitle ends: `all regions`, `EMEA, plan Pro`."""
        plan = self.rule.eligible.plan
        return self.scope.place if plan == ALL else f"{self.scope.place}, plan {plan}"

    @property
    def recent(self) -> Period:
        """The last whole quarter within the period that the events cover."""
        return last_covered(self.last, self.scope.period.fiscal_year_start)

    def comparable(self, then: Period | None) -> bool:
        """Whether the events cover both the period and an earlier one from start to end."""
        return then is not None and self.first <= then.start and self.covers_end_of(self.scope.period)

    def covers_end_of(self, period: Period) -> bool:
        """Whether the events reach up to the last day of a period."""
        return period.last_day <= self.last

    def at(self, period: Period) -> Usage:
        """The same usage as a report of another, earlier period counts it."""
        return self if period == self.scope.period else replace(self, scope=self.scope.at(period))

    def within(self, scope: Scope) -> Usage:
        """The same usage in another scope of the same period and region; what was counted stays counted."""
        found = replace(self, scope=scope)
        vars(found).update({name: value for name, value in vars(self).items() if name != "scope"})
        return found

    @cached_property
    def cohort_quarters(self) -> tuple[CohortQuarter, ...]:
        """Users (in all, active, adopted) and events by sign-up cohort and quarter."""
        rows, fiscal = self.quarterly, self.scope.period.fiscal_year_start
        met = user_quarters.quarter_number(rows.adopted_on, fiscal) == rows.quarter
        eligible = rows.eligible
        if self.rule.eligible.users == "signed_up":
            eligible = rows.cohort <= rows.quarter
        counted = rows.group_by("cohort", "quarter").agg(
            users=rows.count(),
            eligible=eligible.sum(),
            active=(rows.events > 0).sum(),
            events=rows.events.sum(),
            adopted=(eligible & met.fill_null(False)).sum(),
        )
        return tuple(
            CohortQuarter(**self._with_quarters(row, "cohort", "quarter")) for row in _records(counted)
        )

    @cached_property
    def period_counts(self) -> PeriodCounts:
        """The users of the period, who of them adopted, and who stands in the periods compared with too."""
        earlier = self.scope.periods_compared[1:]
        (row,) = _records(period_overlap.adopters_of(self._flags, len(earlier)))
        known = {name: int(n or 0) for name, n in row.items()}
        against = {then: period_overlap.overlapping(known, at) for at, then in enumerate(earlier)}
        return PeriodCounts(known["users"], known["adopted"], known["active"], against)

    @cached_property
    def has_accounts(self) -> bool:
        """Whether users are known to belong to accounts."""
        return self.quarterly is not None and "account" in self.quarterly.columns

    def account_adopters(self, then: Period | None = None) -> AccountShares | None:
        """Adopters of the period by account, beside those of one compared with; None without accounts."""
        earlier = self.scope.periods_compared[1:]
        if not self.has_accounts:
            return None
        name = f"then_{earlier.index(then)}" if then in earlier else "here"
        return account_shares(self._account_sums, "here", name)

    @cached_property
    def _account_sums(self) -> Mapping[str, int]:
        earlier = range(len(self.scope.periods_compared) - 1)
        sides = {f"then_{at}": (f"there_{at}", f"met_{at}") for at in earlier}
        return account_sums(self._flags, {"here": ("here", "now"), **sides})

    @cached_property
    def account_channels(self) -> Mapping[str, AccountShares]:
        """Adopters of the period of each channel by account, beside those of all others; empty without."""
        if not self.has_accounts or "channel" not in self.quarterly.columns:
            return {}
        found = {}
        for name in (row.channel for row in self.channels):
            known = self._flags.filter(self._flags.channel.notnull())
            flags = known.mutate(
                this=known.here & (known.channel == name), others=known.here & (known.channel != name)
            )
            sums = account_sums(flags, {"this": ("this", "now"), "others": ("others", "now")})
            found[name] = account_shares(sums, "this", "others")
        return {name: shares for name, shares in found.items() if shares and shares.reference}

    def account_retention(
        self, quarters: tuple[Period, ...], then: tuple[Period, ...]
    ) -> AccountShares | None:
        """Next-quarter retention by account, of sign-ups that came back or not in `quarters` and in `then`.

        None without accounts, or where the first has fewer than two.
        """
        if not self.has_accounts:
            return None
        rows = self.quarterly
        came_back = (rows.quarter == rows.cohort + 1) & (rows.events > 0)
        users = rows.group_by("user_id", "account", "cohort").agg(did=came_back.any())
        flags = users.mutate(here=_among_cohorts(users, quarters), there=_among_cohorts(users, then))
        sums = account_sums(flags, {"here": ("here", "did"), "then": ("there", "did")})
        return account_shares(sums, "here", "then")

    @cached_property
    def _flags(self) -> ir.Table:
        """A row a user: who is eligible in the period and in each compared with, and who adopted in each."""
        (here, *earlier), rows = self.scope.periods_compared, self.quarterly
        known = {name: rows[name].max() for name in ("account", "channel") if name in rows.columns}
        return rows.group_by("user_id").agg(
            **known,
            here=self._eligible_in(here).any(),
            now=self._adopted_in(here).any() & self._eligible_in(here).any(),
            active=(self._among(here) & (rows.events > 0)).any(),
            **{f"there_{at}": self._eligible_in(then).any() for at, then in enumerate(earlier)},
            **{
                f"met_{at}": self._adopted_in(then).any() & self._eligible_in(then).any()
                for at, then in enumerate(earlier)
            },
        )

    @cached_property
    def channels(self) -> tuple[ChannelCounts, ...]:
        """Users and adopters of the period by sign-up channel, in the order of names.

        Raises:
            NoData: the users have no channel.
        """
        rows = self.quarterly
        if "channel" not in rows.columns:
            raise NoData("The table users has no column channel.")
        users = rows.filter(rows.channel.notnull()).group_by("user_id", "channel")
        flags = users.agg(
            here=self._eligible_in(self.scope.period).any(), met=self._adopted_in(self.scope.period).any()
        )
        flags = flags.filter(flags.here)
        counted = flags.group_by("channel").agg(users=flags.count(), adopted=flags.met.sum())
        return tuple(
            ChannelCounts(str(row["channel"]), row["users"], row["adopted"])
            for row in _records(counted.order_by("channel"))
        )

    @cached_property
    def follow_up(self) -> tuple[FollowUp, ...]:
        """From sign-up to adoption, or to the last day watched, by sign-up cohort."""
        rows = self.quarterly.filter(self.quarterly.signed_up <= self.last)
        people = rows.group_by("user_id", "cohort", "signed_up").agg(adopted_on=rows.adopted_on.min())
        stop = ibis.coalesce(people.adopted_on, ibis.date(self.last.isoformat()))
        timed = people.select(
            cohort=people.cohort,
            adopted=people.adopted_on.notnull(),
            days=ibis.greatest(stop.delta(people.signed_up, unit="day"), 0),
        )
        counted = timed.group_by("cohort", "adopted", "days").agg(users=timed.count())
        ordered = counted.order_by("cohort", "days", "adopted")
        return tuple(FollowUp(**self._with_quarters(row, "cohort")) for row in _records(ordered))

    @cached_property
    def user_months(self) -> Mapping[Period, PairMoments]:
        """Of each quarter the moments over its users with a whole month of use; two users are needed.

        The numerator is the sum, over a user's whole months, of the share of days with use; the denominator
        their number of such months.
        """
        rows = (
            self._with_quarters(row, "quarter")
            for row in _records(period_overlap.month_moments(self.quarterly, "quarter"))
        )
        return {row.pop("quarter"): PairMoments(**row) for row in rows if row["n"] > 1}

    def user_months_in(self, period: Period) -> PairMoments | None:
        """The moments of `user_months` over a whole period; None for fewer than two such users."""
        if period.quarter:
            return self.user_months.get(period)
        (row,) = _records(period_overlap.month_moments(self.quarterly.filter(self._among(period))))
        return PairMoments(**row) if row["n"] > 1 else None

    @cached_property
    def user_months_shared(self) -> Mapping[Period, SharedMoments]:
        """Of each period compared with the users who have a whole month of use in it and in this one."""
        rows = self.quarterly.filter(self.quarterly.months > 0)
        here, *earlier = self.scope.periods_compared
        if not earlier:
            return {}
        sides = {at: self._among(then) for at, then in enumerate(earlier)}
        (row,) = _records(period_overlap.shared_months(rows, self._among(here), sides))
        return {then: period_overlap.shared_moments(row, at) for at, then in enumerate(earlier)}

    @cached_property
    def quarter_flows(self) -> Mapping[Period, tuple[int, int, int]]:
        """Users of the feature by quarter: all, who never used it before, who did in the quarter before."""
        used = self.quarterly.filter(self.quarterly.events > 0)
        before = used.quarter.lag().over(ibis.window(group_by=used.user_id, order_by=used.quarter))
        used = used.mutate(before=before)
        counted = used.group_by("quarter").agg(
            active=used.count(),
            new=used.before.isnull().sum(),
            returning=(used.before == used.quarter - 1).fill_null(False).sum(),
        )
        rows = (self._with_quarters(row, "quarter") for row in _records(counted))
        return {row["quarter"]: (row["active"], row["new"], row["returning"]) for row in rows}

    @cached_property
    def use_days(self) -> ir.Table:
        """A row a user: eligible or not (`here`), adopted (`now`), separate `days` of use in the period."""
        used, period = self.days.filter(self.days.events > 0), self.scope.period
        if period.year is not None:
            used = used.filter(used.day.between(_date(period.start), _date(period.last_day)))
        counted = used.group_by("user_id").agg(days=used.day.nunique())
        flags = self._flags.left_join(counted, "user_id")
        return flags.mutate(days=flags.days.fill_null(0))

    @cached_property
    def unbroken_quarters(self) -> Mapping[tuple[Period, Period], int]:
        """By cohort and quarter, how many have used the feature in every quarter from sign-up to that one."""
        kept = user_quarters.unbroken(self.quarterly)
        counted = kept.group_by("cohort", "quarter").agg(users=kept.count())
        rows = (self._with_quarters(row, "cohort", "quarter") for row in _records(counted))
        return {(row["cohort"], row["quarter"]): row["users"] for row in rows}

    @cached_property
    def platform_days(self) -> Mapping[str, Mapping[date, int]]:
        """Events by platform and day, of all users and features; days without events are absent."""
        events = self.events
        known = "platform" in events.columns
        days = events.select(
            day=events.occurred_at.cast("date"),
            platform=events.platform.fill_null(UNKNOWN) if known else ibis.literal(UNKNOWN),
        )
        found: dict[str, dict[date, int]] = {}
        for row in _records(days.group_by("platform", "day").agg(events=days.count())):
            found.setdefault(row["platform"], {})[row["day"]] = row["events"]
        return found

    @cached_property
    def active_days(self) -> Mapping[date, int]:
        """Users of the feature by day; days without any are absent."""
        used = self.days.filter(self.days.events > 0)
        counted = used.group_by("day").agg(users=used.user_id.nunique())
        return {row["day"]: row["users"] for row in _records(counted)}

    def _among(self, period: Period) -> ir.BooleanValue:
        """Whether a row of `quarterly` belongs to a period."""
        quarter = self.quarterly.quarter
        numbers = map(user_quarters.number_of, period.quarters)
        return quarter.notnull() if period.year is None else quarter.isin(numbers)

    def _eligible_in(self, period: Period) -> ir.BooleanValue:
        """Whether a row of `quarterly` makes its user one of those among whom adopters are counted."""
        if self.rule.eligible.users == "signed_up":
            signed_up = self.quarterly.signed_up
            return signed_up < period.end if period.year is not None else signed_up.notnull()
        return self._among(period) & self.quarterly.eligible

    def _adopted_in(self, period: Period) -> ir.BooleanValue:
        """Whether the rule was met within a period, by days that began in the row's quarter."""
        day = self.quarterly.adopted_on
        met = day < period.end if period.year is not None else day.notnull()
        return self._among(period) & met.fill_null(False)

    def _quarter_of(self, day: date) -> Period:
        return quarter_of(day, self.scope.period.fiscal_year_start)

    def _with_quarters(self, row: dict[str, Any], *columns: str) -> dict[str, Any]:
        """The record with running numbers turned into quarters."""
        fiscal = self.scope.period.fiscal_year_start
        return row | {name: user_quarters.numbered(row[name], fiscal) for name in columns}


def usage(users: LoadedTable, events: LoadedTable, scope: Scope, rule: AdoptionRule) -> Usage:
    """What users did, for one feature and region, as it stood at the end of the period.

        >>> from datetime import datetime
        >>> from helpers import sources
        >>> users = sources.of_rows("users", [{"user_id": "u1", "signed_up_at": datetime(2026, 7, 1)}])
        >>> used = [{"user_id": "u1", "occurred_at": datetime(2026, 7, day)} for day in (1, 2, 4)]
        >>> found = usage(users, sources.of_rows("events", used), Scope(Period(2026, 3)), AdoptionRule())
        >>> found.first.isoformat(), found.last.isoformat()
        ('2026-07-01', '2026-07-04')

    Raises:
        NoData: there are no such users or events, or the tables lack the column that scope or rule need.
    """
    if scope.period.step != "quarter":
        raise PeriodError(f"Adoption is counted by quarters, and {scope.period.label} holds none: write one.")
    people = user_quarters.people_of(users, scope, rule.eligible.plan)
    seen = events.expr
    if scope.period.year is not None:
        seen = seen.filter(seen.occurred_at < ibis.timestamp(scope.period.end.isoformat()))
    if rule.feature != ALL:
        events.need("feature")
    first, last = user_quarters.covered_by(seen)
    if events.covered is not None:
        first, last = max(first, events.covered[0]), min(last, events.covered[1])
    people = materialized(people)
    days = materialized(user_quarters.days_of(seen, people, rule))
    covered = (first, min(last, scope.period.last_day))
    return _counted(scope, rule, people=people, days=days, events=events.expr, covered=covered)


def without_platforms(usage: Usage, platforms: frozenset[str], since: date) -> Usage:
    """The usage on other platforms than these, without the users who were never seen on any other.

    Days of use count from `since` on, so that what went before need not be gone through again.

    Raises:
        NoData: nobody used the feature on any other.
    """
    days = usage.days
    days = days.mutate(other=~days.platform.isin(sorted(platforms)).fill_null(False))
    seen = days.group_by("user_id").agg(other=days.other.any())
    people = usage.people.anti_join(seen.filter(~seen.other), "user_id")
    others = days.filter(days.other, days.day >= since)
    covered = (max(usage.first, since), usage.last)
    return _counted(usage.scope, usage.rule, people=people, days=others, events=usage.events, covered=covered)


def _counted(  # noqa: PLR0913  (what a usage is made of)
    scope: Scope,
    rule: AdoptionRule,
    *,
    people: ir.Table,
    days: ir.Table,
    events: ir.Table,
    covered: tuple[date, date],
) -> Usage:
    quarterly = materialized(user_quarters.quarters_of(people, days, scope.period, rule, covered))
    found = Usage(scope, rule, *covered, people, days, quarterly, events)
    if not any(row.events for row in found.cohort_quarters):
        raise NoData(f"Nobody used {rule.name} in {found.place} up to {scope.period.label}.")
    return found


def _date(day: date) -> ir.DateValue:
    return ibis.date(day.isoformat())


def _among_cohorts(users: ir.Table, quarters: tuple[Period, ...]) -> ir.BooleanValue:
    """Whether a user signed up in the quarter before one of these."""
    numbers = [user_quarters.number_of(one) - 1 for one in quarters]
    return users.cohort.isin(numbers) if numbers else ibis.literal(False)


def _records(table: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = table.to_pyarrow().to_pylist()
    return rows
