"""A run's folder: record, log, executed notebook; its surroundings; what heals it and what interrupts it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from quarterdeck.archive import ledger
from quarterdeck.run.runner import pause

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import ProjectFolder

    from quarterdeck.archive.record import RunRecord

SURROUNDINGS = """import os, pathlib
for name in ("PYTHONHASHSEED", "OMP_NUM_THREADS", "QUARTERDECK_PARAMS", "QUARTERDECK_RUN"):
    print(name, os.environ[name])
print("cwd", pathlib.Path.cwd())"""
TELL_THE_SECRET = 'print(os.environ["DB_PASSWORD"])\nraise ValueError(os.environ["DB_PASSWORD"])'
DIE_ONCE = """import os, pathlib
marker = pathlib.Path(os.environ["QUARTERDECK_PARAMS"], "died")
if not marker.exists():
    marker.touch()
    os._exit(1)"""
BROKEN_RECORD = """from IPython.display import display
display({"application/vnd.quarterdeck.check.v1+json": {"key": "a", "passed": "perhaps"}}, raw=True)"""


def folder_of(project: ProjectFolder, record: RunRecord) -> Path:
    return project.layout.run(record.report, record.edition, record.run_id)


def test_a_run_leaves_a_record_a_log_and_no_secret(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DB_PASSWORD", 'p4ss"word')
    project.write("params/sources.yaml", "connection: postgres://u:${DB_PASSWORD}@h/db\ntables: {}\n")
    project.notebook("demo", SURROUNDINGS, "## One", "region", "## Two", TELL_THE_SECRET)
    project.report("demo", "title: 'Demo, {region}'\nowner: product-ops\n")
    result = project.quarterdeck("run")
    [record] = project.records()
    folder = folder_of(project, record)

    assert result.exit_code == 1
    assert (record.status, record.owner, record.title) == ("incomplete", "product-ops", "Demo, all regions")
    milliseconds = record.started.microsecond // 1000
    assert record.run_id == f"{record.started:%Y%m%dT%H%M%S}{milliseconds:03}Z-{record.digest}-1"
    assert record.parameters == {"period": "2026Q3", "region": "all", "confidence": 0.95}
    assert record.command == "quarterdeck run demo -p period=2026Q3"
    assert [entry["status"] for entry in ledger.history(project.layout)] == ["incomplete"]

    log = (folder / "log.txt").read_text()
    said = dict(line.split(" ", 1) for line in log.splitlines() if line.count(" ") == 1)
    assert (said["PYTHONHASHSEED"], said["OMP_NUM_THREADS"]) == ("0", "1")
    assert said["QUARTERDECK_PARAMS"] == str(project.layout.params)
    assert said["QUARTERDECK_RUN"] == str(folder)
    assert not os.path.lexists(said["cwd"])
    assert stat.S_IMODE((folder / "quarantine").stat().st_mode) == 0o700

    files = [path for path in project.layout.outputs.rglob("*") if path.is_file()]
    assert not [path for path in files if b"p4ss" in path.read_bytes()]
    assert "p4ss" not in result.output
    assert "***" in log


def test_the_same_inputs_leave_the_same_bytes(project: ProjectFolder) -> None:
    project.notebook("demo", "x = 1", "## One", "{'b', 'a', 'c'}", "## Method and data", "print(x)")
    project.report("demo")
    assert project.quarterdeck("run").exit_code == 0
    assert project.quarterdeck("run", "--force").exit_code == 0
    first, second = (folder_of(project, record) for record in project.records())
    assert first != second
    for name in ("executed.ipynb", "report.html"):
        assert (first / name).read_bytes() == (second / name).read_bytes()


def test_a_dead_kernel_is_tried_again_as_often_as_the_report_says(project: ProjectFolder) -> None:
    project.notebook("demo", DIE_ONCE, "## One", "1")
    project.report("demo", "title: x\nretries: 1\n")
    result = project.quarterdeck("run", "--retries", "0")
    assert result.exit_code == 1
    assert "demo/2026q3 failed in cell 3, at 'import os, pathlib': The kernel died" in result.stdout
    (project.root / "params/died").unlink()
    assert project.quarterdeck("run").exit_code == 0
    assert [(record.status, record.attempt) for record in project.records()][-2:] == [
        ("failed", 1),
        ("ok", 2),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of another process")
def test_a_cell_that_takes_more_memory_than_allowed_is_a_gap(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "x = bytearray(2_000_000_000)", "## Two", "1")
    project.report("demo", "title: x\nmemory: 1 GB\n")
    assert project.quarterdeck("run").exit_code == 1
    [record] = project.records()
    assert [(gap.section, gap.reason.split(":")[0]) for gap in record.gaps] == [("One", "MemoryError")]


def test_a_broken_record_fails_the_run_and_is_named(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", BROKEN_RECORD)
    project.report("demo")
    assert project.quarterdeck("run").exit_code == 1
    [record] = project.records()
    assert record.status == "failed"
    assert record.reason.startswith(
        "cell 4 published a broken check (passed: Input should be a valid boolean"
    )


def test_an_interrupt_ends_the_kernels_and_is_told_truthfully(project: ProjectFolder) -> None:
    project.notebook("demo", "import os, time\nprint('pid', os.getpid())", "time.sleep(600)", "## One", "1")
    project.report("demo", "title: x\nmatrix: {region: [all, EMEA, APAC]}\nretries: 3\n")
    command = [sys.executable, "-m", "quarterdeck.cli", "run", "--jobs", "1", "--as-of", "2026-11-22"]
    program = subprocess.Popen(
        command, cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    pid = kernel_pid(project, program)
    program.send_signal(signal.SIGINT)
    _, errors = program.communicate(timeout=30)

    assert program.returncode == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert [(record.edition, record.status) for record in project.records()] == [
        ("2026q3-all", "interrupted")
    ]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def kernel_pid(project: ProjectFolder, program: subprocess.Popen[str]) -> int:
    """The process of the kernel, as soon as its log tells."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and program.poll() is None:
        for log in project.root.glob("outputs/runs/*/*/*/log.txt"):
            for line in log.read_text().splitlines():
                if line.startswith("pid "):
                    return int(line.split()[1])
        time.sleep(0.05)
    raise AssertionError(f"no kernel ran: {program.communicate()}")


LOSES = """import os, pathlib
marker = pathlib.Path(os.environ["QUARTERDECK_PARAMS"], region)
if not marker.exists():
    marker.touch()
    raise {"EMEA": ConnectionResetError, "APAC": ValueError}[region]("The line is dead.")"""


def test_only_what_can_heal_is_tried_again(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1", "## Two", LOSES)
    project.report("demo", "title: x\nmatrix: {region: [EMEA, APAC]}\nretries: 3\n")
    assert project.quarterdeck("run").exit_code == 1
    found = sorted((record.edition, record.attempt, record.status) for record in project.records())
    assert found == [
        ("2026q3-apac", 1, "incomplete"),
        ("2026q3-emea", 1, "incomplete"),
        ("2026q3-emea", 2, "ok"),
    ]


def test_the_pause_before_another_attempt_grows_and_has_an_end() -> None:
    assert [pause(attempt) for attempt in (1, 2, 3, 4, 9)] == [1, 4, 16, 60, 60]


KILL_THE_PARENT_ONCE = """import os, pathlib, signal, time
marker = pathlib.Path(os.environ["QUARTERDECK_PARAMS"], "killed")
if not marker.exists():
    marker.touch()
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(30)"""


@pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")
def test_a_killed_parent_of_kernels_costs_no_attempt_and_is_forgiven_once(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", KILL_THE_PARENT_ONCE)
    project.report("demo")
    assert project.quarterdeck("run").exit_code == 0
    assert [record.status for record in project.records()] == ["failed", "ok"]
    always = KILL_THE_PARENT_ONCE.replace("if not marker.exists():", "if True:")
    project.notebook("demo", "## One", always)
    assert project.quarterdeck("run").exit_code == 1
    assert [record.status for record in project.records()][2:] == ["failed", "failed"]


def test_an_edition_of_any_script_has_its_page_and_the_catalogue_leads_there(project: ProjectFolder) -> None:
    project.notebook("demo", "## Zürich", "region")
    project.report("demo", f"title: '{{region}}'\nmatrix: {{region: [日本, a/b, {'x' * 300}]}}\n")
    assert project.quarterdeck("run").exit_code == 0
    names = [record.edition for record in project.records()]
    assert "2026q3-日本" in names
    catalogue = (project.layout.site / "index.html").read_text(encoding="utf-8")
    for name in names:
        assert project.layout.page("demo", name).is_file()
        assert f'href="demo/{name}/index.html"' in catalogue
