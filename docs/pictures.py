"""Draw the pictures of README and docs from the published site: `make pictures`."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "outputs" / "site"
IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = (1280, 1600), (375, 1300)
PICTURES = {
    "catalogue": ("index.html", WIDE),
    "catalogue-phone": ("index.html", PHONE),
    "quarterly_feedback": ("quarterly_feedback/*-emea/index.html", WIDE),
    "quarterly_feedback-phone": ("quarterly_feedback/*-emea/index.html", PHONE),
    "experiment_readout": ("experiment_readout/checkout_one_step/index.html", WIDE),
    "adoption_tracking": ("adoption_tracking/*-all/index.html", WIDE),
    "market_region_comparison": ("market_region_comparison/*-conversion/index.html", WIDE),
}
"""Name: the newest page that fits, and the size of the window."""


def main() -> int:
    """Write every picture, light and dark; tells what is missing by its exit status."""
    missing = [pattern for pattern, _ in PICTURES.values() if not list(SITE.glob(pattern))]
    if missing:
        sys.stderr.write(f"{SITE}: no page {', '.join(missing)}. Make them first: make report.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (pattern, size) in PICTURES.items():
            _draw(browser, max(SITE.glob(pattern)), name, size)
        browser.close()
    return 0


def _draw(browser: Browser, path: Path, name: str, size: tuple[int, int]) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
        page.goto(path.as_uri())
        page.screenshot(path=IMAGES / f"{name}-{scheme}.png")
        page.close()


if __name__ == "__main__":
    sys.exit(main())
