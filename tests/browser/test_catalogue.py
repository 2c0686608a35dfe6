"""The catalogue in a real browser: search, filters, history, no script, many editions."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.conftest import editions_in

from helpers import findings
from quarterdeck.archive.record import RunRecord
from quarterdeck.publish import catalog, pages
from quarterdeck.publish.entries import Entry

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import Editions

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve editions of a report over three quarters and four regions, and two experiments."""
    editions = editions_in(tmp_path_factory.mktemp("catalogue"))
    for period in ("2026Q1", "2026Q2", "2026Q3"):
        for region in ("all", "AMER", "EMEA", "APAC"):
            parameters = {"period": period, "region": region}
            editions.add(f"{period.lower()}-{region.lower()}", parameters=parameters)
    for name in ("checkout_one_step", "shorter_signup"):
        editions.add(
            name, report="experiment_readout", parameters={"experiment": name}, matrix=("experiment",)
        )
    parameters = {"period": "2026Q3", "region": "EMEA"}
    editions.add(
        "2026q3-emea", parameters=parameters, status="failed", executed=False, reason="no rows after 12 Sep"
    )
    list(pages.publish_all(editions.layout))
    return catalog.build(editions.layout)


def shown(page: Page) -> int:
    return page.locator(".eds tbody tr:not(.grp):not(.hist)").count()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_catalogue_breaks_no_accessibility_rule(
    dark: bool, index: Path, open_page: Open, violations: Callable[[Page], list[str]]
) -> None:
    page = open_page(index, dark=dark)
    page.get_by_role("button", name="History: Quarterly feedback, 2026q3-emea").click()
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 700, 1280])
def test_catalogue_needs_no_sideways_scroll(
    width: int, index: Path, open_page: Open, overflow: Callable[[Page], int]
) -> None:
    page = open_page(index, width=width)
    page.locator(".eds button").first.click()
    assert overflow(page) <= 0


def test_search_narrows_as_one_types(index: Path, open_page: Open) -> None:
    page = open_page(index)
    assert shown(page) == 14
    page.get_by_role("searchbox").press_sequentially("emea stale")
    assert shown(page) == 1
    expect(page.locator("#count")).to_have_text("1 of 14")
    page.get_by_role("searchbox").fill("nothing like it")
    expect(page.locator("#none")).to_be_visible()


def test_search_finds_findings_titles_and_verdicts_and_is_in_the_link(
    editions: Editions, open_page: Open
) -> None:
    """A verdict is one phrase: "ship" finds no "Do not ship"."""
    theme = editions.scores[2].model_copy(
        update={
            "key": "comments@theme=slow_exports",
            "label": "Share of comments on slow exports",
            "headline": False,
        }
    )
    editions.add("2026q3-apac", findings=(*editions.scores, theme), title="Feedback in Germany")
    for name, word in (("checkout", "Ship"), ("signup", "Do not ship")):
        verdict = findings.concluded(
            findings.Measure("verdict", "Verdict", "text"), word, f"{word}.", "2026 Q3"
        )
        editions.add(
            name,
            report="experiment_readout",
            parameters={"experiment": name},
            matrix=("experiment",),
            findings=(verdict,),
            title=f"Experiment readout, {name}",
        )
    list(pages.publish_all(editions.layout))
    page = open_page(catalog.build(editions.layout))
    rows, box = page.locator(".eds tbody tr:not(.grp)"), page.get_by_role("searchbox")
    for sought, found in (
        ("Germany", "Quarterly feedback"),
        ("slow exports", "Quarterly feedback"),
        ("ship", "Checkout"),
        ("do not ship", "Signup"),
        ("signup", "Signup"),
    ):
        box.fill(sought)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text(found)
    box.fill("slow exports")
    expect(rows).to_contain_text("Share of comments on slow exports")
    box.fill("not")
    expect(page.locator("#none")).to_be_visible()
    box.fill("slow exports")
    expect(page).to_have_url(re.compile("#q=slow\\+exports$"))
    again = open_page(editions.layout.catalogue, anchor="#q=do+not&status=ok")
    expect(again.locator(".eds tbody tr:not(.grp)")).to_have_count(1)
    expect(again.get_by_role("searchbox")).to_have_value("do not")
    expect(again.locator("#verdicts")).to_contain_text("Do not ship")
    again.get_by_role("link", name=re.compile("got worse")).click()
    expect(again.locator("#worse")).to_be_in_viewport()


def test_filters_combine(index: Path, open_page: Open) -> None:
    page = open_page(index)
    page.get_by_label("Region").select_option("APAC")
    assert shown(page) == 3
    page.get_by_label("Period").select_option("2026 Q2")
    assert shown(page) == 1
    page.get_by_label("Status").select_option("Stale")
    assert shown(page) == 0
    page.get_by_label("Period").select_option("")
    page.get_by_label("Region").select_option("")
    assert shown(page) == 1
    page.get_by_label("Status").select_option("")
    page.get_by_label("Report", exact=True).select_option("Experiment readout")
    assert shown(page) == 2


def test_history_opens_and_closes_and_tells_why(index: Path, open_page: Open) -> None:
    page = open_page(index)
    button = page.get_by_role("button", name="History: Quarterly feedback, 2026q3-emea")
    button.focus()
    page.keyboard.press("Enter")
    history = page.get_by_role("region", name="History: Quarterly feedback, 2026q3-emea")
    expect(history).to_contain_text("no rows after 12 Sep")
    expect(history.locator("tbody tr")).to_have_count(2)
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(history).to_have_count(0)


def test_a_report_is_one_click_away_and_leads_back(index: Path, open_page: Open) -> None:
    page = open_page(index)
    page.get_by_label("Region").select_option("APAC")
    page.locator(".eds tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Customer feedback")
    page.get_by_role("link", name="APAC over time").click()
    expect(page.locator("#count")).to_have_text("3 of 14")
    page.go_back()
    page.get_by_role("link", name="All of Quarterly feedback").click()
    expect(page.locator("#count")).to_have_text("12 of 14")
    page.go_back()
    page.get_by_role("link", name="All reports").click()
    expect(page.locator("h1")).to_have_text("Reports")


def test_a_past_run_is_two_clicks_away(index: Path, open_page: Open) -> None:
    page = open_page(index)
    page.get_by_role("button", name="History: Quarterly feedback, 2026q3-emea").click()
    page.get_by_role("region", name="History: Quarterly feedback, 2026q3-emea").get_by_role("link").click()
    expect(page.locator("h1")).to_contain_text("Customer feedback")
    expect(page.locator(".banner")).to_have_count(0)


def test_without_scripts_a_plain_list_stands(index: Path, open_page: Open) -> None:
    page = open_page(index, scripts=False)
    expect(page.locator(".plain li")).to_have_count(14)
    page.locator(".plain a").first.click()
    expect(page.locator("h1")).to_contain_text("Customer feedback")


@pytest.mark.slow
def test_two_thousand_editions_are_shown_in_steps_and_searched_whole(
    editions: Editions, open_page: Open, tmp_path: Path
) -> None:
    record = RunRecord.read(editions.add())
    many = [
        Entry(
            runs=(
                record.model_copy(
                    update={
                        "edition": f"{1500 + n // 4}q{n % 4 + 1}-apac",
                        "parameters": {"period": f"{1500 + n // 4}Q{n % 4 + 1}", "region": "APAC"},
                    }
                ),
            ),
            has_page=False,
            past_pages=frozenset(),
        )
        for n in reversed(range(2000))
    ]
    path = tmp_path / "index.html"
    path.write_text(catalog.render(many, editions.layout), encoding="utf-8")
    page = open_page(path)
    assert shown(page) == 100
    page.get_by_role("button", name="Show 100 more of 2000").click()
    assert shown(page) == 200
    page.get_by_role("searchbox").fill("1500q1")
    assert shown(page) == 1
