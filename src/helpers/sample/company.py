"""Harbourlight, the sample company: its names, its calendar, and where its chance comes from."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from helpers.periods import Period
from helpers.sample.identity import Identity
from helpers.sample.plot import PLOT, Plot

REGIONS = ("AMER", "EMEA", "APAC", "LATAM")
REGION_SHARES = (0.36, 0.34, 0.18, 0.12)
SEGMENTS = ("Enterprise", "Mid-market", "Small business", "Self-serve")
SEGMENT_SHARES = (0.18, 0.24, 0.30, 0.28)
PLATFORMS = ("web", "ios", "android")
_WEEKDAYS = np.array([1.30, 1.35, 1.30, 1.25, 1.10, 0.38, 0.32])  # Monday to Sunday, 1 on average
_HOUR, _HOUR_SPREAD = 13.5, 3.2
_DAY = 86_400

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Times = NDArray[np.datetime64]


@dataclass(frozen=True)
class Company(Identity):
    """The company that an identity stands for: its plot, its calendar, its chance."""

    @cached_property
    def plot(self) -> Plot:
        """The stories that the data tell; without effect in the null company."""
        return PLOT.quiet() if self.null else PLOT

    @property
    def days(self) -> int:
        """How many days the data span."""
        return (self.newest.end - self.first_day).days

    @property
    def newest_day(self) -> int:
        """The day number on which the newest quarter starts."""
        return self.day_number(self.newest.start)

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First days of the months of data."""
        starts = [self.first_day]
        while starts[-1] < self.newest.end:
            starts.append((starts[-1] + timedelta(days=32)).replace(day=1))
        return tuple(starts[:-1])

    def random(self, stream: str) -> np.random.Generator:
        """The chance of one table or one story; no other draw disturbs it."""
        key = zlib.crc32(stream.encode())
        seeds = np.random.SeedSequence((self.seed, self.newest.start.toordinal()), spawn_key=(key,))
        return np.random.Generator(np.random.PCG64DXSM(seeds))

    def size(self, rows: float) -> int:
        """So many rows at scale 1, as a number of rows at this scale."""
        return max(1, round(rows * self.scale))

    @property
    def this_season(self) -> tuple[Period, ...]:
        """The newest quarter and the same one of the years before, the newest first."""
        return self.quarters[::-4]

    @cached_property
    def holidays(self) -> tuple[date, ...]:
        """The days on which nobody works, the newest first."""
        told = self.plot.holiday
        if not told.is_kept:
            return ()
        earliest = [quarter.start + timedelta(days=told.earliest) for quarter in self.this_season]
        return tuple(day + timedelta(days=-day.weekday() % 7) for day in earliest)

    def moments(self, day_numbers: Ints, rng: np.random.Generator) -> Times:
        """A time on each of the days (0 is the first day of data), mostly in working hours."""
        seconds = rng.normal(_HOUR * 3600, _HOUR_SPREAD * 3600, day_numbers.size).astype(np.int64) % _DAY
        return np.datetime64(self.first_day, "s") + (day_numbers * _DAY + seconds)

    def sorted_moments(
        self, rows: int, rng: np.random.Generator, growth: float = 1.0, dip: float = 0.0
    ) -> Times:
        """Times over all the days, sorted; the last day has `growth` times the rows of the first.

        The quarters of this season have fewer by the share `dip`. The last time is on the last day, so that
        the data cover the newest quarter to its end.
        """
        busy = self.busyness(np.arange(self.days)) * np.linspace(1.0, growth, self.days)
        for quarter in self.this_season:
            busy[self.day_number(quarter.start) : self.day_number(quarter.end)] *= 1 - dip
        days = drawn(rng, busy, rows)
        days[0] = self.days - 1
        return np.sort(self.moments(days, rng))

    def day_number(self, day: date) -> int:
        """The number of a day; 0 is the first day of data."""
        return (day - self.first_day).days

    def busyness(self, day_numbers: Ints) -> Floats:
        """How much is done on each day, 1 on average: less on weekends, nothing on holidays."""
        closed = [self.day_number(day) for day in self.holidays]
        return np.where(np.isin(day_numbers, closed), 0.0, self.weekday_weights(day_numbers))

    def weekday_weights(self, day_numbers: Ints) -> Floats:
        """How busy a day of the week is, 1 on average."""
        weights: Floats = _WEEKDAYS[(self.first_day.weekday() + day_numbers) % 7]
        return weights


def drawn(rng: np.random.Generator, shares: Sequence[float] | Floats, rows: int) -> Ints:
    """A code for each row, drawn by the shares (which need not add up to 1)."""
    cumulative = np.cumsum(shares)
    codes: Ints = np.searchsorted(cumulative, rng.random(rows) * cumulative[-1], side="right")
    return codes
