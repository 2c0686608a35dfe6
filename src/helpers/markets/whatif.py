"""What the whole would be if one market caught up with another, or if markets grew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from helpers import whatif
from helpers.findings import NoData
from helpers.markets.market_estimates import estimate
from helpers.markets.observations import MarketSums, Sums

LEVERS = 3


@dataclass(frozen=True)
class CatchUp:
    """The market with most to gain from another's rate, that other, and the sums of all the rest.

    >>> from helpers.markets import example_sums
    >>> catch_up(example_sums()).sums_behind
    (206.0, 1000.0)
    """

    behind: str
    ahead: str
    sums_behind: Sums
    sums_ahead: Sums
    rest: Sums


def scenario(sums: MarketSums) -> whatif.WhatIf:
    """Levers on the whole: a market reaches another's rate and volumes change; of a sum, markets grow.

    The market ahead has the best rate of the larger half; the one behind would add most by catching up.

        >>> from helpers.markets import example_sums
        >>> model = scenario(example_sums()).model
        >>> [slider.name for slider in model.sliders]
        ['closed', 'volume_behind', 'volume_ahead']
        >>> [result.text for result in model.at(closed=1)]
        ['37.0%', '37.0%', '1,110']

    Raises:
        NoData: fewer than two markets.
    """
    if len(sums.markets) < 2:
        raise NoData("There are fewer than two markets to compare.")
    return whatif.WhatIf(_growth_model(sums) if sums.kind == "sum" else _catch_up_model(sums))


def catch_up(sums: MarketSums) -> CatchUp:
    """The market ahead is the best of the larger half; behind is the one whose catching up adds most.

    >>> from helpers.markets import example_sums
    >>> found = catch_up(example_sums())
    >>> found.behind, found.ahead
    ('Germany', 'France')
    """
    period = sums.scope.period
    each = {market: sums.sums(period, market) for market in sums.markets}
    rates = {market: above / below for market, (above, below) in each.items()}
    larger = sums.markets[: max(2, len(sums.markets) // 2)]
    ahead = max(larger, key=rates.__getitem__)
    behind = max(
        (market for market in sums.markets if market != ahead),
        key=lambda market: each[market][1] * (rates[ahead] - rates[market]),
    )
    whole = sums.sums(period)
    rest = (
        whole[0] - each[ahead][0] - each[behind][0],
        whole[1] - each[ahead][1] - each[behind][1],
    )
    return CatchUp(behind, ahead, each[behind], each[ahead], rest)


def _catch_up_model(sums: MarketSums) -> whatif.Model:
    pair, measure, period = catch_up(sums), sums.measure, sums.scope.period
    whole = estimate(sums, period)
    unit = measure.unit if sums.kind == "ratio" else "count"
    return whatif.Model(
        title=f"If {pair.behind} reached the rate of {pair.ahead}",
        function=_caught_up(pair),
        sliders=(
            whatif.Slider("closed", f"Gap to {pair.ahead} that {pair.behind} closes", 0, 1, 0, 0.05),
            whatif.Slider("volume_behind", f"Volume of {pair.behind}, times", 0.5, 2, 1, 0.05, "ratio"),
            whatif.Slider("volume_ahead", f"Volume of {pair.ahead}, times", 0.5, 2, 1, 0.05, "ratio"),
        ),
        outputs=(
            whatif.Output(
                f"{measure.label}, all markets",
                measure.unit,
                measure.decimals,
                whole.limits if whole else None,
                target=measure.aim,
            ),
            whatif.Output(f"{measure.label}, {pair.behind}", measure.unit, measure.decimals),
            whatif.Output(sums.counted[:1].upper() + sums.counted[1:], unit, 0),
        ),
        note=f"Arithmetic on {period.label}, not a forecast. More volume at the same rate is assumed.",
    )


def _caught_up(pair: CatchUp) -> Callable[..., tuple[float, ...]]:
    rate = pair.sums_behind[0] / pair.sums_behind[1]
    goal = pair.sums_ahead[0] / pair.sums_ahead[1]

    def total(closed: float, volume_behind: float, volume_ahead: float) -> tuple[float, ...]:
        reached = rate + closed * (goal - rate)
        behind, ahead = pair.sums_behind[1] * volume_behind, pair.sums_ahead[1] * volume_ahead
        numerator = reached * behind + goal * ahead + pair.rest[0]
        return numerator / (behind + ahead + pair.rest[1]), reached, numerator

    return total


def _growth_model(sums: MarketSums) -> whatif.Model:
    measure, period = sums.measure, sums.scope.period
    largest = sums.markets[:LEVERS]
    amounts = {f"growth_{at}": sums.sums(period, market)[0] for at, market in enumerate(largest)}
    return whatif.Model(
        title=f"{measure.label} if the largest markets grew",
        function=_grown(amounts, sums.sums(period)[0] - sum(amounts.values())),
        sliders=tuple(
            whatif.Slider(name, f"Growth of {market}", -0.5, 1, 0, 0.05)
            for name, market in zip(amounts, largest, strict=True)
        ),
        outputs=(
            whatif.Output(
                f"{measure.label}, all markets", measure.unit, measure.decimals, target=measure.aim
            ),
            whatif.Output(f"Part of {largest[0]}", "share"),
        ),
        note=f"Arithmetic on {period.label}, not a forecast.",
    )


def _grown(amounts: Mapping[str, float], rest: float) -> Callable[..., tuple[float, ...]]:
    def total(**growth: float) -> tuple[float, ...]:
        grown = [amount * (1 + growth[name]) for name, amount in amounts.items()]
        whole = sum(grown) + rest
        return whole, grown[0] / whole

    return total
