"""Whether the data can be trusted to answer at all: looked at before any effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from scipy.stats import chi2_contingency

from helpers import style
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.records import Check
from helpers.stats import sample_ratio
from helpers.stats.sample_ratio import SUSPICIOUS

Severity = Literal["info", "warn", "stop"]

TOLERATED = 0.01
"""Share of units in two variants, or in an excluded experiment, above which the verdict is withheld."""


def checks(protocol: Protocol, observed: Observations) -> tuple[Check, ...]:
    """Every trust check of one experiment; a failed one of severity `stop` withholds the verdict."""
    return (
        _as_planned(protocol, observed),
        _sample_ratio(protocol, observed),
        _one_variant_each(protocol, observed),
        _outcomes_known(protocol, observed),
        *_kept_apart(protocol, observed),
    )


def broken(found: Sequence[Check]) -> tuple[Check, ...]:
    """The failed checks that withhold the verdict."""
    return tuple(check for check in found if not check.passed and check.severity == "stop")


def _as_planned(protocol: Protocol, observed: Observations) -> Check:
    """Variants, dates and the primary metric, as the protocol names them."""
    departures = []
    unplanned = [name for name in observed.variants if name not in protocol.variants]
    absent = [name for name in protocol.arms if name not in observed.variants]
    if unplanned:
        departures.append(f"variants that were not planned: {', '.join(unplanned)}")
    if absent:
        departures.append(f"no unit in {', '.join(absent)}")
    measured = protocol.primary in observed.metrics
    if not measured:
        departures.append(f"the primary metric {protocol.primary} was not measured")
    days = observed.days
    if days and protocol.start and days[0] < protocol.start:
        departures.append(f"units from {style.day(days[0])}, planned from {style.day(protocol.start)}")
    if days and protocol.end and days[-1] > protocol.end:
        departures.append(f"units until {style.day(days[-1])}, planned until {style.day(protocol.end)}")
    stops = bool(absent) or not measured
    text = (
        f"Data and protocol disagree: {'; '.join(departures)}."
        if departures
        else "Data and protocol agree: variants, dates and primary metric are as planned."
    )
    return Check(
        key="protocol",
        passed=not departures,
        severity=_severity(passed=not departures, stops=stops),
        text=text,
    )


def _sample_ratio(protocol: Protocol, observed: Observations) -> Check:
    counts = [observed.assigned(arm) for arm in protocol.arms]
    if sum(counts) == 0:
        return Check(key="sample_ratio", passed=False, severity="stop", text="No unit in a planned variant.")
    found = sample_ratio(counts, protocol.split)
    units = " to ".join(style.number(count) for count in counts)
    planned = " to ".join(style.value(share, "share", 0) for share in protocol.split)
    odds = style.p_value(found.p)
    text = f"Units were split {units} ({' to '.join(protocol.arms)}); planned was {planned} ({odds})"
    if found.broken:
        text += ", which chance does not explain. Find where units get lost before reading any effect."
    else:
        text += ", within chance." if found.p >= 0.01 else ", unusual, but above the limit of 0.001."
    even = not found.broken
    return Check(key="sample_ratio", passed=even, severity=_severity(passed=even), text=text)


def _one_variant_each(protocol: Protocol, observed: Observations) -> Check:
    units = sum(observed.assigned(arm) for arm in protocol.arms) + observed.crossed
    share = observed.crossed / units if units else 0.0
    if observed.crossed == 0:
        text = "Each unit stands in one variant."
    else:
        text = (
            f"{style.number(observed.crossed)} units ({style.value(share, 'share')}) stand in two variants "
            "and are left out."
        )
    severity = _severity(passed=observed.crossed == 0, stops=share > TOLERATED)
    return Check(key="one_variant", passed=observed.crossed == 0, severity=severity, text=text)


def _outcomes_known(protocol: Protocol, observed: Observations) -> Check:
    """Whether outcomes are missing more often in one variant than in the other (chi-square, 0.001)."""
    assigned = [observed.assigned(arm) for arm in protocol.arms]
    missing = [total - observed.followed(arm) for total, arm in zip(assigned, protocol.arms, strict=True)]
    if sum(missing) == 0:
        return Check(key="outcomes", passed=True, severity="info", text="Every unit has an outcome.")
    shares = " and ".join(
        f"{style.value(lost / total if total else 0.0, 'share')} in {arm}"
        for lost, total, arm in zip(missing, assigned, protocol.arms, strict=True)
    )
    followed = [total - lost for total, lost in zip(assigned, missing, strict=True)]
    even = min(assigned) == 0 or sum(followed) == 0
    p = 1.0 if even else float(chi2_contingency([missing, followed], correction=False).pvalue)
    fine = p >= SUSPICIOUS
    text = f"Outcomes are missing for {shares} ({style.p_value(p)})"
    text += ", alike in both." if fine else ", not alike: the arms no longer compare. Find out why first."
    return Check(key="outcomes", passed=fine, severity=_severity(passed=fine), text=text)


def _kept_apart(protocol: Protocol, observed: Observations) -> tuple[Check, ...]:
    """Whether the experiments that the protocol excludes share units with this one."""
    if not protocol.exclusive_with:
        return ()
    units = sum(observed.assigned(arm) for arm in protocol.arms) + observed.crossed
    met = {name: observed.shared.get(name, 0) for name in protocol.exclusive_with}
    worst = max(met.values())
    told = ", ".join(
        f"{style.number(count)} of {style.number(units)} in {name}" for name, count in met.items()
    )
    if worst == 0:
        text = f"No unit is also in {', '.join(met)}, as the protocol asks."
    else:
        text = (
            f"Units that the protocol keeps out of other experiments are in them: {told}. An effect read "
            "here mixes both changes; read the two together, or run them one after the other."
        )
    severity = _severity(passed=worst == 0, stops=worst > TOLERATED * units)
    return (Check(key="kept_apart", passed=worst == 0, severity=severity, text=text),)


def _severity(*, passed: bool, stops: bool = True) -> Severity:
    return "info" if passed else "stop" if stops else "warn"
