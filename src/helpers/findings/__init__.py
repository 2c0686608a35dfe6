"""Findings: the numbers that travel with a report, worded once, here.

A subject turns rows into findings (`compared_by` a list, `compared` one, `measured` a bare number) and hands
them to the chart, the table or the headlines that show them. What is shown carries a MIME type of its own,
which the runner copies to `run.json` and to the page.

    >>> from helpers import findings
    >>> from helpers.stats import proportion
    >>> conversion = findings.Measure("conversion", "Conversion", "share", "higher")
    >>> findings.measured(conversion, proportion(240, 1000), "2026 Q3").text.sentence
    'Conversion is 24.0%, with an interval of 21.5 to 26.7.'
"""

from helpers.findings.caveats import beside
from helpers.findings.explaining import Explanation, NoSuchNumber, explain
from helpers.findings.measures import (
    Measure,
    compared,
    compared_by,
    compared_rows,
    concluded,
    effect,
    measured,
    withheld,
)
from helpers.findings.one_number import OneNumber, number
from helpers.findings.page_correction import PageCorrection
from helpers.findings.publishing import (
    Headlines,
    NoData,
    ShownFinding,
    all_shown,
    begin,
    forget,
    publish,
    report,
    show,
    shown,
)
from helpers.findings.references import ComparedRows, Reference, Target, families, headline_rows
from helpers.findings.verdicts import headline_clearest
from helpers.findings.wording import contrast, mid_sentence, moved, with_changes

__all__ = [
    "ComparedRows",
    "Explanation",
    "Headlines",
    "Measure",
    "NoData",
    "NoSuchNumber",
    "OneNumber",
    "PageCorrection",
    "Reference",
    "ShownFinding",
    "Target",
    "all_shown",
    "begin",
    "beside",
    "compared",
    "compared_by",
    "compared_rows",
    "concluded",
    "contrast",
    "effect",
    "explain",
    "families",
    "forget",
    "headline_clearest",
    "headline_rows",
    "measured",
    "mid_sentence",
    "moved",
    "number",
    "publish",
    "report",
    "show",
    "shown",
    "with_changes",
    "withheld",
]


def __dir__() -> list[str]:
    return __all__
