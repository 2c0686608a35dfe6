"""Secrets are known by what settings name, and hidden at any depth."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.secrets import hide, is_secret, recipients, secrets

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
    found = set(secrets(tmp_path, environment))
    assert {"p@ss word", "p%40ss%20word", "p%40ss+word", "https://hook/1", "https%3A%2F%2Fhook%2F1"} <= found
    assert not [form for form in found if form in ("al", "/data", "else")]


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
    environment = {"HOOK": "mailto://al:p%40ss@h", "API_TOKEN": "t0k3n-of-mine", "PATH": "/usr/bin"}
    found = secrets(tmp_path, environment)
    assert {"lit3ral", "p%40ss", "p@ss", "t0k3n-of-mine"} <= set(found)
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


NAMES = (
    "PASS DB_PASS PASSWORD db_password PGPASSWORD_PASSWORD PASSWD PASSPHRASE GPG_PASSPHRASE REDIS_PWD "
    "GITHUB_PAT AUTH BASIC_AUTH OAUTH_STATE SLACK_WEBHOOK WEBHOOK_URL TEAM_HOOK KEY AWS_SECRET_ACCESS_KEY "
    "SIGNING_KEY SSH_KEYS APIKEY STRIPE_API_KEY TOKEN npm_token CREDENTIAL GCP_CREDENTIALS DB_CREDS "
    "CLIENT_SECRET SECRETS SENTRY_DSN COOKIE JWT"
)
VALUES = ["hx/7@k'2\"q\n9+zz=", "s3cret-Value-19", "0123456789abcdef", "correct horse battery", "päss wörd-1"]
FORMS = {
    "plain": lambda value: f"at {value}!",
    "repr": lambda value: repr({"a": value}),
    "ascii": lambda value: ascii([value]),
    "bytes": lambda value: repr(value.encode()),
    "json": lambda value: json.dumps({"a": value}),
    "json in utf-8": lambda value: json.dumps([value], ensure_ascii=False),
    "url": lambda value: f"https://h/?q={quote(value, safe='')}",
    "form": lambda value: urlencode({"q": value}),
    "html": lambda value: f"<p title='{html.escape(value)}'>",
    "sql": lambda value: "select '" + value.replace("'", "''") + "'",
    "csv": lambda value: '"' + value.replace('"', '""') + '"',
    "basic": lambda value: base64.b64encode(f"al:{value}".encode()).decode(),
    "basic of two": lambda value: base64.b64encode(f"bob:{value}:x".encode()).decode(),
    "urlsafe": lambda value: base64.urlsafe_b64encode(f"carol:{value}".encode()).decode(),
}


@pytest.mark.parametrize("name", NAMES.split(" "))
def test_a_word_of_a_name_makes_a_value_secret(name: str, tmp_path: Path) -> None:
    assert is_secret(name, "s3cret-Value-19")
    assert hide("at s3cret-Value-19!", secrets(tmp_path, {name: "s3cret-Value-19"})) == "at ***!"


def test_from_eight_letters_on_a_value_is_secret() -> None:
    assert is_secret("DB_PASS", "s3cr-t88")
    assert not is_secret("DB_PASS", "s3cr-t7")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PATH", "/usr/local/bin:/bin"),
        ("AUTHOR", "Jo Example-Smith"),
        ("COMPASS", "north-north-west"),
        ("KEYBOARD_LAYOUT", "de-latin1-nodeadkeys"),
        ("TOKENIZERS_PARALLELISM", "false-or-true"),
        ("PWD", "/srv/quarterdeck"),
        ("OLDPWD", "/srv/quarterdeck-old"),
        ("PASS", "shorter"),
        ("AUTH", "production"),
        ("KEY", "Harbourlight"),
        ("SSH_AUTH_SOCK", __file__),
    ],
)
def test_other_names_and_ordinary_values_are_no_secrets(name: str, value: str) -> None:
    assert not is_secret(name, value)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_hidden_in_whatever_form_it_is_carried_on(form: str, value: str, tmp_path: Path) -> None:
    carried = FORMS[form](value)
    hidden = hide(carried, secrets(tmp_path, {"SIGNING_KEY": value}))
    assert "***" in hidden
    assert value not in hidden
    if form.startswith(("basic", "urlsafe")):
        longest = max(re.findall("[A-Za-z0-9+/_-]+", hidden), key=len)
        decoded = base64.b64decode(
            longest[: len(longest) // 4 * 4], altchars=b"-_" if form == "urlsafe" else None
        )
        assert not any(value.encode()[at : at + 5] in decoded for at in range(len(value.encode()) - 4))


def test_each_line_of_a_key_is_hidden_wherever_it_stands(tmp_path: Path) -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC\n-----END KEY-----\n"
    hidden = hide("> MIIEvQIBADANBgkq\n> hkiG9w0BAQEFAASC", secrets(tmp_path, {"TLS_KEY": key}))
    assert hidden == "> ***\n> ***"


def test_parts_of_a_recipient_that_let_one_write_to_it_are_hidden(tmp_path: Path) -> None:
    (tmp_path / "demo.yaml").write_text("notify: {to: ['${TEAM_ROOM}']}\n")
    address = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?footer=no"
    hidden = secrets(tmp_path, {"TEAM_ROOM": address})
    assert hide("404 for TIiajkdnlazkcOXrIdevi7FQ, footer", hidden) == "404 for ***, footer"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://ghp_16C7e42F292c6912E7@github.com/a", "https://***@github.com/a"),
        ("GET /x?user=al&password=hunter2&b=1", "GET /x?user=al&password=***&b=1"),
        ("host=h password=swordfish dbname=x", "host=h password=*** dbname=x"),
        ("connect(password='swordfish', port=1)", "connect(password='***', port=1)"),
        ('{"client_secret": "swordfish", "id": 1}', '{"client_secret": "***", "id": 1}'),
        ("api_key=abcd1234, then", "api_key=***, then"),
        ("DB_PASSWORD=swordfish", "DB_PASSWORD=***"),
        ("Authorization: Bearer eyJhbGciOi.JIUzI1.NiIsInR5", "Authorization: Bearer ***"),
        ("token=eyJhbGciOi.eyJzdWIi.SflKxwRJ", "token=***"),
    ],
)
def test_what_a_text_itself_gives_as_a_secret_is_hidden(text: str, shown: str) -> None:
    assert hide(text, ()) == shown


@pytest.mark.parametrize(
    "text",
    [
        'connect(password=os.environ["DB_PASSWORD"], token=get_token(), key=row.key)',
        "login(password=password, token=settings.token)",
        "The token of each answer; a password is never asked for. Key: the metric's name.",
        "git clone ssh://git@example.org/x, sort_key=region, primary_key: id, tokens=12",
        "We passed 12 checks: pass=3",
        'style="--key: 1"; <a href="mailto:al@example.org?subject=Passes">',
        "Basic tier, bearer of news",
    ],
)
def test_ordinary_text_and_code_stay(text: str) -> None:
    assert hide(text, ()) == text


PLANTED = {
    "HARBOUR_TOKEN": "planted-token-0aa1",
    "DB_PASSWORD": "planted pass/word-77",
    "DB_USER": "planted-user-31",
    "TEAM_HOOK": "json://planted-hook-55:planted-key-56@127.0.0.1:1/x",
    "SIGNING_PAT": "planted\nline-9'quote",
}
TELLTALE = """import os, warnings
print(dict(os.environ))
warnings.warn(os.environ["DB_PASSWORD"])
import base64, json
from pathlib import Path
secret = os.environ["SIGNING_PAT"]
print(repr(secret), json.dumps([secret]), "password=planted-unknown-3", "https://planted-part-81@h/x")
print(base64.b64encode(("al:" + os.environ["HARBOUR_TOKEN"]).encode()).decode())
own = Path(os.environ["QUARTERDECK_RUN"], "tables", "own.csv")
own.write_text("a\\n\\x1b[31m" + os.environ["HARBOUR_TOKEN"])
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
    signs = [b"planted", base64.b64encode(b"anted-token-")[:-4]]
    showing = [path for path in files if any(sign in path.read_bytes() for sign in signs)]
    assert showing == []
    run = project.layout.run("demo", "2026q3", project.records()[-1].run_id)
    assert run.stat().st_mode & 0o027 == 0, "its owner's group reads it, and nobody else"
    assert (run / "tables" / "own.csv").read_text(encoding="utf-8") == "a\n***"
    assert (
        "TEAM_HOOK"
        not in (project.layout.run("demo", "2026q3", project.records()[-1].run_id) / "log.txt").read_text()
    )
