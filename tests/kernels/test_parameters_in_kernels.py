"""A notebook's cells in a real kernel: none shows numbers of other parameters than those above it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from helpers import sample

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "notebooks" / "quarterly_feedback.ipynb"
CELLS = {
    cell.id: cell.source for cell in nbformat.read(SOURCE, as_version=4).cells if cell.cell_type == "code"
}
BELOW = [name for name in CELLS if name not in ("setup", "parameters", "panel")]


class Notebook:
    """The feedback report open in a kernel, as JupyterLab runs its cells."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client

    def run(self, source: str, cell: str = "scratch") -> tuple[str, str]:
        """How a cell ends, and all that it shows as text."""
        shown: list[str] = []

        def keep(message: dict[str, Any]) -> None:
            content = message["content"]
            shown.append(content.get("text") or "\n".join(content.get("traceback", ())))
            shown.append(content.get("data", {}).get("text/plain", ""))

        session = self.client.session
        content = {"code": source, "silent": False, "stop_on_error": True, "user_expressions": {}}
        message = session.msg("execute_request", content, metadata={"cellId": cell})
        self.client.shell_channel.send(message)
        while True:
            said = self.client.get_iopub_msg(timeout=60)
            if said["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            keep(said)
            if said["content"].get("execution_state") == "idle":
                break
        reply = self.client.get_shell_msg(timeout=60)
        while reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:  # an answer of the start
            reply = self.client.get_shell_msg(timeout=60)
        return str(reply["content"]["status"]), "\n".join(filter(None, shown))

    def run_all(self, **parameters: str) -> str:
        """Run All, which stops at the first error: the cell where it stopped, empty for none."""
        for cell in CELLS:
            if self.run(self.source(cell, parameters), cell)[0] != "ok":
                return str(cell)
        return ""

    def source(self, cell: str, parameters: dict[str, str]) -> str:
        """A cell; that of the parameters with other values."""
        source = str(CELLS[cell])
        if cell != "parameters":
            return source
        lines = source.splitlines()
        for name, value in parameters.items():
            [number] = [number for number, line in enumerate(lines) if line.startswith(f"{name}:")]
            declared, comment = lines[number].split(" = ")[0], lines[number].partition("  # ")[2]
            lines[number] = f"{declared} = {value}  # {comment}"
        return "\n".join(lines)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, as_of=date(2026, 11, 22), tables=["responses", "invitations", "tickets", "mentions"])
    environment = {**os.environ, "QUARTERDECK_SAMPLE": str(folder), "JPY_SESSION_NAME": str(SOURCE)}
    environment.pop("QUARTERDECK_RUN", None)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(SOURCE.parent), env=environment)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Notebook(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def notebook(kernel: Notebook) -> Notebook:
    """Run for all regions, from the beginning."""
    assert kernel.run_all() == ""
    assert kernel.run(CELLS["headlines"])[0] == "ok"
    return kernel


def test_a_wrong_value_is_told_in_its_cell_before_anything_is_loaded(notebook: Notebook) -> None:
    status, told = notebook.run(notebook.source("parameters", {"region": '"EMAE"'}), "parameters")
    assert (status, told) == (
        "error",
        "ParameterError: region = EMAE is none of its choices. Did you mean EMEA?",
    )
    assert notebook.run("region")[1].startswith(
        "ParameterError: The parameters are not accepted: region = EMAE"
    )
    assert notebook.run_all(region='"EMAE"') == "parameters"


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("period", '"2026Q7"', "'2026Q7' is no period"),
        ("confidence", "1.5", "less than or equal to 0.999"),
        ("confidence", '"high"', "valid number"),
        ("region", "EMEA", "EMEA is no literal"),
        ("region", '"EMEA', "unterminated string"),
    ],
)
def test_whatever_is_wrong_stops_the_cells_below(
    notebook: Notebook, name: str, value: str, told: str
) -> None:
    assert told in notebook.run(notebook.source("parameters", {name: value}), "parameters")[1]
    for cell in ("load", "headlines", "nps-trend", "themes", "win-back"):
        status, shown = notebook.run(CELLS[cell], cell)
        assert (status, shown[:45]) == ("error", "ParameterError: The parameters are not accept"), cell


def test_mended_the_notebook_runs_on(notebook: Notebook) -> None:
    assert notebook.run_all(region='"EMAE"') == "parameters"
    assert notebook.run_all(region='"EMEA"') == ""
    assert "NPS in EMEA" in notebook.run(CELLS["nps-trend"], "nps-trend")[1]


def test_no_data_before_the_first_section_stops_run_all_and_no_cell_shows_another_edition(
    notebook: Notebook,
) -> None:
    before = {cell: notebook.run(CELLS[cell], cell)[1] for cell in BELOW}
    assert "2026 Q3" in before["nps-trend"]
    assert notebook.run_all(period='"2015Q1"') == "load"
    for cell in BELOW:
        shown = notebook.run(CELLS[cell], cell)[1]
        assert "2026 Q" not in shown, cell
    assert notebook.run(CELLS["headlines"])[1].startswith(
        "No data: responses has no rows in 2015 Q1; they are"
    )


def test_after_other_parameters_each_cell_below_asks_for_the_load(notebook: Notebook) -> None:
    assert notebook.run(notebook.source("parameters", {"region": '"EMEA"'}), "parameters")[0] == "ok"
    status, told = notebook.run(CELLS["nps-trend"], "nps-trend")
    assert status == "error"
    assert (
        "answers was made with region = all, and now region = EMEA. Run the cells from the parameters on."
        in told
    )
    assert "Not measured in this edition." in notebook.run(CELLS["actions"] + ".data.to_string()")[1]
    assert notebook.run(CELLS["account"], "account")[0] == "ok"
    assert notebook.run(CELLS["load"], "load")[0] == "ok"
    assert notebook.run(CELLS["headlines"], "headlines")[0] == "ok"
    assert "NPS in EMEA" in notebook.run(CELLS["nps-trend"], "nps-trend")[1]


def test_a_section_without_data_leaves_its_own_cells_and_no_others_without(notebook: Notebook) -> None:
    nothing = CELLS["themes"].replace("gathered.comments()", "raising(scope)")
    helper = "from helpers.findings import NoData\ndef raising(scope):\n    raise NoData('No comments.')"
    assert notebook.run(helper)[0] == "ok"
    assert notebook.run(nothing, "themes") == ("ok", "No data: No comments.")
    assert notebook.run(CELLS["apart"], "apart") == ("ok", "No data: No comments.")
    assert notebook.run(CELLS["ticket-areas"], "ticket-areas")[0] == "ok"
    assert notebook.run(CELLS["themes"], "themes")[0] == "ok"
    assert "Detractors" in notebook.run(CELLS["apart"], "apart")[1]


def test_cells_run_in_any_order_while_the_parameters_stay(notebook: Notebook) -> None:
    for cell in ("actions", "nps-trend", "setup", "load", "themes", "headlines", "parameters", "apart"):
        assert notebook.run(CELLS[cell], cell)[0] == "ok", cell


def test_an_ordinary_error_leaves_what_was_made_before(notebook: Notebook) -> None:
    assert notebook.run("comments = feedback.comments(responses, misspelt)")[0] == "error"
    assert notebook.run(CELLS["apart"], "apart")[0] == "ok"


def test_values_that_come_from_a_cell_of_ones_own_are_judged_where_they_are_used(notebook: Notebook) -> None:
    assert notebook.run('region = "EMAE"')[0] == "ok"
    status, told = notebook.run(CELLS["load"], "load")
    assert (status, told) == (
        "error",
        "ParameterError: region = EMAE is none of its choices. Did you mean EMEA?",
    )
    assert notebook.run('region = "EMEA"')[0] == "ok"
    assert notebook.run(CELLS["load"], "load")[0] == "ok"


def test_an_analysts_own_cells_are_their_own(notebook: Notebook) -> None:
    assert notebook.run("limit: int = 10")[0] == "ok"
    assert notebook.run("other = Scope.of(responses, period, region='EMEA')\nlimit")[0] == "ok"
    assert notebook.run("%time emea = feedback.answers(responses, other)")[0] == "ok"
    assert notebook.run("found = {'EMEA': emea, 'all': answers}")[0] == "ok"
    assert notebook.run(CELLS["headlines"], "headlines")[0] == "ok"


def test_run_all_with_the_first_values_shows_the_first_numbers(notebook: Notebook) -> None:
    assert notebook.run_all(region='"EMEA"') == ""
    assert notebook.run_all() == ""
    assert "in EMEA" not in notebook.run(CELLS["nps-trend"], "nps-trend")[1]
