"""`${NAME}` and `${NAME:-default}` in settings, and the files that a pattern of the settings names."""

from __future__ import annotations

import os
import re
from pathlib import Path

_VARIABLE = re.compile(r"\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?P<default>[^}]*))?\}")
_WILDCARD = re.compile(r"[*?\[]")


def expand(text: str) -> str:
    """The text with `${NAME}` and `${NAME:-default}` replaced from the environment.

    Raises:
        ValueError: a variable without a default is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match["name"]) or match["default"]
        if found is None:
            name = match["name"]
            raise ValueError(f"the variable {name} is not set. Set it, or write ${{{name}:-default}}")
        return found

    return _VARIABLE.sub(value, text)


def is_remote(text: str) -> bool:
    """Whether a path of the settings is a URL (`s3://…`)."""
    return "://" in text


def matches(written: str, folder: Path) -> dict[str, Path]:
    """The local files that a path or pattern names, sorted: path as written → file on this machine.

    `written` is relative to `folder` (the folder of the YAML file). The key keeps the variables of the
    pattern unexpanded, so that it is the same on every machine; only its wildcards are filled in. A path
    without wildcards is always in the answer, whether the file exists or not.

    Raises:
        ValueError: a variable without a default is not set.
    """
    pattern = expand(written)
    if not _WILDCARD.search(pattern):
        return {written: folder / pattern}
    fixed, written_fixed = _fixed_folder(pattern), _fixed_folder(written)
    start = folder / fixed
    found = sorted(file.relative_to(start).as_posix() for file in start.glob(pattern[len(fixed) :]))
    return {
        written_fixed + name: start / name
        for name in found
        if (start / name).is_file() and not _is_hidden(name)
    }


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") for part in name.split("/"))


def _fixed_folder(pattern: str) -> str:
    """The part of a pattern up to the last slash before its first wildcard."""
    masked = _VARIABLE.sub(lambda found: "x" * len(found[0]), pattern)
    first = _WILDCARD.search(masked)
    if first is None:
        return pattern + "/"
    return pattern[: masked.rfind("/", 0, first.start()) + 1]
