"""Adoption: who uses what, how fast new users take it up, who comes back.

    definition = adoption.Definition(events.resolve(period), feature, region, days_needed, window, confidence)
    usage = adoption.usage(users, events, definition)
    adoption.adopted(usage).now

`usage` brings the days of use into one table of the engine; every other function counts from it.
"""

from helpers.adoption.adopters import Adopted, Quarter, adopted, by_channel, by_quarter
from helpers.adoption.curves import Cohort, cohorts, everyone
from helpers.adoption.figures import (
    adoption_curves,
    adoption_over_time,
    by_cohort,
    channels,
    outage_table,
    quarter_table,
    retention_cells,
    stickiness_over_time,
)
from helpers.adoption.outages import Outage, checks, outages, spared
from helpers.adoption.results import follow_up, headlines, of_channels, of_cohorts, of_quarters
from helpers.adoption.retention import Triangle, retained, triangle
from helpers.adoption.stickiness import Sticky, stickiness
from helpers.adoption.targets import target
from helpers.adoption.usage import Definition, Usage, usage

__all__ = [
    "Adopted",
    "Cohort",
    "Definition",
    "Outage",
    "Quarter",
    "Sticky",
    "Triangle",
    "Usage",
    "adopted",
    "adoption_curves",
    "adoption_over_time",
    "by_channel",
    "by_cohort",
    "by_quarter",
    "channels",
    "checks",
    "cohorts",
    "everyone",
    "follow_up",
    "headlines",
    "of_channels",
    "of_cohorts",
    "of_quarters",
    "outage_table",
    "outages",
    "quarter_table",
    "retained",
    "retention_cells",
    "spared",
    "stickiness",
    "stickiness_over_time",
    "target",
    "triangle",
    "usage",
]
