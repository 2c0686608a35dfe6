"""Forty editions: against papermill and nbconvert, beyond their cells, and again when nothing changed.

Usage: `python benchmarks/fleet.py [--pairs 3] [--values 10]`: so many values of each notebook's matrix.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml
from project import Scratch, judged, machine, median, scratch

JOBS = 2


def ordinary(project: Scratch, records: list[dict[str, Any]]) -> float:
    """Seconds of papermill and nbconvert, one process each an edition, two editions at a time."""
    folder = project.root / "ordinary"
    folder.mkdir(exist_ok=True)
    for name in {record["report"] for record in records}:
        _forgiving(project.root / "notebooks" / f"{name}.ipynb", folder / f"{name}.ipynb")
    begun = time.perf_counter()
    with ThreadPoolExecutor(JOBS) as pool:
        list(pool.map(lambda record: _one(project, record, folder), records))
    return time.perf_counter() - begun


def _one(project: Scratch, record: dict[str, Any], folder: Path) -> None:
    tools = Path(sys.executable).parent
    notebook = folder / f"{record['report']}.ipynb"
    executed = folder / f"{record['report']}-{record['edition']}.ipynb"
    given = yaml.safe_dump(record["parameters"])
    run = [tools / "papermill", notebook, executed, "-y", given, "-k", "python3", "--no-progress-bar"]
    environment = {**os.environ, "QUARTERDECK_PARAMS": str(project.root / "params")}
    # papermill reports a cell without data as an error once all have run
    subprocess.run(run, cwd=folder, env=environment, check=False, capture_output=True)
    export = [tools / "jupyter-nbconvert", "--to", "html", executed]
    subprocess.run(export, cwd=folder, env=environment, check=True, capture_output=True)


def _forgiving(notebook: Path, copy: Path) -> None:
    """The notebook, which goes on after a section without data as our own runs do."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in content["cells"]:
        cell["metadata"].setdefault("tags", []).append("raises-exception")
    copy.write_text(json.dumps(content), encoding="utf-8")


def main() -> int:
    """Measure and print; 1 where a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--values", type=int, default=10)
    asked = parser.parse_args()
    print(machine())
    ratios, again, waits, beyond = [], [], [], []
    with scratch(asked.values) as project:
        for pair in range(asked.pairs):
            project.forget()
            seconds = project.run()
            records = project.records()
            cells = sum(record["timings"]["cells"] for record in records)
            unchanged = project.run()
            theirs = ordinary(project, records)
            ratios.append(theirs / seconds)
            again.append(theirs / unchanged)
            beyond.append((seconds * JOBS - cells) / len(records))
            waits.append(unchanged)
            print(
                f"pair {pair + 1}: papermill + nbconvert {theirs:.1f} s, quarterdeck {seconds:.1f} s: "
                f"{ratios[-1]:.1f} times faster; beyond its cells {beyond[-1]:.2f} s an edition "
                f"(cells {cells / len(records):.2f} s); unchanged {unchanged:.2f} s: "
                f"{again[-1]:.0f} times faster",
                flush=True,
            )
    print(
        f"{len(records)} editions, {JOBS} jobs, median of {asked.pairs}: {median(ratios):.1f} times faster, "
        f"{median(beyond):.2f} s beyond the cells, unchanged {median(again):.0f} times faster"
    )
    soon = median(waits) <= 1 or median(again) >= 150
    return judged(
        {
            "6 times faster": median(ratios) >= 6,
            "0.3 s an edition beyond its cells": median(beyond) <= 0.3,
            "unchanged within 1 s, or 150 times faster": soon,
        }
    )


if __name__ == "__main__":
    sys.exit(main())
