"""The catalogue's text and data; tests/browser/test_catalogue.py uses it in a real browser."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from quarterdeck.archive.record import RunRecord
from quarterdeck.publish import catalog, pages
from quarterdeck.publish.entries import Entry

if TYPE_CHECKING:
    from tests.conftest import Editions


def built(editions: Editions) -> str:
    list(pages.publish_all(editions.layout))
    return catalog.build(editions.layout).read_text("utf-8")


def rows(page: str) -> list[list[Any]]:
    match = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert match
    listed: list[list[Any]] = json.loads(match[1])["editions"]
    return listed


def test_an_empty_project_says_how_to_begin(editions: Editions) -> None:
    assert "quarterdeck run" in built(editions)


def test_newest_period_first_and_everything_before_its_parts(editions: Editions) -> None:
    for period in ("2026Q1", "2026Q3", "2026Q2"):
        for region in ("EMEA", "all"):
            parameters = {"period": period, "region": region}
            editions.add(f"{period.lower()}-{region.lower()}", parameters=parameters)
    listed = [row[1] for row in rows(built(editions))]
    assert listed == [f"2026q{quarter}-{region}" for quarter in (3, 2, 1) for region in ("all", "emea")]


def test_words_come_from_the_findings(editions: Editions) -> None:
    editions.add()
    page = built(editions)
    row = rows(page)[0]
    score = editions.scores[0].text
    assert row[7:11] == ["CSAT", score.value, score.interval, score.change]
    assert score.value in page[: page.index('id="data"')]


@pytest.mark.parametrize(
    ("runs", "status", "has_page"),
    [
        ([{}], "ok", 1),
        ([{"status": "failed"}], "failed", 0),
        ([{}, {"status": "failed"}], "stale", 1),
        ([{}, {"status": "interrupted"}], "stale", 1),
        ([{}, {"published": "held"}], "stale", 1),
        ([{"published": "held"}], "held", 0),
        ([{"status": "incomplete"}], "incomplete", 1),
        ([{"status": "skipped"}], "skipped", 0),
        ([{}, {"status": "skipped"}], "skipped", 1),
        ([{"status": "failed"}, {}], "ok", 1),
    ],
)
def test_status_of_an_edition(
    runs: list[dict[str, Any]], status: str, has_page: int, editions: Editions
) -> None:
    for fields in runs:
        editions.add(executed=fields.get("status", "ok") in ("ok", "incomplete"), **fields)
    row = rows(built(editions))[0]
    assert (row[5], row[6]) == (status, has_page)


@pytest.mark.parametrize("fields", [{"published": "held"}, {"status": "failed", "reason": "it broke"}])
def test_numbers_that_were_not_published_are_not_told(fields: dict[str, Any], editions: Editions) -> None:
    editions.add(**fields)
    page = built(editions)
    assert "84.1" not in page
    assert "Data up to" not in page


def test_history_has_every_run_newest_first_with_the_pages_that_are_there(editions: Editions) -> None:
    first = editions.add()
    editions.add(status="failed", executed=False, reason="no rows after 12 Sep")
    editions.add()
    history = rows(built(editions))[0][14]
    assert [run[1] for run in history] == ["ok", "failed", "ok"]
    assert [run[6] for run in history] == [1, 0, 1]
    assert history[1][5] == "no rows after 12 Sep"
    assert history[2][4] == first.name


def test_every_link_leads_to_a_file(editions: Editions) -> None:
    editions.add("2026q3-apac")
    editions.add("2026q3-emea", status="failed", executed=False)
    editions.add("2026q2-amer", parameters={"period": "2026Q2", "region": "AMER"})
    editions.add("2026q3-latam", status="skipped", executed=False, findings=())
    page = built(editions)
    links = set(re.findall(r'href="([^"#]+)"', page))
    assert links
    for link in links:
        assert (editions.layout.site / link).is_file(), link


def test_running_runs_are_not_listed(editions: Editions) -> None:
    editions.add("2026q3-emea", status="running", executed=False)
    editions.add("2026q3-amer")
    assert [row[1] for row in rows(built(editions))] == ["2026q3-amer"]


def test_a_draft_is_listed_as_one_after_those_of_record_and_counts_for_nothing(editions: Editions) -> None:
    low = editions.scores[0].model_copy(update={"value": 0.5})
    editions.add(
        "2026q3-apac~123abc",
        draft=True,
        changed=("confidence",),
        parameters={"period": "2026Q3", "region": "APAC", "confidence": 0.9},
        findings=(low,),
    )
    editions.add("2026q2-apac", parameters={"period": "2026Q2", "region": "APAC"})
    editions.add("2026q3-apac")
    page = built(editions)
    listed = {row[1]: row for row in rows(page)}
    assert list(listed) == ["2026q3-apac", "2026q3-apac~123abc", "2026q2-apac"]
    assert (listed["2026q3-apac~123abc"][3], listed["2026q3-apac~123abc"][5]) == (
        "APAC, confidence 0.9",
        "draft",
    )
    assert listed["2026q3-apac~123abc"][12] == []
    assert 0.5 not in listed["2026q3-apac"][12]
    assert len(listed["2026q3-apac"][12]) == 2
    assert "<strong>2</strong> editions" in page
    latest = page.split('id="latest"')[1].split('id="editions"')[0]
    assert "Draft:" in latest
    assert "2026 Q3, APAC, confidence 0.9" in latest


def test_a_draft_without_a_page_is_for_its_author_alone(editions: Editions) -> None:
    editions.add()
    editions.add("2026q3-apac~draft", draft=True, status="failed", executed=False)
    editions.add("whole", report="look", draft=True, free=True, status="failed", executed=False)
    page = built(editions)
    assert [row[1] for row in rows(page)] == ["2026q3-apac"]
    assert "Look" not in page.split('id="latest"')[1].split('id="editions"')[0]


def test_trend_runs_over_the_editions_of_one_scope(editions: Editions) -> None:
    for number, period in enumerate(("2026Q1", "2026Q2", "2026Q3")):
        for region, base in (("APAC", 0.1), ("EMEA", 0.5)):
            score = editions.scores[0].model_copy(update={"value": base + number / 100})
            parameters = {"period": period, "region": region}
            editions.add(f"{period.lower()}-{region.lower()}", parameters=parameters, findings=(score,))
    trends = {row[1]: row[12] for row in rows(built(editions))}
    assert trends["2026q3-apac"] == [0.1, 0.11, 0.12]
    assert trends["2026q2-emea"] == [0.5, 0.51]
    assert trends["2026q1-emea"] == []


def test_an_edition_without_period_stands_where_its_days_lie(editions: Editions) -> None:
    dated = editions.scores[0].model_copy(update={"period": "12 May 2026 to 8 Jun 2026"})
    dateless = editions.scores[0].model_copy(update={"period": "whole test"})
    common: dict[str, Any] = {"report": "experiment_readout", "matrix": ("experiment",)}
    editions.add("a", parameters={"experiment": "checkout_one_step"}, findings=(dated,), **common)
    editions.add("b", parameters={"experiment": "cookie_cats"}, findings=(dateless,), **common)
    editions.add("2026q3-apac")
    listed = {row[1]: (row[2], row[3]) for row in rows(built(editions))}
    assert listed["a"] == ("2026 Q2", "Checkout one step")
    assert listed["b"] == ("No period", "Cookie cats")


@pytest.mark.parametrize(
    "later",
    [
        {"parameters": {"period": "2031Q1", "region": "APAC"}},
        {"parameters": {"period": "2026Q4", "region": "APAC"}, "status": "skipped"},
    ],
)
def test_latest_is_no_period_that_has_not_begun_and_none_without_anything_to_tell(
    editions: Editions, later: dict[str, Any]
) -> None:
    editions.add()
    editions.add("later", **later)
    page = built(editions)
    latest = page.split('id="latest"')[1].split('id="editions"')[0]
    assert "2026 Q3" in latest
    assert later["parameters"]["period"][:4] + " Q" + later["parameters"]["period"][-1] not in latest
    assert [row[1] for row in rows(page)] == ["later", "2026q3-apac"]


def test_latest_shows_one_number_an_edition_where_none_is_about_everything(editions: Editions) -> None:
    common: dict[str, Any] = {"report": "experiment_readout", "matrix": ("experiment",)}
    for name in ("checkout_one_step", "shorter_signup"):
        editions.add(name, parameters={"experiment": name}, **common)
    page = built(editions)
    assert "Checkout one step: CSAT" in page
    assert "Shorter signup: CSAT" in page


def test_data_cannot_leave_its_script(editions: Editions) -> None:
    editions.add(owner="</script><b>", reason="</SCRIPT><!--", title="x", status="failed", executed=False)
    page = built(editions)
    assert page.lower().count("</script>") == 2
    assert rows(page)[0][14][0][5] == "</SCRIPT><!--"


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_two_thousand_editions_stay_within_three_megabytes(editions: Editions, count: int) -> None:
    """Of fewer, what stands once (styles, scripts) takes at most 60 kB beside their part."""
    folder = editions.add()
    record = RunRecord.read(folder)
    entries = [
        Entry(
            runs=(
                record.model_copy(
                    update={
                        "edition": f"{2000 + n // 4}q{n % 4 + 1}-apac",
                        "parameters": {"period": f"{2000 + n // 4}Q{n % 4 + 1}", "region": "APAC"},
                    }
                ),
            )
            * 3,
            has_page=True,
            past_pages=frozenset({record.run_id}),
        )
        for n in range(count)
    ]
    assert len(catalog.render(entries, editions.layout).encode()) <= min(3_000_000, 60_000 + 1_500 * count)
