"""JupyterLab: its start, a kernel ready, a restart, Run All of each report; warm against ordinary kernels.

Usage: `python benchmarks/lab.py [--rounds 3]`. Both servers run over the same project, one after the other. A
kernel is ready when it has answered its first cell, over the web socket that the browser uses.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import nbformat
import websocket
from project import Scratch, judged, machine, median, plain_project

READY, RUN_ALL = 1.0, 10.0
"""Seconds promised of a kernel (from the second on) and of a restart; of Run All."""
OPTIONS = ["--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=secret"]
SERVERS = {
    "quarterdeck lab": ["-m", "quarterdeck.cli", "lab", "--", *OPTIONS],
    "jupyter lab": ["-m", "jupyterlab", *OPTIONS],
}


class Server:
    """A JupyterLab server, asked as the browser asks it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:  # noqa: ANN401
        """What the REST API answers."""
        data = json.dumps(content or {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.address}{path}", data, method=method)
        request.add_header("Authorization", "token secret")
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def opened(self, notebook: str) -> tuple[str, str]:
        """A session for a notebook: its id, and that of its kernel."""
        content = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.ask("POST", "/api/sessions", content)
        return session["id"], session["kernel"]["id"]

    def run(self, kernel: str, cells: Sequence[str]) -> list[str]:
        """Run cells one after the other; what went wrong."""
        place = f"{self.address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token=secret"
        channel = websocket.create_connection(place, timeout=120)
        try:
            return [problem for cell in cells for problem in _run(channel, cell)]
        finally:
            channel.close()


def _run(channel: websocket.WebSocket, code: str) -> Iterator[str]:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "username": "", "session": "s"}
    content = {"code": code, "silent": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    channel.send(json.dumps({**message, "channel": "shell"}))
    while True:
        said = json.loads(channel.recv())
        if said["parent_header"].get("msg_id") != header["msg_id"]:
            continue
        if said["msg_type"] == "error":
            yield f"{said['content']['ename']}: {said['content']['evalue']}"
        if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
            return


@contextmanager
def served(project: Scratch, words: Sequence[str]) -> Iterator[tuple[Server, float]]:
    """A server over the project, and the seconds until it answered."""
    home = project.root / "outputs" / "home"
    environment = {**os.environ, "HOME": str(home), "QUARTERDECK_PARAMS": str(project.root / "params")}
    log = project.root / "outputs" / "server.log"
    begun = time.perf_counter()
    with log.open("w") as said:
        server = subprocess.Popen(
            [sys.executable, *words], cwd=project.root, env=environment, stdout=said, stderr=said
        )
    try:
        found = _listening(log, server)
        yield found, time.perf_counter() - begun
    finally:
        server.terminate()
        server.wait(60)


def _listening(log: Path, server: subprocess.Popen[bytes]) -> Server:
    while server.poll() is None:
        if said := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab", log.read_text()):
            found = Server(said[1])
            with suppress(OSError):
                found.ask("GET", "/api/status")
                return found
        time.sleep(0.02)
    raise RuntimeError(log.read_text())


def timed(task: Any) -> float:  # noqa: ANN401  (what to call)
    """Seconds of one call.

    Raises:
        RuntimeError: a cell went wrong.
    """
    begun = time.perf_counter()
    if problems := task():
        raise RuntimeError("\n".join(problems))
    return time.perf_counter() - begun


def measured(server: Server, notebooks: Sequence[Path], rounds: int) -> dict[str, list[float]]:
    """Seconds of each thing, as often as it was done."""
    found: dict[str, list[float]] = {}

    def started(name: str) -> str:
        session: list[str] = []

        def start() -> list[str]:
            session.extend(server.opened(f"notebooks/{uuid.uuid4().hex}.ipynb"))
            return server.run(session[1], ["1"])

        found.setdefault(name, []).append(timed(start))
        return session[1]

    first = started("first kernel ready")
    server.ask("DELETE", f"/api/kernels/{first}")
    for _ in range(rounds):
        kernel = started("kernel ready, from the second on")

        def again(kernel: str = kernel) -> list[str]:
            server.ask("POST", f"/api/kernels/{kernel}/restart")
            return server.run(kernel, ["1"])

        found.setdefault("restart", []).append(timed(again))
        server.ask("DELETE", f"/api/kernels/{kernel}")
    for path in notebooks:
        cells = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        for _ in range(rounds):
            session, kernel = server.opened(f"notebooks/{path.name}")
            server.run(kernel, ["1"])
            name = f"Run All of {path.stem}"
            found.setdefault(name, []).append(
                timed(lambda kernel=kernel, cells=cells: server.run(kernel, cells))
            )
            server.ask("DELETE", f"/api/sessions/{session}")
    return found


def promised(name: str) -> float | None:
    """The seconds that are promised of a thing; None where none are."""
    if name.startswith("Run All"):
        return RUN_ALL
    return READY if name in ("kernel ready, from the second on", "restart") else None


def main() -> int:
    """Measure and print; 1 where a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    print(machine())
    taken: dict[str, dict[str, float]] = {}
    with plain_project() as project:
        notebooks = sorted((project.root / "notebooks").glob("*.ipynb"))
        for server, words in SERVERS.items():
            with served(project, words) as (running, start):
                seconds = {"start of JupyterLab": [start]} | measured(running, notebooks, rounds)
            taken[server] = {name: median(each) for name, each in seconds.items()}
    promises = {}
    for name, ours in taken["quarterdeck lab"].items():
        theirs = taken["jupyter lab"][name]
        print(f"{name}: {ours:.2f} s against {theirs:.2f} s: {theirs / ours:.1f} times sooner")
        if (limit := promised(name)) is not None:
            promises[f"{name} within {limit:g} s"] = ours <= limit
            promises[f"{name} sooner than with an ordinary kernel"] = ours < theirs
    return judged(promises)


if __name__ == "__main__":
    sys.exit(main())
