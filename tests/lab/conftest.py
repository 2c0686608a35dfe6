"""A real JupyterLab server, started by `quarterdeck lab` in a project of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = re.compile(r"(http://(?:localhost|127\.0\.0\.1):(\d+))/lab")


@dataclass(frozen=True)
class Workbench:
    """A JupyterLab server and the folder that it was started in."""

    address: str
    root: Path

    def ask(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        """What the REST API answers."""
        data = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.address}/{path}", data, method=method)
        request.add_header("Authorization", "token secret")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def save(self, path: str, content: dict[str, Any]) -> dict[str, Any]:
        """Save a notebook as the browser does; returns the model that it is answered with."""
        model = {"type": "notebook", "format": "json", "content": content}
        answer: dict[str, Any] = self.ask("PUT", f"api/contents/{path}", model)
        return answer


@contextmanager
def started(root: Path, *arguments: str, options: tuple[str, ...] = ()) -> Iterator[Workbench]:
    """`quarterdeck lab` in a project, with a home of its own, so that nobody's settings count."""
    jupyter = ["--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=secret", *options]
    command = [sys.executable, "-m", "quarterdeck.cli", "lab", *arguments, "--", *jupyter]
    environment = {**os.environ, "HOME": str(root / "home"), "JUPYTER_NO_CONFIG": ""}
    server = subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    said = []
    try:
        for line in server.stderr:
            said.append(line)
            if found := ADDRESS.search(line):
                wait_until_open(int(found[2]))
                yield Workbench(found[1], root)
                break
        else:
            raise AssertionError("".join(said))
    finally:
        server.terminate()
        server.stderr.close()
        server.wait(30)


def wait_until_open(port: int) -> None:
    """The server tells its address a moment before it listens there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), create_connection(("localhost", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")
