"""A number of an analyst's own as a finding: one call, one line on the page, one record in the run."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from helpers.findings.measures import Measure, withheld
from helpers.findings.publishing import as_frame, show
from helpers.findings.wording import worded
from helpers.records import Finding, Text
from helpers.records.outputs import Good

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
    value: Any,  # noqa: ANN401  (a number of Python, numpy or pandas, also a missing one)
    *,
    unit: str,
    label: str,
    interval: tuple[float, float] | None = None,
    level: float = 0.95,
    n: int | None = None,
    good: Good = "none",
    period: str = "",
    decimals: int | None = None,
    headline: bool = False,
    method: str = "",
) -> OneNumber:
    """A number of your own: a line in its section, a record in `run.json`, and with `headline` a card.

    `key` is how runs know it, lower case and once a report (`median_days@region=emea`), `label` what people
    call it. A missing value is told as withheld; shares are fractions from 0 to 1. `unit` is
    `share`, `points`, `count`, `days`, `ratio` or `currency:USD`; `interval` are its limits in the same unit,
    at `level`; `n` is how many it rests on. `good` is the direction that is good news (`higher`, `lower` or
    `none`), `period` what it is about as people read it, `method` how it was computed; `decimals` are the
    unit's own unless given. A `headline` is a card at the top of the page and in the catalogue.

    Raises:
        ValueError: the key is no key, or the interval is upside down.

    Example:
        >>> from helpers import findings
        >>> waiting = findings.number("wait", 12.0, unit="days", label="Median wait", interval=(10, 14))
        >>> print(waiting.finding.text.sentence)
        Median wait is 12 days, with an interval of 10 to 14.
        >>> findings.number("wait", None, unit="days", label="Median wait").finding.text.value
        'withheld'
    """
    measure = Measure(key, label, unit, good, decimals)
    amount = _amount(value)
    if amount is None:
        return OneNumber(withheld(measure, period, "it is missing.", n=n, headline=headline))
    finding = _finding(measure, amount, interval, level if interval is not None else None, period)
    about = {"n": n, "headline": headline, "method": method}
    finding = finding.model_copy(update=about)
    return OneNumber(finding.model_copy(update={"text": worded(finding)}))


def _finding(
    measure: Measure, amount: float, interval: tuple[float, float] | None, level: float | None, period: str
) -> Finding:
    low, high = (float(limit) for limit in interval) if interval is not None else (None, None)
    return Finding(
        key=measure.key,
        label=measure.label,
        value=amount,
        low=low,
        high=high,
        level=level,
        unit=measure.unit,
        decimals=measure.decimals,
        good=measure.good,
        period=period,
        text=Text(value=""),
    )


def _amount(value: Any) -> float | None:  # noqa: ANN401
    """The number as a float; None where it is missing or infinite."""
    try:
        amount = float(value)
    except (TypeError, ValueError):
        if value is None or str(value) in ("<NA>", "NaT"):
            return None
        raise
    return amount if math.isfinite(amount) else None
