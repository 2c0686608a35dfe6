"""A new report: notebook, settings, helper and test, from `templates/notebook/`.

It counts the rows of one table by one column, in the period, the one before and over time: the smallest
report that has a headline, charts with intervals, a table and a what-if. It breaks no rule of the house and
runs at once; from there it is changed into what is wanted.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from helpers.records import project
from helpers.records.settings import did_you_mean
from quarterdeck import QuarterdeckError
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.packages import HELPERS
from quarterdeck.lab.import_lines import import_sections
from quarterdeck.lab.notebook_text import as_notebook
from quarterdeck.lab.promotion import Promotion, promoted
from quarterdeck.params.names import heading, readable
from quarterdeck.params.notebook import Notebook
from quarterdeck.plan.fingerprints import loads

_NAME = re.compile(r"[a-z][a-z0-9_]{2,29}")
_IMPORTS = (
    "from collections.abc import Callable, Mapping",
    "from dataclasses import dataclass, replace",
    "from helpers import charts, findings, style, tables, whatif",
    "from helpers.findings import Measure, NoData",
    "from helpers.periods import Period, quarter_of, trend_periods",
    "from helpers.scope import Scope",
    "from helpers.sources import LoadedTable",
    "from helpers.stats import Comparison, Point, Series, compared_proportions, counted, judged",
)
_OFFERED = ("count", "headlines", "numbers", "over_time", "scenario", "shares")
_PREFERRED = ("product_area", "segment", "plan", "channel", "metric", "event", "variant", "survey", "region")


@dataclass(frozen=True)
class ReportOutline:
    """What a new report is about: the rows of `table`, which stand at `time`, by the column `by`."""

    name: str
    table: str
    by: str
    time: str
    has_region: bool
    taken: Promotion = field(default_factory=Promotion)

    @property
    def class_name(self) -> str:
        """The class of its counts."""
        return "".join(word.capitalize() for word in self.name.split("_")) + "Counts"

    @property
    def title(self) -> str:
        """What it is called until somebody finds a better name."""
        return heading(self.name)

    @property
    def question(self) -> str:
        """What it answers."""
        return f"How many {readable(self.table)} are there, and how do they spread by {readable(self.by)}?"


def outline(layout: Layout, name: str, table: str | None, by: str | None, free: str | None) -> ReportOutline:
    """The outline of a report; where nothing is said, the first table that has what it takes, and a column.

    Raises:
        QuarterdeckError: the name is taken or no name, or there is no such table, column or free notebook.
        SettingsError: a file of the params is broken.
    """
    _expect_free_name(layout, name)
    notebook = _free_notebook(layout, free) if free is not None else None
    known = _countable(layout.params)
    loaded = [one for one in loads(notebook.code()) if one in known] if notebook else []
    table = _chosen("table", table, list(known), loaded)
    time, columns = known[table]
    by = _chosen(f"column of {table}", by, columns, [one for one in _PREFERRED if one in columns])
    has_region = "region" in columns and by != "region"
    outlined = ReportOutline(name, table, by, time, has_region)
    if notebook is None:
        return outlined
    given = {"period": "str", **({"region": "str"} if has_region else {}), "confidence": "float"}
    taken = {*_OFFERED, outlined.class_name, *_bound(_IMPORTS), "rows", "scope", "counts"}
    return ReportOutline(name, table, by, time, has_region, promoted(notebook, name, given, taken))


def report_named(layout: Layout, name: str) -> bool:
    """Whether a report, and no free notebook, is called so."""
    path = layout.notebook(name)
    return path.is_file() and not Notebook.read(path).is_free


def own_copy(layout: Layout, name: str, report: str) -> list[Path]:
    """Write a notebook and settings as those of another report, to be changed, and return them.

    Under the name of a shipped report its notebook alone: from then on it stands in the place of that.

    Raises:
        QuarterdeckError: the name is taken or no name.
    """
    _expect_name(name)
    settings = layout.report_file(report)
    known = settings if settings.is_file() else layout.shipped / "params" / settings.name
    texts = {layout.notebooks / f"{name}.ipynb": layout.notebook(report)}
    if name != report or not settings.is_file():
        texts[layout.report_file(name)] = known
    return _written({path: source.read_text(encoding="utf-8") for path, source in texts.items()})


def write(layout: Layout, report: ReportOutline) -> list[Path]:
    """Write the files of a report, and return them.

    Raises:
        QuarterdeckError: one of them is there already; then none is written.
    """
    return _written(_rendered(layout, report))


def _written(texts: Mapping[Path, str]) -> list[Path]:
    for path in texts:
        if path.exists():
            raise QuarterdeckError(f"{path}: this file is there already. Choose another name for the report.")
    for path, text in texts.items():
        replace(path, text)
    return list(texts)


def _rendered(layout: Layout, report: ReportOutline) -> dict[Path, str]:
    name = report.name
    environment = Environment(
        loader=FileSystemLoader(layout.templates.kind("notebook")),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Python, YAML and Markdown, no HTML
    )
    given = _words(layout, report)

    def rendered(template: str) -> str:
        return environment.get_template(template).render(given)

    return {
        layout.notebook(name): as_notebook(rendered("notebook.txt.j2")),
        layout.report_file(name): rendered("settings.yaml.j2"),
        layout.source / given["package"] / f"{name}.py": rendered("helper.py.j2"),
        layout.root / "tests" / f"test_{name}.py": rendered("test_helper.py.j2"),
    }


def _words(layout: Layout, report: ReportOutline) -> Mapping[str, Any]:
    functions = report.taken.functions
    used = "\n".join(functions.values())
    needed = [
        text
        for text in report.taken.imports
        if any(re.search(rf"\b{name}\b", used) for name in _bound([text]))
    ]
    return {
        "name": report.name,
        "package": _package(layout),
        "title": report.title,
        "question": report.question,
        "class": report.class_name,
        "table": report.table,
        "noun": readable(report.table),
        "by": report.by,
        "by_words": readable(report.by),
        "time": report.time,
        "region": report.has_region,
        "regions": project(layout.params).regions,
        "imports": import_sections([*_IMPORTS, *needed]),
        "offered": sorted([report.class_name, *_OFFERED, *functions]),
        "functions": list(functions.values()),
        "taken": report.taken.cells,
        "more_parameters": report.taken.parameters,
    }


def _package(layout: Layout) -> str:
    """The package that takes the helper of a report: helpers in the repository, else the first of one's own.

    Raises:
        QuarterdeckError: neither lies here.
    """
    for name in (HELPERS, *project(layout.params).packages):
        if (layout.source / name).is_dir():
            return name
    raise QuarterdeckError(
        f"{layout.root}: there is no package in src/ here for the helper of a report. Write "
        "src/NAME_reports/__init__.py, and name it under packages in project.yaml."
    )


def _expect_name(name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise QuarterdeckError(
            f"{name}: no name for a report. Write 3 to 30 lower case letters, digits and _: ticket_load."
        )


def _expect_free_name(layout: Layout, name: str) -> None:
    _expect_name(name)
    _package(layout)
    for path in layout.source.rglob(f"{name}*"):
        if path.stem == name:
            raise QuarterdeckError(f"{path}: {name} is there already. Choose another name for the report.")


def _free_notebook(layout: Layout, name: str) -> Notebook:
    path = Path(name) if Path(name).is_file() else layout.notebook(name)
    if not path.is_file():
        known = sorted(one.stem for one in layout.notebooks.glob("*.ipynb"))
        raise QuarterdeckError(f"--from {name}: there is no such notebook.{did_you_mean(name, known)}")
    return Notebook.read(path)


def _countable(params: Path) -> dict[str, tuple[str, list[str]]]:
    """The declared tables whose rows stand in time, with their time column and what they can be split by."""
    from helpers import sources
    from helpers.contracts import CONTRACTS
    from helpers.privacy import FREE_TEXT

    found: dict[str, tuple[str, list[str]]] = {}
    for name, columns in sources.supplied(params).tables.items():
        contract = CONTRACTS.get(name)
        if contract is None or contract.time is None:
            continue
        texts = [one.name for one in contract.columns if one.kind == "text" and not one.name.endswith("_id")]
        there = [one for one in texts if one not in FREE_TEXT and (columns is None or one in columns)]
        if there and (columns is None or contract.time in columns):
            found[name] = contract.time, there
    return found


def _chosen(what: str, wanted: str | None, known: Sequence[str], preferred: Sequence[str]) -> str:
    """What was asked for, if there is such a one; else the first that is preferred, or the first of all."""
    if wanted is None and known:
        return next(iter(preferred), known[0])
    if wanted is None or wanted not in known:
        hint = did_you_mean(wanted or "", list(known)) or f" There are {', '.join(known) or 'none'}."
        raise QuarterdeckError(f"{wanted or 'no name'}: there is no such {what} to count by.{hint}")
    return wanted


def _bound(statements: Sequence[str]) -> set[str]:
    """The names that import statements bind."""
    nodes = [node for text in statements for node in ast.parse(text).body]
    return {
        alias.asname or alias.name.split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
