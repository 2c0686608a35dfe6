"""The free-trial screener, known by daily counts: published figures, and 23 days are not divided by 37."""

import pytest

from .conftest import Record

FOLDER = "udacity-free-trial"

pytestmark = pytest.mark.real


def test_it_runs_without_a_gap_that_failed(record: Record) -> None:
    assert record.status == "ok"
    assert {gap["kind"] for gap in record.gaps.values()} <= {"absent"}


@pytest.mark.parametrize(
    ("key", "figure"),
    [
        ("gross_conversion@variant=control", 0.218875),
        ("gross_conversion@variant=experiment", 0.198320),
        ("gross_conversion.difference", -0.0205549),
        ("net_conversion@variant=control", 0.117562),
        ("net_conversion@variant=experiment", 0.112688),
        ("net_conversion.difference", -0.00487372),
    ],
)
def test_the_published_figures_to_six_digits(record: Record, key: str, figure: float) -> None:
    assert record.values[key] == pytest.approx(figure, rel=1e-5)


def test_the_intervals_are_those_published_to_four_digits(record: Record) -> None:
    gross, net = record.findings["gross_conversion.difference"], record.findings["net_conversion.difference"]
    assert (gross["low"], gross["high"]) == pytest.approx((-0.0291234, -0.0119864), abs=2e-5)
    assert (net["low"], net["high"]) == pytest.approx((-0.0116046, 0.00185718), abs=2e-5)


def test_the_missing_days_are_set_aside_with_their_clicks(record: Record) -> None:
    """The trap: 23 days of enrolments over 37 days of clicks."""
    assert record.tables["totals"]["quarantined"] == {"line unreadable": 28}
    assert record.findings["gross_conversion@variant=control"]["n"] == 17293
    assert record.findings["gross_conversion@variant=experiment"]["n"] == 17260


def test_payments_may_fall_by_more_than_is_accepted(record: Record) -> None:
    assert record.findings["verdict"]["text"]["value"] == "Do not ship"
    assert "Payments a click may get worse" in record.findings["verdict"]["text"]["sentence"]
