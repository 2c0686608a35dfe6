"""The house style for whoever draws: the style sheet, and the defaults of matplotlib and seaborn."""

from __future__ import annotations

import sys
from importlib import resources
from typing import Any

from IPython.core.getipython import get_ipython
from IPython.display import HTML, display

from helpers.records import run_folder
from helpers.style.colours import CATEGORIES, TOKENS

FIGURE_SIZE = (10.5, 4.4)
"""Inches of a figure that fills the column of a page: 756 units of 1/72 inch, each shown as one pixel."""


def use() -> None:
    """Give JupyterLab the house style sheet, and matplotlib and seaborn the house's defaults.

    A published page has its own copy of the style sheet, and the colours of its figures follow the reader's
    scheme. Whatever a notebook sets afterwards holds.

    Example:
        >>> from helpers import style
        >>> import matplotlib.pyplot as plt
        >>> style.use()
        <IPython.core.display.HTML object>
        >>> plt.rcParams["axes.prop_cycle"].by_key()["color"][0] == style.TOKENS["accent"]
        True
        >>> plt.rcdefaults()
    """
    import matplotlib

    matplotlib.rcParams.update(defaults())
    if objects := sys.modules.get("seaborn._core.plot"):
        objects.Plot.config.theme.update(defaults())
    if get_ipython() is not None and run_folder() is None:
        _draw_sharply()
    display(HTML(f"<style>{stylesheet()}</style>"))


def stylesheet() -> str:
    """The house style sheet: tokens, charts, tables, what-if; for JupyterLab and for pages.

    >>> "--accent:" in stylesheet().replace(" ", "")
    True
    """
    return resources.files("helpers").joinpath("house.css").read_text(encoding="utf-8")


def defaults() -> Any:  # noqa: ANN401  (matplotlib's type lists every key)
    """What matplotlib (and so seaborn) draws with unless told otherwise, as `rcParams`.

    Sizes are in points of 1/72 inch, each a pixel on the page. A dollar sign is a dollar sign: labels are
    no formulas.
    """
    from matplotlib.rcsetup import cycler

    return {**_colours(), **_lines(), **_words(), "axes.prop_cycle": cycler(color=_categories())}


def _draw_sharply() -> None:
    """Let JupyterLab show two pixels for one; in a run, figures are drawn for the page instead."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    set_matplotlib_formats("retina")


def _categories() -> list[str]:
    return [TOKENS[token] for token in CATEGORIES]


def _colours() -> dict[str, Any]:
    paper, ink, soft, hair, line = (TOKENS[name] for name in ("paper", "ink", "soft", "hair", "line"))
    return {
        "figure.facecolor": paper,
        "savefig.facecolor": paper,
        "axes.facecolor": paper,
        "axes.edgecolor": line,
        "axes.labelcolor": soft,
        "axes.titlecolor": ink,
        "text.color": ink,
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelcolor": soft,
        "ytick.labelcolor": soft,
        "grid.color": hair,
        "patch.edgecolor": paper,
        "hatch.color": paper,
        "boxplot.flierprops.markeredgecolor": TOKENS["ref"],
    }


def _lines() -> dict[str, Any]:
    return {
        "axes.axisbelow": True,
        "axes.grid": True,
        "axes.linewidth": 1.0,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.constrained_layout.use": True,
        "figure.dpi": 72,
        "figure.figsize": FIGURE_SIZE,
        "grid.linewidth": 1.0,
        "legend.edgecolor": "none",
        "legend.fancybox": False,
        "legend.framealpha": 0.85,
        "lines.linewidth": 2.25,
        "lines.solid_capstyle": "round",
        "patch.linewidth": 1.0,
        "xtick.major.size": 0.0,
        "xtick.minor.size": 0.0,
        "ytick.major.size": 0.0,
        "ytick.minor.size": 0.0,
    }


def _words() -> dict[str, Any]:
    return {
        "axes.labelsize": 12.5,
        "axes.titlelocation": "left",
        "axes.titlesize": 13.0,
        "axes.titleweight": "bold",
        "axes.unicode_minus": True,
        "figure.titlesize": 16.0,
        "figure.titleweight": "bold",
        "font.family": ["sans-serif"],
        "font.size": 12.5,
        "legend.fontsize": 12.5,
        "legend.title_fontsize": 12.5,
        "svg.fonttype": "none",
        "text.parse_math": False,
        "xtick.labelsize": 12.5,
        "xtick.major.pad": 6.0,
        "ytick.labelsize": 12.5,
        "ytick.major.pad": 6.0,
    }
