"""Claims: one process an edition; a dead one's claims are free, and what it left is put right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from quarterdeck.archive import ledger
from quarterdeck.archive.claims import Claims, is_alive, lock
from quarterdeck.archive.record import RunRecord
from quarterdeck.publish import pages
from quarterdeck.run import fleet, recovery

if TYPE_CHECKING:
    from tests.conftest import Editions

    from quarterdeck.archive.layout import Layout


def dead(layout: Layout, report: str, edition: str) -> Claims:
    """A process that claimed an edition and was killed: its lock is free, its claim stands."""
    claims = Claims(layout)
    claims.__enter__()
    assert claims.take(report, edition) is None
    claims._lock.release()
    return claims


def test_an_edition_is_claimed_by_one_living_process_at_a_time(editions: Editions) -> None:
    layout = editions.layout
    with Claims(layout) as first, Claims(layout) as second:
        assert first.take("r", "e") is None
        assert second.take("r", "e") == first.runner
        assert second.take("r", "other") is None
        first.release("r", "e")
        assert second.take("r", "e") is None
        assert is_alive(layout, first.runner)
    assert not is_alive(layout, first.runner)
    assert list(layout.runners.iterdir()) == []


def test_the_name_of_a_runner_tells_neither_host_nor_process(editions: Editions) -> None:
    names = {Claims(editions.layout).runner for _ in range(100)}
    assert len(names) == 100
    assert all(re.fullmatch(r"[0-9a-f]{16}", name) for name in names)


def test_what_a_process_claimed_is_free_when_it_ends(editions: Editions) -> None:
    with Claims(editions.layout) as first:
        assert first.take("r", "e") is None
    with Claims(editions.layout) as second:
        assert second.take("r", "e") is None


def test_the_claim_of_a_dead_process_is_free(editions: Editions) -> None:
    gone = dead(editions.layout, "r", "e")
    assert not is_alive(editions.layout, gone.runner)
    with Claims(editions.layout) as claims:
        assert claims.take("r", "e") is None


def test_what_a_dead_process_left_is_interrupted_and_its_page_published(editions: Editions) -> None:
    layout = editions.layout
    name = ("quarterly_feedback", "2026q3-apac")
    gone = dead(layout, *name)
    pages.publish(editions.add(published="live"), layout)
    running = editions.add(status="running", runner=gone.runner, executed=False)
    empty = layout.run(*name, "20261009T000000000Z-aaaaaaaaaa-1")
    (empty / "tables").mkdir(parents=True)
    (running / ".run.json.abc.tmp").write_text("{")
    ledger.rebuild(layout)

    [record] = fleet.recover(layout).records
    assert (record.run_id, record.status) == (running.name, "interrupted")
    assert record.reason == "The program ended before the run did: a crash, a kill, or a power loss."
    assert RunRecord.read(running) == record
    assert not empty.exists()
    assert not list(running.glob(".*"))
    assert list(layout.runners.iterdir()) == []
    assert "was interrupted: The program ended" in layout.page(*name).read_text(encoding="utf-8")
    assert layout.catalogue.exists()
    assert fleet.recover(layout).records == []


def test_what_a_living_process_runs_is_left_alone(editions: Editions) -> None:
    layout = editions.layout
    with Claims(layout) as claims:
        folder = editions.add(status="running", runner=claims.runner, executed=False)
        ledger.rebuild(layout)
        assert recovery.recover(layout) == recovery.Remains()
        assert RunRecord.read(folder).status == "running"
        with Claims(layout) as other:
            assert other.take("quarterly_feedback", "2026q3-apac") == claims.runner


def test_a_page_that_was_rendered_but_never_put_into_the_site_is_published(editions: Editions) -> None:
    layout = editions.layout
    folder = editions.add()
    ledger.rebuild(layout)
    assert fleet.recover(layout).records == []
    assert RunRecord.read(folder).published == "live"
    assert layout.page("quarterly_feedback", "2026q3-apac").exists()
    assert recovery.unpublished(layout) == []


def test_a_lock_is_not_kept_by_looking_at_it(editions: Editions) -> None:
    layout = editions.layout
    layout.runners.mkdir(parents=True)
    layout.runner("gone").touch()
    assert not is_alive(layout, "gone")
    with lock(layout, "gone").acquire(blocking=False):
        assert is_alive(layout, "gone")


def test_a_page_that_cannot_be_rendered_is_told_and_stops_nothing(editions: Editions) -> None:
    layout = editions.layout
    (editions.add("2026q3-emea") / "executed.ipynb").write_text("no notebook", encoding="utf-8")
    editions.add()
    ledger.rebuild(layout)
    outcome = fleet.recover(layout)
    assert list(outcome.unpublished) == ["quarterly_feedback/2026q3-emea"]
    assert outcome.went_wrong
    assert layout.page("quarterly_feedback", "2026q3-apac").exists()
    assert layout.catalogue.exists()
