"""Users and what they do in the product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.sample.columns import Table, ids, names, table
from helpers.sample.company import (
    PLATFORMS,
    REGION_SHARES,
    SEGMENT_SHARES,
    SEGMENTS,
    Bools,
    Company,
    Floats,
    Ints,
    Times,
    drawn,
)
from helpers.sample.dirt import Dirt

USERS = 12_000
PLANS = ("free", "team", "business", "enterprise")
_PLAN_SHARES = np.array(  # by segment
    [[0.0, 0.1, 0.3, 0.6], [0.05, 0.35, 0.5, 0.1], [0.3, 0.5, 0.2, 0.0], [0.75, 0.2, 0.05, 0.0]]
)
_CHANNELS = ("organic", "referral", "paid search", "partner", "sales")
_CHANNEL_SHARES = (0.35, 0.2, 0.2, 0.1, 0.15)
EVENTS = ("login", "session", "feature_used")
_FEATURE_USED = 2
_HOME_PLATFORM_SHARES = (0.62, 0.22, 0.16)
_LONGEST_STAY = 78  # weeks, so that the users of the newest five quarters can be as many and as old in each
_STAY = np.array([1.5, 1.2, 1.0, 0.8])  # by segment: how long users stay, relative
_ACTIVE_DAYS = np.array([1.3, 1.1, 1.0, 0.85])  # by segment: days a week, relative


@dataclass(frozen=True)
class _Users:
    signed_up: Times
    region: Ints
    segment: Ints


@dataclass(frozen=True)
class _Visits:
    """One row a user and day of use."""

    user: Ints
    day: Ints
    platform: Ints
    started: Times


@dataclass(frozen=True)
class _Feature:
    """When each user has the feature (days since the first of data), and how often a day of use sees it."""

    name: str
    taken_up: Floats
    given_up: Floats
    often: float
    on_phones_only: bool = False


def users(company: Company) -> Table:
    """Everybody who signed up, by time."""
    people = _users(company)
    rows = people.region.size
    rng = company.random("users")
    dirt = Dirt.of(company, "users", rows)
    return dirt.table(
        {
            "user_id": ids("P", np.arange(1, rows + 1)),
            "signed_up_at": people.signed_up,
            "region": dirt.regions(people.region),
            "segment": names(SEGMENTS, people.segment),
            "plan": names(PLANS, _plans(people.segment, rng)),
            "channel": names(_CHANNELS, drawn(rng, _CHANNEL_SHARES, rows)),
        }
    )


def events(company: Company) -> Table:
    """A login or a session a user and day of use, and each feature used on it, by time."""
    people = _users(company)
    visits = _visits(company, people)
    features = _features(company, people)
    rng = company.random("events")
    visit = [np.arange(visits.user.size)]
    feature = [np.full(visits.user.size, len(features))]
    for code, each in enumerate(features):
        visit.append(_used(each, visits, rng))
        feature.append(np.full(visit[-1].size, code))
    row, used = np.concatenate(visit), np.concatenate(feature)
    is_visit = used == len(features)
    event = np.where(is_visit, row % 2, _FEATURE_USED)
    pause = np.where(is_visit, 0, rng.integers(20, 1800, row.size)).astype("timedelta64[s]")
    occurred = np.minimum(visits.started[row] + pause, _last_second(company, visits.day)[row])
    seen = np.flatnonzero(~_lost(company, visits)[row])
    order = seen[np.argsort(occurred[seen], kind="stable")]
    row = row[order]
    return table(
        {
            "user_id": ids("P", visits.user + 1).take(row),
            "occurred_at": occurred[order],
            "event": names(EVENTS, event[order]),
            "feature": names((*(each.name for each in features), None), used[order]),
            "platform": names(PLATFORMS, visits.platform[row]),
            "session_id": ids("V", np.arange(1, visits.user.size + 1)).take(row),
        }
    )


def _users(company: Company) -> _Users:
    rng = company.random("people")
    rows = company.size(USERS)
    return _Users(
        company.sorted_moments(rows, rng, company.plot.growth.sign_ups),
        drawn(rng, REGION_SHARES, rows),
        drawn(rng, SEGMENT_SHARES, rows),
    )


def _plans(segment: Ints, rng: np.random.Generator) -> Ints:
    limits = np.cumsum(_PLAN_SHARES, axis=1)[segment]
    plans: Ints = np.minimum((rng.random((segment.size, 1)) > limits).sum(axis=1), len(PLANS) - 1)
    return plans


def _signed_up_day(company: Company, people: _Users) -> Ints:
    since = people.signed_up - np.datetime64(company.first_day, "s")
    days: Ints = since.astype(np.int64) // 86_400
    return days


def _visits(company: Company, people: _Users) -> _Visits:
    """The days on which each user came: all on the first, some never again; later cohorts stay longer.

    The days are drawn over the whole stay, and those after the end of the data have not come yet.
    """
    rng = company.random("visits")
    first = _signed_up_day(company, people)
    stay = _STAY[people.segment] * (1 + company.plot.growth.loyalty * (first / company.days - 0.5))
    leaving = np.clip(rng.beta(0.7, 6.0, first.size) / stay, 0.002, 1)  # a week; unlike from user to user
    weeks = np.minimum(rng.geometric(leaving), _LONGEST_STAY)
    weekly = _ACTIVE_DAYS[people.segment] * rng.gamma(2.0, 0.9, first.size)
    user = np.repeat(np.arange(first.size), rng.poisson(weekly * weeks))
    day = first[user] + (7 * weeks[user] * rng.random(user.size) ** 1.15).astype(np.int64)
    came = (day < company.days) & (rng.random(user.size) * 1.4 < company.busyness(day))
    key = np.unique(
        np.concatenate([np.arange(first.size) * company.days + first, (user * company.days + day)[came]])
    )
    user, day = np.divmod(key, company.days)
    home = drawn(rng, _HOME_PLATFORM_SHARES, first.size)
    away = rng.random(user.size) < 0.15
    started = np.maximum(company.moments(day, rng), people.signed_up[user])
    return _Visits(user, day, np.where(away, PLATFORMS.index("web"), home[user]), started)


def _last_second(company: Company, days: Ints) -> Times:
    last: Times = np.datetime64(company.first_day, "s") + ((days + 1) * 86_400 - 1)
    return last


def _lost(company: Company, visits: _Visits) -> Bools:
    """The visits that tracking failed to record."""
    told = company.plot.outage
    since = visits.day - company.newest_day - told.starts_on
    platform = PLATFORMS.index(told.platform)
    lost: Bools = (visits.platform == platform) & (since >= 0) & (since < told.days)
    return lost


def _features(company: Company, people: _Users) -> tuple[_Feature, ...]:
    rng = company.random("features")
    first = _signed_up_day(company, people).astype(np.float64)

    def steady(name: str, share: float, often: float, on_phones_only: bool = False) -> _Feature:
        """A feature that this share of users takes up within weeks of signing up."""
        wants = rng.random(first.size) < share
        taken_up = np.where(wants, first + rng.exponential(12.0, first.size), np.inf)
        return _Feature(name, taken_up, np.full(first.size, np.inf), often, on_phones_only)

    return (
        _taking_off(company, first),
        steady("scheduled_exports", 0.22, 0.3),
        steady("comments", 0.55, 0.45),
        steady("mobile_app", 0.8, 0.8, on_phones_only=True),
        _dying(company, first),
        steady("templates", 0.35, 0.15),
    )


def _taking_off(company: Company, first: Floats) -> _Feature:
    told = company.plot.take_off
    rng = company.random(told.name)
    wants = rng.random(first.size) < told.ceiling
    spread = company.days - told.midpoint + rng.logistic(0, told.spread, first.size)
    heard = np.maximum(spread, company.days - told.launched)
    taken_up = np.where(wants, np.maximum(heard, first + rng.exponential(10.0, first.size)), np.inf)
    return _Feature(told.feature, taken_up, np.full(first.size, np.inf), 0.6)


def _dying(company: Company, first: Floats) -> _Feature:
    told = company.plot.dying
    rng = company.random(told.name)
    wants = rng.random(first.size) < told.share
    given_up = company.days - told.midpoint + rng.logistic(0, told.spread, first.size)
    taken_up = np.where(wants, first + rng.exponential(10.0, first.size), np.inf)
    return _Feature(told.feature, taken_up, given_up, 0.5)


def _used(feature: _Feature, visits: _Visits, rng: np.random.Generator) -> Ints:
    """Which visits use the feature."""
    taken_up, given_up = np.floor(feature.taken_up)[visits.user], feature.given_up[visits.user]
    has: Bools = (taken_up <= visits.day) & (visits.day < given_up)
    if feature.on_phones_only:
        has &= visits.platform != PLATFORMS.index("web")
    return np.flatnonzero(has & (rng.random(visits.user.size) < feature.often))
