"""Lay a page of each report of the sample company beside the site: outputs/docs/gallery/ (`make docs`)."""

from __future__ import annotations

from pathlib import Path

from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout

EDITIONS = {
    "quarterly_feedback": "*-emea",
    "experiment_readout": "checkout_one_step",
    "adoption_tracking": "*-dashboards",
    "market_region_comparison": "*-conversion",
}
"""The edition of each report that is shown, its newest."""


def lay(layout: Layout) -> None:
    """Copy the pages as their runs left them, without ways to a catalogue that is not there."""
    for report, edition in EDITIONS.items():
        newest = max(layout.runs.glob(f"{report}/{edition}/*/report.html"), key=lambda path: path.parent.name)
        page = layout.root / "outputs" / "docs" / "gallery" / f"{report}.html"
        replace(page, newest.read_text(encoding="utf-8"))


if __name__ == "__main__":
    lay(Layout.find(Path(__file__).parents[1]))
