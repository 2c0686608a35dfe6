"""The examples that docstrings show run on the sample company (those on plain results are doctests)."""

import inspect
from typing import Any

import pytest

from helpers import adoption
from helpers.scope import Scope
from helpers.sources import LoadedTable


def examples() -> list[tuple[str, str]]:
    return [
        (name, line.strip())
        for name in adoption.__all__
        for doc in [inspect.getdoc(getattr(adoption, name)) or ""]
        if ">>>" not in doc
        for line in doc.partition("Raises:")[0].splitlines()
        if line.startswith("    ")
    ]


@pytest.fixture(scope="module")
def names(company: tuple[LoadedTable, LoadedTable]) -> dict[str, Any]:
    """What an analyst has at hand when the notebook has loaded."""
    users, events = company
    scope = Scope.of(events, "2026Q3")
    usage = adoption.usage(users, events, scope, adoption.AdoptionRule("dashboards"))
    found: dict[str, Any] = {"users": users, "events": events, "scope": scope, "usage": usage}
    return {**found, "key_metrics": adoption.key_metrics(usage), "adoption": adoption}


@pytest.mark.parametrize(("name", "example"), examples(), ids=lambda value: str(value)[:30])
def test_an_example_runs(name: str, example: str, names: dict[str, Any]) -> None:
    exec(example, dict(names))


def test_what_takes_loaded_data_has_an_example() -> None:
    functions = {name for name in adoption.__all__ if inspect.isfunction(getattr(adoption, name))}
    assert {name for name, _ in examples()} == functions
