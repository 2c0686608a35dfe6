"""A what-if model as a notebook shows it: live view, specification for the page, table as measured."""

from __future__ import annotations

import html
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING, Any

from helpers.records import WHATIF, run_folder
from helpers.whatif.model import Model

if TYPE_CHECKING:
    from helpers.whatif.view import View


class WhatIf:
    """Shows a model: sliders, and a table of measured, what if and change.

    Displayed in JupyterLab it is a live widget. In a scheduled run, where nobody can move a slider, it
    leaves the specification and the measured table only; the page makes itself live from them.

        >>> from helpers.whatif import Model, Output, Slider
        >>> growth = Slider("growth", "Growth of trials", -0.5, 1, 0, 0.05)
        >>> paid = Output("Paid accounts", "count")
        >>> shown = WhatIf(Model("More trials", lambda growth: (240 * (1 + growth),), (growth,), (paid,)))
        >>> shown.spec["title"], shown.spec["outputs"][0]["value"]
        ('More trials', 240.0)

    Raises:
        ValueError: an output is not defined as measured, or a slider moves none.
        TypeError: the function does what cannot be written down.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.spec = _spec(model)

    @cached_property
    def view(self) -> View:
        """The widget; `view.values` tells where its sliders stand."""
        # Imported here because a scheduled run, and whoever only builds models, does without anywidget.
        from helpers.whatif.view import View

        return View(self.spec)

    def _repr_mimebundle_(self, **_: object) -> tuple[dict[str, Any], dict[str, Any]]:
        own = {WHATIF: self.spec, "text/html": _as_measured(self.model), "text/plain": self.model.title}
        if run_folder():
            return own, {}
        live, metadata = self.view._repr_mimebundle_() or ({}, {})
        return {**live, **own}, metadata


def _spec(model: Model) -> dict[str, Any]:
    """What helpers/whatif.js needs; lists wherever order matters, since nbformat sorts keys."""
    return {
        "title": model.title,
        "note": model.note,
        "sliders": [{**asdict(slider), "decimals": slider.digits} for slider in model.sliders],
        "outputs": [
            {**asdict(output), "decimals": output.digits, "value": value, "cell": cell}
            for output, value, cell in zip(model.outputs, model.measured, model.sheet.results, strict=True)
        ],
        "cells": [list(cell) if isinstance(cell, tuple) else cell for cell in model.sheet.cells],
        "axis": [list(tick) for tick in model.axis()],
    }


def _as_measured(model: Model) -> str:
    """The table that stands where no script runs."""
    rows = "".join(
        f'<tr><th scope="row">{html.escape(output.label)}</th><td>{html.escape(result.text)}</td></tr>'
        for output, result in zip(model.outputs, model.at(), strict=True)
    )
    note = f'<p class="note">{html.escape(model.note)}</p>' if model.note else ""
    return (
        f'<figure class="qd"><figcaption><h3>{html.escape(model.title)}</h3></figcaption>'
        '<div class="whatif still"><table><thead><tr><td></td><th scope="col">As measured</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{note}"
        '<p class="note">The levers move where scripts run: in the published page, and in JupyterLab once '
        "this cell has run.</p></div></figure>"
    )
