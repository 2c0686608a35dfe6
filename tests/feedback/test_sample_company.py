"""The EMEA edition must find the planted fall and its theme; all regions the rest."""

from helpers import feedback, sources
from helpers.feedback import Answers
from helpers.sample import STORIES


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
