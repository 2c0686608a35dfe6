"""What the cells of an executed notebook tell the runner: the records in their outputs.

One key is one finding. Page, digest and comparison know a finding by its key alone, so a run that shows a key
twice has failed: which of the two holds, nobody could tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode
from pydantic import ValidationError

from helpers.records import CHECK, FINDING, GAP, OUTPUTS, TABLE, Check, Finding, Gap, TableAccount
from quarterdeck.archive.record import Failure
from quarterdeck.params.notebook import INJECTED, heading_of, number_of, tags
from quarterdeck.run.evidence import failure_in

_KINDS = {FINDING: "finding", TABLE: "table", CHECK: "check", GAP: "gap"}

Located = tuple[int, Any]
"""The index of a cell, and one of the records that it shows."""


@dataclass(frozen=True)
class OutputRecords:
    """The records that a notebook shows, in the order of its cells; of each table the last account."""

    findings: tuple[Finding, ...] = ()
    tables: tuple[TableAccount, ...] = ()
    checks: tuple[Check, ...] = ()
    gaps: tuple[Gap, ...] = ()


class UnusableOutput(Exception):  # noqa: N818  (it ends the run; it is no error of this program)
    """A cell shows what no page can be made of."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.error)


def output_records(notebook: NotebookNode) -> OutputRecords:
    """The records in the outputs of a notebook.

    Raises:
        UnusableOutput: an output says that it is a record, but is none; a key is shown twice.
    """
    found = list(_located(notebook.cells))
    _expect_one_finding_a_key(notebook.cells, found)
    records = [record for _, record in found]
    accounts = {record.name: record for record in records if isinstance(record, TableAccount)}
    return OutputRecords(
        findings=tuple(record for record in records if isinstance(record, Finding)),
        tables=tuple(accounts.values()),
        checks=tuple(record for record in records if isinstance(record, Check)),
        gaps=tuple(record for record in records if isinstance(record, Gap)),
    )


def _located(cells: Sequence[NotebookNode]) -> Iterator[Located]:
    for index, cell in enumerate(cells):
        if INJECTED in tags(cell):
            continue
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for mime in _KINDS:
                if mime in data:
                    yield index, _record(cells, index, mime, data[mime])


def _record(cells: Sequence[NotebookNode], index: int, mime: str, content: Any) -> Any:  # noqa: ANN401
    """JSON in, one of the records out."""
    try:
        return OUTPUTS[mime].model_validate(content)
    except ValidationError as error:
        said = error.errors()[0]
        what = f"{'.'.join(str(part) for part in said['loc'])}: {said['msg']}"
        told = f"cell {number_of(cells, index)} published a broken {_KINDS[mime]} ({what})"
        raise UnusableOutput(failure_in(cells, index, told)) from None


def _expect_one_finding_a_key(cells: Sequence[NotebookNode], found: Iterable[Located]) -> None:
    shown_by: dict[str, int] = {}
    for index, record in found:
        if not isinstance(record, Finding):
            continue
        if record.key in shown_by:
            raise UnusableOutput(
                failure_in(cells, index, _again(cells, record.key, shown_by[record.key], index))
            )
        shown_by[record.key] = index


def _again(cells: Sequence[NotebookNode], key: str, first: int, second: int) -> str:
    """What is told of a key that two cells show, or one cell twice."""
    where = f"by {_place(cells, first)} and again by" if first != second else "twice by"
    return (
        f"The finding {key} is shown {where} {_place(cells, second)}. One key is one finding: "
        "show it once, or give one of the two a key of its own."
    )


def _place(cells: Sequence[NotebookNode], index: int) -> str:
    """A cell as errors name it, and its id, by which a notebook's file is searched."""
    heading, name = heading_of(cells, index), cells[index].get("id")
    named = ", ".join([*([heading] if heading else []), *([f"id {name}"] if name else [])])
    return f"cell {number_of(cells, index)}" + (f" ({named})" if named else "")
