"""Promises about speed and size that hold in the browser; `make bench` measures them."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers import charts, stats
from helpers.stats import Comparison, Group, Point, Series
from quarterdeck.archive.record import RunRecord
from quarterdeck.publish import catalog, pages
from quarterdeck.publish.entries import Entry

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import Editions

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAINT = """() => new Promise(resolve => new PerformanceObserver(list => list.getEntries()
    .filter(each => each.name === "first-contentful-paint").forEach(each => resolve(each.startTime)))
    .observe({ type: "paint", buffered: true }))"""


@pytest.fixture
def six_charts(editions: Editions) -> Path:
    """A published page with six charts, a table and a what-if panel."""
    quarters = [f"{year} Q{quarter}" for year in (2024, 2025, 2026) for quarter in (1, 2, 3, 4)]
    shown: list[Any] = []
    for n in range(3):
        series = Series(
            "APAC",
            tuple(
                Point(q, stats.proportion(400 + 9 * i + n, 1000, level=0.95)) for i, q in enumerate(quarters)
            ),
        )
        rows = tuple(
            Comparison(f"Group {i}", stats.proportion(300 + 20 * i, 1000, level=0.95)) for i in range(8)
        )
        words: dict[str, Any] = {
            "title": "A finding in a sentence",
            "subtitle": "Share, APAC",
            "unit": "share",
        }
        shown.append(charts.trend(series, name=f"trend_{n}", **words))
        shown.append(charts.dots([Group("Groups", rows)], name=f"dots_{n}", **words))
    cells = [
        new_code_cell("chart", outputs=[new_output("display_data", data=chart._repr_mimebundle_())])
        for chart in shown
    ]
    book = editions.book(new_markdown_cell("## Charts"), *cells)
    placed = pages.publish(editions.add(book=book), editions.layout).site
    assert placed is not None
    return placed


def test_first_paint_within_300_ms_and_page_within_200_kb(six_charts: Path, open_page: Open) -> None:
    assert six_charts.stat().st_size <= 200_000
    paints = []
    for _ in range(5):
        page = open_page(six_charts)
        paints.append(page.evaluate(PAINT))
    assert median(paints) <= 300


def test_a_key_press_among_two_thousand_editions_within_100_ms(
    editions: Editions, open_page: Open, tmp_path: Path
) -> None:
    record = RunRecord.read(editions.add())
    many = [
        Entry(
            runs=(
                record.model_copy(
                    update={
                        "edition": f"{2000 + n // 100}q{n // 25 % 4 + 1}-region_{n % 25}",
                        "parameters": {
                            "period": f"{2000 + n // 100}Q{n // 25 % 4 + 1}",
                            "region": f"Region {n % 25}",
                        },
                    }
                ),
            )
            * 3,
            has_page=False,
            past_pages=frozenset(),
        )
        for n in reversed(range(2000))
    ]
    path = tmp_path / "index.html"
    path.write_text(catalog.render(many, editions.layout), encoding="utf-8")
    assert path.stat().st_size <= 3_000_000
    page = open_page(path)
    times = page.evaluate(
        """() => {
          const box = document.querySelector("[type=search]");
          return ["q", "qu", "qua", "quar", "quart"].map(text => {
            const start = performance.now();
            box.value = text;
            box.dispatchEvent(new Event("input", { bubbles: true }));
            document.body.getBoundingClientRect();
            return performance.now() - start;
          });
        }"""
    )
    assert median(times) <= 100
