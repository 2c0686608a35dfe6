"""Notebooks that are made to hurt end as they must, in time, and the runner stays small."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.run.hostile import CELL_SECONDS, HOSTILE

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

    from quarterdeck.archive.record import RunRecord

RUN = [sys.executable, "-m", "quarterdeck.cli", "run", "--as-of", "2026-11-22", "--jobs", "2"]
LIMITS = f"timeout: {{edition: 60 s, cell: {CELL_SECONDS} s}}\nmemory: 2 GB\n"
MOST_MEMORY = 450_000_000
"""Bytes that the runner may hold, whatever its notebooks do; an idle one holds 140 MB."""
LARGEST_FILE = 25_000_000
SLACK = 60
"""Seconds beyond its cell's limit that an edition may take on a busy machine."""


def ran(project: ProjectFolder, names: list[str]) -> tuple[str, int]:
    """Run hostile notebooks in one fleet: what the terminal tells, and the most that the runner held."""
    for name in names:
        project.notebook(name, "## Before", "1", "## Hostile", HOSTILE[name].cell, "## After", "2")
        project.report(name, f"title: {name}\n{LIMITS}")
    terminal = project.root / "terminal.txt"
    with terminal.open("wb") as file:
        program = subprocess.Popen(RUN, cwd=project.root, stdout=file, stderr=file)
        most = 0
        while program.poll() is None:
            lines = Path(f"/proc/{program.pid}/status").read_text(encoding="ascii").splitlines()
            most = max([most, *(int(line.split()[1]) * 1024 for line in lines if "VmHWM" in line)])
            time.sleep(0.1)
    return terminal.read_text(encoding="utf-8", errors="replace"), most


def escaped() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if b"qd-escaped" in words and int(path.parent.name) != os.getpid():
            found.append(path.parent.name)
    return found


def troubles(project: ProjectFolder, names: list[str]) -> dict[str, str]:
    """What did not hold, by notebook."""
    found: dict[str, str] = {}
    terminal, most = ran(project, names)
    records = {record.report: record for record in project.records()}
    for name in names:
        hostile, record = HOSTILE[name], records.get(name)
        if record is None:
            found[name] = "no record"
        elif record.status not in hostile.ends or hostile.told not in record.reason:
            found[name] = f"{record.status}: {record.reason[:200]}"
        elif record.timings.total > CELL_SECONDS + SLACK:
            found[name] = f"took {record.timings.total:.0f} s"
    for path in project.layout.runs.rglob("*"):
        if path.is_file() and (size := path.stat().st_size) > LARGEST_FILE:
            found[path.relative_to(project.layout.runs).parts[0]] = f"{path.name}: {size} bytes"
    if most > MOST_MEMORY:
        found["memory"] = f"the runner held {most / 1e6:.0f} MB"
    if "Traceback" in terminal or "Task was destroyed" in terminal:
        found["terminal"] = terminal[-1000:]
    return found


def test_the_worst_notebooks_end_as_they_must(project: ProjectFolder) -> None:
    names = [name for name, hostile in HOSTILE.items() if hostile.short]
    assert troubles(project, names) == {}
    assert "313.0 MB of text left out here" in page_of(project, "one_print")
    assert "20.0 MB of pictures left out here" in page_of(project, "pictures")
    records = {record.report: record for record in project.records()}
    assert "Cell 6 (Hostile): 313.0 MB of text left out." in records["one_print"].notices[0]
    assert records["small_prints"].timings.total < 30
    assert printed(project, records["small_prints"]) == "".join(f"{i}\n" for i in range(30_000))
    assert escaped() == []


def page_of(project: ProjectFolder, name: str) -> str:
    return project.layout.page(name, "2026q3").read_text(encoding="utf-8")


def printed(project: ProjectFolder, record: RunRecord) -> str:
    """What the hostile cell of a run printed, as the executed notebook has it."""
    folder = project.layout.run(record.report, record.edition, record.run_id)
    cells = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))["cells"]
    source = HOSTILE[record.report].cell
    [output] = next(cell["outputs"] for cell in cells if source in "".join(cell["source"]))
    return "".join(output["text"])


@pytest.mark.slow
def test_every_hostile_notebook_ends_as_it_must(
    project: ProjectFolder, record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]
) -> None:
    found = troubles(project, list(HOSTILE))
    if left := escaped():
        found["escaped"] = f"processes {left}"
    counts = {"tried": len(HOSTILE), "held": len(HOSTILE) - len(found)}
    record_property("counts", counts)
    with capsys.disabled():
        print(f"\nhostile notebooks: {counts['tried']} tried, {counts['held']} held")  # noqa: T201
    assert found == {}
