"""Fingerprints: what counts as an input of an edition, and what is told when one changed."""

from __future__ import annotations

import ast
import hashlib
import os
import socket
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from helpers.records import SourceFile, TableAccount
from helpers.records import project as project_settings
from quarterdeck.archive.packages import Packages
from quarterdeck.plan.closure import distributions, import_closure, imports
from quarterdeck.plan.editions import read_report
from quarterdeck.plan.fingerprints import (
    UNKNOWABLE,
    FileHashes,
    Fingerprints,
    Inputs,
    differences,
    digest,
    loads,
)

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

SOURCES = """tables:
  responses: {path: "data/nps-*.csv"}
  tickets: {path: data/tickets.csv}
"""


@pytest.fixture
def demo(project: ProjectFolder) -> ProjectFolder:
    project.notebook(
        "demo", 'responses = sources.load("responses")', setup="from helpers import periods, sources"
    )
    project.report("demo", "title: x\n")
    project.write("params/sources.yaml", SOURCES)
    project.write("requirements.lock", "a==0\n")
    project.write("params/data/nps-1.csv", "a\n1\n")
    project.write("params/data/tickets.csv", "a\n1\n")
    return project


def taken(project: ProjectFolder, tables: tuple[str, ...] = ("responses",)) -> Fingerprints:
    layout = project.layout
    inputs = Inputs(layout, project_settings(layout.params))
    notebook, report = read_report(layout, "demo")
    return inputs.of_report(report, notebook) | inputs.of_tables(list(tables))


def changed(project: ProjectFolder, before: Fingerprints) -> list[str]:
    return differences(before, taken(project))


def test_nothing_changed_says_nothing(demo: ProjectFolder) -> None:
    before = taken(demo)
    demo.write("params/data/tickets.csv", "a\n2\n")
    demo.write("params/project.yaml", "keep: {days: 30}\n")
    assert changed(demo, before) == []
    assert digest(before, {"a": 1}) == digest(taken(demo), {"a": 1})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("params/data/nps-1.csv", "a\n2\n", "responses: nps-1.csv changed"),
        ("params/data/nps-2.csv", "a\n3\n", "responses: nps-2.csv is new"),
        (
            "params/sources.yaml",
            SOURCES.replace("nps-*.csv", "nps-?.csv"),
            "params/sources.yaml: responses changed",
        ),
        ("params/project.yaml", "min_group: 9\n", "params/project.yaml changed"),
        ("params/demo.yaml", "title: another\n", "params/demo.yaml changed"),
        ("requirements.lock", "a==1\n", "requirements.lock changed"),
    ],
)
def test_a_change_is_told_by_name(demo: ProjectFolder, name: str, text: str, told: str) -> None:
    before = taken(demo)
    demo.write(name, text)
    assert changed(demo, before) == [told]


def test_a_file_that_is_gone_is_told(demo: ProjectFolder) -> None:
    before = taken(demo)
    (demo.root / "params/data/nps-1.csv").unlink()
    assert changed(demo, before) == ["responses: nps-1.csv is gone"]


def test_outputs_and_counts_of_a_notebook_are_no_change_but_a_cell_is(demo: ProjectFolder) -> None:
    before = taken(demo)
    path = demo.root / "notebooks/demo.ipynb"
    path.write_text(path.read_text().replace('"execution_count": null', '"execution_count": 7'))
    assert changed(demo, before) == []
    path.write_text(path.read_text().replace("A question.", "Another question."))
    assert changed(demo, before) == ["notebooks/demo.ipynb changed"]


def test_what_only_steers_the_run_is_no_input(demo: ProjectFolder) -> None:
    before = taken(demo)
    demo.report(
        "demo", "title: x\nretries: 3\nmemory: 1 GB\ntimeout: {cell: 1 min}\nnotify: {on: [failed]}\n"
    )
    assert changed(demo, before) == []


def test_a_table_outside_of_files_is_never_known_to_be_the_same(demo: ProjectFolder) -> None:
    demo.write("params/sources.yaml", "connection: postgres://x\ntables:\n  responses: {columns: {a: b}}\n")
    before = taken(demo)
    assert UNKNOWABLE in before.values()
    assert changed(demo, before) == [
        "responses: a table outside of files: whether it changed cannot be known"
    ]


def test_the_closure_holds_what_helpers_import_in_turn() -> None:
    tree = ast.parse("from helpers import findings\nimport pandas\nfrom helpers.periods import Period")
    closure = import_closure(imports([tree]), Packages(Path()).folders)
    assert {"helpers/__init__.py", "helpers/findings/__init__.py", "helpers/periods.py"} <= closure.keys()
    assert {
        "helpers/style/numbers.py",
        "helpers/stats/__init__.py",
        "helpers/stats/multiplicity.py",
    } <= closure.keys()
    assert "helpers/records/outputs.py" in closure
    assert not any(name.startswith("helpers/sample/") for name in closure)
    assert all(path.is_file() for path in closure.values())


def test_a_changed_events_file_makes_what_draws_it_due(demo: ProjectFolder) -> None:
    demo.notebook("demo", "## One", "1", setup="from helpers.scope import Scope")
    demo.write("params/events.yaml", "events: []\n")
    before = taken(demo)
    demo.write("params/events.yaml", "events:\n  - {kind: launch, title: Japan, date: 2026-05-01}\n")
    assert changed(demo, before) == ["params/events.yaml changed"]


def test_a_changed_file_that_events_include_makes_what_draws_them_due(demo: ProjectFolder) -> None:
    demo.notebook("demo", "## One", "1", setup="from helpers.scope import Scope")
    demo.write("params/events.yaml", "include: [holidays.yaml]\n")
    before = taken(demo)
    demo.write("params/holidays.yaml", "events: []\n")
    assert changed(demo, before) == ["params/events.yaml: holidays.yaml changed"]


def test_loads_are_found_by_their_literal_names() -> None:
    tree = ast.parse(
        'a = sources.load("responses")\nb = sources.load("tickets", optional=True)\nsources.load(a)'
    )
    assert loads(iter([tree])) == ["responses", "tickets"]


def test_a_hash_is_taken_again_only_when_size_or_time_changed(tmp_path: Path) -> None:
    data, memory = tmp_path / "data.csv", tmp_path / "hashes.json"
    data.write_text("one")
    first = FileHashes(memory)
    content = first.of(data)
    first.keep()
    again = FileHashes(memory)
    assert again.of(data) == content
    data.write_text("two")
    os.utime(data, (1, 1))
    assert again.of(data) != content
    assert again.of(tmp_path / "none.csv") == "absent"


def test_a_broken_memory_of_hashes_is_done_without(tmp_path: Path) -> None:
    memory = tmp_path / "hashes.json"
    memory.write_text("{broken")
    data = tmp_path / "data.csv"
    data.write_text("one")
    assert len(FileHashes(memory).of(data)) == 64


def test_files_of_one_name_in_several_folders_are_told_apart(demo: ProjectFolder) -> None:
    demo.write("params/sources.yaml", "tables:\n  responses: {path: 'data/*/part.csv'}\n")
    for quarter in ("q1", "q2"):
        demo.write(f"params/data/{quarter}/part.csv", "a\n1\n")
    before = taken(demo)
    demo.write("params/data/q1/part.csv", "a\n22\n")
    assert changed(demo, before) == ["responses: data/q1/part.csv changed"]


def test_what_was_read_counts_and_not_what_stands_there_by_the_end(demo: ProjectFolder) -> None:
    inputs = Inputs(demo.layout, project_settings(demo.layout.params))
    content = "a\n1\n"
    read = SourceFile(
        path="data/nps-1.csv", size=4, mtime=0.0, sha256=hashlib.sha256(content.encode()).hexdigest()
    )
    account = TableAccount(name="responses", read=1, kept=1, patterns=("data/nps-*.csv",), files=(read,))
    assert inputs.of_accounts([account]) == inputs.of_tables(["responses"])
    assert inputs.replaced(account) == []
    demo.write("params/data/nps-1.csv", "a\n22\n")
    assert inputs.of_accounts([account])["responses: nps-1.csv"] == read.sha256
    assert inputs.replaced(account) == ["data/nps-1.csv"]


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "loop"])
def test_what_is_no_file_is_not_read_to_its_end(demo: ProjectFolder, kind: str) -> None:
    path = demo.root / "params/data/tickets.csv"
    path.unlink()
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(os.path.relpath(path))
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path.name)
    assert taken(demo, ("tickets",))["tickets: tickets.csv"] == "absent"


TICKETS = "import yaml\nfrom . import days\nfrom .deep.sums import total\n"
OWN = "from acme_reports import tickets\nfrom helpers.periods import Period"


@pytest.fixture
def acme(demo: ProjectFolder) -> ProjectFolder:
    """A project with a package of its own: `tickets` imports `days` by a relative import."""
    demo.write("params/project.yaml", "packages: [acme_reports]\n")
    demo.write("src/acme_reports/__init__.py", "")
    demo.write(
        "src/acme_reports/tickets.py", "import yaml\nfrom . import days\nfrom .deep.sums import total\n"
    )
    demo.write("src/acme_reports/days.py", "LONG = 3\n")
    demo.write("src/acme_reports/deep/__init__.py", "")
    demo.write("src/acme_reports/deep/sums.py", "from ..days import LONG\ntotal = sum\n")
    demo.write("src/acme_reports/unused.py", "1\n")
    demo.notebook("demo", "## One", "1", setup=OWN)
    return demo


def test_a_changed_helper_of_a_companys_own_makes_the_edition_due(acme: ProjectFolder) -> None:
    before = taken(acme)
    for name, said in (("days", "LONG = 10\n"), ("deep/sums", "total = max\n")):
        acme.write(f"src/acme_reports/{name}.py", said)
        assert changed(acme, before) == [f"acme_reports/{name}.py changed"]
        before = taken(acme)
    acme.write("src/acme_reports/unused.py", "2\n")
    assert changed(acme, before) == []


def test_plan_names_the_helper_that_changed(acme: ProjectFolder) -> None:
    acme.report("demo", "title: x\nparameters: {period: 2026Q3}\n")
    acme.quarterdeck("run")
    assert "up to date" in acme.quarterdeck("plan").output
    acme.write("src/acme_reports/days.py", "LONG = 10\n")
    assert "acme_reports/days.py changed" in acme.quarterdeck("plan").output


def test_a_package_need_not_lie_in_the_project(
    acme: ProjectFolder, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    installed = tmp_path_factory.mktemp("site") / "acme_reports"
    (acme.root / "src" / "acme_reports").rename(installed)
    monkeypatch.syspath_prepend(str(installed.parent))
    assert taken(acme)["acme_reports/days.py"] == hashlib.sha256(b"LONG = 3\n").hexdigest()


def test_without_pins_the_versions_of_what_is_imported_count(acme: ProjectFolder) -> None:
    (acme.root / "requirements.lock").unlink()
    found = taken(acme)
    assert found["installed pyyaml"] == version("pyyaml")
    assert not {"installed acme_reports", "installed helpers", "installed os"} & found.keys()
    acme.write("requirements.lock", "pyyaml==1\n")
    assert not [name for name in taken(acme) if name.startswith("installed")]


def test_the_distributions_of_our_own_helpers_are_known() -> None:
    closure = import_closure(["helpers.charts", "helpers.sources"], Packages(Path()).folders)
    found = distributions([], closure)
    assert {"pandas", "duckdb", "ibis-framework", "matplotlib"} <= found.keys()
    assert found["pandas"] == version("pandas")
