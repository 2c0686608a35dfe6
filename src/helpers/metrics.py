"""The metric catalogue, `params/metrics.yaml`: the one place that says what a metric means.

A metric is measured in experiments through a `column` of outcomes (one value a unit), in market_metrics
through sums of a `numerator` and a `denominator`, and some (NPS, retention) by a method of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from helpers.periods import Period
from helpers.records import Settings, params_folder, read_yaml
from helpers.records.outputs import Good
from helpers.records.settings import did_you_mean

__all__ = [
    "Metric",
    "catalogue",
    "get",
]

Kind = Literal["mean", "share", "ratio", "sum"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Unit = Annotated[str, StringConstraints(pattern=r"^(share|points|count|days|ratio|currency:[A-Z]{3})$")]
FILE = "metrics.yaml"


class Definition(Settings):
    """What one entry of the catalogue says: every field of `Metric` but its name.

    Raises:
        ValueError: the entry does not fit its kind (a ratio without denominator, a sum with one).
    """

    label: str
    unit: Unit
    kind: Kind
    good: Good = "none"
    decimals: int | None = Field(default=None, ge=0, le=6)
    description: str = ""
    column: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    margin: float | None = Field(default=None, ge=0)
    matters: float | None = Field(default=None, gt=0)
    within_days: float | None = Field(default=None, gt=0)
    target: float | None = None
    by: str | None = None
    owner: str = ""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.by is not None and self.target is None:
            raise ValueError("by says until when a target is to be reached: write the target beside it")
        if self.by is not None:
            Period.parse(self.by)
        if self.denominator and not self.numerator:
            raise ValueError("a denominator needs a numerator beside it")
        if self.kind == "sum" and self.denominator:
            raise ValueError("a sum has no denominator: write kind: ratio, or share where it counts a part")
        if self.kind in ("share", "ratio") and self.numerator and not self.denominator:
            raise ValueError(f"a {self.kind} with a numerator needs its denominator")
        return self


class Metric(Definition):
    """One metric of the catalogue.

    Attributes:
        name: the key of the entry: lower case letters, digits and `_`.
        label: what tables and charts call it.
        unit: `share`, `points`, `count`, `days`, `ratio` or `currency:USD`, as `helpers.style` writes it.
        kind: how its value is made: the `mean` of a column over units, the `share` of units or counts, the
            `ratio` of two sums, a plain `sum`.
        good: which way is good: `higher`, `lower` or `none`.
        decimals: decimals shown, 0 to 6; None for those of the unit.
        description: what it means, in a sentence.
        column: the column of outcomes that holds it, one value a unit.
        numerator: what market_metrics counts above the line, in words.
        denominator: what it counts below the line, in words.
        margin: what a guard-rail may lose, in the metric's unit, 0 or more.
        matters: the least change worth acting on, in the metric's unit, above 0; None for none stated.
        within_days: the time that the metric states, in days: within which a ticket should be closed.
        target: what it is to reach, in the metric's unit; None for none stated.
        by: the period by whose end, such as `2026Q4`; None for no such day.
        owner: who answers for it.

    Example:
        >>> from helpers.metrics import Metric
        >>> churn = Metric(name="churn", label="Churn", unit="share", kind="share", good="lower", margin=0.01)
        >>> churn.label, churn.margin, churn.decimals
        ('Churn', 0.01, None)
    """

    name: Name


STANDARD: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric(name="nps", label="NPS", unit="points", kind="mean", good="higher", decimals=1),
            Metric(name="csat", label="CSAT", unit="share", kind="share", good="higher", decimals=1),
            Metric(name="ces", label="CES", unit="share", kind="share", good="higher", decimals=1),
            Metric(
                name="response_rate",
                label="Response rate",
                unit="share",
                kind="share",
                good="higher",
                decimals=1,
            ),
        )
    }
)
"""What the scores of surveys mean where the catalogue does not say: each is asked in one way alone."""


class _File(Settings):
    metrics: dict[Name, Definition] = Field(default_factory=dict)


def get(name: str) -> Metric:
    """One metric of the project's catalogue by its name; the score of a survey is known without it.

    Raises:
        ValueError: the catalogue has no such metric, and no survey has its name; the message names what was
            most likely meant.
        SettingsError: the catalogue is broken.

    Example:
        >>> from helpers import metrics
        >>> nps = metrics.get("nps")
        >>> nps.label, nps.unit, nps.good
        ('NPS', 'points', 'higher')
        >>> metrics.get("npz")
        Traceback (most recent call last):
        ValueError: metrics.yaml has no metric 'npz'. Did you mean nps?
    """
    known = {**STANDARD, **catalogue()}
    if name not in known:
        hint = did_you_mean(name, list(known)) or f" Known: {', '.join(known) or 'none'}."
        raise ValueError(f"{FILE} has no metric {name!r}.{hint}")
    return known[name]


def catalogue(folder: Path | None = None) -> Mapping[str, Metric]:
    """Every metric by name, in the order of the file.

    Args:
        folder: the folder of params; the project's own without.

    Returns:
        Name -> metric; empty where the folder has no catalogue.

    Raises:
        SettingsError: the catalogue is broken; one line a problem, each with file and line.

    Example:
        >>> from helpers import metrics
        >>> list(metrics.catalogue())[:2]
        ['nps', 'csat']
    """
    path = (folder or params_folder()) / FILE
    return _read(path, path.stat().st_mtime_ns) if path.exists() else MappingProxyType({})


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> Mapping[str, Metric]:
    entries = read_yaml(path, _File).metrics
    return MappingProxyType(
        {name: Metric(name=name, **entry.model_dump()) for name, entry in entries.items()}
    )


def __dir__() -> list[str]:
    return __all__
