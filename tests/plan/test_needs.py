"""What a report needs and the settings lack is told before anything runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

LOAD = 'people = sources.load("users")\nseen = sources.load("events", optional=True)'


def of_settings(project: ProjectFolder) -> list[str]:
    """Every problem but those of notebooks, which are as short here as a test can have them."""
    result = project.quarterdeck("check", "--json")
    return [told for told in json.loads(result.stdout)["problems"] if ".ipynb: " not in told]


def problems(project: ProjectFolder) -> list[str]:
    return [told.split(".yaml: ", 1)[1] for told in of_settings(project)]


@pytest.fixture
def people(project: ProjectFolder) -> ProjectFolder:
    """A report that needs users and can do without events, for one region and one feature."""
    project.notebook(
        "demo",
        LOAD,
        "## One",
        "1",
        parameters='region: str = "all"  # a region\nmetric: str = "nps"  # a metric',
    )
    project.report("demo", "title: x\nmatrix: {region: [all, EMEA]}\n")
    project.write("params/metrics.yaml", "metrics:\n  nps: {label: NPS, unit: points, kind: mean}\n")
    project.write("data/users.csv", "user_id,signed_up_at,region\n1,2026-01-01,EMEA\n")
    project.write("params/sources.yaml", "tables:\n  users: {path: ../data/users.csv}\n")
    return project


def test_what_is_there_is_enough(people: ProjectFolder) -> None:
    assert problems(people) == []


def test_a_table_that_is_not_declared(people: ProjectFolder) -> None:
    people.write("params/sources.yaml", "tables: {}\n")
    assert problems(people) == [
        "demo needs the table users, which sources.yaml does not declare. "
        "Add it under tables, or remove demo.yaml."
    ]


def test_one_of_two_tables_is_enough_and_none_is_too_few(people: ProjectFolder) -> None:
    either = (
        'heard = sources.load("responses", optional=True)\nfiled = sources.load("tickets", optional=True)'
    )
    people.notebook("demo", f"{either}\nsources.first_of(heard, filed)", "## One", "1")
    people.report("demo", "title: x\n")
    assert problems(people) == [
        "demo needs one of the tables responses and tickets, and sources.yaml declares none. "
        "Add one under tables, or remove demo.yaml."
    ]
    people.write("data/tickets.csv", "ticket_id,opened_at\n1,2026-01-01\n")
    people.write("params/sources.yaml", "tables:\n  tickets: {path: ../data/tickets.csv}\n")
    assert problems(people) == []


def test_a_region_that_the_project_does_not_have(people: ProjectFolder) -> None:
    people.write("params/project.yaml", "regions: [AMER, EMEE]\n")
    assert problems(people) == [
        "demo asks for the region EMEA, which project.yaml does not have. Did you mean EMEE?"
    ]


def test_a_column_that_a_parameter_chooses_by(people: ProjectFolder) -> None:
    people.write("data/users.csv", "user_id,signed_up_at\n1,2026-01-01\n")
    assert problems(people) == [
        "demo asks for region EMEA, but users have no column region. "
        "Map it under columns, or take region out of the matrix."
    ]


def test_a_metric_that_the_catalogue_lacks(people: ProjectFolder) -> None:
    people.report("demo", "title: x\nparameters: {metric: npss}\nmatrix: {region: [all]}\n")
    assert problems(people) == [
        "demo asks for the metric npss, which metrics.yaml does not have. Did you mean nps?"
    ]


def test_an_experiment_without_a_protocol_and_a_protocol_that_nobody_reads(project: ProjectFolder) -> None:
    project.notebook("demo", "## One", "1", parameters='experiment: str = "a"  # its id')
    project.report("demo", "title: x\nmatrix: {experiment: [home]}\n")
    project.write("params/sources.yaml", "tables: {}\n")
    project.write(
        "params/experiments/menu.yaml",
        "id: menu\ntitle: M\nhypothesis: h\nowner: o\nunit: user\nalpha: 0.05\npower: 0.8\n"
        "variants: {control: 1, new: 1}\ncontrol: control\nprimary: nps\n"
        "minimum_effect: 1\nplanned_sample: 10\n",
    )
    metric = "nps: {label: NPS, unit: points, kind: mean, column: nps}"
    project.write("params/metrics.yaml", f"metrics:\n  {metric}\n")
    told = problems(project)
    assert told[0].startswith("demo asks for the experiment home, which has no protocol.")
    assert "quarterdeck new experiment home" in told[0]
    unread = (
        "the experiment menu has a protocol, but no edition reads it out. Add it to the matrix of demo.yaml."
    )
    assert unread in told
    assert unread in project.quarterdeck("plan").stdout


def test_an_empty_file_is_told(people: ProjectFolder) -> None:
    people.write("data/users.csv", "\n\n")
    [told] = of_settings(people)
    assert "is empty, without even a line of column names" in told
