"""Drafts from an open notebook: made, compared and published by `quarterdeck` as a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from tests.conftest import ProjectFolder

from helpers import explore, findings
from helpers.explore import drafting
from helpers.explore.known_values import settled
from helpers.explore.quarterdeck_process import QuarterdeckProcess
from helpers.explore.watching import watcher
from helpers.records.schema import schema_of

PARAMETERS = """period: Period = "2026Q3"  # a quarter
region: str = "all"  # one region, or all"""
NUMBER = 'findings.number("answers", {}, unit="count", label="Answers", headline=True)'


@pytest.fixture
def demo(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    notebook = project.notebook(
        "demo", "from helpers import findings", "## One", NUMBER.format(40), parameters=PARAMETERS
    )
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook))
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    monkeypatch.delenv("QUARTERDECK_RUN", raising=False)
    project.write("params/sources.yaml", "tables: {}\n")
    project.report("demo", "title: Demo\nmatrix: {region: [all, EMEA]}\n")
    return project


@pytest.fixture
def shell(demo: ProjectFolder) -> Iterator[InteractiveShell]:
    made = InteractiveShell.instance()
    findings.forget()
    made.run_cell(
        "from helpers import explore, findings\nfrom helpers.periods import Period\nexplore.watch()"
    )
    made.run_cell(PARAMETERS, cell_id="cell-2")
    yield made
    InteractiveShell.clear_instance()
    findings.forget()


def show(project: ProjectFolder, *sources: str) -> None:
    """Other last cells in the notebook's file."""
    path = project.layout.notebook("demo")
    book = nbformat.read(path, as_version=4)
    book.cells = [*book.cells[:-1], *(nbformat.v4.new_code_cell(source) for source in sources)]
    nbformat.write(book, path)


def test_a_day_of_a_draft(shell: InteractiveShell, demo: ProjectFolder) -> None:
    heard: list[str] = []
    asked, values = QuarterdeckProcess(heard.append), {"period": "2026Q3", "region": "EMEA"}
    made = drafting.make(asked, values)
    name = "demo/2026q3-emea~draft"
    assert made.edition == name
    assert any(f"{name}: cell 3 of " in text for text in heard)
    assert made.page == demo.layout.page("demo", "2026q3-emea~draft")
    assert made.link == "../outputs/site/demo/2026q3-emea~draft/index.html"
    with pytest.raises(explore.DraftError, match="demo/2026q3-emea never ran"):
        drafting.compared(asked, values)

    assert "is the edition of record" in drafting.published(asked, values).said
    assert made.page is not None
    assert not made.page.exists()

    show(demo, NUMBER.format(41), 'findings.number("more", 1, unit="count", label="More <b>")')
    found = drafting.compared(asked, values)
    assert [(one.key, one.of_record, one.draft, one.kind) for one in found.differences or ()] == [
        ("answers", "40", "41", "differs"),
        ("more", "", "1", "new"),
    ]
    assert found.said.endswith("1 differ, 1 new, 0 gone, 0 the same.")
    assert "More &lt;b&gt;" in found.table


def test_what_failed_is_told(shell: InteractiveShell, demo: ProjectFolder) -> None:
    show(demo, "1 / 0")
    with pytest.raises(explore.DraftError, match=r"failed in cell \d+ \(One\): .*ZeroDivisionError"):
        drafting.make(QuarterdeckProcess(), {"region": "all"})
    with pytest.raises(explore.DraftError, match="Did you mean EMEA"):
        drafting.make(QuarterdeckProcess(), {"region": "EMAE"})


def test_the_panel_does_not_wait_and_can_stop(shell: InteractiveShell, demo: ProjectFolder) -> None:
    show(demo, "import time\ntime.sleep(60)")
    told: list[dict[str, Any]] = []
    watched = watcher()
    assert watched is not None
    errand = drafting.Errand(told.append, watched)
    begun = time.monotonic()
    assert errand.begin("draft", {"region": "all"}) == "Starting quarterdeck …"
    assert errand.begin("draft", {"region": "all"}).startswith("One thing at a time")
    assert time.monotonic() - begun < 5
    while not any("cell" in one["said"] for one in told) and time.monotonic() - begun < 40:
        time.sleep(0.05)
    errand.stop()
    assert errand._thread is not None
    errand._thread.join(30)
    assert (told[-1]["said"], told[-1]["busy"]) == ("It was stopped. What had ended is kept.", False)


def test_what_ran_but_is_not_saved_is_told(shell: InteractiveShell, demo: ProjectFolder) -> None:
    watched = watcher()
    assert watched is not None
    assert drafting.unsaved(watched) == ""
    shell.run_cell(NUMBER.format(41), cell_id="cell-5")
    assert drafting.unsaved(watched) == "cell-5"
    shell.run_cell(NUMBER.format(40), cell_id="cell-5")
    assert drafting.unsaved(watched) == ""
    shell.run_cell("1 + 1", cell_id="new")
    assert drafting.unsaved(watched) == "new"
    result = shell.run_cell("explore.draft()", cell_id="new")
    assert "Cell new is not saved as it ran" in str(result.error_in_exec)


def test_a_relative_period_is_the_one_that_the_data_of_the_scope_cover(
    demo: ProjectFolder, tmp_path: Path
) -> None:
    demo.write("users.csv", "user_id,signed_up_at,region\na,2025-12-01,EMEA\nb,2026-06-30,AMER\n")
    demo.write("tickets.csv", "ticket_id,opened_at\na,2025-12-01\nb,2026-03-31\n")
    demo.write(
        "params/sources.yaml", "tables: {users: {path: ../users.csv}, tickets: {path: ../tickets.csv}}"
    )
    schema = schema_of('period: Period = "last_complete"  # it', Path("demo.ipynb"), "cell 2")
    load = 'users = sources.load("users")\ntickets = sources.load("tickets")\n'
    show(demo, load + "scope = Scope.of(tickets, period)")
    assert settled(schema, {"period": "last_complete"}) == {"period": "2026Q1"}
    show(demo, load)
    assert settled(schema, {"period": "last_complete"}) == {"period": "2026Q2"}
    assert settled(schema, {"period": "2025Q4"}) == {"period": "2025Q4"}


def test_the_top_of_the_page_and_all_findings_stand_in_the_order_of_the_notebook(
    shell: InteractiveShell, demo: ProjectFolder
) -> None:
    show(demo, NUMBER.format(40), NUMBER.format(7).replace("answers", "later").replace("Answers", "Later"))
    first, second = nbformat.read(demo.layout.notebook("demo"), as_version=4).cells[-2:]
    shell.run_cell(second.source, cell_id=second.id)
    shell.run_cell(first.source, cell_id=first.id)
    shell.run_cell(first.source.replace("40", "43"), cell_id=first.id)
    top = explore.page()
    assert top is not None
    text = str(top.data)
    assert "In short" in text
    assert text.index("43") < text.index("Later")
    assert ">40<" not in text
    told = explore.all_findings()
    assert told is not None
    assert told[["section", "finding", "value", "on_page"]].values.tolist() == [
        ["One", "Answers", "43", "card"],
        ["One", "Later", "7", "card"],
    ]
    shell.run_cell("1", cell_id=first.id)  # the cell shows it no more
    assert [*(explore.all_findings("One")["key"])] == ["later"]  # type: ignore[index]
    with pytest.raises(ValueError, match="must be one that has shown a finding: One"):
        explore.all_findings("Two")
