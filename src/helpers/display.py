"""In a run, what a cell shows bare becomes what a page can show; what customers wrote stays in the kernel.

Bare figures are drawn for the page, bare data frames become tables of the house. Every message of the kernel
passes one gate before it is sent: one that quotes customers is withheld, whether it was shown, printed, or is
the text of an error. JupyterLab is left as it is: there an analyst reads what customers wrote.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython

from helpers import verbatims
from helpers.records import OUTPUTS, WHATIF, WITHHELD, run_folder
from helpers.records.nouns import how_many

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame, Series

Bundle = dict[str, Any]
Message = dict[str, Any]

NO_ALT = "quarterdeck_no_alt"
"""Metadata of a figure that has no text alternative of its own."""

_FIGURES, _FRAMES = count(1), count(1)
_HOUSE = ('<figure class="qd"', '<p class="qd')
_PICTURES = ("image/png", "image/jpeg", "application/pdf")
_SHOWN = ("display_data", "execute_result", "update_display_data")
_SPOKEN = ("error", "execute_reply", "comm_open", "comm_msg")


def for_run() -> None:
    """Prepare the kernel of a run; in JupyterLab this does nothing."""
    shell = get_ipython()
    if shell is None or run_folder() is None:
        return
    _show_bare_objects(shell)
    gate = _Gate()
    session = shell.kernel.session  # type: ignore[attr-defined]
    serialize = session.serialize
    session.serialize = lambda message, ident=None: serialize(gate.passed(message), ident)
    for stream in (sys.stdout, sys.stderr):
        stream.write = _learning(stream.write)  # type: ignore[method-assign]


def _show_bare_objects(shell: Any) -> None:  # noqa: ANN401  (IPython's shell)
    bundles = shell.display_formatter.mimebundle_formatter
    bundles.for_type_by_name("matplotlib.figure", "Figure", _figure)
    bundles.for_type_by_name("seaborn._core.plot", "Plot", _plot)
    for module in ("pandas", "pandas.core.frame", "pandas.core.series"):
        bundles.for_type_by_name(module, "DataFrame", _frame)
        bundles.for_type_by_name(module, "Series", _series)
    # The page has its own drawing: the inline backend need not make a second one.
    shell.config.InlineBackend.figure_formats = set()
    if backend := sys.modules.get("matplotlib_inline.backend_inline"):
        backend.InlineBackend.instance(parent=shell).figure_formats = set()


def _figure(figure: Figure) -> Bundle | tuple[Bundle, Bundle]:
    from helpers import pictures

    if column := verbatims.quoted_in("\n".join(pictures.lettering(figure))):
        return verbatims.withheld(column)
    said = pictures.shown_text(figure)
    drawn = pictures.drawn(figure, f"figure-{next(_FIGURES)}").html(said)
    return {"text/html": f'<figure class="qd">{drawn}</figure>', "text/plain": said}, {NO_ALT: True}


def _plot(plot: Any) -> Bundle | tuple[Bundle, Bundle]:  # noqa: ANN401  (of seaborn.objects)
    from helpers import pictures

    return _figure(pictures.figure_of(plot))


def _frame(data: DataFrame) -> Bundle:
    from helpers import tables

    if column := verbatims.column_in(data):
        return verbatims.withheld(column)
    rows, columns = data.shape
    return {
        "text/html": tables.untitled(data, f"table-{next(_FRAMES)}"),
        "text/plain": f"{how_many(rows, 'row')}, {how_many(columns, 'column')}",
    }


def _series(values: Series[Any]) -> Bundle:
    return _frame(values.to_frame(name="value" if values.name is None else values.name))


def _learning(write: Callable[[str], int]) -> Callable[[str], int]:
    """Read what customers wrote before something is printed.

    What is printed is sent by another thread, in which no database should be asked.
    """

    def learned(text: str) -> int:
        if any(map(str.isalpha, text)):
            verbatims.learn()
        return write(text)

    return learned


class _Gate:
    """Lets a message pass that quotes nobody; of any other, what tells that something is withheld."""

    def __init__(self) -> None:
        self._last_words: dict[str, str] = {}

    def passed(self, message: Message) -> Message:
        kind, content = message["header"]["msg_type"], message.get("content")
        if not isinstance(content, dict):
            return message
        if kind == "stream":
            return self._printed(message)
        if kind in _SHOWN:
            column = _quoted_in_bundle(content.get("data", {}))
            return _replaced(message, kind, column) if column else message
        if kind in _SPOKEN and content.get("status") != "ok" and content.get("ename") != "NoData":
            return {**message, "content": _silenced(content)}
        return message

    def _printed(self, message: Message) -> Message:
        """A text may be printed in parts: the last words before it are looked at with it."""
        name, text = message["content"]["name"], message["content"]["text"]
        before = self._last_words.get(name, "")
        self._last_words[name] = " ".join(verbatims.words(text)[1 - verbatims.SPAN :])
        column = verbatims.quoted_in(text) or verbatims.quoted_in(f"{before} {text}")
        return _replaced(message, "display_data", column) if column else message


def _replaced(message: Message, kind: str, column: str) -> Message:
    header = {**message["header"], "msg_type": kind}
    content = message["content"] if kind in _SHOWN and "data" in message["content"] else {"transient": {}}
    content = {**content, "data": verbatims.withheld(column), "metadata": {}}
    return {**message, "header": header, "msg_type": kind, "content": content}


def _quoted_in_bundle(data: Bundle) -> str:
    """The column of free text that an output quotes; what the house itself shows is made to quote none."""
    own = data.keys() & {*OUTPUTS, WITHHELD, WHATIF} or str(data.get("text/html", "")).startswith(_HOUSE)
    if own:
        return ""
    texts = (
        value if isinstance(value, str) else json.dumps(value)
        for kind, value in data.items()
        if kind not in _PICTURES
    )
    return next((column for text in texts if (column := verbatims.quoted_in(text))), "")


def _silenced(value: Any) -> Any:  # noqa: ANN401  (what JSON holds)
    """The same without any text that quotes customers."""
    if isinstance(value, dict):
        return {key: _silenced(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_silenced(each) for each in value]
    if isinstance(value, str) and (column := verbatims.quoted_in(value)):
        return f"(withheld: it holds what customers wrote, column {column})"
    return value
