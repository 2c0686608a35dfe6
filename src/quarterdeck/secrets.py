"""Secrets: values from the environment that settings name as `${NAME}`, and that nothing written may show."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_HIDDEN = "***"
_SHORTEST = 4
"""Shorter values are no secrets, and would be found in every other word."""


def secrets(params: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values of all `${NAME}` in a folder's settings, also as JSON and URLs write them, longest first."""
    names: set[str] = set()
    for path in params.glob("*.yaml"):
        names |= set(_NAME.findall(path.read_text(encoding="utf-8", errors="replace")))
    values = {environment[name] for name in names if len(environment.get(name, "")) >= _SHORTEST}
    written = {form for value in values for form in (value, json.dumps(value)[1:-1], quote(value, safe=""))}
    return tuple(sorted(written, key=lambda form: (-len(form), form)))


def hide(text: str, values: tuple[str, ...]) -> str:
    """The text with every secret replaced by stars."""
    for value in values:
        text = text.replace(value, _HIDDEN)
    return text
