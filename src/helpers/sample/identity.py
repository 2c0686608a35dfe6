"""What decides every byte of the sample company, and how a folder says which company it holds.

Standard library only: whether a folder is current is asked before every run.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Self

from helpers.periods import Period, last_complete

MANIFEST = "sample.json"
TABLES = (
    "responses",
    "invitations",
    "tickets",
    "mentions",
    "assignments",
    "outcomes",
    "users",
    "events",
    "totals",
    "market_metrics",
)
_QUARTERS = 12
SEED = 33
"""The company that is shipped: one in which chance tells no second story in the surveys of 2026 Q3."""


@dataclass(frozen=True)
class Identity:
    """The seed and the last complete quarter; `scale` multiplies the rows, `null` silences the stories."""

    newest: Period
    seed: int = SEED
    scale: float = 1.0
    null: bool = False

    @classmethod
    def seen_on(
        cls, as_of: date, seed: int = SEED, scale: float = 1.0, null: bool = False, fiscal_year_start: int = 1
    ) -> Self:
        """The company as its data stand on the day `as_of`.

        Raises:
            ValueError: seed < 0, or scale outside 0.05 to 1,000.
        """
        if seed < 0:
            raise ValueError(f"seed == {seed}, must be >= 0.")
        if not 0.05 <= scale <= 1000:
            raise ValueError(f"scale == {scale}, must be >= 0.05 and <= 1000.")
        return cls(last_complete(as_of, fiscal_year_start), seed, float(scale), null)

    @cached_property
    def quarters(self) -> tuple[Period, ...]:
        """The twelve quarters of data, oldest first."""
        return self.newest.last(_QUARTERS)

    @property
    def first_day(self) -> date:
        """The first day of data."""
        return self.quarters[0].start

    def manifest(self, tables: set[str]) -> str:
        """The text of the manifest of a folder that holds these tables."""
        return json.dumps({**self._record(), "tables": sorted(tables)}, indent=2) + "\n"

    def tables_in(self, folder: Path) -> set[str]:
        """Which tables of this company the folder holds, by its manifest; none where that cannot be read."""
        try:
            written = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            tables = set(written.pop("tables"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return set()
        return tables if written == self._record() else set()

    def _record(self) -> dict[str, Any]:
        return {
            "generator": generator(),
            "seed": self.seed,
            "last_complete": self.newest.text,
            "first_day": self.first_day.isoformat(),
            "last_day": self.newest.last_day.isoformat(),
            "scale": self.scale,
            "null": self.null,
        }


@cache
def generator() -> str:
    """Ten hex digits of the sources that make the tables: another version may make other bytes."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:10]
