"""The page in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Page, expect

from quarterdeck.publish import pages

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import Editions

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
    for fold in page.locator("details").all():
        fold.evaluate("fold => { fold.open = true; }")
    assert violations(page) == []


@pytest.mark.parametrize("width", [320, 375, 700, 1280])
def test_page_needs_no_sideways_scroll(
    width: int, report: Path, open_page: Open, overflow: Callable[[Page], int]
) -> None:
    assert overflow(open_page(report, width=width)) <= 0


def test_contents_lead_to_their_sections_and_follow_the_reader(report: Path, open_page: Open) -> None:
    page = open_page(report)
    link = page.locator(".toc a", has_text="Method and data")
    link.click()
    expect(page.locator("#method-and-data")).to_be_in_viewport()
    assert page.url.endswith("#method-and-data")
    page.evaluate("document.getElementById('tickets').scrollIntoView()")
    expect(page.locator(".toc a", has_text="Tickets")).to_have_attribute("aria-current", "true")


def test_contents_are_folded_on_a_phone(report: Path, open_page: Open) -> None:
    page = open_page(report, width=375)
    expect(page.locator(".toc a").first).to_be_hidden()
    page.locator(".toc summary").click()
    expect(page.locator(".toc a").first).to_be_visible()


def test_a_link_to_a_section_opens_there(report: Path, open_page: Open) -> None:
    page = open_page(report, anchor="#tickets")
    expect(page.locator("#tickets h2")).to_be_in_viewport()


def test_levers_move_by_keyboard(report: Path, open_page: Open) -> None:
    page = open_page(report)
    slider = page.get_by_role("slider", name="Detractors won back")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator("#what-if table")).to_contain_text("55.0")


def test_without_scripts_the_measured_table_stands(report: Path, open_page: Open) -> None:
    page = open_page(report, scripts=False)
    expect(page.locator("#what-if table")).to_contain_text("31.0")
    expect(page.get_by_role("slider")).to_have_count(0)


def test_code_is_folded_under_its_section(report: Path, open_page: Open) -> None:
    page = open_page(report)
    code = page.locator("#tickets .code pre")
    expect(code).to_be_hidden()
    page.locator("#tickets .code summary").click()
    expect(code).to_be_visible()
    expect(code).to_contain_text("tables.by_area(tickets)")


def test_prints_on_few_pages_without_controls(report: Path, open_page: Open, tmp_path: Path) -> None:
    page = open_page(report)
    page.emulate_media(media="print")
    expect(page.locator(".toc")).to_be_hidden()
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
