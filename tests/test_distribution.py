"""What is handed on: licences of all that comes along, one version, the notes for those who install it."""

from __future__ import annotations

import re
import tomllib
import zipfile
from contextlib import chdir
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

import pytest
import yaml
from hatchling.build import build_editable, build_wheel
from packaging.requirements import Requirement
from typer.testing import CliRunner

from quarterdeck.cli import app

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
COPYLEFT = re.compile(r"\bA?GPL|GNU (?:Affero )?General Public", re.IGNORECASE)
LESSER = {"psycopg", "psycopg-binary"}
"""LGPL, of the extra for PostgreSQL: it is used as it is, and can be replaced."""


def closure(requirements: list[str]) -> set[str]:
    """The names of all distributions that come with these, as they are installed here."""
    found: dict[str, set[str]] = {}
    waiting = [Requirement(one) for one in requirements]
    while waiting:
        one = waiting.pop()
        name = one.name.lower().replace("_", "-")
        new = {"", *one.extras} - found.get(name, set())
        if not new:
            continue
        try:
            needs = [Requirement(text) for text in distribution(name).requires or []]
        except PackageNotFoundError:
            continue  # of another system or Python
        found[name] = found.get(name, set()) | new
        waiting += [need for need in needs if applies(need, new)]
    return set(found)


def applies(need: Requirement, extras: set[str]) -> bool:
    return need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras)


def licence(name: str) -> str:
    about = distribution(name).metadata.json
    classified = [one for one in about.get("classifier", []) if one.startswith("License")]
    return str(about.get("license_expression") or "; ".join(classified) or about.get("license", ""))


RUNTIME = closure([*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"]])


def test_what_comes_along_has_a_licence_that_lets_it_be_used_in_a_company() -> None:
    assert {"pandas", "duckdb", "traitlets", "numpy", "psycopg"} <= RUNTIME
    assert {name for name in RUNTIME if not licence(name)} == set()
    assert {name for name in RUNTIME if COPYLEFT.search(licence(name))} == set()
    assert {name for name in RUNTIME if "LGPL" in licence(name)} <= LESSER


@pytest.mark.parametrize(
    ("text", "told"),
    [("GPL-3.0-only", True), ("AGPLv3", True), ("GNU General Public License v2", True), ("LGPL-3.0", False)],
)
def test_such_a_licence_would_be_seen(text: str, told: bool) -> None:
    assert bool(COPYLEFT.search(text)) is told


def test_there_is_one_version() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == PROJECT["version"] == version("quarterdeck")
    assert cited["license"] == PROJECT["license"]
    told = CliRunner().invoke(app, ["--version"])
    assert (told.exit_code, told.output) == (0, f"quarterdeck {PROJECT['version']}\n")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[(.+?)\]", changelog, re.MULTILINE)[:2] == ["Unreleased", PROJECT["version"]]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, zipfile.ZipFile]:
    """The wheel, twice, and the one of an editable install, by the backend that pip calls."""
    folder = tmp_path_factory.mktemp("dist")
    wheels = {"wheel": build_wheel, "again": build_wheel, "editable": build_editable}
    with chdir(ROOT):
        return {
            name: zipfile.ZipFile(folder / name / build(str(folder / name))) for name, build in wheels.items()
        }


def test_a_wheel_holds_all_that_a_company_needs(built: dict[str, zipfile.ZipFile]) -> None:
    held = set(built["wheel"].namelist())
    for kind in ("notebooks", "params", "templates"):
        files = [path for path in (ROOT / kind).rglob("*") if path.is_file() and is_kept(path)]
        assert len(files) >= 4
        assert held >= {f"quarterdeck/shipped/{path.relative_to(ROOT).as_posix()}" for path in files}
    data = f"quarterdeck-{version('quarterdeck')}.data/data/share/jupyter"
    assert held >= {
        "helpers/whatif.js",
        "helpers/house.css",
        "helpers/explore/panel.js",
        "quarterdeck/shipped/docs/analyst.md",
        f"{data}/kernels/quarterdeck/kernel.json",
        f"{data}/labextensions/quarterdeck/static/remoteEntry.js",
    }
    assert not [name for name in held if name.split("/")[0] in ("tests", "benchmarks", "notebooks")]
    assert sum(one.compress_size for one in built["wheel"].infolist()) < 2_000_000


def test_an_editable_install_has_no_copies_that_go_stale(built: dict[str, zipfile.ZipFile]) -> None:
    held = built["editable"].namelist()
    assert [name for name in held if name.endswith(".pth")]
    assert not [name for name in held if name.endswith((".ipynb", ".j2", ".yaml", ".py"))]


def test_the_same_sources_give_the_same_wheel(built: dict[str, zipfile.ZipFile]) -> None:
    one, other = (Path(str(built[name].filename)).read_bytes() for name in ("wheel", "again"))
    assert one == other


def is_kept(path: Path) -> bool:
    return not {".ipynb_checkpoints", "__pycache__"} & set(path.parts)
