"""How many examples a law is held to: few by `make test`, ten times as many by `make bench`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

SHORT, LONG = "quarterdeck", "long"
"""Profiles of hypothesis; `--hypothesis-profile long` takes the other one."""
_TIMES = 10


def register() -> None:
    """Make both profiles known, and take the short one.

    How long an example takes says something of the machine, not of the law: there is no deadline.
    """
    settings.register_profile(SHORT, deadline=None, max_examples=50)
    settings.register_profile(LONG, deadline=None, max_examples=50 * _TIMES)
    settings.load_profile(SHORT)


def examples(few: int, **more: Any) -> settings:
    """Settings of a law whose examples cost too much for fifty of them."""
    return settings(max_examples=few * (_TIMES if settings.get_current_profile_name() == LONG else 1), **more)
