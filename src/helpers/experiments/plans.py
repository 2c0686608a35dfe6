"""What if the experiment ran longer or were split otherwise: interval, power, end, expected gain."""

from __future__ import annotations

from typing import Any

from helpers import style, whatif
from helpers.experiments import monitoring
from helpers.experiments.effects import Effect
from helpers.experiments.readout import Readout
from helpers.findings import NoData

Lever = Any
"""A number in Python, an expression while the model is written down (helpers.whatif)."""

GAIN_OF = 10_000
"""The expected gain is told for so many units."""


def plan(readout: Readout) -> whatif.Model:
    """A model of the same test with another length, split and smallest effect worth having.

    Built from the measured spread of the primary metric in each arm and the measured pace of assignment: how
    precise the test would be, its power at the planned end, when it would end, and what to expect of it.
    Power is that of the two-sided test at the protocol's alpha; a monitored test is taken at its last look.

    Raises:
        NoData: the primary metric was not measured, or does not vary.
    """
    one = readout.primary
    if one is None:
        raise NoData(f"The primary metric {readout.protocol.primary} has too few values in one variant.")
    spread = _spread(one)
    if spread[0] + spread[1] == 0:
        raise NoData(f"{one.metric.label} does not vary: no test of any length would tell more.")
    length, days = _length(readout), readout.observed.days
    pace = readout.assigned / length.value
    daily = ((days[-1] - days[0]).days + 1) / length.value if days else 0.0
    critical = monitoring.final_critical(readout.protocol, readout.observed)
    is_share = one.metric.unit == "share"
    scale, unit = (100, "points") if is_share else (1, one.metric.unit)

    def again(length: Lever, split: Lever, worth: Lever) -> tuple[Lever, ...]:
        units = pace * length
        error = whatif.sqrt(spread[0] / (units * (1 - split)) + spread[1] / (units * split))
        effect = worth / scale
        power = whatif.normal_cdf(effect / error - critical) + whatif.normal_cdf(-effect / error - critical)
        told = (scale * critical * error, power, GAIN_OF * effect * power, units)
        return (*told, daily * length - 1) if days else told

    noun = f"{readout.protocol.counted}s"
    digits = style.decimals(one.metric.unit, one.metric.decimals)
    end = (whatif.Output("Last day of assignment", f"date:{days[0]}"),) if days else ()
    return whatif.Model(
        title=f"The same test, run otherwise: {one.metric.label}",
        function=again,
        sliders=(length, _split(readout), _worth(readout, scale, unit)),
        outputs=(
            whatif.Output("Half-width of the interval", unit, digits + 1),
            whatif.Output("Power to find that effect", "share", 0),
            whatif.Output(_gain(one, noun), unit if unit.startswith("currency:") else "count"),
            whatif.Output(f"{noun.capitalize()} needed", "count"),
            *end,
        ),
        note="Expected gain: the effect worth having times the chance that the test finds it, were it true.",
    )


def _spread(one: Effect) -> tuple[float, float]:
    """Variance of one unit in control and treatment."""
    arms = (one.control, one.treatment)
    return tuple((arm.se or 0.0) ** 2 * arm.n for arm in arms)  # type: ignore[return-value]


def _length(readout: Readout) -> whatif.Slider:
    """How long the test runs: in weeks where the units have dates, else as a multiple of this sample."""
    days = readout.observed.days
    if not days:
        return whatif.Slider("length", "Sample, as a multiple of this one", 0.25, 5, 1, 0.25, "ratio")
    weeks = max(1, round(((days[-1] - days[0]).days + 1) / 7))
    return whatif.Slider("length", "Weeks of assignment", 1, max(12, 4 * weeks), weeks, 1, "count")


def _split(readout: Readout) -> whatif.Slider:
    protocol = readout.protocol
    planned = min(0.95, max(0.05, round(protocol.split[1], 2)))
    label = f"Share of {protocol.counted}s in {protocol.treatment}"
    return whatif.Slider("split", label, 0.05, 0.95, planned, 0.01)


def _worth(readout: Readout, scale: int, unit: str) -> whatif.Slider:
    planned = scale * readout.protocol.minimum_effect
    return whatif.Slider(
        "worth", "Smallest effect worth having", planned / 10, 4 * planned, planned, planned / 10, unit
    )


def _gain(one: Effect, noun: str) -> str:
    return f"Expected gain in {one.metric.label} of {style.number(GAIN_OF)} {noun}"
