"""The manager of one run's kernel: warm where kernels can be forked, and without waits that prove nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path
from queue import Empty

import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from quarterdeck.kernels import PROVISIONER

LARGEST_MESSAGE = 64_000_000
"""Bytes of a message that a client takes: a longer one ends the connection, which is made anew."""

_MESSAGES_AHEAD = 100
_GLANCE_SECONDS = 1.0
_POLL_SECONDS = 0.005
_LONGEST_SOCKET = 85
"""Letters of a path to which the name of a unix socket can still be added."""


class ReadyClient(AsyncKernelClient):
    """A client that is ready when the first message arrives on iopub.

    A kernel greets each new subscriber (iopub_welcome, JEP 65): after that no output can be lost, and its
    other sockets have been bound before. jupyter_client's own wait asks, and then listens for silence.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        """Sockets that hold no more than memory has room for; what lies ahead waits in the kernel."""
        context: zmq.asyncio.Context = super()._context_default()
        context.maxmsgsize = LARGEST_MESSAGE
        context.rcvhwm = _MESSAGES_AHEAD
        return context

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout if timeout is not None else float("inf"))
        while True:
            try:
                await self.iopub_channel.get_msg(timeout=_GLANCE_SECONDS)
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("the kernel died before it answered") from None
                if time.monotonic() > deadline:
                    raise RuntimeError(f"no answer within {timeout:g} s") from None
            else:
                return

    wait_for_ready = _async_wait_for_ready


class ReadyManager(AsyncKernelManager):
    """A manager that sees at once that a kernel has ended; jupyter_client's own looks every 0.1 s."""

    async def _async_wait(self, pollinterval: float = _POLL_SECONDS) -> None:
        await super()._async_wait(pollinterval)


def disconnections(client: AsyncKernelClient) -> zmq.asyncio.Socket:
    """Tells when outputs no longer arrive: the kernel has ended, or it sent more at once than is taken."""
    socket: zmq.asyncio.Socket = client.iopub_channel.socket
    return socket.get_monitor_socket(zmq.EVENT_DISCONNECTED)


def kernel_manager(private: Path) -> AsyncKernelManager:
    """The manager of one kernel: the only place that chooses how a run's kernel starts.

    A kernel that is not forked gets unix sockets in the private folder where there are such, and no port.
    """
    KernelProvisionerFactory.instance().default_provisioner_name = PROVISIONER
    file = private / "connection.json"
    unix = os.name == "posix" and len(str(file)) <= _LONGEST_SOCKET
    return ReadyManager(
        kernel_name="python3",
        connection_file=str(file),
        transport="ipc" if unix else "tcp",
        client_class=f"{ReadyClient.__module__}.{ReadyClient.__qualname__}",
    )
