"""Pruning: what is removed, and what never is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.conftest import START

from helpers.records.project import Keep
from quarterdeck.archive.record import RunRecord
from quarterdeck.publish import pages
from quarterdeck.publish.pruning import prune

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Editions


def is_whole(folder: Path) -> bool:
    return (folder / "executed.ipynb").exists()


def test_the_bulk_of_old_runs_goes_their_records_and_the_last_good_run_stay(editions: Editions) -> None:
    folders = [editions.add(), editions.add(), editions.add(), editions.add(status="failed", reason="x")]
    for folder in folders[:3]:
        pages.publish(folder, editions.layout)
    (folders[0] / "quarantine").mkdir()
    before = [RunRecord.read(folder) for folder in folders]

    assert prune(editions.layout, Keep(editions=1, days=30), START + timedelta(days=20)) == []
    removed = prune(editions.layout, Keep(editions=1, days=30), START + timedelta(days=60))
    assert sorted(removed) == folders[:2]
    assert [is_whole(folder) for folder in folders] == [False, False, True, True]
    assert [path.name for path in folders[0].iterdir()] == ["run.json"]
    assert [RunRecord.read(folder) for folder in folders] == before
    assert prune(editions.layout, Keep(editions=1, days=30), START + timedelta(days=60)) == []

    page = editions.layout.page("quarterly_feedback", "2026q3-apac")
    page.unlink()
    list(pages.publish_all(editions.layout))
    assert "Out of date since" in page.read_text(encoding="utf-8")


def test_of_each_report_and_scope_the_newest_runs_stay_whatever_their_age(editions: Editions) -> None:
    quarters = ("2025q3", "2025q4", "2026q1", "2026q2")
    folders = {}
    for region in ("APAC", "EMEA"):
        for quarter in quarters:
            edition = f"{quarter}-{region.lower()}"
            given = {"period": quarter.upper(), "region": region}
            editions.add(edition, parameters=given, status="failed", reason="x")
            folders[edition] = editions.add(edition, parameters=given, status="failed", reason="x")
    prune(editions.layout, Keep(editions=2, days=1), START + timedelta(days=4000))
    kept = {edition for edition, folder in folders.items() if is_whole(folder)}
    assert kept == {"2026q2-apac", "2026q2-emea"}
