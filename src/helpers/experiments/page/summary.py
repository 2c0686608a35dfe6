"""What a readout says first: the verdict, and the protocol that it follows from."""

from __future__ import annotations

from helpers import style
from helpers.experiments.findings import effect_findings, verdict_findings
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.readout import Readout
from helpers.findings import Headlines
from helpers.tables import Column, Table, table


def verdict_headline(readout: Readout) -> Headlines:
    """The verdict and what it would cost to be wrong, with every number of the readout behind them.

    `.data` has a row a finding: `verdict` and `verdict.stake` first, then of each metric its difference, its
    value in both variants, its relative effect and the p value that write-ups print.

        >>> from helpers import experiments
        >>> shown = experiments.verdict_headline(experiments.example())
        >>> [(finding.key, finding.text.value) for finding in shown.findings[:1]]
        [('verdict', 'Ship')]
    """
    return Headlines(verdict_findings(readout), quiet=effect_findings(readout))


def protocol_table(readout: Readout) -> Table:
    """The protocol as it was agreed before the start; the title says whether the data agree with it.

    >>> from helpers import experiments
    >>> experiments.protocol_table(experiments.example()).title
    'Data and protocol agree: variants, split and primary metric are as planned'
    """
    agreement = next(check for check in readout.checks if check.key == "protocol")
    return table(
        "protocol",
        agreement.text.rstrip("."),
        (Column("Protocol"), Column("As agreed")),
        [(name, text) for name, text in _agreed(readout).items() if text],
        subtitle=f"{readout.plan.title}: what was agreed before the start",
    )


def _agreed(readout: Readout) -> dict[str, str]:
    protocol, reached = readout.plan, sum(readout.observed.assigned(arm) for arm in readout.plan.arms)
    return {
        "Hypothesis": protocol.hypothesis,
        "Variants": _split(protocol),
        "Unit": f"{protocol.unit}, assigned by {protocol.cluster}" if protocol.cluster else protocol.unit,
        "Primary metric": readout.primary.metric.label if readout.primary else protocol.primary,
        "Smallest effect worth having": _amount(readout, protocol.minimum_effect),
        "Largest harm accepted": _amount(readout, protocol.margin or 0.0),
        "Adjusted by": ", ".join(protocol.covariates),
        "Planned sample": f"{style.number(protocol.planned_sample)} {protocol.sample_unit}s",
        "Planned dates": _dates(protocol),
        "Reached": f"{style.number(reached)} {protocol.sample_unit}s, {readout.period}",
        "Design": f"{protocol.design}, {protocol.sides}-sided, alpha {style.level(protocol.alpha)}, "
        f"power {style.level(protocol.power)}",
        "Kept apart from": ", ".join(protocol.exclusive_with),
        "Owner": protocol.owner,
    }


def _amount(readout: Readout, amount: float) -> str:
    """An amount of the primary metric in its unit; empty where none was agreed."""
    if readout.primary is None or not amount:
        return f"{amount:g}" if amount else ""
    metric = readout.primary.metric
    return style.change(amount, metric.unit, metric.decimals).lstrip("+")


def _dates(protocol: Protocol) -> str:
    """`8 Jul 2026 to 4 Aug 2026`, as far as they were agreed; empty where none was."""
    first = style.day(protocol.start) if protocol.start else ""
    last = f"to {style.day(protocol.end)}" if protocol.end else ""
    return f"{first} {last}".strip()


def _split(protocol: Protocol) -> str:
    planned = zip(protocol.arms, protocol.split, strict=True)
    return ", ".join(
        f"{name} {style.value(share, 'share', 0)}" + _members(protocol, name) for name, share in planned
    )


def _members(protocol: Protocol, arm: str) -> str:
    """` (short form and long form)`: the variants that an arm is made of, where there are several."""
    return f" ({style.listed(list(protocol.pools[arm]))})" if arm in protocol.pools else ""
