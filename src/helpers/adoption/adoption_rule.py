"""The rule of adoption: what counts as use, how much of it makes an adopter, and among whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from helpers.adoption.eligibility import Eligible
from helpers.scope import ALL


@dataclass(frozen=True)
class AdoptionRule:
    """What counts as use and as adoption, and who could have adopted.

    A user has adopted when they used the feature (any event, where it is `all`) on `days_needed` separate
    days within `window` calendar days: the last of these days lies at most `window - 1` days after the first.
    Where `event` names one, only that event of the feature is use. Adopters are counted among `eligible`.

        >>> AdoptionRule("scheduled_exports", days_needed=3, window=7).words
        'used scheduled exports on 3 separate days within 7 calendar days'

    Raises:
        ValueError: no day is needed, or more days than the window has.
    """

    feature: str = ALL
    days_needed: int = 3
    window: int = 7
    event: str = ALL
    eligible: Eligible = field(default_factory=Eligible)

    def __post_init__(self) -> None:
        if self.days_needed < 1:
            raise ValueError(f"days_needed == {self.days_needed}, must be >= 1.")
        if self.window < self.days_needed:
            raise ValueError(f"window == {self.window}, must be >= days_needed == {self.days_needed}.")

    @property
    def words(self) -> str:
        """What adopters did: `used dashboards on 3 separate days within 7 calendar days`."""
        what = "were active" if self.is_any_use else f"used {self.name}"
        if self.days_needed == 1:  # which is met on the day itself, however long the window
            return f"{what} on at least one day"
        return f"{what} on {self.days_needed} separate days within {self.window} calendar days"

    @property
    def name(self) -> str:
        """The feature as people write it, and the event where it names one; `the product` for any event."""
        feature = "the product" if self.feature == ALL else self.feature.replace("_", " ")
        if self.event == ALL:
            return feature
        event = self.event.replace("_", " ")
        return f"“{event}”" if self.feature == ALL else f"{feature} (“{event}”)"

    @property
    def is_any_use(self) -> bool:
        """Whether every event of every feature counts as use."""
        return self.feature == ALL and self.event == ALL

    @property
    def of_feature(self) -> str:
        """How the label of a number ends: nothing, ` of dashboards`, ` of dashboards on the plan Pro`."""
        plan = "" if self.eligible.plan == ALL else f" on the plan {self.eligible.plan}"
        return plan if self.is_any_use else f" of {self.name}{plan}"
