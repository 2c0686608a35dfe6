"""The house rules of notebooks (design: narrative and calls, no logic), held over every notebook."""

import ast
import builtins
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.Try, ast.With,
    ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp, ast.BinOp, ast.If, ast.IfExp,
)  # fmt: skip
FILE_ACCESS = {"open", "read_csv", "read_parquet", "read_excel", "read_text", "to_csv"}
TAGS = {"parameters", "setup", "whatif", "internal"}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> Any:
    return nbformat.read(request.param, as_version=4)


def code_cells(notebook: Any, *, but: str = "") -> list[Any]:
    return [c for c in notebook.cells if c.cell_type == "code" and but not in c.metadata.get("tags", [])]


def tagged(notebook: Any, tag: str) -> list[Any]:
    return [cell for cell in notebook.cells if tag in cell.metadata.get("tags", [])]


def test_every_report_of_the_params_has_its_notebook() -> None:
    """A report is a file of params with a title; the test names none, so that a fifth one may come."""
    titled = [
        path.stem
        for path in sorted((ROOT / "params").glob("*.yaml"))
        if "title" in (yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    ]
    assert [path.stem for path in NOTEBOOKS] == titled
    assert titled


def test_it_is_valid_and_stored_without_outputs(notebook: Any) -> None:
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert cell.id
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_it_names_its_kernel(notebook: Any) -> None:
    assert notebook.metadata.kernelspec.name == "python3"


def test_it_opens_with_title_setup_and_parameters(notebook: Any) -> None:
    first, second, third = notebook.cells[:3]
    assert first.cell_type == "markdown"
    assert first.source.startswith("# ")
    assert second.metadata.tags == ["setup"]
    assert third.metadata.tags == ["parameters"]


def test_the_panel_follows_the_parameters_in_a_cell_that_no_page_shows(notebook: Any) -> None:
    [cell] = tagged(notebook, "internal")
    assert cell is notebook.cells[3]
    assert cell.source == "explore.panel()"


def test_its_tags_are_the_known_ones(notebook: Any) -> None:
    for cell in notebook.cells:
        assert set(cell.metadata.get("tags", [])) <= TAGS


def test_only_setup_imports(notebook: Any) -> None:
    for cell in code_cells(notebook, but="setup"):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_setup_imports_helpers_only(notebook: Any) -> None:
    tree = ast.parse(tagged(notebook, "setup")[0].source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").split(".")[0] in {"helpers", "typing", "datetime"}
        assert not isinstance(node, ast.Import)


def test_setup_takes_on_the_style_and_watches_the_parameters(notebook: Any) -> None:
    calls = [
        ast.unparse(node) for node in ast.parse(notebook.cells[1].source).body if isinstance(node, ast.Expr)
    ]
    assert calls == ["style.use()", "explore.watch()"]


def test_it_holds_no_logic(notebook: Any) -> None:
    for cell in code_cells(notebook, but="parameters"):
        tree = ast.parse(cell.source)
        assert not [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, FORBIDDEN)]


def test_it_opens_no_file(notebook: Any) -> None:
    for cell in code_cells(notebook):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func).split(".")[-1] not in FILE_ACCESS


def test_each_section_uses_names_of_setup_loading_and_itself_only(notebook: Any) -> None:
    shared: set[str] = set()
    own: set[str] = set()
    in_section = False
    for cell in notebook.cells[1:]:
        if cell.cell_type == "markdown":
            if cell.source.startswith("## "):
                in_section, own = True, set()
            continue
        tree = ast.parse(cell.source)
        bound, used = names(tree)
        if in_section:
            own |= bound
            unknown = used - own - shared
        else:
            shared |= bound
            unknown = used - shared
        assert not unknown, f"{unknown} in: {cell.source}"


def test_its_parameters_are_annotated_literals_with_help(notebook: Any) -> None:
    source = tagged(notebook, "parameters")[0].source
    for node, line in zip(ast.parse(source).body, source.splitlines(), strict=True):
        assert isinstance(node, ast.AnnAssign)
        assert isinstance(node.value, ast.Constant | ast.List | ast.UnaryOp)
        assert "  # " in line


def test_it_ends_with_method_and_data(notebook: Any) -> None:
    headings = [c.source.splitlines()[0] for c in notebook.cells if c.source.startswith("## ")]
    assert headings[-1] == "## Method and data"
    assert "tables.account(" in notebook.cells[-1].source


def test_it_has_one_what_if(notebook: Any) -> None:
    assert len(tagged(notebook, "whatif")) == 1


def test_a_cell_of_a_section_shows_one_call_and_hands_no_field_of_a_result_on(notebook: Any) -> None:
    cells = iter(notebook.cells)
    for cell in cells:
        if cell.source.startswith("## "):
            break
    for cell in (cell for cell in cells if cell.cell_type == "code"):
        *bound, shown = ast.parse(cell.source).body
        assert all(isinstance(statement, ast.Assign) for statement in bound)
        assert isinstance(shown, ast.Expr)
        for call in (statement.value for statement in (*bound, shown)):
            assert isinstance(call, ast.Call)
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            assert all(isinstance(one, ast.Name | ast.Constant) for one in given), cell.source


def test_the_notebooks_together_are_short() -> None:
    lines = [
        line
        for path in NOTEBOOKS
        for cell in code_cells(nbformat.read(path, as_version=4))
        for line in cell.source.splitlines()
        if line.strip()
    ]
    assert len(lines) <= 190 / 4 * len(NOTEBOOKS)


def names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """Names that a cell binds, and names that it uses."""
    bound: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name):
            (bound if isinstance(node.ctx, ast.Store) else used).add(node.id)
    return bound, used - set(dir(builtins))
