"""How a trust check says what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from helpers import style
from helpers.experiments.protocol import Protocol
from helpers.records import Check

Severity = Literal["info", "warn", "stop"]

TOLERATED = 0.01
"""Share of units that may stand where they should not, as in two variants, with the verdict still told."""


def checked(key: str, text: str, *, passed: bool, stops: bool = True) -> Check:
    """A check that passed, or failed: one that `stops` withholds the verdict, any other is told."""
    severity: Severity = "info" if passed else "stop" if stops else "warn"
    return Check(key=key, passed=passed, severity=severity, text=text)


def not_checked(key: str, text: str) -> Check:
    """A check that had nothing to look at: why, and what would be needed."""
    return Check(key=key, passed=False, severity="info", text=text, looked=False)


def counts_in_words(counts: Sequence[int]) -> str:
    """`7,986 to 8,014`: the units of each arm."""
    return " to ".join(style.number(count) for count in counts)


def planned_split(protocol: Protocol) -> str:
    """`50% to 50%`: the planned shares of the arms."""
    return " to ".join(style.value(share, "share", 0) for share in protocol.split)
