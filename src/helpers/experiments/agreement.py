"""Whether data and protocol agree, and every point in which they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from helpers import style
from helpers.experiments.assignment import odds_of_split
from helpers.experiments.checking import checked, planned_split
from helpers.experiments.interference import Pair
from helpers.experiments.observations import Observations
from helpers.experiments.protocol import Protocol
from helpers.records import Check
from helpers.stats.sample_ratio import SUSPICIOUS

AGREE = "Data and protocol agree"


def as_planned(protocol: Protocol, observed: Observations, pairs: Sequence[Pair]) -> Check:
    """Variants, dates, split, metrics, sample and exclusions against the protocol.

    It stops where nothing compares.
    """
    departures = [*_variants(protocol, observed), *_metrics(protocol, observed), *_dates(protocol, observed)]
    departures += [*_split(protocol, observed), *_sample(protocol, observed), *_exclusions(protocol, pairs)]
    if not departures:
        return checked("protocol", f"{AGREE}: {_compared(protocol, observed)} are as planned.", passed=True)
    points = "one point" if len(departures) == 1 else f"{style.number(len(departures))} points"
    text = f"Data depart from the protocol in {points}: {'; '.join(departures)}."
    stops = _cannot_compare(protocol, observed)
    if stops:
        text += " Supply what is missing, or say in the protocol what was really done."
    return checked("protocol", text, passed=False, stops=stops)


def first_line(agreement: Check) -> str:
    """What a readout says first: that data and protocol agree, or every departure."""
    return f"{AGREE}." if agreement.passed else agreement.text


def _cannot_compare(protocol: Protocol, observed: Observations) -> bool:
    everyone = set(protocol.arms) <= set(observed.variants)
    return not everyone or protocol.primary not in observed.metrics


def _compared(protocol: Protocol, observed: Observations) -> str:
    dates = "dates, " if observed.days and (protocol.start or protocol.end) else ""
    return f"variants, {dates}split and primary metric"


def _variants(protocol: Protocol, observed: Observations) -> Iterator[str]:
    unplanned = [name for name in observed.variants if name not in protocol.variants]
    absent = [name for name in protocol.arms if name not in observed.variants]
    if unplanned:
        yield f"variants that were not planned: {', '.join(unplanned)}"
    if absent:
        yield f"no unit in {', '.join(absent)}"


def _metrics(protocol: Protocol, observed: Observations) -> Iterator[str]:
    if protocol.primary not in observed.metrics:
        yield f"the primary metric {protocol.primary} was not measured"
    missing = [name for name in protocol.registered if name not in observed.metrics]
    if missing := [name for name in missing if name != protocol.primary]:
        yield f"registered, but not measured: {', '.join(missing)}"


def _dates(protocol: Protocol, observed: Observations) -> Iterator[str]:
    """Units from another day on, or beyond the end; that the end is not reached yet is no departure."""
    days, undated = observed.days, int(observed.units[np.isnat(observed.day)].sum())
    if undated and (protocol.start or protocol.end):
        many = f"{style.number(undated)} of {style.number(int(observed.units.sum()))}" if days else "the"
        yield (
            f"the planned dates could not be compared: the day of assignment of {many} {protocol.counted}s "
            "is not known"
        )
    if days and protocol.start and days[0] != protocol.start:
        yield f"units from {style.day(days[0])}, planned from {style.day(protocol.start)}"
    if days and protocol.end and days[-1] > protocol.end:
        yield f"units until {style.day(days[-1])}, planned until {style.day(protocol.end)}"


def _split(protocol: Protocol, observed: Observations) -> Iterator[str]:
    counts = [observed.assigned(arm) for arm in protocol.arms]
    if min(counts) > 0 and odds_of_split(protocol, observed) < SUSPICIOUS:
        shares = " to ".join(style.value(count / sum(counts), "share") for count in counts)
        yield f"a split of {shares}, planned {planned_split(protocol)}"


def _sample(protocol: Protocol, observed: Observations) -> Iterator[str]:
    """Fewer units than planned, once the planned end has come."""
    units = sum(observed.assigned(arm) for arm in protocol.arms)
    if protocol.end and protocol.ended(units, observed.days) and units < protocol.planned_sample:
        planned = f"{style.number(protocol.planned_sample)} planned"
        yield f"{style.number(units)} {protocol.counted}s at the planned end, {planned}"


def _exclusions(protocol: Protocol, pairs: Sequence[Pair]) -> Iterator[str]:
    """Units in an experiment that the protocol excludes."""
    for pair in pairs:
        if pair.other in protocol.exclusive_with and pair.shared:
            yield f"{style.number(pair.shared)} {protocol.unit}s also in {pair.other}, which it excludes"
