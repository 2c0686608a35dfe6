"""Draw the pictures of README and docs from the published site: `make pictures`.

Another site than `outputs/site` can be named: `python docs/pictures.py SITE`.
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDE, PHONE = (1280, 1500), (375, 1100)


@dataclass(frozen=True)
class Picture:
    """The newest page that fits `pages`, in a window of `size`, in each scheme."""

    name: str
    pages: str
    size: tuple[int, int] = WIDE
    schemes: tuple[Literal["light", "dark"], ...] = ("light",)


PICTURES = (
    Picture("report", "quarterly_feedback/*-emea/index.html", schemes=("light", "dark")),
    Picture("report-phone", "quarterly_feedback/*-emea/index.html", PHONE),
    Picture("catalogue", "index.html", schemes=("light", "dark")),
    Picture("catalogue-phone", "index.html", PHONE),
    Picture("experiment_readout", "experiment_readout/checkout_one_step/index.html"),
    Picture("adoption_tracking", "adoption_tracking/*-dashboards/index.html"),
    Picture("market_region_comparison", "market_region_comparison/*-conversion/index.html"),
)


def main(site: Path) -> int:
    """Write every picture; the exit status tells whether a page was missing."""
    missing = [picture.pages for picture in PICTURES if not list(site.glob(picture.pages))]
    if missing:
        sys.stderr.write(f"{site}: no page {', '.join(missing)}. Make them first: make report.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture in PICTURES:
            _draw(browser, max(site.glob(picture.pages)), picture)
        browser.close()
    return 0


def _draw(browser: Browser, path: Path, picture: Picture) -> None:
    width, height = picture.size
    for scheme in picture.schemes:
        page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.goto(path.resolve().as_uri())
        page.screenshot(path=IMAGES / f"{picture.name}-{scheme}.png")
        page.close()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "outputs" / "site"))
