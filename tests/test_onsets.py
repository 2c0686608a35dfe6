"""What is said to begin with an event: only what a series shows by itself, within a week of it."""

from datetime import date, timedelta

import numpy as np
import pytest

from helpers.onsets import DatedSeries, Onset, began_with, onsets
from helpers.records.known_events import KnownEvent

START, DAYS = date(2025, 1, 6), 365
BUSY = np.array([1.3, 1.35, 1.3, 1.25, 1.1, 0.38, 0.32])


def tickets(rng: np.random.Generator, at: int = DAYS, by: float = 0.6) -> DatedSeries:
    """Tickets of a busy desk by day, more by so much from one day on: four times the scatter of a day."""
    day = np.arange(DAYS)
    opened = rng.poisson(60 * BUSY[day % 7] * np.where(day < at, 1.0, 1 + by))
    days = {START + timedelta(days=int(k)): int(opened[k]) for k in day}
    return DatedSeries.of_days("tickets a day", "count", days, START, START + timedelta(days=DAYS - 1))


def event(first: int, days: int = 1) -> KnownEvent:
    begun = START + timedelta(days=first)
    last = begun + timedelta(days=days - 1)
    return KnownEvent(kind="launch", title="New form", date=begun, until=last)


def test_a_break_planted_at_an_event_is_quoted() -> None:
    rng = np.random.default_rng(20260923)
    places = rng.integers(60, DAYS - 60, 50)
    quoted = [began_with(event(int(at)), onsets(tickets(rng, int(at)))) for at in places]
    assert sum(map(bool, quoted)) >= 46
    assert {words.split(",")[0] for words in sum(quoted, ())} == {"rise of tickets a day"}


def test_an_event_placed_at_random_is_seldom_quoted() -> None:
    """Beside one break a day of its eight days before is hit in 8 of 365; without one next to never."""
    rng = np.random.default_rng(20260924)
    with_break = [onsets(tickets(rng, 180)) for _ in range(12)]
    without = [onsets(tickets(rng)) for _ in range(12)]
    events = [event(int(at)) for at in rng.integers(0, DAYS, 100)]
    rates = [
        sum(bool(began_with(one, found)) for one in events for found in series) / 1200
        for series in (with_break, without)
    ]
    assert 0.01 <= rates[0] <= 0.05
    assert rates[1] <= 0.001


@pytest.mark.parametrize(("days_after", "quoted"), [(-1, False), (0, True), (7, True), (8, False)])
def test_a_break_is_quoted_up_to_a_week_after_an_event(days_after: int, quoted: bool) -> None:
    found = [Onset(START + timedelta(days=100 + days_after), "rise of A")]
    assert bool(began_with(event(100), found)) is quoted


@pytest.mark.parametrize(("days_after", "quoted"), [(0, True), (20, True), (27, True), (28, False)])
def test_of_a_span_the_week_after_its_end_counts(days_after: int, quoted: bool) -> None:
    found = [Onset(START + timedelta(days=100 + days_after), "rise of A")]
    assert bool(began_with(event(100, days=21), found)) is quoted


def test_a_break_planted_eight_days_after_is_not_quoted() -> None:
    rng = np.random.default_rng(20260925)
    assert not any(began_with(event(200), onsets(tickets(rng, 208, 2.0))) for _ in range(12))


def test_a_market_is_followed_by_the_month() -> None:
    months = tuple(date(2023 + k // 12, k % 12 + 1, 1) for k in range(36))
    trials = np.full(36, 3000.0)
    rng = np.random.default_rng(20260926)
    paid = rng.binomial(3000, np.where(np.arange(36) < 30, 0.2, 0.28)).astype(float)
    series = DatedSeries("conversion in Japan", "share", months, tuple(paid), tuple(trials), daily=False)
    assert [(one.day, one.words.split(" from ")[0]) for one in onsets(series)] == [
        (date(2025, 7, 1), "rise of conversion in Japan,")
    ]
