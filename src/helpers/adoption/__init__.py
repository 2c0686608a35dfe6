"""Adoption: who uses what, how fast new users take it up, who comes back.

    >>> from helpers import adoption
    >>> usage = adoption.example_usage()  # or adoption.usage(users, events, scope, rule)
    >>> adoption.adopted(usage).users
    7
    >>> adoption.retention_table(usage).title
    '39% of those who signed up in 2026 Q2 used dashboards the quarter after'

`usage` brings the days of use into one table of the engine; every measure counts from it, and what a page
shows (`adoption_curves`, `cohort_table`, ...) is a finished chart or table with its findings.
"""

from helpers.adoption.active_users import ActiveDays, ActiveUsers, active_days, active_users
from helpers.adoption.activity_page import active_days_table, active_users_table
from helpers.adoption.adopters import Adopted, UsageQuarter, adopted, by_channel, by_quarter
from helpers.adoption.adoption_rule import AdoptionRule
from helpers.adoption.corrected_usage import corrected
from helpers.adoption.eligibility import Eligible
from helpers.adoption.funnel import FunnelStep, funnel
from helpers.adoption.funnel_page import funnel_table
from helpers.adoption.key_metrics import KeyMetrics, key_metrics
from helpers.adoption.observations import Usage, example_usage, usage
from helpers.adoption.outages import TrackingOutage, outages, outside_outages
from helpers.adoption.page import (
    adoption_by_channel,
    adoption_curves,
    adoption_over_time,
    cohort_table,
    headlines,
    outage_table,
    quarter_table,
    stickiness_over_time,
    target,
)
from helpers.adoption.retention import (
    CohortRetention,
    Retained,
    RetentionTriangle,
    cohort_changes,
    cohort_trend,
    retained,
    retention_triangle,
)
from helpers.adoption.retention_page import (
    cohort_comparison,
    flow_table,
    retention_table,
    return_curve,
    unbroken_use_over_time,
)
from helpers.adoption.return_rates import Returning, ReturnRates, return_rates
from helpers.adoption.stickiness import Stickiness, stickiness
from helpers.adoption.time_to_adopt import Cohort, cohorts, everyone
from helpers.adoption.unbroken_use import HeldOut, UnbrokenCohort, UnbrokenUse, unbroken_use
from helpers.adoption.user_flows import UserFlow, user_flows
from helpers.adoption.whatif import AdopterFlow, adopter_flow

__all__ = [
    "ActiveDays",
    "ActiveUsers",
    "Adopted",
    "AdopterFlow",
    "AdoptionRule",
    "Cohort",
    "CohortRetention",
    "Eligible",
    "FunnelStep",
    "HeldOut",
    "KeyMetrics",
    "Retained",
    "RetentionTriangle",
    "ReturnRates",
    "Returning",
    "Stickiness",
    "TrackingOutage",
    "UnbrokenCohort",
    "UnbrokenUse",
    "Usage",
    "UsageQuarter",
    "UserFlow",
    "active_days",
    "active_days_table",
    "active_users",
    "active_users_table",
    "adopted",
    "adopter_flow",
    "adoption_by_channel",
    "adoption_curves",
    "adoption_over_time",
    "by_channel",
    "by_quarter",
    "cohort_changes",
    "cohort_comparison",
    "cohort_table",
    "cohort_trend",
    "cohorts",
    "corrected",
    "everyone",
    "example_usage",
    "flow_table",
    "funnel",
    "funnel_table",
    "headlines",
    "key_metrics",
    "outage_table",
    "outages",
    "outside_outages",
    "quarter_table",
    "retained",
    "retention_table",
    "retention_triangle",
    "return_curve",
    "return_rates",
    "stickiness",
    "stickiness_over_time",
    "target",
    "unbroken_use",
    "unbroken_use_over_time",
    "usage",
    "user_flows",
]


def __dir__() -> list[str]:
    return __all__
