"""A protocol is what was agreed before the start; every problem is told with its line."""

from pathlib import Path

import pytest

from helpers import experiments
from helpers.records import SettingsError

from .conftest import ROOT, protocol

TEXT = """\
id: checkout
title: One-step checkout
hypothesis: Fewer steps raise activation.
owner: growth
variants: {control: 3, treatment: 1}
control: control
primary: activated
minimum_effect: 0.02
planned_sample: 4000
"""


def written(folder: Path, text: str, name: str = "checkout") -> Path:
    (folder / "experiments").mkdir(exist_ok=True)
    (folder / "metrics.yaml").write_text((ROOT / "params/metrics.yaml").read_text("utf-8"), "utf-8")
    (folder / "experiments" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_split_and_level_follow_from_weights_and_alpha(tmp_path: Path) -> None:
    found = experiments.load_protocol("checkout", written(tmp_path, TEXT))
    assert found.split == (0.75, 0.25)
    assert found.arms == ("control", "treatment")
    assert found.level == 0.95


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("control: control", "control: contrl"), 1, "Did you mean control?"),
        (("{control: 3, treatment: 1}", "{control: 1}"), 1, "name two"),
        (("minimum_effect: 0.02", "minimum_effect: 0"), 8, "minimum_effect"),
        (("owner: growth", "ownr: growth"), 4, "Did you mean owner?"),
        (("primary: activated", "primary: activated\nsecondary: [activated]"), 1, "stands twice"),
        (
            ("planned_sample: 4000", "planned_sample: 4000\nstart: 2026-09-01\nend: 2026-08-01"),
            1,
            "before start",
        ),
        (("planned_sample: 4000", "planned_sample: 4000\ndesign: bayes"), 10, "fixed-horizon"),
        (("id: checkout", "id: other"), None, "the file says checkout"),
    ],
)
def test_a_broken_protocol_is_told_with_its_line(
    tmp_path: Path, change: tuple[str, str], line: int | None, message: str
) -> None:
    with pytest.raises(SettingsError, match=r"checkout\.yaml") as error:
        experiments.load_protocol("checkout", written(tmp_path, TEXT.replace(*change)))
    assert message in str(error.value)
    if line is not None:
        assert f"checkout.yaml:{line}:" in str(error.value)


def test_an_unknown_experiment_names_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"checkot has no protocol\. Did you mean checkout\?"):
        experiments.load_protocol("checkot", written(tmp_path, TEXT))


def test_check_tells_every_problem_at_once(tmp_path: Path) -> None:
    written(tmp_path, TEXT + "exclusive_with: [chekout_two]\n")
    written(tmp_path, TEXT.replace("id: checkout", "id: wrong"), "checkout_two")
    problems = experiments.check(tmp_path)
    assert len(problems) == 2
    assert "exclusive_with names chekout_two" in problems[0]
    assert "Did you mean checkout_two?" in problems[0]


def test_metrics_that_the_catalogue_does_not_have_are_told_with_their_lines(tmp_path: Path) -> None:
    text = TEXT.replace("activated", "activatd") + (
        "guard_rails:\n  - {metric: orders, margin: 1}\n  - {metric: support, margin: 1}\nsecondary: [xyz]\n"
    )
    written(tmp_path, text)
    path = tmp_path / "experiments/checkout.yaml"
    first, second, third = experiments.check(tmp_path)
    assert (
        first
        == f"{path}:7: primary names activatd, which metrics.yaml does not define. Did you mean activated?"
    )
    assert second.startswith(f"{path}:12: guard_rails names support, which metrics.yaml does not define.")
    assert third.startswith(f"{path}:13: secondary names xyz, which metrics.yaml does not define. Known: nps")
    with pytest.raises(SettingsError, match=r"checkout\.yaml:7: primary names activatd"):
        experiments.load_protocol("checkout", tmp_path)


def test_a_broken_catalogue_is_no_problem_of_the_protocols(tmp_path: Path) -> None:
    written(tmp_path, TEXT)
    (tmp_path / "metrics.yaml").write_text("metrics: [", encoding="utf-8")
    assert experiments.check(tmp_path) == []


def test_the_shipped_protocols_are_sound() -> None:
    assert experiments.check(ROOT / "params") == []
    assert len(experiments.registered(ROOT / "params")) == 7


def test_registered_metrics_come_in_the_order_of_their_weight() -> None:
    assert protocol(secondary=["orders"]).registered == ("activated", "support_contacts", "orders")
