"""A day in a real JupyterLab: from the start page to an own chart, table and number on a published page.

With QUARTERDECK_PICTURES set to a folder, the pictures of the guide are drawn on the way (`make pictures`).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, FrameLocator, Page, expect
from tests.browser.test_parameter_panel import RUN_TIME, Notebook, draw_every_cell
from tests.lab.conftest import Workbench, started

from helpers import sample

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
REPORT, DRAFT = "quarterly_feedback", "quarterly_feedback/2026q3-emea~draft"
OWN_CELLS = (
    """import seaborn as sns
from helpers import charts, findings
in_scope = scope.rows(responses)
by_segment = in_scope.group_by("segment").agg(answers=in_scope.count(), mean=in_scope.score.mean())
by_segment = by_segment.order_by("segment").execute()
charts.figure(
    sns.barplot(by_segment, x="mean", y="segment"),
    title="Mean score by segment", alt="Bars of the mean score of each segment.", data=by_segment,
)""",
    'tables.frame(by_segment, title="Answers by segment", units={"answers": "count", "mean": "number"})',
    'findings.number("own.segments", len(by_segment), unit="count", label="Segments", headline=True)',
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Workbench]:
    """`quarterdeck lab` in a project in git, whose report has an edition of record."""
    root = tmp_path
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("templates", "docs", "CONTRIBUTING.md", "requirements.lock"):
        (root / name).symlink_to(ROOT / name)
    draw_every_cell(root / "home" / ".jupyter" / "lab" / "user-settings")
    (root / ".gitignore").write_text("outputs\nhome\ndata\n")
    run(root, "git", "init", "-q")
    run(root, "git", "add", "notebooks")
    run(root, "git", "-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-q", "-m", "as shipped")
    sample.write(
        root / "data", as_of=date(2026, 11, 22), tables=["responses", "invitations", "tickets", "mentions"]
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("QUARTERDECK_SAMPLE", str(root / "data"))
        quarterdeck = (sys.executable, "-m", "quarterdeck.cli")
        run(root, *quarterdeck, "run", REPORT, "-p", "region=EMEA", "-p", "period=2026Q3")
        with started(root) as server:
            yield server


def run(root: Path, *command: str) -> str:
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def window(browser: Browser, lab: Workbench) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{lab.address}/?token=secret")
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_TIME)
    yield page
    context.close()
    assert troubles == []


def draw(page: Page, name: str) -> None:
    """A picture for the guide, in the few colours that it has."""
    if folder := os.environ.get("QUARTERDECK_PICTURES"):
        picture = (
            Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        )
        picture.save(Path(folder) / f"lab-{name}-light.png", optimize=True)


def opened_from_start(window: Page) -> Notebook:
    """The report that the start page links."""
    start = window.locator(".jp-RenderedMarkdown")
    expect(start.get_by_text("What do customers tell us, what changed").first).to_be_visible()
    draw(window, "start")
    start.get_by_role("link", name="Quarterly feedback", exact=True).click()
    tab = window.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    tab.get_by_role("heading", name="Customer feedback").first.wait_for(timeout=RUN_TIME)
    window.wait_for_selector("text=| Idle", timeout=RUN_TIME)
    notebook = Notebook(window)
    notebook.cells = tab.locator(".jp-Cell")
    return notebook


def add_below(notebook: Notebook, cell_text: str, source: str) -> None:
    """A new cell below the one that holds a text, typed and run."""
    cell = notebook.cells.filter(has_text=cell_text).first
    cell.scroll_into_view_if_needed()
    there = notebook.cells.count()
    cell.locator(".jp-InputPrompt").click()
    notebook.page.keyboard.press("b")
    expect(notebook.cells).to_have_count(there + 1)
    notebook.page.keyboard.press("Enter")
    editor = notebook.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-mod-active .cm-content")
    expect(editor).to_be_focused()
    notebook.page.keyboard.insert_text(source)
    expect(editor).to_contain_text(source.splitlines()[-1])
    with notebook.running():
        notebook.page.keyboard.press("Control+Enter")


def with_own_cells(window: Page, notebook: Notebook) -> None:
    """A chart, a table and a number of one's own, looked at as the page will have them, and saved."""
    above = "feedback.response_by_segment"
    for source in OWN_CELLS:
        add_below(notebook, above, source)
        above = source.splitlines()[-2 if "charts" in source else 0]
    add_below(notebook, OWN_CELLS[-1], "explore.page()")
    expect(window.locator(".qd-preview .short")).to_contain_text("NPS in EMEA")
    expect(window.locator(".qd-preview")).to_contain_text("Segments")
    window.locator(".qd-preview").scroll_into_view_if_needed()
    window.mouse.move(760, 600)
    window.mouse.wheel(0, 700)
    window.wait_for_timeout(300)
    draw(window, "preview")
    there = notebook.cells.count()
    window.keyboard.press("Escape")
    window.keyboard.press("d")
    window.keyboard.press("d")
    expect(notebook.cells).to_have_count(there - 1)
    with window.expect_response(lambda answer: answer.request.method == "PUT" and "/contents/" in answer.url):
        window.keyboard.press("Control+s")


def assert_only_new_cells(root: Path) -> None:
    diff = run(root, "git", "diff", "--unified=0", "--no-color", "notebooks")
    changed = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert [line for line in changed if line.startswith("-")] == []
    assert sum('"cell_type"' in line for line in changed) == len(OWN_CELLS)


def drafted(notebook: Notebook) -> FrameLocator:
    notebook.panel.get_by_role("button", name="Make a draft").click()
    status = notebook.panel.get_by_role("status")
    expect(status).to_contain_text("cell ", timeout=RUN_TIME)  # a sign of life
    expect(status).to_contain_text(f"Draft {DRAFT}, ", timeout=RUN_TIME)
    return notebook.page.frame_locator(".quarterdeck-page iframe")


def test_from_the_start_page_to_a_published_page(
    window: Page,
    lab: Workbench,
    open_page: Callable[..., Page],
    overflow: Callable[[Page], int],
) -> None:
    of_record = lab.root / "outputs" / "site" / REPORT / "2026q3-emea" / "index.html"
    before = of_record.read_bytes()
    notebook = opened_from_start(window)
    notebook.run_all()
    notebook.control("Region").select_option("EMEA")
    notebook.run_below()
    expect(notebook.title("NPS in EMEA")).to_be_attached()

    slider = window.locator(".jp-Notebook .qd input[type=range]").last
    slider.scroll_into_view_if_needed()
    was = slider.input_value()
    slider.focus()
    window.keyboard.press("ArrowRight")
    assert slider.input_value() != was

    with_own_cells(window, notebook)
    assert_only_new_cells(lab.root)

    page = drafted(notebook)
    expect(page.get_by_text("Draft: not the edition of record")).to_be_visible()
    assert of_record.read_bytes() == before
    file = lab.root / "outputs" / "site" / DRAFT / "index.html"
    for dark in (False, True):
        read = open_page(file, dark=dark)
        read.get_by_role("button", name="Open all").click()
        for text in ("Mean score by segment", "Answers by segment", "Segments"):
            expect(read.get_by_text(text, exact=True).first).to_be_visible()
    assert overflow(open_page(file, width=375)) == 0

    notebook.panel.get_by_role("button", name="Compare").click()
    status = notebook.panel.get_by_role("status")
    expect(status).to_contain_text("Against the edition of record: 0 differ, 1 new, 0 gone", timeout=RUN_TIME)
    expect(notebook.panel.locator("table")).to_contain_text("Segments")
    draw(window, "compare")
    notebook.panel.get_by_role("button", name="Publish").click()
    expect(status).to_contain_text("is the edition of record", timeout=RUN_TIME)
    text = of_record.read_text(encoding="utf-8")
    assert "Mean score by segment" in text
    assert "Draft:" not in text
    assert not file.exists()
