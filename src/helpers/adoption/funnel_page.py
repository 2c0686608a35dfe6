"""The table of the steps to adoption, with the numbers that it shows."""

from __future__ import annotations

from helpers import style, tables
from helpers.adoption.funnel import FunnelStep, funnel
from helpers.adoption.observations import Usage
from helpers.findings import Measure, NoData, measured
from helpers.records import Finding
from helpers.tables import Column, Table


def funnel_table(usage: Usage) -> Table:
    """The steps to adoption in the period, with the share that goes on from each and where most are lost.

        >>> from helpers.adoption import example_usage
        >>> steps = funnel_table(example_usage())
        >>> steps.title
        'Most are lost before they use dashboards at all: 23 of 46'
        >>> steps.data[["step", "users", "lost"]].head(3)
                      step  users  lost
        0         Eligible     46     0
        1  Used dashboards     23    23
        2  On a second day     23     0

    Raises:
        NoData: nobody is eligible in the period.
    """
    steps, period = funnel(usage), usage.scope.period
    if not steps[0].users:
        raise NoData(f"There are no {usage.rule.eligible.of(period)}.")
    return tables.table(
        "funnel",
        _where_lost(usage, steps),
        (
            Column("Step"),
            Column("Users", "count"),
            Column("Of the step before", "share"),
            Column("Interval", "share"),
            Column("Of all", "share"),
            Column("Lost", "count"),
        ),
        [_row(usage, step, steps[0].users) for step in steps],
        subtitle=f"Steps to adoption of {usage.rule.name} in {period.label}, {usage.place}",
        note=f"Eligible: {usage.rule.eligible.of(period)}. Adopted: {usage.rule.words}. Everybody in "
        "a step is in the one before. Who does not come so far within the period counts as lost, also who "
        "had little of it left.",
        findings=tuple(_finding(usage, step) for step in steps if step.of_before),
    )


def _where_lost(usage: Usage, steps: tuple[FunnelStep, ...]) -> str:
    """The step before which most users are lost, of how many."""
    at = max(range(1, len(steps)), key=lambda number: steps[number].lost)
    step, before = steps[at], steps[at - 1]
    if not step.lost:
        return f"All {style.number(before.users)} adopted {usage.rule.name}"
    lost = f"{style.number(step.lost)} of {style.number(before.users)}"
    return f"Most are lost {_between(usage, before, step)}: {lost}"


def _between(usage: Usage, before: FunnelStep, step: FunnelStep) -> str:
    if before.name == "eligible":
        return f"before they use {usage.rule.name} at all" if step.name == "tried" else "before they adopt"
    first = "the first day" if before.name == "tried" else "the second day"
    return f"between {first} of use and {'the second' if step.name == 'again' else 'adoption'}"


def _row(usage: Usage, step: FunnelStep, eligible: int) -> tuple[tables.Cell, ...]:
    share = step.of_before
    of_before = (share.value, share.limits) if share else (None, None)
    return _named(usage, step), step.users, *of_before, step.users / eligible, step.lost


def _named(usage: Usage, step: FunnelStep) -> str:
    """What is done in a step, as the first cell of its row has it."""
    rule = usage.rule
    return {
        "eligible": "Eligible",
        "tried": "Did anything" if rule.is_any_use else f"Used {rule.name}",
        "again": "On a second day",
        "adopted": "Adopted",
    }[step.name]


def _finding(usage: Usage, step: FunnelStep) -> Finding:
    assert step.of_before
    told = {
        "tried": f"Share of eligible users who use {usage.rule.name} at all",
        "again": f"Share of users of {usage.rule.name} who come on a second day",
        "adopted": f"Share of those who come so far that adopts {usage.rule.name}",
    }[step.name]
    measure = Measure(f"funnel.{step.name}", f"{told}{usage.scope.within}", "share", "higher")
    return measured(measure, step.of_before, usage.scope.period.label)
