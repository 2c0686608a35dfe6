"""The rule of adoption: what counts as use, and how much of it makes an adopter."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.scope import ALL


@dataclass(frozen=True)
class AdoptionRule:
    """What counts as use and as adoption.

    A user has adopted when they used the feature (any event, where it is `all`) on `days_needed` separate
    days within `window` calendar days: the last of these days lies at most `window - 1` days after the first.

        >>> AdoptionRule("scheduled_exports", days_needed=3, window=7).words
        'used scheduled exports on 3 separate days within 7 calendar days'

    Raises:
        ValueError: no day is needed, or more days than the window has.
    """

    feature: str = ALL
    days_needed: int = 3
    window: int = 7

    def __post_init__(self) -> None:
        if self.days_needed < 1:
            raise ValueError(f"days_needed == {self.days_needed}, must be >= 1.")
        if self.window < self.days_needed:
            raise ValueError(f"window == {self.window}, must be >= days_needed == {self.days_needed}.")

    @property
    def words(self) -> str:
        """What adopters did: `used dashboards on 3 separate days within 7 calendar days`."""
        what = "were active" if self.feature == ALL else f"used {self.name}"
        days = "1 day" if self.days_needed == 1 else f"{self.days_needed} separate days"
        return f"{what} on {days} within {self.window} calendar days"

    @property
    def name(self) -> str:
        """The feature as people write it; `the product` for any event."""
        return "the product" if self.feature == ALL else self.feature.replace("_", " ")

    @property
    def of_feature(self) -> str:
        """How the label of a number ends: nothing, or ` of dashboards`."""
        return "" if self.feature == ALL else f" of {self.name}"
