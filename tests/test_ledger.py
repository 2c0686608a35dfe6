"""The ledger: an index of the run records, made again from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from quarterdeck import ledger
from quarterdeck.errors import QuarterdeckError
from quarterdeck.record import RunRecord

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
    with pytest.raises(QuarterdeckError, match="no run of this id or digest"):
        ledger.find(editions.layout, "aaaaaaaaa")
    assert ledger.last_record(editions.layout, "quarterly_feedback", "2026q3-apac") == second
    assert ledger.last_record(editions.layout, "quarterly_feedback", "2026q3") is None
