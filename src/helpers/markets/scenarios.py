"""What the whole would be if one market caught up with another, or if markets grew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpers import whatif
from helpers.findings import NoData
from helpers.markets.measurements import Measurements, Sums

LEVERS = 3


@dataclass(frozen=True)
class CatchUp:
    """The market with most to gain from another's rate, that other, and all the rest."""

    behind: str
    ahead: str
    sums_behind: Sums
    sums_ahead: Sums
    rest: Sums


def scenario(found: Measurements) -> whatif.Model:
    """The model of the metric: a market reaches another's rate and volumes change; for a sum, markets grow.

    Raises:
        NoData: fewer than two markets.
    """
    if len(found.markets) < 2:
        raise NoData("There are fewer than two markets to compare.")
    return _growth(found) if found.scope.kind == "sum" else _catch_up(found)


def _catch_up(found: Measurements) -> whatif.Model:
    scope = found.scope
    pair = _most_to_gain(found)
    whole = found.estimate(scope.period)
    interval = (whole.low, whole.high) if whole and whole.low is not None and whole.high is not None else None
    label = scope.measure.label
    return whatif.Model(
        title=f"If {pair.behind} reached the rate of {pair.ahead}",
        function=_caught_up(pair),
        sliders=(
            whatif.Slider("closed", f"Gap to {pair.ahead} that {pair.behind} closes", 0, 1, 0, 0.05),
            whatif.Slider("volume_behind", f"Volume of {pair.behind}, times", 0.5, 2, 1, 0.05, "ratio"),
            whatif.Slider("volume_ahead", f"Volume of {pair.ahead}, times", 0.5, 2, 1, 0.05, "ratio"),
        ),
        outputs=(
            whatif.Output(f"{label}, all markets", scope.measure.unit, scope.measure.decimals, interval),
            whatif.Output(f"{label}, {pair.behind}", scope.measure.unit, scope.measure.decimals),
            whatif.Output(
                scope.counted.capitalize(), scope.measure.unit if scope.kind == "ratio" else "count", 0
            ),
        ),
        note=f"Arithmetic on {scope.period.label}, not a forecast. More volume at the same rate is assumed.",
    )


def _most_to_gain(found: Measurements) -> CatchUp:
    """The market ahead is the best of the larger half; behind is the one whose catching up adds most."""
    period = found.scope.period
    sums = {market: found.sums(period, market) for market in found.markets}
    rates = {market: above / below for market, (above, below) in sums.items()}
    larger = found.markets[: max(2, len(found.markets) // 2)]
    ahead = max(larger, key=rates.__getitem__)
    behind = max(
        (market for market in found.markets if market != ahead),
        key=lambda market: sums[market][1] * (rates[ahead] - rates[market]),
    )
    whole = found.sums(period)
    rest = (
        whole[0] - sums[ahead][0] - sums[behind][0],
        whole[1] - sums[ahead][1] - sums[behind][1],
    )
    return CatchUp(behind, ahead, sums[behind], sums[ahead], rest)


def _caught_up(pair: CatchUp) -> Callable[..., tuple[float, ...]]:
    rate = pair.sums_behind[0] / pair.sums_behind[1]
    goal = pair.sums_ahead[0] / pair.sums_ahead[1]

    def total(closed: float, volume_behind: float, volume_ahead: float) -> tuple[float, ...]:
        reached = rate + closed * (goal - rate)
        behind, ahead = pair.sums_behind[1] * volume_behind, pair.sums_ahead[1] * volume_ahead
        numerator = reached * behind + goal * ahead + pair.rest[0]
        return numerator / (behind + ahead + pair.rest[1]), reached, numerator

    return total


def _growth(found: Measurements) -> whatif.Model:
    scope = found.scope
    largest = found.markets[:LEVERS]
    sums = {f"growth_{at}": found.sums(scope.period, market)[0] for at, market in enumerate(largest)}
    rest = found.sums(scope.period)[0] - sum(sums.values())
    label = scope.measure.label
    return whatif.Model(
        title=f"{label} if the largest markets grew",
        function=_grown(sums, rest),
        sliders=tuple(
            whatif.Slider(name, f"Growth of {market}", -0.5, 1, 0, 0.05)
            for name, market in zip(sums, largest, strict=True)
        ),
        outputs=(
            whatif.Output(f"{label}, all markets", scope.measure.unit, scope.measure.decimals),
            whatif.Output(f"Part of {largest[0]}", "share"),
        ),
        note=f"Arithmetic on {scope.period.label}, not a forecast.",
    )


def _grown(sums: Mapping[str, float], rest: float) -> Callable[..., tuple[float, ...]]:
    def total(**growth: float) -> tuple[float, ...]:
        grown = [amount * (1 + growth[name]) for name, amount in sums.items()]
        whole = sum(grown) + rest
        return whole, grown[0] / whole

    return total
