"""Secrets are known by what settings name, and hidden at any depth."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from quarterdeck.secrets import hide, secrets

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
