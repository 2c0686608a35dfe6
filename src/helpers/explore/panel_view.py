"""The panel as a widget: what panel.js shows, and the questions that it asks the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import resources
from typing import Any

import anywidget
import traitlets

from helpers import style
from helpers.records.parameter_types import Value, to_text

_FILES = resources.files("helpers.explore")
Answer = Callable[[str, Mapping[str, str]], dict[str, Any]]


class PanelView(anywidget.AnyWidget):
    """Controls of one notebook; `values` are the texts in force, `refused` why none are.

    `drafted` is what stands of a draft of these values, made before this panel; empty without one.
    """

    _esm = _FILES.joinpath("panel.js").read_text(encoding="utf-8")
    _css = style.stylesheet() + _FILES.joinpath("panel.css").read_text(encoding="utf-8")
    controls: Any = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    refused = traitlets.Unicode().tag(sync=True)
    report = traitlets.Unicode().tag(sync=True)
    drafted = traitlets.Dict().tag(sync=True)

    def __init__(
        self, controls: list[dict[str, Any]], report: str, drafted: dict[str, Any], answer: Answer
    ) -> None:
        super().__init__(controls=controls, report=report, drafted=drafted)
        self._answer = answer
        self.on_msg(self._asked)

    def follow(self, values: Mapping[str, Value], refused: str) -> None:
        """Show the values in force, as one types them."""
        with self.hold_sync():
            self.values = {name: to_text(value) for name, value in values.items()}
            self.refused = refused

    def _asked(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        self.send(self._answer(content["ask"], content["texts"]))
