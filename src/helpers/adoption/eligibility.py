"""Who could have adopted: the denominator of every share of adopters, chosen and stated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from helpers.periods import Period
from helpers.scope import ALL

Denominator = Literal["period_users", "signed_up", "active", "exposed"]
"""Whose share it is: users of the period, all signed up so far, the active, or those who met an event."""


@dataclass(frozen=True)
class Eligible:
    """The users among whom adopters are counted; who is not among them is no adopter.

    `period_users` signed up in the period or did anything in it; `signed_up` are all who had signed up by its
    end; `active` did anything in it; `exposed` had the event `exposed_by` in it. Of these only the users of
    one `plan`, or of all.

        >>> Eligible("exposed", exposed_by="export_shown").words
        'users with the event export_shown in it'
        >>> Eligible("signed_up", plan="Pro").words
        'all on the plan Pro who had signed up by its end'

    Raises:
        ValueError: users were exposed by no event, or by one although another denominator is chosen.
    """

    users: Denominator = "period_users"
    plan: str = ALL
    exposed_by: str = ""

    def __post_init__(self) -> None:
        if (self.users == "exposed") != bool(self.exposed_by):
            raise ValueError(
                f'users == "{self.users}", exposed_by == "{self.exposed_by}": an event exposes users where '
                'users is "exposed", and only there.'
            )

    @property
    def words(self) -> str:
        """Who they are, as a note says it of a period: `users who signed up or did anything in it`."""
        plan = "" if self.plan == ALL else f" on the plan {self.plan}"
        return {
            "period_users": f"users{plan} who signed up or did anything in it",
            "signed_up": f"all{plan or ' users'} who had signed up by its end",
            "active": f"users{plan} who did anything in it",
            "exposed": f"users{plan} with the event {self.exposed_by} in it",
        }[self.users]

    def of(self, period: Period) -> str:
        """The same of one period: `users who signed up or did anything in 2026 Q3`.

        >>> Eligible().of(Period(2026, 3))
        'users who signed up or did anything in 2026 Q3'
        >>> Eligible("signed_up").of(Period())
        'all users who had signed up by the end of all time'
        """
        if self.users == "signed_up":
            return self.words.replace("by its end", f"by the end of {period.label}")
        return f"{self.words.removesuffix(' it')} {period.label}"
