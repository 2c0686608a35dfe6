"""Findings: the numbers that travel with a report, worded once, here.

A subject measures (`measured`), corrects a list of changes (`corrected`) and hands the findings to the chart,
the table or the headlines that show them. What is shown carries a MIME type of its own, which the runner
copies to `run.json` and to the page.
"""

from helpers.findings.measures import Measure, concluded, effect, measured, withheld
from helpers.findings.one_number import OneNumber, number
from helpers.findings.publishing import Headlines, NoData, publish, report, show, shown
from helpers.findings.verdicts import corrected, headline_clearest
from helpers.findings.wording import contrast, moved

__all__ = [
    "Headlines",
    "Measure",
    "NoData",
    "OneNumber",
    "concluded",
    "contrast",
    "corrected",
    "effect",
    "headline_clearest",
    "measured",
    "moved",
    "number",
    "publish",
    "report",
    "show",
    "shown",
    "withheld",
]
