"""Small companies written as Parquet and loaded as logical tables."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from helpers import adoption, sample, sources
from helpers.adoption import AdoptionRule, Usage
from helpers.scope import Scope
from helpers.sources import LoadedTable

ROOT = Path(__file__).resolve().parents[2]
Days = dict[str, tuple[str, list[str]]]
"""User → (day of sign-up, days of use)."""


def frames(days: Days, **columns: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Users and events; every user gets the same value of further columns of users."""
    users = pd.DataFrame(
        {
            "user_id": list(days),
            "signed_up_at": [datetime.fromisoformat(signed_up) for signed_up, _ in days.values()],
            **{name: [value] * len(days) for name, value in columns.items()},
        }
    )
    events = pd.DataFrame(
        [(user, datetime.fromisoformat(day), "login") for user, (_, used) in days.items() for day in used],
        columns=["user_id", "occurred_at", "event"],
    )
    return users, events


@pytest.fixture
def supplied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[LoadedTable, LoadedTable]]:
    """Load users and events from Parquet under a params folder of their own."""

    def load(
        users: pd.DataFrame, events: pd.DataFrame, *, min_group: int = 1, fiscal_year_start: int = 1
    ) -> tuple[LoadedTable, LoadedTable]:
        users.to_parquet(tmp_path / "users.parquet")
        events.to_parquet(tmp_path / "events.parquet")
        declared = {"tables": {name: {"path": f"{name}.parquet"} for name in ("users", "events")}}
        (tmp_path / "sources.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
        project = f"min_group: {min_group}\nfiscal_year_start: {fiscal_year_start}\n"
        (tmp_path / "project.yaml").write_text(project, encoding="utf-8")
        catalogue = (ROOT / "params" / "metrics.yaml").read_text(encoding="utf-8")
        (tmp_path / "metrics.yaml").write_text(catalogue, encoding="utf-8")
        monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
        return sources.load("users"), sources.load("events")

    return load


def usage_of(
    tables: tuple[LoadedTable, LoadedTable], period: str = "all", *, region: str = "all", **rule: Any
) -> Usage:
    """The usage of loaded users and events."""
    users, events = tables
    scope = Scope.of(events, period, region=region, regions=users)
    return adoption.usage(users, events, scope, AdoptionRule(**rule))


@pytest.fixture
def used(supplied: Callable[..., tuple[LoadedTable, LoadedTable]]) -> Callable[..., Usage]:
    """The usage of a small company given by days."""

    def build(days: Days, period: str = "all", **rule: Any) -> Usage:
        return usage_of(supplied(*frames(days)), period, **rule)

    return build


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadedTable, LoadedTable]]:
    folder: Path = tmp_path_factory.mktemp("company")
    sample.write(folder, as_of=date(2026, 11, 22), tables=("users", "events"))
    declared = "".join(f"  {name}: {{path: {name}.parquet}}\n" for name in ("users", "events"))
    (folder / "sources.yaml").write_text(f"tables:\n{declared}", encoding="utf-8")
    for name in ("metrics.yaml", "project.yaml"):
        (folder / name).write_text((ROOT / "params" / name).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_PARAMS", str(folder))
        yield sources.load("users"), sources.load("events")


def every_day(first: str, count: int) -> list[str]:
    """So many days in a row."""
    start = date.fromisoformat(first)
    return [(start + timedelta(days=day)).isoformat() for day in range(count)]
