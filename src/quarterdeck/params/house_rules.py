"""The rules of the house: what a notebook of a report is held to, one function a rule.

A notebook tells a story in calls; what it calls is typed and tested in `helpers`. A free notebook (first cell
tagged `explore`) is held to the rule of safety alone: it reads data through `sources` only, so that every
number comes from rows that were judged, and every page knows what it was made of. (That its outputs do not go
into git is asked of git, by plan.check: on disk it may keep them.)
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from quarterdeck import QuarterdeckError
from quarterdeck.params import cleaning, parameters_cell
from quarterdeck.params.notebook import CLOSING, FREE, Notebook, bound_and_used, sections, tags

TAGS = frozenset({"parameters", "setup", "whatif", "internal"})
IMPORTED = frozenset({"helpers", "typing", "datetime"})
LOGIC: tuple[type[ast.AST], ...] = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.AsyncFor, ast.While,
    ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match, ast.If, ast.IfExp, ast.BinOp,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp,
)  # fmt: skip
FILE_ACCESS = frozenset(
    {
        "connect", "create_engine", "load_dataset", "open", "urlopen", "urlretrieve",
        "read_bytes", "read_csv", "read_excel", "read_feather", "read_json", "read_parquet", "read_pickle",
        "read_sql", "read_sql_query", "read_table", "read_text", "scan_csv", "scan_parquet",
        "to_csv", "to_excel", "to_feather", "to_json", "to_parquet", "to_pickle", "to_sql",
        "write_bytes", "write_text",
    }
)  # fmt: skip
"""Calls, whatever they stand on, that read or write past `sources`."""
DOORS = frozenset(
    {
        "boto3", "duckdb", "fsspec", "ftplib", "httpx", "pickle", "psycopg", "psycopg2", "pyodbc", "requests",
        "shutil", "socket", "sqlalchemy", "sqlite3", "subprocess", "urllib",
    }
)  # fmt: skip
"""Modules that serve to reach data past `sources`."""

SETUP = ["style.use()", "explore.watch()"]
PANEL = "explore.panel()"

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SHELL = re.compile(r"\s*(?:!|%%?(?:!|bash|sh|script|sx|system|run|load|loadpy|sql|store|writefile)\b)")
_DECLARE = "Declare the table in params/sources.yaml, and open it with sources.load."


@dataclass(frozen=True)
class Breach:
    """A rule that a notebook breaks: in which cell (counted from 0, and by its id), what, and what to do."""

    rule: str
    told: str
    cell: int | None = None
    id: str = ""

    def at(self, path: Path) -> str:
        """The problem as `quarterdeck check` tells it."""
        named = f" (id {self.id})" if self.id else ""
        where = "" if self.cell is None else f" cell {self.cell}{named}:"
        return f"{path}:{where} {self.told}"


def breaches(notebook: Notebook, packages: Collection[str] = ()) -> list[Breach]:
    """Every rule that a notebook breaks, in the order of the rules and of its cells.

    `packages` are those of the project's own, from which it may import besides helpers.
    """
    if notebook.is_free:
        return [breach for rule in SAFETY for breach in rule(notebook)]
    known = partial(imports_helpers, packages={*IMPORTED, *packages})
    return [*(breach for rule in HOUSE for breach in rule(notebook)), *known(notebook)]


def stored_clean(notebook: Notebook) -> Iterator[Breach]:
    """No outputs, no execution counts, no foreign metadata."""
    mend = f"quarterdeck clean {notebook.path.stem} mends it."
    for index, cell in enumerate(notebook.cells):
        if cell.get("outputs"):
            yield _breach(notebook, "outputs", index, f"outputs are stored. {mend}")
        if cell.get("execution_count") is not None:
            yield _breach(notebook, "counts", index, f"an execution count is stored. {mend}")
        if names := ", ".join(cleaning.foreign_to_cell(cell.get("metadata", {}))):
            yield _breach(notebook, "metadata", index, f"foreign metadata are stored ({names}). {mend}")
    if names := ", ".join(cleaning.foreign_to_notebook(notebook.metadata)):
        yield Breach("metadata", f"foreign metadata are stored ({names}). {mend}")


def cells_have_ids(notebook: Notebook) -> Iterator[Breach]:
    """Every cell has an id of its own: by it a problem, a diff and a page find the cell again."""
    counts = Counter(cell.get("id") for cell in notebook.cells)
    for index, cell in enumerate(notebook.cells):
        if not _ID.fullmatch(str(cell.get("id") or "")):
            yield _breach(notebook, "ids", index, "it has no id. Save the notebook once from JupyterLab.")
        elif counts[cell["id"]] > 1:
            yield _breach(notebook, "ids", index, "another cell has the same id. Give one of them another.")


def names_its_kernel(notebook: Notebook) -> Iterator[Breach]:
    """The kernel is `python3`, which every machine has."""
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield Breach("kernel", f"its kernel is {name or 'not named'}. Choose Python 3 (python3) and save.")


def opens_with_title_setup_and_parameters(notebook: Notebook) -> Iterator[Breach]:
    """The first three cells: `#` title, `setup`, `parameters`."""
    wanted: tuple[tuple[str, list[str]], ...]
    wanted = (("markdown", []), ("code", ["setup"]), ("code", ["parameters"]))
    words = ("the title, Markdown that begins with #", "code tagged setup", "code tagged parameters")
    for index, ((kind, tag), told) in enumerate(zip(wanted, words, strict=True)):
        cell = notebook.cells[index] if index < len(notebook.cells) else None
        fits = cell is not None and cell["cell_type"] == kind and tags(cell) == tag
        if cell is None or not fits or (index == 0 and not cell["source"].startswith("# ")):
            yield _breach(notebook, "opening", index, f"here stands {told}, alone. Move it here.")


def watches_its_parameters(notebook: Notebook) -> Iterator[Breach]:
    """`setup` takes on the style and watches the parameters; their panel follows, on no page."""
    for index in notebook.tagged("setup"):
        tree = _tree(notebook.cells[index])
        calls = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Expr)] if tree else []
        if calls != SETUP:
            told = f"after its imports setup calls {' and '.join(SETUP)}, and nothing else. Write them there."
            yield _breach(notebook, "setup", index, told)
    panel = notebook.cells[3] if len(notebook.cells) > 3 else {"source": ""}
    if panel["source"] != PANEL or tags(panel) != ["internal"]:
        yield _breach(notebook, "panel", 3, f"here stands {PANEL}, tagged internal, alone. Write it here.")


def tags_are_known(notebook: Notebook) -> Iterator[Breach]:
    """Tags are those that the runner and the page know."""
    for index, cell in enumerate(notebook.cells):
        if unknown := sorted(set(tags(cell)) - TAGS):
            hint = f" {FREE} makes a notebook free in its first cell only." if FREE in unknown else ""
            told = f"unknown tag {', '.join(unknown)}. Known are {', '.join(sorted(TAGS))}.{hint}"
            yield _breach(notebook, "tags", index, told)


def cells_are_python(notebook: Notebook) -> Iterator[Breach]:
    """Code is plain Python, without magics."""
    for index, cell in enumerate(notebook.cells):
        if cell["cell_type"] == "code" and _tree(cell) is None:
            yield _breach(notebook, "python", index, "this is no plain Python. Mend it; leave magics out.")


def only_setup_imports(notebook: Notebook) -> Iterator[Breach]:
    """Imports stand in `setup`."""
    for index, tree in _code(notebook):
        found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        if found and "setup" not in tags(notebook.cells[index]):
            told = f"{ast.unparse(found[0])} belongs in the cell tagged setup. Move it there."
            yield _breach(notebook, "imports", index, told)


def imports_helpers(notebook: Notebook, packages: Collection[str]) -> Iterator[Breach]:
    """What is imported in `setup` are helpers: ours, or those of the project's own packages."""
    for index, tree in _code(notebook):
        found = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
        inside = "setup" in tags(notebook.cells[index])
        for node in (node for node in found if inside and not _imports_from(node, packages)):
            told = f"{ast.unparse(node)}: a notebook imports from helpers. Call it in a helper."
            yield _breach(notebook, "imports", index, told)


def holds_no_logic(notebook: Notebook) -> Iterator[Breach]:
    """No definition, loop, condition, comprehension, `try`, `with`, and no arithmetic."""
    for index, tree in _code(notebook, but="parameters"):
        for node in ast.walk(tree):
            if isinstance(node, LOGIC):
                told = f"{_short(node)} is logic. Move it to a helper, where a test can hold it."
                yield _breach(notebook, "logic", index, told)
                break


def opens_no_file(notebook: Notebook) -> Iterator[Breach]:
    """Data come through `sources` alone: no file, no connection, no shell."""
    for index, cell in enumerate(notebook.cells):
        if cell["cell_type"] != "code":
            continue
        if shell := [line for line in cell["source"].splitlines() if _SHELL.match(line)]:
            yield _breach(notebook, "files", index, f"{shell[0].strip()} reaches past sources. {_DECLARE}")
        tree = _tree(cell) or _without_magics(cell)
        for node in ast.walk(tree) if tree else ():
            if told := _reach(node):
                yield _breach(notebook, "files", index, f"{told} reaches past sources. {_DECLARE}")


def sections_stand_alone(notebook: Notebook) -> Iterator[Breach]:
    """A section uses names of setup, parameters, loading and itself: another one may have failed."""
    starts = {section.start: section for section in sections(notebook.cells)}
    shared: set[str] = set()
    own = shared  # until the first section begins
    trees = dict(_code(notebook))
    for index in range(len(notebook.cells)):
        if index in starts:
            own = set()
        if index in trees:
            bound, used = bound_and_used(trees[index])
            own |= bound
            if unknown := sorted(used - own - shared):
                told = f"{', '.join(unknown)} is bound in no cell before the sections, nor in this section. "
                yield _breach(notebook, "names", index, f"{told}Load it before the first ## heading.")


def parameters_are_explained(notebook: Notebook) -> Iterator[Breach]:
    """Each parameter is an annotated literal with a comment that helps."""
    try:
        found = parameters_cell.read(notebook)
    except QuarterdeckError as error:
        yield Breach("parameters", str(error).removeprefix(f"{notebook.path}: "))
        return
    index = notebook.tagged("parameters")[0]
    for name, parameter in found.parameters.items():
        if not parameter.help:
            told = f"{name} has no help. End its line with a comment: # one region, or all"
            yield _breach(notebook, "parameters", index, told)


def ends_with_method_and_data(notebook: Notebook) -> Iterator[Breach]:
    """The last section tells how the numbers came about, its last cell what became of every row."""
    found, last = sections(notebook.cells), len(notebook.cells) - 1
    if not found or not found[-1].closing:
        yield Breach("closing", f"the last section is not ## {CLOSING}. Write it: method, caveats, data.")
    elif "tables.account(" not in notebook.cells[last]["source"]:
        told = "the last cell shows no data account. End with tables.account(...) of every table."
        yield _breach(notebook, "closing", last, told)


def has_one_what_if(notebook: Notebook) -> Iterator[Breach]:
    """One cell is tagged `whatif`."""
    count = len(notebook.tagged("whatif"))
    if count != 1:
        found = f"{count} cells are" if count else "no cell is"
        yield Breach("whatif", f"{found} tagged whatif. Tag the one that shows the what-if.")


def cells_show_one_call(notebook: Notebook) -> Iterator[Breach]:
    """A cell of a section binds what calls give, then shows one call; calls take names and literals."""
    found = sections(notebook.cells)
    for index, tree in _code(notebook):
        if not found or index < found[0].start or not tree.body:
            continue
        *bound, shown = tree.body
        calls = [one.value for one in bound if isinstance(one, ast.Assign)]
        if len(calls) < len(bound) or not isinstance(shown, ast.Expr):
            told = "it does more than to show one call. Bind with =, and end with the one call."
            yield _breach(notebook, "calls", index, told)
            continue
        for value in (*calls, shown.value):
            if not _is_plain_call(value):
                told = f"{_short(value)} is no call of names and literals. Let a helper make it whole."
                yield _breach(notebook, "calls", index, told)


Rule = Callable[[Notebook], Iterator[Breach]]

SAFETY: tuple[Rule, ...] = (opens_no_file,)
"""What a free notebook is held to."""

HOUSE: tuple[Rule, ...] = (
    stored_clean,
    cells_have_ids,
    names_its_kernel,
    opens_with_title_setup_and_parameters,
    watches_its_parameters,
    tags_are_known,
    cells_are_python,
    only_setup_imports,
    holds_no_logic,
    opens_no_file,
    sections_stand_alone,
    parameters_are_explained,
    ends_with_method_and_data,
    has_one_what_if,
    cells_show_one_call,
)
"""What the notebook of a report is held to."""


def _breach(notebook: Notebook, rule: str, index: int, told: str) -> Breach:
    cell = notebook.cells[index] if index < len(notebook.cells) else {}
    return Breach(rule, told, index, str(cell.get("id") or ""))


def _code(notebook: Notebook, but: str = "") -> Iterator[tuple[int, ast.Module]]:
    """Index and syntax tree of each code cell that is plain Python and not tagged `but`."""
    for index, cell in enumerate(notebook.cells):
        if cell["cell_type"] == "code" and but not in tags(cell) and (tree := _tree(cell)) is not None:
            yield index, tree


def _tree(cell: Any) -> ast.Module | None:  # noqa: ANN401  (a cell as JSON has it)
    try:
        return ast.parse(str(cell["source"]))
    except SyntaxError:
        return None


def _without_magics(cell: Any) -> ast.Module | None:  # noqa: ANN401
    """The tree of a cell whose lines for IPython are left out: a free notebook may have such."""
    lines = [line for line in cell["source"].splitlines() if not line.lstrip().startswith(("%", "!", "?"))]
    return _tree({"source": "\n".join(lines)})


def _imports_from(node: ast.Import | ast.ImportFrom, packages: Collection[str]) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in packages


def _reach(node: ast.AST) -> str:
    """The call or import by which code reaches past `sources`; empty where it does not."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in FILE_ACCESS:
        return f"{ast.unparse(node.func)}(...)"
    if isinstance(node, ast.Import | ast.ImportFrom):
        named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names]
        return ast.unparse(node) if {name.split(".")[0] for name in named} & DOORS else ""
    return ""


def _is_plain_call(value: ast.expr) -> bool:
    """Whether it is a call that hands on names and literals only, and no field of a result."""
    if not isinstance(value, ast.Call):
        return False
    given = [*value.args, *(keyword.value for keyword in value.keywords)]
    return all(isinstance(one, ast.Name | ast.Constant) for one in given)


def _short(node: ast.AST) -> str:
    """The first line of code, cut where it is long."""
    line = ast.unparse(node).splitlines()[0]
    return line if len(line) <= 60 else f"{line[:57]}..."
