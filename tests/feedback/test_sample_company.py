"""The EMEA edition must find the planted fall and its theme; all regions the rest."""

import pytest

from helpers import feedback, sources
from helpers.feedback import Answers
from helpers.findings import NoData
from helpers.periods import Period
from helpers.sample import STORIES
from helpers.scope import Scope


def test_the_fall_is_found(emea: Answers) -> None:
    nps = feedback.headlines(emea).findings[0]
    assert nps.change is not None
    assert nps.change.verdict == "worse"
    assert nps.change.low is not None
    assert nps.change.low <= -STORIES["nps_fall"].fall <= nps.change.high  # type: ignore[attr-defined]
    assert feedback.nps_over_time(emea).title.startswith("NPS in EMEA fell clearly since 2026 Q2")


def test_its_theme_is_found(responses: sources.LoadedTable, emea: Answers) -> None:
    comments = feedback.comments(responses, emea.scope)
    chart = feedback.theme_shares(comments)
    slow = next(finding for finding in chart.findings if finding.key == "comments@theme=slow_exports")
    assert slow.change is not None
    assert slow.change.verdict == "worse"
    assert chart.title.startswith("More comments mention slow exports")
    assert "slow exports" in feedback.detractor_themes(comments).title


def test_the_region_stands_below_the_others(everywhere: Answers) -> None:
    found = feedback.group_scores(everywhere)
    rows = {row.label: row for row in (*found.regions, *found.segments)}
    assert rows["EMEA"].below
    assert rows["Enterprise"].below


def test_under_response_is_found_and_weighted(everywhere: Answers) -> None:
    invited = feedback.invitations(sources.load("invitations"), everywhere.scope)
    chart = feedback.response_rates(invited, everywhere)
    assert chart.title.startswith("Enterprise answers less often")
    values = {finding.key: finding.value for finding in chart.findings}
    plain = feedback.headlines(everywhere).findings[0].value
    assert values["nps.weighted"] is not None
    assert plain is not None
    assert values["nps.weighted"] < plain


def test_export_tickets_are_found(emea: Answers) -> None:
    opened = feedback.tickets(sources.load("tickets"), emea.scope)
    assert feedback.tickets_by_area(opened).title.startswith("More tickets on Exports")
    rows = {row.label: row for row in feedback.weekly_tickets(opened)}
    assert rows["Exports"].above


def test_a_monthly_edition_has_months_on_every_axis(responses: sources.LoadedTable) -> None:
    scope = Scope.of(responses, "2026-09", region="EMEA")
    monthly = feedback.answers(responses, scope)
    chart = feedback.nps_over_time(monthly)
    assert list(chart.data["period"])[:12][-2:] == ["2026 Aug", "2026 Sep"]
    assert len(set(chart.data["period"])) == 12
    [finding] = [one for one in feedback.headlines(monthly).findings if one.key == "nps"]
    assert finding.change is not None
    assert (finding.period, finding.change.period) == ("2026 Sep", "2026 Aug")
    quarterly = feedback.answers(responses, scope.at(Period(2026, 3)))
    months = [monthly.tally("nps", Period(2026, month=month), {"region": "EMEA"}) for month in (7, 8, 9)]
    assert tuple(map(sum, zip(*months, strict=True))) == quarterly.tally(
        "nps", Period(2026, 3), {"region": "EMEA"}
    )
    table = feedback.nps_by_quarter(monthly)
    assert (table.title, table.columns[0].label) == ("NPS by month and region", "Month")
    opened = feedback.tickets(sources.load("tickets"), scope)
    assert {"2026 Sep"} <= set(feedback.tickets_over_time(opened).data["period"])


def test_a_weekly_edition_counts_the_days_of_its_week(responses: sources.LoadedTable) -> None:
    week = Period.parse("2026W33")
    weekly = feedback.answers(responses, Scope.of(responses, week))
    rows = responses.during(week)
    wanted = rows.filter(rows.survey == "nps").count().to_pyarrow().as_py()
    assert sum(weekly.tally("nps", week, {})) == wanted > 0
    assert [one.text for one in weekly.quarters][-2:] == ["2026W32", "2026W33"]


def test_a_company_without_surveys_has_its_tickets_read_together(emea: Answers) -> None:
    """Answers, comments and invitations raise where they are asked for, with the reason; tickets are told."""
    none = sources.LoadedTable("responses", absent="The table responses is not supplied.")
    tickets = sources.load("tickets")
    scope = Scope.of(sources.first_of(none, tickets), "last_complete", region="EMEA")
    found = feedback.gather(none, none, tickets, scope)
    for part in (found.answers, found.comments, found.invitations):
        with pytest.raises(NoData, match="The table responses is not supplied"):
            part()
    beside = feedback.gather(sources.load("responses"), none, tickets, emea.scope)
    alone, among = (each.watched_tickets().scope.correction for each in (found, beside))
    assert alone is not None
    assert among is not None
    assert found.watched_tickets().cells == beside.watched_tickets().cells
    (everything, *_), (of_more, *_) = (
        feedback.times_to_resolve(each.watched_tickets()) for each in (found, beside)
    )
    assert everything.now == of_more.now
    assert everything.difference is not None
    assert of_more.difference is not None
    assert everything.difference.level < of_more.difference.level
