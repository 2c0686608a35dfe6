"""The dirty rows: which ones, and what stands in them. Each row is broken in one way only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from helpers.sample.columns import Column, Table, iso, names, replaced, table, with_repeats
from helpers.sample.company import REGIONS, Company, Ints, Times

UNKNOWN_REGIONS = ("unknown", "Nordics", "XX")
IMPOSSIBLE_SCORES = (11, 99, -1)


@dataclass(frozen=True)
class Dirt:
    """Which rows of a table are to be broken: kind → row numbers in ascending order; no row twice."""

    company: Company
    rows: dict[str, Ints]

    @classmethod
    def of(cls, company: Company, table_name: str, rows: int) -> Dirt:
        """As many rows of the table as its story says, anywhere in it."""
        counts = company.plot.dirty_rows.rows[table_name]
        rng = company.random(f"dirty_rows {table_name}")
        places = rng.choice(rows, sum(counts.values()), replace=False)
        ends = np.cumsum(list(counts.values()))
        kinds = zip(counts, np.split(places, ends[:-1]), strict=True)
        return cls(company, {kind: np.sort(numbers) for kind, numbers in kinds})

    def regions(self, codes: Ints) -> pa.Array:
        """The regions, some of them unknown."""
        rows = self.rows["unknown_region"]
        broken = codes.copy()
        broken[rows] = len(REGIONS) + np.arange(rows.size) % len(UNKNOWN_REGIONS)
        return names((*REGIONS, *UNKNOWN_REGIONS), broken)

    def scores(self, scores: Ints) -> Ints:
        """The scores, some of them impossible in any survey."""
        rows = self.rows["impossible_score"]
        broken = scores.copy()
        broken[rows] = np.resize(IMPOSSIBLE_SCORES, rows.size)
        return broken

    def dates(self, times: Times) -> pa.Array:
        """The times as ISO text, some of them no dates."""
        year = self.company.newest.last_day.year
        values = (f"31/09/{year}", f"{year}-02-30", "0000-00-00", "soon")
        rows = self.rows["broken_date"]
        return replaced(iso(times), rows, np.resize(values, rows.size).tolist())

    def table(self, columns: dict[str, Column]) -> Table:
        """The columns as a table, with the repeated rows at its end."""
        return with_repeats(table(columns), self.rows["duplicate_id"])
