"""What if more sign-ups adopted, or more adopters stayed: when is a target reached?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from helpers import style, whatif
from helpers.adoption.adopters import Adopted, Quarter, adopted
from helpers.adoption.usage import Usage
from helpers.findings import NoData
from helpers.periods import Period

DAYS_A_QUARTER = 365.25 / 4
STEP = 0.001
MOST_KEPT = 0.95
NEVER = -1
"""A way to go that no number of quarters covers: its logarithm is not defined."""

AHEAD = 4
"""Quarters ahead for which adopters are told."""

Lever = Any
"""A number in Python, an expression while the model is written down (helpers.whatif)."""


def target(usage: Usage, quarters: tuple[Quarter, ...]) -> whatif.Model:
    """A model of the adopters of each quarter: those who stay, and those who come to them.

    Next quarter's adopters are this quarter's times `kept`, plus sign-ups times `activation` (new adopters a
    sign-up, whoever they are). Rates are those of the last whole quarter; sign-ups stay what they were.

    Raises:
        NoData: two whole quarters are not covered, or nobody adopted or signed up.
    """
    last = usage.recent
    found = _of_quarter(usage, last)
    sign_ups = next((one.signed_up for one in quarters if one.period == last), 0)
    if found.before is None or found.users_before == 0 or found.users == 0 or sign_ups == 0:
        raise NoData(f"Two whole quarters with adopters and sign-ups are needed up to {last.label}.")
    start = float(found.users)
    kept = min(1 - STEP, max(STEP, _on_step(found.kept / found.users_before)))
    activation = _on_step((found.users - found.kept) / sign_ups)

    def course(activation: Lever, kept: Lever, aim: Lever) -> tuple[Lever, ...]:
        coming = activation * sign_ups
        settled = coming / (1 - kept)
        later = settled + (start - settled) * kept**AHEAD
        way = whatif.where(settled > aim, (settled - aim) / (settled - start), NEVER)
        quarters = whatif.where(aim <= start, 0, whatif.log(way) / whatif.log(kept))
        return later, settled, quarters * DAYS_A_QUARTER

    aim = _aim(start, activation * sign_ups / (1 - kept))
    return whatif.Model(
        title=f"Adopters of {usage.definition.name}, {usage.definition.scope}",
        function=course,
        sliders=(
            whatif.Slider(
                "activation",
                "New adopters a sign-up, each quarter",
                0,
                max(0.1, 2 * activation),
                activation,
                STEP,
            ),
            whatif.Slider(
                "kept", "Adopters who adopt again next quarter", 0, max(MOST_KEPT, kept), kept, STEP
            ),
            whatif.Slider("aim", "Target: adopters in a quarter", 1, 4 * aim, aim, 1, "count"),
        ),
        outputs=(
            whatif.Output(f"Adopters in {last.shift(AHEAD).label}", "count"),
            whatif.Output("Where adopters settle", "count"),
            whatif.Output("Target reached on", f"date:{last.last_day.isoformat()}", undefined="never"),
        ),
        note=f"Measured in {last.label}: {style.number(start)} adopters, {style.number(sign_ups)} sign-ups. "
        "Rates and sign-ups are held where the levers stand; a target above where adopters settle is never "
        "reached.",
    )


def _of_quarter(usage: Usage, quarter: Period) -> Adopted:
    return adopted(replace(usage, definition=replace(usage.definition, period=quarter)))


def _aim(start: float, settled: float) -> int:
    """Half of the way that is left to go; where adopters fall, what there are now."""
    return max(1, round((start + settled) / 2 if settled > start else start))


def _on_step(share: float) -> float:
    return round(share / STEP) * STEP
