"""How a proposal stands in YAML: its values, and its reasons as comments that no name can break out of."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from helpers.sources.remedies import LONGEST

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]*[A-Za-z0-9_]|[A-Za-z]|\.\.?/[\w./-]+")
_TAKEN = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_WIDTH = 100_000


def in_yaml(value: object) -> str:
    """The value on one line of YAML, quoted only where it must be.

    >>> in_yaml({"from": "Survey date", "format": "%d-%m-%Y"}), in_yaml(True), in_yaml("NO")
    ('{from: Survey date, format: "%d-%m-%Y"}', 'true', '"NO"')
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{in_yaml(key)}: {in_yaml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(in_yaml(one) for one in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return {None: "null", True: "true", False: "false"}.get(value, str(value))  # type: ignore[call-overload, no-any-return]


def comment(text: str) -> str:
    """The text as one line of comment."""
    return "# " + seen(text)


def seen(text: str) -> str:
    """The text on one line, without characters that steer a terminal."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def called(name: str) -> str:
    """The name of a column as reasons tell it."""
    plain = seen(name)
    return f'"{plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"}"'


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _TAKEN:
        return text
    quoted = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=_WIDTH)
    return quoted.strip()
