"""The client: runs a notebook on a real kernel section by section, and leaves the evidence of what happened.

An error inside a section skips the rest of that section and leaves a gap; the others run. What cannot be
survived (a dead kernel, a timeout, an exit, an error before the first section) stops the notebook.
"""

from __future__ import annotations

import ast
import asyncio
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellExecutionError, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode

from helpers.records import Gap
from quarterdeck import QuarterdeckError
from quarterdeck.archive.record import Failure
from quarterdeck.kernels.manager import LARGEST_MESSAGE, disconnections
from quarterdeck.kernels.output_budget import OutputLimits, clipped
from quarterdeck.kernels.processes import Memory, kill_group
from quarterdeck.params.notebook import Section, heading_of, number_of, sections, tags
from quarterdeck.run.evidence import RunEvidence, error_in, failure_in, raised_at, spoken
from quarterdeck.run.flood import FloodGuard, TooManyRecords

START_SECONDS = 60
"""How long a kernel may take until it answers."""

WATCH_SECONDS = 0.25
"""How often a running cell is looked at: whether its kernel lives, and how much memory it holds."""

IOPUB_SECONDS = 60
"""How long the outputs of a cell may lag behind its reply on a busy machine."""

NO_DATA = ("helpers.findings", "NoData")

_PREPARING = """
__import__("random").seed({seed})
__import__("numpy").random.seed({seed})
try:
    __import__("helpers.display").display.for_run()
    __import__("quarterdeck.kernels.output_valve").kernels.output_valve.install(
        get_ipython(), {outputs.text}, {outputs.pictures}
    )
except ImportError:  # a kernel of another environment
    pass
"""


_JUDGING = """
try:
    _qd_refused = __import__("helpers.explore.known_values").explore.known_values.refusals{judged!r}
except ImportError:  # a kernel of another environment
    _qd_refused = {{}}
"""
"""Asks the kernel, which knows the data, what is wrong with the parameters."""

_REFUSED = "globals().pop('_qd_refused')"


class Stopped(Exception):  # noqa: N818  (it ends the notebook; it is no error of this program)
    """The notebook cannot go on."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.error)


class _CellFailed(Exception):  # noqa: N818
    """A cell raised an error."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.error)


class _NoData(Exception):  # noqa: N818
    """A cell raised findings.NoData."""


@dataclass(frozen=True)
class Limits:
    """Seconds that the notebook and one cell may take, bytes that it may hold and show; None is no limit."""

    edition: float | None = None
    cell: float | None = None
    memory: int | None = None
    outputs: OutputLimits = field(default_factory=OutputLimits)


@dataclass
class RunSession:
    """What one run hands to the engine, and where it finds the evidence afterwards.

    `seed` is the name of the edition: what a notebook draws at random is the same in each of its runs.
    `given` are the values of the parameters of the notebook at `path`.
    """

    manager: Any = None
    start: dict[str, Any] = field(default_factory=dict)
    limits: Limits = Limits()
    seed: str = ""
    given: Mapping[str, Any] = field(default_factory=dict)
    path: Path | None = None
    log: Callable[[str], None] = lambda _text: None
    on_start: Callable[[int], None] = lambda _pid: None
    on_cell: Callable[[int, int], None] = lambda _index, _total: None
    evidence: RunEvidence = field(default_factory=RunEvidence)
    notebook: NotebookNode | None = None


class SectionClient(NotebookClient):
    """Runs a notebook on a real kernel, section by section."""

    km: Any
    kc: Any

    def __init__(self, nb: NotebookNode, session: RunSession, kernel_name: str) -> None:
        super().__init__(
            nb,
            km=session.manager,
            kernel_name=kernel_name,
            startup_timeout=START_SECONDS,
            iopub_timeout=IOPUB_SECONDS,
            raise_on_iopub_timeout=True,
            shutdown_kernel="immediate",
            record_timing=False,
            timeout_func=self._seconds_for,
        )
        self.session = session
        self.evidence = session.evidence
        self._deadline: float | None = None
        self._memory = Memory(0)
        self._ended = ""
        self._flood = FloodGuard(session.limits.outputs)
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self) -> None:
        """Start a kernel, run every section, make sure that the kernel lived to the end, end it.

        Raises:
            Stopped: the notebook could not go on.
        """
        begun = time.monotonic()
        if self.session.limits.edition is not None:
            self._deadline = begun + self.session.limits.edition
        self.reset_execution_trackers()
        with ExitStack() as kernel:
            self._start(kernel)
            ready = time.monotonic()
            self.evidence.start_seconds = ready - begun
            try:
                self._prepare()
                self._judge_parameters()
                self._run_notebook()
                self._finish()
            finally:
                self.evidence.cell_seconds = time.monotonic() - ready
                self.evidence.peak_memory = self._memory.peak or None

    def _start(self, kernel: ExitStack) -> None:
        """Start a kernel that ends with the stack."""
        try:
            kernel.enter_context(self.setup_kernel(cleanup_kc=True, **self.session.start))
        except (RuntimeError, QuarterdeckError) as error:
            told = f"The kernel did not start: {error}"
            raise Stopped(Failure(error=told, can_heal=True)) from error
        self._memory = Memory(self.km.provisioner.pid, self.session.limits.memory)
        self._disconnections = disconnections(self.kc)
        self.session.on_start(self._memory.pid)

    def _prepare(self) -> None:
        """Set the generators of Python and numpy, and let the kernel show what a page can."""
        seed = zlib.crc32(self.session.seed.encode())
        code = _PREPARING.format(seed=seed, outputs=self.session.limits.outputs)
        self._reply(self.kc.execute(code, silent=True), "The kernel died before the first cell.")

    def _judge_parameters(self) -> None:
        """Make sure, before any cell runs, that each value exists: of a wrong region there is nothing."""
        given = dict(self.session.given)
        index = next((at for at, cell in enumerate(self.nb.cells) if "parameters" in tags(cell)), None)
        if index is None or not given:
            return
        code = _JUDGING.format(judged=(self.nb.cells[index].source, str(self.session.path), given))
        message = self.kc.execute(code, silent=True, user_expressions={"refused": _REFUSED})
        answer = self._reply(message, "The kernel died while it looked at the parameters.")
        told = answer.get("user_expressions", {}).get("refused", {}).get("data", {}).get("text/plain", "{}")
        if refused := ast.literal_eval(told):
            name, told = next(iter(refused)), " ".join(refused.values())
            line = f"{name} = {given[name]!r}"
            raise Stopped(failure_in(self.nb.cells, index, f"ParameterError: {told}", line=line))

    def _run_notebook(self) -> None:
        found = sections(self.nb.cells)
        try:
            for index in range(found[0].start if found else len(self.nb.cells)):
                self._run_cell(index)
        except _CellFailed as error:
            raise Stopped(error.failure) from None
        except _NoData as nothing:
            self.evidence.no_data = str(nothing)
            return
        for section in found:
            self._run_section(section)

    def _run_section(self, section: Section) -> None:
        try:
            for index in range(section.start, section.end):
                self._run_cell(index)
        except _CellFailed as error:
            self.evidence.failures.append(error.failure)
            self._leave_gap(section, "failed", error.failure.error)
        except _NoData as nothing:
            self._leave_gap(section, "absent", str(nothing))
        else:
            self.evidence.standing += not section.closing

    def _leave_gap(self, section: Section, kind: Literal["failed", "absent"], reason: str) -> None:
        self.evidence.gaps.append(Gap(section=section.title, kind=kind, reason=reason))

    def _run_cell(self, index: int) -> None:
        cell = self.nb.cells[index]
        if cell.cell_type != "code" or not cell.source.strip():
            return
        self._announce(index)
        if self._is_late():
            raise Stopped(self._overdue(index))
        self._flood.next_cell()
        try:
            self._run_to_its_end(cell, index)
        except CellExecutionError as error:
            raise self._raised(index, error) from None
        except CellTimeoutError:
            raise Stopped(self._overdue(index)) from None
        except DeadKernelError:
            raise Stopped(self._died(index)) from None
        finally:
            cell.outputs = self._flood.told(cell.get("outputs", []))
            for text in spoken(cell):
                self.session.log(text)

    async def _to_its_end(self, cell: NotebookNode, index: int) -> None:
        """Run a cell; however it ends, nothing goes on listening to its kernel."""
        try:
            await self.async_execute_cell(cell, index)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            self._tasks.clear()

    _run_to_its_end = run_sync(_to_its_end)

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        """Take what a cell shows as it comes; after each message others get their turn, clocks above all."""
        self._tasks.add(cast("asyncio.Task[None]", asyncio.current_task()))
        with suppress(CellExecutionComplete):
            while True:
                message = await self.kc.iopub_channel.get_msg(timeout=None)
                await asyncio.sleep(0)
                if message["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(message, cell, cell_index)

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Take a message as far as there is room for what it shows."""
        try:
            return super().process_message(msg, cell, cell_index) if self._flood.admits(msg) else None
        except TooManyRecords as error:
            self._end(str(error))
            return None

    def _end(self, why: str) -> None:
        """End the kernel, and with it the run."""
        self._ended = self._ended or why
        kill_group(self._memory.pid)

    def _announce(self, index: int) -> None:
        self.session.on_cell(index, len(self.nb.cells))
        heading = heading_of(self.nb.cells, index)
        self.session.log(f"cell {number_of(self.nb.cells, index)}" + (f" ({heading})" if heading else ""))

    def _raised(self, index: int, error: CellExecutionError) -> _CellFailed | _NoData:
        """What the error of a cell means."""
        if self._is_no_data(error):
            return _NoData(clipped(error.evalue))
        return _CellFailed(error_in(self.nb.cells, index, clipped(error.ename), clipped(error.evalue)))

    def _is_no_data(self, error: CellExecutionError) -> bool:
        """Whether the error is our own NoData: the reply names the class, the kernel its module."""
        if error.ename != NO_DATA[1]:
            return False
        module = "__import__('sys').last_type.__module__"
        message = self.kc.execute("", silent=True, user_expressions={"module": module})
        answer = self._reply(message, "The kernel died while it told of an error.")
        said = answer.get("user_expressions", {}).get("module", {})
        return bool(said.get("data", {}).get("text/plain", "").strip("'\"") == NO_DATA[0])

    def _reply(self, message: str, died: str) -> dict[str, Any]:
        """What the kernel answers to a request that is no cell; `died` tells of one that does not."""
        try:
            reply = self.wait_for_reply(message) or {}
        except DeadKernelError:
            raise Stopped(Failure(error=died, can_heal=True)) from None
        content: dict[str, Any] = reply.get("content", {})
        return content

    async def _async_poll_kernel_alive(self) -> None:
        """End a cell when its kernel has ended, and one that holds too much or can no longer be heard."""
        self._tasks.add(cast("asyncio.Task[None]", asyncio.current_task()))
        cut_off = False
        while await self.km.is_alive():
            if self._memory.exceeded():
                self._end(self._too_much())
            if cut_off:  # and yet it lives
                self._end(f"An output of this cell is larger than {LARGEST_MESSAGE / 1e6:g} MB.")
            cut_off = bool(await self._disconnections.poll(0))
            await asyncio.sleep(WATCH_SECONDS)
        if self.task_poll_for_reply is not None:
            self.task_poll_for_reply.cancel()

    async def _check_raise_for_error(
        self, cell: NotebookNode, cell_index: int, exec_reply: dict[str, Any] | None
    ) -> None:
        """An exit ends the notebook even where the kernel calls it a success."""
        content = exec_reply["content"] if exec_reply else {}
        asked = any(item.get("source") == "ask_exit" for item in content.get("payload", []))
        if asked or content.get("ename") == "SystemExit":
            told = "The notebook ended its own kernel (exit). To skip an edition, raise findings.NoData."
            raise Stopped(failure_in(self.nb.cells, cell_index, told, line=raised_at(cell)))
        await super()._check_raise_for_error(cell, cell_index, exec_reply)

    def _finish(self) -> None:
        """Evidence that the kernel lived to the end, and what it cost."""
        self._memory.look_back()
        answer = self._reply(self.kc.kernel_info(), "The kernel died after the last cell.")
        self.nb.metadata["language_info"] = answer["language_info"]
        self.set_widgets_metadata()

    def _is_late(self) -> bool:
        """Whether the edition has used up its time."""
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _seconds_for(self, _cell: NotebookNode) -> float | None:
        """The time left for a cell: its own limit, or what remains of the edition's."""
        left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0.01)
        limits = [limit for limit in (self.session.limits.cell, left) if limit is not None]
        return min(limits, default=None)

    def _overdue(self, index: int) -> Failure:
        whole, limits = self._is_late(), self.session.limits
        what, key = ("The edition", "timeout.edition") if whole else ("The cell", "timeout.cell")
        told = f"{what} took longer than {limits.edition if whole else limits.cell:g} s, its {key}."
        return failure_in(self.nb.cells, index, f"{told} Raise the limit, or make it quicker.")

    def _died(self, index: int) -> Failure:
        told = self._ended or "The kernel died while this cell ran."
        return failure_in(self.nb.cells, index, told, can_heal=not self._ended)

    def _too_much(self) -> str:
        held, limit = self._memory.peak / 1e9, (self._memory.limit or 0) / 1e9
        return (
            f"The kernel and the processes that it started held {held:.2f} GB together, more than the "
            f"report's memory of {limit:g} GB, and were ended. Raise the limit, or start fewer processes."
        )
