"""What <Tab> offers inside quotes, in kernels as JupyterLab has them: warm ones and ordinary ones."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.completer import CompletionContext
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning.factory import KernelProvisionerFactory

from helpers import adoption, sources
from helpers.explore.completions import offered
from helpers.scope import Scope
from quarterdeck.kernels import PROVISIONER, pool

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

LOADED = """from helpers import sources
from helpers.scope import Scope
responses = sources.load("responses")
rows = responses.expr"""


@pytest.fixture
def company(project: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    project.write("params/project.yaml", "regions: [AMER, EMEA]")
    project.write("params/experiments/pricing_page.yaml", "id: pricing_page")
    project.write(
        "responses.csv", "response_id,submitted_at,survey,score,segment\nr1,2026-07-01,nps,9,Small\n"
    )
    project.write("events.csv", "user_id,occurred_at,event,feature\na,2026-01-01,opened,search\n")
    project.write("plans.csv", "plan,price\nFree,0\n")
    tables = ", ".join(f"{name}: {{path: ../{name}.csv}}" for name in ("responses", "events", "plans"))
    project.write("params/sources.yaml", f"tables: {{{tables}}}")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(project.root / "params"))
    return project


def names(code: str, after: str = "", **known: Any) -> list[str]:
    """What is offered at the end of some code."""
    before = code.split("\n")
    context = CompletionContext(
        token="",
        full_text=code + after,
        cursor_position=len(before[-1]),
        cursor_line=len(before) - 1,
        limit=None,
    )
    return [one.text for one in offered(context, known)["completions"]]


def test_tables_columns_and_values_are_offered(company: ProjectFolder) -> None:
    responses = sources.load("responses")
    known = {"sources": sources, "responses": responses, "rows": responses.expr, "Scope": Scope}
    known |= {"adoption": adoption, "load": sources.load}
    for code, expected in {
        'sources.load("': ["responses", "events", "plans"],
        'load("pl': ["plans"],
        'Scope.of(responses, "2026Q3", region="EM': ["EMEA"],
        'Scope.of(responses, "2026Q3", region="': ["all", "AMER", "EMEA"],
        'responses.to_pandas(columns=["sc': ["score"],
        'responses.to_pandas(columns=["score", "se': ["segment"],
        'rows.group_by("se': ["segment"],
        'rows["sub': ["submitted_at"],
        'responses.expr.select("sub': ["submitted_at"],
        'adoption.AdoptionRule("': ["all", "search"],
        'experiment: str = "': ["pricing_page"],
        'rows.filter(rows.segment == "': ["Small"],
        'rows.segment.isin(["S': ["Small"],
        'frame[frame.region == "': ["AMER", "EMEA"],
        'responses.sql("select sc': ["score"],
        'sources.sql("select se': ["segment"],
        'sources.sql("select * from pl': ["plans"],
        'sources.load("plans").to_pandas(columns=["': ["plan", "price"],
        'print("re': [],
        "responses.": [],
    }.items():
        assert names(code, **known) == expected, code


def test_in_sql_the_columns_of_the_tables_that_the_statement_names(company: ProjectFolder) -> None:
    assert names('sources.sql("select pr', ' from plans")', sources=sources) == ["price"]


def test_looking_a_name_up_runs_nothing(company: ProjectFolder) -> None:
    class Trap:
        @property
        def expr(self) -> object:
            raise AssertionError("it ran")

    assert names('trap.expr.select("', trap=Trap()) == []


def test_no_large_table_is_opened_for_it(company: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.sources.table_list.SMALL", 1)
    monkeypatch.setattr("helpers.explore.completions.look", lambda _name: pytest.fail("opened"))
    assert names('feature = "') == []
    assert names('sources.sql("select pri', ' from plans")', sources=sources) == ["price"]


def test_broken_settings_offer_nothing(company: ProjectFolder) -> None:
    company.write("params/sources.yaml", "tables: [")
    assert names('sources.load("') == []


@pytest.fixture(params=["warm", "ordinary"])
def kernel(request: pytest.FixtureRequest, company: ProjectFolder) -> Iterator[Any]:
    """A client of a kernel in the project."""
    if request.param == "warm" and not pool.available():
        pytest.skip("kernels are forked on Linux only")
    factory = KernelProvisionerFactory.instance()
    before = factory.default_provisioner_name
    factory.default_provisioner_name = PROVISIONER if request.param == "warm" else "local-provisioner"
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(company.root))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        factory.default_provisioner_name = before


def test_a_kernel_offers_them_and_no_file_beside(kernel: Any) -> None:
    kernel.execute_interactive(LOADED, timeout=60)
    for code, expected in {
        'sources.load("re': ["responses"],
        'Scope.of(responses, "all", region="EM': ["EMEA"],
        'responses.to_pandas(columns=["sc': ["score"],
        'rows.group_by("se': ["segment"],
    }.items():
        kernel.complete(code, reply=True, timeout=60)
        begun = time.perf_counter()
        answer = kernel.complete(code, reply=True, timeout=60)["content"]
        taken = time.perf_counter() - begun
        assert answer["matches"] == expected
        assert code[: answer["cursor_start"]] + expected[0] == code[: code.rindex('"') + 1] + expected[0]
        assert taken < 1, "10 ms on a machine with nothing else to do"
