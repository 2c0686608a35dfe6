"""What is wrong with the packages of a company's own, before a notebook imports them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from helpers.records import Project
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.packages import HELPERS, Packages
from quarterdeck.plan.closure import imports


def problems(layout: Layout, project: Project) -> Iterator[str]:
    """Packages that are not there, modules that are no Python or know the runner, names that hide ours."""
    packages = Packages.of(layout, project.packages)
    yield from _hiding(layout, packages)
    for name in packages.own:
        folder = packages.folder(name)
        if folder is None:
            yield (
                f"{layout.params / 'project.yaml'}: packages: {name} is neither in {layout.source} nor "
                f"installed. Write {layout.source.name}/{name}/__init__.py, or install it."
            )
            continue
        for path in sorted(folder.rglob("*.py")):
            yield from _of_module(path)


def _hiding(layout: Layout, packages: Packages) -> Iterator[str]:
    ours = packages.folder(HELPERS)
    for place in (layout.root, layout.source, layout.notebooks):
        for path in (place / HELPERS, place / f"{HELPERS}.py"):
            if path.exists() and ours is not None and path.resolve() != ours.resolve():
                yield (
                    f"{path}: this name hides the helpers of Quarterdeck. Rename it, such as "
                    f"{layout.root.name.lower().replace('-', '_')}_reports, and name it under packages "
                    "in project.yaml."
                )


def _of_module(path: Path) -> Iterator[str]:
    try:
        found = imports([ast.parse(path.read_text(encoding="utf-8"), str(path))])
    except SyntaxError as error:
        yield f"{path}:{error.lineno}: {error.msg}. Mend it."
        return
    except UnicodeDecodeError:
        yield f"{path}: this is no UTF-8. Save it as UTF-8."
        return
    if any(name.split(".")[0] == "quarterdeck" for name in found):
        yield (
            f"{path}: a helper imports from helpers, never from quarterdeck, which runs it. "
            "Take that import out."
        )
