"""How an edition stands follows from its run, its gates and what its data cover."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest

from helpers.records import Check
from quarterdeck.archive.edition_standing import WORDS, Standing, standing, standing_of
from quarterdeck.archive.record import RunRecord


def check(key: str, *, passed: bool, severity: Any = "warn") -> Check:
    return Check(key=key, passed=passed, severity=severity, text="")


FRESH, OLD = check("gate.fresh", passed=True, severity="info"), check("gate.fresh", passed=False)
PARTLY = check("coverage", passed=False)
FEW = check("gate.rows", passed=False)
NOTE = check("follow_up", passed=False, severity="info")


def run(*checks: Check, status: Any = "ok", **fields: Any) -> RunRecord:
    return RunRecord(
        run_id="r",
        report="demo",
        edition="2026q3",
        title="Demo",
        parameters={},
        as_of=date(2026, 10, 1),
        status=status,
        started=datetime(2026, 10, 1, tzinfo=UTC),
        checks=checks,
        **fields,
    )


@dataclass(frozen=True)
class Case:
    record: RunRecord
    stands: Standing
    why: str = field(default="", compare=False)


CASES = (
    Case(run(FRESH), "fresh"),
    Case(run(), "ok", "no rule calls it fresh"),
    Case(run(NOTE), "ok"),
    Case(run(OLD), "stale", "`Fresh` was said beside `older than the 7 d allowed`"),
    Case(run(OLD, FEW), "stale"),
    Case(run(FRESH, FEW), "warned"),
    Case(run(FRESH, PARTLY), "incomplete"),
    Case(run(OLD, PARTLY, FEW), "incomplete"),
    Case(run(FRESH, status="incomplete"), "incomplete"),
    Case(run(FRESH, draft=True), "draft"),
    Case(run(OLD, published="held"), "held"),
    Case(run(status="skipped"), "skipped"),
    Case(run(FRESH, status="failed"), "failed"),
    Case(run(status="interrupted"), "failed"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stands)
def test_it_follows_from_evidence(case: Case) -> None:
    assert standing(case.record) == case.stands


def test_a_run_that_failed_leaves_an_older_page_stale() -> None:
    good, bad = run(FRESH), run(status="failed")
    assert standing_of([good, bad], has_page=True) == "stale"
    assert standing_of([bad], has_page=False) == "failed"
    assert standing_of([bad, good], has_page=True) == "fresh"


def test_every_standing_has_a_word_of_its_own() -> None:
    assert len(set(WORDS.values())) == len(WORDS)
