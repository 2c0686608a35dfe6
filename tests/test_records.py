"""Typed records, settings read from YAML with file and line, variables and patterns of paths."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, ValidationError

from helpers.records import (
    OUTPUTS,
    Finding,
    Project,
    Settings,
    SettingsError,
    SourceFile,
    TableAccount,
    Text,
    params_folder,
    parse_yaml,
    project,
    read_yaml,
)
from helpers.records.settings import did_you_mean, lines_of
from helpers.records.variables import expand, is_remote, matches


class Part(Settings):
    size: int = Field(ge=1)
    kind: Literal["small", "large"] = "small"


class Whole(Settings):
    name: str
    parts: dict[str, Part] = Field(default_factory=dict)
    more: tuple[Part, ...] = ()


FILE = Path("params/whole.yaml")


def problems(text: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        parse_yaml(text, Whole, FILE)
    assert str(error.value) == "\n".join(error.value.problems)
    return error.value.problems


def test_yaml_becomes_a_frozen_record() -> None:
    whole = parse_yaml("name: NO\nparts: {a: {size: 2, kind: large}}\nmore: [{size: 1}]\n", Whole, FILE)
    assert whole == Whole(name="NO", parts={"a": Part(size=2, kind="large")}, more=(Part(size=1),))
    with pytest.raises(ValidationError, match="frozen"):
        whole.name = "other"


PROBLEMS = {
    "misspelt key": (
        "name: a\nparts:\n  a:\n    size: 2\n    kinde: small",
        5,
        "unknown key parts.a.kinde. Did you mean",
    ),
    "unknown key": ("name: a\nzzz: 1", 2, "unknown key zzz. Known here: name, parts, more."),
    "missing": ("parts: {}", 1, "name is missing."),
    "out of range": ("name: a\nmore:\n  - size: 1\n  - size: 0", 4, "more.1.size: Input should be greater"),
    "wrong type": ("name: a\nparts:\n  a: {size: many}", 3, "parts.a.size: Input should be a valid integer"),
    "no mapping": ("- name", 1, "Input should be a valid dictionary"),
    "twice": ("name: a\nname: b", 2, "name stands twice"),
    "open quote": ("name: 'a\nparts: {}", 2, "this is no valid YAML"),
    "tab": ("name: a\nparts:\n\ta: 1", 3, "this is no valid YAML"),
    "empty": ("", 1, "name is missing."),
}


@pytest.mark.parametrize("what", PROBLEMS)
def test_each_problem_has_file_and_line(what: str) -> None:
    text, line, told = PROBLEMS[what]
    [problem] = problems(text)
    assert problem.startswith(f"{FILE}:{line}: ")
    assert told in problem


def test_all_problems_are_told_at_once() -> None:
    found = problems("parts:\n  a: {size: 0, kind: huge}\n")
    assert len(found) == 3


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        read_yaml(tmp_path / "absent.yaml", Whole)
    path = tmp_path / "wide.yaml"
    path.write_bytes("name: ä".encode("utf-16"))
    with pytest.raises(SettingsError, match=r"wide\.yaml: cannot be read"):
        read_yaml(path, Whole)
    with pytest.raises(SettingsError, match="cannot be read"):
        read_yaml(tmp_path, Whole)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.integers(), min_size=1))
def test_every_key_has_its_line(keys: dict[str, int]) -> None:
    text = "".join(f"{name}: {value}\n" for name, value in keys.items())
    lines = lines_of(text)
    assert [lines[(name,)] for name in keys] == list(range(1, len(keys) + 1))


def test_the_nearest_name_is_offered_if_it_is_near() -> None:
    assert did_you_mean("regoin", ["region", "period"]) == " Did you mean region?"
    assert did_you_mean("zzz", ["region", "period"]) == ""


def test_the_project_has_defaults_and_its_own(tmp_path: Path) -> None:
    assert project(tmp_path) == Project()
    (tmp_path / "project.yaml").write_text("name: Harbour\nregions: [A, B]\nmin_group: 8\n", encoding="utf-8")
    assert project(tmp_path).regions == ("A", "B")
    (tmp_path / "project.yaml").write_text("timezone: Europe/Lodon\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"project\.yaml:1: timezone: 'Europe/Lodon' is no time zone"):
        project(tmp_path)


def test_the_params_folder_is_named_or_the_nearest_upwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUARTERDECK_PARAMS", raising=False)
    below = tmp_path / "notebooks" / "deep"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    with pytest.raises(SettingsError, match="no params/ here or above it"):
        params_folder()
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "sources.yaml").touch()
    assert params_folder() == tmp_path / "params"
    monkeypatch.setenv("QUARTERDECK_PARAMS", "/elsewhere")
    assert params_folder() == Path("/elsewhere")


def test_variables_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARBOUR", "north")
    monkeypatch.delenv("QUAY", raising=False)
    assert expand("${HARBOUR}/${QUAY:-1}/${QUAY:-}") == "north/1/"
    assert expand("$HARBOUR ${} plain") == "$HARBOUR ${} plain"
    with pytest.raises(ValueError, match=r"QUAY is not set\. Set it, or write \$\{QUAY:-default\}"):
        expand("${QUAY}")


def test_urls_are_remote() -> None:
    assert is_remote("s3://bucket/a.csv")
    assert not is_remote("../data/a.csv")


def test_patterns_name_files_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YEAR", "2026")
    for name in (
        "data/2026/b.csv",
        "data/2026/a.csv",
        "data/2026/.c.csv",
        "data/2026/d.csv/x",
        "data/2026/x.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    params = tmp_path / "params"
    params.mkdir()
    found = matches("../data/${YEAR}/*.csv", params)
    assert list(found) == ["../data/${YEAR}/a.csv", "../data/${YEAR}/b.csv"]
    assert all(path.is_file() for path in found.values())
    assert list(matches("../data/**/a.csv", params)) == ["../data/2026/a.csv"]
    assert matches("../data/${YEAR}/z*.csv", params) == {}
    assert matches("absent.csv", params) == {"absent.csv": params / "absent.csv"}


def test_a_pattern_within_a_variable_keeps_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").touch()
    monkeypatch.setenv("FILES", str(tmp_path / "*.csv"))
    assert matches("${FILES}", tmp_path / "params") == {"${FILES}/a.csv": tmp_path / "a.csv"}


def test_an_account_must_add_up() -> None:
    account = TableAccount(name="t", read=5, kept=3, quarantined={"a": 1, "b": 1})
    assert account.set_aside == 2
    with pytest.raises(
        ValidationError, match="5 rows read, but 4 kept, 2 set aside, 0 repeated and 0 filtered"
    ):
        TableAccount(name="t", read=5, kept=4, quarantined={"a": 2})


def test_a_finding_holds_no_nan_and_a_real_interval() -> None:
    fields = {"key": "nps", "label": "NPS", "unit": "points", "period": "2026 Q3", "text": Text(value="1")}
    Finding.model_validate({**fields, "value": 1.0, "low": 0.0, "high": 2.0})
    with pytest.raises(ValidationError, match="low 3"):
        Finding.model_validate({**fields, "value": 1.0, "low": 3.0, "high": 2.0})
    with pytest.raises(ValidationError, match="finite"):
        Finding.model_validate({**fields, "value": float("nan")})
    with pytest.raises(ValidationError, match="Extra inputs"):
        Finding.model_validate({**fields, "value": 1.0, "colour": "red"})


@pytest.mark.parametrize(
    "key", ["nps", "retention_7.difference", "nps@region=emea", "nps@period=2021q1,region=mex"]
)
def test_keys_that_findings_may_have(key: str) -> None:
    Finding(key=key, label="x", value=None, unit="points", period="all", text=Text(value="x"))


@pytest.mark.parametrize("key", ["NPS", "nps region", "nps@", "nps@region", "nps@region=a=b", ""])
def test_keys_that_findings_may_not_have(key: str) -> None:
    with pytest.raises(ValidationError):
        Finding(key=key, label="x", value=None, unit="points", period="all", text=Text(value="x"))


def test_records_survive_json() -> None:
    file = SourceFile(path="a.csv", size=1, mtime=0.5, sha256="0" * 64)
    account = TableAccount(name="t", read=1, kept=1, latest="2026-09-30", files=(file,), patterns=("*.csv",))
    assert TableAccount.model_validate_json(account.model_dump_json()) == account
    assert all(mime.startswith("application/vnd.quarterdeck.") for mime in OUTPUTS)
