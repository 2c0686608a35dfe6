"""The architecture, held by tests: who imports whom, who prints, what start-up costs."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path
from statistics import median

import grimp
import pytest
from grimp import ImportGraph
from tests.conftest import types_known

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "src").rglob("*.py"))

ORDERED = ("helpers", "quarterdeck")
"""The packages that are held to one name, one thing, and to small functions."""

IN_ORDER = [module for module in MODULES if module.relative_to(ROOT / "src").parts[0] in ORDERED]

ROOMS = {"observations", "findings", "page", "whatif"}
"""The rooms that every subject has: the only modules that may share a name."""

LONGEST, MEDIAN = 50, 7
"""Lines that a function may have, and the median of its lines of code."""


def test_import_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    "command",
    [["ruff", "check"], ["ruff", "format", "--check"]],
    ids=" ".join,
)
def test_the_house_style_is_kept(command: list[str]) -> None:
    told(command)


@pytest.mark.slow  # 100 s of CPU; `make check` does it too
@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11),
    reason="types are checked against the libraries of the oldest Python; newer ones pin other stubs",
)
def test_types_hold() -> None:
    with types_known() as cache:
        told(["mypy", "--cache-dir", str(cache)])


def told(command: list[str]) -> None:
    """A program of the environment finds nothing to say against the project."""
    program = Path(sys.executable).parent / command[0]
    result = subprocess.run([program, *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout[-4000:]


def test_the_commands_name_the_only_heavy_doors() -> None:
    """quarterdeck may import sample, sources and experiments, but only inside a function."""
    for module in (ROOT / "src" / "quarterdeck").rglob("*.py"):
        tree = ast.parse(module.read_text(encoding="utf-8"))
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        for node in top:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
            for name in names:
                light = name.startswith(("helpers.periods", "helpers.records"))
                assert light or not name.startswith("helpers"), f"{module.name}: {name} at the top"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_only_the_command_line_prints_and_exits(module: Path) -> None:
    if module.parent.name == "cli":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"print", "exit", "sys.exit", "quit"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT / "src")))
def test_only_the_command_line_reads_the_clock(module: Path) -> None:
    if module.parent.name == "cli":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"datetime.now", "datetime.utcnow", "date.today", "datetime.today", "time.time"}


def test_light_doors_stay_light() -> None:
    heavy = "pandas numpy ibis duckdb matplotlib seaborn statsmodels scipy sklearn IPython"
    code = (
        "import sys; import helpers.periods, helpers.records; "
        f"print([m for m in {heavy.split()!r} if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_there_is_one_list_of_dependencies() -> None:
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "-e .[dev]" in environment
    for requirement in project["project"]["dependencies"]:
        name = requirement.split(">")[0].split("[")[0]
        assert name not in environment


def test_the_lock_names_no_index_and_pins_every_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "index-url" not in lock
    assert "://" not in lock
    pinned = {line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")}
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        assert requirement.split(">")[0].split("[")[0].lower() in pinned


def test_what_is_imported_is_declared() -> None:
    """An import that only comes along with another package breaks when that package changes its mind."""
    imported: set[str] = set()
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    imported -= set(sys.stdlib_module_names) | {"helpers", "quarterdeck"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (names for extra, names in project["optional-dependencies"].items() if extra != "dev")
    requirements = [*project["dependencies"], *(name for names in extras for name in names)]
    declared = {requirement.split(">")[0].split("[")[0] for requirement in requirements}
    packages = packages_distributions()
    needed = {packages[name][0].lower().replace("_", "-") for name in imported}
    assert needed <= declared | {"pydantic-core"}


def test_no_module_name_twice() -> None:
    """Packages count by their own name; their faces, `__init__` and `__main__`, have none."""
    names = [(module.stem, module) for module in IN_ORDER if not module.stem.startswith("__")]
    names += [(module.parent.name, module) for module in IN_ORDER if module.stem == "__init__"]
    assert twice((name, place) for name, place in names if name not in ROOMS) == {}


def test_no_class_name_twice() -> None:
    classes = (
        (node.name, module)
        for module in IN_ORDER
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert twice(classes) == {}


def test_functions_are_small() -> None:
    found = [(module, node) for module in IN_ORDER for node in functions(module)]
    long = [
        f"{module.name}: {node.name}"
        for module, node in found
        if (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST
    ]
    assert long == []
    assert median(lines_of_code(module, node) for module, node in found) <= MEDIAN


def twice(named: Iterable[tuple[str, Path]]) -> dict[str, list[str]]:
    """The names that several places have, with these places."""
    places: dict[str, list[str]] = defaultdict(list)
    for name, place in named:
        places[name].append(str(place.relative_to(ROOT)))
    return {name: found for name, found in places.items() if len(found) > 1}


def functions(module: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of_code(module: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function, its signature too, without docstring, comments and empty lines."""
    lines = module.read_text(encoding="utf-8").splitlines()
    first = function.body[0]
    said = range(0)
    if ast.get_docstring(function, clean=False) is not None:
        said = range(first.lineno, (first.end_lineno or first.lineno) + 1)
    own = (
        lines[number - 1].strip()
        for number in range(function.lineno, (function.end_lineno or function.lineno) + 1)
        if number not in said
    )
    return sum(bool(line) and not line.startswith("#") for line in own)


LIGHT = {"helpers.periods", "helpers.records", "helpers.sample", "helpers.explore"}
"""Top-level rooms of helpers that are no subject and stand in no layer of the contract."""

ABOVE = {
    "observations": {"findings", "page", "whatif"},
    "findings": {"page", "whatif"},
    "whatif": {"page"},
    "page": set(),
}
"""What each room of a subject must not know; a measure knows neither findings nor page nor what-if."""


@pytest.fixture(scope="module")
def imports() -> ImportGraph:
    return grimp.build_graph("helpers", "quarterdeck", cache_dir=None)


def subjects(imports: ImportGraph) -> set[str]:
    """Whatever stands in helpers and in no layer of the contract: found, not listed."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    [layers] = [one["layers"] for one in contracts["contracts"] if one.get("containers") == ["helpers"]]
    below = {f"helpers.{name.strip()}" for layer in layers for name in layer.split("|")}
    return imports.find_children("helpers") - below - LIGHT


def test_subjects_are_found(imports: ImportGraph) -> None:
    assert {"helpers.feedback", "helpers.experiments"} <= subjects(imports)


def test_subjects_import_no_sibling_and_nothing_below_imports_a_subject(imports: ImportGraph) -> None:
    found = subjects(imports)
    for importer in (name for name in imports.modules if name.startswith("helpers.")):
        home = ".".join(importer.split(".")[:2])
        for imported in imports.find_modules_directly_imported_by(importer):
            there = ".".join(imported.split(".")[:2])
            assert there not in found or there == home, f"{importer} imports {imported}"


def test_every_subject_has_the_same_rooms_read_from_the_bottom_up(imports: ImportGraph) -> None:
    for subject in subjects(imports):
        known: dict[str, set[str]] = defaultdict(set)
        rooms = imports.find_descendants(subject)
        if not rooms:  # a small subject is one module
            continue
        for name in rooms:
            room = name.split(".")[2]
            inside = [
                one
                for one in imports.find_modules_directly_imported_by(name)
                if one.startswith(f"{subject}.")
            ]
            known[room] |= {one.split(".")[2] for one in inside} - {room}
        assert known.keys() >= ROOMS, f"{subject} has no {sorted(ROOMS - known.keys())}"
        for room, seen in known.items():
            above = ABOVE.get(room, {"findings", "page", "whatif"})
            assert not seen & above, f"{subject}.{room} imports {sorted(seen & above)}"
        assert list(
            TopologicalSorter(known).static_order()
        )  # raises CycleError where two rooms know each other


def test_the_sample_company_stands_on_periods_and_records_alone(imports: ImportGraph) -> None:
    for name in ("helpers.sample", *imports.find_descendants("helpers.sample")):
        for imported in imports.find_modules_directly_imported_by(name):
            home = ".".join(imported.split(".")[:2])
            assert home in {"helpers.sample", "helpers.periods", "helpers.records"}, (
                f"{name} imports {imported}"
            )
