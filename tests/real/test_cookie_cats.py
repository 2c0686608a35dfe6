"""The published mobile-game test through the shipped notebook: figures to six digits, traps named."""

import pytest

from .conftest import Record

FOLDER = "cookie-cats"

pytestmark = pytest.mark.real


def test_it_runs_without_a_gap_that_failed(record: Record) -> None:
    assert record.status == "ok"
    assert {gap["kind"] for gap in record.gaps.values()} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("retention_1@variant=gate_30", 0.448188),
        ("retention_1@variant=gate_40", 0.442283),
        ("retention_7@variant=gate_30", 0.190201),
        ("retention_7@variant=gate_40", 0.182000),
        ("retention_1.p_value", 0.0744097),
        ("retention_7.p_value", 0.00155425),
        ("rounds@variant=gate_30", 52.456264),
        ("rounds@variant=gate_40", 51.298776),
        ("retention_1.difference", -0.005905169787341458),
        ("retention_7.difference", -0.008201298315205913),
    ],
)
def test_the_published_figures_to_six_digits(record: Record, key: str, figure: float) -> None:
    assert record.values[key] == pytest.approx(figure, rel=5e-6)


def test_the_interval_is_newcombes(record: Record) -> None:
    found = record.findings["retention_7.difference"]
    assert found["method"] == "Newcombe"
    assert (found["low"], found["high"]) == pytest.approx((-0.013281940871914845, -0.00312130268876128))


def test_the_gate_stays_at_level_30(record: Record) -> None:
    assert record.findings["verdict"]["text"]["value"] == "Do not ship"
    assert next(iter(record.findings)) == "verdict"


def test_the_odd_split_is_told_but_stops_nothing(record: Record) -> None:
    check = record.checks["sample_ratio"]
    assert check["passed"]
    assert "44,700 to 45,489" in check["text"]
    assert "0.009), unusual" in check["text"]


def test_the_player_of_49_854_rounds_is_named_with_and_without(record: Record) -> None:
    """Means of 51.342111 and 51.298776 without that player."""
    check = record.checks["outliers"]
    assert (check["passed"], check["severity"]) == (False, "warn")
    assert "One player of gate_30 has Rounds played in 14 days of 49,854" in check["text"]
    assert "the difference is \N{MINUS SIGN}1.16 with it, \N{MINUS SIGN}0.04 without" in check["text"]


def test_sections_that_need_dates_say_so(record: Record) -> None:
    assert any("no day of assignment" in gap["reason"] for gap in record.gaps.values())
