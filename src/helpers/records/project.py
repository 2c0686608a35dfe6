"""The project's own settings, `params/project.yaml`, and where the params folder is."""

from __future__ import annotations

import os
from pathlib import Path
from string import Formatter
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from helpers.records.settings import Settings, SettingsError, read_yaml


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{name!r} is no time zone; write one like Europe/London or UTC") from None
    return name


def _own_name(name: str) -> str:
    if not name.isidentifier() or name in ("helpers", "quarterdeck"):
        raise ValueError(f"{name!r} is no name for a package of your own; write one like acme_reports")
    return name


_ASKED_WITH = ("title", "key", "link")


def _address(text: str) -> str:
    if text and not text.startswith(("https://", "http://", "mailto:")):
        raise ValueError(f"{text!r} leads nowhere; write an address that begins with https:// or mailto:")
    try:
        named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        named = {""}
    if not named.issubset(_ASKED_WITH):
        raise ValueError(f"{text!r}: what may stand in braces is {', '.join(_ASKED_WITH)}")
    return text


Zone = Annotated[str, AfterValidator(_known_zone)]
Address = Annotated[str, AfterValidator(_address)]
PackageName = Annotated[str, AfterValidator(_own_name)]


class Keep(Settings):
    """How long run folders are kept."""

    editions: int = Field(default=8, ge=1)
    days: int = Field(default=400, ge=1)


class Project(Settings):
    """What holds for every report of a project.

    `regions` are those that a row may name; without them, any. `site` is the address at which the site is
    served: with it, notifications link to pages; without, they carry them. `ask` is where a reader's question
    goes, a mailbox or a form of the tracker; `{title}` of the page, `{key}` of the number and `{link}` to it
    may stand in it. `packages` are the company's own,
    from which its notebooks may import: in the project's `src/`, or installed.
    """

    name: str = "Quarterdeck"
    timezone: Zone = "UTC"
    fiscal_year_start: int = Field(default=1, ge=1, le=12)
    min_group: int = Field(default=5, ge=1)
    regions: tuple[str, ...] = ()
    keep: Keep = Keep()
    threads: int = Field(default=1, ge=1)
    site: str = ""
    ask: Address = ""
    packages: tuple[PackageName, ...] = ()


def params_folder() -> Path:
    """The folder of params: `QUARTERDECK_PARAMS`, else the nearest `params/` upwards.

    Raises:
        SettingsError: there is none.
    """
    named = os.environ.get("QUARTERDECK_PARAMS")
    if named:
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "params" / "sources.yaml").is_file():
            return folder / "params"
    raise SettingsError(
        [f"{here}: no params/ here or above it. Set QUARTERDECK_PARAMS, or start in the project."]
    )


def run_folder() -> Path | None:
    """The folder of the run that this kernel works for (`QUARTERDECK_RUN`); None in JupyterLab."""
    named = os.environ.get("QUARTERDECK_RUN")
    return Path(named) if named else None


def project(folder: Path | None = None) -> Project:
    """The settings of the project; the defaults where it has no `project.yaml`."""
    path = (folder or params_folder()) / "project.yaml"
    return read_yaml(path, Project) if path.exists() else Project()
