"""Harbourlight, the sample company: a fictional software firm with planted truths to find.

`write` makes every logical table as Parquet, `table` one of them in memory; `STORIES` says what is to
be found. The bytes depend on the seed, the last complete quarter, the scale and `null` only.
"""

from helpers.sample.identity import SEED, TABLES
from helpers.sample.plot import PLOT, STORIES, Plot
from helpers.sample.storage import is_current, table, write
from helpers.sample.stories import Experiment, Story

__all__ = [
    "PLOT",
    "SEED",
    "STORIES",
    "TABLES",
    "Experiment",
    "Plot",
    "Story",
    "is_current",
    "table",
    "write",
]
