"""Warm kernels: isolated from each other, noticed when they die, gone when their owner is."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient import NotebookClient

from quarterdeck import QuarterdeckError
from quarterdeck.kernels import PROVISIONER, pool
from quarterdeck.kernels.processes import limit_memory
from quarterdeck.kernels.provisioner import WarmProvisioner

pytestmark = pytest.mark.skipif(not pool.available(), reason="kernels are forked on Linux only")
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def warm() -> Iterator[pool.Pool]:
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.default_provisioner_name = PROVISIONER
    yield pool.POOL
    factory.default_provisioner_name = before
    pool.POOL.close()


def with_kernel(
    task: Callable[[AsyncKernelManager, Any], Coroutine[Any, Any, Result]], **launch: Any
) -> Result:
    """Run `task` with a started kernel and its client."""

    async def main() -> Result:
        manager = AsyncKernelManager(kernel_name="python3")
        await manager.start_kernel(**launch)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=30)
            return await task(manager, client)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    # A thread of its own: the main one may have a loop already, that of a browser of another test.
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, main()).result()


def warm_provisioner(manager: AsyncKernelManager) -> WarmProvisioner:
    assert isinstance(manager.provisioner, WarmProvisioner)
    return manager.provisioner


async def printed(client: Any, code: str) -> str:
    """What a cell prints."""
    texts: list[str] = []

    def keep(message: dict[str, Any]) -> None:
        texts.append(message["content"].get("text", "") or message["content"].get("ename", ""))

    await client.execute_interactive(code, output_hook=keep, timeout=30)
    return "".join(texts).strip()


def wait_for_end(pid: int, seconds: float = 20) -> bool:
    """Whether the process ends in time; the kernel of the system tells, nothing is polled."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def test_the_parent_has_one_thread(warm: pool.Pool) -> None:
    with_kernel(lambda _, client: printed(client, "1"))
    tasks = list(Path(f"/proc/{warm.server().pid}/task").iterdir())
    assert len(tasks) == 1


def test_a_kernel_has_its_own_folder_environment_and_group(warm: pool.Pool, tmp_path: Path) -> None:
    code = (
        "import json, os, tempfile; "
        "print(json.dumps([os.getcwd(), os.environ.get('FLAVOUR'), tempfile.gettempdir(), os.getpgrp()]))"
    )
    environment = {**os.environ, "FLAVOUR": "plum"}
    task = with_kernel(lambda _, client: printed(client, code), cwd=str(tmp_path), env=environment)
    other = with_kernel(lambda _, client: printed(client, code))
    folder, flavour, temporary, group = json.loads(task)
    assert folder == str(tmp_path)
    assert flavour == "plum"
    assert temporary != json.loads(other)[2]
    assert group != os.getpgrp()
    assert json.loads(other)[1] is None
    assert not Path(temporary).exists()


def test_the_stack_is_there_before_it_is_imported(warm: pool.Pool) -> None:
    code = "import sys; print(all(name in sys.modules for name in ('pandas', 'duckdb', 'seaborn')))"
    assert with_kernel(lambda _, client: printed(client, code)) == "True"


def test_random_numbers_differ_between_kernels(warm: pool.Pool) -> None:
    code = "import random, numpy; print(random.random(), numpy.random.random())"
    draws = [with_kernel(lambda _, client: printed(client, code)).split() for _ in range(2)]
    assert not set(draws[0]) & set(draws[1])


def test_a_killed_kernel_is_noticed_and_harms_no_other(warm: pool.Pool) -> None:
    async def task(manager: AsyncKernelManager, client: Any) -> tuple[int | None, str]:
        other = AsyncKernelManager(kernel_name="python3")
        await other.start_kernel()
        pid = warm_provisioner(other).pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        code = await asyncio.wait_for(warm_provisioner(other).wait(), 5)
        await other.shutdown_kernel(now=True)
        return code, await printed(client, "print(6 * 7)")

    assert with_kernel(task) == (-signal.SIGKILL, "42")


def test_a_segfault_is_told_as_one(warm: pool.Pool) -> None:
    async def task(manager: AsyncKernelManager, client: Any) -> int | None:
        client.execute("import ctypes; ctypes.string_at(0)")
        code: int | None = await asyncio.wait_for(warm_provisioner(manager).wait(), 10)
        return code

    assert with_kernel(task) == -signal.SIGSEGV


def test_a_restarted_kernel_keeps_its_sockets(warm: pool.Pool) -> None:
    async def task(manager: AsyncKernelManager, client: Any) -> str:
        await printed(client, "x = 1")
        first, before = warm_provisioner(manager).pid, manager.get_connection_info()
        await manager.restart_kernel(now=True)
        await client.wait_for_ready(timeout=30)
        assert warm_provisioner(manager).pid != first
        assert manager.get_connection_info() == before
        return await printed(client, "print('x' in globals())")

    assert with_kernel(task) == "False"


def test_a_memory_limit_holds(warm: pool.Pool) -> None:
    async def task(manager: AsyncKernelManager, client: Any) -> str:
        pid = warm_provisioner(manager).pid
        assert pid is not None
        limit_memory(pid, 2 << 30)
        return await printed(client, "x = bytearray(4 << 30)")

    assert with_kernel(task) == "MemoryError"


def test_nbclient_uses_it_unchanged(warm: pool.Pool) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print('hello')")])
    NotebookClient(notebook, kernel_name="python3", timeout=30).execute()
    assert notebook.cells[0].outputs[0].text == "hello\n"


def test_the_parent_starts_anew_when_helpers_change(monkeypatch: pytest.MonkeyPatch) -> None:
    here = pool.Pool()
    try:
        first = here.server()
        assert here.server() is first
        monkeypatch.setattr(pool, "environment_stamp", lambda _own: (("helpers/feedback.py", 1, 1),))
        assert here.server() is not first
    finally:
        here.close()


def test_a_parent_that_died_is_replaced() -> None:
    here = pool.Pool()
    try:
        first = here.server()
        os.kill(first.pid, signal.SIGKILL)
        assert wait_for_end(first.pid)
        with pytest.raises(QuarterdeckError, match="Run again"):
            first.kernel(dict(os.environ), "/")
        second = here.server()
        assert second is not first
        assert second.kernel(dict(os.environ), "/").poll() is None
    finally:
        here.close()


def test_nothing_is_left_when_the_owner_is_killed() -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys\n"
            "from quarterdeck.kernels import pool\n"
            "server = pool.POOL.server()\n"
            "kernels = [server.kernel(dict(os.environ), '/') for _ in range(2)]\n"
            "print(server.pid, *[kernel.pid for kernel in kernels], server.folder, flush=True)\n"
            "sys.stdin.read()\n",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    *pids, folder = owner.stdout.readline().split()
    owner.kill()
    owner.communicate()
    for pid in pids:
        assert wait_for_end(int(pid))
    assert not Path(folder).exists()


def test_elsewhere_the_ordinary_provisioner_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "available", lambda: False)
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.default_provisioner_name = PROVISIONER
    try:

        async def task(manager: AsyncKernelManager, client: Any) -> tuple[str, bool]:
            return await printed(client, "print('still here')"), warm_provisioner(manager).kernel is None

        assert with_kernel(task) == ("still here", True)
    finally:
        factory.default_provisioner_name = before
