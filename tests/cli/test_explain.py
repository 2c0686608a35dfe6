"""`quarterdeck explain` tells where a number of a page comes from, from the run's record alone."""

from __future__ import annotations

import json

import pytest
from tests.conftest import COUNTED, Editions
from typer.testing import CliRunner

from quarterdeck.cli import app


def explained(editions: Editions, *arguments: str) -> tuple[int, str]:
    outputs = str(editions.layout.outputs)
    result = CliRunner().invoke(app, ["explain", *arguments, "--outputs", outputs])
    return result.exit_code, result.output


def test_a_number_of_an_edition_is_told_term_by_term(editions: Editions) -> None:
    run = editions.add().name
    status, told = explained(editions, "quarterly_feedback/2026q3-apac", "csat")
    assert status == 0
    lines = told.splitlines()
    assert lines[:4] == [
        "CSAT: 84.1%",
        "Interval: 83.1 to 85.1 (95%)",
        f"Counts: {COUNTED}",
        "Of: 5,190",
    ]
    assert lines[-2:] == ["Read from: responses: 10 of 10 rows; up to 30 Sep 2026", f"Run: {run}"]
    terms = json.loads(explained(editions, "quarterly_feedback/2026q3-apac", "csat", "--json")[1])
    assert [f"{one['term']}: {one['text']}" for one in terms] == lines


@pytest.mark.parametrize(
    ("key", "meant"), [("csta", "Did you mean csat?"), ("slow_export", "Did you mean slow_exports?")]
)
def test_a_key_that_there_is_not_is_told_with_what_was_meant(
    editions: Editions, key: str, meant: str
) -> None:
    editions.add()
    status, told = explained(editions, "quarterly_feedback/2026q3-apac", key)
    assert status == 2
    assert f"quarterly_feedback/2026q3-apac has no number {key}. {meant}" in told
