"""The only place that knows folder names: the project's, the runs' and the site's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from quarterdeck import QuarterdeckError


@dataclass(frozen=True)
class Layout:
    """Where everything lives. `root` is the project, `params` and `outputs` may be given from outside."""

    root: Path
    params: Path
    outputs: Path

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
        return cls(root, (params or root / "params").resolve(), (outputs or root / "outputs").resolve())

    @property
    def reports(self) -> list[str]:
        """The reports of this configuration: notebooks that have a file of their name in params."""
        names = sorted(path.stem for path in self.notebooks.glob("*.ipynb"))
        return [name for name in names if self.report_file(name).is_file()]

    @property
    def has_own_params(self) -> bool:
        """Whether the params are the project's own, and not another company's for the same notebooks."""
        return self.params == (self.root / "params").resolve()

    @property
    def notebooks(self) -> Path:
        """The notebooks, one a report."""
        return self.root / "notebooks"

    @property
    def templates(self) -> Path:
        """The templates of page and catalogue."""
        return self.root / "templates"

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
        """The notebook of a report."""
        return self.notebooks / f"{report}.ipynb"

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
