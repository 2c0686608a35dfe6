"""The parent of the warm kernels: imports the analysis stack once, then forks a kernel on request.

Run as `python -m quarterdeck.kernels.forkserver FD FOLDER [PACKAGE…]`. FD is a unix socket to the owner: each
request is one JSON line with one file descriptor attached, the kernel's status socket. The kernel answers
there with its process id and connection; when it ends, this parent writes the exit status there. PACKAGEs are
those of the project's own, which are imported, too. When the owner is gone (end of file on FD), every kernel
is killed, FOLDER is removed, and the parent ends.

The parent has one thread, no event loop, no database and no zmq context, so that a fork copies nothing
that cannot be copied. Kernels are forked ahead: a spare one has started, listens on its sockets, and only
waits to be told its environment and working directory.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import random
import secrets
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quarterdeck.kernels import inline_figures

PRELOAD = (
    "numpy.random",
    "pandas",
    "pyarrow.parquet",
    "duckdb",
    "pyarrow.pandas_compat",
    "ibis.backends.duckdb",
    "ibis.backends.duckdb.converter",
    "ibis.expr.types.groupby",
    "ibis.formats.pandas",
    "ibis.formats.pyarrow",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "seaborn",
    "seaborn.objects",
    "scipy.stats",
    "statsmodels.stats.multitest",
    "statsmodels.stats.proportion",
    "anywidget",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "tornado.platform.asyncio",
    "helpers.sources.loading",
    "helpers.charts",
    "helpers.display",
    "helpers.feedback",
    "helpers.experiments",
    "helpers.adoption",
    "helpers.markets",
    "helpers.whatif",
    "helpers.explore.panel_view",
    "quarterdeck.kernels.output_valve",
    "helpers.explore.completions",
    "helpers.sources.table_list",
)
_REQUEST_BYTES = 1 << 20
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_CLOSING_SECONDS = 5.0
_COLLECT = (100_000, 20, 20)
"""A notebook makes few cycles and ends soon: looking for them after every 700 objects costs a tenth."""


@dataclass
class Kernel:
    """One forked kernel: its process, the socket that gives it its task, and its folder."""

    pid: int
    control: socket.socket | None
    folder: Path
    status: list[socket.socket] = field(default_factory=list)


class Forkserver:
    """Owns the kernels; `serve` returns when the owner is gone."""

    def __init__(self, owner: socket.socket, folder: Path) -> None:
        self.owner = owner
        self.folder = folder
        self.spares: list[Kernel] = []
        self.running: dict[int, Kernel] = {}
        self.wanted = 0
        self.count = 0

    def serve(self) -> None:
        """Answer requests and reap kernels until the owner closes its end."""
        wakeup, signalled = socket.socketpair()
        for end in (wakeup, signalled):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(signalled.fileno(), warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.owner, selectors.EVENT_READ)
            selector.register(wakeup, selectors.EVENT_READ)
            while True:
                events = selector.select(timeout=None if len(self.spares) >= self.wanted else 0)
                if not events:
                    self.spares.append(self.fork())
                for key, _ in events:
                    if key.fileobj is wakeup:
                        wakeup.recv(4096)
                        self.reap()
                    elif not self.answer():
                        return

    def answer(self) -> bool:
        """Take one request; False when the owner is gone."""
        data, descriptors, _, _ = socket.recv_fds(self.owner, _REQUEST_BYTES, 1)
        if not data:
            return False
        request = json.loads(data)
        self.wanted = request["spares"]
        if not descriptors:
            return True
        with socket.socket(fileno=descriptors[0]) as status:
            kernel = self.fork(request["connection"]) if request["connection"] else self.spare()
            assert kernel.control is not None
            with kernel.control, contextlib.suppress(BrokenPipeError):
                socket.send_fds(kernel.control, [data], [status.fileno()])
            kernel.control = None
            kernel.status.append(status.dup())
        return True

    def spare(self) -> Kernel:
        """A kernel forked ahead, or one forked now."""
        return self.spares.pop(0) if self.spares else self.fork()

    def fork(self, connection: dict[str, Any] | None = None) -> Kernel:
        """Fork one kernel; without a connection it gets one of its own in the private folder."""
        self.count += 1
        folder = self.folder / f"k{self.count}"
        folder.mkdir(mode=0o700)
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            run_kernel(theirs, folder, connection or new_connection(folder), os.getppid())
        theirs.close()
        self.running[pid] = Kernel(pid, ours, folder)
        return self.running[pid]

    def reap(self) -> None:
        """Tell the owner of every kernel that has ended, and remove what it left."""
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    break
                if pid in self.running:
                    self.bury(self.running.pop(pid), os.waitstatus_to_exitcode(status))
        for orphan in children() - self.running.keys():
            kill(orphan)

    def bury(self, kernel: Kernel, code: int) -> None:
        """Tell of a kernel that has ended, and remove what it left; its orphans come to this parent."""
        if kernel in self.spares:
            self.spares.remove(kernel)
        kill_group(kernel.pid)
        for end in kernel.status:
            with end, contextlib.suppress(OSError):
                end.sendall(json.dumps({"exit": code}).encode() + b"\n")
        shutil.rmtree(kernel.folder, ignore_errors=True)

    def close(self) -> None:
        """Kill every kernel and what they started; when none can write any more remove the private folder."""
        for pid in self.running:
            kill_group(pid)
            kill(pid)  # one just forked has no group of its own yet
        deadline = time.monotonic() + _CLOSING_SECONDS
        with contextlib.suppress(ChildProcessError):
            while time.monotonic() < deadline:  # whoever loses its parent comes to this one
                for pid in children():
                    kill(pid)
                os.waitpid(-1, 0)
        shutil.rmtree(self.folder, ignore_errors=True)


def new_connection(folder: Path) -> dict[str, Any]:
    """Sockets in the kernel's own private folder: no port can be taken twice."""
    ports = {
        f"{name}_port": index for index, name in enumerate(("shell", "iopub", "stdin", "hb", "control"), 1)
    }
    return {
        "transport": "ipc",
        "ip": str(folder / "s"),
        "key": secrets.token_hex(16),
        "signature_scheme": "hmac-sha256",
        "kernel_name": "python3",
        **ports,
    }


def kill_group(pid: int) -> None:
    """Kill a kernel with everything that it started; one that is already gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def kill(pid: int) -> None:
    """Kill a process; one that is already gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def adopt_orphans() -> None:
    """Let this process be the parent of every descendant that loses its own, in whatever session (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """The processes whose parent is this one."""
    found: set[int] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found |= set(map(int, path.read_text(encoding="ascii").split()))
    return found


def run_kernel(control: socket.socket, folder: Path, connection: dict[str, Any], parent: int) -> None:
    """The forked child: start a kernel, wait for its task, never return."""
    code = 1
    try:
        os.setsid()
        die_with(parent)
        adopt_orphans()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        start_kernel(control, folder, connection)
        code = 0
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BaseException:  # noqa: BLE001  (whatever it was, the child must not return into the parent)
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def die_with(parent: int) -> None:
    """Let the kernel be killed when its parent ends, however that ends (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def start_kernel(control: socket.socket, folder: Path, connection: dict[str, Any]) -> None:
    """Start IPython's kernel and serve until it is shut down."""
    from ipykernel.kernelapp import IPKernelApp
    from tornado.ioloop import IOLoop

    temporary = folder / "tmp"
    temporary.mkdir(mode=0o700)
    file = folder / "connection.json"
    file.write_text(json.dumps(connection), encoding="utf-8")
    gc.enable()
    gc.set_threshold(*_COLLECT)
    sys.argv[:] = [str(importlib.import_module("ipykernel_launcher").__file__), "-f", str(file)]
    app = IPKernelApp.instance()
    app.initialize(["-f", str(file), "--HistoryManager.enabled=False", "--IPKernelApp.parent_handle=0"])
    with contextlib.suppress(ImportError):
        inline_figures.connect_shell()
    with contextlib.suppress(ImportError):
        importlib.import_module("helpers").offer_names(app.shell)

    def take_task() -> None:
        IOLoop.current().remove_handler(control.fileno())
        data, descriptors, _, _ = socket.recv_fds(control, _REQUEST_BYTES, 1)
        if not data:
            os._exit(1)
        begin(json.loads(data), temporary, app.shell)
        answer = json.dumps({"pid": os.getpid(), "connection": connection}) + "\n"
        with socket.socket(fileno=descriptors[0]) as status:
            status.sendall(answer.encode())

    IOLoop.current().add_handler(control.fileno(), lambda *_: take_task(), IOLoop.READ)
    app.start()


def begin(request: dict[str, Any], temporary: Path, shell: Any) -> None:  # noqa: ANN401
    """Take on the environment, working directory and random state of one task."""
    os.environ.clear()
    os.environ.update(request["env"])
    shell.init_environment()  # no pager, colours: as IPython's kernel has it
    os.environ["TMPDIR"] = str(temporary)
    tempfile.tempdir = None
    os.chdir(request["cwd"])
    random.seed()
    sys.modules["numpy.random"].seed()
    with contextlib.suppress(ImportError):
        inline_figures.take_on_environment()


def modules_of(packages: list[str]) -> Iterator[str]:
    """A project's own packages and the modules in them."""
    for package in packages:
        yield package
        folders = getattr(sys.modules.get(package), "__path__", ())
        yield from (f"{package}.{module.name}" for module in pkgutil.iter_modules(folders))


def main() -> None:
    """Import, freeze, serve, clean up."""
    owner = socket.socket(fileno=int(sys.argv[1]))
    server = Forkserver(owner, Path(sys.argv[2]))
    if Path(sys.path[0]) == Path.cwd():
        del sys.path[0]  # `python -m` put it there: what lies in the owner's folder is imported by no kernel
    adopt_orphans()
    gc.disable()  # hardly anything that is imported goes again
    try:
        for module in (*PRELOAD, *modules_of(sys.argv[3:])):
            with contextlib.suppress(Exception):  # the notebook that imports it tells what is wrong
                importlib.import_module(module)
        with contextlib.suppress(ImportError):
            inline_figures.name_backend()
        gc.collect()
        gc.freeze()
        server.serve()
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        server.close()
    os._exit(0)  # what was imported once need not be taken apart


if __name__ == "__main__":
    main()
