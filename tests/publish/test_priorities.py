"""What the catalogue says first, from typed records alone."""

from __future__ import annotations

from typing import Any

import pytest

from helpers import findings, stats
from helpers.records import Check, Finding, Gap
from quarterdeck.archive.record import RunRecord
from quarterdeck.publish.entries import Entry
from quarterdeck.publish.priorities import Priorities, least, priorities


def moved(key: str, before: int, now: int, *, good: str = "higher", headline: bool = False) -> Finding:
    """A share of a thousand that moved."""
    measure = findings.Measure(key, key.capitalize(), "share", good)  # type: ignore[arg-type]
    difference = stats.proportion_difference(now, 1000, before, 1000, level=0.95)
    was, share = (stats.proportion(count, 1000, level=0.95) for count in (before, now))
    return findings.measured(
        measure, share, "2026 Q3", headline=headline, previous=("2026 Q2", was, difference)
    )


def entry(name: str, *told: Finding, has_page: bool = True, **fields: Any) -> Entry:
    record: dict[str, Any] = {
        "run_id": "20261005T060000Z-0000000000-1",
        "report": "feedback",
        "edition": name,
        "title": name,
        "parameters": {"period": "2026Q3", "region": name},
        "matrix": ("region",),
        "as_of": "2026-10-05",
        "status": "ok",
        "started": "2026-10-05T06:00:00Z",
        "findings": told,
        **fields,
    }
    return Entry((RunRecord.model_validate(record),), has_page, frozenset())


def answered(*entries: Entry) -> Priorities:
    return priorities(entries, entries)


def test_worst_first_headlines_before_others_by_the_least_that_a_change_amounts_to() -> None:
    told = answered(
        entry(
            "emea", moved("small", 500, 400), moved("large", 500, 200), moved("lead", 500, 420, headline=True)
        ),
        entry(
            "apac", moved("late", 100, 300, good="lower"), moved("unclear", 500, 505), moved("up", 100, 300)
        ),
    )
    assert [one.finding.key for one in told.worse] == ["lead", "large", "late", "small"]
    assert [(one.finding.key, one.entry.last.edition) for one in told.better] == [("up", "apac")]


def test_the_least_of_a_change_is_its_end_next_to_nothing() -> None:
    share = moved("csat", 500, 400)
    assert share.change is not None
    assert share.change.high is not None
    assert least(share, share.change) == pytest.approx(-100 * share.change.high)
    count = share.change.model_copy(update={"previous": 50.0, "low": -20.0, "high": -10.0})
    assert least(share.model_copy(update={"unit": "count"}), count) == pytest.approx(20), "10 of 50"
    assert least(share.model_copy(update={"unit": "points"}), count) == 10


def test_what_two_pages_say_alike_is_said_once() -> None:
    same = moved("csat", 500, 400)
    assert len(answered(entry("emea", same), entry("all", same)).worse) == 1


def test_every_verdict_counts_under_its_own_words() -> None:
    def test(name: str, word: str) -> Entry:
        measure = findings.Measure("verdict", "Verdict", "text")
        return entry(name, findings.concluded(measure, word, f"{word}: so.", "2026 Q3"))

    told = answered(test("a", "Ship"), test("b", "Do not ship"), test("c", "Ship"))
    assert [(one.verdict, [each.name for each, _ in one.tests]) for one in told.verdicts] == [
        ("Ship", ["A", "C"]),
        ("Do not ship", ["B"]),
    ]
    assert told.tests == 3


def test_pages_that_need_somebody_stand_worst_first_with_the_reason_and_alike_together() -> None:
    outage = Check(key="outage", passed=False, text="iOS sent nothing.")
    gap = Gap(section="Tickets", kind="failed", reason="opened_at holds text.")
    told = answered(
        entry("fine"),
        entry("warned", checks=(outage,)),
        entry("too", checks=(outage,)),
        entry("partly", status="incomplete", gaps=(gap,)),
        entry("held", published="held", has_page=False, reason="6 % of the rows were set aside."),
        entry("gone", status="failed", has_page=False, reason="no rows after 12 Sep"),
        entry("old", status="failed", reason="no rows either"),
    )
    assert [(one.status, one.why, [each.last.edition for each in one.entries]) for one in told.troubles] == [
        ("failed", "no rows after 12 Sep", ["gone"]),
        ("held", "6 % of the rows were set aside.", ["held"]),
        ("incomplete", "Tickets is missing: opened_at holds text.", ["partly"]),
        ("stale", "no rows either", ["old"]),
        ("warned", "iOS sent nothing.", ["warned", "too"]),
    ]
    assert told.troubled == 6


def test_what_was_held_back_is_not_told() -> None:
    told = answered(entry("held", moved("csat", 500, 400), published="held", has_page=False))
    assert told.worse == ()
