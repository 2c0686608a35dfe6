"""Reports over tables of a real PostgreSQL: what plan knows of them, what heals, one page with files."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import TYPE_CHECKING

import pytest

from helpers import sample
from quarterdeck.archive.record import RunRecord

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder
    from tests.postgresql import Database

RESPONSES = "response_id text, submitted_at timestamptz, survey text, score int, updated_at timestamptz"
ROWS = [(f"r{n}", "2026-07-01T08:30:00Z", "nps", 9, "2026-07-02T00:00:00Z") for n in range(3)]
ROOT = Path(__file__).parents[2]
FEEDBACK = ("responses", "invitations", "tickets", "mentions")
FINGERPRINTS = re.compile(r"<summary>Fingerprints.*?</dl>", re.DOTALL)
QUESTION = "select count(*), max(updated_at) from public.responses"
SETUP = "from helpers import sources\nfrom helpers.periods import Period"
LOAD = 'responses = sources.load("responses")\nprint(responses.account.read)'


def declare(demo: ProjectFolder, connection: str, question: str = QUESTION) -> None:
    asked = f", fingerprint: '{question}'" if question else ""
    text = f"connection: '{connection}'\ntables:\n  responses: {{table: public.responses{asked}}}\n"
    demo.write("params/sources.yaml", text)


@pytest.fixture
def demo(project: ProjectFolder, database: Database) -> ProjectFolder:
    """A report over three responses in a database."""
    database.fill("responses", RESPONSES, ROWS)
    declare(project, database.connection)
    project.notebook("demo", LOAD, "## One", "responses.account.kept", setup=SETUP)
    project.report("demo", "title: Demo\nretries: 1\n")
    return project


def planned(demo: ProjectFolder) -> str:
    """What plan says of the one edition."""
    return demo.quarterdeck("plan").stdout.splitlines()[0].partition(": ")[2]


def test_plan_knows_whether_a_table_changed_since_the_last_run(
    demo: ProjectFolder, database: Database
) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    assert planned(demo) == "up to date"
    database.run("UPDATE responses SET updated_at = now() WHERE response_id = 'r0'")
    assert planned(demo) == "responses: public.responses changed"
    database.run("INSERT INTO responses SELECT 'r9', submitted_at, survey, score FROM responses LIMIT 1")
    assert "responses: 1 new row" in demo.quarterdeck("run").stdout
    assert planned(demo) == "up to date"


def test_without_a_fingerprint_whether_it_changed_cannot_be_known(
    demo: ProjectFolder, database: Database
) -> None:
    declare(demo, database.connection, question="")
    assert demo.quarterdeck("run").exit_code == 0
    assert planned(demo) == "responses: public.responses: whether it changed cannot be known"


def test_a_change_after_the_rows_were_read_is_not_missed(demo: ProjectFolder, database: Database) -> None:
    meanwhile = (
        "import psycopg\n"
        f"with psycopg.connect(host='{database.folder}', dbname='{database.name}', user='owner', "
        "password='owner-password-4') as other:\n    other.execute('DELETE FROM responses WHERE score = 9')"
    )
    demo.notebook("demo", LOAD, "## One", meanwhile, setup=SETUP)
    assert demo.quarterdeck("run").exit_code == 0
    assert planned(demo) == "responses: public.responses changed"


def test_a_database_that_cannot_be_reached_is_told_in_one_line_and_nothing_is_up_to_date(
    demo: ProjectFolder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert demo.quarterdeck("run").exit_code == 0
    declare(demo, database.connection.replace(str(database.folder), str(demo.root)))
    [line] = [line for line in demo.quarterdeck("plan").stdout.splitlines() if "public.responses" in line]
    assert "responses: public.responses: the database cannot be reached: connection to server" in line
    declare(demo, database.connection)
    monkeypatch.setenv("SHOP_PASSWORD", "planted-password-4")
    result = demo.quarterdeck("plan")
    assert "responses: public.responses: the database refuses the connection" in result.stdout
    assert "1 of 1 edition would run." in result.stdout
    assert "planted" not in result.output


def test_planning_asks_a_database_without_pandas_or_ibis(demo: ProjectFolder) -> None:
    demo.quarterdeck("run")
    code = (
        "import sys; sys.argv = ['quarterdeck', 'plan', '--as-of', '2026-11-22']\n"
        "from quarterdeck.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = 'pandas numpy ibis duckdb pyarrow nbformat papermill nbclient IPython'.split()\n"
        "print([name for name in heavy if name in sys.modules], 'psycopg' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=demo.root, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].endswith(": up to date")
    assert done.stdout.splitlines()[-1] == "[] True"


def test_a_lost_connection_is_tried_again_and_a_wrong_password_is_not(
    demo: ProjectFolder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing that is written or said shows the password."""
    monkeypatch.setenv("SHOP_PASSWORD", "planted-password-5")
    told = demo.quarterdeck("run").output
    [refused] = demo.records()
    declare(demo, database.connection.replace(str(database.folder), str(demo.root)))
    told += demo.quarterdeck("run").output
    told += demo.quarterdeck("history").output
    assert [record.attempt for record in demo.records()] == [1, 1, 2]
    assert refused.failed is not None
    assert refused.failed.error.startswith(
        "TableError: The table responses (sources.yaml): the database refuses"
    )
    lost = demo.records()[-1].failed
    assert lost is not None
    assert lost.error.startswith("ConnectionError: the database cannot be reached")
    files = [path for path in demo.root.rglob("*") if path.is_file() and not path.is_symlink()]
    assert [path for path in files if b"planted" in path.read_bytes()] == []
    assert "planted" not in told


def test_the_page_is_the_same_from_files_and_from_a_database(
    project: ProjectFolder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample company's feedback: the same page but for the names and digests of its inputs."""
    for name in ("notebooks", "params"):
        (project.root / name).rmdir()
        (project.root / name).symlink_to(ROOT / name)
    company = sample.write(project.root / "company", as_of=date(2026, 10, 5), tables=list(FEEDBACK))
    monkeypatch.setenv("QUARTERDECK_SAMPLE", str(company))
    made = []
    for name in ("of_files", "of_database"):
        copytree(ROOT / "params", project.root / name)
        if name == "of_database":
            tables = "".join(f"  {table}: {{table: public.{table}}}\n" for table in FEEDBACK)
            text = f"connection: '{database.connection}'\ntables:\n{tables}"
            (project.root / name / "sources.yaml").write_text(text, encoding="utf-8")
            for table in FEEDBACK:
                database.take(company / f"{table}.parquet", table)
        asked = ["run", "quarterly_feedback", "--only", "*-all", "--params", name, "--outputs", f"out-{name}"]
        result = project.quarterdeck(*asked, "--as-of", "2026-10-05")
        assert result.exit_code == 0, result.output
        [run] = (project.root / f"out-{name}").glob("runs/*/*/*")
        record = RunRecord.read(run)
        page = FINGERPRINTS.sub("", (run / "report.html").read_text(encoding="utf-8"))
        accounts = [
            account.model_dump(include={"name", "read", "kept", "quarantined", "latest"})
            for account in record.tables
        ]
        files = {path.name: path.read_bytes() for path in run.glob("tables/*.csv")}
        made.append((accounts, record.findings, files, page.replace(record.digest, "").replace(name, "")))
    for of_files, of_database in zip(*made, strict=True):
        assert of_files == of_database
