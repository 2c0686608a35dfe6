"""What was going on, in the scope of an edition: on axes, beside scores, in the search for outages."""

from datetime import date, timedelta
from pathlib import Path
from shutil import copy

import pytest

from helpers import adoption, charts, feedback, markets
from helpers.adoption.outages import closed_days, outages_of
from helpers.feedback import AnswerCell, Answers, Tickets, nps_over_time, score_change
from helpers.feedback.observations import EVERY_AREA
from helpers.findings import Measure
from helpers.markets import MonthlySums
from helpers.periods import Period, between
from helpers.scope import Scope
from helpers.stats import Point, Series, proportion

PARAMS = Path(__file__).parent.parent / "params"
EVENTS = """events:
  - {kind: launch, title: Japan, date: 2026-05-01, region: APAC}
  - {kind: closed, title: Feast, date: 2026-08-12}
  - {kind: survey, title: New scale, date: 2026-08-01, survey: nps}
"""
SCOPE = Scope(Period(2026, 3))


@pytest.fixture(autouse=True)
def events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy(PARAMS / "metrics.yaml", tmp_path)
    (tmp_path / "events.yaml").write_text(EVENTS, encoding="utf-8")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))


def test_an_event_stands_where_it_falls_between_the_quarters() -> None:
    """1 May is day 30 of 91 of the second quarter, whose middle is the first point of the axis."""
    marks = SCOPE.event_marks(Period(2026, 3).last(2))
    assert [mark.label for mark in marks] == [
        "Japan (launch, APAC, 1 May 2026)",
        "New scale (survey, 1 Aug 2026)",
        "Feast (closed, 12 Aug 2026)",
    ]
    assert [mark.at for mark in marks] == pytest.approx([30 / 91 - 0.5, 0.5 + 31 / 92, 0.5 + 42 / 92])


def test_a_region_has_its_own_events_and_those_of_everywhere() -> None:
    emea = Scope(Period(2026, 3), "EMEA")
    assert [one.title for one in emea.events(date(2026, 1, 1), date(2026, 12, 31))] == ["New scale", "Feast"]


def test_an_axis_that_ends_before_an_event_does_not_show_it() -> None:
    assert [mark.label for mark in SCOPE.event_marks([Period(2026, 2)])] == [
        "Japan (launch, APAC, 1 May 2026)"
    ]
    assert SCOPE.event_marks([]) == ()


def test_the_chart_draws_and_lists_them() -> None:
    points = tuple(Point(one.label, proportion(60, 200)) for one in Period(2026, 3).last(2))
    chart = charts.trend(
        Series("All", points),
        name="total",
        title="T",
        subtitle="S",
        unit="share",
        events=SCOPE.event_marks(Period(2026, 3).last(2)),
    )
    assert chart.heading.note == (
        "Going on: 1 Japan (launch, APAC, 1 May 2026); 2 New scale (survey, 1 Aug 2026); "
        "3 Feast (closed, 12 Aug 2026)."
    )
    assert chart.wide.count('class="ev"') == chart.narrow.count('class="ev"') == 3


def test_a_score_is_not_compared_across_a_change_of_its_scale() -> None:
    cells = tuple(
        AnswerCell(survey, date(2026, month, 1), high=high, low=100, answers=1000)
        for survey in ("nps", "csat")
        for month, high in ((4, 300), (7, 600))
    )
    answers = Answers(SCOPE, cells)
    assert score_change(answers, "nps", {}, Period(2026, 2)).difference is None
    assert score_change(answers, "csat", {}, Period(2026, 2)).difference is not None
    assert nps_over_time(answers).title == "NPS is 50.0, 2026 Q3; asked otherwise since 1 Aug 2026"


def test_before_and_after_the_change_scores_are_compared() -> None:
    periods = [(Period(2026, 2), Period(2026, 1)), (Period(2026, 4), Period(2026, 3))]
    periods += [(Period(2027, 1), Period(2026, 4)), (Period(2027, 1), Period(2026, 1))]
    found = [SCOPE.at(now).asked_otherwise("nps", then) for now, then in periods]
    assert [one is not None for one in found] == [False, True, False, True]


def test_a_closed_day_is_no_outage() -> None:
    start, feast = date(2026, 7, 1), date(2026, 8, 12)
    daily = {start + timedelta(days=after): 60 for after in range(92)} | {feast: 0}
    last = start + timedelta(days=91)
    assert [one.first for one in outages_of("web", daily, start, last)] == [feast]
    closed = closed_days(SCOPE.events(start, last))
    assert closed == {feast}
    assert outages_of("web", daily, start, last, closed) == ()


def planted(day: date, low: int, high: int, until: date = date(2026, 9, 30)) -> dict[date, int]:
    """Counts of every day of 2026, of another level from one day on; weekends are quiet."""
    days = [date(2026, 1, 1) + timedelta(days=after) for after in range((until - date(2026, 1, 1)).days + 1)]
    return {one: (low if one < day else high) // (1 + (one.weekday() > 4)) + one.day % 3 for one in days}


def told(chart: charts.Chart) -> list[str]:
    """What the note of a chart says began with an event."""
    return [sentence for sentence in chart.heading.note.split(". ") if "began with" in sentence]


def test_a_score_and_its_answers_that_changed_with_an_event_are_told_under_it() -> None:
    answers = planted(date(2026, 8, 3), 60, 120)
    satisfied = {day: n // 2 if day < date(2026, 5, 1) else n * 4 // 5 for day, n in answers.items()}
    days = {day: (satisfied[day], n - satisfied[day], 0) for day, n in answers.items()}
    cells = tuple(
        AnswerCell("csat", date(2026, month, 1), high=80, low=10, answers=100) for month in range(1, 10)
    )
    chart = feedback.satisfaction_over_time(Answers(SCOPE, cells, {"csat": days}))
    assert [sentence.split(",")[0] for sentence in told(chart)] == [
        "A rise of CSAT",
        "A rise of CSAT answers a day",
    ]
    assert told(chart)[0].endswith("began with 1")
    assert told(chart)[1].endswith("began with 2.")


def test_tickets_that_changed_with_an_event_are_told_under_it() -> None:
    """What rose on 9 May did not begin with 1 May; what rose on 8 August did with the first of it."""
    opened = {
        EVERY_AREA: planted(date(2026, 5, 9), 40, 80),
        "Exports": planted(date(2026, 8, 8), 20, 60),
    }
    tickets = Tickets(SCOPE, opened, date(2026, 1, 1), date(2026, 9, 30))
    [sentence] = told(feedback.tickets_over_time(tickets))
    assert sentence.startswith("A rise of tickets a day on Exports, from ")
    assert sentence.endswith("began with 2.")


def test_users_that_changed_with_an_event_are_told_under_it() -> None:
    usage = adoption.example_usage()
    vars(usage)["active_days"] = planted(date(2026, 5, 2), 90, 40)
    [sentence] = told(adoption.adoption_over_time(adoption.key_metrics(usage)))
    assert sentence.startswith("A fall of active users a day, from ")


def test_a_market_that_changed_with_an_event_is_told_under_it() -> None:
    launched, usual = date(2026, 5, 1), {"Japan": 500, "France": 520}
    cells = tuple(
        MonthlySums(market, month.start, "all", paid + (7 * at) % 40 + raised, 2500.0)
        for market, paid in usual.items()
        for at, month in enumerate(between(Period(2023, month=10), Period(2026, month=9)))
        for raised in [300.0 if market == "Japan" and month.start >= launched else 0.0]
    )
    conversion = Measure("conversion", "Conversion", "share", "higher", 1)
    chart = markets.largest_over_time(markets.MarketSums(SCOPE, conversion, "share", cells))
    assert [sentence.split(",")[0] for sentence in told(chart)] == ["A rise of conversion in Japan"]


def test_what_did_not_change_began_with_nothing() -> None:
    opened = {EVERY_AREA: planted(date(2026, 9, 30), 40, 40), "Exports": planted(date(2026, 9, 30), 20, 20)}
    tickets = Tickets(SCOPE, opened, date(2026, 1, 1), date(2026, 9, 30))
    assert told(feedback.tickets_over_time(tickets)) == []
