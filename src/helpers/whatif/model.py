"""What a what-if model is: a function, its sliders, its outputs; and how its numbers are shown."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import product

from helpers import style
from helpers.whatif.expressions import Sheet, trace

MOST_SLIDERS = 8
"""More cannot be taken in at a glance, and each doubles the corners that are evaluated."""
TEN_YEARS = 3650


@dataclass(frozen=True)
class Slider:
    """One lever: where it can go, and where it stands as measured (`value`).

    `low`, `high`, `value` and `step` are in `unit`; `value` lies on a step. Without a unit a slider between
    -1 and 1 is a share (a fraction, shown in per cent), and one that reaches further is a number. `decimals`
    defaults to the fewest that tell two steps apart.

        >>> Slider("won_back", "Detractors won back", low=0, high=1, value=0, step=0.05).unit
        'share'
        >>> Slider("visits", "Visits a week", low=1, high=5, value=2, step=1).unit
        'count'

    Raises:
        ValueError: `name` is no Python name, a number is not finite, or the range, step and value do not fit.
    """

    name: str
    label: str
    low: float
    high: float
    value: float
    step: float
    unit: str = ""
    decimals: int | None = None

    def __post_init__(self) -> None:
        if not self.unit:
            object.__setattr__(self, "unit", "share" if self.low >= -1 and self.high <= 1 else "count")
        if not self.name.isidentifier():
            raise ValueError(
                f"name == {self.name!r}, must be a Python name: it is an argument of the function."
            )
        for field in ("low", "high", "value", "step"):
            if not math.isfinite(getattr(self, field)):
                raise ValueError(f"{self.name}: {field} == {getattr(self, field)}, must be finite.")
        if self.low >= self.high:
            raise ValueError(f"{self.name}: low == {self.low}, must be below high == {self.high}.")
        if not 0 < self.step <= self.high - self.low:
            raise ValueError(f"{self.name}: step == {self.step}, must be above 0 and fit in the range.")
        self.check(self.value)

    def check(self, value: float) -> None:
        """Raise ValueError unless the slider can stand at this value."""
        if not self.low <= value <= self.high:
            raise ValueError(f"{self.name} == {value}, must be from {self.low} to {self.high}.")
        steps = (value - self.low) / self.step
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(
                f"{self.name} == {value}, must be {self.low} plus a whole number of steps of {self.step}."
            )

    @property
    def digits(self) -> int:
        """Decimals that the slider's value is shown with."""
        return _decimals_of(self.unit, self.low, self.step) if self.decimals is None else self.decimals


@dataclass(frozen=True)
class Output:
    """One number that the model returns.

    `interval` is that of the measured value, `target` what it is to reach.
    The unit `date:2026-09-30` shows the value as a date, so many days from that day. `undefined` is what
    stands where the value is not defined, as `never` for the date of what does not happen.

        >>> Output("NPS", "points", 1, interval=(18.2, 24.1)).digits
        1
    """

    label: str
    unit: str
    decimals: int | None = None
    interval: tuple[float, float] | None = None
    undefined: str = "not defined"
    target: float | None = None

    @property
    def digits(self) -> int:
        """Decimals that the value is shown with."""
        return style.decimals("days" if _is_date(self.unit) else self.unit, self.decimals)


@dataclass(frozen=True)
class Result:
    """One output at some slider values; `value` is NaN and `change` empty where it is not defined."""

    value: float
    text: str
    change: str


@dataclass(frozen=True)
class Model:
    """A function of sliders and what it returns.

    `function` takes the sliders by name and returns a tuple with one number for each output, in their
    order. It is written with + - * / ** and abs, comparisons within `whatif.where`, and `whatif.sqrt`,
    `exp`, `log`, `minimum`, `maximum`, `normal_cdf`.

        >>> def score(won_back):
        ...     return (100 * (450 - 210 * (1 - won_back)) / 1000,)
        >>> slider = Slider("won_back", "Detractors won back", 0, 1, 0, 0.05)
        >>> model = Model("Detractors won back", score, (slider,), (Output("NPS", "points", 1),))
        >>> model.measured
        (24.0,)
        >>> model.at(won_back=0.5)[0].text
        '34.5'

    Raises:
        ValueError: no slider, more than eight, two of one name, or no output.
    """

    title: str
    function: Callable[..., object]
    sliders: tuple[Slider, ...]
    outputs: tuple[Output, ...]
    note: str = ""

    def __post_init__(self) -> None:
        names = [slider.name for slider in self.sliders]
        if not 0 < len(names) <= MOST_SLIDERS:
            raise ValueError(f"{self.title}: {len(names)} sliders, must be 1 to {MOST_SLIDERS}.")
        if len(set(names)) < len(names):
            raise ValueError(f"{self.title}: two sliders have one name ({', '.join(names)}).")
        if not self.outputs:
            raise ValueError(f"{self.title}: outputs == (), must name at least one output.")

    @cached_property
    def sheet(self) -> Sheet:
        """What the function computes.

        Raises:
            TypeError: the function does what cannot be written down; the message says what to use.
            ValueError: its results do not fit the outputs, or one is not defined as measured.
        """
        sheet = trace(
            self.function,
            [slider.name for slider in self.sliders],
            [output.label for output in self.outputs],
        )
        for output, value in zip(self.outputs, sheet.at(self._start), strict=True):
            if math.isnan(value):
                raise ValueError(
                    f"{self.title}: {output.label} is not defined as measured, at {_written(self._start)}: "
                    "a division by zero, a root or logarithm out of its domain, or a number too large. "
                    "Guard it with whatif.where, or do not show the model for these data."
                )
        return sheet

    @cached_property
    def measured(self) -> tuple[float, ...]:
        """The outputs with every slider where it was measured."""
        return self.sheet.at(self._start)

    def at(self, **values: float) -> tuple[Result, ...]:
        """The outputs at these slider values; a slider not named stays as measured.

        Raises:
            ValueError: a slider is unknown, out of its range or off its steps.
        """
        sliders = {slider.name: slider for slider in self.sliders}
        for name, value in values.items():
            if name not in sliders:
                raise ValueError(f"{name} is no slider of this model; there are {', '.join(sliders)}.")
            sliders[name].check(value)
        return self.results({**self._start, **values})

    def results(self, values: Mapping[str, float]) -> tuple[Result, ...]:
        """The outputs at any point between the sliders' ends, on their steps or not."""
        return tuple(
            _result(output, value, measured)
            for output, value, measured in zip(
                self.outputs, self.sheet.at(values), self.measured, strict=True
            )
        )

    def axis(self) -> tuple[tuple[float, str], ...]:
        """Low, middle and high end of the first output's axis, each with its text.

        It holds the measured value, its interval, its target, and what the model gives at every corner of
        the sliders, dates more than ten years off aside; what lies beyond is drawn at its end.
        """
        output = self.outputs[0]
        corners = product(*((slider.low, slider.high) for slider in self.sliders))
        names = [slider.name for slider in self.sliders]
        values = [self.sheet.at(dict(zip(names, corner, strict=True)))[0] for corner in corners]
        shown = [value for value in values if _fits(value, output.unit)]
        aim = () if output.target is None else (output.target,)
        held = [*shown, self.measured[0], *(output.interval or ()), *aim]
        low, step = _round_axis(held, output.unit)
        digits = _decimals_of(output.unit, low, step)
        ticks = (low, low + step, low + 2 * step)
        return tuple((tick, _text(tick, output.unit, digits, output.undefined)) for tick in ticks)

    @property
    def _start(self) -> Mapping[str, float]:
        return {slider.name: float(slider.value) for slider in self.sliders}


def _result(output: Output, value: float, measured: float) -> Result:
    if math.isnan(value):
        return Result(value, output.undefined, "")
    unit = "days" if _is_date(output.unit) else output.unit
    return Result(
        value,
        _text(value, output.unit, output.digits, output.undefined),
        style.change(value - measured, unit, output.digits),
    )


def _text(value: float, unit: str, digits: int, undefined: str) -> str:
    if not _is_date(unit):
        return style.value(value, unit, digits)
    start = date.fromisoformat(unit.removeprefix("date:"))
    try:
        return style.day(start + timedelta(days=math.floor(value + 0.5)))
    except OverflowError:
        return undefined


def _fits(value: float, unit: str) -> bool:
    return abs(value) <= TEN_YEARS if _is_date(unit) else not math.isnan(value)


def _is_date(unit: str) -> bool:
    return unit.startswith("date:")


def _decimals_of(unit: str, *values: float) -> int:
    """The fewest decimals, at most 6, that show these values in full."""
    scale = 100 if unit == "share" else 1
    return next(
        (
            digits
            for digits in range(6)
            if all(math.isclose(round(scale * v, digits), scale * v, abs_tol=1e-9) for v in values)
        ),
        6,
    )


def _round_axis(values: list[float], unit: str) -> tuple[float, float]:
    """Low end and step of an axis of two round steps that holds all values."""
    low, high = min(values), max(values)
    least = 1.0 if _is_date(unit) else 1e-6
    wanted = max((high - low) / 2, abs(high) * 1e-6, least)
    power = 10.0 ** math.floor(math.log10(wanted))
    for factor in (1, 2, 2.5, 5, 10, 20, 25, 50):
        step = factor * power
        start = math.floor(low / step) * step
        if step >= wanted and start + 2 * step >= high:
            break
    return start, step


def _written(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in values.items())
