"""Which outputs of a cell a page shows, and as what.

Not shown: records (the page words them elsewhere), standard error (it is in the log, and names places of the
machine), errors (the section's gap tells them), and what a library says of the object that it has drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from nbformat import NotebookNode

from helpers.records import FREE_TEXT, OUTPUTS, WHATIF, WITHHELD
from quarterdeck.kernels.output_budget import COLOURS
from quarterdeck.publish import foreign

WIDGET = "application/vnd.jupyter.widget-view+json"

_ACTIVE = re.compile(
    r"<\s*/?\s*(?:script|meta|base|link|iframe|frame|object|embed|form|portal)\b", re.IGNORECASE
)
_INTERACTIVE = re.compile(r"application/(?:vnd\.(?:plotly|vega|vegalite|bokehjs|holoviews)|javascript)")
_HOUSE = ('<figure class="qd"', '<p class="qd')
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_DRAWN = re.compile(
    r"<[\w.]+(?: object)?(?:\([^<>]*\))? at 0x[0-9a-fA-F]+>"
    r"|<(?:Axes|Figure|BarContainer|\w+\.\w+Container)\b[^<>]*>"
    r"|\A(?:Text\(|alt\.\w*Chart\()"
)
"""What objects of matplotlib, seaborn and others say of themselves: their place in memory, no result."""
_NAMES = "|".join(sorted(FREE_TEXT))
_COLUMNS = (
    re.compile(rf'<th(?![^>]* scope="row")[^>]*>\s*({_NAMES})\s*</th>'),
    re.compile(rf"\bName: ({_NAMES}), "),
    re.compile(rf"['\"]({_NAMES})['\"]\s*:"),
    re.compile(rf"^[ |][^\n]*(?<!\S)({_NAMES})(?!\S)[^\n]*\n[\d|]", re.MULTILINE),
)
"""A column of free text as HTML, a Series, a dictionary and a printed data frame show it; not the row of a
card that tells of the column."""


def shown(cell: NotebookNode, heading: str) -> Iterator[NotebookNode]:
    """The outputs of a cell that a page shows, results and displays alike."""
    before = None
    for output in cell.get("outputs", ()):
        data = _printed(output) if output.output_type == "stream" else _data(output)
        if not data or (data == before and WITHHELD in output.get("data", {})):
            continue
        before = data
        if set(data) == {"stdout"}:
            yield NotebookNode(output_type="stream", name="stdout", text=data["stdout"])
        else:
            metadata = {"alt": f"Figure in {heading}" if heading else "Figure", **output.get("metadata", {})}
            yield NotebookNode(output_type="display_data", data=NotebookNode(data), metadata=metadata)


def is_interactive(data: Mapping[str, Any]) -> bool:
    """Whether an output is a picture that moves in JupyterLab only, and has no still one."""
    if any(kind.startswith("image/") for kind in data) or WHATIF in data or WIDGET in data:
        return False
    acts = bool(_ACTIVE.search(data.get("text/html", "")))
    return any(map(_INTERACTIVE.match, data)) or (acts and bool(_DRAWN.search(data.get("text/plain", ""))))


def free_text_column(data: Mapping[str, Any]) -> str:
    """The column of customers' own words that an output shows, by its name; empty where there is none.

    The kernel withholds by what its tables hold; this is the second look, at notebooks that ran elsewhere.
    """
    if OUTPUTS.keys() & data.keys():
        return ""
    kinds = ("text/html",) if _is_house(data) else ("text/html", "text/markdown", "text/plain", "stdout")
    for kind in kinds:
        for column in _COLUMNS:
            if found := column.search(str(data.get(kind, ""))):
                return found[1]
    return ""


def withheld_column(output: NotebookNode) -> str:
    """The column because of which an output is withheld; empty where it is not."""
    data = {"stdout": output.text} if output.output_type == "stream" else output.get("data", {})
    told = data.get(WITHHELD)
    return str(told["column"]) if told else free_text_column(data)


def _printed(output: NotebookNode) -> dict[str, Any]:
    if output.name != "stdout" or not output.text.strip():
        return {}
    if column := free_text_column({"stdout": output.text}):
        return _note(_withheld(column))
    return {"stdout": _ADDRESS.sub("", COLOURS.sub("", output.text))}


def _data(output: NotebookNode) -> dict[str, Any]:
    """The representations that a page may show; none of a record, none that could act."""
    data = output.get("data", {})
    if output.output_type not in ("display_data", "execute_result") or OUTPUTS.keys() & data.keys():
        return {}
    if column := withheld_column(output):
        return _note(_withheld(column))
    if is_interactive(data):
        return _note("A picture stands here that moves: it can be seen in JupyterLab only.")
    return _still(data, output.get("metadata", {}))


def _still(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    kept = {kind: value for kind, value in data.items() if not _INTERACTIVE.match(kind)}
    if WHATIF in kept:
        kept.pop(WIDGET, None)
    if _ACTIVE.search(kept.get("text/html", "")):
        del kept["text/html"]
    elif "text/html" in kept:
        own = _is_house(kept)
        kept["text/html"] = (
            _described(kept["text/html"], metadata) if own else foreign.cleaned(kept["text/html"])
        )
    return {} if set(kept) == {"text/plain"} and _says_nothing(kept["text/plain"]) else kept


def _says_nothing(text: str) -> bool:
    return not text.strip() or bool(_DRAWN.search(text))


def _is_house(data: Mapping[str, Any]) -> bool:
    return WHATIF in data or str(data.get("text/html", "")).startswith(_HOUSE)


def _described(html: str, metadata: Mapping[str, Any]) -> str:
    """A bare figure with the text alternative that it was displayed with."""
    alt = metadata.get("alt")
    if not alt:
        return html
    return re.sub(
        r'(<p class="vh" id="figure-\d+-alt">)[^<]*', lambda found: found[1] + escape(str(alt)), html, count=1
    )


def _withheld(column: str) -> str:
    return f"An output is withheld here: it holds what customers wrote (column {column})."


def _note(said: str) -> dict[str, Any]:
    return {"text/html": f'<p class="qd note">{escape(said)}</p>'}


def weights(outputs: Sequence[NotebookNode]) -> int:
    """Bytes that outputs add to a page."""
    return sum(len(str(value).encode()) for output in outputs for value in output.get("data", {}).values())
