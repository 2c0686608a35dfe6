"""The owner's side of the warm kernels: start the forkserver, ask it for kernels, know when they end."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from quarterdeck import QuarterdeckError

SINGLE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"), "1"
)
"""Environment of a process that must not start threads of its own: the same inputs give the same bytes."""

AT_IMPORT = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
"""pyarrow's allocator starts a thread when it is imported; the parent must have one thread when it forks.
The debugger of notebooks warns of Python's own modules that it cannot step into."""

_START_SECONDS = 60.0
_LONGEST_SOCKET_FOLDER = 70


def available() -> bool:
    """Whether kernels can be forked here: on Linux, where a parent's libraries survive the fork."""
    return sys.platform == "linux"


@dataclass
class WarmKernel:
    """A kernel handed out by the forkserver: process id (its process group too) and connection."""

    pid: int
    connection: dict[str, Any]
    status: socket.socket
    exit_code: int | None = None

    def poll(self) -> int | None:
        """The exit status as subprocess gives it (-9 for a kill), None while it runs."""
        if self.exit_code is None:
            with contextlib.suppress(BlockingIOError):
                self.exit_code = _exit_code(self.status.recv(4096))
        return self.exit_code

    def send_signal(self, number: int) -> None:
        """Signal the whole process group; a kernel that is gone is fine."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)

    def close(self) -> None:
        """Kill the kernel and forget it."""
        self.send_signal(signal.SIGKILL)
        self.status.close()


class ForkserverProcess:
    """One parent of warm kernels, as its owner sees it."""

    def __init__(self, spares: int, own: tuple[Path, ...] = ()) -> None:
        self.stamp = environment_stamp(own)
        self.spares = spares
        self.folder = Path(_short_folder())
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = {**os.environ, **SINGLE_THREAD, **AT_IMPORT, "PYTHONHASHSEED": "0"}
        paths = [*(str(folder.parent) for folder in own), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, dict.fromkeys(paths)))
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "quarterdeck.kernels.forkserver",
                    str(theirs.fileno()),
                    str(self.folder),
                    *(folder.name for folder in own),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                start_new_session=True,
            )
        self._tell({"spares": spares, "connection": None})

    @property
    def pid(self) -> int:
        """Process id of the forkserver."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the forkserver runs."""
        return self._process.poll() is None

    def kernel(
        self,
        env: Mapping[str, str],
        cwd: str,
        *,
        connection: Mapping[str, Any] | None = None,
    ) -> WarmKernel:
        """A ready kernel in this environment and directory; `connection` asks for given sockets (a restart).

        Raises:
            QuarterdeckError: the forkserver or the kernel ended before it was ready.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            self._tell(
                {
                    "spares": self.spares,
                    "env": dict(env),
                    "cwd": cwd,
                    "connection": dict(connection) if connection else None,
                },
                theirs,
            )
        ours.settimeout(_START_SECONDS)
        try:
            with ours.dup().makefile("rb") as answers:
                answer = json.loads(answers.readline() or "{}")
        except TimeoutError:
            answer = {}
        if "pid" not in answer:
            ours.close()
            raise QuarterdeckError(
                f"A kernel ended before it was ready (status {answer.get('exit', 'unknown')}). "
                "Run again; if it stays so, see whether the machine is out of memory."
            )
        ours.setblocking(False)
        return WarmKernel(answer["pid"], answer["connection"], ours)

    def close(self) -> None:
        """End the forkserver with all its kernels and wait for it."""
        self._socket.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell(self, request: dict[str, Any], status: socket.socket | None = None) -> None:
        data = json.dumps(request).encode()
        with self._lock:
            try:
                if status is None:
                    self._socket.sendall(data)
                else:
                    socket.send_fds(self._socket, [data], [status.fileno()])
            except OSError:
                raise QuarterdeckError(
                    "The parent of the warm kernels has ended. Run again; it is started anew."
                ) from None


class Pool:
    """Keeps one forkserver up to date; older ones live on until their kernels have ended."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._servers: list[ForkserverProcess] = []
        self.spares = 1
        self.own: tuple[Path, ...] = ()

    def prepare(self, spares: int, own: tuple[Path, ...] = ()) -> None:
        """Keep so many kernels ready ahead, from now on; the parent starts to import what they need.

        `own` are the folders of the project's packages, which are imported ahead, too.
        """
        self.spares = spares
        self.own = own
        if spares and available():
            self.server()

    def server(self) -> ForkserverProcess:
        """The forkserver of the environment and helpers as they are now."""
        with self._lock:
            current = self._servers[-1] if self._servers else None
            if current is None or not current.alive() or current.stamp != environment_stamp(self.own):
                current = ForkserverProcess(self.spares, self.own)
                self._servers.append(current)
            current.spares = self.spares
            return current

    @property
    def lost(self) -> int:
        """How many forkservers have ended that nobody closed."""
        with self._lock:
            return sum(not server.alive() for server in self._servers)

    def private_folder(self) -> Path | None:
        """Where a run keeps what goes with this process, however that ends; None where nothing is forked."""
        return self.server().folder if available() else None

    def close(self) -> None:
        """End every forkserver with its kernels."""
        with self._lock:
            for server in self._servers:
                server.close()
            self._servers.clear()


POOL = Pool()
"""The pool of this process: runner and JupyterLab each own one."""


def environment_stamp(own: tuple[Path, ...] = ()) -> tuple[tuple[str, int, int], ...]:
    """What the forkserver has imported: helpers, own packages, the environment's folder, by time and size."""
    spec = find_spec("helpers")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    files = [
        os.path.join(folder, name)  # noqa: PTH118  (asked before every kernel: paths as objects cost more)
        for location in (*spec.submodule_search_locations, *map(str, own))
        for folder, _, names in os.walk(location)
        for name in names
        if name.endswith((".py", ".js", ".css"))
    ]
    states = [(file, os.stat(file)) for file in [*sorted(files), sysconfig.get_path("purelib")]]  # noqa: PTH116
    return tuple((file, state.st_mtime_ns, state.st_size) for file, state in states)


def _short_folder() -> str:
    """A private folder whose socket paths fit into the 107 bytes that the system allows."""
    folder = tempfile.gettempdir()
    return tempfile.mkdtemp(prefix="qd-", dir=folder if len(folder) < _LONGEST_SOCKET_FOLDER else "/tmp")


def _exit_code(data: bytes) -> int:
    """The status that the forkserver wrote; a bare end of file means that it was killed with its kernels."""
    return int(json.loads(data)["exit"]) if data else -signal.SIGKILL
