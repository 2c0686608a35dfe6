"""Each rule of the house, on a notebook that breaks it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from tests.conftest import sound_notebook, tagged

from quarterdeck.params.house_rules import Breach, breaches
from quarterdeck.params.notebook import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable

SETUP = sound_notebook().cells[1].source
SHOWN, CLOSING = 6, 10
"""Where the cell of a section and the data account stand."""


def broken_by(change: Callable[[Any], object]) -> list[Breach]:
    """What is told of a sound notebook once it is changed."""
    book = sound_notebook()
    change(book)
    return breaches(Notebook(Path("notebooks/demo.ipynb"), tuple(book.cells), book.metadata))


def sourced(index: int, source: str) -> Callable[[Any], object]:
    return lambda book: book.cells[index].update(source=source)


def parameters(period: str, region: str) -> Callable[[Any], object]:
    return sourced(2, f"period: Period = 'all'{period}\nregion{region}\nconfidence: float = 0.9  # level")


def noted(**metadata: object) -> Callable[[Any], object]:
    return lambda book: book.cells[SHOWN].metadata.update(metadata)


def test_a_sound_notebook_breaks_none() -> None:
    assert broken_by(noted()) == []


def test_a_breach_tells_cell_and_id_and_what_to_do() -> None:
    [breach] = broken_by(lambda book: book.cells[SHOWN].update(execution_count=3))
    assert breach.at(Path("demo.ipynb")) == (
        "demo.ipynb: cell 6 (id cell-6): an execution count is stored. quarterdeck clean demo mends it."
    )


@pytest.mark.parametrize(
    ("rule", "change", "told"),
    [
        ("outputs", lambda book: book.cells[SHOWN].outputs.append(new_output("stream", text="7")), "outputs"),
        ("counts", lambda book: book.cells[SHOWN].update(execution_count=3), "execution count"),
        ("metadata", noted(execution={"iopub.status.busy": "2026-11-27"}), "(execution)"),
        ("metadata", noted(jupyter={"outputs_hidden": True}), "(jupyter.outputs_hidden)"),
        ("metadata", lambda book: book.metadata.update(widgets={}), "(widgets)"),
        ("ids", lambda book: book.cells[SHOWN].pop("id"), "no id"),
        ("ids", lambda book: book.cells[SHOWN].update(id="cell 5"), "no id"),
        ("kernel", lambda book: book.metadata.kernelspec.update(name=".venv"), "its kernel is .venv"),
        ("kernel", lambda book: book.metadata.pop("kernelspec"), "its kernel is not named"),
        ("opening", sourced(0, "Demo"), "here stands the title"),
        ("tags", noted(tags=["wahtif"]), "unknown tag wahtif"),
        ("tags", noted(tags=["explore"]), "in its first cell only"),
        ("python", sourced(SHOWN, "%matplotlib inline"), "no plain Python"),
        ("imports", sourced(1, f"import pandas\n{SETUP}"), "import pandas: a notebook imports"),
        ("setup", sourced(1, SETUP.removesuffix("\nexplore.watch()")), "style.use() and explore.watch()"),
        ("setup", sourced(1, f"{SETUP}\nsources.load('tickets')"), "and nothing else"),
        ("panel", sourced(3, "explore.panel(1)"), "here stands explore.panel()"),
        ("panel", lambda book: book.cells[3].metadata.clear(), "tagged internal"),
        ("names", sourced(SHOWN, "demo.shown(lost)"), "lost is bound in no cell"),
        ("parameters", parameters("", ": str = 'all'  # one"), "period has no help"),
        ("parameters", parameters("  # one", " = 'all'"), "line 2: region = 'all' is no annotated literal"),
        ("closing", sourced(9, "## Notes"), "the last section is not"),
        ("closing", sourced(CLOSING, "tables.shown(rows)"), "no data account"),
        ("whatif", lambda book: book.cells[8].metadata.clear(), "no cell is tagged whatif"),
        ("calls", sourced(SHOWN, "found"), "found is no call"),
        ("calls", sourced(SHOWN, "demo.shown(found.title)"), "no call of names and literals"),
        ("calls", sourced(SHOWN, "demo.shown(found)\ndemo.told(found)"), "more than to show one call"),
        ("calls", sourced(SHOWN, "other = demo.other(found)"), "more than to show one call"),
    ],
)  # fmt: skip
def test_a_rule_is_broken(rule: str, change: Callable[[Any], object], told: str) -> None:
    [breach] = broken_by(change)
    assert breach.rule == rule
    assert told in breach.told


def test_two_cells_with_one_id_are_both_told() -> None:
    found = broken_by(lambda book: book.cells[SHOWN].update(id="cell-4"))
    assert [(breach.rule, breach.cell) for breach in found] == [("ids", 4), ("ids", SHOWN)]


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_it_opens_with_title_setup_and_parameters(missing: int) -> None:
    found = broken_by(lambda book: book.cells.pop(missing))
    assert [breach.cell for breach in found if breach.rule == "opening"] == list(range(missing, 3))


def test_a_second_what_if_is_told() -> None:
    found = broken_by(lambda book: book.cells.insert(9, tagged("demo.other(found)", "whatif")))
    assert [breach.told.split(". ")[0] for breach in found] == ["2 cells are tagged whatif"]


def test_an_import_outside_of_setup_is_told() -> None:
    found = broken_by(
        sourced(4, "from helpers import other\nrows = other.rows(period)\nfound = other.found()")
    )
    assert [(breach.rule, breach.cell) for breach in found] == [("imports", 4)]


@pytest.mark.parametrize(
    "logic",
    [
        "def f(): return rows",
        "class F: found = rows",
        "for found in rows: rows",
        "while rows: found",
        "try: found = rows\nexcept ValueError: rows",
        "with rows: found",
        "found = [row for row in rows]",
        "found = {row for row in rows}",
        "found = rows + rows",
        "found = lambda: rows",
        "if rows: found = rows",
        "found = rows if rows else 0",
    ],
)
def test_logic_belongs_in_helpers(logic: str) -> None:
    rows = 'rows = sources.load("tickets")'
    found = broken_by(sourced(4, f"{rows}\nfound = rows\n{logic}"))
    assert [(breach.rule, breach.cell) for breach in found] == [("logic", 4)]
    assert "belongs" in logic or "Move it to a helper" in found[0].told


def test_a_section_sees_its_own_names_but_not_those_of_another_section() -> None:
    def change(book: Any) -> None:
        book.cells[SHOWN].source = "part = demo.part(found)\ndemo.shown(part)"
        book.cells.insert(7, new_code_cell("demo.more(part)", id="more"))

    def use_elsewhere(book: Any) -> None:
        change(book)
        book.cells[9].source = "demo.scenario(part)"

    assert broken_by(change) == []
    assert [(breach.rule, breach.cell) for breach in broken_by(use_elsewhere)] == [("names", 9)]


@pytest.mark.parametrize(
    "reach",
    [
        'open("data.csv")',
        'pd.read_csv("data.csv")',
        'found.to_csv("data.csv")',
        'duckdb.connect("data.db")',
        'pathlib.Path("data.csv").read_text()',
    ],
)
def test_files_are_opened_by_sources_alone(reach: str) -> None:
    found = broken_by(sourced(SHOWN, f"demo.shown(found)\n{reach}"))
    assert "files" in {breach.rule for breach in found}
    assert "Declare the table in params/sources.yaml" in next(b.told for b in found if b.rule == "files")


def free(*sources: str) -> list[Breach]:
    cells = [new_markdown_cell("A look", metadata={"tags": ["explore"]}), *map(new_code_cell, sources)]
    return breaches(Notebook(Path("notebooks/look.ipynb"), tuple(cells)))


def test_a_free_notebook_is_held_to_safety_alone() -> None:
    assert (
        free("import pandas as pd", "%matplotlib inline\nx = [n + 1 for n in range(3)]\nx", "def f(): ...")
        == []
    )


@pytest.mark.parametrize(
    "reach",
    [
        'import pandas as pd\npd.read_csv("customers.csv")',
        "import requests",
        "from urllib.request import urlopen as look",
        "import duckdb as engine",
        "!cat customers.csv",
        "%%bash\ncat customers.csv",
        '%matplotlib inline\nopen("customers.csv")',
        "%run other.py",
    ],
)
def test_a_free_notebook_reads_data_through_sources(reach: str) -> None:
    [breach] = free("x = 1", reach)
    assert (breach.rule, breach.cell) == ("files", 2)


def test_a_free_notebook_is_free_by_its_first_cell() -> None:
    cells = [new_code_cell("x = 1"), new_code_cell("y = 1", metadata={"tags": ["explore"]})]
    assert not Notebook(Path("look.ipynb"), tuple(cells)).is_free
    assert not Notebook(Path("look.ipynb"), ()).is_free
