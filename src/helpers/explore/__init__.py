"""The analyst's tools in JupyterLab and VS Code: true parameters, a panel, the page before it is published.

    from helpers import explore

    explore.watch()         # in setup: the cell of parameters is read before it runs
    explore.panel()         # below the parameters: choose them, run the cells below, publish
    explore.page()          # In short and What changed as they will stand
    explore.all_findings()  # every finding, quiet ones too, by section
    explore.draft()         # this notebook's page as a draft
    explore.compare()       # the draft against the edition of record
    explore.publish()       # the draft becomes the edition of record

`known_values` tells what can be chosen, `provenance` by which values a name was made; `watching` holds the
notebook to it, `editions_file` keeps a choice; `quarterdeck_process` starts the program that publishes. In a
run of `quarterdeck` none does anything.
"""

from helpers.explore.drafting import compare, draft, publish
from helpers.explore.panel import panel
from helpers.explore.quarterdeck_process import DraftError
from helpers.explore.shown_findings import all_findings, page
from helpers.explore.watching import ParameterError, watch

__all__ = [
    "DraftError",
    "ParameterError",
    "all_findings",
    "compare",
    "draft",
    "page",
    "panel",
    "publish",
    "watch",
]


def __dir__() -> list[str]:
    return __all__
