"""A real Chromium for pages from `file://`: no request may leave them, and no error may be logged."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
Open = Callable[..., Page]

# How long a page may take to become what it should: the tests beside it may keep the machine busy.
expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser on a busy machine loses its way now and then: what fails is tried once more, and counted."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def find_chromium() -> str | None:
    """Chromium on the path; else, as root, Debian's own; None leaves it to Playwright."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, capture_output=True)
        found = shutil.which("chromium")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_chromium()
        if path is None and not Path(playwright.chromium.executable_path).exists():
            reason = "no Chromium: install Debian's chromium, or run `playwright install chromium`"
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """`open_page(path, width=1280, dark=False, scripts=True)` opens a file as a person would.

    At the end of the test: nothing was asked of any network, nothing was logged as an error, and no dialog
    was opened.
    """
    troubles: list[str] = []
    contexts = []

    def opened(
        path: Path,
        *,
        width: int = 1280,
        dark: bool = False,
        scripts: bool = True,
        anchor: str = "",
        **more: Any,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _outside(request.url, troubles))
        page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: _dismissed(dialog, troubles))
        page.goto(path.resolve().as_uri() + anchor)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _dismissed(dialog: Dialog, troubles: list[str]) -> None:
    troubles.append(f"dialog {dialog.message}")
    dialog.dismiss()


def _outside(url: str, troubles: list[str]) -> None:
    if not url.startswith(("file:", "data:", "about:", "blob:")):
        troubles.append(f"request {url}")


@pytest.fixture
def violations() -> Callable[..., list[str]]:
    """The accessibility rules (axe-core) that a page, or a part of it, breaks, with the elements that do.

    All rules, or `rules`: in another colour scheme no other than that of contrast can be broken anew.
    """

    def broken(page: Page, part: str | None = None, rules: list[str] | None = None) -> list[str]:
        options = {"resultTypes": ["violations"]} | ({"runOnly": rules} if rules else {})
        found = Axe().run(page, part, options).response["violations"]
        return [f"{rule['id']}: {[node['html'][:200] for node in rule['nodes']]}" for rule in found]

    return broken


@pytest.fixture
def overflow() -> Callable[[Page], int]:
    """How many pixels a page is wider than its window."""
    return lambda page: int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
