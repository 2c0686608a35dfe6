"""The metric catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import metrics
from helpers.records import SettingsError

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    return tmp_path


def test_a_metric_by_its_name(folder: Path) -> None:
    (folder / "metrics.yaml").write_text(
        "metrics:\n  churn: {label: Churn, unit: share, kind: share, good: lower, "
        "column: left, margin: 0.01}\n"
    )
    found = metrics.get("churn")
    assert (found.name, found.label, found.good, found.column, found.margin) == (
        "churn",
        "Churn",
        "lower",
        "left",
        0.01,
    )
    with pytest.raises(ValueError, match=r"metrics\.yaml has no metric 'chrun'\. Did you mean churn\?"):
        metrics.get("chrun")


def test_a_folder_without_a_catalogue_has_the_scores_of_surveys_alone(folder: Path) -> None:
    assert metrics.catalogue(folder) == {}
    with pytest.raises(ValueError, match=r"Known: nps, csat, ces, response_rate\."):
        metrics.get("retention")


def test_a_catalogue_that_changed_is_read_again(folder: Path) -> None:
    path = folder / "metrics.yaml"
    path.write_text("metrics:\n  a: {label: A, unit: count, kind: mean}\n")
    assert list(metrics.catalogue()) == ["a"]
    path.write_text("metrics:\n  b: {label: B, unit: count, kind: mean}\n")
    assert list(metrics.catalogue()) == ["b"]


BROKEN = {
    "kind": ("{label: A, unit: share, kind: median}", "Input should be 'mean', 'share', 'ratio' or 'sum'"),
    "unit": ("{label: A, unit: euro, kind: mean}", "metrics.a.unit"),
    "key": ("{label: A, unit: share, kind: share, colum: x}", "Did you mean column?"),
    "alone": ("{label: A, unit: share, kind: share, numerator: x}", "needs its denominator"),
    "sum": ("{label: A, unit: count, kind: sum, numerator: x, denominator: y}", "a sum has no denominator"),
    "below": ("{label: A, unit: count, kind: mean, denominator: y}", "a denominator needs a numerator"),
    "margin": ("{label: A, unit: count, kind: mean, margin: -1}", "greater than or equal to 0"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_entry_is_told_with_its_line(folder: Path, what: str) -> None:
    entry, told = BROKEN[what]
    (folder / "metrics.yaml").write_text(f"metrics:\n  a: {entry}\n")
    with pytest.raises(SettingsError) as error:
        metrics.catalogue(folder)
    assert f"{folder}/metrics.yaml:2: " in str(error.value)
    assert told in str(error.value)


def test_the_shipped_catalogue_covers_the_sample_company() -> None:
    known = metrics.catalogue(ROOT / "params")
    columns = {metric.column for metric in known.values() if metric.column}
    assert columns == {"activated", "orders", "revenue", "sessions", "support_contacts"}
    assert {"nps", "csat", "adoption", "retention", "conversion", "revenue"} <= set(known)
    assert all(metric.owner and metric.good != "none" for metric in known.values())
