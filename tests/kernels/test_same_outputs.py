"""One notebook in a warm kernel and in an ordinary one: every output has the same types and content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from quarterdeck.kernels import PROVISIONER, pool

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

pytestmark = pytest.mark.skipif(not pool.available(), reason="kernels are forked on Linux only")

CELLS = [
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(3, 1)); ax.plot([1, 2]); fig",
    "plt.plot([1, 2, 3]); plt.show()",
    "plt.plot([3, 2, 1]);",
    "plt.isinteractive(), plt.get_backend()",
    "from matplotlib.figure import Figure\nbare = Figure(figsize=(2, 1)); bare.subplots().plot([1, 2]); bare",
    "import pandas as pd, seaborn as sns\nsns.barplot(x=['a', 'b'], y=[1, 2])",
    "sns.relplot(x=[1, 2], y=[3, 4])",
    "import seaborn.objects as so\nso.Plot(x=[1, 2], y=[3, 4]).add(so.Dot())",
    "df = pd.DataFrame({'a': [1, 2], 'b': ['x', 'y']}); df",
    "df.a",
    "df.style.highlight_max(subset='a')",
    "display(df.a.plot())",
    "import statsmodels.api as sm\nsm.OLS([1.0, 2, 3.5], sm.add_constant([1.0, 2, 3])).fit().params",
    "%matplotlib inline\nplt.plot([1, 2, 3]); plt.show()",
    "%config InlineBackend.figure_formats = {'svg', 'retina'}\nplt.plot([1, 2, 3]);",
    "%matplotlib agg\nplt.plot([1, 2, 3]); plt.show()",
    "%matplotlib inline\nplt.bar(['😀 happy', 'שלום', '日本語', 'a $5 plan'], [1, 2, 3, 4]); plt.show()",
    "import os, sys\n[os.environ[name] for name in ('MPLBACKEND', 'TERM', 'PAGER')], sys.argv[0], sys.path",
    "from IPython.display import Latex, Markdown\ndisplay(Markdown('*a*')); Latex('$x$')",
    "!echo hello",
    "1 / 0",
]
CHANGING = (
    (r"0x[0-9a-f]{6,}", "0x"),
    (r"T_[0-9a-f]{5}", "T_"),
    (r"/[^\s:]*/ipykernel_\d+/\d+", "ipykernel"),
    (r"<dc:date>.*?</dc:date>", ""),
    (r'"#?[a-z][0-9a-f]{10}"|#[a-z][0-9a-f]{10}', "id"),
)
"""Addresses, random ids, and ids of SVG that are salted by chance."""


def executed(provisioner: str) -> list[list[dict[str, Any]]]:
    """The outputs of every cell in a kernel of this kind."""
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.default_provisioner_name = provisioner
    notebook = new_notebook(cells=[new_code_cell(source) for source in CELLS])
    try:
        NotebookClient(notebook, kernel_name="python3", timeout=60, allow_errors=True).execute()
    finally:
        factory.default_provisioner_name = before
    return [[steady(output) for output in cell.outputs] for cell in notebook.cells]


def steady(value: Any) -> Any:
    """What does not change from run to run."""
    if isinstance(value, dict):
        return {key: steady(each) for key, each in value.items()}
    if isinstance(value, list):
        return [steady(each) for each in value]
    if isinstance(value, str):
        for pattern, stable in CHANGING:
            value = re.sub(pattern, stable, value)
    return value


@pytest.fixture(scope="module")
def outputs() -> tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]:
    return executed(PROVISIONER), executed("local-provisioner")


@pytest.mark.parametrize("number", range(len(CELLS)), ids=[source.split("\n")[-1][:40] for source in CELLS])
def test_a_cell_says_the_same_in_both_kernels(
    number: int, outputs: tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]
) -> None:
    warm, ordinary = outputs[0][number], outputs[1][number]
    assert [set(output.get("data", ())) for output in warm] == [set(o.get("data", ())) for o in ordinary]
    assert warm == ordinary


def test_pictures_appear(outputs: tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]) -> None:
    drawn = [sum("image/png" in output.get("data", ()) for output in cell) for cell in outputs[0]]
    assert drawn[:8] == [2, 1, 1, 0, 1, 1, 1, 1]


def test_a_run_shows_a_picture_wherever_an_ordinary_kernel_does(
    project: ProjectFolder, outputs: tuple[list[list[dict[str, Any]]], list[list[dict[str, Any]]]]
) -> None:
    project.report("demo")
    project.notebook("demo", "## Shown", *CELLS, parameters='region: str = "all"  # one region, or all')
    project.quarterdeck("run")
    record = project.records()[-1]
    folder = project.layout.run(record.report, record.edition, record.run_id)
    cells = nbformat.read(folder / "executed.ipynb", as_version=4).cells[-len(CELLS) :]
    for cell, ordinary in zip(cells, outputs[1], strict=True):
        ran = [steady(output) for output in cell.outputs]
        assert list(map(kind, ran)) == list(map(kind, ordinary)), cell.source
        assert list(map(spoken, ran)) == list(map(spoken, ordinary)), cell.source


def kind(output: dict[str, Any]) -> tuple[str, bool]:
    """The type of an output, and whether it is a picture."""
    data = output.get("data", {})
    html = data.get("text/html", "")
    picture = any(name.startswith("image/") for name in data) or "<svg" in html or "<picture" in html
    return output["output_type"], picture


def spoken(output: dict[str, Any]) -> str:
    """What an output prints, or which error it is; warnings name the place from which a figure was drawn."""
    if output.get("name") == "stderr":
        return ""
    return str(output.get("text") or output.get("evalue") or "")
