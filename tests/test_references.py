"""One number against several earlier periods: which there are, how they are corrected, what is said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import findings, stats
from helpers.coverage import Coverage
from helpers.findings import ComparedRows, Measure, PageCorrection, Reference, compared, headline_rows
from helpers.periods import Period, PeriodError
from helpers.records import Finding
from helpers.scope import Scope

CONVERSION = Measure("conversion", "Conversion", "share", "higher", 1)
NOW = Period(2026, 3)
BEFORE, YEAR_AGO = (
    Reference("previous", "2026 Q2", NOW.shift(-1)),
    Reference("year_ago", "2025 Q3", NOW.shift(-4)),
)
ALL_OF_IT = Coverage.between(date(2024, 1, 1), date(2026, 9, 30))


def named(scope: Scope) -> list[tuple[str, str]]:
    return [(one.name, one.label) for one in scope.references]


def test_a_page_compares_with_the_period_before_and_a_year_ago() -> None:
    assert named(Scope(NOW, coverage=ALL_OF_IT)) == [("previous", "2026 Q2"), ("year_ago", "2025 Q3")]


def test_it_compares_in_the_order_of_its_report_and_with_no_period_twice() -> None:
    scope = Scope(NOW, coverage=ALL_OF_IT, compare=("2024Q4", "year_ago", "2026Q2", "previous", "target"))
    assert [name for name, _ in named(scope)] == ["2024q4", "year_ago", "2026q2"]
    assert scope.baseline == Period(2024, 4)
    assert named(Scope(Period(2025), coverage=ALL_OF_IT)) == [("previous", "2024")]


def test_what_the_data_do_not_reach_back_to_is_no_reference() -> None:
    begins = Coverage.between(date(2025, 10, 1), date(2026, 9, 30))
    assert named(Scope(NOW, coverage=begins)) == [("previous", "2026 Q2")]


def test_what_they_reach_in_part_is_one_with_the_word() -> None:
    begins = Coverage.between(date(2025, 9, 10), date(2026, 9, 30))
    assert named(Scope(NOW, coverage=begins))[1] == ("year_ago", "2025 Q3 (21 of 92 days)")


def test_all_time_is_compared_with_nothing() -> None:
    assert not Scope(Period(), coverage=ALL_OF_IT).references


@pytest.mark.parametrize("name", ["2026Q3", "2026Q4", "2026", "soon"])
def test_what_is_no_earlier_period_is_refused(name: str) -> None:
    with pytest.raises(PeriodError):
        _ = Scope(NOW, coverage=ALL_OF_IT, compare=(name,)).references


@given(st.dates(date(1995, 1, 1), date(2060, 1, 1)), st.sampled_from(["year", "half", "quarter", "month"]))
def test_a_year_ago_has_the_same_name_in_the_year_before(day: date, grain: str) -> None:
    period = Period.parse(
        {"year": f"{day:%Y}", "half": f"{day:%Y}H2", "month": f"{day:%Y-%m}"}.get(grain, f"{day:%Y}Q3")
    )
    then = period.year_ago
    assert then is not None
    assert period.text.replace(str(day.year), str(day.year - 1)) == then.text


@given(st.dates(date(1995, 1, 1), date(2060, 1, 1)))
def test_a_week_a_year_ago_has_the_same_weekdays_and_nearly_the_same_dates(day: date) -> None:
    year, week, _ = day.isocalendar()
    period = Period(year, week=week)
    then = period.year_ago
    assert then is not None
    assert (period.start - then.start).days == 364
    assert abs((period.start - timedelta(days=365.25) - then.start).days) <= 2


def row(now: int, then: int) -> stats.Comparison:
    return stats.compared_proportions("All", (now, 1000), (then, 1000))


def found(before: int, year_ago: int, now: int = 300, page: PageCorrection | None = None) -> Finding:
    plain = stats.compared_proportions("All", (now, 1000), None)
    against = {BEFORE: (row(now, before),), YEAR_AGO: (row(now, year_ago),)}
    rows = ComparedRows("total", (plain,), against)
    return compared(CONVERSION, rows.judged(page) if page else rows, NOW)


def test_a_number_has_a_change_for_each_in_order() -> None:
    finding = found(before=240, year_ago=290)
    assert finding.change is not None
    assert (finding.change.against, finding.change.previous) == ("previous", 0.24)
    assert [(one.against, one.period, one.previous) for one in finding.further] == [
        ("year_ago", "2025 Q3", 0.29)
    ]
    assert [text.change for _, text in finding.changes] == ["+6.0\u00a0pts", "+1.0\u00a0pts"]
    assert [text.verdict for _, text in finding.changes] == ["better", "no clear change"]


SAYS = {
    (240, 240): "",
    (295, 305): "",
    (240, 299): " Against 2025 Q3 there is no clear change.",
    (360, 240): " Against 2025 Q3 it is the other way round: between 2.1 and 9.9 points higher.",
    (
        299,
        360,
    ): " Against 2025 Q3 it is between 1.9 and 10.1 points lower, more than chance brings.",
}


@pytest.mark.parametrize("then", SAYS)
def test_where_they_disagree_how_sure_it_is_says_so(then: tuple[int, int]) -> None:
    certainty = found(*then).text.certainty
    assert certainty.endswith(SAYS[then]) if SAYS[then] else "Against" not in certainty


def test_all_that_a_page_compares_is_corrected_together() -> None:
    """The same change is read at a stricter level once the page compares with last year too."""
    one, both = (
        ComparedRows("total", (), {reference: (row(300, 280),) for reference in references})
        for references in ((BEFORE,), (BEFORE, YEAR_AGO))
    )
    alone, together = (PageCorrection.of(headline_rows([rows]), {}, 0.05) for rows in (one, both))
    assert alone.rates == pytest.approx({"total:previous": 0.025})
    assert together.rates == pytest.approx({"total:previous": 0.0125, "total:year_ago": 0.0125})
    finding = found(before=250, year_ago=299, page=together)
    assert [change.level for change, _ in finding.changes] == pytest.approx(
        [1 - together.rates["total:previous"], 1 - together.rates["total:year_ago"]]
    )


@given(st.integers(200, 400), st.integers(200, 400))
def test_p_of_each_is_the_inversion_of_the_interval_drawn_for_it(before: int, year_ago: int) -> None:
    page = PageCorrection(0.05, {"total:previous": 0.01, "total:year_ago": 0.002})
    for change, _ in found(before, year_ago, page=page).changes:
        assert change.p is not None
        assert change.low is not None
        assert change.high is not None
        assert change.level is not None
        assert (change.p < 1 - change.level) == (not change.low <= 0 <= change.high)
        assert (change.verdict != "unclear") == (not change.low <= 0 <= change.high)


def test_what_can_explain_a_change_is_told_beside_that_change_alone() -> None:
    told = findings.beside(found(before=240, year_ago=240), {"year_ago": "answers went from 4 to 170 a day"})
    assert [change.beside for change, _ in told.changes] == ["", "answers went from 4 to 170 a day"]
    assert "4 to 170" not in told.text.sentence
    assert "4 to 170" in told.further[0].text.sentence


def test_the_clearest_of_a_list_leads_it_whatever_it_is_compared_with() -> None:
    quiet, loud = found(295, 299), found(299, 200).model_copy(update={"key": "loud"})
    assert [one.headline for one in findings.headline_clearest([quiet, loud])] == [False, True]
