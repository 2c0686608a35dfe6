"""From a wheel in an empty environment, with nothing of the repository at hand, to pages and JupyterLab."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
import venv
from contextlib import chdir
from pathlib import Path

import pytest
from hatchling.build import build_wheel

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment into which pip has put the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("empty")
    with chdir(ROOT):
        wheel = folder / "dist" / build_wheel(str(folder / "dist"))
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True, cwd=folder)
    return python.parent


def environment(programs: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER"))}
    return {**known, "PATH": f"{programs}{os.pathsep}{known['PATH']}"}


def told(programs: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["quarterdeck", *arguments],
        cwd=folder,
        env=environment(programs),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def demo(programs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    told(programs, folder, "init", "demo", "--sample")
    return folder / "demo"


def test_every_report_of_the_sample_company_is_published(programs: Path, demo: Path) -> None:
    answer = json.loads(told(programs, demo, "run", "--as-of", "2026-11-22", "--json"))
    assert len(answer["runs"]) == 21
    assert {one["status"] for one in answer["runs"]} == {"ok"}
    assert len(list((demo / "outputs/site").glob("*/*/index.html"))) == 21
    assert "quarterly_feedback" in (demo / "outputs/site/index.html").read_text(encoding="utf-8")
    assert told(programs, demo, "check") == "No problem found.\n"


def test_a_report_of_its_own_runs_with_a_helper_of_its_own(programs: Path, demo: Path) -> None:
    told(programs, demo, "new", "report", "ticket_load", "--table", "tickets", "--by", "product_area")
    told(programs, demo, "run", "ticket_load", "--as-of", "2026-11-22")
    helper = demo / "src/demo_reports/ticket_load.py"
    helper.write_text(helper.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    assert "demo_reports/ticket_load.py changed" in told(
        programs, demo, "plan", "ticket_load", "--as-of", "2026-11-22"
    )


def test_jupyterlab_opens_on_the_start_page_with_the_shipped_reports(programs: Path, demo: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", f"--port={port}", "--IdentityProvider.token=", "--allow-root"]
    server = subprocess.Popen(
        ["quarterdeck", "lab", "--", *options], cwd=demo, env=environment(programs), stderr=subprocess.DEVNULL
    )
    try:
        page = answered(f"http://127.0.0.1:{port}/lab/extensions/quarterdeck/static/remoteEntry.js", server)
        assert "quarterdeck" in page
        listed = json.loads(
            answered(f"http://127.0.0.1:{port}/api/contents/outputs/lab/shipped/notebooks", server)
        )
        assert {one["name"] for one in listed["content"]} >= {"quarterly_feedback.ipynb"}
    finally:
        server.terminate()
        server.wait(timeout=60)
    assert (
        not os.access(demo / "outputs/lab/shipped/notebooks/quarterly_feedback.ipynb", os.W_OK)
        or os.getuid() == 0
    )


def answered(address: str, server: subprocess.Popen[bytes]) -> str:
    """What a server answers as soon as it listens; one that has ended fails at once."""
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab has ended with status {server.returncode}.")
