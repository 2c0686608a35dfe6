"""Run an edition again from its record, and compare: the same inputs must give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.records.parameter_types import to_text
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.plan.editions import plan
from quarterdeck.plan.request import Selection
from quarterdeck.publish import pages
from quarterdeck.run.compare import RunComparison, compare
from quarterdeck.run.runner import Runner


@dataclass(frozen=True)
class Verification:
    """The recorded run and the new one, compared."""

    record: RunRecord
    again: RunRecord
    same_page: bool
    comparison: RunComparison

    @property
    def same(self) -> bool:
        """Whether the run ended as it did, with the same findings and the same page, byte by byte."""
        return self.record.status == self.again.status and self.same_page and self.comparison.same


def verify(
    record: RunRecord, layout: Layout, scratch: Path, runner: Callable[[Layout], Runner]
) -> Verification:
    """Run the edition of a record again, in a scratch folder instead of the project's outputs.

    Raises:
        QuarterdeckError: the report or one of its parameters is no more.
    """
    aside = replace(layout, outputs=scratch)
    overrides = {name: to_text(value) for name, value in record.parameters.items()}
    [planned] = plan(aside, Selection(record.as_of, (record.report,), overrides))
    fresh = runner(aside)
    again = fresh.run(planned.request)
    page = layout.run(record.report, record.edition, record.run_id) / "report.html"
    published = page.read_bytes() if page.exists() else None
    rendered = (
        pages.render(fresh.folder(again), aside).encode() if again.status in ("ok", "incomplete") else None
    )
    return Verification(record, again, published == rendered, compare(record, again))
