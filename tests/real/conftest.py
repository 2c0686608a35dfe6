"""Real data sets through the shipped notebooks: each folder of params beside a test is run as it stands."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("QUARTERDECK_REAL_DATA", HERE.parents[2] / "shared" / "data"))


@dataclass(frozen=True)
class Record:
    """What a run left in `run.json`."""

    content: Mapping[str, Any]

    @property
    def status(self) -> str:
        return str(self.content["status"])

    @property
    def parameters(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.content["parameters"]
        return found

    @cached_property
    def findings(self) -> Mapping[str, Any]:
        """Every finding by its key, in the order of the page."""
        return self._by("key", "findings")

    @cached_property
    def values(self) -> Mapping[str, float]:
        return {key: finding["value"] for key, finding in self.findings.items()}

    @cached_property
    def checks(self) -> Mapping[str, Any]:
        return self._by("key", "checks")

    @cached_property
    def tables(self) -> Mapping[str, Any]:
        """The account of every table that was loaded, by its name."""
        return self._by("name", "tables")

    @cached_property
    def gaps(self) -> Mapping[str, Any]:
        """What is not there, by section."""
        return self._by("section", "gaps")

    def _by(self, key: str, rows: str) -> Mapping[str, Any]:
        found = {row[key]: row for row in self.content[rows]}
        assert len(found) == len(self.content[rows]), f"{rows} repeat a {key}"
        return found


Run = Callable[..., list[Record]]


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run the report of the folder that the module names as `FOLDER`; one record an edition."""
    folder = request.module.FOLDER
    if not (DATA / folder).is_dir():
        pytest.skip(f"{DATA / folder} is absent: set QUARTERDECK_REAL_DATA")

    def run(*options: str) -> list[Record]:
        outputs = tmp_path_factory.mktemp(folder)
        command = ["run", "--params", str(HERE / folder), "--outputs", str(outputs), "--as-of", "2026-11-22"]
        result = CliRunner().invoke(app, [*command, *options])
        assert result.exit_code == 0, result.output
        paths = sorted(outputs.glob("runs/*/*/*/run.json"))
        return [Record(json.loads(path.read_text(encoding="utf-8"))) for path in paths]

    return run


@pytest.fixture(scope="module")
def record(run: Run) -> Record:
    """The run of the one edition."""
    (found,) = run()
    return found
