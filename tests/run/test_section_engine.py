"""The engine on real kernels: what stands, what is a gap, and what ends the run. Status from evidence."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from helpers.records import Gap
from quarterdeck.archive.record import Failure
from quarterdeck.run.evidence import RunEvidence
from quarterdeck.run.execute import execute
from quarterdeck.run.section_client import Limits, RunSession

KILL = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
NO_DATA = "from helpers.findings import NoData\nraise NoData('The table tickets is not supplied.')"
FOREIGN = "class NoData(Exception): pass\nraise NoData('not ours')"
SLEEP = "import time\ntime.sleep(60)"
HELD = 300_000_000
HOLDS = f"x = bytearray({HELD}); x[::4096] = b'.' * len(x[::4096])"
DIES_LATER = f"import os, time\n{HOLDS}\ntime.sleep(0.6)\nos._exit(9)"
CHILDREN = f"""import subprocess, sys
code = "import time; {HOLDS}; time.sleep(60)"
started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
print(*[one.pid for one in started])
started[0].wait()"""

NOTEBOOKS: dict[str, tuple[str, ...]] = {
    "fine": ("x = 1", "## One", "x", "## Method and data", "x"),
    "section": (
        "x = 1",
        "## One",
        "a = 1",
        "y = 2\nz = 1 / 0",
        "never = True",
        "## Two",
        "x",
        "not_reached = 1",
    ),
    "all": ("x = 1", "## One", "1 / 0", "## Two", "undefined", "## Method and data", "x"),
    "before": ("x = 1", "y = 1\nresponses = [][3]", "## One", "x"),
    "syntax": ("x = 1", "## One", "x =", "## Two", "x"),
    "nothing": (NO_DATA, "## One", "1"),
    "absent": ("x = 1", "## One", NO_DATA, "## Two", FOREIGN, "## Three", "x"),
    "killed": ("x = 1", "## One", "x", "## Two", KILL, "## Three", "x"),
    "large": ("x = 1", "## One", DIES_LATER, "## Two", "x"),
    "children": ("x = 1", "## One", CHILDREN, "## Two", "x"),
    "sys_exit": ("x = 1", "## One", "import sys\nsys.exit(0)", "## Two", "x"),
    "ipython_exit": ("x = 1", "## One", "exit()", "## Two", "x"),
    "cell_time": ("x = 1", "## One", SLEEP, "## Two", "x"),
    "edition_time": ("x = 1", "## One", "import time\ntime.sleep(0.2)", SLEEP),
}
LIMITS = {
    "cell_time": Limits(cell=1.5),
    "edition_time": Limits(edition=4, cell=60),
    "children": Limits(cell=60, memory=2 * HELD),
}


def written(folder: Path, name: str) -> Path:
    cells = [
        new_markdown_cell(source) if source.startswith("#") else new_code_cell(source)
        for source in ("# Title", *NOTEBOOKS[name])
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = folder / f"{name}.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, RunSession]:
    """Every notebook, run once, two side by side."""
    folder = tmp_path_factory.mktemp("notebooks")
    sessions = {name: RunSession(limits=LIMITS.get(name, Limits())) for name in NOTEBOOKS}
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(execute, written(folder, name), {}, sessions[name]) for name in NOTEBOOKS]:
            done.result()
    return sessions


def executed(session: RunSession) -> list[str]:
    assert session.notebook is not None
    return [cell.source for cell in session.notebook.cells if cell.get("execution_count")]


@pytest.mark.one_in(2)
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("fine", "ok"),
        ("section", "incomplete"),
        ("all", "failed"),
        ("before", "failed"),
        ("syntax", "incomplete"),
        ("nothing", "skipped"),
        ("absent", "incomplete"),
        ("killed", "failed"),
        ("sys_exit", "failed"),
        ("ipython_exit", "failed"),
        ("cell_time", "failed"),
        ("edition_time", "failed"),
    ],
)
def test_the_status_follows_from_what_happened(ran: Mapping[str, RunSession], name: str, status: str) -> None:
    assert ran[name].evidence.status() == status


def test_an_error_skips_the_rest_of_its_section_and_no_other(ran: Mapping[str, RunSession]) -> None:
    session = ran["section"]
    assert executed(session)[-2:] == ["x", "not_reached = 1"]
    assert "never = True" not in executed(session)
    reason = "ZeroDivisionError: division by zero"
    assert session.evidence.gaps == [Gap(section="One", kind="failed", reason=reason)]


@pytest.mark.parametrize(
    ("name", "where", "error"),
    [
        ("section", (4, "One", "z = 1 / 0"), "ZeroDivisionError: division by zero"),
        ("before", (2, "", "responses = [][3]"), "IndexError: list index out of range"),
        ("syntax", (3, "One", "x ="), "SyntaxError: invalid syntax (line 1)"),
        ("killed", (5, "Two", "import os, signal"), "The kernel died while this cell ran."),
        ("large", (3, "One", "import os, time"), "The kernel died while this cell ran."),
        ("sys_exit", (3, "One", "import sys"), "The notebook ended its own kernel (exit)."),
        ("ipython_exit", (3, "One", "exit()"), "The notebook ended its own kernel (exit)."),
        ("cell_time", (3, "One", "import time"), "The cell took longer than 1.5 s, its timeout.cell."),
        ("edition_time", (4, "One", "import time"), "The edition took longer than 4 s, its timeout.edition."),
    ],
)
def test_a_failure_is_told_with_cell_section_line_and_error(
    ran: Mapping[str, RunSession], name: str, where: tuple[int, str, str], error: str
) -> None:
    failure = ran[name].evidence.failed()
    assert failure is not None
    assert (failure.cell, failure.section, failure.line) == where
    assert failure.error.startswith(error)


def test_only_a_dead_kernel_can_heal(ran: Mapping[str, RunSession]) -> None:
    failures = {name: session.evidence.failed() for name, session in ran.items()}
    assert [name for name, failure in failures.items() if failure and failure.can_heal] == ["killed", "large"]


def test_no_data_is_ours_by_its_module_and_no_failure(ran: Mapping[str, RunSession]) -> None:
    assert ran["nothing"].evidence.reason() == "The table tickets is not supplied."
    assert ran["nothing"].evidence.failed() is None
    assert [(gap.section, gap.kind, gap.reason) for gap in ran["absent"].evidence.gaps] == [
        ("One", "absent", "The table tickets is not supplied."),
        ("Two", "failed", "NoData: not ours"),
    ]


def test_what_it_cost_is_measured(ran: Mapping[str, RunSession]) -> None:
    evidence = ran["fine"].evidence
    assert evidence.start_seconds > 0
    assert evidence.cell_seconds > 0
    assert evidence.peak_memory is None or evidence.peak_memory > 10_000_000


def test_the_engine_serves_papermill_by_its_name(tmp_path: Path) -> None:
    """Without a runner papermill writes the notebook and raises, as with any engine."""
    out = tmp_path / "out.ipynb"
    with pytest.raises(PapermillExecutionError, match="division by zero"):
        papermill.execute_notebook(
            written(tmp_path, "section"), out, engine_name="quarterdeck", progress_bar=False
        )
    sources = [cell.source for cell in nbformat.read(out, as_version=4).cells if cell.get("execution_count")]
    assert sources[-1] == "not_reached = 1"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what other processes hold")
def test_the_memory_of_a_kernel_that_died_is_known(ran: Mapping[str, RunSession]) -> None:
    assert ran["large"].evidence.peak_memory is not None
    assert HELD < ran["large"].evidence.peak_memory < 3 * HELD


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what other processes hold")
def test_processes_that_hold_too_much_together_are_ended_with_their_kernel(
    ran: Mapping[str, RunSession],
) -> None:
    failure = ran["children"].evidence.failed()
    assert failure is not None
    assert failure.error.startswith("The kernel and the processes that it started held 0.")
    assert "more than the report's memory of 0.6 GB" in failure.error
    peak = ran["children"].evidence.peak_memory
    assert peak is not None and 2 * HELD < peak < 4 * HELD
    notebook = ran["children"].notebook
    assert notebook is not None
    [told] = [output.text for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [pid for pid in told.split() if Path(f"/proc/{pid}").exists()]


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        (RunEvidence(), "ok"),
        (RunEvidence(standing=2), "ok"),
        (RunEvidence(gaps=[Gap(section="One", kind="absent", reason="x")]), "ok"),
        (RunEvidence(failures=[Failure(error="x")], standing=1), "incomplete"),
        (RunEvidence(failures=[Failure(error="x")]), "failed"),
        (RunEvidence(no_data="none"), "skipped"),
        (RunEvidence(stopped=Failure(error="x"), standing=3), "failed"),
        (RunEvidence(stopped=Failure(error="x"), no_data="none"), "failed"),
    ],
)
def test_the_rules_of_the_status(evidence: RunEvidence, status: str) -> None:
    assert evidence.status() == status
