"""`params/actions.yaml`: what was heard, what is done about it, and which number tells whether it helped."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from helpers.records.outputs import Key
from helpers.records.settings import Settings, read_yaml

FILE = "actions.yaml"


class Action(Settings):
    """One thing that is done, planned or watched; `finding` is the key of the number that tells.

    `about` is what the report must be about (an experiment, say) to show it; every edition without.
    """

    report: str
    about: str = ""
    title: str
    status: Literal["planned", "done", "watching"]
    heard: str
    done: str = ""
    owner: str
    finding: Key


class Actions(Settings):
    """The whole of `actions.yaml`, in the order in which pages show it."""

    actions: tuple[Action, ...] = ()


def read_actions(folder: Path) -> tuple[Action, ...]:
    """Every action; none where there is no such file.

    Raises:
        SettingsError: the file is broken.
    """
    path = folder / FILE
    return read_yaml(path, Actions).actions if path.exists() else ()
