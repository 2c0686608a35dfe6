"""Experiments: who was assigned to what, and what they did; one of them by daily counts only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.sample.columns import Column, Table, ids, names, table
from helpers.sample.company import (
    PLATFORMS,
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    Bools,
    Company,
    Floats,
    Ints,
    Times,
    drawn,
)
from helpers.sample.stories import Experiment

VARIANTS = ("control", "treatment")
_PLATFORM_SHARES = (0.55, 0.25, 0.20)
_EAGERNESS_WEIGHT = 0.06  # how far the share activated leans on a unit's eagerness


@dataclass(frozen=True)
class _Units:
    """The units that came into one or more experiments, by time."""

    number: Ints
    assigned: Times
    region: Ints
    segment: Ints
    platform: Ints
    eagerness: Floats  # 1 on average
    pre_sessions: Ints
    pre_orders: Ints


@dataclass(frozen=True)
class _Run:
    """One experiment over its units: who was treated, who is counted, and what they did (metric → column)."""

    story: Experiment
    units: _Units
    treated: Bools
    counted: Bools
    done: dict[str, np.ndarray]

    @property
    def is_settled(self) -> bool:
        """Whether nothing that the treatment leaves alone differs by more than a standard error."""
        measures = [self.units.pre_sessions, self.units.pre_orders, self.done["support_contacts"]]
        if not self.story.lift:
            measures += [self.done[name] for name in ("orders", "revenue", "sessions")]
        return all(abs(_standardized(measure, self.treated)) <= 1 for measure in measures)


def assignments(company: Company) -> Table:
    """One row a unit and experiment: variant and when."""
    runs = _runs(company)
    units = [run.units for run in runs]
    return table(
        {
            "experiment": _experiments(runs),
            "unit_id": ids("U", _kept(runs, [each.number for each in units])),
            "variant": names(VARIANTS, _kept(runs, [run.treated.astype(np.int64) for run in runs])),
            "assigned_at": _kept(runs, [each.assigned for each in units]),
            "region": names(REGIONS, _kept(runs, [each.region for each in units])),
            "segment": names(SEGMENTS, _kept(runs, [each.segment for each in units])),
            "platform": names(PLATFORMS, _kept(runs, [each.platform for each in units])),
        }
    )


def outcomes(company: Company) -> Table:
    """One row a unit and experiment: what the unit did, and before (pre_sessions, pre_orders)."""
    runs = _runs(company)
    units = [run.units for run in runs]
    return table(
        {
            "experiment": _experiments(runs),
            "unit_id": ids("U", _kept(runs, [each.number for each in units])),
            **{name: _kept(runs, [run.done[name] for run in runs]) for name in runs[0].done},
            "pre_sessions": _kept(runs, [each.pre_sessions for each in units]),
            "pre_orders": _kept(runs, [each.pre_orders for each in units]),
        }
    )


def totals(company: Company) -> Table:
    """Daily visitors and purchases of each arm of the experiment that is known by counts only."""
    told = company.plot.pricing_page
    rng = company.random(told.name)
    days = company.newest_day + told.starts_on + np.arange(told.days)
    busy = company.weekday_weights(days) * told.visitors * company.scale
    day, arm = np.repeat(days, 2), np.tile([0, 1], told.days)
    visitors = rng.poisson(np.repeat(busy, 2))
    return table(
        {
            "experiment": names((told.name,), np.zeros(day.size, dtype=np.int64)),
            "variant": names(VARIANTS, arm),
            "metric": names(("conversion",), np.zeros(day.size, dtype=np.int64)),
            "date": np.datetime64(company.first_day, "D") + day,
            "numerator": rng.binomial(visitors, told.base + told.lift * arm),
            "denominator": visitors,
        }
    )


def _experiments(runs: list[_Run]) -> Column:
    codes = _kept(runs, [np.full(run.treated.size, code) for code, run in enumerate(runs)])
    return names([run.story.name for run in runs], codes)


def _kept(runs: list[_Run], columns: list[np.ndarray]) -> np.ndarray:
    """One column of all experiments, without the units that were lost before they were counted."""
    return np.concatenate([column[run.counted] for run, column in zip(runs, columns, strict=True)])


def _runs(company: Company) -> list[_Run]:
    """Every experiment, by its story; the two that overlap share their units."""
    plot = company.plot
    alone = (plot.checkout_one_step, plot.shorter_signup, plot.annual_plan_first, plot.onboarding_checklist)
    first = 1
    runs = []
    for story in alone:
        units = _units(company, story, first)
        first += units.number.size
        runs.append(_run(company, story, units))
    return [*runs, *_overlapping(company, first)]


def _units(company: Company, story: Experiment, first: int) -> _Units:
    rng = company.random(f"{story.name} units")
    count = 2 * company.size(story.per_arm)
    days = company.newest_day + story.starts_on + np.arange(story.days)
    came = days[drawn(rng, company.weekday_weights(days), count)]
    eagerness = rng.gamma(2.5, 1 / 2.5, count)
    return _Units(
        number=first + np.arange(count),
        assigned=np.sort(company.moments(came, rng)),
        region=drawn(rng, REGION_SHARES, count),
        segment=drawn(rng, SEGMENT_SHARES, count),
        platform=drawn(rng, _PLATFORM_SHARES, count),
        eagerness=eagerness,
        pre_sessions=rng.poisson(5 * eagerness),
        pre_orders=rng.poisson(0.6 * eagerness),
    )


def _run(company: Company, story: Experiment, units: _Units) -> _Run:
    """The experiment; where its story asks, drawn again until it is settled (Morgan and Rubin 2012)."""
    rng = company.random(story.name)
    while True:
        treated = rng.random(units.number.size) < 0.5
        early = np.arange(treated.size) < story.early_part * treated.size
        share = _share(story, units) + treated * np.where(early, story.early_lift, story.late_lift)
        if story.exact:
            activated = _counted_out(share, 2 * early + treated, rng)
        else:
            activated = rng.random(share.size) < share
        counted = ~_lost(story, units, treated, rng)
        run = _Run(story, units, treated, counted, _behaviour(units, activated, rng))
        if run.is_settled or not story.settled:
            return run


def _lost(story: Experiment, units: _Units, treated: Bools, rng: np.random.Generator) -> Bools:
    """Treated units on the story's platform that go missing."""
    there = treated & np.array([name == story.lost_platform for name in PLATFORMS])[units.platform]
    lost: Bools = there & (rng.random(treated.size) < story.lost_share)
    return lost


def _overlapping(company: Company, first: int) -> list[_Run]:
    """Two experiments on the same units, which therefore did the same in both."""
    plot = company.plot
    one, two = plot.search_ranking, plot.home_feed
    units = _units(company, one, first)
    everybody = np.ones(units.number.size, dtype=bool)
    rng = company.random(plot.interaction.name)
    while True:
        in_one, in_two = rng.random((2, units.number.size)) < 0.5
        lifts = one.lift * in_one + two.lift * in_two + plot.interaction.interaction * (in_one & in_two)
        done = _behaviour(units, rng.random(units.number.size) < _share(one, units) + lifts, rng)
        runs = [_Run(one, units, in_one, everybody, done), _Run(two, units, in_two, everybody, done)]
        if all(run.is_settled or not run.story.settled for run in runs):
            return runs


def _share(story: Experiment, units: _Units) -> Floats:
    """Each unit's chance to activate under control: more for the eager, the story's base on average."""
    lean = np.clip(units.eagerness - 1, -1, 2)
    share: Floats = story.base + _EAGERNESS_WEIGHT * (lean - lean.mean())
    return share


def _counted_out(share: Floats, group: Ints, rng: np.random.Generator) -> Bools:
    """As many in each group as its chances add up to: systematic sampling (Madow 1949)."""
    taken = np.zeros(share.size, dtype=bool)
    for each in np.unique(group):
        rows = rng.permutation(np.flatnonzero(group == each))
        ends = np.floor(np.cumsum(share[rows]) + rng.random())
        taken[rows] = np.diff(ends, prepend=0.0) >= 1
    return taken


def _behaviour(units: _Units, activated: Bools, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """All that the units did: the activated order and visit more; nothing else depends on the variant."""
    orders = rng.poisson(units.eagerness * (0.25 + 0.75 * activated))
    basket = rng.lognormal(3.4, 0.5, orders.size)
    return {
        "activated": activated,
        "orders": orders,
        "revenue": np.round(orders * basket, 2),
        "sessions": rng.poisson(units.eagerness * (3 + 2 * activated)),
        "support_contacts": rng.poisson(0.25, orders.size),
    }


def _standardized(measure: np.ndarray, treated: Bools) -> float:
    """Difference of the arms' means in standard errors."""
    one, other = measure[treated], measure[~treated]
    return float((one.mean() - other.mean()) / np.sqrt(one.var() / one.size + other.var() / other.size))
