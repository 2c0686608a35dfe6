"""What a real JupyterLab server stores when a notebook is saved, through its contents API."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from tests.conftest import ROOT, sound_notebook
from tests.lab.conftest import Workbench, started

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def project_in(root: Path) -> Path:
    for name in ("notebooks/drafts", "params", "scratch", "home"):
        (root / name).mkdir(parents=True)
    (root / "templates").symlink_to(ROOT / "templates")
    nbformat.write(sound_notebook(), root / "notebooks" / "demo.ipynb")
    (root / "scratch" / "linked.ipynb").symlink_to("../notebooks/demo.ipynb")
    (root / "notebooks" / "shortcut.ipynb").symlink_to("../scratch/away.ipynb")
    return root


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workbench]:
    with started(project_in(tmp_path_factory.mktemp("lab"))) as server:
        yield server


def after_a_run(book: Any) -> dict[str, Any]:
    """The notebook as a browser has it after Run All, with what JupyterLab notes about it."""
    for number, cell in enumerate(book.cells):
        cell.metadata |= {"trusted": True, "editable": True, "slideshow": {"slide_type": ""}}
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.outputs = [new_output("execute_result", {"text/plain": "7"}, execution_count=number)]
            cell.metadata |= {"execution": {"iopub.execute_input": "2026-11-27T09:00:00Z"}, "scrolled": True}
            cell.metadata |= {"jupyter": {"outputs_hidden": True}, "collapsed": False}
    book.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    book.metadata.language_info = {"name": "python", "version": "3.11.9", "mimetype": "text/x-python"}
    book.metadata.widgets = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {}}}}
    copied: dict[str, Any] = json.loads(json.dumps(book))
    return copied


def free_notebook() -> dict[str, Any]:
    cell = new_code_cell("1 + 6", metadata={"tags": ["explore"]}, execution_count=1)
    cell.outputs = [new_output("execute_result", {"text/plain": "7"}, execution_count=1)]
    made: dict[str, Any] = json.loads(json.dumps(new_notebook(cells=[cell])))
    return made


def outputs(path: Path) -> int:
    return sum(len(cell.get("outputs", ())) for cell in nbformat.read(path, as_version=4).cells)


def test_a_notebook_is_stored_as_it_was_before_it_ran(lab: Workbench) -> None:
    path = lab.root / "notebooks" / "demo.ipynb"
    before = path.read_bytes()
    lab.save("notebooks/demo.ipynb", after_a_run(nbformat.read(path, as_version=4)))
    assert path.read_bytes() == before


def test_a_diff_shows_only_the_new_cell(lab: Workbench) -> None:
    path = lab.root / "notebooks" / "new.ipynb"
    lab.save("notebooks/new.ipynb", json.loads(json.dumps(sound_notebook())))
    before = path.read_text(encoding="utf-8").splitlines()
    book = nbformat.read(path, as_version=4)
    book.cells.insert(6, new_code_cell("demo.more(found)", id="more"))
    lab.save("notebooks/new.ipynb", after_a_run(book))
    after = [line for line in path.read_text(encoding="utf-8").splitlines() if line not in before]
    assert after == ['   "id": "more",', '    "demo.more(found)"']
    removed = set(before) - set(path.read_text(encoding="utf-8").splitlines())
    assert removed == set()


def test_the_answer_fits_the_file_so_that_nothing_seems_changed_on_disk(lab: Workbench) -> None:
    """The browser compares what it was answered with what is on disk before it saves the next time."""
    answer = lab.save("notebooks/demo.ipynb", after_a_run(sound_notebook()))
    now = lab.ask("GET", "api/contents/notebooks/demo.ipynb?content=0&hash=1")
    assert answer["last_modified"] == now["last_modified"]
    assert answer.get("hash") in (None, now["hash"])


@pytest.mark.parametrize(
    "place", ["notebooks/drafts/sub.ipynb", "notebooks/shortcut.ipynb", "scratch/linked.ipynb"]
)
def test_folders_below_and_links_in_and_out_are_stored_clean(lab: Workbench, place: str) -> None:
    lab.save(place, after_a_run(sound_notebook()))
    assert outputs(lab.root / place) == 0


@pytest.mark.parametrize("place", ["scratch/own.ipynb", "own.ipynb", "notebooks-of-mine.ipynb"])
def test_notebooks_elsewhere_keep_their_outputs(lab: Workbench, place: str) -> None:
    lab.save(place, after_a_run(sound_notebook()))
    assert outputs(lab.root / place) == 7


def test_a_free_notebook_keeps_its_outputs(lab: Workbench) -> None:
    lab.save("notebooks/look.ipynb", free_notebook())
    assert outputs(lab.root / "notebooks" / "look.ipynb") == 1


def test_files_that_are_no_notebooks_are_saved_as_they_are(lab: Workbench) -> None:
    lab.ask(
        "PUT", "api/contents/notebooks/note.txt", {"type": "file", "format": "text", "content": "outputs"}
    )
    assert (lab.root / "notebooks" / "note.txt").read_text(encoding="utf-8") == "outputs"


def test_the_start_page_opens_first_beside_the_notebooks(lab: Workbench) -> None:
    request = urllib.request.Request(f"{lab.address}/?token=secret")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.url.startswith(
            f"{lab.address}/lab/tree/outputs/lab/start.ipynb?file-browser-path=/notebooks"
        )
    assert lab.ask("GET", "api/contents/outputs/lab/start.ipynb?content=0")["type"] == "notebook"


def test_there_is_no_news_prompt_at_the_first_start(lab: Workbench) -> None:
    told = lab.ask("GET", "lab/api/settings/@jupyterlab/apputils-extension:notification")
    assert told["schema"]["properties"]["fetchNews"]["default"] == "false"


def test_jupyters_own_options_come_first_and_free_notebooks_are_stored_clean_where_asked(
    tmp_path: Path,
) -> None:
    """The root may be any folder; the notebooks of the project in it are still stored clean."""
    root = project_in(tmp_path / "company")
    with started(root, "--clean-free", options=(f"--ServerApp.root_dir={tmp_path}",)) as server:
        server.save("company/notebooks/demo.ipynb", after_a_run(sound_notebook()))
        assert outputs(root / "notebooks" / "demo.ipynb") == 0
        server.save("company/notebooks/look.ipynb", free_notebook())
        server.save("company/scratch/look.ipynb", free_notebook())
        assert outputs(root / "notebooks" / "look.ipynb") == 0
        assert outputs(root / "scratch" / "look.ipynb") == 1
        assert [item["name"] for item in server.ask("GET", "api/contents")["content"]] == ["company"]
