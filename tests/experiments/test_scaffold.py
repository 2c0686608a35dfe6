"""A new protocol is sound, and its sample finds the effect as often as it says."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers import experiments
from helpers.records import SettingsError
from helpers.sources import Table
from helpers.stats import proportion_difference
from quarterdeck.cli import app

Load = Callable[..., dict[str, Table]]


@pytest.fixture
def outcomes(supplied: Load) -> None:
    activated = np.arange(1000) < 300
    supplied(outcomes=pd.DataFrame({"unit_id": [f"u{at}" for at in range(1000)], "activated": activated}))


@pytest.mark.usefixtures("outcomes")
def test_the_command_writes_a_sound_protocol(tmp_path: Path) -> None:
    command = ["new", "experiment", "two_steps", "--effect", "0.03", "--params", str(tmp_path)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    plan = experiments.protocol("two_steps", tmp_path)
    assert (plan.primary, plan.minimum_effect) == ("activated", 0.03)
    assert plan.planned_sample == 7526
    assert (plan.start, plan.end) == (None, None)
    assert "0.3 in the data now" in (tmp_path / "experiments/two_steps.yaml").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, command).exit_code != 0


@pytest.mark.usefixtures("outcomes")
def test_the_planned_sample_has_the_power_it_promises(tmp_path: Path) -> None:
    experiments.new("powered", "activated", 0.05)
    arm = experiments.protocol("powered", tmp_path).planned_sample // 2
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
