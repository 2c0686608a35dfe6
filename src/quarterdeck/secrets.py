"""Secrets: values from the environment that `connection` and `notify` name; nothing written may show them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import yaml

Content = TypeVar("Content")

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")
_HIDDEN = "***"
_SHORTEST = 4
"""Shorter values are no secrets, and would be found in every other word."""


def secrets(params: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values of all `${NAME}` in the connection and the recipients of a folder's settings.

    Longest first, each also as a URL writes it.
    """
    names = {name for text in _texts(params) for name in _NAME.findall(text)}
    values = {environment[name] for name in names if len(environment.get(name, "")) >= _SHORTEST}
    written = {form for value in values for form in (value, quote(value, safe=""))}
    return tuple(sorted(written, key=lambda form: (-len(form), form)))


def hide(content: Content, values: tuple[str, ...]) -> Content:
    """The content (a text, or JSON of any depth) with stars in place of every secret within its texts."""
    if isinstance(content, str):
        for value in values:
            content = content.replace(value, _HIDDEN)  # type: ignore[assignment]
    elif isinstance(content, dict):
        return type(content)({key: hide(value, values) for key, value in content.items()})
    elif isinstance(content, list):
        return [hide(value, values) for value in content]  # type: ignore[return-value]
    return content


def _texts(params: Path) -> Iterator[str]:
    for path in params.glob("*.yaml"):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if isinstance(content, dict):
            yield str(content.get("connection", ""))
            yield str(content.get("notify", ""))
