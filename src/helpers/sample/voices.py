"""Support tickets and public mentions."""

from __future__ import annotations

import numpy as np

from helpers.sample.columns import Table, ids, iso, names, where
from helpers.sample.company import (
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    Bools,
    Company,
    Ints,
    Times,
    drawn,
)
from helpers.sample.dirt import Dirt
from helpers.sample.phrases import THEME_CODES
from helpers.sample.speech import product_areas, sentences, subjects, themes

TICKETS = 24_000
MENTIONS = 7_200
PRIORITIES = ("low", "normal", "high", "urgent")
_PRIORITY_SHARES = (0.2, 0.55, 0.2, 0.05)
_MEDIAN_HOURS = np.array([60.0, 30.0, 12.0, 4.0])
_SOURCES = ("App store", "Play store", "Review site", "Social", "Forum")
_SOURCE_SHARES = (0.2, 0.2, 0.25, 0.2, 0.15)
_RATED_SOURCES = 3


def tickets(company: Company) -> Table:
    """Support tickets by time of opening; dates as text, dirty rows among them."""
    rng = company.random("tickets")
    rows = company.size(TICKETS)
    opened = company.sorted_moments(rows, rng, company.plot.growth.tickets, company.plot.season.dip)
    region = drawn(rng, REGION_SHARES, rows)
    happy = np.zeros(rows, dtype=bool)
    theme = _turned(company, themes(happy, rng), region, opened)
    priority = drawn(rng, _PRIORITY_SHARES, rows)
    hours = _MEDIAN_HOURS[priority] * rng.lognormal(0, 0.9, rows)
    closed = opened + (hours * 3600).astype("timedelta64[s]")
    dirt = Dirt.of(company, "tickets", rows)
    closed, is_closed = _closed(company, dirt.rows["closed_before_opened"], opened, closed)
    rated = is_closed & (rng.random(rows) < 0.4)
    csat = 1 + np.searchsorted((-1.6, -1.1, -0.5, 0.5), rng.standard_normal(rows) - 0.2 * np.log(hours / 24))
    return dirt.table(
        {
            "ticket_id": ids("T", np.arange(1, rows + 1)),
            "opened_at": dirt.dates(opened),
            "closed_at": where(is_closed, iso(closed)),
            "region": dirt.regions(region),
            "segment": names(SEGMENTS, drawn(rng, SEGMENT_SHARES, rows)),
            "product_area": product_areas(theme),
            "priority": names(PRIORITIES, priority),
            "subject": subjects(theme, rng),
            "text": sentences(theme, happy, rng),
            "csat": where(rated, csat),
        }
    )


def mentions(company: Company) -> Table:
    """Reviews and social posts; only reviews carry a rating."""
    rng = company.random("mentions")
    rows = company.size(MENTIONS)
    happy = rng.random(rows) < 0.62
    theme = themes(happy, rng)
    source = drawn(rng, _SOURCE_SHARES, rows)
    rating = np.where(happy, 4, 1) + rng.integers(np.where(happy, 2, 3))
    dirt = Dirt.of(company, "mentions", rows)
    return dirt.table(
        {
            "mention_id": ids("M", np.arange(1, rows + 1)),
            "posted_at": company.sorted_moments(rows, rng, company.plot.growth.mentions),
            "source": names(_SOURCES, source),
            "text": sentences(theme, happy, rng),
            "rating": where(source < _RATED_SOURCES, rating),
            "region": dirt.regions(drawn(rng, REGION_SHARES, rows)),
            "product_area": product_areas(theme),
        }
    )


def _turned(company: Company, theme: Ints, region: Ints, opened: Times) -> Ints:
    """The themes, a share of the story's region turned to the story's theme in the newest quarter."""
    told = company.plot.nps_fall
    there = (region == REGIONS.index(told.region)) & (opened >= np.datetime64(company.newest.start, "s"))
    turned = there & (company.random(f"{told.name} tickets").random(theme.size) < told.ticket_share)
    return np.where(turned, THEME_CODES[told.theme], theme)


def _closed(company: Company, impossible: Ints, opened: Times, closed: Times) -> tuple[Times, Bools]:
    """When each ticket was closed (some before they were opened), and whether by the end of the data."""
    closed = closed.copy()
    closed[impossible] = opened[impossible] - np.timedelta64(2, "D")
    return closed, closed < np.datetime64(company.newest.end, "s")
