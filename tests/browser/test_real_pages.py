"""The four real pages of the sample company, run and published by the command line, in a real browser."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from helpers.records.cited_methods import is_cited
from quarterdeck.archive.record import RunRecord
from quarterdeck.cli import app

if TYPE_CHECKING:
    from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parent.parent.parent
EDITIONS = {
    "quarterly_feedback": "2026q3-emea",
    "experiment_readout": "checkout_one_step",
    "adoption_tracking": "2026q3-dashboards",
    "market_region_comparison": "2026q3-conversion",
}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One edition of each of the four reports, and the catalogue; made once for all test processes."""
    shared: Path = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "company"
    with FileLock(shared / "company.lock"):
        if not folder.exists():
            _run_reports(folder)
    return folder / "outputs" / "site"


def _run_reports(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv("QUARTERDECK_SAMPLE", str(folder / "sample"))
        runner = CliRunner()
        written = runner.invoke(app, ["sample", str(folder / "sample"), "--as-of", "2026-10-05"])
        assert written.exit_code == 0, written.output
        outputs = ["--as-of", "2026-10-05", "--outputs", str(folder / "outputs")]
        for report, edition in EDITIONS.items():
            ran = runner.invoke(app, ["run", report, "--only", edition, *outputs])
            assert ran.exit_code == 0, ran.output


@pytest.fixture(params=EDITIONS)
def report(request: pytest.FixtureRequest, site: Path) -> Path:
    name: str = request.param
    return site / name / EDITIONS[name] / "index.html"


def test_real_page_breaks_no_accessibility_rule(
    report: Path, open_page: Open, violations: Callable[..., list[str]]
) -> None:
    page = open_page(report)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page) == []


@pytest.mark.slow
def test_real_page_has_contrast_in_the_dark(
    report: Path, open_page: Open, violations: Callable[..., list[str]]
) -> None:
    page = open_page(report, dark=True)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    assert violations(page, rules=["color-contrast"]) == []


@pytest.mark.parametrize("width", [375, 1280])
def test_real_page_needs_no_sideways_scroll(
    report: Path, width: int, open_page: Open, overflow: Callable[[Page], int]
) -> None:
    assert overflow(open_page(report, width=width)) <= 0


def test_real_page_within_200_kb_with_what_if_and_charts(report: Path, open_page: Open) -> None:
    assert report.stat().st_size <= 200_000
    page = open_page(report, anchor="#what-if")
    assert page.locator("main figure svg[role=img]").count() >= 3
    expect(page.get_by_role("slider").first).to_be_visible()
    assert page.locator("#short p").count() in (3, 4)


def test_every_number_of_the_first_screens_tells_what_it_counts_of_which_table(site: Path) -> None:
    for path in site.parent.glob("runs/*/*/*/run.json"):
        record = RunRecord.read(path.parent)
        names = {table.name for table in record.tables}
        numbers = [one for one in record.findings if one.value is not None and (one.headline or one.changes)]
        assert numbers
        for finding in numbers:
            assert finding.counts, finding.key
            assert finding.sources, finding.key
            assert names.issuperset(finding.sources), finding.key
        assert [one.method for one in record.findings if not is_cited(one.method)] == []


def test_catalogue_of_real_pages(
    site: Path, open_page: Open, violations: Callable[[Page], list[str]]
) -> None:
    page = open_page(site / "index.html")
    expect(page.locator("#count")).to_have_text("4 of 4")
    assert violations(page) == []
    for report in EDITIONS:
        records = list((site.parent / "runs" / report).glob("*/*/run.json"))
        assert [json.loads(path.read_text("utf-8"))["status"] for path in records] == ["ok"]


def test_sentences_of_all_reports_are_short_and_plain(site: Path) -> None:
    """They stand in `outputs/sentences.txt`, for a person to read through."""
    records = [json.loads(path.read_text("utf-8")) for path in site.parent.glob("runs/*/*/*/run.json")]
    told = [finding["text"] for record in records for finding in record["findings"]]
    said = [text for each in told for text in (each["sentence"], each["certainty"]) if text]
    said += [check["text"] for record in records for check in record["checks"]]
    sentences = list(dict.fromkeys(re.sub(r"([.:?!]) (?=[A-Z])", r"\1\n", "\n".join(said)).splitlines()))
    (ROOT / "outputs").mkdir(exist_ok=True)
    (ROOT / "outputs" / "sentences.txt").write_text("\n".join(sentences) + "\n", encoding="utf-8")
    assert len(sentences) > 200
    assert median(len(sentence.split()) for sentence in sentences) <= 18
    for stiff in ("We cannot tell", "unlikely to be chance", "nan", "  ", "..", " ,"):
        assert [sentence for sentence in sentences if stiff in sentence] == []
