"""What the tables give: whose use counts, and at what cost."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from helpers import adoption
from helpers.findings import NoData
from helpers.sources import LoadedTable

from .conftest import every_day, frames, usage_of


def test_the_feature_and_the_region_narrow_the_scope(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    users, events = frames({name: ("2026-07-01", every_day("2026-07-01", 3)) for name in "abcd"})
    users["region"] = ["EMEA", "EMEA", "APAC", "APAC"]
    events["feature"] = ["dashboards" if user == "a" else None for user in events["user_id"]]
    tables = supplied(users, events)
    emea = adoption.adopted(usage_of(tables, feature="dashboards", region="EMEA"))
    assert emea is not None
    assert (emea.users, emea.now.n) == (1, 2)
    with pytest.raises(NoData, match="Nobody used dashboards in APAC"):
        usage_of(tables, feature="dashboards", region="APAC")


def test_a_region_is_looked_for_among_the_users(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    tables = supplied(*frames({"a": ("2026-07-01", ["2026-07-01"])}))
    with pytest.raises(NoData, match="The table users has no column region"):
        usage_of(tables, region="EMEA")


def test_events_of_unknown_users_do_not_count(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    users, events = frames({"a": ("2026-07-01", ["2026-07-01"])})
    stranger = pd.DataFrame(
        {"user_id": ["x"], "occurred_at": [pd.Timestamp("2026-07-02")], "event": ["login"]}
    )
    (quarter,) = adoption.by_quarter(usage_of(supplied(users, pd.concat([events, stranger]))))
    assert quarter.active == 1


def test_a_whole_report_asks_the_engine_few_questions(
    company: tuple[LoadedTable, LoadedTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an edition may cost, told without a clock: its time is building, compiling and running queries."""
    asked: list[str] = []
    backend = type(company[0].expr.get_backend())
    for name in ("create_table", "execute", "to_pyarrow"):
        monkeypatch.setattr(backend, name, counted(getattr(backend, name), asked))
    usage = usage_of(company, "2026Q3")
    key_metrics = adoption.key_metrics(usage)
    assert 5 < len(asked) <= 14
    asked.clear()
    adoption.headlines(key_metrics)
    adoption.adoption_over_time(key_metrics)
    adoption.stickiness_over_time(key_metrics)
    adoption.outage_table(usage)
    adoption.quarter_table(usage)
    adoption.adoption_curves(usage)
    adoption.cohort_table(usage)
    adoption.adoption_by_channel(usage)
    adoption.retention_table(usage)
    adoption.cohort_comparison(usage)
    adoption.flow_table(usage)
    adoption.target(usage)
    assert len(asked) <= 4  # one of them for what began with an event


def counted(question: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    def ask(*given: Any, **options: Any) -> Any:
        asked.append(question.__name__)
        return question(*given, **options)

    return ask


def test_running_numbers_of_quarters_are_those_of_the_fiscal_year(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    """The engine counts quarters from a day, Python from a period: both must mean the same."""
    users, events = frames({"a": ("2026-01-31", every_day("2026-01-31", 240))})
    tables = supplied(users, events, fiscal_year_start=2)
    usage = usage_of(tables)
    (first, *_), (last, *_) = usage.cohort_quarters, usage.cohort_quarters[::-1]
    seen = sorted(row.quarter.label for row in usage.cohort_quarters)
    assert {row.cohort.label for row in usage.cohort_quarters} == {"FY2026 Q4"}
    assert seen == ["FY2026 Q4", "FY2027 Q1", "FY2027 Q2", "FY2027 Q3"]
    assert (first.users, last.users) == (1, 1)
