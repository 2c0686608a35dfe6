"""From run folders to pages: what stands on them, what does not, and which of them is the edition's."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from tests.conftest import shown

from helpers import actions, findings, stats
from helpers.periods import Period
from helpers.records import ActionTaken, Check, Gap
from quarterdeck.publish import markdown, pages
from quarterdeck.publish.cells import WIDGETS
from quarterdeck.publish.shown_outputs import WIDGET

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Editions


class _Text(HTMLParser):
    """What a reader sees, without markup; and every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.parts.append(data)


def parsed(page: str) -> _Text:
    reader = _Text()
    reader.feed(page)
    return reader


def seen(page: str) -> str:
    return re.sub(r"\s+", " ", "".join(parsed(page).parts))


@pytest.fixture
def page(editions: Editions) -> str:
    return pages.render(editions.add(), editions.layout)


def test_reading_order(page: str) -> None:
    text = seen(page)
    order = [
        "Customer feedback, 2026 Q3, APAC",
        "Published",
        "1 Jul – 30 Sep 2026",
        "In short",
        "CSAT shows no clear change: 84.1%, after 83.7% in 2026 Q2.",
        "The change lies between",
        "What changed since 2026 Q2",
        "For Customer effort there is no number",
        "The evidence",
        "Tickets that customers opened",
        "Arithmetic on the answers",
        "Shares have Wilson intervals",
        "Data account",
        "Provenance",
        "quarterdeck run quarterly_feedback",
    ]
    found = [text.rindex(part) for part in order]
    assert found == sorted(found)


def test_same_inputs_give_the_same_bytes_whatever_run_made_them(editions: Editions) -> None:
    first = pages.render(editions.add(), editions.layout)
    second = pages.render(editions.add(attempt=2, as_of="2026-11-01", peak_memory=1), editions.layout)
    assert first == second


def test_scope_comparison_level_owner_audience_and_next_edition_are_told(page: str) -> None:
    text = seen(page)
    for part in (
        "now, with its 95% interval2026 Q2",
        "Owner: product-ops",
        "Forproduct managers, support leads",
    ):
        assert part in text
    assert "Region: APAC" not in text, "the title says so"
    assert "Data up to 30 Sep 2026" in text
    assert "Next edition due 5 Jan 2027" in text


def test_a_report_may_leave_its_code_out(editions: Editions) -> None:
    folded = 'aria-label="Code: '
    assert folded in pages.render(editions.add(), editions.layout)
    assert folded not in pages.render(editions.add(attempt=2, code=False), editions.layout)


def test_the_scope_that_no_title_tells_stands_below_it(editions: Editions) -> None:
    assert "Region: APAC" in seen(pages.render(editions.add(title="Customer feedback"), editions.layout))


def test_clear_changes_stand_before_unclear_ones(page: str) -> None:
    """Then headlines, clear or not; the rest is folded."""
    shown, folded = page[page.index('id="changed"') :].split("<details>", 1)
    words = [re.findall(r'<bdi><small(?: class="(better|worse)")?>[a-z]', part) for part in (shown, folded)]
    assert words == [["worse", "better", "worse", ""], ["", "", ""]]


def test_a_long_list_of_changes_is_cut(editions: Editions) -> None:
    unclear = editions.scores[4]
    many = tuple(unclear.model_copy(update={"key": f"theme@name={n}"}) for n in range(20))
    page = pages.render(editions.add(findings=many), editions.layout)
    assert "20 further comparisons, none clear" in seen(page)


def test_a_target_is_one_line_below_its_number_and_no_column(editions: Editions) -> None:
    measure = findings.Measure("nps", "NPS", "points", "higher", target=findings.Target(35, "2026 Q4"))
    now, then = (450, 340, 210), (400, 350, 250)
    row = compared_net_promoters(now, then)
    rows = findings.ComparedRows.of("nps", [row], findings.Reference("previous", "2026 Q2"))
    nps = findings.compared(measure, rows.with_target(measure.target), Period(2026, 3), headline=True)
    page = pages.render(editions.add(findings=(nps, *editions.scores)), editions.layout)
    table = page[page.index('id="changed"') :].partition("</table>")[0]
    assert table.count('class="aim"') == 1
    assert "Target by 2026 Q435below target −11 pts (−16 to −6)" in seen(table).replace("\u00a0", " ")
    assert "What changed since 2026 Q2" in seen(page)


def compared_net_promoters(now: tuple[int, int, int], then: tuple[int, int, int]) -> stats.Comparison:
    numbers = stats.net_promoter_score(*now), stats.net_promoter_score(*then)
    return stats.Comparison("All", *numbers, stats.net_promoter_difference(now, then))


def test_a_withheld_number_says_why(page: str) -> None:
    assert "For Customer effort there is no number: 46 answers; 100 are needed." in seen(page)


def test_a_conclusion_is_told_once_and_has_no_card(editions: Editions) -> None:
    verdict = findings.concluded(
        findings.Measure("verdict", "Verdict", "text"), "Ship", "Ship it.", "2026 Q3"
    )
    page = pages.render(editions.add(findings=(verdict, *editions.scores)), editions.layout)
    assert seen(page).count("Ship it.") == 1
    assert "<h3>Verdict</h3>" not in page


def test_a_headline_number_for_which_there_is_no_room_in_short_has_a_card(editions: Editions) -> None:
    held = editions.scores[-1]
    numbers = [held.model_copy(update={"key": f"users_{n}", "label": f"Users {n}"}) for n in range(6)]
    page = pages.render(editions.add(findings=numbers), editions.layout)
    assert re.findall(r"<li><h3>(Users \d)</h3>", page) == ["Users 4", "Users 5"]
    assert page[page.index('id="short"') :].split("</section>", 1)[0].count("<p") == 4


def with_action(editions: Editions, **fields: str) -> str:
    action = ActionTaken.model_validate(
        {
            "title": "Exports time out",
            "status": "planned",
            "heard": "Exports never finish.",
            "done": "A queue for large exports, in 2026 Q4.",
            "owner": "data platform",
            "finding": "slow_exports",
            "today": "Slow exports fell.",
            **fields,
        }
    )
    noted = actions.TakenActions("actions", "1 action noted", (), (), taken=(action,))
    cell = new_code_cell("actions.taken()", outputs=[shown(noted)])
    book = editions.book(new_markdown_cell("## What we do about it"), cell)
    return pages.render(editions.add(book=book), editions.layout)


def test_what_is_done_stands_after_what_changed_and_ends_what_is_said_in_short(editions: Editions) -> None:
    page = with_action(editions)
    text = seen(page)
    order = ["In short", "Next: A queue for large exports, in 2026 Q4 (data platform)", "What changed since"]
    order += ["What we do about it", "Exports never finish.", "The evidence"]
    assert sorted(map(text.index, order)) == list(map(text.index, order))
    assert text.count("What we do about it") == 1, "its section is not said twice"
    assert page[page.index('id="short"') :].split("</section>", 1)[0].count("<p") == 4


def test_of_what_nobody_does_anything_about_the_page_says_so(editions: Editions) -> None:
    text = seen(with_action(editions, status="watching", done=""))
    assert "Next: Exports time out; nothing is done about it yet (data platform)" in text
    assert "Next:" not in seen(with_action(editions, status="done"))


def test_in_short_says_first_how_sure_the_first_headline_is(editions: Editions) -> None:
    first, *others = editions.scores
    told = first.text.model_copy(update={"sentence": "CSAT rose.", "certainty": "Surely."})
    page = pages.render(
        editions.add(findings=(first.model_copy(update={"text": told}), *others)), editions.layout
    )
    short = page[page.index('id="short"') :].split("</section>", 1)[0]
    assert re.findall(r"<p[^>]*>(.*?)[ .]", short)[:2] == ["CSAT", "Surely"]


def test_four_sentences_where_findings_allow(editions: Editions) -> None:
    none_leads = tuple(finding.model_copy(update={"headline": False}) for finding in editions.scores)
    page = pages.render(editions.add(findings=none_leads), editions.layout)
    short = page[page.index('id="short"') : page.index('id="changed"')]
    assert short.count("<p") == 4
    assert "CSAT" in short[: short.index("</p>")]


def test_a_run_without_findings_is_still_a_page(editions: Editions) -> None:
    page = pages.render(editions.add(findings=(), tables=(), checks=(), next_due=None), editions.layout)
    assert "In short" not in seen(page)
    assert "Tickets" in seen(page)


def test_records_setup_internal_cells_and_machine_places_are_not_shown(page: str) -> None:
    text = seen(page)
    for hidden in ("seen", "ipykernel", "secret = 1", "from helpers import"):
        assert hidden not in text


def test_a_failed_section_keeps_its_place_and_says_why(
    editions: Editions, incomplete: dict[str, Any]
) -> None:
    text = seen(pages.render(editions.add(**incomplete), editions.layout))
    assert "Incomplete: 1 of 3 sections missing" in text
    assert "section is missing Cell 14 stopped: opened_at holds text that is no date." in text.replace(
        "  ", " "
    ) or ("Cell 14 stopped: opened_at holds text that is no date." in text)
    assert text.index("Cell 14 stopped") < text.index("Arithmetic on the answers")
    assert "Nothing is said about Tickets" in text


def test_an_absent_section_is_a_quiet_line(editions: Editions) -> None:
    gap = Gap(section="Tickets", kind="absent", reason="The table tickets is not supplied.")
    page = pages.render(editions.add(gaps=(gap,)), editions.layout)
    assert '<p class="note">The table tickets is not supplied.</p>' in page
    assert "Incomplete" not in seen(page)


def test_a_gap_of_a_section_that_never_came_still_shows(editions: Editions) -> None:
    gap = Gap(section="Mentions", kind="failed", reason="Cell 30 stopped")
    assert "Cell 30 stopped." in seen(pages.render(editions.add(gaps=(gap,)), editions.layout))


def test_failed_checks_stand_at_the_top_and_passed_ones_at_the_end(editions: Editions) -> None:
    failed = Check(key="sample_ratio", passed=False, severity="stop", text="The split is 52 to 48.")
    passed = Check(key="fresh", passed=True, text="The data are fresh.")
    text = seen(pages.render(editions.add(checks=(failed, passed)), editions.layout))
    assert text.index("The split is 52 to 48.") < text.index("In short")
    assert text.index("The data are fresh.") > text.index("Provenance")


def test_only_the_hashed_scripts_can_run(page: str) -> None:
    policy = next(tag[1]["content"] for tag in parsed(page).tags if "http-equiv" in tag[1]) or ""
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts]
    assert len(scripts) == 2
    assert [part[1:-1] for part in re.findall(r"'sha256-[^']+'", policy)] == [f"sha256-{d}" for d in digests]
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")


def test_the_what_if_script_comes_only_where_there_is_a_panel(editions: Editions) -> None:
    plain = new_notebook(cells=[new_markdown_cell("## Nothing to move")])
    page = pages.render(editions.add(book=plain), editions.layout)
    assert page.count("<script>") == 1
    assert "quarterdeckWhatIf" not in page


def test_nothing_comes_from_outside(page: str) -> None:
    for tag, attributes in parsed(page).tags:
        for name in ("src", "srcset", "poster", "action"):
            assert (attributes.get(name) or "data:").startswith("data:"), tag
        assert tag not in ("link", "iframe", "object", "embed", "base")
    assert not re.findall(r"url\(\s*['\"]?(?!data:)", page)


def test_ids_are_unique_and_every_anchor_leads_somewhere(editions: Editions) -> None:
    book = editions.book(
        new_markdown_cell("## Tickets"), new_markdown_cell("## Changed"), new_markdown_cell("## 例")
    )
    tags = parsed(pages.render(editions.add(book=book), editions.layout)).tags
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    anchors = {
        (a["href"] or "")[1:] for tag, a in tags if tag == "a" and (a.get("href") or "").startswith("#")
    }
    assert anchors <= set(ids)


def test_streams_images_and_plain_results_are_shown(editions: Editions) -> None:
    pixel = "iVBORw0KGgo="
    book = editions.book(
        new_markdown_cell("## By hand"),
        new_code_cell(
            "plot()",
            outputs=[
                new_output("stream", name="stdout", text="a < b\n"),
                new_output("display_data", data={"image/png": pixel, "text/plain": "<Figure>"}),
                new_output("display_data", data={"image/svg+xml": "<svg><script>1</script></svg>"}),
                new_output("execute_result", data={"text/plain": "42"}, execution_count=1),
                new_output("display_data", data={"text/markdown": "*seven* <b>8</b>"}),
                new_output("display_data", data={"text/latex": "$x<y$"}),
            ],
        ),
    )
    page = pages.render(editions.add(book=book), editions.layout)
    images = [attributes for tag, attributes in parsed(page).tags if tag == "img"]
    assert [image["alt"] for image in images] == ["Figure in By hand"] * 2
    assert images[0]["src"] == f"data:image/png;base64,{pixel}"
    assert "a < b" in seen(page)
    assert "<em>seven</em> &lt;b&gt;8&lt;/b&gt;" in page
    assert "<math" in page


@pytest.mark.parametrize(
    "tag", ["script", "iframe", "meta http-equiv=refresh", "base href=x", "form", "object"]
)
def test_html_that_could_act_is_replaced_by_its_text(editions: Editions, tag: str) -> None:
    html = f"<b>bold</b><{tag}>"
    book = editions.book(
        new_markdown_cell("## By hand"),
        new_code_cell(
            "x", outputs=[new_output("display_data", data={"text/html": html, "text/plain": "as plain text"})]
        ),
    )
    page = pages.render(editions.add(book=book), editions.layout)
    assert "<b>bold</b>" not in page
    assert "as plain text" in seen(page)


def test_stock_widgets_say_that_they_need_a_kernel_and_show_what_was_measured(editions: Editions) -> None:
    book = editions.book(
        new_markdown_cell("## By hand"),
        new_code_cell(
            "interact(f)",
            outputs=[
                new_output("display_data", data={WIDGET: {"model_id": "box"}, "text/plain": "interactive()"})
            ],
        ),
    )
    book.metadata["widgets"] = {
        WIDGETS: {
            "state": {
                "box": {"state": {"children": ["IPY_MODEL_slider", "IPY_MODEL_out"]}},
                "slider": {"state": {"description": "weeks", "value": 4}},
                "out": {"state": {"outputs": [{"output_type": "stream", "text": "power <0.81>"}]}},
            }
        }
    }
    text = seen(pages.render(editions.add(book=book), editions.layout))
    assert "needs a kernel" in text
    assert "weeks4" in text.replace(" ", "")
    assert "power <0.81>" in text


def test_footnotes_are_numbered_by_the_text_and_stand_at_its_end(editions: Editions) -> None:
    book = editions.book(
        new_markdown_cell("## First\n\nOne[^b], two[^a], again[^b], unknown[^c].\n\n[^a]: Alpha <b>."),
        new_markdown_cell("## Second\n\nThree[^a].\n\n[^b]: Beta *and*\n    more.\n[^b]: Not this one."),
    )
    page = pages.render(editions.add(book=book), editions.layout)
    text = seen(page)
    assert "One1, two2, again1, unknown[^c]." in text
    assert "Three2." in text
    assert text.index("Beta and more.") < text.index("Alpha <b>.") < text.rindex("Provenance")
    assert "Not this one" not in text
    assert page.count('id="r1"') == page.count('id="fn1"') == 1


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("[a](javascript:alert(1))", "#harmful-link"),
        (r"$\text{<img src=x onerror=alert(1)>}$", "&lt;img"),
        (r"$\frac{$", r"<code>\frac{</code>"),
        ("![alt](https://elsewhere.example/a.png)", '<a href="https://elsewhere.example/a.png">alt</a>'),
        ("![alt](attachment:none.png)", "alt"),
    ],
)
def test_markdown_is_text_and_asks_nothing_of_others(source: str, expected: str) -> None:
    html = markdown.to_html(source)
    assert expected in html
    assert "<img" not in html


def test_a_draft_stands_beside_the_edition_of_record_says_so_and_leaves_no_past(editions: Editions) -> None:
    of_record = pages.publish(editions.add(), editions.layout).site
    assert of_record is not None
    before = of_record.read_bytes()
    draft = editions.add("2026q3-apac~1a2b3c", draft=True, changed=("confidence",))
    result = pages.publish(draft, editions.layout)
    assert result.published == "draft"
    assert result.site == editions.layout.page("quarterly_feedback", "2026q3-apac~1a2b3c")
    assert "Draft: not the edition of record (confidence 0.95)" in seen(result.site.read_text("utf-8"))
    assert not (result.site.parent / "history").exists()
    assert of_record.read_bytes() == before


def test_a_failed_run_leaves_the_last_good_page_with_a_banner(editions: Editions) -> None:
    good = pages.publish(editions.add(), editions.layout)
    first = pages.publish(editions.add(status="failed", executed=False, reason="no rows"), editions.layout)
    second = pages.publish(
        editions.add(status="interrupted", executed=False, reason="stopped by the operator."), editions.layout
    )
    assert (first.page, first.published) == (None, None)
    assert second.site == good.site
    assert second.site is not None
    assert good.page is not None
    text = seen(second.site.read_text("utf-8"))
    assert "Out of date since 6 Oct 2026" in text
    assert "The run of 7 Oct 2026 was interrupted: stopped by the operator." in text
    assert "Stale" in text
    assert "Out of date" not in good.page.read_text("utf-8")


def test_a_good_run_takes_the_banner_away(editions: Editions) -> None:
    pages.publish(editions.add(), editions.layout)
    pages.publish(editions.add(status="failed", executed=False), editions.layout)
    last = pages.publish(editions.add(), editions.layout)
    assert last.site is not None
    assert "Out of date" not in last.site.read_text("utf-8")


def test_a_run_that_was_held_back_does_not_replace_the_page(editions: Editions) -> None:
    pages.publish(editions.add(question="The first question?"), editions.layout)
    held = pages.publish(editions.add(question="The second question?", published="held"), editions.layout)
    assert held.published == "held"
    assert held.site is not None
    text = seen(held.site.read_text("utf-8"))
    assert "The first question?" in text
    assert "was held back" in text


def test_an_edition_that_never_went_well_has_no_page(editions: Editions) -> None:
    result = pages.publish(editions.add(status="failed", executed=False), editions.layout)
    assert result.site is None
    assert not editions.layout.page("quarterly_feedback", "2026q3-apac").exists()


def test_past_pages_are_kept(editions: Editions) -> None:
    folders = [editions.add(question=f"Question {n}?") for n in range(3)]
    for folder in folders:
        pages.publish(folder, editions.layout)
    for n, folder in enumerate(folders):
        kept = editions.layout.past_page("quarterly_feedback", "2026q3-apac", folder.name)
        assert f"Question {n}?" in kept.read_text("utf-8")


def test_publishing_everything_again_gives_the_same_site(editions: Editions, tmp_path: Path) -> None:
    for edition in ("2026q3-apac", "2026q3-emea"):
        pages.publish(editions.add(edition), editions.layout)
    pages.publish(editions.add("2026q3-emea", status="failed", executed=False), editions.layout)
    before = {path: path.read_bytes() for path in editions.layout.site.rglob("*.html")}
    for path in before:
        path.unlink()
    results = list(pages.publish_all(editions.layout))
    assert len(results) == 2
    assert {path: path.read_bytes() for path in editions.layout.site.rglob("*.html")} == before


def test_a_check_that_warns_is_told_in_how_it_was_published(editions: Editions) -> None:
    warned = Check(key="fresh", passed=False, severity="warn", text="The data are a week old.")
    assert pages.publish(editions.add(checks=(warned,)), editions.layout).published == "warned"
    assert pages.publish(editions.add(), editions.layout).published == "live"
