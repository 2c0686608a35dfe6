"""A company's own project, from `templates/project/`: settings, a package for its helpers, what runs in CI.

With the sample company's settings it runs at once; without, its settings are commented and wait for tables.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from quarterdeck import QuarterdeckError
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.shipped import Templates, program_version, shipped
from quarterdeck.params.names import heading

_PLACES = {"gitignore": ".gitignore", "github": ".github"}
_OF_THE_COMPANY = re.compile(r"^    (?:owner|target|by|matters):.*\n", re.MULTILINE)
"""Lines of a metric that are each company's to decide: the sample company's say nothing about another."""


def begin(folder: Path, *, sample: bool) -> list[Path]:
    """Write the files of a project into a folder, and return them.

    Raises:
        QuarterdeckError: the folder holds something already, or its name makes no name of a package.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise QuarterdeckError(f"{folder}: something is here already. Name a folder that is new or empty.")
    package = f"{re.sub(r'[^a-z0-9]+', '_', folder.resolve().name.lower()).strip('_')}_reports"
    if not package.isidentifier() or keyword.iskeyword(package):
        raise QuarterdeckError(f"{folder}: {package} is no name for a package. Begin it with a letter.")
    texts = dict(_texts(package, sample=sample))
    try:
        for name, text in texts.items():
            replace(folder / name, text)
    except OSError as error:
        raise QuarterdeckError(
            f"{folder}: cannot be written ({error.strerror}). Name another folder."
        ) from None
    return [folder / name for name in texts]


def _texts(package: str, *, sample: bool) -> Iterator[tuple[str, str]]:
    """The files by their place in the project."""
    settings = shipped() / "params"
    for path in sorted(settings.rglob("*.yaml")):
        name, text = path.relative_to(settings).as_posix(), path.read_text(encoding="utf-8")
        if sample and name != "project.yaml":
            yield f"params/{name}", text
        elif name == "metrics.yaml":
            yield f"params/{name}", _OF_THE_COMPANY.sub("", text)
    templates = Templates((shipped() / "templates",))
    environment = Environment(
        loader=FileSystemLoader(templates.folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # YAML, TOML, Markdown, no HTML
    )
    company = heading(package.removesuffix("_reports"))
    given = {
        "package": package,
        "distribution": package.replace("_", "-"),
        "title": "Harbourlight" if sample else company,
        "sample": sample,
        "version": program_version(),
    }
    for name in templates.files("project"):
        place = _place(name.removeprefix("project/").removesuffix(".j2"), package)
        if place == "params/project.yaml" or not (sample and place.startswith("params/")):
            yield place, environment.get_template(name).render(given)


def _place(name: str, package: str) -> str:
    first, *others = name.split("/")
    first = f"src/{package}" if first == "package" else _PLACES.get(first, first)
    return "/".join([first, *others])
