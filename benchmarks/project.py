"""A scratch project with forty editions: the four notebooks, ten values of their own matrix each."""

from __future__ import annotations

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import yaml

from helpers import sample

HERE = Path(__file__).parent
CHECKOUT = HERE.parent
AS_OF = "2026-11-22"
QUARTERS = [f"{year}Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)][1:11]
COPIED = ("checkout_one_step", "shorter_signup", "search_ranking")
"""Experiments that are told a second time under another id, so that there are ten."""


@dataclass(frozen=True)
class Scratch:
    """A project in a folder of its own."""

    root: Path

    def quarterdeck(self, *arguments: str) -> float:
        """Seconds of one command.

        Raises:
            RuntimeError: it went wrong.
        """
        command = [sys.executable, "-m", "quarterdeck.cli", *arguments]
        begun = time.perf_counter()
        ended = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)
        seconds = time.perf_counter() - begun
        if ended.returncode:
            raise RuntimeError(f"{' '.join(command)}:\n{ended.stdout[-3000:]}{ended.stderr[-3000:]}")
        return seconds

    def run(self, *arguments: str, jobs: int = 2) -> float:
        """Seconds of a fleet, as of a fixed day."""
        return self.quarterdeck("run", "--jobs", str(jobs), "--as-of", AS_OF, *arguments)

    def planned(self, as_of: str) -> list[dict[str, Any]]:
        """What `quarterdeck plan` tells of every edition."""
        command = [sys.executable, "-m", "quarterdeck.cli", "plan", "--json", "--as-of", as_of]
        done = subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=True)
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    def records(self) -> list[dict[str, Any]]:
        """The records of all runs, with their folders."""
        files = sorted(self.root.glob("outputs/runs/*/*/*/run.json"))
        return [json.loads(path.read_text()) | {"folder": path.parent} for path in files]

    def forget(self) -> None:
        """Remove everything that ran; the sample company stays."""
        for path in (self.root / "outputs").iterdir():
            if path.name != "sample":
                shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def plain_project() -> Iterator[Scratch]:
    """A copy of the shipped project with its sample company; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as folder:
        root = Path(folder)
        for name in ("notebooks", "params", "templates"):
            shutil.copytree(CHECKOUT / name, root / name, ignore=shutil.ignore_patterns(".*"))
        shutil.copy(CHECKOUT / "requirements.lock", root)
        sample.write(root / "outputs" / "sample", as_of=date.fromisoformat(AS_OF))
        yield Scratch(root)


@contextmanager
def scratch(values: int = 10) -> Iterator[Scratch]:
    """The shipped project with so many editions a report, at most ten; gone afterwards."""
    with plain_project() as project:
        _widen(project.root, values)
        yield project


def _widen(root: Path, values: int) -> None:
    copies = [f"{name}_again" for name in COPIED]
    for name, copy in zip(COPIED, copies, strict=True):
        protocol = (root / "params/experiments" / f"{name}.yaml").read_text()
        (root / "params/experiments" / f"{copy}.yaml").write_text(protocol.replace(name, copy))
    for table in ("assignments", "outcomes", "totals"):
        _repeat(root / "outputs/sample" / f"{table}.parquet")
    experiments = yaml.safe_load((root / "params/experiment_readout.yaml").read_text())["matrix"][
        "experiment"
    ]
    features = ["all", "dashboards", "scheduled_exports", "comments", "templates"]
    pairs = [(thing, period) for period in QUARTERS[::-1] for thing in features]
    metrics = [(metric, period) for period in QUARTERS[::-1] for metric in ("conversion", "revenue")]
    _set_matrix(root, "quarterly_feedback", [{"period": period} for period in QUARTERS[-values:]])
    _set_matrix(
        root, "experiment_readout", [{"experiment": name} for name in [*experiments, *copies][:values]]
    )
    _set_matrix(
        root, "adoption_tracking", [{"feature": name, "period": period} for name, period in pairs[:values]]
    )
    _set_matrix(
        root,
        "market_region_comparison",
        [{"metric": name, "period": period} for name, period in metrics[:values]],
    )


def _repeat(file: Path) -> None:
    named = ", ".join(f"'{name}'" for name in COPIED)
    written = file.with_suffix(".new")
    again = "SELECT * REPLACE (experiment || '_again' AS experiment)"
    duckdb.sql(
        f"COPY (SELECT * FROM '{file}' UNION ALL BY NAME {again} FROM '{file}' "
        f"WHERE experiment IN ({named})) TO '{written}' (FORMAT parquet)"
    )
    written.replace(file)


def _set_matrix(root: Path, report: str, editions: Sequence[Mapping[str, str]]) -> None:
    path = root / "params" / f"{report}.yaml"
    content = yaml.safe_load(path.read_text())
    content["matrix"] = {name: [editions[0][name]] for name in editions[0]} | {
        "include": list(map(dict, editions[1:]))
    }
    content.pop("choices", None)
    for name in editions[0]:
        content["parameters"].pop(name, None)
    path.write_text(yaml.safe_dump(content, sort_keys=False))


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def judged(promises: Mapping[str, bool]) -> int:
    """The exit status: 0 where every promise is kept, else 1, after naming those that are broken."""
    for promise, kept in promises.items():
        if not kept:
            print(f"Broken: {promise}")
    return int(not all(promises.values()))


def machine() -> str:
    """The machine in one line."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.processor(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({model}), {memory:.0f} GB, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} at the start"
    )
