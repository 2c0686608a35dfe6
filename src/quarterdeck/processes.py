"""The processes of kernels: what they cost, what they may cost, and their end."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from pathlib import Path

if sys.platform == "linux":
    import resource


def peak_memory(pid: int) -> int | None:
    """Bytes that a living process held at most; None where the system does not tell."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return None
    return None


def limit_memory(pid: int, limit: int) -> None:
    """Let a process hold at most `limit` bytes of data; without effect where the system has no such limit."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (limit, limit))


class Running:
    """The kernels of a fleet that run now, so that an interrupt can end all of them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pids: set[int] = set()
        self._interrupt = threading.Event()

    @property
    def interrupted(self) -> bool:
        """Whether the fleet was told to end."""
        return self._interrupt.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, but not beyond an interrupt; whether there was one."""
        return self._interrupt.wait(seconds)

    def add(self, pid: int) -> None:
        """Note a kernel; one that starts after the interrupt is ended at once."""
        with self._lock:
            self._pids.add(pid)
            if self.interrupted:
                _kill(pid)

    def remove(self, pid: int) -> None:
        """Forget a kernel that has ended."""
        with self._lock:
            self._pids.discard(pid)

    def interrupt(self) -> None:
        """End every kernel, with the processes that it started."""
        with self._lock:
            self._interrupt.set()
            for pid in self._pids:
                _kill(pid)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)
