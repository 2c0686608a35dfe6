"""Whether what decides is known of as many units in every arm."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from helpers import metrics, style
from helpers.experiments.observations.aggregates import KNOWN, NUMERATOR, Observations
from helpers.experiments.protocol import Protocol
from helpers.experiments.trust.assignment import odds_of_means
from helpers.experiments.trust.randomization import Randomization
from helpers.experiments.trust.severity import TOLERATED, checked, not_checked
from helpers.records import Check
from helpers.stats import independence
from helpers.stats.categorical import SUSPICIOUS


@dataclass(frozen=True)
class _Missing:
    """What is missing, for which share of each arm, p that this is alike, and what the effect stands on."""

    what: str
    shares: tuple[float, ...]
    p: float
    stands_on: str


def outcomes_known(protocol: Protocol, observed: Observations) -> Check:
    """Whether outcomes, or a metric that decides, are missing more often in one variant.

    Independence of each metric that decides and the variant, of clusters the means of the part of their units
    that have it, flagged below 0.001 over their number.
    """
    if observed.day_coverage:
        text = "Daily totals tell of no unit without an outcome: that needs assignments and outcomes."
        return not_checked("outcomes", text)
    found = _missing_in_clusters(protocol, observed) if protocol.cluster else _missing(protocol, observed)
    gone = [one for one in found if any(one.shares)]
    if not gone:
        return Check(key="outcomes", passed=True, severity="info", text="Every unit has an outcome.")
    limit = SUSPICIOUS / len(protocol.deciding)
    text = " ".join(_told_missing(protocol, one, limit) for one in gone)
    return checked("outcomes", text, passed=all(one.p >= limit for one in gone))


def outcomes_readable(protocol: Protocol, seen: Randomization) -> Iterator[Check]:
    """Whether a metric that decides could not be read for more than one unit in a hundred.

    What cannot be read is seldom like the rest: `1,234.50` stands on the large orders only.
    """
    for name in protocol.deciding:
        for reason, lost in seen.unreadable.items():
            if reason.split(" ")[0] == name and lost > TOLERATED * seen.outcomes:
                rows = f"{style.number(lost)} of {style.number(seen.outcomes)} rows of outcomes"
                text = (
                    f"{metrics.get(name).label} is lost in {rows} ({reason}): values that cannot be read are "
                    "seldom like the others. Mend the table, as the data account says."
                )
                yield checked("readable", text, passed=False)


def outcomes_after(protocol: Protocol, observed: Observations, seen: Randomization) -> Check:
    """Whether outcomes were measured before their unit was assigned."""
    if not observed.early and math.isnan(observed.days_followed):
        text = (
            "Whether outcomes were measured after assignment is not known: that needs assigned_at in "
            "assignments and measured_at in outcomes."
        )
        return not_checked("outcome_after", text)
    if observed.early:
        units = seen.units if protocol.cluster else sum(observed.assigned(arm) for arm in protocol.arms)
        text = (
            f"The outcome of {style.number(observed.early)} of {style.number(units)} {protocol.unit}s was "
            "measured before they were assigned: the treatment cannot have caused it. Count from assignment "
            "on."
        )
        return checked("outcome_after", text, passed=False, stops=observed.early > TOLERATED * units)
    return checked("outcome_after", "No outcome was measured before its unit was assigned.", passed=True)


def _missing(protocol: Protocol, observed: Observations) -> Iterator[_Missing]:
    """Outcomes as a whole, and every metric that decides and is missing more often."""
    assigned = [observed.assigned(arm) for arm in protocol.arms]
    followed = [observed.followed(arm) for arm in protocol.arms]
    known: dict[str, list[int]] = {}
    for name in protocol.deciding:
        column = name if name in observed.columns else name + NUMERATOR
        has = [observed.moments(arm, column).n for arm in protocol.arms]
        if 0 < sum(has) < sum(followed) and not observed.day_coverage:
            known[f"{metrics.get(name).label} is"] = has
        else:
            known["Outcomes are"] = followed
    for what, has in known.items():
        lost = [total - there for total, there in zip(assigned, has, strict=True)]
        p = independence([lost, has])
        yield _Missing(
            what=what,
            shares=tuple(gone / total if total else 0.0 for gone, total in zip(lost, assigned, strict=True)),
            p=1.0 if p is None else p,
            stands_on=f"{style.number(sum(has))} of {style.number(sum(assigned))} known",
        )


def _missing_in_clusters(protocol: Protocol, observed: Observations) -> Iterator[_Missing]:
    """Every metric that decides: the part of a cluster's units without it, each cluster counting as one."""
    for name in protocol.deciding:
        arms = [observed.moments(arm, name + KNOWN) for arm in protocol.arms]
        if min(arm.n for arm in arms) < 2:
            continue
        has = [observed.moments(arm, name + NUMERATOR).n for arm in protocol.arms]
        yield _Missing(
            what=f"{metrics.get(name).label} is",
            shares=tuple(1 - arm.mean for arm in arms),
            p=min(odds_of_means(arms[0], arm) for arm in arms[1:]) * (len(arms) - 1),
            stands_on=f"{style.number(sum(has))} of {style.number(sum(arm.n for arm in arms))} "
            f"{protocol.cluster}s with a {protocol.unit} for whom it is known",
        )


def _told_missing(protocol: Protocol, one: _Missing, limit: float) -> str:
    arms = zip(one.shares, protocol.arms, strict=True)
    shares = style.listed([f"{style.value(share, 'share')} in {arm}" for share, arm in arms])
    of = f" of the {protocol.unit}s of a mean {protocol.cluster}" if protocol.cluster else ""
    text = f"{one.what} missing for {shares}{of} ({style.p_value(min(1.0, one.p))})"
    alike = one.p >= limit
    text += ", alike in every arm" if alike else ", not alike: the arms no longer compare. Find out why first"
    return f"{text}; the effect stands on the {one.stands_on}."
