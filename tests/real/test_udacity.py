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
        ("click_through@variant=control", 0.0821258),
        ("click_through@variant=experiment", 0.0821824),
    ],
)
def test_the_published_figures_to_six_digits(record: Record, key: str, figure: float) -> None:
    assert record.values[key] == pytest.approx(figure, rel=1e-5)


def test_the_intervals_are_those_published_to_four_digits(record: Record) -> None:
    gross, net = record.findings["gross_conversion.difference"], record.findings["net_conversion.difference"]
    assert (gross["low"], gross["high"]) == pytest.approx((-0.0291234, -0.0119864), abs=2e-5)
    assert (net["low"], net["high"]) == pytest.approx((-0.0116046, 0.00185718), abs=2e-5)


@pytest.mark.parametrize(
    ("metric", "variant", "trials", "successes"),
    [
        ("click_through", "control", 345543, 28378),
        ("click_through", "experiment", 344660, 28325),
        ("gross_conversion", "control", 17293, 3785),
        ("gross_conversion", "experiment", 17260, 3423),
        ("net_conversion", "control", 17293, 2033),
        ("net_conversion", "experiment", 17260, 1945),
    ],
)
def test_clicks_are_those_of_37_days_but_under_enrolments_those_of_23(
    record: Record, metric: str, variant: str, trials: int, successes: int
) -> None:
    """The trap: 23 days of enrolments over 37 days of clicks."""
    found = record.findings[f"{metric}@variant={variant}"]
    assert found["n"] == trials
    assert found["value"] * trials == pytest.approx(successes, abs=1e-6)


def test_the_days_that_lack_enrolments_are_named(record: Record) -> None:
    account = record.tables["totals"]
    assert (account["read"], account["quarantined"]) == (2 * (37 + 23 + 23), {})
    check = record.checks["days"]
    assert not check["passed"]
    assert "gross_conversion on 23 of 37 days and net_conversion on 23 of 37 days" in check["text"]


def test_page_views_were_split_evenly(record: Record) -> None:
    check = record.checks["sample_ratio"]
    assert check["passed"]
    assert "345,543 to 344,660" in check["text"]


def test_counting_days_agrees(record: Record) -> None:
    """The published sign tests: p = 0.00259948 and 0.677639."""
    text = record.checks["by_day"]["text"].replace("\u2009", " ")
    assert "Enrolments a click is higher with experiment on 4 of 23 days (p = 0.003)" in text
    assert "Payments a click is higher with experiment on 10 of 23 days (p = 0.678)" in text


def test_payments_may_fall_by_more_than_is_accepted(record: Record) -> None:
    assert record.findings["verdict"]["text"]["value"] == "Do not ship"
    assert "Payments a click may get worse" in record.findings["verdict"]["text"]["sentence"]
