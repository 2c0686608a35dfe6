"""The page in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from quarterdeck.publish import pages

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import Editions

ASK = "mailto:ops@example.org?subject={title}&body={key} {link}"
pytestmark = pytest.mark.browser


@pytest.fixture
def report(editions: Editions) -> Path:
    placed = pages.publish(editions.add(), editions.layout).site
    assert placed is not None
    return placed


@pytest.fixture
def troubled(editions: Editions, incomplete: dict[str, Any]) -> Path:
    """A page with everything that can go wrong: a missing section, a failed check, and out of date."""
    pages.publish(editions.add(**incomplete), editions.layout)
    failed = editions.add(status="failed", executed=False, reason="responses has no rows after 12 Sep")
    placed = pages.publish(failed, editions.layout).site
    assert placed is not None
    return placed


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("state", ["report", "troubled"])
def test_page_breaks_no_accessibility_rule(
    state: str,
    dark: bool,
    open_page: Open,
    violations: Callable[[Page], list[str]],
    request: pytest.FixtureRequest,
) -> None:
    page = open_page(request.getfixturevalue(state), dark=dark)
    assert violations(page) == []
    page.get_by_role("button", name="Open all").click()
    expect(page.locator(".sec:not([open])")).to_have_count(0)
    page.locator("details").evaluate_all("folds => folds.forEach(fold => { fold.open = true; })")
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 700, 1280])
def test_page_needs_no_sideways_scroll(
    width: int, report: Path, open_page: Open, overflow: Callable[[Page], int]
) -> None:
    assert overflow(open_page(report, width=width)) <= 0


def test_sections_open_on_demand_and_the_address_remembers_them(report: Path, open_page: Open) -> None:
    page = open_page(report)
    tickets, method = page.locator("#tickets .full"), page.locator("#method-and-data .full")
    expect(tickets).to_be_hidden()
    page.locator("#tickets > summary").click()
    expect(tickets).to_be_visible()
    expect(method).to_be_hidden()
    expect(page).to_have_url(re.compile("#tickets$"))
    page.locator("#method-and-data > summary").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#tickets&method-and-data$"))
    page.locator("#tickets > summary").click()
    expect(page).to_have_url(re.compile("#method-and-data$"))
    page.reload()
    expect(method).to_be_visible()
    expect(tickets).to_be_hidden()
    page.get_by_role("button", name="Open all").click()
    expect(page.locator(".sec:not([open])")).to_have_count(0)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator(".sec[open]")).to_have_count(0)


def test_a_link_into_a_section_opens_it_there(report: Path, open_page: Open) -> None:
    page = open_page(report, anchor="#by_area")
    expect(page.locator("#tickets")).to_have_attribute("open", "")
    expect(page.locator("#by_area")).to_be_in_viewport()


def test_nothing_moves_while_the_page_loads(report: Path, open_page: Open) -> None:
    """The sum of layout shifts, as browsers measure it, from the first paint on."""
    for width in (375, 1280):
        page = open_page(report, width=width)
        page.wait_for_function(
            """() => new Promise(told => new PerformanceObserver(() => told(true))
               .observe({type: 'paint', buffered: true}))"""
        )
        moved = page.evaluate(
            """() => new Promise(told => { new PerformanceObserver(list => told(list.getEntries()
               .reduce((sum, each) => sum + each.value, 0))).observe({type: 'layout-shift', buffered: true});
               requestAnimationFrame(() => requestAnimationFrame(() => told(0))); })"""
        )
        assert moved <= 0.02


def test_levers_move_by_keyboard(report: Path, open_page: Open) -> None:
    page = open_page(report, anchor="#what-if")
    slider = page.get_by_role("slider", name="Detractors won back")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#what-if table")).to_contain_text("55.0")


def test_without_scripts_every_section_is_open_and_the_measured_table_stands(
    report: Path, open_page: Open
) -> None:
    page = open_page(report, scripts=False)
    for section in page.locator(".sec > .full").all():
        expect(section).to_be_visible()
    expect(page.get_by_role("button", name="Open all")).to_have_count(0)
    expect(page.locator("#what-if table")).to_contain_text("31.0")
    expect(page.get_by_role("slider")).to_have_count(0)


def test_code_is_folded_under_its_section(report: Path, open_page: Open) -> None:
    page = open_page(report, anchor="#tickets")
    code = page.locator("#tickets .code pre")
    expect(code).to_be_hidden()
    page.locator("#tickets .code summary").click()
    expect(code).to_be_visible()
    expect(code).to_contain_text("tables.by_area(tickets)")


def test_prints_on_few_pages_without_controls(report: Path, open_page: Open, tmp_path: Path) -> None:
    page = open_page(report)
    expect(page.locator("#tickets .full")).to_be_hidden()
    page.emulate_media(media="print")
    for section in page.locator(".sec > .full").all():
        expect(section).to_be_visible()
    expect(page.locator("#all")).to_be_hidden()
    expect(page.locator(".code").first).to_be_hidden()
    printed = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert 2 <= printed.count(b"/Type /Page\n") <= 5


def test_skip_link_leads_to_the_text(report: Path, open_page: Open) -> None:
    page = open_page(report)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


def test_out_of_date_page_says_since_when_why_and_who(troubled: Path, open_page: Open) -> None:
    page = open_page(troubled)
    banner = page.locator(".banner")
    expect(banner).to_contain_text("Out of date since 6 Oct 2026")
    expect(banner).to_contain_text("responses has no rows after 12 Sep")
    expect(banner).to_contain_text("product-ops")
    expect(page.locator(".status")).to_contain_text("Stale")
    expect(page.locator(".status")).to_contain_text("Incomplete")


def test_a_number_tells_where_it_comes_from_and_can_be_sent_on(
    editions: Editions, open_page: Open, violations: Callable[[Page], list[str]]
) -> None:
    placed = pages.publish(editions.add(ask=ASK), editions.layout).site
    assert placed is not None
    page = open_page(placed)
    note, number = page.locator("#why"), page.locator("#changed a.why").first
    expect(note).to_be_hidden()
    number.focus()
    page.keyboard.press("Enter")
    expect(note).to_be_visible()
    expect(note.locator("h2")).to_have_text("Response rate: 24.6% (23.8 to 25.4)")
    expect(note).to_contain_text("Answers of 4 or 5, of all answers.")
    expect(note).to_contain_text("Score interval of a share (Wilson 1927).")
    expect(note).to_contain_text("Responses: 10 of 10 rows; up to 30 Sep 2026.")
    expect(note).to_contain_text("n = 11,420.")
    assert violations(page) == []
    asked = parse_qs(
        urlsplit(note.get_by_role("link", name="Ask about it").get_attribute("href") or "").query
    )
    assert asked["subject"] == ["Customer feedback, 2026 Q3, APAC"]
    assert asked["body"][0].startswith("response_rate file:///")
    assert asked["body"][0].endswith("/index.html#why:response_rate")
    page.keyboard.press("Escape")
    expect(note).to_be_hidden()
    expect(number).to_be_focused()
    plain = page.get_by_role("link", name="Ask a question").get_attribute("href")
    assert (
        plain
        == "mailto:ops@example.org?subject=Customer%20feedback%2C%202026%20Q3%2C%20APAC&body=this%20page "
    )
    linked = open_page(placed, anchor="#why:slow_exports", width=375)
    expect(linked.locator("#why h2")).to_contain_text("Slow exports")
    box = linked.locator("#why").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 375


def test_without_scripts_a_number_leads_to_its_place_in_the_provenance(report: Path, open_page: Open) -> None:
    page = open_page(report, scripts=False)
    page.locator("#changed a.why").first.click()
    place = page.locator("#from1")
    expect(place).to_be_in_viewport()
    expect(place).to_contain_text("Answers of 4 or 5, of all answers.")
