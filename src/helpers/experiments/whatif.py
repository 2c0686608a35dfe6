"""What if the experiment ran longer or were split otherwise: interval, power, end, expected gain."""

from __future__ import annotations

from typing import Any

from helpers import style, whatif
from helpers.experiments.effects import monitoring
from helpers.experiments.effects.estimation import Effect
from helpers.experiments.observations.aggregates import DAYS_TOGETHER
from helpers.experiments.verdict import stakes
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.stats import z_of_power, z_value

EXPECTED = "Expected gain: the effect worth having times the chance that the test finds it, were it true."
RULED_OUT = "Power: the chance that the test rules that harm out, were there no effect at all."
Lever = Any
"""A number in Python, an expression while the model is written down (helpers.whatif)."""


def another_test(readout: Readout) -> whatif.WhatIf:
    """Sliders for the same test run longer, split otherwise, or looking for another effect.

        >>> from helpers import experiments
        >>> [slider.label for slider in experiments.another_test(experiments.example()).model.sliders[:2]]
        ['Days of assignment', 'Share of users in treatment']

    Raises:
        NoData: the primary metric was not measured, or does not vary.
    """
    return whatif.WhatIf(plan_model(readout))


def plan_model(readout: Readout) -> whatif.Model:
    """A model of the same test with another length, split and smallest effect worth having.

    Built from the standard error that the primary metric had in each arm, and the pace of assignment: how
    precise the test would be, its power at the planned end, when it would end, what to expect of it, and how
    many units of both arms find that effect at the protocol's power, split so (two-sided, normal).
    Where nothing is moved, a fixed-horizon test has the width of its interval. Power is that of the two-sided
    test at the protocol's alpha; a monitored test is taken at its last look.

    Raises:
        NoData: the primary metric was not measured, or does not vary.
    """
    one, days = readout.primary, readout.observed.days
    if one is None:
        raise NoData(f"No effect on the primary metric: {readout.unmeasured[0].reason}.")
    control, treatment = (arm.se or 0.0 for arm in one.statistics.arms(readout.protocol.level))
    if control + treatment == 0:
        raise NoData(f"{one.metric.label} does not vary: no test of any length would tell more.")
    now, planned = _length(readout), _split(readout)
    critical, beyond = _critical(readout, one)
    by_power, margin = z_of_power(readout.protocol.power), readout.protocol.margin
    gain, gain_of = _gain(readout, one)
    scale, unit = (100, "points") if one.metric.unit == "share" else (1, one.metric.unit)

    def again(length: Lever, split: Lever, worth: Lever) -> tuple[Lever, ...]:
        longer = length / now.value
        variances = (
            control**2 * (1 - planned.value) / (1 - split),
            treatment**2 * planned.value / split,
        )
        error = whatif.sqrt((variances[0] + variances[1]) / longer)
        half, effect = (critical + beyond / longer) * error, worth / scale
        power = whatif.normal_cdf((effect - half) / error) + whatif.normal_cdf((-effect - half) / error)
        units = readout.assigned * longer
        needed = units * ((critical + by_power) * error / effect) ** 2
        expected = () if margin else (gain_of * effect * power,)
        told = (scale * half, power, *expected, units, needed)
        return (*told, length - 1) if days else told

    return whatif.Model(
        title=f"The same test, run otherwise: {one.metric.label}",
        function=again,
        sliders=(now, planned, _worth(readout, scale, unit)),
        outputs=_outputs(readout, one, unit, gain),
        note=RULED_OUT if margin else EXPECTED,
    )


def _outputs(readout: Readout, one: Effect, unit: str, gain: whatif.Output) -> tuple[whatif.Output, ...]:
    """What the model tells, in its order; a test of non-inferiority expects no gain."""
    protocol, days = readout.protocol, readout.observed.days
    who, chance = f"{protocol.sample_unit.capitalize()}s", style.level(protocol.power)
    found = "rule that harm out" if protocol.margin else "find that effect"
    return (
        whatif.Output(f"Half-width of the interval{_in(unit)}", unit, _digits(one)),
        whatif.Output(f"Power to {found}", "share", 0),
        *(() if protocol.margin else (gain,)),
        whatif.Output(f"{who} in the test", "count"),
        whatif.Output(f"{who} to {found} in {chance} of tests", "count"),
        *((whatif.Output("Last day of assignment", f"date:{days[0]}"),) if days else ()),
    )


def _critical(readout: Readout, one: Effect) -> tuple[float, float]:
    """Standard errors to either side at the planned end, and what the interval has beyond the normal now.

    The latter (t instead of normal, Newcombe's curvature) goes as one over the units.
    """
    protocol, found = readout.protocol, one.difference
    level = monitoring.reading_level(protocol, readout.observed, protocol.primary_alpha)
    assert found.se
    beyond = (found.high - found.low) / 2 / found.se - z_value(level)
    return monitoring.final_critical(protocol, readout.observed), beyond


def _gain(readout: Readout, one: Effect) -> tuple[whatif.Output, float]:
    """The expected gain over many units where the metric adds up, else in its own unit; and its scale."""
    outlook, unit = readout.outlook, one.metric.unit
    label = f"Expected gain in {one.metric.label}"
    if not stakes.adds_up(one, outlook):
        scale, unit = (100, "points") if unit == "share" else (1, unit)
        return whatif.Output(label + _in(unit), unit, _digits(one)), scale
    counted = f"{style.number(stakes.MANY)} {stakes.amount_unit(readout.protocol, one, outlook)}"
    return whatif.Output(f"{label} for {counted}", "count" if unit == "share" else unit, 0), stakes.MANY


def _in(unit: str) -> str:
    """What a label says of a unit that its numbers do not show."""
    return ", in points" if unit == "points" else ""


def _digits(one: Effect) -> int:
    """One decimal more than the metric itself is shown with."""
    return style.decimals(one.metric.unit, one.metric.decimals) + 1


def _length(readout: Readout) -> whatif.Slider:
    """How long the test runs: in days where the units have dates, else as a multiple of this sample."""
    days = readout.observed.days
    if not days:
        return whatif.Slider("length", "Sample, as a multiple of this one", 0.25, 5, 1, 0.25, "ratio")
    length = (days[-1] - days[0]).days + 1
    least, most = min(DAYS_TOGETHER, length), max(12 * DAYS_TOGETHER, 4 * length)
    return whatif.Slider("length", "Days of assignment", least, most, length, 1, "count")


def _split(readout: Readout) -> whatif.Slider:
    protocol = readout.protocol
    planned = min(0.99, max(0.01, round(protocol.split[1], 2)))
    label = f"Share of {protocol.sample_unit}s in {protocol.treatment}"
    return whatif.Slider("split", label, min(0.05, planned), max(0.95, planned), planned, 0.01)


def _worth(readout: Readout, scale: int, unit: str) -> whatif.Slider:
    planned = scale * readout.protocol.worth_finding
    what = "Largest harm accepted" if readout.protocol.margin else "Smallest effect worth having"
    label = f"{what}{_in(unit)}"
    return whatif.Slider("worth", label, planned / 10, 4 * planned, planned, planned / 10, unit)
