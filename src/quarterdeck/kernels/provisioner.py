"""Warm kernels as a standard jupyter_client provisioner."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import signal
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase

from quarterdeck.kernels import pool

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 0.005


class WarmProvisioner(LocalProvisioner):
    """Forks Python kernels from a warm parent; every other kernel starts as jupyter_client always does."""

    kernel: pool.WarmKernel | None = None
    _told = False

    @property
    def warm(self) -> bool:
        """Whether this kernel can be forked: a Python kernel, on a system that forks."""
        if self.kernel_spec.language != "python":
            return False
        if not pool.available():
            if not WarmProvisioner._told:
                WarmProvisioner._told = True
                _LOG.warning("Kernels cannot be forked on this system: each starts from the beginning.")
            return False
        return True

    @property
    def has_process(self) -> bool:
        """Whether the kernel was started and not yet waited for."""
        return self.kernel is not None if self.warm else super().has_process

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare the environment; the forkserver chooses the sockets, so none are taken here."""
        if not self.warm:
            prepared: dict[str, Any] = await super().pre_launch(**kwargs)
            return prepared
        kwargs.pop("extra_arguments", None)
        kwargs.pop("transport_encryption", None)
        return {**await KernelProvisionerBase.pre_launch(self, **kwargs), "cmd": []}

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel; a restarted one keeps its sockets, so that clients stay connected."""
        if not self.warm:
            return await super().launch_kernel(cmd, **kwargs)
        loop = asyncio.get_running_loop()
        connection: dict[str, Any] | None = dict(self.connection_info) or None
        if connection:
            connection["key"] = connection["key"].decode()
        self.kernel = await loop.run_in_executor(None, self._fork, kwargs, connection)
        self.pid = self.pgid = self.kernel.pid
        key = self.kernel.connection["key"].encode()
        self.connection_info = cast(KernelConnectionInfo, {**self.kernel.connection, "key": key})
        return self.connection_info

    async def poll(self) -> int | None:
        """The exit status, None while the kernel runs."""
        if not self.warm:
            return await super().poll()
        return self.kernel.poll() if self.kernel else 0

    async def wait(self) -> int | None:
        """Wait until the kernel has ended."""
        if not self.warm:
            return await super().wait()
        while self.kernel is not None and self.kernel.poll() is None:
            await asyncio.sleep(_POLL_SECONDS)
        code = self.kernel.poll() if self.kernel else 0
        self._forget()
        return code

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel's process group."""
        if not self.warm:
            await super().send_signal(signum)
        elif self.kernel is not None:
            self.kernel.send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel with everything that it started."""
        await (self.send_signal(signal.SIGKILL) if self.warm else super().kill(restart))

    async def terminate(self, restart: bool = False) -> None:
        """Ask the kernel to end."""
        await (self.send_signal(signal.SIGTERM) if self.warm else super().terminate(restart))

    async def cleanup(self, restart: bool = False) -> None:
        """Free what belongs to the kernel."""
        if not self.warm:
            await super().cleanup(restart)
        else:
            self._forget()
            if not restart and self.connection_info:
                shutil.rmtree(Path(self.connection_info["ip"]).parent, ignore_errors=True)

    def _fork(self, kwargs: dict[str, Any], connection: dict[str, Any] | None) -> pool.WarmKernel:
        if connection:
            _unlink_sockets(connection)
        return pool.POOL.server().kernel(
            kwargs["env"],
            str(kwargs.get("cwd") or Path.cwd()),
            connection=connection,
        )

    def _forget(self) -> None:
        if self.kernel is not None:
            self.kernel.close()
            self.kernel = None


def _unlink_sockets(connection: dict[str, Any]) -> None:
    """Make room for a restart: the folder of the old kernel's sockets, without the sockets."""
    stem = Path(connection["ip"])
    stem.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("shell", "iopub", "stdin", "hb", "control"):
        with contextlib.suppress(FileNotFoundError):
            Path(f"{stem}-{connection[f'{name}_port']}").unlink()
