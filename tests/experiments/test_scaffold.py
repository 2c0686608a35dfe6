"""A new protocol is sound, and its sample finds the effect as often as it says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers import experiments
from helpers.records import SettingsError
from helpers.sources import LoadedTable
from helpers.stats import proportion_difference
from quarterdeck.cli import app

from .conftest import ROOT

Load = Callable[..., dict[str, LoadedTable]]


@pytest.fixture
def outcomes(supplied: Load) -> None:
    activated = np.arange(1000) < 300
    supplied(outcomes=pd.DataFrame({"unit_id": [f"u{at}" for at in range(1000)], "activated": activated}))


@pytest.mark.usefixtures("outcomes")
def test_the_command_writes_a_sound_protocol(tmp_path: Path) -> None:
    command = ["new", "experiment", "two_steps", "--effect", "0.03", "--params", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    plan = experiments.load_protocol("two_steps", tmp_path)
    assert (plan.primary, plan.minimum_effect) == ("activated", 0.03)
    assert plan.planned_sample == 7526
    assert (plan.start, plan.end) == (None, None)
    assert "0.3 in the data now" in (tmp_path / "experiments/two_steps.yaml").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, command).exit_code != 0


@pytest.mark.usefixtures("outcomes")
def test_the_planned_sample_has_the_power_it_promises(tmp_path: Path) -> None:
    experiments.new("powered", "activated", 0.05)
    arm = experiments.load_protocol("powered", tmp_path).planned_sample // 2
    generator = np.random.default_rng(4)
    found = [
        proportion_difference(int(treated), arm, int(control), arm).low > 0
        for control, treated in generator.binomial(arm, (0.30, 0.35), (600, 2))
    ]
    assert np.mean(found) == pytest.approx(0.8, abs=3 * 0.0163)


@pytest.mark.usefixtures("outcomes")
def test_what_is_not_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Those there are: activated"):
        experiments.new("other", "revenue", None)
    with pytest.raises(SettingsError, match="cannot be worked out"):
        experiments.new("other", "activated", 0.9)
    with pytest.raises(SettingsError):
        experiments.new("Bad Name", "activated", 0.05)
    assert not list((tmp_path / "experiments").glob("*.yaml"))


def test_a_ratio_is_planned_by_its_delta_method(ratio: Load, tmp_path: Path) -> None:
    generator = np.random.default_rng(6)
    sessions = 1 + generator.poisson(4, 3000)
    orders = generator.binomial(sessions, generator.beta(2, 4, 3000))
    rows = {"unit_id": [f"u{at}" for at in range(3000)], "orders": orders, "sessions": sessions}
    ratio(outcomes=pd.DataFrame(rows).astype({"orders": float, "sessions": float}))
    experiments.new("powered", "orders_per_session", 0.03)
    base = orders.sum() / sessions.sum()
    variance = np.var((orders - base * sessions) / sessions.mean(), ddof=1)
    expected = 2 * variance * (1.959964 + 0.8416212) ** 2 / 0.03**2
    planned = experiments.load_protocol("powered", tmp_path).planned_sample
    assert planned == pytest.approx(2 * expected, abs=2.1)


@pytest.mark.usefixtures("outcomes")
def test_no_test_is_planned_with_fewer_units_than_decide(tmp_path: Path) -> None:
    experiments.new("huge", "activated", 0.6)
    assert experiments.load_protocol("huge", tmp_path).planned_sample == 60


def test_without_data_the_command_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("tables:\n  outcomes: {path: none.parquet}\n", encoding="utf-8")
    (tmp_path / "metrics.yaml").write_text((ROOT / "params/metrics.yaml").read_text(), encoding="utf-8")
    command = ["new", "experiment", "two_steps", "--params", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 2
    assert "The sample cannot be worked out. The table outcomes" in result.output
    assert "Traceback" not in result.output
