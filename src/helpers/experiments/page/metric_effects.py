"""What the treatment did: the primary metric, the guard-rails, all metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers import style
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.effects.guard_rails import GuardRailEffect
from helpers.experiments.effects.pairs import TreatmentPair
from helpers.experiments.findings import effects_title, guard_rails_title, primary_title
from helpers.experiments.page.captions import adjusted_by, adjustment, interval, primary_effect
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.stats import Comparison, Group
from helpers.tables import Cell, Column, Table, table

if TYPE_CHECKING:
    from helpers.charts import Chart


def primary_metric(readout: Readout) -> Chart:
    """The primary metric in both variants, with the difference that decides beside it.

    `.data` has a row a variant, in the metric's unit: value, low, high, n; of the treatment its difference.

        >>> from helpers import experiments
        >>> chart = experiments.primary_metric(experiments.example())
        >>> chart.title
        'Activation is between 2.9 and 9.1 points higher with treatment'
        >>> chart.data[["group", "value", "n"]].values.tolist()
        [['treatment', 0.46, 2000], ['control', 0.4, 2000]]

    Raises:
        NoData: the primary metric was not measured.
    """
    from helpers.charts import dots

    one, protocol = primary_effect(readout), readout.protocol
    compared = [(each, each.primary) for each in readout.of_each if each.primary]
    arms = (
        *(_arm(each, effect, focus=each is readout) for each, effect in compared),
        Comparison(protocol.control, one.control),
    )
    assigned = sum(readout.observed.assigned(arm) for arm in readout.plan.arms)
    units = f"{style.number(assigned)} {protocol.sample_unit}s"
    by = style.listed(protocol.covariates)
    measured = f", as measured; the difference is adjusted by {by}" if one.adjusted else ""
    return dots(
        (Group(units, arms, protocol.control, one.control),),
        name="primary",
        title=primary_title(readout, one),
        subtitle=f"{one.metric.label} by variant, {style.level(one.difference.level)} intervals{measured}",
        unit=one.metric.unit,
        decimals=one.metric.decimals,
        note=_how_read(readout.plan, len(compared)),
    )


def _how_read(plan: Protocol, treatments: int) -> str:
    """What the note says of the level of the differences: of several treatments, of one side alone."""
    several = "Differences are read so that all claims hold together (Holm)." if treatments > 1 else ""
    held = f"Read on one side: each limit by itself holds at {style.level(plan.level)}"
    return " ".join(part for part in (several, f"{held}." if plan.sides == "one" else "") if part)


def _arm(readout: Readout, one: Effect, *, focus: bool) -> Comparison:
    shown = one.clear and not readout.caveat
    return Comparison(
        readout.protocol.treatment, one.treatment, one.control, one.difference, clear=shown, focus=focus
    )


def guard_rails(readout: Readout) -> Table:
    """Each guard-rail: the effect, the harm that is accepted, and whether it holds.

    Method: one-sided non-inferiority at alpha / 2, read from the two-sided interval that is shown.

        >>> from helpers import experiments
        >>> shown = experiments.guard_rails(experiments.example())
        >>> shown.title, shown.data["result"][0]
        ('The guard-rail holds', 'holds')

    Raises:
        NoData: the protocol names no guard-rail, or none was measured.
    """
    if not readout.guard_rails:
        raise NoData("The protocol names no guard-rail that was measured.")
    several = bool(readout.other_treatments)
    columns = (
        "Guard-rail",
        readout.protocol.control,
        "Treatment" if readout.other_treatments else readout.protocol.treatment,
        "Difference",
        f"{style.level(readout.plan.level)} interval",
        "Margin",
        "Result",
    )
    return table(
        "guard_rails",
        guard_rails_title(readout),
        [Column(label) for label in columns],
        [_guard_rail_row(each, one, several=several) for each in readout.of_each for one in each.guard_rails],
        subtitle="A guard-rail holds when the interval rules out a harm as large as the margin",
        note="One-sided non-inferiority at alpha / 2, read from the interval that is shown."
        + adjustment(readout, [one.effect for one in readout.guard_rails]),
    )


def relative_effects(readout: Readout) -> Chart:
    """The relative effect on every metric (0.1 = 10% of control), so that units stand side by side.

    Method: MOVER-R for shares (Donner and Zou 2012), Fieller's theorem for means (1954), from the limits of
    the difference; metrics that cannot be divided are named in the note, each with its reason.

        >>> from helpers import experiments
        >>> experiments.relative_effects(experiments.example()).title
        'A clear effect on Activation'

    Raises:
        NoData: no metric can be divided by its value in the control.
    """
    from helpers.charts import forest

    several = bool(readout.other_treatments)
    of_all = [(each, one) for each in readout.of_each for one in each.effects if one.lift is not None]
    estimable = [one for _, one in of_all]
    if not estimable:
        why = _undivided(readout) or (readout.unmeasured[0].reason if readout.unmeasured else "no effect")
        raise NoData(f"No relative effect can be estimated: {why}.")
    return forest(
        [_relative(each, one, several=several) for each, one in of_all],
        name="relative_effects",
        title=effects_title(readout, [one for one in readout.effects if one.lift is not None]),
        subtitle=f"Effect of {_treated(readout)}, in per cent of {readout.protocol.control}"
        + adjusted_by(readout.protocol, estimable),
        unit="relative",
        decimals=1,
        note="Intervals of secondary metrics are wide enough for their number (Benjamini-Hochberg); so, as a "
        "list of their own, are those of exploratory metrics, which the protocol does not name."
        + _not_estimable(readout),
    )


def all_metrics(readout: Readout) -> Table:
    """All metrics with both variants, the difference, its level, and the published test, which never decides.

    >>> from helpers import experiments
    >>> experiments.all_metrics(experiments.example()).data[["metric", "role"]].values.tolist()
    [['Activation', 'primary'], ['Support contacts per unit', 'guard-rail']]
    """
    several = bool(readout.other_treatments)
    new = sum(one.role == "exploratory" for one in readout.effects)
    return table(
        "metrics",
        f"{new} of {len(readout.effects)} metrics {'was' if new == 1 else 'were'} not registered: exploratory"
        if new
        else "Every metric was registered before the start",
        (
            Column("Metric"),
            Column("Role"),
            Column(readout.protocol.control),
            Column("Treatment" if several else readout.protocol.treatment),
            Column("Difference"),
            Column("Level"),
            Column("Usual test (p)", "p"),
        ),
        [
            *(_metric_row(each, one, several=several) for each in readout.of_each for one in each.effects),
            *(_pair_row(pair) for pair in readout.pairs),
        ],
        subtitle=f"{_treated(readout)} less {readout.protocol.control}, with intervals"
        + (f". {readout.caveat}" if readout.caveat else ""),
        note="The interval decides, at a level that the number of secondary, or of exploratory, metrics asks "
        "for. The usual test "
        "(pooled z for shares, Welch for means, of values as measured) is what "
        "write-ups print; it never decides." + adjustment(readout, readout.effects) + _not_read(readout),
    )


def _relative(readout: Readout, one: Effect, *, several: bool) -> Comparison:
    return Comparison(
        label=_named(readout, one.metric.label, several=several),
        now=None,
        difference=one.lift,
        clear=one.clear and not readout.caveat_of(one.metric.name),
        focus=one.role == "primary",
    )


def _pair_row(pair: TreatmentPair) -> tuple[Cell, ...]:
    """The primary metric of two treatments; the second stands where the control does."""
    one, unit, digits = pair.effect, pair.effect.metric.unit, pair.effect.metric.decimals
    return (
        f"{one.metric.label}, {pair.treatment} less {pair.other}",
        "between treatments",
        style.value(one.control.value, unit, digits),
        style.value(one.treatment.value, unit, digits),
        f"{style.change(one.difference.value, unit, digits)} ({interval(one)}){_adjusted(one)}",
        style.level(round(one.difference.level, 4)),
        one.published_p,
    )


def _metric_row(readout: Readout, one: Effect, *, several: bool) -> tuple[Cell, ...]:
    unit, digits = one.metric.unit, one.metric.decimals
    return (
        _named(readout, one.metric.label, several=several),
        one.role,
        style.value(one.control.value, unit, digits),
        style.value(one.treatment.value, unit, digits),
        f"{style.change(one.difference.value, unit, digits)} ({interval(one)}){_adjusted(one)}",
        style.level(round(one.difference.level, 4)),
        one.published_p,
    )


def _guard_rail_row(readout: Readout, one: GuardRailEffect, *, several: bool) -> tuple[Cell, ...]:
    metric, found = one.effect.metric, one.effect.difference
    harm = "lower" if one.effect.sign > 0 else "higher"
    result = "holds" if one.holds else "breached" if one.breached else "not shown"
    return (
        _named(readout, metric.label, several=several),
        style.value(one.effect.control.value, metric.unit, metric.decimals),
        style.value(one.effect.treatment.value, metric.unit, metric.decimals),
        style.change(found.value, metric.unit, metric.decimals) + _adjusted(one.effect),
        interval(one.effect),
        f"{style.change(one.rail.margin, metric.unit, metric.decimals).lstrip('+')} {harm}",
        "not read" if readout.caveat_of(metric.name) else result,
    )


def _named(readout: Readout, label: str, *, several: bool) -> str:
    """The metric, with the treatment where there are several."""
    return f"{label}, {readout.protocol.treatment}" if several else label


def _treated(readout: Readout) -> str:
    """What is compared with the control."""
    return "each treatment" if readout.other_treatments else readout.protocol.treatment


def _adjusted(one: Effect) -> str:
    return ", adjusted" if one.adjusted else ""


def _not_estimable(readout: Readout) -> str:
    """What a note says of the metrics without a relative effect."""
    why = _undivided(readout)
    return f" Not estimable: {why}." if why else ""


def _undivided(readout: Readout) -> str:
    """The metrics without a relative effect, with what keeps each from being divided; empty without any."""
    reasons: dict[str, list[str]] = {}
    for one in readout.effects:
        if one.lift is None:
            reasons.setdefault(one.statistics.undivided, []).append(one.metric.label)
    return "; ".join(f"{style.listed(names)} ({why})" for why, names in reasons.items())


def _not_read(readout: Readout) -> str:
    """What the note says of single metrics whose differences may not be read, where the others may."""
    shown = {one.metric.name for one in readout.effects}
    reasons = [] if readout.caveat else [one.reason for one in readout.unmet if one.metric in shown]
    reasons += (
        [] if readout.caveat else list(dict.fromkeys(one.unread for one in readout.pairs if one.unread))
    )
    return f" Not to be read as effects: {'; '.join(reasons)}." if reasons else ""
