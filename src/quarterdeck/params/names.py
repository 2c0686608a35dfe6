"""Names of parameters' values as people read them."""

from __future__ import annotations

import re

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def readable(name: str) -> str:
    """`checkout one step` for the name `checkout_one_step`; any other text stays what it is."""
    return name.replace("_", " ") if _NAME.fullmatch(name) else name


def heading(name: str) -> str:
    """`Checkout one step` for the name `checkout_one_step`; any other text (`EMEA`) stays what it is."""
    return readable(name).capitalize() if _NAME.fullmatch(name) else name
