"""Real runs of cells that show tables, statements and expressions bare: the page has what is right for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.run.test_bare_outputs import MARKS, WRITTEN, ran

from helpers.records import WITHHELD

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

CARDS = [
    "responses",
    "sources.tables()",
    'sources.sql("select region, count(*) as answers from responses group by 1 order by 1")',
    "responses.expr.group_by('region').agg(mean=responses.expr.score.mean()).order_by('region')",
    "responses.expr.score.sum()",
    'notes = sources.load("notes")\nnotes',
]
WITHHELD_CELLS = [
    "responses.head()",
    "responses.expr",
    "responses.to_pandas(columns=['comment'])",
    'sources.sql("select comment as said from responses order by response_id")',
    "responses.expr.comment",
    "notes.head()",
    "print(notes.head().remark[0])",
    "notes.expr.select(said=notes.expr.remark)",
]


@pytest.fixture
def company(project: ProjectFolder) -> ProjectFolder:
    """Sixty answers, and a table without a contract whose words stand in a column of another name."""
    rows = ["response_id,submitted_at,survey,score,region,comment"]
    for number in range(60):
        text = WRITTEN[number] if number < len(WRITTEN) else f"thing number {number} is well made indeed"
        rows.append(f'r{number:02},2026-08-1{number % 9},nps,{number % 11},EMEA,"{text}"')
    rows.append("r99,soon,nps,7,EMEA,")
    project.write("params/responses.csv", "\n".join(rows) + "\n")
    remarks = [f'{number},"a remark of {number} that nobody else had"' for number in range(20)]
    project.write("params/notes.csv", "\n".join(["day_number,remark", *remarks]) + "\n")
    tables = "responses: {path: responses.csv}\n  notes: {path: notes.csv, meaning: What was said in calls.}"
    project.write("params/sources.yaml", f"tables:\n  {tables}\n")
    project.report("own", "title: Own numbers\n")
    return project


def outputs(notebook: Any, sources: list[str]) -> list[dict[str, Any]]:
    """What each of these cells shows last."""
    cells = [cell for cell in notebook.cells if cell.source in sources]
    return [cell.outputs[-1].get("data", {}) for cell in cells]


def test_cards_and_results_stand_on_the_page_without_a_row(company: ProjectFolder) -> None:
    folder, notebook = ran(company, *CARDS, *WITHHELD_CELLS)
    shown = outputs(notebook, CARDS)
    assert all(data["text/html"].startswith('<figure class="qd">') for data in shown)
    assert not any("<style" in data["text/html"] for data in shown)
    assert not any(WITHHELD in data for data in shown)
    card, listed, statement, expression, scalar, own = (data["text/html"] for data in shown)
    assert "<b>60</b> rows" in card and "61 rows read: 60 used and 1 set aside" in card
    assert "1 row, submitted_at unreadable" in card and "s…" not in card
    assert "r00" not in card and "First rows" not in card and "Values" not in card
    assert "customers&#x27; words" in card
    assert (
        "60 rows, 10 Aug 2026 to 18 Aug 2026" in listed and "not loaded before this list was made" in listed
    )
    assert 'download="result-' in statement
    assert ">60</td>" in statement and ">4.75</td>" in expression and ">285</" in scalar
    assert "What was said in calls." in own

    hidden = outputs(notebook, WITHHELD_CELLS)
    assert [source for source, data in zip(WITHHELD_CELLS, hidden, strict=True) if WITHHELD not in data] == []

    page = (folder / "report.html").read_text()
    assert "Answers to surveys, one row an answer." in page and "What was said in calls." in page
    told = {path.name: path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file()}
    marks = (*MARKS, "nobody else had")
    kept = {name: text for name, text in told.items() if "quarantine" not in name}
    assert [(name, mark) for name, text in kept.items() for mark in marks if mark in text] == []


def test_the_tables_that_a_statement_reads_are_inputs_of_the_edition(company: ProjectFolder) -> None:
    company.notebook(
        "own",
        "x = 1",
        "## Shown",
        'sources.sql("select count(*) as remarks from notes")',
        setup="from helpers import sources, style\nstyle.use()",
        parameters='region: str = "all"  # one region, or all',
    )
    assert company.quarterdeck("run").exit_code == 0
    (record,) = company.records()
    assert [account.name for account in record.tables] == ["notes"]
    assert "up to date" in company.quarterdeck("plan").output
    company.write("params/notes.csv", "day_number,remark\n1,another remark for all of us\n")
    assert "notes" in company.quarterdeck("plan").output
