"""How much a cell and a run may show: counted while it comes, in the kernel and once more where it arrives.

The kernel leaves out what is too much, so that it is never sent; the runner counts again, because a notebook
can get round whatever stands in its own kernel.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "pictures"]
Weight = Mapping[Kind, int]

LEFT_OUT = "quarterdeck_left_out"
"""Under this name the kernel, and then the executed notebook, tell how many bytes were left out."""

CELLS = 5
"""A run may show as much as so many cells that show all that they may."""

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""What tells a terminal to write in colour, or elsewhere; no page and no file has use for it."""

SHOWN = frozenset({"display_data", "execute_result", "update_display_data"})
_COMMS = frozenset({"comm_open", "comm_msg", "comm_close"})
_HEAVY = ("image/", "application/pdf", "application/vnd.quarterdeck.", "application/vnd.jupyter.widget")
_OUTPUT_BYTES = 100
"""What an output weighs beside its content: outputs without end are too much as well."""

_WORTH_TELLING = 50_000
_LONGEST_ERROR = 2_000
_MOST_FRAMES = 100


@dataclass(frozen=True)
class OutputLimits:
    """Bytes that one cell may show: of text, and of pictures.

    With the pictures are counted records, the state of widgets, and errors.
    """

    text: int = 2_000_000
    pictures: int = 20_000_000


@dataclass
class OutputBudget:
    """What the present cell, and the run so far, have shown, and what was left out of the cell."""

    limits: OutputLimits = OutputLimits()
    left_out: Counter[Kind] = field(default_factory=Counter)
    _cell: Counter[Kind] = field(default_factory=Counter)
    _run: Counter[Kind] = field(default_factory=Counter)

    def next_cell(self) -> None:
        """Another cell begins; the run goes on."""
        self._cell.clear()
        self.left_out.clear()

    def room(self, kind: Kind) -> int:
        """Bytes of a kind that may still be shown."""
        limit: int = getattr(self.limits, kind)
        return max(0, min(limit - self._cell[kind], CELLS * limit - self._run[kind]))

    def takes(self, weight: Weight) -> bool:
        """Whether an output may be shown, which is then counted; else it counts as left out."""
        fits = all(size <= self.room(kind) for kind, size in weight.items())
        for counted in (self._cell, self._run) if fits else (self.left_out,):
            counted.update(weight)
        return fits

    def printable(self, text: str) -> str:
        """The beginning of a text, as much as may still be shown."""
        data = text.encode(errors="replace")
        room = self.room("text")
        self.takes({"text": min(len(data), room)})
        self.left_out["text"] += max(0, len(data) - room)
        return text if len(data) <= room else data[:room].decode(errors="ignore")


def weight(kind: str, content: Mapping[str, Any], buffers: Sequence[Any] = ()) -> Weight:
    """What a message weighs; nothing, where it shows nothing."""
    if kind in SHOWN:
        found: Counter[Kind] = Counter({"text": _OUTPUT_BYTES})
        for mime, value in content.get("data", {}).items():
            found["pictures" if mime.startswith(_HEAVY) else "text"] += _size(value)
        return found
    if kind == "error":
        return {"pictures": _OUTPUT_BYTES + _size(content)}
    if kind in _COMMS:
        return {"pictures": _OUTPUT_BYTES + _size(content) + sum(memoryview(one).nbytes for one in buffers)}
    return {}


def shortened(error: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an error whose name, text and traceback are as long as somebody may read."""
    found = dict(error)
    for key in ("ename", "evalue"):
        found[key] = clipped(str(found.get(key, "")))
    lines = found.get("traceback") or []
    found["traceback"] = [clipped(str(line)) for line in lines[:_MOST_FRAMES]]
    return found


def amount(left: Mapping[Kind, int]) -> str:
    """How much was left out, in words: `313.0 MB of text`."""
    sizes = {kind: f"{left[kind] / 1e6:,.1f} MB of {kind}" for kind in left}
    told = [said for kind, said in sizes.items() if left[kind] >= _WORTH_TELLING] or ["less than 0.1 MB"]
    return " and ".join(told)


def clipped(text: str) -> str:
    """A text of which the end is left out where it is long."""
    beyond = len(text) - _LONGEST_ERROR
    return text if beyond <= 0 else f"{text[:_LONGEST_ERROR]} … ({beyond:,} more characters)"


def _size(value: object) -> int:
    return len((value if isinstance(value, str) else json.dumps(value, default=str)).encode(errors="replace"))
