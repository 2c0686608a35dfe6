"""Fleets: kernels that die at random, what is left behind, the same bytes from every kind of kernel."""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import threading
import uuid
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from shutil import copytree, rmtree
from typing import TYPE_CHECKING

import pytest

from helpers import sample
from quarterdeck.kernels import pool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import ProjectFolder

pytestmark = pytest.mark.skipif(not pool.available(), reason="kernels are forked on Linux only")

ROOT = Path(__file__).parents[2]
PARAMETERS = 'number: int = 0  # which one\nperiod: Period = "2026Q3"  # the quarter'
SECTIONS = ("## One", "print(number)", "## Two", "print(number)", "## Three", "print(number)")
LINGERS = """import subprocess, tempfile, time
if number:
    tempfile.mkstemp()
    subprocess.Popen(["sleep", "600"])
    with open({told!r}, "w") as pipe:
        print(number, file=pipe)
    time.sleep(600)
"""
DRAWN = "import numpy, random\nprint(number, random.random(), numpy.random.random())"


def tiny(project: ProjectFolder, editions: int, *cells: str) -> None:
    """A report with so many editions, of a few cells each."""
    numbers = ", ".join(map(str, range(editions)))
    project.notebook("tiny", *cells, parameters=PARAMETERS)
    project.report("tiny", f"title: '{{number}}'\nmatrix: {{number: [{numbers}]}}\nretries: 0\n")


def printed(folder: Path) -> list[str]:
    """What the cells of an executed notebook printed."""
    notebook = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return ["".join(output["text"]).strip() for output in outputs if output["output_type"] == "stream"]


@contextmanager
def kernels_killed_at_random(seed: int, most: float) -> Iterator[None]:
    """Meanwhile one kernel of this process after another is killed, ready or at work, after a while."""
    dice, ended = random.Random(seed), threading.Event()

    def kill() -> None:
        while not ended.wait(dice.uniform(0, most)):
            parent = pool.POOL.server().pid
            with suppress(OSError):
                children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
                if children:
                    os.kill(int(dice.choice(children)), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        yield
    finally:
        ended.set()
        killer.join()


def told_truthfully(project: ProjectFolder, editions: int, seed: int) -> dict[str, int]:
    """Run a fleet whose kernels are killed; every edition is ok and whole, or failed for that reason."""
    tiny(project, editions, *SECTIONS)
    with kernels_killed_at_random(seed, most=0.4):
        project.quarterdeck("run", "--no-publish", "--jobs", "2")
    records = project.records()
    assert len({record.edition for record in records}) == len(records) == editions
    for record in records:
        folder = project.layout.run(record.report, record.edition, record.run_id)
        if record.status == "ok":
            assert printed(folder) == [str(record.parameters["number"])] * 3
        else:
            assert record.status == "failed"
            assert record.reason.startswith("The kernel d"), record.reason
    return {status: sum(record.status == status for record in records) for status in ("ok", "failed")}


def test_kernels_killed_at_random_fail_their_own_editions_and_no_other(project: ProjectFolder) -> None:
    assert sum(told_truthfully(project, 12, seed=3).values()) == 12


@pytest.mark.slow
def test_many_kernels_killed_at_random_fail_their_own_editions_and_no_other(project: ProjectFolder) -> None:
    seen = told_truthfully(project, 100, seed=7)
    assert min(seen.values()) > 5


@pytest.mark.parametrize("editions", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_a_fleet_leaves_no_process_and_no_file_and_loses_no_edition(
    project: ProjectFolder, editions: int
) -> None:
    tiny(project, editions, *SECTIONS)
    mark, temporary = uuid.uuid4().hex, tempfile.mkdtemp(prefix="qd", dir="/tmp")
    environment = {**os.environ, "TMPDIR": temporary, "QUARTERDECK_TEST_MARK": mark}
    command = [sys.executable, "-m", "quarterdeck.cli", "run", "--jobs", "2", "--as-of", "2026-11-22"]
    try:
        ended = subprocess.run(
            command, cwd=project.root, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        assert all(line.startswith("✓ tiny/") for line in ended.stderr.splitlines()), ended.stderr
        assert [record.status for record in project.records()] == ["ok"] * editions
        assert not [pid for pid in marked(mark) if not has_ended(pid)]
        assert list(Path(temporary).iterdir()) == []
    finally:
        rmtree(temporary)


@pytest.mark.parametrize(
    ("number", "code", "left"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGKILL, -9, "running")]
)
def test_a_fleet_ended_midway_leaves_no_process_and_no_file_and_keeps_what_had_ended(
    project: ProjectFolder, number: signal.Signals, code: int, left: str
) -> None:
    told = project.root / "told"
    os.mkfifo(told)
    tiny(project, 4, "## One", LINGERS.format(told=str(told)))
    mark, temporary = uuid.uuid4().hex, tempfile.mkdtemp(prefix="qd", dir="/tmp")
    environment = {**os.environ, "TMPDIR": temporary, "QUARTERDECK_TEST_MARK": mark}
    command = [sys.executable, "-m", "quarterdeck.cli", "run", "--jobs", "2", "--as-of", "2026-11-22"]
    try:
        with subprocess.Popen(
            command, cwd=project.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as program:
            try:
                wait_for_lines(told, 2)
                assert len(list(Path(temporary).iterdir())) == 1
                program.send_signal(number)
                _, errors = program.communicate(timeout=30)
            finally:
                program.kill()
        assert program.returncode == code
        assert {line[0] for line in errors.decode().splitlines()} <= set("✓I ")
        assert not [pid for pid in marked(mark) if not has_ended(pid)]
        assert list(Path(temporary).iterdir()) == []
    finally:
        rmtree(temporary)
    assert [(record.edition, record.status) for record in project.records()] == [
        ("2026q3-0", "ok"), ("2026q3-1", left), ("2026q3-2", left)
    ]  # fmt: skip


LOSES_AN_INTERRUPTION = """import signal, sys, weakref
from quarterdeck.cli.program import main
from quarterdeck.cli.progress import FleetProgress

class Thing:
    pass

def ended(display, record):
    thing = Thing()
    kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))
    del thing
    print("lost", flush=True)

FleetProgress.ended = ended
sys.argv = ["quarterdeck", "run", "--jobs", "1", "--as-of", "2026-11-22"]
main()
"""


def test_an_interruption_that_python_loses_in_a_callback_still_ends_the_fleet(project: ProjectFolder) -> None:
    tiny(project, 3, "## One", "import time\nif number: time.sleep(600)")
    with subprocess.Popen(
        [sys.executable, "-c", LOSES_AN_INTERRUPTION],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            said, errors = program.communicate(timeout=60)
        finally:
            program.kill()
    assert said == "lost\n"
    assert errors.startswith("Interrupted.")
    assert program.returncode == 130
    assert [record.status for record in project.records()] == ["ok", "interrupted"]


def wait_for_lines(pipe: Path, count: int) -> None:
    """Wait until so many lines were written into a named pipe."""
    descriptor = os.open(pipe, os.O_RDWR)
    try:
        while count > 0:
            assert select.select([descriptor], [], [], 60)[0], "nothing was told within a minute"
            count -= os.read(descriptor, 4096).count(b"\n")
    finally:
        os.close(descriptor)


def marked(mark: str) -> list[int]:
    """The living processes that inherited a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def has_ended(pid: int) -> bool:
    """Whether a process ends within ten seconds."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 10)[0])
    finally:
        os.close(descriptor)


def test_a_notebook_draws_the_same_numbers_in_each_run_and_others_in_each_edition(
    project: ProjectFolder,
) -> None:
    tiny(project, 2, "## One", DRAWN)
    for _ in range(2):
        project.quarterdeck("run", "--no-publish", "--force")
    drawn = [
        printed(project.layout.run(record.report, record.edition, record.run_id))[0]
        for record in project.records()
    ]
    assert len(drawn) == 4
    assert len(set(drawn)) == 2


def test_warm_and_ordinary_kernels_give_the_same_bytes(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("notebooks", "params"):
        (project.root / name).rmdir()
        (project.root / name).symlink_to(ROOT / name)
    company = project.root / "company"
    sample.write(company, as_of=date(2026, 10, 5), tables=["market_metrics"])
    monkeypatch.setenv("QUARTERDECK_SAMPLE", str(company))
    for forked in (True, False):
        monkeypatch.setattr(pool, "available", lambda forked=forked: forked)
        outputs = str(project.root / f"forked-{forked}")
        result = project.quarterdeck("run", "market_region_comparison", "--outputs", outputs)
        assert result.exit_code == 0, result.output
    warm, ordinary = (made(project.root / f"forked-{forked}") for forked in (True, False))
    assert len(warm) > 4
    assert warm == ordinary


def made(outputs: Path) -> dict[str, bytes]:
    """The page, the notebook and the tables of every edition."""
    files = [path for path in outputs.glob("runs/*/*/*/**/*") if path.suffix in (".html", ".ipynb", ".csv")]
    named = {path.relative_to(outputs / "runs").parts: path.read_bytes() for path in files}
    return {"/".join((report, edition, *rest)): data for (report, edition, _, *rest), data in named.items()}


def test_a_changed_template_publishes_again_without_a_run(project: ProjectFolder) -> None:
    (project.root / "templates").unlink()
    copytree(ROOT / "templates", project.root / "templates")
    tiny(project, 1, *SECTIONS)
    project.quarterdeck("run")
    [record] = project.records()
    css = project.root / "templates" / "report" / "page.css"
    css.write_text(css.read_text(encoding="utf-8") + "\nmain { outline: 7px solid; }\n", encoding="utf-8")
    assert project.quarterdeck("run").exit_code == 0
    assert [found.run_id for found in project.records()] == [record.run_id]
    page = project.layout.page(record.report, record.edition)
    assert "outline: 7px solid" in page.read_text(encoding="utf-8")


def test_a_run_tells_how_many_new_rows_it_saw(project: ProjectFolder) -> None:
    rows = "response_id,submitted_at,survey,score\na,2026-08-01,nps,9\n"
    data = project.write("params/responses.csv", rows)
    project.write("params/sources.yaml", "tables: {responses: {path: responses.csv}}\n")
    project.report("demo", "title: x\nparameters: {period: 2026Q3}\n")
    setup = "from helpers import sources\nfrom helpers.periods import Period"
    project.notebook("demo", 'sources.load("responses")', "## One", "1", setup=setup)
    assert "new row" not in project.quarterdeck("run").output
    data.write_text(rows + "b,2026-08-02,nps,3\nc,2026-08-02,nps,3\n", encoding="utf-8")
    assert "demo/2026q3 saw responses: 2 new rows." in project.quarterdeck("run").output
