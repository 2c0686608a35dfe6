"""Where a number comes from, from the records of a run alone."""

from __future__ import annotations

import pytest
from tests.conftest import COUNTED, score_findings

from helpers import findings, stats
from helpers.records import TableAccount
from helpers.records.cited_methods import cited, is_cited
from helpers.records.explanation import explained, read_from

ACCOUNT = TableAccount(
    name="responses",
    read=1000,
    kept=950,
    quarantined={"score out of range": 20},
    repeated={"the same in every column": 25},
    filtered=5,
    unknown={"region unknown": 7, "segment unknown": 3},
    latest="2026-09-30",
)


def test_a_number_tells_what_it_counts_how_against_what_and_of_which_rows() -> None:
    csat = score_findings()[0]
    assert explained(csat, [ACCOUNT]) == (
        ("CSAT", "84.1%"),
        ("Interval", "83.1 to 85.1 (95%)"),
        ("Counts", COUNTED),
        ("Of", "5,190"),
        ("Period", "2026 Q3"),
        ("Method", "score interval of a share (Wilson 1927)"),
        ("Against 2026 Q2", f"83.7%, {csat.text.change} ({csat.text.change_interval}), no clear change"),
        (
            "Read from",
            "responses: 950 of 1,000 rows, 20 set aside, 25 repeated, 5 filtered out, 10 values unknown; "
            "up to 30 Sep 2026",
        ),
    )


def test_what_is_not_known_has_no_term() -> None:
    held = score_findings()[-1]
    assert explained(held, [ACCOUNT]) == (
        ("Customer effort", "withheld"),
        ("Of", "46"),
        ("Period", "2026 Q3"),
    )


def test_a_table_of_good_rows_alone_has_nothing_aside() -> None:
    assert read_from(TableAccount(name="events", read=3, kept=3)) == "events: 3 of 3 rows"


@pytest.mark.parametrize(
    "estimate",
    [
        stats.proportion(3, 10),
        stats.mean(3, 2.0, 1.5),
        stats.median([1.0, 2.0, 4.0]),
    ],
    ids=lambda one: one.method,
)
def test_the_methods_of_statistics_are_cited(estimate: stats.Estimate) -> None:
    assert is_cited(estimate.method), estimate.method
    assert cited(estimate.method) != estimate.method


def test_a_notebook_asks_by_the_key_and_hears_what_it_meant() -> None:
    findings.forget()
    findings.show(score_findings()[0], quiet=True)
    findings.publish(ACCOUNT)
    told = str(findings.explain("csat")).splitlines()
    assert told[0] == "CSAT: 84.1%"
    assert told[-1].startswith("Read from: responses: 950 of 1,000 rows")
    with pytest.raises(findings.NoSuchNumber, match=r"csatt: no cell .* Did you mean csat\?"):
        findings.explain("csatt")
