"""The packages that notebooks import: `helpers`, and those of a company's own that `project.yaml` names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from quarterdeck.archive.layout import Layout

HELPERS = "helpers"


@dataclass(frozen=True)
class Packages:
    """Where packages lie: the project's own in its `src/`, else where they are installed, editable or not."""

    source: Path
    own: tuple[str, ...] = ()

    @classmethod
    def of(cls, layout: Layout, own: tuple[str, ...]) -> Packages:
        """The packages of a project, of which `project.yaml` names its own."""
        return cls(layout.source, own)

    @property
    def folders(self) -> Mapping[str, Path]:
        """The folder of each package that is found, `helpers` first."""
        found = {name: self.folder(name) for name in (HELPERS, *self.own)}
        return {name: folder for name, folder in found.items() if folder is not None}

    @property
    def own_folders(self) -> tuple[Path, ...]:
        """The folders of the project's own packages."""
        return tuple(folder for name, folder in self.folders.items() if name != HELPERS)

    def folder(self, name: str) -> Path | None:
        """The folder of a package; None where neither the project nor the environment has it."""
        if name != HELPERS and (self.source / name / "__init__.py").is_file():
            return self.source / name
        spec = find_spec(name)
        places = spec.submodule_search_locations if spec is not None and spec.origin else None
        return Path(next(iter(places))) if places else None

    def environment(self, given: Mapping[str, str]) -> dict[str, str]:
        """The variables `given`, with what lets a kernel import the packages of the project's `src/`."""
        if not any(folder.parent == self.source for folder in self.own_folders):
            return dict(given)
        others = [path for path in [given.get("PYTHONPATH")] if path]
        return {**given, "PYTHONPATH": os.pathsep.join([str(self.source), *others])}
