"""What if more sign-ups adopted, or more adopters stayed: when is a target reached?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers import style, whatif
from helpers.adoption.adopters import adopted, by_quarter
from helpers.adoption.observations import Usage
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


@dataclass(frozen=True)
class AdopterFlow:
    """How adopters come and stay, as measured in one whole quarter.

    `adopters` of the quarter, `sign_ups` in it; `kept`, the share of the quarter before's adopters who
    adopted again, within 0.001 and 0.999; `activation`, new adopters (whoever they are) a sign-up.

        >>> flow = AdopterFlow(Period(2026, 3), adopters=400, sign_ups=500, kept=0.6, activation=0.4)
        >>> flow.settled
        500.0
    """

    quarter: Period
    adopters: int
    sign_ups: int
    kept: float
    activation: float

    @property
    def settled(self) -> float:
        """The number of adopters at which as many leave as come."""
        return self.activation * self.sign_ups / (1 - self.kept)

    @property
    def aim(self) -> int:
        """A target to begin with: half of the way that is left; where adopters fall, what there are now."""
        end = (self.adopters + self.settled) / 2 if self.settled > self.adopters else self.adopters
        return max(1, round(end))


def adopter_flow(usage: Usage) -> AdopterFlow:
    """How adopters came and stayed in the last whole quarter: counts, and rates rounded to a thousandth.

        >>> from helpers.adoption import example_usage
        >>> flow = adopter_flow(example_usage())
        >>> flow.adopters, flow.sign_ups, flow.activation
        (7, 14, 0.5)

    Raises:
        NoData: two whole quarters are not covered, or nobody adopted or signed up.
    """
    last = usage.recent
    found = adopted(usage.at(last))
    sign_ups = next((one.signed_up for one in by_quarter(usage) if one.period == last), 0)
    if found is None or found.before is None or not (found.users_before and found.users and sign_ups):
        raise NoData(f"Two whole quarters with adopters and sign-ups are needed up to {last.label}.")
    kept = min(1 - STEP, max(STEP, _on_step(found.kept / found.users_before)))
    return AdopterFlow(last, found.users, sign_ups, kept, _on_step((found.users - found.kept) / sign_ups))


def target_model(usage: Usage, flow: AdopterFlow) -> whatif.Model:
    """A model of the adopters of each quarter: those who stay, and those who come to them.

    Next quarter's adopters are this quarter's times `kept`, plus sign-ups times `activation`; the date of a
    target follows from the closed form of that recursion. Sign-ups stay what they were.
    """
    quarter = flow.quarter
    return whatif.Model(
        title=f"Adopters of {usage.rule.name}, {usage.place}",
        function=lambda activation, kept, aim: _course(flow, activation, kept, aim),
        sliders=_sliders(flow),
        outputs=(
            whatif.Output(f"Adopters in {quarter.shift(AHEAD).label}", "count"),
            whatif.Output("Where adopters settle", "count"),
            whatif.Output("Target reached on", f"date:{quarter.last_day.isoformat()}", undefined="never"),
        ),
        note=f"Measured in {quarter.label}: {style.number(flow.adopters)} adopters, "
        f"{style.number(flow.sign_ups)} sign-ups. Rates and sign-ups are held where the levers stand; a "
        "target above where adopters settle is never reached.",
    )


def _course(flow: AdopterFlow, activation: Lever, kept: Lever, aim: Lever) -> tuple[Lever, ...]:
    """Adopters some quarters ahead, where they settle, and the days until there are as many as aimed at."""
    start = float(flow.adopters)
    coming = activation * flow.sign_ups
    settled = coming / (1 - kept)
    later = settled + (start - settled) * kept**AHEAD
    way = whatif.where(settled > aim, (settled - aim) / (settled - start), NEVER)
    quarters = whatif.where(aim <= start, 0, whatif.log(way) / whatif.log(kept))
    return later, settled, quarters * DAYS_A_QUARTER


def _sliders(flow: AdopterFlow) -> tuple[whatif.Slider, ...]:
    activation, kept, aim = flow.activation, flow.kept, flow.aim
    most = max(0.1, 2 * activation)
    return (
        whatif.Slider("activation", "New adopters a sign-up, each quarter", 0, most, activation, STEP),
        whatif.Slider("kept", "Adopters who adopt again next quarter", 0, max(MOST_KEPT, kept), kept, STEP),
        whatif.Slider("aim", "Target: adopters in a quarter", 1, 4 * aim, aim, 1, "count"),
    )


def _on_step(share: float) -> float:
    return round(share / STEP) * STEP
