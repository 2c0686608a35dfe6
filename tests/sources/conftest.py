"""A folder of params with data of one's own beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from helpers import sources
from helpers.records import TableAccount


@dataclass(frozen=True)
class Folder:
    """`params/` with its data in `data/`."""

    params: Path

    @property
    def run(self) -> Path:
        return self.params.parent / "run"

    def data(self, name: str, content: str | bytes) -> Path:
        path = self.params.parent / "data" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def settings(self, name: str, text: str) -> None:
        (self.params / name).write_text(text, encoding="utf-8")

    def declare(self, **tables: dict[str, Any]) -> None:
        self.settings("sources.yaml", yaml.safe_dump({"tables": tables}, sort_keys=False))

    def rows(self, table: str, *columns: str) -> list[tuple[Any, ...]]:
        """The good rows of a table, in the order of the file."""
        expr = sources.load(table).expr
        return [
            tuple(row[column] for column in columns or expr.columns) for row in expr.to_pyarrow().to_pylist()
        ]

    def account(self, table: str) -> TableAccount:
        account = sources.load(table).account
        assert account is not None
        return account


def csv_text(header: str, rows: Sequence[str]) -> str:
    return "\n".join([header, *rows]) + "\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    params = tmp_path / "params"
    params.mkdir()
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(params))
    monkeypatch.delenv("QUARTERDECK_RUN", raising=False)
    return Folder(params)
