"""By which values of the parameters a name was made."""

from __future__ import annotations

import ast
from collections.abc import Collection

import pytest

from helpers.explore.provenance import Provenance, Stale, statements
from helpers.records.parameter_types import Value

ALL: dict[str, Value] = {"region": "all", "days": 3}
EMEA: dict[str, Value] = {"region": "EMEA", "days": 3}


class Notebook:
    """Cells that run, or fail after some of their names were bound."""

    def __init__(self) -> None:
        self.known = Provenance(frozenset({"region", "days"}))

    def run(self, source: str, now: dict[str, Value], left: Collection[str] = ()) -> None:
        self.known.record(statements(ast.parse(source)), now, lambda name: name not in left)

    def stale(self, source: str, now: dict[str, Value]) -> Stale | None:
        return self.known.stale(self.known.inputs(statements(ast.parse(source))), now)


@pytest.fixture
def notebook() -> Notebook:
    made = Notebook()
    made.run("answers = load('answers')\nscope = Scope(region)\nscores = score(answers, scope)", ALL)
    return made


def test_what_was_made_by_another_value_is_stale(notebook: Notebook) -> None:
    assert notebook.stale("show(scores)", EMEA) == Stale("scores", "region", "all", "EMEA")
    assert notebook.stale("show(scores)", ALL) is None


def test_what_needs_no_parameter_never_is(notebook: Notebook) -> None:
    assert notebook.stale("account(answers)", EMEA) is None


def test_only_the_parameters_that_were_used_count(notebook: Notebook) -> None:
    assert notebook.stale("show(scores)", {"region": "all", "days": 7}) is None


def test_a_value_that_comes_back_makes_it_fresh_again(notebook: Notebook) -> None:
    assert notebook.stale("show(scores)", EMEA) is not None
    assert notebook.stale("show(scores)", ALL) is None


def test_what_a_failed_cell_left_stays_what_it_was(notebook: Notebook) -> None:
    notebook.run("scope = Scope(region)\nscores = score(answers, scope)", EMEA, left={"scores"})
    assert notebook.stale("show(scope)", EMEA) is None
    assert notebook.stale("show(scores)", EMEA) == Stale("scores", "region", "all", "EMEA")


def test_a_cell_may_make_what_it_takes_up(notebook: Notebook) -> None:
    assert notebook.stale("scores = score(answers, Scope(region))\nshow(scores)", EMEA) is None
    assert notebook.stale("scores = better(scores)", EMEA) is not None


def test_a_function_takes_up_its_names_when_it_is_called(notebook: Notebook) -> None:
    notebook.run("def told(more):\n    return wording(scores, more)", ALL)
    assert notebook.stale("told(1)", EMEA) == Stale("scores", "region", "all", "EMEA")
    notebook.run("scores = score(answers, Scope(region))", EMEA)
    assert notebook.stale("told(1)", EMEA) is None
    notebook.run("table = told(1)", EMEA)
    assert notebook.stale("table", ALL) == Stale("table", "region", "EMEA", "all")


def test_a_function_of_the_same_cell_counts(notebook: Notebook) -> None:
    assert notebook.stale("def told():\n    return scores\ntold()", EMEA) is not None


def test_code_within_a_magic_counts(notebook: Notebook) -> None:
    assert notebook.stale("get_ipython().run_cell_magic('time', '', 'show(scores)')", EMEA) is not None
    notebook.run("get_ipython().run_line_magic('time', 'more = score(region)')", ALL)
    assert notebook.stale("more", EMEA) == Stale("more", "region", "all", "EMEA")
    assert notebook.stale("get_ipython().run_cell_magic('bash', '', 'echo $scores')", EMEA) is None


def test_imports_and_loops_bind_names(notebook: Notebook) -> None:
    notebook.run("import scores\nfor scope in (1, 2):\n    pass", EMEA)
    assert notebook.stale("scores, scope", EMEA) is None
