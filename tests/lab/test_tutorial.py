"""docs/tutorial.md, followed to the letter in a project of its own."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tests.conftest import ROOT
from tests.lab.company import Company, working

TEXT = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.fixture
def company(tmp_path: Path) -> Iterator[Company]:
    for name in ("notebooks", "params", "docs"):
        (tmp_path / name).mkdir()
    shutil.copy(ROOT / "docs" / "tutorial.csv", tmp_path / "docs" / "tutorial.csv")
    with working(tmp_path) as made:
        yield made


def test_from_a_csv_to_an_own_published_page(company: Company, tmp_path: Path) -> None:
    *look, function, cell = re.findall(r"^```python\n(.*?)^```", TEXT, re.M | re.S)
    declare, first_look, report, publish = re.findall(r"^```console\n(.*?)^```", TEXT, re.M | re.S)

    (prepare,) = re.findall(r"^```sh\nsource .*?\n(.*?)^```", TEXT, re.M | re.S)
    subprocess.run(["bash", "-ec", prepare], cwd=tmp_path, check=True)
    follow(company, declare)
    cells = [new_code_cell(source, metadata={"tags": ["explore"]}) for source in look[:1]]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells += [new_code_cell(source) for source in look[1:]]
    nbformat.write(
        new_notebook(cells=cells, metadata={"kernelspec": kernel}), tmp_path / "notebooks/look.ipynb"
    )
    assert "look/whole is a draft" in follow(company, first_look)
    assert "Exports wait most" in page(tmp_path, "look/whole")

    answer = follow(company, report)
    assert "1 ok, 0 up to date." in answer
    assert not (tmp_path / "outputs" / "site").exists()
    (suggested,) = re.findall(r"^Next: \S+ run (.*)$", answer, re.M)
    assert suggested == "support_backlog --params mine"
    assert company.quarterdeck("plan", *shlex.split(suggested)).returncode == 0
    extend(company, function, cell)
    answer = follow(company, publish)
    assert "support_backlog/2026q3~draft is a draft" in answer
    assert "Open at the end" in answer  # the comparison; its table is as wide as the terminal
    text = page(tmp_path, "support_backlog/2026q3")
    assert "Open at the end of the period" in text
    assert "Draft:" not in text
    assert company.quarterdeck("check", "--params", "mine").stdout == "No problem found.\n"
    assert company.run("ruff", "check", "--no-cache", "src/helpers/support_backlog.py").returncode == 0
    record = json.loads(
        sorted(tmp_path.glob("outputs/mine/runs/support_backlog/2026q3/*/run.json"))[-1].read_text()
    )
    values = {one["key"]: one["value"] for one in record["findings"]}
    assert values["support_backlog.open"] == 28


def follow(company: Company, block: str) -> str:
    """What the commands of a block say."""
    said = []
    for line in block.splitlines():
        done = company.quarterdeck(*shlex.split(line.removeprefix("$ "))[1:])
        assert done.returncode == 0, f"{line}: {done.stdout}{done.stderr}"
        said.append(done.stdout)
    return "".join(said)


def extend(company: Company, function: str, cell: str) -> None:
    """The helper's new function, named in `__all__`, and the cell that calls it."""
    notebook, _, helper, _ = company.files("support_backlog")
    text = helper.read_text(encoding="utf-8").replace('    "shares",\n]', '    "shares",\n    "waiting",\n]')
    helper.write_text(f"{text}\n\n{function}", encoding="utf-8")
    book = nbformat.read(notebook, as_version=4)
    at = next(number for number, one in enumerate(book.cells) if one.id == "trend")
    book.cells.insert(at + 1, new_code_cell(cell.strip(), id="waiting"))
    nbformat.write(book, notebook)


def page(root: Path, edition: str) -> str:
    return (root / "outputs" / "mine" / "site" / edition / "index.html").read_text(encoding="utf-8")
