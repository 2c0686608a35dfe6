"""Where a number that the notebook has shown comes from, as its page will tell it."""

from __future__ import annotations

import html
from dataclasses import dataclass

from helpers.findings.publishing import all_shown, read_tables, shown
from helpers.records.explanation import Term, explained
from helpers.records.mistakes import Mistake
from helpers.records.settings import did_you_mean


class NoSuchNumber(Mistake):
    """The notebook has shown no number of this key.

    >>> NoSuchNumber("npss: no cell has shown such a number. Did you mean nps?")
    NoSuchNumber('npss: no cell has shown such a number. Did you mean nps?')
    """


@dataclass(frozen=True)
class Explanation:
    """Terms and their texts; the last expression of a cell shows them.

    >>> print(Explanation((("Conversion", "24.0%"), ("Of", "1,000"))))
    Conversion: 24.0%
    Of: 1,000
    """

    terms: tuple[Term, ...]

    def __str__(self) -> str:
        return "\n".join(f"{term}: {text}" for term, text in self.terms)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<div><dt>{html.escape(term)}</dt><dd>{html.escape(text)}</dd></div>"
            for term, text in self.terms
        )
        return f'<dl class="qd">{rows}</dl>'


def explain(key: str) -> Explanation:
    """Where a number that a cell has shown comes from: what it counts, how, and what was read for it.

    The tables are told once a cell has shown the data account.

        >>> from helpers import findings
        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion
        >>> paid = Measure("conversion", "Conversion", "share", counts="Trials that were paid for.")
        >>> findings.show(measured(paid, proportion(240, 1000), "2026 Q3"), quiet=True)
        >>> print(findings.explain("conversion"))
        Conversion: 24.0%
        Interval: 21.5 to 26.7 (95%)
        Counts: Trials that were paid for.
        Of: 1,000
        Period: 2026 Q3
        Method: score interval of a share (Wilson 1927)

    Raises:
        NoSuchNumber: no cell has shown a number of this key.
    """
    found = shown(key)
    if found is None:
        known = [one.finding.key for one in all_shown()]
        raise NoSuchNumber(
            f"{key}: no cell has shown such a number.{did_you_mean(key, known)} "
            "explore.all_findings() lists those that have been shown."
        )
    return Explanation(explained(found, read_tables()))
