"""`params/themes.yaml`: the words by which comments are said to be about a theme."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints

from helpers.records.outputs import Good
from helpers.records.settings import Settings, read_yaml

FILE = "themes.yaml"
_MOST = 40
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=r"^[^*]+\*?$")]


class Theme(Settings):
    """Words that make a theme: one of `words`, and one of `with` where given."""

    label: str
    words: tuple[Word, ...] = Field(min_length=1)
    beside: tuple[Word, ...] = Field(default=(), alias="with")
    good: Good = "none"


class Vocabulary(Settings):
    """The themes that comments are searched for, by key."""

    themes: dict[Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")], Theme] = Field(
        min_length=1, max_length=_MOST
    )


def read_vocabulary(folder: Path) -> Vocabulary | None:
    """The vocabulary; None where there is no such file.

    Raises:
        SettingsError: the file is broken.
    """
    path = folder / FILE
    return read_yaml(path, Vocabulary) if path.exists() else None
