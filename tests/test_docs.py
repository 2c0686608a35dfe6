"""What the documents show exists: commands, options, files, pictures."""

from __future__ import annotations

import re
import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from quarterdeck.cli import app

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
_FENCE = re.compile(r"^```(?:sh|bash|console)?\n(.*?)^```", re.M | re.S)
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


def commands() -> list[tuple[str, str]]:
    """Each line of a fenced block that calls the program: document and command."""
    found = []
    for document in DOCUMENTS:
        for block in _FENCE.findall(document.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                words = line.removeprefix("$ ").strip()
                if words.startswith("quarterdeck "):
                    found.append((document.name, words))
    return found


@cache
def helped(*command: str) -> str:
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"})
    return result.stdout if result.exit_code == 0 else ""


@pytest.mark.parametrize(("document", "command"), commands())
def test_a_command_that_is_shown_exists_with_its_options(document: str, command: str) -> None:
    text = re.sub(r"[\[\]…|]", " ", command)
    words = shlex.split(text.partition(" -- ")[0], comments=True)[1:]  # what follows is for another program
    name = words[0]
    assert helped(name), f"{document}: there is no command {name}"
    groups = [word for word in words[1:2] if helped(name, word) and helped(name, word) != helped(name)]
    known = helped(name, *groups) if groups else helped(name)
    for word in words[1:]:
        if word.startswith("--") or re.fullmatch(r"-[a-z]", word):
            assert word.split("=")[0] in known, f"{document}: {command}: no option {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_pictures_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name}: {target}"


@pytest.mark.parametrize(
    "target", re.findall(r"make (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"))
)
def test_a_make_target_that_is_shown_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def test_the_tree_of_the_readme_stands() -> None:
    tree = (ROOT / "README.md").read_text(encoding="utf-8").split("## The tree")[1].split("```")[1]
    for line in tree.strip().splitlines():
        folder = line.split()[0]
        if folder != "outputs/":
            assert (ROOT / folder).exists(), folder


def test_the_code_for_analysts_runs_and_gives_what_it_says(project: ProjectFolder) -> None:
    """Its blocks, each a cell, in a real run over a few answers."""
    setup, *cells = re.findall(
        r"^```python\n(.*?)^```", (ROOT / "docs" / "analyst.md").read_text(encoding="utf-8"), re.M | re.S
    )
    rows = [f"r{at},2026-08-1{at % 9},nps,{at % 11},{'AMER' if at % 2 else 'EMEA'}" for at in range(40)]
    project.write("params/responses.csv", "\n".join(["response_id,submitted_at,survey,score,region", *rows]))
    project.write("params/sources.yaml", "tables:\n  responses: {path: responses.csv}\n")
    project.report("own")
    parameters = 'region: str = "all"  # one region, or all'
    project.notebook("own", cells[0], "## Own", *cells[1:], setup=setup, parameters=parameters)
    answer = project.quarterdeck("run")
    assert answer.exit_code == 0, answer.output
    (record,) = project.records()
    folder = project.layout.run(record.report, record.edition, record.run_id)
    assert {path.stem for path in folder.glob("tables/*.csv")} == {"scores_by_region", "answers_by_region"}
    found = [(finding.key, finding.value) for finding in record.findings]
    assert found == [("answers", 40), ("own.wait", 8.0)]
    assert record.notices == ()
