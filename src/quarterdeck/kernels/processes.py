"""The processes of kernels: what they cost, what they may cost, and their end."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.platform == "linux":
    import resource


@dataclass
class Memory:
    """Bytes that a kernel and the processes that it started hold: at most so far, and what they may.

    Where the system does not tell (it is Linux that does) nothing is ever seen.
    """

    pid: int
    limit: int | None = None
    peak: int = 0

    def exceeded(self) -> bool:
        """Look what they hold now: whether several processes together hold more than they may.

        A kernel alone is not judged here: `limit_memory` lets it fail in the cell that asks for too much.
        """
        pids = [self.pid, *_descendants(self.pid)]
        held = sum(map(_resident, pids))
        limit = self.limit if self.limit is not None and len(pids) > 1 else math.inf
        if len(pids) > 1 and held > min(self.peak, limit):
            held = sum(map(_proportional, pids))  # what forked processes share counts once; slower to tell
        self.peak = max(self.peak, held)
        return held > limit

    def look_back(self) -> None:
        """Learn the most that the kernel itself held since it started, from the system."""
        self.peak = max(self.peak, _kilobytes(Path(f"/proc/{self.pid}/status"), "VmHWM:"))


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
                kill_group(pid)

    def remove(self, pid: int) -> None:
        """Forget a kernel that has ended."""
        with self._lock:
            self._pids.discard(pid)

    def interrupt(self) -> None:
        """End every kernel, with the processes that it started."""
        with self._lock:
            self._interrupt.set()
            for pid in self._pids:
                kill_group(pid)


def kill_group(pid: int) -> None:
    """End a kernel with the processes that it started; one that is gone is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that these started."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, path.read_text(encoding="ascii").split()):
                yield child
                yield from _descendants(child)


def _resident(pid: int) -> int:
    """Bytes that a process holds, those shared with others included; 0 for one that is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * os.sysconf(
            "SC_PAGE_SIZE"
        )
    except OSError:
        return 0


def _proportional(pid: int) -> int:
    """Bytes that a process holds, of those shared with others its part; 0 for one that is gone."""
    return _kilobytes(Path(f"/proc/{pid}/smaps_rollup"), "Pss:")


def _kilobytes(file: Path, name: str) -> int:
    try:
        lines = file.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)
