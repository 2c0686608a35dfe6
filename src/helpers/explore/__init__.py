"""The analyst's tools in JupyterLab and VS Code: true parameters, and a panel to choose them.

    from helpers import explore

    explore.watch()    # in setup: the cell of parameters is read before it runs
    explore.panel()    # below the parameters: choose them, run the cells below, keep the choice as an edition

`known_values` tells what can be chosen, `provenance` by which values a name was made; `watching` holds the
notebook to it, `editions_file` keeps a choice. In a run of `quarterdeck` both do nothing.
"""

from helpers.explore.panel import panel
from helpers.explore.watching import ParameterError, watch

__all__ = ["ParameterError", "panel", "watch"]


def __dir__() -> list[str]:
    return __all__
