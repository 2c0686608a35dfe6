"""Secrets: what `connection` and `notify` say or name, and what the environment calls a secret.

Nothing that is written may show them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote, unquote

import yaml

from helpers.records.yaml_reader import load_yaml

Content = TypeVar("Content")

_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)")
_CALLED_SECRET = re.compile(r"secret|token|passw|credential|api_?key|access_?key|private_?key", re.IGNORECASE)
_IN_URL = re.compile(r"(?<=://)[^\s/@:'\"]*:[^\s/@'\"]+(?=@)")
_HIDDEN = "***"
_SHORTEST = 4
"""Shorter values are no secrets, and would be found in every other word."""


def secrets(params: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What must not be shown, longest first, each also as a URL writes it.

    The values of all `${NAME}` in the connection and the recipients of a folder's settings, those of
    variables whose name says that they are secret, and the password in a connection.
    """
    texts = list(_texts(params))
    names = named_by(texts)
    names |= {name for name in environment if _CALLED_SECRET.search(name)}
    values = {environment.get(name, "") for name in names}
    values |= {word for text in [*texts, *values] for word in _passwords(text)}
    written = {form for value in values for form in (value, quote(value, safe=""))}
    return tuple(
        sorted((form for form in written if len(form) >= _SHORTEST), key=lambda form: (-len(form), form))
    )


def recipients(params: Path) -> frozenset[str]:
    """The variables that hold the addresses of recipients and nothing else: no kernel needs to know them."""
    others = named_by(_texts(params, ("connection",)))
    return frozenset(named_by(_texts(params, ("notify",))) - others)


def named_by(texts: Iterable[str]) -> set[str]:
    """The names of the variables that texts ask for."""
    return {name for text in texts for name in _NAME.findall(text)}


def hide(content: Content, values: tuple[str, ...]) -> Content:
    """The content (a text, or JSON of any depth) with stars in place of every secret within its texts."""
    if isinstance(content, str):
        for value in values:
            content = content.replace(value, _HIDDEN)  # type: ignore[assignment]
        content = _IN_URL.sub(_HIDDEN, content)  # type: ignore[assignment]
    elif isinstance(content, dict):
        return type(content)({key: hide(value, values) for key, value in content.items()})
    elif isinstance(content, list):
        return [hide(value, values) for value in content]  # type: ignore[return-value]
    return content


def _passwords(text: str) -> Iterator[str]:
    """The passwords in URLs, as they are and as they are written there."""
    for found in _IN_URL.findall(text):
        written = found.partition(":")[2]
        if not written.startswith("$"):
            yield from (written, unquote(written))


def _texts(params: Path, keys: tuple[str, ...] = ("connection", "notify")) -> Iterator[str]:
    for path in params.glob("*.yaml"):
        try:
            content = load_yaml(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        if isinstance(content, dict):
            yield from (str(content.get(key, "")) for key in keys)
