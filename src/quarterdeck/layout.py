"""The only place that knows folder names: the project's, the runs' and the site's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Layout:
    """Where everything lives. `root` is the project, `params` and `outputs` may be given from outside."""

    root: Path
    params: Path
    outputs: Path

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
        """The sample company."""
        return self.outputs / "sample"

    @property
    def runs(self) -> Path:
        """Every run's folder: runs/<report>/<edition>/<run_id>."""
        return self.outputs / "runs"

    @property
    def site(self) -> Path:
        """What is published."""
        return self.outputs / "site"

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.outputs / "ledger.sqlite"

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
