"""What Quarterdeck brings along: its reports, their templates, the settings of the sample company.

A project comes first: what it has in its own `notebooks/` and `templates/` is taken from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path


def shipped(package: Path = Path(__file__).parents[1]) -> Path:
    """The folder that holds `notebooks/`, `templates/`, `params/` and `docs/` of Quarterdeck itself.

    A wheel has them inside the package. An editable install has no copies, which would go stale: there it is
    the repository.
    """
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parents[1]


@dataclass(frozen=True)
class Templates:
    """The templates of a project: file by file its own where it has one, else those that are shipped.

    `folders` hold `report/`, `catalog/` and the other kinds, the project's before the shipped.
    """

    folders: tuple[Path, ...]

    def file(self, name: str) -> Path:
        """Where a file lies, such as `report/page.css`.

        Raises:
            FileNotFoundError: no folder has it.
        """
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        raise FileNotFoundError(f"templates/{name}: neither the project nor Quarterdeck has it.")

    def text(self, name: str) -> str:
        """What stands in a file."""
        return self.file(name).read_text(encoding="utf-8")

    def kind(self, name: str) -> list[Path]:
        """Where the templates of a kind may lie, such as `report`, in the order to look."""
        return [folder / name for folder in self.folders]

    def files(self, *kinds: str) -> dict[str, Path]:
        """Every file of some kinds by its name, where it is taken from."""
        found = {
            path.relative_to(folder).as_posix(): path
            for folder in reversed(self.folders)
            for kind in kinds
            for path in (folder / kind).rglob("*")
            if path.is_file()
        }
        return dict(sorted(found.items()))

    @property
    def own(self) -> list[str]:
        """The files of the page that the project has otherwise than they are shipped."""
        found = self.files("report")
        brought = {name: self.folders[-1] / name for name in found}
        return [
            name
            for name, path in found.items()
            if path != brought[name]
            and not (brought[name].is_file() and path.read_bytes() == brought[name].read_bytes())
        ]


@lru_cache(maxsize=1)
def program_version() -> str:
    """The version of the installed distribution, in which helpers, templates and program come together."""
    return version("quarterdeck")
