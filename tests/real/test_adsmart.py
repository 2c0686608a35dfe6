"""The published test of an ad: figures to six digits, traps (denominator, unbalanced day) named."""

import pytest

from .conftest import Record

FOLDER = "adsmart-ab"

pytestmark = pytest.mark.real


def test_it_runs_without_a_gap_that_failed(record: Record) -> None:
    assert record.status == "ok"
    assert {gap["kind"] for gap in record.gaps.values()} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("awareness@variant=control", 0.450512),
        ("awareness@variant=exposed", 0.468798),
        ("awareness.p_value", 0.518486),
        ("awareness_of_all@variant=control", 0.0648489),
        ("awareness_of_all@variant=exposed", 0.0768847),
        ("awareness_of_all.p_value", 0.0350058),
    ],
)
def test_the_published_figures_to_six_digits(record: Record, key: str, figure: float) -> None:
    assert record.values[key] == pytest.approx(figure, rel=1e-5)


def test_the_unbalanced_day_is_named_and_withholds_the_verdict(record: Record) -> None:
    assert record.checks["sample_ratio"]["passed"]
    assert "4,071 to 4,006" in record.checks["sample_ratio"]["text"]
    assert "1,545 to 470 (control to exposed) on 2020-07-03" in record.checks["split_by_day"]["text"]
    assert record.findings["verdict"]["text"]["value"] == "No verdict"


def test_the_denominator_is_named(record: Record) -> None:
    assert "the effect stands on the 1,243 of 8,077 known" in record.checks["outcomes"]["text"]
    assert "Awareness among those who answered and Awareness among all" in record.checks["twins"]["text"]
