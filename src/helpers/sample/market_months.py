"""Monthly figures of each market and segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from helpers.sample.columns import Table, names, table
from helpers.sample.company import SEGMENTS, Company, Floats


@dataclass(frozen=True)
class Market:
    """A country: its region, its size (trials a month at scale 1), and how well it converts (added share)."""

    name: str
    region: str
    trials: int
    level: float


MARKETS = (
    Market("United States", "AMER", 9_000, 0.012),
    Market("Canada", "AMER", 2_400, 0.010),
    Market("United Kingdom", "EMEA", 4_200, 0.005),
    Market("Germany", "EMEA", 4_000, 0.0),
    Market("France", "EMEA", 4_000, 0.0),
    Market("Spain", "EMEA", 1_800, -0.010),
    Market("Netherlands", "EMEA", 1_600, 0.014),
    Market("Sweden", "EMEA", 1_200, 0.008),
    Market("Poland", "EMEA", 1_000, -0.006),
    Market("Japan", "APAC", 3_000, -0.012),
    Market("Australia", "APAC", 2_000, 0.006),
    Market("India", "APAC", 3_400, -0.030),
    Market("Singapore", "APAC", 900, 0.004),
    Market("South Korea", "APAC", 1_500, -0.008),
    Market("Indonesia", "APAC", 1_300, -0.026),
    Market("Brazil", "LATAM", 2_600, -0.020),
    Market("Mexico", "LATAM", 1_900, -0.012),
    Market("Argentina", "LATAM", 800, -0.018),
    Market("Chile", "LATAM", 600, -0.004),
    Market("Colombia", "LATAM", 700, -0.010),
)
_NAMES = tuple(market.name for market in MARKETS)
_CONVERSION = np.array([0.35, 0.25, 0.16, 0.08])  # paid of trials, by segment
_ACCOUNTS = np.array([0.5, 1.6, 2.4, 2.2])  # active accounts for each trial a month, by segment
_SPEND = np.array([900.0, 260.0, 70.0, 18.0])  # USD an account and month, by segment
_SEASON = np.array([1.0, 1.0, 1.05, 1.0, 1.0, 0.97, 0.9, 0.88, 1.05, 1.08, 1.05, 0.92])  # trials, by month


def market_metrics(company: Company) -> Table:
    """Conversion (paid of trials) and revenue (USD of active accounts) by market, month and segment."""
    conversion, revenue = _conversion(company), _revenue(company)
    months = np.array(company.months, dtype="datetime64[D]")
    month, market, segment = (axis.ravel() for axis in np.indices(conversion[0].shape))
    metric = np.repeat([0, 1], month.size)
    month, market, segment = (np.tile(axis, 2) for axis in (month, market, segment))
    return table(
        {
            "market": names(_NAMES, market),
            "period_start": months[month],
            "metric": names(("conversion", "revenue"), metric),
            "numerator": np.concatenate([conversion[0].ravel().astype(np.float64), revenue[0].ravel()]),
            "denominator": np.concatenate([conversion[1].ravel(), revenue[1].ravel()]),
            "segment": names(SEGMENTS, segment),
        }
    )


def _conversion(company: Company) -> tuple[np.ndarray, np.ndarray]:
    """Paid and trials, each months × markets × segments."""
    rng = company.random("conversion")
    expected = _trials(company)[:, :, None] * _mixes(company)
    trials = rng.poisson(expected)
    share = _shares(company)
    paid = rng.binomial(trials, share)
    told = company.plot.mix_shift
    if told.exact:
        set_out = np.ix_(_newest(company), [_NAMES.index(told.better), _NAMES.index(told.other)])
        trials[set_out] = np.round(expected[set_out])
        paid[set_out] = np.round(trials[set_out] * share[set_out])
    return paid, trials


def _trials(company: Company) -> Floats:
    """Expected trials, months × markets: growing over the years, with a season."""
    growth = np.linspace(1 / company.plot.growth.trials, 1.0, len(company.months))
    season = _SEASON[[month.month - 1 for month in company.months]]
    sizes = np.array([market.trials for market in MARKETS]) * company.scale
    return np.outer(growth * season, sizes)


def _mixes(company: Company) -> Floats:
    """Share of each segment in the trials, months × markets × segments."""
    told = company.plot.mix_shift
    mixes = np.tile(_by_segment(told.usual_mix), (len(company.months), len(MARKETS), 1))
    mixes[_newest(company), _NAMES.index(told.better)] = _by_segment(told.shifted_mix)
    return mixes


def _shares(company: Company) -> Floats:
    """Expected conversion, months × markets × segments."""
    level = _levels(company)
    shares = np.tile(_CONVERSION + level[:, None], (len(company.months), 1, 1))
    shift, launch = company.plot.mix_shift, company.plot.launch
    shares[:, _NAMES.index(shift.better)] += shift.advantage
    shares[-launch.months :, _NAMES.index(launch.market)] += launch.lift
    return shares


def _revenue(company: Company) -> tuple[Floats, np.ndarray]:
    """USD and active accounts, each months × markets × segments."""
    rng = company.random("revenue")
    accounts = rng.poisson(_trials(company)[:, :, None] * _ACCOUNTS)
    growth = np.linspace(1 / company.plot.growth.spend, 1.0, len(company.months))
    spend = _SPEND * (1 + 6 * _levels(company)[:, None]) * growth[:, None, None]
    noise = 1 + rng.standard_normal(accounts.shape) * 0.8 / np.sqrt(np.maximum(accounts, 1))
    return np.round(accounts * spend * noise, 2), accounts


def _levels(company: Company) -> Floats:
    """How much better each market converts than usual."""
    levels: Floats = company.plot.differences.size * np.array([market.level for market in MARKETS])
    return levels


def _newest(company: Company) -> list[int]:
    """The months of the newest quarter."""
    return [place for place, month in enumerate(company.months) if company.newest.contains(month)]


def _by_segment(mix: Mapping[str, float]) -> Floats:
    return np.array([mix[segment] for segment in SEGMENTS])
