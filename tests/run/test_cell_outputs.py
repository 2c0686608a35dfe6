"""What cells show the runner, on real kernels: one key is one finding, judged over the executed notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests.conftest import score_findings

from helpers.records import FINDING, TABLE, Finding, TableAccount
from quarterdeck.run.cell_outputs import UnusableOutput, output_records

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from tests.conftest import ProjectFolder

CSAT, RESPONSE_RATE, *_ = score_findings()


def show(*found: Finding) -> str:
    """A cell that shows findings, each in an output of its own."""
    shown = [f"display({{{FINDING!r}: {one.model_dump(mode='json')!r}}}, raw=True)" for one in found]
    return "\n".join(["from IPython.display import display", *shown])


def cell(*records: Finding | TableAccount) -> NotebookNode:
    mimes = {Finding: FINDING, TableAccount: TABLE}
    data = [{mimes[type(record)]: record.model_dump(mode="json")} for record in records]
    made: NotebookNode = new_code_cell("x", outputs=[new_output("display_data", data=one) for one in data])
    return made


def test_a_key_that_two_cells_show_fails_the_run_and_names_both(project: ProjectFolder) -> None:
    project.notebook("demo", "## Scores", show(CSAT), "## Themes", "1", show(RESPONSE_RATE, CSAT))
    project.report("demo")
    result = project.quarterdeck("run")
    [record] = project.records()
    reason = (
        "The finding csat is shown by cell 4 (Scores, id cell-4) and again by cell 7 (Themes, id cell-7). "
        "One key is one finding: show it once, or give one of the two a key of its own."
    )
    assert result.exit_code == 1
    assert (record.status, record.reason, record.findings) == ("failed", reason, ())
    assert record.failed is not None
    assert (record.failed.cell, record.failed.section, record.failed.can_heal) == (7, "Themes", False)
    assert (
        f"demo/2026q3 failed in cell 7 (Themes), at 'from IPython.display import display': {reason[:-1]}"
        in (result.stdout)
    )


def test_a_run_with_a_key_twice_never_replaces_the_page(project: ProjectFolder) -> None:
    project.report("demo")
    project.notebook("demo", "## Scores", show(CSAT, RESPONSE_RATE))
    assert project.quarterdeck("run").exit_code == 0
    first = project.layout.page("demo", "2026q3").read_text(encoding="utf-8")
    project.notebook("demo", "## Scores", show(CSAT, CSAT), "## A new section", "1")
    assert project.quarterdeck("run").exit_code == 1
    good, bad = project.records()
    assert ([finding.key for finding in good.findings], good.published) == (["csat", "response_rate"], "live")
    assert (bad.status, bad.published) == ("failed", None)
    assert bad.reason.startswith("The finding csat is shown twice by cell 4 (Scores, id cell-4). One key is")
    stands = project.layout.page("demo", "2026q3").read_text(encoding="utf-8")
    assert "A new section" not in stands
    assert "is shown twice by cell 4" in stands  # the banner tells why this is an older page
    assert len(stands) > len(first)


def test_an_injected_cell_counts_for_nothing_and_a_table_read_twice_is_no_error() -> None:
    read, again = (TableAccount(name="responses", read=n, kept=n) for n in (10, 12))
    injected = cell(CSAT)
    injected.metadata.tags = ["injected-parameters"]
    found = output_records(new_notebook(cells=[cell(read), injected, cell(CSAT), cell(again)]))
    assert (found.findings, found.tables) == ((CSAT,), (again,))
    with pytest.raises(UnusableOutput, match=r"by cell 0 \(id \w+\) and again by cell 2 \(Two, id \w+\)\."):
        output_records(new_notebook(cells=[cell(CSAT), injected, new_markdown_cell("## Two"), cell(CSAT)]))
