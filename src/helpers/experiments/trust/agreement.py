"""Whether data and protocol agree, and every point in which they do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from helpers import style
from helpers.experiments.effects.monitoring import ended
from helpers.experiments.observations.aggregates import NUMERATOR, Observations
from helpers.experiments.observations.linear import ENOUGH, linearized
from helpers.experiments.protocol import Protocol, map_line, spellings
from helpers.experiments.trust.assignment import odds_of_split
from helpers.experiments.trust.interference import Overlap
from helpers.experiments.trust.severity import checked, planned_split
from helpers.records import Check
from helpers.stats.categorical import SUSPICIOUS

AGREE = "Data and protocol agree"
MORE = 1.1
"""A sample is larger than planned from this part of the plan on."""


def as_planned(protocol: Protocol, observed: Observations, pairs: Sequence[Overlap]) -> Check:
    """Variants, dates, split, metrics, covariates, sample and exclusions against the protocol.

    It stops where nothing compares.
    """
    respelled = spellings(protocol, observed.variants)
    departures = [*_variants(protocol, observed), *_metrics(protocol, observed), *_dates(protocol, observed)]
    departures += [
        *_split(protocol, observed),
        *_unadjusted(protocol, observed),
        *_sample(protocol, observed),
    ]
    departures += _exclusions(protocol, pairs)
    if not departures:
        return checked("protocol", f"{AGREE}: {_compared(protocol, observed)} are as planned.", passed=True)
    points = "one point" if len(departures) == 1 else f"{style.number(len(departures))} points"
    text = f"Data depart from the protocol in {points}: {'; '.join(departures)}."
    stops = _cannot_compare(protocol, observed) or bool(respelled)
    if respelled:
        text += f" Read them as one: {map_line(respelled)} under assignments (or totals) in sources.yaml."
    elif stops:
        text += " Supply what is missing, or say in the protocol what was really done."
    return checked("protocol", text, passed=False, stops=stops)


def first_line(agreement: Check) -> str:
    """What a readout says first: that data and protocol agree, or every departure."""
    return f"{AGREE}." if agreement.passed else agreement.text


def _cannot_compare(protocol: Protocol, observed: Observations) -> bool:
    everyone = set(protocol.arms) <= set(observed.variants)
    return not everyone or protocol.primary not in observed.metrics or _too_late(protocol, observed)


def _too_late(protocol: Protocol, observed: Observations) -> bool:
    """Whether every unit with a date was assigned after the planned end."""
    return bool(protocol.end and observed.days and observed.days[0] > protocol.end)


def _compared(protocol: Protocol, observed: Observations) -> str:
    dates = "dates, " if observed.days and (protocol.start or protocol.end) else ""
    return f"variants, {dates}split and primary metric"


def _variants(protocol: Protocol, observed: Observations) -> Iterator[str]:
    respelled = spellings(protocol, observed.variants)
    unplanned = [name for name in observed.variants if name not in {*protocol.weights, *respelled}]
    absent = [name for name in protocol.arms if name not in observed.variants]
    for name, meant in respelled.items():
        units = f"{style.number(observed.assigned(name))} {protocol.sample_unit}s"
        yield f"{units} are in {name!r}, which is {meant!r} spelled otherwise"
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


def _unadjusted(protocol: Protocol, observed: Observations) -> Iterator[str]:
    """Registered metrics that the planned covariates do not adjust under some treatment, and why."""
    reasons: dict[str, dict[str, None]] = {}
    for treatment in protocol.treatments if protocol.covariates else ():
        part = protocol.against(treatment, protocol.alpha)
        for name in protocol.registered:
            found = linearized(part, observed, name)
            if found and not found.adjusted:
                reasons.setdefault(_why_unadjusted(part, observed, name), {})[name] = None
    by = style.listed(protocol.covariates)
    for reason, names in reasons.items():
        yield f"{style.listed(list(names))} not adjusted by {by} ({reason})"


def _why_unadjusted(protocol: Protocol, observed: Observations, metric: str) -> str:
    """What keeps the planned covariates from adjusting this metric."""
    if absent := [name for name in protocol.covariates if name not in observed.columns]:
        return f"the data have no {style.listed(absent)}"
    everyone = observed.joint_of_all(protocol.arms)
    covariates = [everyone.of(name) for name in protocol.covariates]
    known = everyone.of(metric if metric in observed.columns else metric + NUMERATOR).n
    if known < covariates[0].n:
        lost, units = style.number(covariates[0].n - known), style.number(covariates[0].n)
        return f"missing for {lost} of {units} {protocol.unit}s"
    if not all(covariate.finite for covariate in covariates):
        return "values too large to have a variance"
    if not any(covariate.variance for covariate in covariates):
        return "no variation"
    return f"fewer than {ENOUGH} {protocol.unit}s with or without in a variant"


def _dates(protocol: Protocol, observed: Observations) -> Iterator[str]:
    """Units from another day on, or after the plan was met; that the end is not reached yet is none."""
    days, undated = observed.days, observed.undated
    if undated and (protocol.start or protocol.end):
        many = f"{style.number(undated)} of {style.number(int(observed.units.sum()))}" if days else "the"
        yield (
            f"the planned dates could not be compared, since the day of assignment of {many} "
            f"{protocol.sample_unit}s is not known"
        )
    if days and protocol.start and days[0] != protocol.start:
        yield f"units from {style.day(days[0])}, planned from {style.day(protocol.start)}"
    if _too_late(protocol, observed):
        yield f"no unit was assigned until the planned end, {style.day(protocol.end or days[0])}"
    if observed.beyond:
        units = f"{style.number(observed.beyond)} {protocol.sample_unit}s"
        yield f"{units} assigned after {style.day(days[-1])}, when the plan was met, are left out"


def _split(protocol: Protocol, observed: Observations) -> Iterator[str]:
    counts = [observed.assigned(arm) for arm in protocol.arms]
    if min(counts) > 0 and odds_of_split(protocol, observed) < SUSPICIOUS:
        shares = " to ".join(style.value(count / sum(counts), "share") for count in counts)
        yield f"a split of {shares}, planned {planned_split(protocol)}"


def _sample(protocol: Protocol, observed: Observations) -> Iterator[str]:
    """Fewer units than planned at the planned end; many more, where no date can leave them out."""
    units = sum(observed.assigned(arm) for arm in protocol.arms)
    if not observed.days and units > MORE * protocol.planned_sample and protocol.design != "sequential":
        planned = style.number(protocol.planned_sample)
        yield f"{style.number(units)} {protocol.sample_unit}s, {planned} planned"
    if protocol.end and ended(protocol, observed) and units < protocol.planned_sample:
        planned = style.number(protocol.planned_sample)
        yield f"{style.number(units)} {protocol.sample_unit}s at the planned end, {planned} planned"


def _exclusions(protocol: Protocol, pairs: Sequence[Overlap]) -> Iterator[str]:
    """Units in an experiment that the protocol excludes."""
    for pair in pairs:
        if pair.other in protocol.exclusive_with and pair.shared:
            yield f"{style.number(pair.shared)} {protocol.unit}s also in {pair.other}, which it excludes"
