"""Sentences put together from the phrase bank: what is said, in which mood, about which theme."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]

from helpers.sample.columns import joined, names, picked
from helpers.sample.company import Bools, Ints, drawn
from helpers.sample.phrases import (
    HAPPY_ENDINGS,
    OPENINGS,
    PRODUCT_AREAS,
    THEMES,
    UNHAPPY_ENDINGS,
    SpokenTheme,
)

_COMPLAINTS = tuple(theme.complaint_share for theme in THEMES)
_PRAISE = tuple(theme.praise_share for theme in THEMES)
_AREAS = np.array([PRODUCT_AREAS.index(theme.product_area) for theme in THEMES])


def themes(happy: Bools, rng: np.random.Generator) -> Ints:
    """A theme for each row: what the happy praise and what the unhappy complain about differ."""
    return np.where(happy, drawn(rng, _PRAISE, happy.size), drawn(rng, _COMPLAINTS, happy.size))


def product_areas(theme: Ints) -> pa.Array:
    """The product area of each theme."""
    return names(PRODUCT_AREAS, _AREAS[theme])


def sentences(theme: Ints, happy: Bools, rng: np.random.Generator) -> pa.Array:
    """One to three sentences a row, about its theme."""
    rows = theme.size
    complaint = _choice(theme, rng, lambda each: each.complaints)
    praise = _choice(theme, rng, lambda each: each.praise)
    bank = _bank(lambda each: each.complaints) + _bank(lambda each: each.praise)
    offset = len(_bank(lambda each: each.complaints))
    said = picked(bank, np.where(happy, praise + offset, complaint))
    opening = _sometimes(OPENINGS, 0.25, rows, rng)
    endings = ("", *UNHAPPY_ENDINGS, *HAPPY_ENDINGS)
    spoken = rng.random(rows) < 0.3
    unhappy_ending = 1 + rng.integers(len(UNHAPPY_ENDINGS), size=rows)
    happy_ending = 1 + len(UNHAPPY_ENDINGS) + rng.integers(len(HAPPY_ENDINGS), size=rows)
    ending = np.where(happy, happy_ending, unhappy_ending)
    return joined(opening, said, picked(endings, np.where(spoken, ending, 0)))


def subjects(theme: Ints, rng: np.random.Generator) -> pa.Array:
    """The subject line of a ticket about each theme."""
    return names(_bank(lambda each: each.subjects), _choice(theme, rng, lambda each: each.subjects))


def _bank(phrases: Callable[[SpokenTheme], Sequence[str]]) -> tuple[str, ...]:
    return tuple(text for theme in THEMES for text in phrases(theme))


def _choice(theme: Ints, rng: np.random.Generator, phrases: Callable[[SpokenTheme], Sequence[str]]) -> Ints:
    """Which phrase of the bank each row says: one of its theme's."""
    counts = np.array([len(phrases(each)) for each in THEMES])
    firsts = np.cumsum(counts) - counts
    choice: Ints = firsts[theme] + rng.integers(counts[theme])
    return choice


def _sometimes(texts: Sequence[str], share: float, rows: int, rng: np.random.Generator) -> pa.Array:
    codes = np.where(rng.random(rows) < share, 1 + rng.integers(len(texts), size=rows), 0)
    return picked(("", *texts), codes)
