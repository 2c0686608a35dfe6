"""What machines do: kills, full disks, damaged files. Each ends in a true status, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from quarterdeck.archive import ledger

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

EDITIONS = ("2026q3-all", "2026q3-amer", "2026q3-emea")
RUN = [sys.executable, "-m", "quarterdeck.cli", "run", "--as-of", "2026-11-22", "--jobs", "2"]


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    project.notebook("demo", "import os\nprint('pid', os.getpid())", "## One", "region", "## Two", "period")
    entitle(project, 0)
    return project


def entitle(project: ProjectFolder, number: int) -> None:
    """Another title: every edition is due again, and its page tells which title it has."""
    project.report("demo", f"title: 'Title {number}: {{region}}'\nmatrix: {{region: [all, AMER, EMEA]}}\n")


class Reader(threading.Thread):
    """Reads the site again and again, as people do, and keeps what was not whole."""

    def __init__(self, site: Path) -> None:
        super().__init__(daemon=True)
        self.site = site
        self.ended = threading.Event()
        self.looks = 0
        self.broken: list[str] = []

    def __enter__(self) -> Reader:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.join()

    def run(self) -> None:
        while not self.ended.wait(0.005):
            self.looks += 1
            self.broken += broken(self.site)


def broken(site: Path) -> list[str]:
    """Pages that are cut off, and links of the catalogue to nothing."""
    found = []
    for page in site.glob("**/*.html"):
        text = page.read_text(encoding="utf-8")
        if not (text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>")):
            found.append(f"{page} is cut off")
    catalogue = site / "index.html"
    if catalogue.exists():
        links = re.findall(r'<a href="([^"#]+/index.html)"', catalogue.read_text(encoding="utf-8"))
        found += [f"the catalogue links to {link}" for link in links if not (site / link).exists()]
    return found


def whole_runs(project: ProjectFolder, number: int) -> dict[str, int]:
    """How many runs of each edition ended well under a title."""
    records = [record for record in project.records() if record.title.startswith(f"Title {number}:")]
    return {
        edition: sum(record.edition == edition and record.status == "ok" for record in records)
        for edition in EDITIONS
    }


def killed_at_random(project: ProjectFolder, kills: int, seed: int) -> dict[str, int]:
    """Kill a fleet at random moments; after each, a following run completes it. Counts what was seen."""
    chance = random.Random(seed)
    begun = time.monotonic()
    subprocess.run(RUN, cwd=project.root, check=True, capture_output=True)
    whole = time.monotonic() - begun
    seen = {"kills": 0, "interrupted": 0, "looks": 0}
    for number in range(1, kills + 1):
        entitle(project, number)
        with Reader(project.layout.site) as reader:
            program = subprocess.Popen(
                RUN, cwd=project.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            with contextlib.suppress(subprocess.TimeoutExpired):
                program.wait(chance.uniform(0.2, whole))
            if program.poll() is None:
                program.kill()
                seen["kills"] += 1
            program.wait()
            result = project.quarterdeck("run")
        assert reader.broken == []
        assert result.exit_code == 0, result.output
        assert whole_runs(project, number) == dict.fromkeys(EDITIONS, 1)
        assert not [record for record in project.records() if record.status == "running"]
        for edition in EDITIONS:
            assert f"Title {number}:" in project.layout.page("demo", edition).read_text(encoding="utf-8")
        assert f"Title {number}:" in project.layout.page("demo", EDITIONS[0]).read_text(encoding="utf-8")
        assert not list(project.layout.outputs.glob("**/.*.tmp"))
        assert not list(project.layout.runners.iterdir())
        seen["looks"] += reader.looks
    seen["interrupted"] = sum(record.status == "interrupted" for record in project.records())
    told = ledger.history(project.layout)
    assert ledger.rebuild(project.layout) == len(told)
    assert ledger.history(project.layout) == told
    return seen


def test_a_fleet_killed_at_random_moments_loses_and_doubles_nothing(demo: ProjectFolder) -> None:
    killed_at_random(demo, kills=2, seed=5)


@pytest.mark.slow
def test_a_fleet_killed_at_a_hundred_random_moments_loses_and_doubles_nothing(
    demo: ProjectFolder, record_property: Callable[[str, object], None]
) -> None:
    seen = killed_at_random(demo, kills=100, seed=11)
    record_property("counts", seen)
    assert seen["kills"] > 80
    assert seen["interrupted"] > 20


@pytest.fixture
def small_disk(demo: ProjectFolder) -> Iterator[Path]:
    """The outputs on a disk of their own of 2 MB."""
    outputs = demo.root / "outputs"
    outputs.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(outputs)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small disk is not permitted here")
    yield outputs
    subprocess.run(["umount", "--lazy", str(outputs)], check=True)


@pytest.mark.parametrize("left", [0, 60_000, 110_000])
def test_on_a_full_disk_runs_fail_with_the_reason_and_the_last_good_pages_stand(
    demo: ProjectFolder, small_disk: Path, left: int
) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    os.truncate(filler, max(filler.stat().st_size - left, 0))
    entitle(demo, 1)
    result = demo.quarterdeck("run")

    assert result.exit_code in (1, 2)
    assert "space left" in result.output or "disk" in result.output
    assert "Traceback" not in result.output
    assert broken(demo.layout.site) == []
    filler.unlink()
    assert demo.quarterdeck("run").exit_code == 0
    assert whole_runs(demo, 1) == dict.fromkeys(EDITIONS, 1)
    for edition in EDITIONS:
        assert "Title 1:" in demo.layout.page("demo", edition).read_text(encoding="utf-8")


def test_outputs_that_cannot_be_written_are_named(demo: ProjectFolder, small_disk: Path) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    entitle(demo, 1)
    for asked in (["run"], ["schedule", "run", "--once"]):
        result = demo.quarterdeck(*asked)
        assert result.exit_code == 2
        assert f"{small_disk}: nothing can be written there (Read-only file system)" in result.output
        assert "Mount its disk for writing, or name another folder with --outputs." in result.output
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    assert demo.quarterdeck("run").exit_code == 0


def test_a_disk_that_holds_no_further_file_says_so(demo: ProjectFolder, small_disk: Path) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    used = sum(1 for _ in small_disk.rglob("*")) + 1
    subprocess.run(["mount", "-o", f"remount,nr_inodes={used + 1}", str(small_disk)], check=True)
    (small_disk / "last").touch()
    entitle(demo, 1)
    told = demo.quarterdeck("run")
    assert told.exit_code == 2
    assert "Its disk has room but holds no further file (inodes): remove small files there" in told.output
    subprocess.run(["mount", "-o", "remount,nr_inodes=100k", str(small_disk)], check=True)
    assert demo.quarterdeck("run").exit_code == 0


@pytest.mark.parametrize("damage", ["overwritten", "cut off", "emptied", "another form"])
def test_a_damaged_ledger_is_built_anew(demo: ProjectFolder, damage: str) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    told = ledger.history(demo.layout)
    file = demo.layout.ledger
    content = file.read_bytes()
    file.write_bytes(
        {
            "overwritten": b"no database at all" * 100,
            "cut off": content[: len(content) // 2],
            "emptied": b"",
            "another form": content[:60] + b"\0\0\0\1" + content[64:],
        }[damage]
    )
    assert ledger.history(demo.layout) == told
    assert demo.quarterdeck("run").stdout.startswith("3 up to date.")
    aside = file.with_name("ledger.sqlite.damaged")
    assert aside.exists() == (damage in ("overwritten", "cut off"))


def test_a_damaged_record_is_passed_over_and_its_edition_runs_again(demo: ProjectFolder) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    [damaged, *_] = sorted(demo.layout.runs.glob("demo/2026q3-emea/*/run.json"))
    damaged.write_text('{"run_id": "cut o', encoding="utf-8")
    assert demo.quarterdeck("run").stdout.startswith("1 ok, 2 up to date.")


SOURCES = "from helpers import sources\nfrom helpers.periods import Period"


def answers(rows: int) -> pd.DataFrame:
    given = range(rows)
    times = [f"2026-07-{at % 28 + 1:02}" for at in given]
    return pd.DataFrame({"response_id": given, "submitted_at": times, "survey": "nps", "score": 9})


@pytest.mark.parametrize("part", ["footer", "body"])
def test_a_damaged_parquet_file_fails_the_run_and_is_named(project: ProjectFolder, part: str) -> None:
    project.notebook("demo", 'responses = sources.load("responses")', "## One", "1", setup=SOURCES)
    project.report("demo")
    project.write("params/sources.yaml", "tables:\n  responses: {path: nps.parquet}\n")
    file = project.root / "params/nps.parquet"
    if part == "footer":
        file.write_bytes(b"PAR1" + b"\0" * 500 + b"PAR1")
    else:
        answers(20_000).to_parquet(file)
        content = bytearray(file.read_bytes())
        middle = slice(len(content) // 8, len(content) // 2)
        content[middle] = bytes(byte ^ 0x5A for byte in content[middle])
        file.write_bytes(content)
    result = project.quarterdeck("run")
    assert result.exit_code == 1
    assert "nps.parquet" in result.output
    assert "Traceback" not in result.output
    assert [record.status for record in project.records()] == ["failed"]


REPLACED = """import os
from pathlib import Path
params = Path(os.environ["QUARTERDECK_PARAMS"])
if (params / "new.parquet").exists():
    os.replace(params / "new.parquet", params / "nps.parquet")"""


def test_parquet_that_is_replaced_during_a_run_is_read_again(project: ProjectFolder) -> None:
    """Rows of Parquet stay in their file: some numbers would be of one file, some of the other."""
    project.notebook("demo", 'responses = sources.load("responses")', "## One", REPLACED, setup=SOURCES)
    project.report("demo", "title: x\nretries: 1\n")
    project.write("params/sources.yaml", "tables:\n  responses: {path: nps.parquet}\n")
    for name, rows in (("nps", 3), ("new", 4)):
        answers(rows).to_parquet(project.root / f"params/{name}.parquet")
    assert project.quarterdeck("run").exit_code == 0
    first, second = project.records()
    assert (first.status, first.reason) == ("failed", "nps.parquet was replaced while the report ran.")
    assert (second.status, [table.read for table in second.tables]) == ("ok", [4])


HARM = {
    "hangs": ("import time\ntime.sleep(600)", "failed", "The cell took longer than 8 s, its timeout.cell."),
    "eats memory": ("x = [bytearray(100_000_000) for _ in range(1000)]", "incomplete", "MemoryError"),
    "segfaults": ("import ctypes\nctypes.string_at(0)", "failed", "The kernel died while this cell ran."),
    "is killed": ("import os\nos.kill(os.getpid(), 9)", "failed", "The kernel died while this cell ran."),
}


def test_one_edition_s_harm_stays_its_own(project: ProjectFolder) -> None:
    """A hanging cell, a memory eater, a segfault and a killed kernel side by side with a sound edition."""
    cells = "\n".join(
        f"if region == {name!r}:\n    " + harm.replace("\n", "\n    ") for name, (harm, _, _) in HARM.items()
    )
    project.notebook("demo", "## One", cells, "## Two", "1")
    named = ", ".join(["all", *HARM])
    project.report("demo", f"title: x\nmatrix: {{region: [{named}]}}\ntimeout: {{cell: 8 s}}\nmemory: 1 GB\n")
    result = project.quarterdeck("run", "--jobs", "2")
    assert result.exit_code == 1
    records = {record.parameters["region"]: record for record in project.records()}
    assert records["all"].status == "ok"
    for name, (_, status, reason) in HARM.items():
        assert (records[name].status, name) == (status, name)
        assert records[name].reason.startswith(reason)


OWN_HOST = ["unshare", "--uts", "--pid", "--fork", "--mount-proc", "sh", "-c", 'hostname "$0"; exec "$@"']
"""A program sees another host name and process numbers of its own, as on another machine."""


@pytest.mark.parametrize("hosts", [("", ""), ("one", "two")], ids=["one host", "two hosts"])
def test_two_runners_at_once_share_the_work(demo: ProjectFolder, hosts: tuple[str, ...]) -> None:
    if hosts[0] and subprocess.run([*OWN_HOST, "one", "true"], capture_output=True, check=False).returncode:
        pytest.skip("namespaces are not permitted here")
    programs = [
        subprocess.Popen(
            [*OWN_HOST, host, *RUN] if host else RUN,
            cwd=demo.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for host in hosts
    ]
    answers = [program.communicate(timeout=120)[0] for program in programs]
    assert [program.returncode for program in programs] == [0, 0], answers
    assert whole_runs(demo, 0) == dict.fromkeys(EDITIONS, 1)
    assert len(demo.records()) == len(EDITIONS)
    assert all(demo.layout.page("demo", edition).exists() for edition in EDITIONS)


def test_pages_that_someone_deleted_are_put_back_without_a_run(demo: ProjectFolder) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    before = {path: path.read_bytes() for path in demo.layout.site.rglob("*.html")}
    demo.layout.page("demo", "2026q3-all").unlink()
    assert demo.quarterdeck("run").exit_code == 0
    shutil.rmtree(demo.layout.site / "demo" / "2026q3-amer")
    demo.layout.catalogue.unlink()
    assert demo.quarterdeck("run").exit_code == 0
    assert {path: path.read_bytes() for path in demo.layout.site.rglob("*.html")} == before
    shutil.rmtree(demo.layout.site)
    assert demo.quarterdeck("run").exit_code == 0
    assert {path: path.read_bytes() for path in demo.layout.site.rglob("*.html")} == before
    assert len(demo.records()) == len(EDITIONS)


def test_a_stopped_service_leaves_no_kernel_and_runs_again(project: ProjectFolder) -> None:
    project.notebook("demo", "import os, time\nprint('pid', os.getpid())", "time.sleep(600)", "## One", "1")
    project.report("demo")
    program = subprocess.Popen(RUN, cwd=project.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    pid = kernel_of(project, program)
    program.send_signal(signal.SIGTERM)
    assert program.wait(30) == 130
    [record] = project.records()
    assert (record.status, record.reason) == ("interrupted", "It was interrupted.")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def kernel_of(project: ProjectFolder, program: subprocess.Popen[bytes]) -> int:
    """The process of the kernel, as soon as its log tells."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and program.poll() is None:
        for log in project.root.glob("outputs/runs/*/*/*/log.txt"):
            for line in log.read_text().splitlines():
                if line.startswith("pid "):
                    return int(line.split()[1])
        time.sleep(0.05)
    raise AssertionError("no kernel ran")


AT = """import sys
from datetime import UTC, datetime
from quarterdeck.cli import main, program
moment = datetime.fromisoformat(sys.argv[1]).replace(tzinfo=UTC)
program.now = lambda: moment
sys.argv = ["quarterdeck", "schedule", "run", "--once"]
main()"""


@pytest.mark.slow
def test_a_schedule_killed_at_random_moments_answers_each_due_time_once(demo: ProjectFolder) -> None:
    demo.report(
        "demo",
        "title: '{period}, {region}'\nmatrix: {region: [all, AMER, EMEA]}\n"
        "schedule: {cron: '0 7 5 1,4,7,10 *', catch_up: none}\n",
    )

    def look(moment: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", AT, moment]
        return subprocess.Popen(command, cwd=demo.root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    chance = random.Random(3)
    assert look("2025-12-30 12:00").wait() == 0
    days = [f"{year}-{month:02}-05" for year in (2026, 2027, 2028) for month in (1, 4, 7, 10)]
    for day in days:
        killed = look(f"{day} 07:00")
        with contextlib.suppress(subprocess.TimeoutExpired):
            killed.wait(chance.uniform(0.3, 4))
        killed.kill()
        killed.wait()
        assert look(f"{day} 07:05").wait() == 0
    answers = Counter((record.due, record.edition) for record in demo.records() if record.status == "ok")
    assert len(answers) == len(EDITIONS) * len(days)
    assert set(answers.values()) == {1}
