"""Experiments: who was assigned to what, and what they did; one of them by daily counts only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from helpers.sample.columns import Table, ids, names, table
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
    """One experiment over its units: who was treated, who is counted, who activated."""

    experiment: str
    units: _Units
    treated: Bools
    counted: Bools
    activated: Bools


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
    done = [_behaviour(company, run) for run in runs]
    units = [run.units for run in runs]
    return table(
        {
            "experiment": _experiments(runs),
            "unit_id": ids("U", _kept(runs, [each.number for each in units])),
            "activated": _kept(runs, [run.activated for run in runs]),
            **{name: _kept(runs, [each[name] for each in done]) for name in done[0]},
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


def _experiments(runs: list[_Run]) -> object:
    codes = _kept(runs, [np.full(run.treated.size, code) for code, run in enumerate(runs)])
    return names([run.experiment for run in runs], codes)


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
    days = company.day_numbers(count, company.newest_day + story.starts_on, story.days, rng)
    eagerness = rng.gamma(2.5, 1 / 2.5, count)
    return _Units(
        number=first + np.arange(count),
        assigned=np.sort(company.moments(days, rng)),
        region=drawn(rng, REGION_SHARES, count),
        segment=drawn(rng, SEGMENT_SHARES, count),
        platform=drawn(rng, _PLATFORM_SHARES, count),
        eagerness=eagerness,
        pre_sessions=rng.poisson(5 * eagerness),
        pre_orders=rng.poisson(0.6 * eagerness),
    )


def _run(company: Company, story: Experiment, units: _Units) -> _Run:
    rng = company.random(story.name)
    treated = rng.random(units.number.size) < 0.5
    early = np.arange(treated.size) < story.early_part * treated.size
    share = _share(story, units) + treated * np.where(early, story.early_lift, story.late_lift)
    if story.exact:
        activated = _counted_out(share, 2 * early + treated, rng)
    else:
        activated = rng.random(share.size) < share
    return _Run(story.name, units, treated, ~_lost(company, story, units, treated), activated)


def _lost(company: Company, story: Experiment, units: _Units, treated: Bools) -> Bools:
    """Treated units on the story's platform that go missing."""
    if not story.lost_share:
        return np.zeros(treated.size, dtype=bool)
    there = treated & (units.platform == PLATFORMS.index(story.lost_platform))
    lost: Bools = there & (company.random(f"{story.name} lost").random(treated.size) < story.lost_share)
    return lost


def _overlapping(company: Company, first: int) -> list[_Run]:
    plot = company.plot
    one, two = plot.search_ranking, plot.home_feed
    units = _units(company, one, first)
    rng = company.random(plot.interaction.name)
    in_one, in_two = rng.random((2, units.number.size)) < 0.5
    lifts = one.lift * in_one + two.lift * in_two + plot.interaction.interaction * (in_one & in_two)
    activated = rng.random(units.number.size) < _share(one, units) + lifts
    everybody = np.ones(units.number.size, dtype=bool)
    return [
        _Run(story.name, units, treated, everybody, activated)
        for story, treated in ((one, in_one), (two, in_two))
    ]


def _share(story: Experiment, units: _Units) -> Floats:
    """Each unit's chance to activate under control: more for the eager, the story's base on average."""
    lean = np.clip(units.eagerness - 1, -1, 2)
    return story.base + _EAGERNESS_WEIGHT * (lean - lean.mean())


def _counted_out(share: Floats, group: Ints, rng: np.random.Generator) -> Bools:
    """As many in each group as its chances add up to, each row by its chance: systematic sampling (Madow 1949)."""
    taken = np.zeros(share.size, dtype=bool)
    for each in np.unique(group):
        rows = rng.permutation(np.flatnonzero(group == each))
        ends = np.floor(np.cumsum(share[rows]) + rng.random())
        taken[rows] = np.diff(ends, prepend=0.0) >= 1
    return taken


def _behaviour(company: Company, run: _Run) -> dict[str, np.ndarray]:
    """What else the units did: the activated order and visit more; nothing else depends on the variant."""
    shared = run.experiment in company.plot.interaction.experiments
    rng = company.random(f"{company.plot.interaction.name if shared else run.experiment} behaviour")
    eagerness, activated = run.units.eagerness, run.activated
    orders = rng.poisson(eagerness * (0.25 + 0.75 * activated))
    basket = rng.lognormal(3.4, 0.5, orders.size)
    return {
        "orders": orders,
        "revenue": np.round(orders * basket, 2),
        "sessions": rng.poisson(eagerness * (3 + 2 * activated)),
        "support_contacts": rng.poisson(0.25, orders.size),
    }
