"""The parameter panel in a real JupyterLab: clicked, typed past, and looked at."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from socket import create_connection

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from helpers import explore, sample
from quarterdeck.kernels import PROVISIONER

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
EXTENSION = Path(explore.__file__).parent / "labextension"
# The highest number that a cell of the notebook bears: it rises with each cell that ran.
RUNS = """() => Math.max(0, ...[...document.querySelectorAll('.jp-InputPrompt')].map(
  prompt => parseInt(prompt.textContent.slice(1)) || 0))"""
RAN = f"""before => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'
  && ![...document.querySelectorAll('.jp-InputPrompt')].some(prompt => prompt.textContent.includes('*'))
  && ({RUNS})() > before"""
# What a kernel does may take its time where tests beside it keep the machine busy.
RUN_TIME = 240_000


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The notebooks and settings of the sample company, with its data."""
    root = tmp_path_factory.mktemp("project")
    for name in ("notebooks", "params"):
        shutil.copytree(ROOT / name, root / name)
    tables = ["responses", "invitations", "tickets", "mentions", "users", "events"]
    sample.write(root / "outputs" / "sample", as_of=date(2026, 11, 22), tables=tables)
    draw_every_cell(root / "settings")
    return root


def draw_every_cell(settings: Path) -> None:
    """JupyterLab keeps the cells that are out of sight in the page, where a test may read them."""
    file = settings / "@jupyterlab" / "notebook-extension" / "tracker.jupyterlab-settings"
    file.parent.mkdir(parents=True)
    file.write_text('{"windowingMode": "none"}', encoding="utf-8")


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[str]:
    """The address of a JupyterLab server with warm kernels."""
    options = ["--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=secret"]
    command = [sys.executable, "-m", "jupyterlab", *options, f"--ServerApp.root_dir={project}"]
    environment = {
        **os.environ,
        "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER,
        "JUPYTERLAB_SETTINGS_DIR": str(project / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(project / "workspaces"),
        "QUARTERDECK_PARAMS": str(project / "params"),
    }
    environment.pop("QUARTERDECK_RUN", None)
    environment.pop("QUARTERDECK_SAMPLE", None)
    log = project / "lab.log"
    with log.open("w") as said:
        server = subprocess.Popen(command, env=environment, cwd=project, stderr=said)
    try:
        yield listening(log)
    finally:
        server.terminate()
        server.wait(30)


def listening(log: Path) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):(\d+))/lab", log.read_text()):
            with suppress(OSError), create_connection(("localhost", int(found[2]))):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(log.read_text())


class Notebook:
    """A notebook that is open in JupyterLab, as an analyst uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.panel: Locator = page.locator("form.qd-panel")
        self.cells: Locator = page.locator(".jp-Notebook .jp-Cell")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Until something that runs cells has begun and ended."""
        before = self.page.evaluate(RUNS)
        yield
        self.page.wait_for_function(RAN, arg=before, timeout=RUN_TIME)
        self.page.wait_for_timeout(400)

    def menu(self, menu: str, item: str) -> None:
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.get_by_text(item, exact=True).click()

    def run_all(self) -> None:
        with self.running():
            self.menu("Run", "Run All Cells")

    def run_below(self) -> None:
        with self.running():
            self.panel.get_by_role("button", name="Run the cells below").click()

    def control(self, label: str) -> Locator:
        return self.panel.get_by_label(label, exact=True)

    def title(self, start: str) -> Locator:
        """The first figure below whose title starts so."""
        return self.page.locator(".jp-Notebook figure h3", has_text=re.compile(f"^{start}")).first

    def titles(self) -> list[str]:
        """What the cells below show of an edition.

        What was done about it, and the tables as they are, build on no parameter. They may stand while one is
        wrong: the kernel drops what waits behind an error, but a cell that reaches it later runs.
        """
        titles: list[str] = self.page.locator(".jp-Notebook figure h3").all_text_contents()
        return [title for title in titles if not re.fullmatch(r"\d+ actions noted|Data account", title)]

    def type_region(self, old: str, new: str) -> Locator:
        """Write another region into the cell of parameters, by hand."""
        cell = self.cells.nth(2)
        cell.scroll_into_view_if_needed()
        line = cell.locator(".cm-line", has_text="region: str")
        line.click()
        self.page.keyboard.press("Home")
        for _ in 'region: str = "':
            self.page.keyboard.press("ArrowRight")
        for _ in old:
            self.page.keyboard.press("Delete")
        self.page.keyboard.type(new)
        expect(line).to_contain_text(f'region: str = "{new}"')
        return cell


@pytest.fixture
def opened(browser: Browser, lab: str) -> Iterator[Callable[[str], Notebook]]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    troubles: list[str] = []

    def open_notebook(name: str) -> Notebook:
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{lab}/lab/tree/notebooks/{name}.ipynb?token=secret&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=RUN_TIME)
        page.wait_for_selector("text=| Idle", timeout=RUN_TIME)
        return Notebook(page)

    yield open_notebook
    context.close()
    assert troubles == []


def test_the_installed_extension_is_the_one_of_the_source() -> None:
    installed = Path(sys.prefix, "share", "jupyter", "labextensions", "quarterdeck")
    for path in (path.relative_to(EXTENSION) for path in EXTENSION.rglob("*") if path.is_file()):
        assert (installed / path).read_bytes() == (EXTENSION / path).read_bytes(), "run: make env"


def test_a_day_with_the_panel(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("quarterly_feedback")
    notebook.run_all()
    expect(notebook.title("NPS fell")).to_be_attached()
    first = notebook.titles()

    # The panel stays in view above the notebook; another cell is active while it is used.
    assert notebook.panel.is_visible()
    notebook.cells.nth(8).click()
    notebook.control("Region").select_option("EMEA")
    expect(notebook.panel.get_by_role("status")).to_have_text("Chosen, not run yet.")
    assert notebook.titles() == first
    notebook.run_below()
    expect(notebook.title("NPS in EMEA")).to_be_attached()
    expect(notebook.title("NPS fell")).not_to_be_attached()
    expect(notebook.panel.get_by_role("status")).to_contain_text("region = EMEA instead of all")
    assert "jp-mod-active" in (notebook.cells.nth(8).get_attribute("class") or "")

    # A wrong region, typed by hand: told in its cell, and no number of another edition stays below.
    cell = notebook.type_region("all", "EMAE")
    with notebook.running():
        notebook.page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text(
        "region = EMAE is none of its choices. Did you mean EMEA?"
    )
    assert notebook.titles() == []
    notebook.run_all()
    assert notebook.titles() == []
    expect(notebook.panel.get_by_role("status")).to_contain_text("Did you mean EMEA?")

    # Mended, all runs again, and the panel follows.
    notebook.type_region("EMAE", "APAC")
    notebook.run_all()
    expect(notebook.title("NPS in APAC")).to_be_attached()
    expect(notebook.control("Region")).to_have_value("APAC")


def test_no_data_stops_run_all(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("quarterly_feedback")
    notebook.run_all()
    assert notebook.titles()
    notebook.control("Period").evaluate("(node) => node.add(new Option('2015Q1', '2015Q1'))")
    notebook.control("Period").select_option("2015Q1")
    notebook.run_below()
    expect(notebook.cells.nth(4).locator(".jp-OutputArea")).to_contain_text(
        "No data: responses has no rows in 2015 Q1"
    )
    assert notebook.titles() == []


def test_it_is_used_with_the_keyboard_and_keeps_a_choice(
    opened: Callable[[str], Notebook], project: Path
) -> None:
    settings = project / "params" / "quarterly_feedback.yaml"
    before = settings.read_text(encoding="utf-8")
    settings.write_text(before.replace("[all, AMER, EMEA, APAC, LATAM]", "[all, AMER]"), encoding="utf-8")
    notebook = opened("quarterly_feedback")
    notebook.run_all()
    notebook.control("Region").focus()
    notebook.page.keyboard.type("LATAM")
    notebook.page.keyboard.press("Tab")
    for key in ("End", "Tab"):
        notebook.page.keyboard.press(key)
    expect(notebook.panel.get_by_role("button", name="Run the cells below")).to_be_focused()
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Enter")
    expect(notebook.panel.get_by_role("status")).to_contain_text("line 6: region = LATAM.")
    assert "matrix: {region: [all, AMER, LATAM]}" in settings.read_text(encoding="utf-8")
    settings.write_text(before, encoding="utf-8")


def test_a_wrong_value_is_told_beside_its_control(opened: Callable[[str], Notebook]) -> None:
    notebook = opened("adoption_tracking")
    notebook.run_all()
    window = notebook.control("Window")
    window.fill("500")
    window.blur()
    expect(notebook.panel.locator(".wrong:visible")).to_contain_text("less than or equal to 365")
    expect(window).to_have_attribute("aria-invalid", "true")
    expect(notebook.panel.get_by_role("button", name="Run the cells below")).to_be_disabled()
    window.fill("14")
    window.blur()
    expect(notebook.panel.locator(".wrong:visible")).to_have_count(0)
    notebook.run_below()
    expect(notebook.page.locator(".jp-Notebook")).to_contain_text("within 14 calendar days")


def test_it_breaks_no_rule_of_accessibility_in_either_theme(
    opened: Callable[[str], Notebook], violations: Callable[..., list[str]]
) -> None:
    notebook = opened("adoption_tracking")
    notebook.run_all()
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        notebook.page.get_by_role("menuitem", name="Settings", exact=True).click()
        notebook.page.get_by_text("Theme", exact=True).first.hover()
        notebook.page.get_by_text(theme, exact=True).click()
        light = "true" if theme.endswith("Light") else "false"
        expect(notebook.page.locator("body")).to_have_attribute("data-jp-theme-light", light)
        assert violations(notebook.page, "form.qd-panel") == []
