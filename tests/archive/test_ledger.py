"""The ledger: an index of the run records, made again from them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.conftest import START

from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.record import RunRecord
from quarterdeck.params.report import Schedule
from quarterdeck.plan import agenda

if TYPE_CHECKING:
    from tests.conftest import Editions


def test_an_attempt_is_written_once_and_replaced(editions: Editions) -> None:
    record = RunRecord.read(editions.add(status="running"))
    ledger.write(editions.layout, record)
    ledger.write(editions.layout, record.model_copy(update={"status": "ok", "published": "live"}))
    [entry] = ledger.history(editions.layout)
    assert (entry["run_id"], entry["status"], entry["published"]) == (record.run_id, "ok", "live")


def test_history_is_newest_first_and_of_one_report_when_asked(editions: Editions) -> None:
    editions.add()
    editions.add("2026q3-emea", status="failed", reason="it broke")
    editions.add("whole", report="other")
    assert ledger.rebuild(editions.layout) == 3
    listed = [(entry["report"], entry["edition"]) for entry in ledger.history(editions.layout)]
    feedback = [("quarterly_feedback", "2026q3-emea"), ("quarterly_feedback", "2026q3-apac")]
    assert listed == [("other", "whole"), *feedback]
    assert len(ledger.history(editions.layout, ledger.Filter("quarterly_feedback"))) == 2


def test_a_lost_ledger_comes_back_from_the_records(editions: Editions) -> None:
    ledger.write(editions.layout, RunRecord.read(editions.add()))
    before = ledger.history(editions.layout)
    editions.layout.ledger.unlink()
    assert ledger.history(editions.layout) == before


def test_a_run_is_found_by_id_and_by_digest_the_newest_first(editions: Editions) -> None:
    first = RunRecord.read(editions.add(digest="aaaaaaaaaa"))
    second = RunRecord.read(editions.add(digest="aaaaaaaaaa"))
    ledger.rebuild(editions.layout)
    assert ledger.find(editions.layout, first.run_id) == first
    assert ledger.find(editions.layout, "aaaaaaaaaa") == second
    with pytest.raises(QuarterdeckError, match="no run has this id, digest or edition"):
        ledger.find(editions.layout, "aaaaaaaaa")
    assert ledger.last_record(editions.layout, "quarterly_feedback", "2026q3-apac") == second
    assert ledger.last_record(editions.layout, "quarterly_feedback", "2026q3") is None


def test_history_can_be_narrowed(editions: Editions) -> None:
    editions.add()
    editions.add("2026q3-emea", status="failed", reason="it broke")
    editions.add("2026q3-emea")
    ledger.rebuild(editions.layout)

    def found(wanted: ledger.Filter) -> list[tuple[object, object]]:
        return [(entry["edition"], entry["status"]) for entry in ledger.history(editions.layout, wanted)]

    assert found(ledger.Filter(status="failed")) == [("2026q3-emea", "failed")]
    assert found(ledger.Filter(edition="*-emea")) == [("2026q3-emea", "ok"), ("2026q3-emea", "failed")]
    assert found(ledger.Filter(edition="*-emea", limit=1)) == [("2026q3-emea", "ok")]
    assert found(ledger.Filter(since=(START + timedelta(days=2)).date())) == [("2026q3-emea", "ok")]
    assert found(ledger.Filter("other")) == []


def test_an_attempt_is_told_with_its_parameters_and_fingerprints(editions: Editions) -> None:
    record = RunRecord.read(editions.add(due=START, peak_memory=5))
    ledger.write(editions.layout, record)
    [entry] = ledger.history(editions.layout)
    assert entry["parameters"] == record.parameters
    assert entry["fingerprints"] == record.fingerprints
    assert (entry["due"], entry["peak_memory"]) == ("2026-10-05T06:00:00Z", 5)


def test_a_ledger_that_cannot_be_opened_is_named(editions: Editions) -> None:
    editions.layout.ledger.mkdir(parents=True)
    with pytest.raises(ledger.LedgerError, match=r"ledger.sqlite: the ledger cannot be used"):
        ledger.history(editions.layout)


def test_a_ledger_that_another_program_holds_is_not_to_be_deleted(
    editions: Editions, monkeypatch: pytest.MonkeyPatch
) -> None:
    editions.add()
    assert len(ledger.history(editions.layout)) == 1
    monkeypatch.setattr(ledger, "_PATIENCE", 0.1)
    with closing(sqlite3.connect(editions.layout.ledger, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.raises(ledger.LedgerError, match=r"Another program holds it: end that one") as told:
            ledger.history(editions.layout)
    assert "deleted" not in str(told.value)
    assert len(ledger.history(editions.layout)) == 1


def test_no_part_of_the_ledger_lies_in_the_memory_of_one_machine(editions: Editions) -> None:
    """A write-ahead log is shared through memory, and so not between machines that share a folder."""
    editions.add()
    ledger.history(editions.layout)
    with closing(sqlite3.connect(editions.layout.ledger)) as connection:
        assert connection.execute("pragma journal_mode").fetchone() == ("delete",)
    assert [path.name for path in editions.layout.outputs.glob("ledger.sqlite*")] == ["ledger.sqlite"]


def test_after_a_rebuild_the_last_due_time_is_open_and_earlier_ones_are_settled(editions: Editions) -> None:
    earlier, last = START, START + timedelta(days=90)
    editions.add(due=earlier)
    editions.add(due=last)
    editions.add("2026q3-emea", status="running", runner="someone before")
    running = RunRecord.read(editions.add("2026q3-emea", status="running", runner="someone"))
    ledger.rebuild(editions.layout)
    agenda.register(editions.layout, {running.report: Schedule(cron="0 7 * * *")}, last)
    noted = agenda.due_times(editions.layout)[running.report]
    assert (noted.settled, noted.begun) == (earlier, (last,))
    claims = ledger.use(editions.layout, lambda c: [tuple(row) for row in c.execute("select * from claims")])
    assert claims == [(running.report, "2026q3-emea", "someone")]
    told = ledger.use(editions.layout, lambda c: [row["edition"] for row in c.execute("select * from told")])
    assert told == ["2026q3-apac"]
