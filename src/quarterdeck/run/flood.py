"""What a cell shows as it arrives: so much is kept, of the rest it is told how much it was.

Counted here once more, for a notebook can get round the valve in its own kernel (`kernels.output_valve`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from helpers.records import OUTPUTS
from quarterdeck.kernels.output_budget import (
    LEFT_OUT,
    Kind,
    OutputBudget,
    OutputLimits,
    amount,
    shortened,
    weight,
)


class TooManyRecords(Exception):  # noqa: N818  (it ends the run; it is no error of this program)
    """A cell shows more findings than may be shown, and a finding is never left out."""


class FloodGuard:
    """Admits what comes from a kernel, cell by cell."""

    def __init__(self, limits: OutputLimits) -> None:
        self._budget = OutputBudget(limits)
        self._kept_back: Counter[Kind] = Counter()

    def next_cell(self) -> None:
        """Another cell begins."""
        self._budget.next_cell()
        self._kept_back.clear()

    def admits(self, message: dict[str, Any]) -> bool:
        """Whether a message is taken; a text may be taken in part, and an error shortened.

        Raises:
            TooManyRecords: it holds a record, for which there is no room.
        """
        kind, content = message["header"]["msg_type"], message["content"]
        self._note(content.get(LEFT_OUT))
        if kind == "stream":
            content["text"] = self._budget.printable(str(content["text"]))
            return bool(content["text"])
        if kind == "error":
            message["content"] = content = shortened(content)
        fits = self._budget.takes(weight(kind, content, message.get("buffers") or ()))
        if not fits and OUTPUTS.keys() & content.get("data", {}).keys():
            raise TooManyRecords(
                "This cell shows more findings and other records than a run may. Show fewer, "
                "or allow more under output.pictures in the report's file."
            )
        return fits

    def told(self, outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
        """The outputs of the cell that has ended, texts in one piece, and how much is left out."""
        left = {kind: size for kind, size in (self._budget.left_out + self._kept_back).items() if size}
        return [*_joined(outputs), *([_note(left)] if left else [])]

    def _note(self, said: object) -> None:
        """What the kernel says that it has not sent."""
        if isinstance(said, Mapping):
            for kind in ("text", "pictures"):
                size = said.get(kind)
                self._kept_back[kind] += size if isinstance(size, int) and size > 0 else 0


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Outputs with the texts of one stream that follow each other made one."""
    found: list[NotebookNode] = []
    parts: list[str] = []
    for output in outputs:
        goes_on = found and output.output_type == "stream" and found[-1].get("name") == output.name
        if not goes_on:
            _close(found, parts)
            found.append(output)
        if output.output_type == "stream":
            parts.append(output.text)
    _close(found, parts)
    return found


def _close(found: list[NotebookNode], parts: list[str]) -> None:
    if parts:
        found[-1].text = "".join(parts)
        parts.clear()


def _note(left: Mapping[Kind, int]) -> NotebookNode:
    said = f"{amount(left)} left out here: it is more than one cell, or one page, may show."
    data = {"text/html": f'<p class="qd note">{escape(said)}</p>', "text/plain": said}
    note: NotebookNode = new_output("display_data", data=data, metadata={LEFT_OUT: dict(left)})
    return note
