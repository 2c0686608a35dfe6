"""The small chart beside the title of a folded section: its numbers over time, or its parts side by side."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from helpers.periods import Period, PeriodError
from helpers.records import Finding
from quarterdeck.publish import marks
from quarterdeck.publish.scales import numbers, scale

_SERIES = 3
"""So many points at least are a line."""
_PARTS = 12
"""So many parts at most are told apart."""


def glimpse(findings: Sequence[Finding]) -> Markup:
    """A small drawing of a section's findings, without words; empty where there is nothing to compare."""
    told = [finding for finding in findings if finding.value is not None]
    over_time = _longest_series(told)
    if over_time:
        last = over_time[-1]
        interval = (last.low, last.high) if last.low is not None and last.high is not None else None
        values = [finding.value for finding in over_time if finding.value is not None]
        return marks.trend(values[-_PARTS:], interval, width=200, height=36)
    parts = _parts(told)
    return marks.dots(parts, scale([at for one in parts for at in numbers(one)])) if parts else Markup("")


def _longest_series(findings: Sequence[Finding]) -> list[Finding]:
    """One number over several periods, oldest first; of several the one of the narrowest scope."""
    series: dict[tuple[str, ...], list[tuple[Period, Finding]]] = {}
    for finding in findings:
        metric, *dimensions = _key(finding)
        for at, dimension in enumerate(dimensions):
            period = _period(dimension.partition("=")[2])
            if period is not None:
                name = (metric, *dimensions[:at], *dimensions[at + 1 :])
                series.setdefault(name, []).append((period, finding))
    long = {name: points for name, points in series.items() if len(points) >= _SERIES}
    if not long:
        return []
    chosen = max(long, key=lambda name: (len(name), len(long[name])))
    return [finding for _, finding in sorted(long[chosen], key=lambda point: point[0].start)]


def _parts(findings: Sequence[Finding]) -> list[Finding]:
    """The first list of one number for several parts: regions, themes, variants."""
    lists: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        metric, *dimensions = _key(finding)
        if dimensions:
            name = (metric, *(dimension.partition("=")[0] for dimension in dimensions))
            lists.setdefault(name, []).append(finding)
    return next((found[:_PARTS] for found in lists.values() if len(found) > 1), [])


def _key(finding: Finding) -> list[str]:
    metric, _, dimensions = finding.key.partition("@")
    return [metric, *(dimensions.split(",") if dimensions else ())]


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text.upper())
    except PeriodError:
        return None
