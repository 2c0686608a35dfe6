"""Secrets are known by what settings name, and hidden at any depth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.secrets import hide, recipients, secrets

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def test_what_connection_and_recipients_name_is_secret(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "connection: postgres://${USER_NAME}:${PASSWORD:-x}@h/db\ntables:\n  a: {path: '${FOLDER}/a.csv'}\n"
    )
    (tmp_path / "demo.yaml").write_text("title: x\nnotify: {to: ['${HOOK}']}\n")
    (tmp_path / "broken.yaml").write_text("{")
    environment = {
        "USER_NAME": "al",
        "PASSWORD": "p@ss word",
        "FOLDER": "/data",
        "HOOK": "https://hook/1",
        "OTHER": "else",
    }
    assert set(secrets(tmp_path, environment)) == {
        "p@ss word",
        "p%40ss%20word",
        "https://hook/1",
        "https%3A%2F%2Fhook%2F1",
    }


@given(JSON, st.text("abc", min_size=4, max_size=6))
def test_no_text_shows_a_secret_and_nothing_else_changes(content: object, secret: str) -> None:
    planted = [content, {"said": f"at {secret}!"}]
    hidden = hide(planted, (secret,))
    assert hidden[1] == {"said": "at ***!"}
    if secret not in json.dumps(content):
        assert hidden[0] == content


def test_variables_that_say_so_and_passwords_in_urls_are_secret(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("connection: postgres://al:lit3ral@h/db\n")
    (tmp_path / "demo.yaml").write_text("notify: {to: ['${HOOK}']}\n")
    environment = {"HOOK": "mailto://al:p%40ss@h", "API_TOKEN": "t0k3n", "PATH": "/usr/bin"}
    found = secrets(tmp_path, environment)
    assert {"lit3ral", "p%40ss", "p@ss", "t0k3n"} <= set(found)
    assert not {"/usr/bin", "h/db"} & set(found)
    assert recipients(tmp_path) == {"HOOK"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("cannot reach postgres://al:pw@h:5432/db", "cannot reach postgres://***@h:5432/db"),
        ("see https://example.org:8080/a@b and a@b.org", "see https://example.org:8080/a@b and a@b.org"),
        ("at 10:30, mail al@example.org", "at 10:30, mail al@example.org"),
    ],
)
def test_credentials_in_any_url_are_hidden(text: str, shown: str) -> None:
    assert hide(text, ()) == shown


PLANTED = {
    "HARBOUR_TOKEN": "planted-token-0aa1",
    "DB_PASSWORD": "planted pass/word-77",
    "DB_USER": "planted-user-31",
    "TEAM_HOOK": "json://planted-hook-55:planted-key-56@127.0.0.1:1/x",
}
TELLTALE = """import os, warnings
print(dict(os.environ))
warnings.warn(os.environ["DB_PASSWORD"])
os.environ["DB_PASSWORD"]"""
BETRAYAL = """where = "postgres://reader:planted-literal-12@db/x"
raise ConnectionError(f"no way to {where} with " + os.environ["DB_PASSWORD"])"""


def test_no_artefact_shows_a_secret_of_the_environment(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """In outputs, warnings, errors, logs, events, ledger, pages, records: the word `planted` is nowhere."""
    for name, value in PLANTED.items():
        monkeypatch.setenv(name, value)
    project.write(
        "params/sources.yaml", "connection: postgres://${DB_USER}:${DB_PASSWORD}@h/db\ntables: {}\n"
    )
    project.notebook("demo", "## One", TELLTALE, "## Two", "import os", BETRAYAL)
    project.report(
        "demo",
        "title: x\nschedule: {cron: '0 7 * * *'}\nnotify: {on: [failed], to: ['${TEAM_HOOK}']}\n",
    )
    asked = [
        ["run", "--log-json"],
        ["run", "--json", "--force"],
        ["history", "--json"],
        ["schedule", "run", "--once"],
    ]
    told = "".join(project.quarterdeck(*arguments).output for arguments in asked)
    told += "".join(capfd.readouterr())
    assert project.records()[-1].status == "incomplete"
    assert "***" in told
    assert "planted" not in told
    files = [path for path in project.root.rglob("*") if path.is_file() and "notebooks" not in path.parts]
    showing = [path for path in files if b"planted" in path.read_bytes()]
    assert showing == []
    assert (
        "TEAM_HOOK"
        not in (project.layout.run("demo", "2026q3", project.records()[-1].run_id) / "log.txt").read_text()
    )
