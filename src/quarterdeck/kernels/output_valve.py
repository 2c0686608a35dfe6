"""In the kernel of a run: what is more than a cell may show is never sent, and how much it was is told.

Loaded by the kernel itself; a kernel of another environment has no valve, and the runner counts alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from helpers.records import OUTPUTS
from quarterdeck.kernels.output_budget import LEFT_OUT, OutputBudget, OutputLimits, shortened, weight


def install(shell: Any, text: int, pictures: int) -> None:  # noqa: ANN401  (IPython's shell)
    """Hold everything that this kernel sends from now on to these limits of a cell."""
    budget = OutputBudget(OutputLimits(text, pictures))
    session, thread = shell.kernel.session, shell.kernel.iopub_thread
    streams = (sys.stdout, sys.stderr)
    session.send = _measured(_in_order(session.send, [stream.flush for stream in streams]), budget)
    for stream in streams:
        _end_echo(stream)
        # Nobody watches a run: what is printed is sent a few times a second, and before whatever follows it.
        stream.flush = lambda: None  # type: ignore[method-assign]

    def begin_cell(_info: object) -> None:
        budget.next_cell()
        for stream in streams:
            # Anew for each cell: IPython puts a `write` of its own in place, and takes it away afterwards.
            stream.write = _printing(stream.write, budget)  # type: ignore[method-assign]

    shell.events.register("pre_run_cell", begin_cell)
    # What may be shown must arrive: by itself the socket drops what lies a thousand messages ahead.
    thread.schedule(lambda: setattr(thread.socket, "sndhwm", 0))


def _printing(write: Callable[[str], int], budget: OutputBudget) -> Callable[[str], int]:
    if hasattr(write, "measured"):
        return write

    def printed(text: str) -> int:
        shown = budget.printable(text) if isinstance(text, str) else text
        if shown or not text:
            write(shown)
        return len(text)

    printed.measured = True  # type: ignore[attr-defined]
    return printed


def _in_order(send: Callable[..., Any], flushes: Sequence[Callable[[], None]]) -> Callable[..., Any]:
    """Send nothing before what was printed before it."""

    def sent(socket: Any, message: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401
        kind = message["header"]["msg_type"] if isinstance(message, dict) else message
        if kind != "stream":
            for flush in flushes:
                flush()
        return send(socket, message, *rest, **more)

    return sent


def _measured(send: Callable[..., Any], budget: OutputBudget) -> Callable[..., Any]:
    def measured(socket: Any, message: Any, content: Any = None, *more: Any, **rest: Any) -> Any:  # noqa: ANN401
        whole = isinstance(message, dict)
        kind = message["header"]["msg_type"] if whole else message
        said = message["content"] if whole else content
        if not isinstance(said, dict):
            return send(socket, message, content, *more, **rest)
        told = _told(said, budget)
        fits = budget.takes(weight(kind, told, rest.get("buffers") or ()))
        if not fits and not OUTPUTS.keys() & told.get("data", {}).keys():
            return message if whole else None
        parts = ({**message, "content": told}, content) if whole else (message, told)
        return send(socket, *parts, *more, **rest)

    return measured


def _told(content: dict[str, Any], budget: OutputBudget) -> dict[str, Any]:
    """Errors as long as somebody reads; the end of a cell tells what was left out of it."""
    if "ename" in content:
        return shortened(content)
    if content.get("execution_state") == "idle" and budget.left_out:
        return {**content, LEFT_OUT: dict(budget.left_out)}
    return content


def _end_echo(stream: Any) -> None:  # noqa: ANN401  (ipykernel's stream)
    """What is written to the descriptors themselves is shown like a print, and nowhere else."""
    copy = getattr(stream, "_original_stdstream_copy", None)
    if copy is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, copy)
        os.close(nowhere)
