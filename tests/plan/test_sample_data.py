"""The sample company is written where the sources ask for it, and only then."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from helpers import sample
from helpers.records import Project
from quarterdeck.plan import sample_data

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

AS_OF = date(2026, 11, 22)
SHIPPED = "tables:\n  responses: {path: '${QUARTERDECK_SAMPLE:-../outputs/sample}/responses.parquet'}\n"


def test_other_sources_get_no_sample(project: ProjectFolder) -> None:
    assert not sample_data.ensure(project.layout, Project(), AS_OF)
    for text in (
        "tables:\n  responses: {path: data/nps.csv}\n",
        "tables: [",
        "tables:\n  a: {sql: select 1}\n",
    ):
        project.write("params/sources.yaml", text)
        assert not sample_data.ensure(project.layout, Project(), AS_OF)
    assert not project.layout.sample.exists()


def test_the_sample_is_written_once_a_quarter(project: ProjectFolder) -> None:
    project.write("params/sources.yaml", SHIPPED)
    assert sample_data.ensure(project.layout, Project(), AS_OF)
    assert sample.is_current(project.layout.sample, AS_OF)
    assert not sample_data.ensure(project.layout, Project(), date(2026, 12, 31))
    assert sample_data.is_asked_for(project.layout)
