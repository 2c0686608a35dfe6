"""The live widget in JupyterLab: helpers/whatif.js through anywidget."""

from __future__ import annotations

from importlib import resources
from typing import Any

import anywidget
import traitlets

SCRIPT = resources.files("helpers").joinpath("whatif.js").read_text(encoding="utf-8")


class View(anywidget.AnyWidget):
    """Sliders and table of one model; `values` follows the sliders and moves them."""

    _esm = f"{SCRIPT}\nexport default quarterdeckWhatIf;\n"
    spec = traitlets.Dict().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any]) -> None:
        values = {slider["name"]: slider["value"] for slider in spec["sliders"]}
        super().__init__(spec=spec, values=values)
