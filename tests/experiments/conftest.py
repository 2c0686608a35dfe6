"""Protocols and observations that the tests of experiments stand on."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import pytest
import yaml

from helpers import sources
from helpers.experiments.observations.aggregates import Observations, VariantDay
from helpers.experiments.protocol import Protocol
from helpers.sources import LoadedTable
from helpers.stats import Moments
from helpers.stats.moments import Floats

ROOT = Path(__file__).resolve().parents[2]
START = date(2026, 7, 6)
Load = Callable[..., dict[str, LoadedTable]]
"""Frames by the names of their tables, loaded."""

RATIO = """
  orders_per_session:
    label: Orders per session
    unit: ratio
    kind: ratio
    good: higher
    numerator: orders
    denominator: sessions
"""
"""A metric of two columns, which the shipped catalogue has none of."""

PLAN: Mapping[str, Any] = MappingProxyType(
    {
        "id": "checkout",
        "title": "One-step checkout",
        "hypothesis": "Fewer steps raise activation.",
        "owner": "growth",
        "variants": {"control": 1, "treatment": 1},
        "control": "control",
        "primary": "activated",
        "minimum_effect": 0.02,
        "guard_rails": [{"metric": "support_contacts", "margin": 0.05}],
        "planned_sample": 4000,
    }
)


@pytest.fixture(autouse=True)
def shipped_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))


def protocol(**changes: Any) -> Protocol:
    """The plan with some keys changed, or left out where they are None."""
    return Protocol.model_validate(
        {key: value for key, value in {**PLAN, **changes}.items() if value is not None}
    )


def share(successes: int, trials: int) -> Moments:
    """Moments of values that are 0 or 1."""
    mean = successes / trials
    return Moments(trials, mean, mean * (1 - mean) * trials / (trials - 1))


def moments(values: Floats) -> Moments:
    """Moments of a column of values."""
    return Moments(len(values), float(values.mean()), float(values.var(ddof=1)))


def observed(
    control: tuple[int, int] = (800, 2000),
    treatment: tuple[int, int] = (900, 2000),
    *,
    contacts: tuple[float, float] = (0.25, 0.25),
    days: int = 0,
    **others: Any,
) -> Observations:
    """Observations of activation (successes of units) and mean support contacts, spread evenly over days."""
    cells = []
    for variant, (successes, units), mean in (
        ("control", control, contacts[0]),
        ("treatment", treatment, contacts[1]),
    ):
        for day in range(max(days, 1)):
            part = max(days, 1)
            n = units // part
            known = {"activated": share(successes // part, n), "support_contacts": Moments(n, mean, 0.25)}
            cells.append(
                VariantDay(
                    variant=variant,
                    day=START + timedelta(days=day) if days else None,
                    assigned=n,
                    followed=n,
                    metrics=known,
                )
            )
    return replace(Observations.of(cells, {"activated"}), **others)


@pytest.fixture
def supplied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Write frames as Parquet into a params folder of their own and load them as logical tables."""

    def load(**frames: pd.DataFrame) -> dict[str, LoadedTable]:
        for name, frame in frames.items():
            frame.to_parquet(tmp_path / f"{name}.parquet")
        declared = {"tables": {name: {"path": f"{name}.parquet"} for name in frames}}
        (tmp_path / "sources.yaml").write_text(yaml.safe_dump(declared), encoding="utf-8")
        catalogue = (ROOT / "params" / "metrics.yaml").read_text(encoding="utf-8")
        (tmp_path / "metrics.yaml").write_text(catalogue, encoding="utf-8")
        monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
        wanted = {"assignments", "outcomes", "totals"} | set(frames)
        return {name: sources.load(name, optional=True) for name in sorted(wanted)}

    return load


@pytest.fixture
def ratio(supplied: Load, tmp_path: Path) -> Load:
    """The same, with a ratio in the catalogue: orders a session."""

    def load(**frames: pd.DataFrame) -> dict[str, LoadedTable]:
        tables = supplied(**frames)
        path = tmp_path / "metrics.yaml"
        path.write_text(path.read_text(encoding="utf-8") + RATIO, encoding="utf-8")
        return tables

    return load
