"""A number of an analyst's own as a finding: one call, one line on the page, one record in the run."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.findings.measures import Measure, measured, withheld
from helpers.findings.publishing import as_frame, show
from helpers.findings.wording import worded
from helpers.records import Finding
from helpers.records.outputs import Good
from helpers.stats import Difference, Estimate, counted

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True)
class OneNumber:
    """A finding that stands in its section as a line; the last expression of a cell shows and publishes it.

    Attributes:
        finding: the record, worded.
    """

    finding: Finding

    @property
    def data(self) -> DataFrame:
        """The finding as one row (see `Headlines.data`)."""
        return as_frame([self.finding])

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        show(self.finding, quiet=True)
        return {"text/html": self.line(), "text/plain": self.finding.text.sentence}

    def line(self) -> str:
        """The number as HTML: its value large, what it is beside it."""
        text = self.finding.text
        known = (
            f"{text.level} interval {text.interval}" if text.interval else "",
            text.n,
            self.finding.period,
        )
        details = ", ".join(part for part in known if part)
        said = f' <span class="soft">{html.escape(details)}</span>' if details else ""
        label = html.escape(self.finding.label if self.finding.value is not None else text.sentence)
        return f'<p class="qd own"><b>{html.escape(text.value)}</b> {label}{said}</p>'


def number(  # noqa: PLR0913  (the fields of one record)
    key: str,
    value: Any,  # noqa: ANN401  (an estimate, or a number of Python, numpy or pandas, also a missing one)
    *,
    unit: str,
    label: str,
    interval: tuple[float, float] | None = None,
    level: float = 0.95,
    previous: tuple[str, Estimate | float, Difference | None] | None = None,
    n: int | None = None,
    good: Good = "none",
    period: str = "",
    decimals: int | None = None,
    headline: bool = False,
    method: str = "",
) -> OneNumber:
    """A number of your own: a line in its section, a record in `run.json`, and with `headline` a card.

    `key` is how runs know it, lower case and once a report (`median_days@region=emea`), `label` what people
    call it. A missing value is told as withheld; shares are fractions from 0 to 1. `unit` is `share`,
    `points`, `count`, `days`, `ratio` or `currency:USD`; `interval` are its limits in the same unit, at
    `level`; `n` is how many it rests on. An estimate of `helpers.stats` brings interval, level and `n` along.
    `previous` is what it was before, for *What changed*: the period, the number, and the difference with its
    interval (`stats.median_difference`, `stats.count_difference`), None for a stock, whose change has none.
    `good` is the direction that is good news (`higher`, `lower` or `none`), `period` what it is about as
    people read it, `method` how it was computed; `decimals` are the unit's own unless given. A `headline` is
    a card at the top of the page and in the catalogue.

    Raises:
        ValueError: the key is no key, or the interval is upside down.

    Example:
        >>> from helpers import findings, stats
        >>> waiting = findings.number("wait", 12.0, unit="days", label="Median wait", interval=(10, 14))
        >>> print(waiting.finding.text.sentence)
        Median wait is 12 days, with an interval of 10 to 14.
        >>> change = ("2026 Q2", stats.median([1, 2, 3]), stats.median_difference([4, 6, 8], [1, 2, 3]))
        >>> findings.number("wait", 6, unit="days", label="Wait", previous=change).finding.change.value
        4.0
    """
    measure = Measure(key, label, unit, good, decimals)
    amount = value.value if isinstance(value, Estimate) else _amount(value)
    if amount is None:
        return OneNumber(withheld(measure, period, "it is missing.", n=n, headline=headline))
    if isinstance(value, Estimate):
        interval, level, n, method = value.limits, value.level, value.n, method or value.method
    now, before = _estimate(amount, interval, level), _before(previous) if previous else None
    finding = measured(measure, now, period, headline=headline, previous=before)
    finding = finding.model_copy(update={"n": n, "method": method, "level": level if interval else None})
    return OneNumber(finding.model_copy(update={"text": worded(finding)}))


def _estimate(amount: float, interval: tuple[float, float] | None, level: float) -> Estimate:
    low, high = (float(limit) for limit in interval) if interval is not None else (None, None)
    return Estimate(amount, None, low, high, level, 0, "")


def _before(
    previous: tuple[str, Estimate | float, Difference | None],
) -> tuple[str, Estimate, Difference | None]:
    period, number, difference = previous
    return period, number if isinstance(number, Estimate) else counted(float(number)), difference


def _amount(value: Any) -> float | None:  # noqa: ANN401
    """The number as a float; None where it is missing or infinite."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        if value is None or str(value) in ("<NA>", "NaT"):
            return None
        raise
    return amount if math.isfinite(amount) else None
