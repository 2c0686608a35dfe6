"""The only place that knows folder names: the project's, the runs' and the site's."""

from __future__ import annotations

import hashlib
import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path

from quarterdeck import QuarterdeckError
from quarterdeck.archive.shipped import Templates, shipped

KEPT = frozenset({"cache", "lab", "runners", "runs", "sample", "site"})
"""Folders of the outputs that no folder of params can have for its own."""


@dataclass(frozen=True)
class Layout:
    """Where everything lives. `root` is the project, `params` and `outputs` may be given from outside.

    `shipped` holds the notebooks and templates of Quarterdeck, for those that the project has not itself.

    Each folder of params has outputs of its own, so that no edition of one takes the place of another's:
    `outputs/` for the project's, `outputs/mine/` for the folder `mine`.
    """

    root: Path
    params: Path
    outputs: Path
    shipped: Path = field(default_factory=shipped)

    @classmethod
    def find(cls, start: Path, params: Path | None = None, outputs: Path | None = None) -> Layout:
        """The project that holds `start`: the nearest folder upwards with notebooks/ and params/.

        Raises:
            QuarterdeckError: there is none, or the given params folder does not exist.
        """
        for root in (start, *start.parents):
            if (root / "notebooks").is_dir() and (root / "params").is_dir():
                break
        else:
            raise QuarterdeckError(
                f"{start}: no project here or above it (a folder with notebooks/ and params/). "
                "Go to the project's folder and try again."
            )
        if params is not None and not params.is_dir():
            raise QuarterdeckError(
                f"{params}: there is no such folder of params. Name another with --params."
            )
        chosen = (params or root / "params").resolve()
        return cls(root, chosen, (outputs or _outputs_of(chosen, root)).resolve())

    @property
    def reports(self) -> list[str]:
        """The reports of this configuration: notebooks that have a file of their name in params."""
        folders = (self.notebooks, self.shipped / "notebooks")
        names = {path.stem for folder in folders for path in folder.glob("*.ipynb")}
        return [name for name in sorted(names) if self.report_file(name).is_file()]

    @property
    def has_own_params(self) -> bool:
        """Whether the params are the project's own, and not another company's for the same notebooks."""
        return self.params == (self.root / "params").resolve()

    def command(self, *words: str) -> str:
        """A command of `quarterdeck` as it is typed in the project's folder for these params.

        >>> Layout(Path("/x"), Path("/x/mine"), Path("/x/outputs/mine")).command("run", "demo")
        'quarterdeck run demo --params mine'
        """
        options = [] if self.has_own_params else ["--params", os.path.relpath(self.params, self.root)]
        return shlex.join(["quarterdeck", *words, *options])

    @property
    def notebooks(self) -> Path:
        """The project's own notebooks, one a report."""
        return self.root / "notebooks"

    @property
    def templates(self) -> Templates:
        """The templates of page and catalogue: the project's, then the shipped."""
        folders = (self.root / "templates", self.shipped / "templates")
        return Templates(tuple(dict.fromkeys(folder.resolve() for folder in folders)))

    @property
    def source(self) -> Path:
        """Where the code of a project lies: the packages that its notebooks import."""
        return self.root / "src"

    @property
    def lock(self) -> Path:
        """The pins of the environment."""
        return self.root / "requirements.lock"

    @property
    def sample(self) -> Path:
        """The sample company, where the shipped sources.yaml looks for it: under the project's root."""
        return self.root / "outputs" / "sample"

    @property
    def sources(self) -> Path:
        """Where each table lives."""
        return self.params / "sources.yaml"

    @property
    def experiments(self) -> Path:
        """The protocols of experiments."""
        return self.params / "experiments"

    @property
    def hashes(self) -> Path:
        """What is known of the content of data files, by size and time."""
        return self.outputs / "hashes.json"

    @property
    def lab(self) -> Path:
        """What JupyterLab is started with, and its start page."""
        return self.outputs / "lab"

    @property
    def look(self) -> Path:
        """The digest of the templates with which the pages were published."""
        return self.outputs / "look.txt"

    @property
    def runs(self) -> Path:
        """Every run's folder: runs/<report>/<edition>/<run_id>."""
        return self.outputs / "runs"

    @property
    def site(self) -> Path:
        """What is published."""
        return self.outputs / "site"

    @property
    def site_lock(self) -> Path:
        """Held by the process that writes to the site."""
        return self.outputs / "site.lock"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.outputs / "ledger.sqlite"

    @property
    def runners(self) -> Path:
        """A file for each process that runs editions; it holds a lock on it while it lives."""
        return self.outputs / "runners"

    def runner(self, name: str) -> Path:
        """The lock file of one such process."""
        return self.runners / f"{name}.lock"

    def notebook(self, report: str) -> Path:
        """The notebook of a report: the project's own, else the shipped one of that name."""
        own, brought = (folder / f"{report}.ipynb" for folder in (self.notebooks, self.shipped / "notebooks"))
        return brought if brought.is_file() and not own.is_file() else own

    def report_file(self, report: str) -> Path:
        """The YAML file of a report."""
        return self.params / f"{report}.yaml"

    def run(self, report: str, edition: str, run_id: str) -> Path:
        """The folder of one run."""
        return self.runs / report / edition / run_id

    def page(self, report: str, edition: str) -> Path:
        """The last good page of an edition."""
        return self.site / report / edition / "index.html"

    def past_page(self, report: str, edition: str, run_id: str) -> Path:
        """The page of one past run, kept beside the edition's."""
        return self.site / report / edition / "history" / f"{run_id}.html"

    @property
    def catalogue(self) -> Path:
        """The index of the site."""
        return self.site / "index.html"


def _outputs_of(params: Path, root: Path) -> Path:
    """Where the outputs of a folder of params stand unless another place is named."""
    root = root.resolve()
    if params == root / "params":
        return root / "outputs"
    inside = params.is_relative_to(root)
    name = "-".join(params.relative_to(root).parts if inside else params.parts[-2:])
    if not inside or name in KEPT:
        name += f"-{hashlib.sha256(str(params).encode()).hexdigest()[:6]}"
    return root / "outputs" / name
