"""Warm kernels under a real JupyterLab server, through its REST API, and under papermill by their name."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
import uuid
from contextlib import suppress
from pathlib import Path
from socket import create_connection
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
import websocket

from quarterdeck.kernels import KERNEL, PROVISIONER, pool

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not pool.available(), reason="kernels are forked on Linux only")

SPEC = Path(pool.__file__).with_name("kernel.json")
LOOK = "import os, sys; print(os.getpid(), 'seaborn' in sys.modules, 'x' in globals()); x = 1"


class Lab:
    """A JupyterLab server."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        """What the REST API answers."""
        data = json.dumps(content or {}).encode() if method == "POST" else None
        request = urllib.request.Request(f"{self.address}{path}", data, method=method)
        request.add_header("Authorization", "token secret")
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def printed(self, kernel: str, code: str) -> str:
        """What a cell prints, over the web socket that the browser uses."""
        place = f"{self.address.replace('http', 'ws')}/api/kernels/{kernel}/channels?token=secret"
        socket = websocket.create_connection(place, timeout=60)
        try:
            header = {
                "msg_id": uuid.uuid4().hex,
                "msg_type": "execute_request",
                "username": "",
                "session": "s",
            }
            content = {"code": code, "silent": False}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            socket.send(json.dumps({**message, "channel": "shell"}))
            printed = ""
            while True:
                said = json.loads(socket.recv())
                if said["parent_header"].get("msg_id") != header["msg_id"]:
                    continue
                if said["msg_type"] == "stream":  # a busy kernel may send one print in several
                    printed += said["content"]["text"]
                if said["msg_type"] == "status" and said["content"]["execution_state"] == "idle":
                    return printed.strip()
        finally:
            socket.close()


def wait_until_open(port: int) -> None:
    """The server tells its address a moment before it listens there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(OSError), create_connection(("localhost", port)):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("lab")
    options = ["--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=secret"]
    command = [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={root}"]
    environment = {**os.environ, "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER}
    server = subprocess.Popen(command, env=environment, cwd=root, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        for line in server.stderr:
            if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab", line):
                wait_until_open(int(found[1].rsplit(":", 1)[1]))
                yield Lab(found[1])
                break
        else:
            raise AssertionError("the server did not start")
    finally:
        server.terminate()
        server.stderr.close()
        server.wait(30)


def test_jupyterlab_starts_and_restarts_a_warm_kernel(lab: Lab) -> None:
    kernel = lab.ask("POST", "/api/kernels", {"name": "python3"})["id"]
    first, warm, _ = lab.printed(kernel, LOOK).split()
    assert warm == "True"
    assert lab.printed(kernel, LOOK).split() == [first, "True", "True"]
    lab.ask("POST", f"/api/kernels/{kernel}/restart")
    second, warm, kept = lab.printed(kernel, LOOK).split()
    assert second != first
    assert (warm, kept) == ("True", "False")
    lab.ask("DELETE", f"/api/kernels/{kernel}")
    with pytest.raises(ProcessLookupError):
        os.kill(int(second), 0)


def test_papermill_runs_on_the_kernel_of_that_name(tmp_path: Path) -> None:
    spec = tmp_path / "kernels" / KERNEL
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(SPEC.read_text(encoding="utf-8"), encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LOOK)])
    nbformat.write(notebook, tmp_path / "in.ipynb")
    command = [sys.executable, "-m", "papermill", "in.ipynb", "out.ipynb", "-k", KERNEL]
    environment = {**os.environ, "JUPYTER_PATH": str(tmp_path)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    executed = nbformat.read(tmp_path / "out.ipynb", as_version=4)
    assert executed.cells[0].outputs[0].text.split()[1:] == ["True", "False"]
