"""Data are data: payloads in every place where data reach page and catalogue, in a real browser.

None may run, none may become an element, and all must be readable as the text they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from playwright.sync_api import Page

from helpers import actions, charts, findings, stats, tables, whatif
from helpers.records import ActionTaken, Check, Gap, TableAccount
from helpers.stats import Comparison, Group, Point, Series
from quarterdeck.publish import catalog, pages

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import Editions

pytestmark = pytest.mark.browser

PAYLOADS: list[str] = json.loads(Path(__file__).with_name("payloads.json").read_text("utf-8"))
ALL = " ¶ ".join(PAYLOADS)
ACTIVE = """() => [...document.querySelectorAll("*")].flatMap(each => [
    ...[...each.attributes].filter(one => /^on/i.test(one.name)).map(one => one.name),
    ...(/^(iframe|object|embed|base|link|form|image|video|audio|marquee|xmp|plaintext|animate|set|use)$/i
        .test(each.localName) && !each.matches(".filter") ? [each.localName] : []),
    ...["href", "src", "xlink:href", "action", "srcdoc"].map(name => each.getAttribute(name) ?? "")
        .filter(value => /^\\s*(javascript|data:text|vbscript)/i.test(value) && !each.matches("a[download]")),
    ...(each.localName === "meta" && /refresh/i.test(each.httpEquiv) ? ["refresh"] : []),
])"""


def same(text: str) -> str:
    """Text as a browser may show it: white space and characters that are never shown aside."""
    return "".join(letter for letter in text if not letter.isspace())


def assert_harmless(page: Page, *expected: str) -> None:
    assert page.evaluate("window.hit") is None
    assert page.evaluate(ACTIVE) == []
    text = same(page.evaluate("document.documentElement.textContent"))
    missing = [payload for payload in expected if same(payload) not in text]
    assert missing == []


def test_corpus_is_large_enough() -> None:
    assert len(set(PAYLOADS)) >= 60


def test_record_fields_stay_text(editions: Editions, open_page: Open) -> None:
    worded = [
        finding.model_copy(
            update={
                "key": f"payload@n={n}",
                "label": payload,
                "period": payload,
                "headline": True,
                "text": finding.text.model_copy(
                    update={"value": payload, "interval": payload, "sentence": payload, "change": payload}
                ),
            }
        )
        for n, payload in enumerate(PAYLOADS)
        for finding in editions.scores[n % 7 : n % 7 + 1]
    ]
    fields: dict[str, Any] = {
        "title": ALL,
        "question": ALL,
        "owner": ALL,
        "project": ALL,
        "audience": tuple(PAYLOADS),
        "parameters": {"region": ALL, "period": ALL},
        "findings": tuple(worded),
        "tables": (TableAccount(name=ALL, read=1, kept=1, latest=ALL),),
        "checks": tuple(
            Check(key=f"c{n}", passed=bool(n % 2), text=payload) for n, payload in enumerate(PAYLOADS)
        ),
        "gaps": tuple(Gap(section=payload, kind="failed", reason=payload) for payload in PAYLOADS),
        "fingerprints": dict.fromkeys(PAYLOADS, ALL),
        "digest": ALL,
        "command": ALL,
        "status": "incomplete",
    }
    pages.publish(editions.add(**fields), editions.layout)
    placed = pages.publish(
        editions.add(**{**fields, "status": "failed", "executed": False, "reason": ALL}), editions.layout
    ).site
    assert placed is not None
    assert_harmless(open_page(placed), *PAYLOADS)


def test_cells_stay_text(editions: Editions, open_page: Open) -> None:
    cells = [
        cell
        for payload in PAYLOADS
        for cell in (
            new_markdown_cell(f"## {payload.splitlines()[0]}"),
            new_code_cell(
                f"'''{payload}'''",
                outputs=[
                    new_output("stream", name="stdout", text=payload),
                    new_output("execute_result", data={"text/plain": payload}, execution_count=1),
                    new_output("display_data", data={"text/html": f"<i>{payload}", "text/plain": payload})
                    if "<meta" in payload
                    else new_output("display_data", data={"text/plain": f"{payload}!"}),
                ],
            ),
        )
    ]
    placed = pages.publish(editions.add(book=editions.book(*cells)), editions.layout).site
    assert placed is not None
    assert_harmless(open_page(placed), *PAYLOADS)


def test_actions_and_titles_of_sections_stay_text(editions: Editions, open_page: Open) -> None:
    taken = tuple(
        ActionTaken(
            title=payload,
            status="planned",
            heard=payload,
            done=payload,
            owner=payload,
            finding="a",
            today=payload,
        )
        for payload in PAYLOADS
    )
    noted = actions.TakenActions("actions", "noted", (), (), taken=taken)
    cells = [
        new_markdown_cell("## Actions"),
        new_code_cell("x", outputs=[new_output("display_data", data=noted._repr_mimebundle_())]),
    ]
    for n, payload in enumerate(PAYLOADS):
        figure = tables.table(f"t{n}", payload, [tables.Column("x")], [("y",)])._repr_mimebundle_()
        cells.append(new_markdown_cell(f"## Section {n}"))
        cells.append(new_code_cell("x", outputs=[new_output("display_data", data=figure)]))
    placed = pages.publish(editions.add(book=editions.book(*cells)), editions.layout).site
    assert placed is not None
    page = open_page(placed, anchor="#<img src=x onerror=window.hit=1>&section-3&\"'>")
    assert_harmless(page, *PAYLOADS)


def test_markdown_keeps_its_letters_and_no_more(editions: Editions, open_page: Open) -> None:
    cells = [new_markdown_cell(payload) for payload in PAYLOADS]
    placed = pages.publish(
        editions.add(book=editions.book(new_markdown_cell("## Payloads"), *cells)), editions.layout
    ).site
    assert placed is not None
    assert_harmless(open_page(placed), "<script>window.hit=1</script>", "<svg onload=window.hit=1>")


def test_charts_tables_and_panels_stay_text(editions: Editions, open_page: Open) -> None:
    shown: list[Any] = []
    for start in range(0, len(PAYLOADS), 21):
        part = PAYLOADS[start : start + 21]
        rows = tuple(
            Comparison(payload, stats.proportion(30 + n, 100, level=0.95), focus=n == 0)
            for n, payload in enumerate(part)
        )
        words: dict[str, Any] = {"title": part[0], "subtitle": part[-1], "unit": "share", "note": part[1]}
        shown.append(charts.dots([Group(part[0], rows)], name=f"dots_{start}", **words))
        shown.append(
            tables.table(
                f"table_{start}",
                part[0],
                [tables.Column(part[1]), tables.Column(part[2])],
                [(payload, payload) for payload in part],
                subtitle=part[-1],
            )
        )
        points = tuple(
            Point(payload, stats.proportion(30 + n, 100, level=0.95)) for n, payload in enumerate(part)
        )
        shown.append(charts.trend(Series(part[3], points), name=f"trend_{start}", **words))
        shown.append(
            whatif.WhatIf(
                whatif.Model(
                    title=part[0],
                    function=lambda a: (a,),
                    sliders=(whatif.Slider("a", part[1], 0, 1, 0, 0.5),),
                    outputs=(whatif.Output(part[-1], "share"),),
                    note=part[2],
                )
            )
        )
    bundles = [each._repr_mimebundle_() for each in shown]
    cells = [
        new_code_cell(
            "x", outputs=[new_output("display_data", data=bundle[0] if isinstance(bundle, tuple) else bundle)]
        )
        for bundle in bundles
    ]
    book = editions.book(new_markdown_cell("## Payloads"), *cells)
    placed = pages.publish(editions.add(book=book), editions.layout).site
    assert placed is not None
    page = open_page(placed, anchor="#payloads")
    page.get_by_role("slider").first.focus()
    page.keyboard.press("End")
    assert_harmless(page, *PAYLOADS)


def test_catalogue_shows_payloads_as_text(editions: Editions, open_page: Open) -> None:
    for n, payload in enumerate(PAYLOADS):
        finding = editions.scores[0]
        text = finding.text.model_copy(
            update={"value": payload, "interval": payload, "change": payload, "sentence": payload}
        )
        verdict = findings.concluded(
            findings.Measure("verdict", "Verdict", "text"), payload, payload, payload
        )
        change = finding.change and finding.change.model_copy(update={"verdict": "worse", "beside": payload})
        editions.add(
            f"edition{n}",
            findings=(
                finding.model_copy(
                    update={"label": payload, "text": text, "period": payload, "change": change}
                ),
                verdict,
            ),
            checks=(Check(key="c", passed=False, text=payload),),
            owner=payload,
            title=payload,
            parameters={"region": payload, "period": payload},
            question=payload,
            project=payload,
            reason=payload,
            report=f"report_{n}",
        )
    list(pages.publish_all(editions.layout))
    page = open_page(catalog.build(editions.layout))
    while page.locator("#more").is_visible():
        page.locator("#more").click()
    page.evaluate("document.querySelectorAll('.eds button').forEach(each => each.click())")
    page.evaluate("document.getElementById('data').remove()")
    assert_harmless(page, *PAYLOADS)
