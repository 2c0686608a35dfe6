"""The what-if panel in a published page: keyboard, link, reset, no script, no network, axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import Locator, Page, expect

from helpers import whatif
from quarterdeck.publish.pages import render

Open = Callable[..., Page]
pytestmark = pytest.mark.browser
OPEN = "#what-if-1&what-if-3"
EVIL = '<img src=x onerror="document.title=1"></script><script>document.title=1</script>'


def score() -> whatif.Model:
    def function(billing: float, small: float) -> tuple[float, ...]:
        weight = 0.3 * small / (0.3 * small + 0.7)
        unhappy = weight * 0.28 * (1 - billing) + (1 - weight) * 0.21 * (1 - billing / 2)
        return 100 * (0.46 - unhappy), unhappy, 1_234_567 * (1 - unhappy)

    return whatif.Model(
        title="NPS, APAC",
        function=function,
        sliders=(
            whatif.Slider("billing", "Detractors who mention billing (96), won back", 0, 1, 0, 0.05),
            whatif.Slider("small", "Small businesses, against today", 0.5, 2, 1, 0.1, "ratio"),
        ),
        outputs=(
            whatif.Output("NPS", "points", 1, interval=(20.5, 26.3)),
            whatif.Output("Detractors", "share"),
            whatif.Output("Revenue", "currency:USD"),
        ),
        note="Arithmetic, not a forecast.",
    )


def reach() -> whatif.Model:
    def function(activation: float) -> tuple[float, ...]:
        return 7 * 120 / (activation - 0.2), whatif.sqrt(activation - 0.2)

    return whatif.Model(
        title=EVIL,
        function=function,
        sliders=(whatif.Slider("activation", EVIL, 0, 1, 0.5, 0.1),),
        outputs=(whatif.Output("Target reached", "date:2026-09-30"), whatif.Output(EVIL, "share")),
        note=EVIL,
    )


@pytest.fixture
def page_file(editions: Any) -> Path:
    """A published page with two panels."""
    cells = [new_markdown_cell("# Customer feedback\n\nWhat do they say?\n\nFor product managers.")]
    for model in (score(), reach()):
        cells.append(new_markdown_cell(f"## What if {len(cells)}"))
        data, _ = whatif.WhatIf(model)._repr_mimebundle_()
        output = new_output("execute_result", data=data, execution_count=1)
        cells.append(new_code_cell("whatif.WhatIf(model)", outputs=[output]))
    folder = editions.add(book=new_notebook(cells=cells))
    file: Path = folder / "report.html"
    file.write_text(render(folder, editions.layout), encoding="utf-8")
    return file


def panels(page: Page) -> tuple[Locator, Locator]:
    found = page.locator(".whatif")
    expect(found).to_have_count(2)
    return found.nth(0), found.nth(1)


def rows(panel: Locator) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in panel.locator("tbody tr").all()]


def expected(model: whatif.Model, **values: float) -> list[list[str]]:
    return [[was.text, now.text, now.change] for was, now in zip(model.at(), model.at(**values), strict=True)]


def test_a_slider_moves_by_keyboard_and_the_numbers_are_pythons(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    first, second = panels(page)
    assert rows(first) == expected(score())
    slider = first.get_by_label("Detractors who mention billing (96), won back")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert rows(first) == expected(score(), billing=0.15)
    assert slider.get_attribute("aria-valuetext") == "15%"
    page.keyboard.press("End")
    assert rows(first) == expected(score(), billing=1)
    page.keyboard.press("Tab")
    page.keyboard.press("Home")
    assert rows(first) == expected(score(), billing=1, small=0.5)
    assert rows(second) == expected(reach())


def test_a_movement_is_announced_once_it_has_settled(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    first, _ = panels(page)
    status = first.get_by_role("status")
    expect(status).to_have_text("")
    first.get_by_role("slider").first.press("End")
    nps = score().at(billing=1)[0]
    expect(status).to_contain_text(f"NPS {nps.text} {nps.change};")


def test_reset_brings_the_measured_values_back(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    first, _ = panels(page)
    first.get_by_role("slider").first.press("End")
    assert rows(first) != expected(score())
    first.get_by_role("button", name="Reset").press("Enter")
    assert rows(first) == expected(score())
    expect(first).to_have_class(re.compile("as-measured"))
    expect(page).not_to_have_url(re.compile("billing"))


def test_the_link_keeps_the_scenario_of_every_panel(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    first, second = panels(page)
    first.get_by_role("slider").first.press("ArrowRight")
    second.get_by_role("slider").press("ArrowRight")
    expect(page).to_have_url(re.compile(r"#whatif:billing=0\.05&2\.activation=0\.6$"))
    other = open_page(page_file, anchor=page.url[page.url.index("#") :])
    assert rows(panels(other)[0]) == expected(score(), billing=0.05)
    assert rows(panels(other)[1]) == expected(reach(), activation=0.6)


def test_a_link_opened_in_the_same_page_moves_the_sliders(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    page.evaluate("location.hash = '#whatif:small=2&2.activation=0.9'")
    first, second = panels(page)
    expect(first.locator("td.now").first).to_have_text(score().at(small=2)[0].text)
    assert rows(second) == expected(reach(), activation=0.9)


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    ("link", "values"),
    [
        ("billing=0.3", {"billing": 0.3}),
        ("billing=7&small=-4", {"billing": 1, "small": 0.5}),
        ("billing=0.31", {"billing": 0.3}),
        ("billing=&small=lots", {}),
        ("billing=NaN&small=Infinity", {}),
        ("exprots=1&%3Cb%3E=1&billing", {}),
        ("__proto__=1&constructor=2", {}),
    ],
)
def test_a_link_is_held_to_the_sliders(
    open_page: Open, page_file: Path, link: str, values: dict[str, float]
) -> None:
    page = open_page(page_file, anchor=f"#whatif:{link}")
    assert rows(panels(page)[0]) == expected(score(), **values)


def test_what_is_not_defined_says_so(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor="#whatif:2.activation=0.2")
    _, second = panels(page)
    assert rows(second)[0] == [reach().at()[0].text, "not defined", ""]
    second.get_by_role("slider").press("Home")
    assert rows(second)[1][1:] == ["not defined", ""]


def test_texts_are_never_markup(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor=OPEN)
    _, second = panels(page)
    assert second.locator("img, script").count() == 0
    assert second.get_by_role("slider").evaluate("slider => slider.labels[0].firstChild.textContent") == EVIL
    expect(page).not_to_have_title("1")


def test_without_scripting_the_measured_table_stands(open_page: Open, page_file: Path) -> None:
    first, _ = panels(open_page(page_file, scripts=False))
    assert rows(first) == [[result.text] for result in score().at()]
    assert first.locator("input").count() == 0


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(
    *,
    open_page: Open,
    violations: Callable[[Page], list[str]],
    overflow: Callable[[Page], int],
    page_file: Path,
    width: int,
    dark: bool,
) -> None:
    page = open_page(page_file, width=width, dark=dark, anchor="#whatif:billing=0.4&2.activation=0.1")
    assert violations(page) == []
    assert overflow(page) == 0
    for panel in panels(page):
        assert panel.evaluate("x => x.scrollWidth <= x.clientWidth")


def test_forced_colours_leave_a_native_slider_and_visible_marks(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor="#whatif:billing=0.4", forced_colors="active")
    first, _ = panels(page)
    assert first.get_by_role("slider").first.evaluate("x => getComputedStyle(x).appearance") == "auto"
    fill = first.locator("svg circle.d").evaluate("x => getComputedStyle(x).fill")
    assert fill != page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_on_paper_levers_show_only_when_moved(open_page: Open, page_file: Path) -> None:
    page = open_page(page_file, anchor="#whatif:billing=0.4")
    page.emulate_media(media="print")
    first, second = panels(page)
    expect(first.locator("fieldset")).to_be_visible()
    expect(first.get_by_role("button")).to_be_hidden()
    expect(second.locator("fieldset")).to_be_hidden()
    expect(second.locator("td.now").first).to_be_hidden()
