"""A new protocol is sound, and its sample finds the effect as often as it says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
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


def of_arms(supplied: Load, arms: list[str], **columns: object) -> None:
    """The experiment two_steps in the assignments, its arms in turn."""
    ids = [f"u{at}" for at in range(len(arms))]
    assignments = pd.DataFrame({"experiment": "two_steps", "unit_id": ids, "variant": arms, **columns})
    outcomes = pd.DataFrame({"unit_id": ids, "activated": np.arange(len(arms)) % 10 < 3})
    supplied(assignments=assignments, outcomes=outcomes)


def test_variants_and_split_are_those_of_the_assignments(supplied: Load, tmp_path: Path) -> None:
    of_arms(supplied, (["control"] * 8 + ["short form", "video"]) * 300)
    plan = experiments.load_protocol(experiments.new("two_steps", "activated", 0.03).stem, tmp_path)
    assert plan.variants == {"control": 80, "short form": 10, "video": 10}
    assert plan.planned_sample == pytest.approx(3763 / 2 * (1 / 0.8 + 1 / 0.1), abs=1)


def test_an_even_split_is_written_as_one(supplied: Load, tmp_path: Path) -> None:
    of_arms(supplied, ["B", "A"] * 1000 + ["A"] * 20)
    plan = experiments.load_protocol(experiments.new("two_steps", "activated", 0.03).stem, tmp_path)
    assert (plan.variants, plan.control, plan.planned_sample) == ({"A": 1, "B": 1}, "A", 7526)


def test_spellings_of_a_variant_are_proposed_as_one(supplied: Load, tmp_path: Path) -> None:
    of_arms(supplied, ["control", "new", "new", "CONTROL"] * 300 + ["control"] * 4)
    with pytest.raises(SettingsError, match=r'map: \{"CONTROL": control\}'):
        experiments.new("two_steps", "activated", 0.03)


def test_whole_accounts_make_a_protocol_by_cluster(supplied: Load, tmp_path: Path) -> None:
    """Ten users an account that do alike: ten times as many users tell no more than their accounts."""
    accounts = np.repeat(np.arange(400), 10)
    of_arms(supplied, list(np.where(accounts % 2, "control", "new")), cluster_id=accounts.astype(str))
    ids = [f"u{at}" for at in range(4000)]
    outcomes = pd.DataFrame({"unit_id": ids, "activated": accounts % 10 < 3})
    outcomes.to_parquet(tmp_path / "outcomes.parquet")
    plan = experiments.load_protocol(experiments.new("two_steps", "activated", 0.1).stem, tmp_path)
    assert plan.cluster == "account"
    variance = 0.3 * 0.7 * 400 / 399
    expected = 2 * 2 * variance * (1.959964 + 0.8416212) ** 2 / 0.1**2
    assert plan.planned_sample == pytest.approx(expected, abs=2.1)


@pytest.mark.usefixtures("outcomes")
@pytest.mark.parametrize("written", ["[home]", "\n    - home   # first"])
def test_a_new_experiment_stands_in_the_matrix_of_the_readout(tmp_path: Path, written: str) -> None:
    report = tmp_path / "experiment_readout.yaml"
    report.write_text(f"title: T\nmatrix:\n  experiment: {written}\nretries: 2\n", encoding="utf-8")
    command = ["new", "experiment", "two_steps", "--effect", "0.03", "--params", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    settings = yaml.safe_load(report.read_text(encoding="utf-8"))
    assert settings == {"title": "T", "matrix": {"experiment": ["home", "two_steps"]}, "retries": 2}
    assert f"Added to the matrix of {report}." in result.output
