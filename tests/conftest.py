"""What several tests stand on.

`editions`: run folders as a run leaves them, made from typed records. `project`: a small project of its own
with notebooks that run on real kernels, driven through the command line. `database`: an empty one of a real
PostgreSQL.
"""

from __future__ import annotations

import itertools
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
import pytest
from filelock import FileLock
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests import laws, postgresql
from typer.testing import CliRunner, Result

from helpers import findings, stats, tables, verbatims, whatif
from helpers.records import FINDING, Check, Finding, Gap, TableAccount
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.cli import app

ROOT = Path(__file__).resolve().parent.parent
# A shell has its background jobs ignore Ctrl-C, and what they start inherits that: tests send it.
signal.signal(signal.SIGINT, signal.default_int_handler)
laws.register()

COUNTED = "Answers of 4 or 5, of all answers."
START = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of the cases of a test that says `one_in(n)`, all but the first and every n-th after it are slow."""
    seen: Counter[str] = Counter()
    for item in items:
        if marker := item.get_closest_marker("one_in"):
            test = item.nodeid.partition("[")[0]
            if seen[test] % marker.args[0]:
                item.add_marker(pytest.mark.slow)
            seen[test] += 1


@pytest.fixture(autouse=True)
def nothing_that_customers_wrote() -> None:
    """What tables of an earlier test held is known to no later one."""
    verbatims.forget()


def shown(thing: object) -> NotebookNode:
    """The output that an object leaves when it is the last expression of a cell."""
    bundle: Any = thing._repr_mimebundle_()  # type: ignore[attr-defined]
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    output: NotebookNode = new_output("execute_result", data=data, execution_count=1)
    return output


def tagged(source: str, tag: str) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, metadata={"tags": [tag]})
    return cell


def score_findings(previous: str = "2026 Q2", period: str = "2026 Q3") -> tuple[Finding, ...]:
    """Seven findings with changes: three clear, four not; and one that is withheld."""
    share, difference = stats.proportion, stats.proportion_difference
    rows = [
        ("csat", "CSAT", "higher", (4365, 5190), (4290, 5125), True),
        ("response_rate", "Response rate", "higher", (2806, 11420), (3090, 11790), True),
        ("slow_exports", "Slow exports", "lower", (158, 1642), (245, 1711), True),
        ("billing", "Billing and invoices", "lower", (204, 1642), (149, 1711), False),
        ("mobile", "Mobile app", "lower", (149, 1642), (156, 1711), False),
        ("sign_in", "Sign-in and SSO", "lower", (122, 1642), (101, 1711), False),
        ("price", "Price", "none", (90, 1642), (97, 1711), False),
    ]
    judged = stats.judged(
        [stats.Comparison(row[1], None, None, difference(*row[3], *row[4], level=0.95)) for row in rows]
    )
    found = [
        findings.measured(
            findings.Measure(
                key,
                label,
                "share",
                good,  # type: ignore[arg-type]
                counts=COUNTED,
                sources=("responses",),
            ),
            share(*now, level=0.95),
            period,
            headline=headline,
            previous=(previous, share(*was, level=0.95), row.difference),
        )
        for row, (key, label, good, now, was, headline) in zip(judged, rows, strict=True)
    ]
    held = findings.withheld(
        findings.Measure("effort", "Customer effort", "points"),
        period,
        "46 answers; 100 are needed.",
        n=46,
        headline=True,
    )
    return (*found, held)


def win_back(won_back: Any) -> tuple[Any, ...]:
    return (100 * (0.55 - 0.24 * (1 - won_back)), 0.24 * (1 - won_back))


def model() -> whatif.Model:
    return whatif.Model(
        title="Detractors won back",
        function=win_back,
        sliders=(whatif.Slider("won_back", "Detractors won back", 0, 1, 0, 0.05),),
        outputs=(whatif.Output("NPS", "points", 1), whatif.Output("Detractors", "share", 1)),
    )


def notebook(*extra: NotebookNode) -> NotebookNode:
    """An executed notebook: a section with a table, one with a what-if, `extra`, method and data."""
    account = TableAccount(
        name="responses",
        read=8141,
        kept=7996,
        quarantined={"response_id is not unique": 45, "score out of range": 100},
        latest="2026-09-30",
    )
    table = tables.table(
        "by_area",
        "Billing leaves customers least satisfied",
        [tables.Column("Area"), tables.Column("Tickets", "count"), tables.Column("CSAT", "share")],
        [("Billing", 1402, 0.776), ("Sign-in", 942, 0.841), ("Exports", 611, 0.862)],
        subtitle="Tickets and CSAT by product area, APAC, 2026 Q3",
    )
    record = score_findings()[0]
    cells = [
        new_markdown_cell("# Customer feedback\n\nWhat do customers tell us?\n\nFor product managers."),
        tagged("from helpers import feedback, findings, sources, tables, whatif", "setup"),
        tagged('period: Period = "2026Q3"', "parameters"),
        new_code_cell('responses = sources.load("responses")'),
        new_markdown_cell("## Tickets\n\nTickets that customers *opened*, by area."),
        new_code_cell("tables.by_area(tickets)  # by area", outputs=[shown(table)]),
        new_code_cell(
            'findings.show(score)\n"text"',
            outputs=[
                new_output(
                    "display_data", data={FINDING: record.model_dump(mode="json"), "text/html": "<p>seen</p>"}
                ),
                new_output("stream", name="stderr", text="/tmp/ipykernel_1/2.py:3: UserWarning: old"),
            ],
        ),
        tagged("secret = 1", "internal"),
        new_markdown_cell("## What if\n\nArithmetic on the answers of this quarter, not a forecast."),
        new_code_cell("feedback.win_back(responses, answers)", outputs=[shown(whatif.WhatIf(model()))]),
        *extra,
        new_markdown_cell(
            "## Method and data\n\n"
            "Shares have Wilson intervals (Wilson 1927):\n\n"
            "$$\\hat{p} \\pm z \\sqrt{\\frac{\\hat{p}(1-\\hat{p})}{n}}$$\n\n"
            "- a change is *clear* when its test holds after correction\n- `p` is two-sided"
        ),
        new_code_cell("tables.account(responses)", outputs=[shown(tables.account(account))]),
    ]
    book: NotebookNode = new_notebook(
        cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    return book


@dataclass
class Editions:
    """Writes run folders, each a little later than the last."""

    layout: Layout
    book: Callable[..., NotebookNode] = field(default=notebook)
    scores: tuple[Finding, ...] = field(default_factory=score_findings)
    _count: Any = field(default_factory=itertools.count)

    def add(
        self,
        edition: str = "2026q3-apac",
        *,
        book: NotebookNode | None = None,
        executed: bool = True,
        **fields: Any,
    ) -> Path:
        """One run; every field of the record can be given."""
        number = next(self._count)
        started = START + timedelta(days=number)
        report = fields.get("report", "quarterly_feedback")
        run_id = f"{started:%Y%m%dT%H%M%SZ}-{number:010x}-1"
        record = RunRecord.model_validate(
            {
                "run_id": run_id,
                "report": report,
                "edition": edition,
                "title": "Customer feedback, 2026 Q3, APAC",
                "question": "What do customers tell us, what changed, and what should we act on?",
                "audience": ("product managers", "support leads"),
                "owner": "product-ops",
                "parameters": {"period": "2026Q3", "region": "APAC", "confidence": 0.95},
                "matrix": ("region",),
                "as_of": date(2026, 10, 5),
                "next_due": datetime(2027, 1, 5, 7, 0, tzinfo=UTC),
                "status": "ok",
                "started": started,
                "ended": started + timedelta(seconds=2),
                "findings": self.scores,
                "tables": (TableAccount(name="responses", read=10, kept=10, latest="2026-09-30"),),
                "checks": (
                    Check(key="fresh", passed=True, severity="warn", text="The data reach 30 Sep 2026."),
                ),
                "fingerprints": {"notebook": "5be1" * 16, "helpers/feedback.py": "91a4" * 16},
                "digest": "0f3c9a1e77",
                "command": "quarterdeck run quarterly_feedback -p period=2026Q3 -p region=APAC",
                **fields,
            }
        )
        folder = self.layout.run(report, edition, run_id)
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(record.model_dump_json(), encoding="utf-8")
        if executed:
            nbformat.write(book if book is not None else self.book(), folder / "executed.ipynb")
        return folder


def editions_in(folder: Path) -> Editions:
    """Run folders in an outputs folder of their own, with the project's templates."""
    return Editions(Layout(root=ROOT, params=ROOT / "params", outputs=folder / "outputs"))


@pytest.fixture
def editions(tmp_path: Path) -> Editions:
    return editions_in(tmp_path)


@pytest.fixture
def incomplete() -> dict[str, Any]:
    """The fields of a run in which the section Tickets failed."""
    return {
        "status": "incomplete",
        "gaps": (
            Gap(
                section="Tickets",
                kind="failed",
                reason="Cell 14 stopped: opened_at holds text that is no date.",
            ),
        ),
        "checks": (Check(key="sample_ratio", passed=False, severity="stop", text="The split is 52 to 48."),),
    }


SETUP = "from helpers.periods import Period"
PARAMETERS = """period: Period = "last_complete"  # the quarter
region: str = "all"  # one region, or all
confidence: float = 0.95  # level of every interval, 0.5 to 0.999"""


SOUND_SETUP = """from helpers import demo, explore, sources, style, tables
from helpers.periods import Period

style.use()
explore.watch()"""


def sound_notebook() -> NotebookNode:
    """A notebook that breaks no rule of the house; nothing says that it runs."""
    cells = [
        new_markdown_cell("# Demo\n\nA question."),
        tagged(SOUND_SETUP, "setup"),
        tagged(PARAMETERS, "parameters"),
        tagged("explore.panel()", "internal"),
        new_code_cell(
            'rows = sources.load("tickets", optional=True)\nfound = demo.counted(rows, period, region=region)'
        ),
        new_markdown_cell("## One"),
        new_code_cell("demo.over_time(found, confidence)"),
        new_markdown_cell("## What if"),
        tagged("demo.scenario(found)", "whatif"),
        new_markdown_cell("## Method and data\n\nCounted."),
        new_code_cell("tables.account(rows)"),
    ]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made: NotebookNode = new_notebook(cells=cells, metadata=metadata)
    return made


@dataclass
class ProjectFolder:
    """A project in a folder of its own; `quarterdeck` runs the command line in it, in this process."""

    root: Path

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def notebook(
        self, name: str, *cells: str, parameters: str | None = PARAMETERS, setup: str = SETUP
    ) -> Path:
        """A notebook; a cell that begins with # is Markdown."""
        made = [new_markdown_cell(f"# {name}\n\nA question.")]
        made.append(tagged(setup, "setup"))
        made += [tagged(parameters, "parameters")] if parameters is not None else []
        made += [new_markdown_cell(cell) if cell.startswith("#") else new_code_cell(cell) for cell in cells]
        for number, cell in enumerate(made):
            cell.id = f"cell-{number}"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(new_notebook(cells=made, metadata={"kernelspec": kernel}), path)
        return path

    def sound_notebook(self, name: str) -> Path:
        """A notebook that breaks no rule of the house; it need not run."""
        path = self.root / "notebooks" / f"{name}.ipynb"
        nbformat.write(sound_notebook(), path)
        return path

    def report(self, name: str, text: str = "") -> Path:
        """A report's file; with nothing given, a title."""
        return self.write(f"params/{name}.yaml", text or f"title: {name}\n")

    def quarterdeck(self, *arguments: str) -> Result:
        """What the command line answers; as of a fixed day where that matters."""
        dated = arguments[0] in ("run", "plan") and "--as-of" not in arguments
        return CliRunner().invoke(app, [*arguments, *(["--as-of", "2026-11-22"] if dated else [])])

    def records(self, report: str = "*") -> list[RunRecord]:
        """Every run's record, oldest first."""
        found = sorted(self.root.glob(f"outputs/runs/{report}/*/*/run.json"))
        return [RunRecord.read(path.parent) for path in found]

    @property
    def layout(self) -> Layout:
        return Layout.find(self.root)


def project_in(folder: Path) -> ProjectFolder:
    """An empty project with the templates of the real one."""
    for name in ("notebooks", "params"):
        (folder / name).mkdir()
    (folder / "templates").symlink_to(ROOT / "templates")
    return ProjectFolder(folder)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectFolder:
    """An empty project; it is the current folder."""
    monkeypatch.chdir(tmp_path)
    return project_in(tmp_path)


@contextmanager
def types_known() -> Iterator[Path]:
    """What mypy has learnt so far, for one process at a time."""
    cache = ROOT / ".mypy_cache"
    cache.mkdir(exist_ok=True)
    with FileLock(cache / "lock"):
        yield cache


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[postgresql.Server]:
    """A server for the tests of this process."""
    with postgresql.started() as server:
        yield server


@pytest.fixture
def database(
    postgresql_server: postgresql.Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[postgresql.Database]:
    """An empty database, with the password of its reader in the environment."""
    monkeypatch.setenv("SHOP_PASSWORD", postgresql.PASSWORD)
    made = postgresql_server.database()
    with made.owner:
        yield made
