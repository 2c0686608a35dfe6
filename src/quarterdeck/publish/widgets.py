"""Stock ipywidgets on a page: they need a kernel, so their last measured state is shown instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

_MODEL = "IPY_MODEL_"
State = Mapping[str, Mapping[str, Any]]


def measured(view: Mapping[str, Any], states: State) -> Markup:
    """What a widget last showed: its settings, then its outputs as text."""
    rows = list(_rows(str(view.get("model_id", "")), states, set()))
    settings = [row for row in rows if row[0]]
    texts = [text for label, text in rows if not label]
    parts = []
    if settings:
        parts.append(
            Markup("<dl>{}</dl>").format(
                Markup("").join(
                    Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(label, text)
                    for label, text in settings
                )
            )
        )
    parts += [Markup('<pre tabindex="0">{}</pre>').format(text) for text in texts]
    return Markup("").join(parts)


def _rows(model: str, states: State, seen: set[str]) -> Iterator[tuple[str, str]]:
    """(label, value) of every setting, ("", text) of every output, in the order of the widget."""
    if model in seen or model not in states:
        return
    seen.add(model)
    state = states[model].get("state", {})
    for child in state.get("children", ()):
        yield from _rows(str(child).removeprefix(_MODEL), states, seen)
    if "value" in state and isinstance(state["value"], str | int | float | bool):
        yield str(state.get("description") or "Value"), str(state["value"])
    for output in state.get("outputs", ()):
        text = output.get("text") or output.get("data", {}).get("text/plain", "")
        if str(text).strip():
            yield "", str(text).rstrip()
