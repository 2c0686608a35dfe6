"""Totals of means and ratios: read like the units behind them where their spread is told, else refused."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.observations.daily_totals import observe_totals
from helpers.experiments.preregistration import check
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.records import SettingsError
from helpers.sources import LoadedTable

from ..conftest import Load, protocol

ARMS = ("control", "treatment")


def rows(metric: str, *arms: Mapping[str, object], day: int = 1) -> pd.DataFrame:
    """A row a variant: numerator, denominator, and what tells their spread."""
    told = {"experiment": "checkout", "metric": metric, "date": pd.Timestamp(2026, 7, day)}
    return pd.DataFrame([{**told, "variant": arm, **known} for arm, known in zip(ARMS, arms, strict=True)])


def read(table: LoadedTable, metric: str, **plan: object) -> Readout:
    whole = protocol(primary=metric, guard_rails=[], planned_sample=2000, **plan)
    return conclude(whole, observe_totals(whole, table))


def of_money(
    supplied: Load, spread: Mapping[str, Sequence[float | None]], days: Sequence[int] = (1, 1)
) -> LoadedTable:
    """Totals of orders, a mean: 400 orders of 1,000 users against 500 of 1,000."""
    frame = rows("orders", {"numerator": 400, "denominator": 1000}, {"numerator": 500, "denominator": 1000})
    frame["date"] = [pd.Timestamp(2026, 7, day) for day in days]
    return supplied(totals=pd.concat([frame, pd.DataFrame(dict(spread))], axis=1))["totals"]


@pytest.mark.parametrize(
    "spread",
    [
        {"sum_of_squares": [1360.0, 1749.0]},
        {"variance": [1200 / 999, 1499 / 999]},
        {"sum_of_squares": [1360.0, None], "variance": [None, 1499 / 999]},
    ],
)
def test_totals_of_a_mean_have_the_interval_of_its_values(
    supplied: Load, spread: Mapping[str, Sequence[float | None]]
) -> None:
    """Welch from units, means and variances, whichever way the spread is told."""
    found = read(of_money(supplied, spread), "orders")
    variances = (1360 - 400**2 / 1000) / 999, (1749 - 500**2 / 1000) / 999
    assert found.primary
    assert found.primary.difference.method == "Welch"
    assert found.primary.difference.value == pytest.approx(0.1)
    se = math.sqrt(sum(variances) / 1000)
    assert found.primary.difference.se == pytest.approx(se)
    assert found.primary.difference.low == pytest.approx(0.1 - 1.96 * se, abs=1e-3)
    assert not {check.key: check for check in found.checks}["outliers"].looked


def test_published_totals_of_money_are_read_as_published(supplied: Load) -> None:
    """GrowthBook's example: +0.045 to +0.535, p 0.0202; read as successes it was +0.27 to +0.31, p 3e-129."""
    arms = (
        {"numerator": 1396.87, "denominator": 3407, "sum_of_squares": 52377.9767},
        {"numerator": 2422.7, "denominator": 3461, "sum_of_squares": 134698.29},
    )
    one = read(supplied(totals=rows("revenue", *arms))["totals"], "revenue").primary
    assert one
    assert one.difference.se == pytest.approx(0.12478363158758794)
    assert (one.difference.low, one.difference.high) == pytest.approx(
        (0.04537789255929012, 0.5346221074407098)
    )
    assert one.difference.p == pytest.approx(0.020158402643587037)
    assert one.lift
    assert (one.lift.low, one.lift.high) == pytest.approx((0.0941694631473764, 1.7084033688689786), rel=2e-3)


def test_published_totals_of_a_ratio_are_read_as_published(ratio: Load) -> None:
    """GrowthBook's and PostHog's fixture, by the delta method; the sums of one arm vary together."""
    control = {
        "numerator": 94605.79858780127,
        "denominator": 936,
        "units": 1966,
        "sum_of_squares": 10463129.505392816,
        "denominator_squares": 936,
        "cross_products": 94605.79858780127,
    }
    treatment = {
        "numerator": 99673.9364269569,
        "denominator": 947,
        "units": 2034,
        "sum_of_squares": 11298745.182728939,
        "denominator_squares": 947,
        "cross_products": 99673.9364269569,
    }
    table = ratio(totals=rows("orders_per_session", control, treatment))["totals"]
    one = read(table, "orders_per_session").primary
    assert one
    assert one.difference.value == pytest.approx(4.1777376521718)
    assert one.difference.se == pytest.approx(1.3892631386717398)
    assert (one.difference.low, one.difference.high) == pytest.approx(
        (1.4540016505548228, 6.901473653788777), rel=1e-5
    )


COMPLETE = {"units": 9, "sum_of_squares": 20.0, "denominator_squares": 90.0, "cross_products": 30.0}


@pytest.mark.parametrize("lacking", list(COMPLETE))
def test_a_ratio_of_totals_needs_all_that_its_error_rests_on(ratio: Load, lacking: str) -> None:
    arm = {"numerator": 10.0, "denominator": 27.0, **{k: v for k, v in COMPLETE.items() if k != lacking}}
    with pytest.raises(SettingsError, match="units, sum_of_squares, denominator_squares, cross_products"):
        read(ratio(totals=rows("orders_per_session", arm, arm))["totals"], "orders_per_session")


@pytest.mark.parametrize(
    ("spread", "days", "message"),
    [
        ({}, (1, 1), "sums alone have no interval. Add the column sum_of_squares"),
        ({"sum_of_squares": [1360.0, None]}, (1, 1), "sums alone have no interval"),
        ({"sum_of_squares": [1360.0, 1749.0]}, (1, 2), "squares of days do not add up"),
    ],
)
def test_totals_that_cannot_have_an_interval_are_refused(
    supplied: Load, spread: Mapping[str, Sequence[float | None]], days: Sequence[int], message: str
) -> None:
    """Sums of money read as successes of trials gave a p of 3e-129 where the truth was 0.02."""
    with pytest.raises(SettingsError, match=message):
        read(of_money(supplied, spread, days), "orders")


def test_totals_by_day_of_assignment_and_segment_add_up_to_the_units(supplied: Load) -> None:
    """The moments of 600 units, told by day and segment, are those of the units as a whole."""
    generator = np.random.default_rng(4)
    units = pd.DataFrame(
        {
            "variant": generator.choice(ARMS, 600),
            "date": pd.Timestamp("2026-07-01") + pd.to_timedelta(generator.integers(0, 3, 600), "D"),
            "segment": generator.choice(["new", "old"], 600),
            "orders": generator.normal(-0.2, 2, 600),
        }
    )
    summed = units.groupby(["variant", "date", "segment"])["orders"].agg(
        numerator="sum", denominator="count", sum_of_squares=lambda values: (values**2).sum()
    )
    frame = summed.reset_index().assign(experiment="checkout", metric="orders")
    plan = protocol(primary="orders", guard_rails=[], units="once")
    found = observe_totals(plan, supplied(totals=frame)["totals"])
    for segment in ("new", "old", None):
        part = units if segment is None else units[units["segment"] == segment]
        own = (found if segment is None else found.within("segment", segment)).moments("control", "orders")
        values = part.loc[part["variant"] == "control", "orders"]
        assert own.n == len(values)
        assert (own.mean, own.variance) == pytest.approx((values.mean(), values.var()))


def test_a_row_that_is_the_sum_of_the_others_is_refused(supplied: Load) -> None:
    parts = [("new", 300), ("old", 700), ("all", 1000)]
    one = [
        rows("activated", *[{"numerator": n / 10, "denominator": n, "segment": segment}] * 2)
        for segment, n in parts
    ]
    with pytest.raises(SettingsError, match="rows with segment 'all' are the sum of all others"):
        read(supplied(totals=pd.concat(one))["totals"], "activated")
    whole = read(supplied(totals=pd.concat(one[:2]))["totals"], "activated")
    assert whole.observed.assigned("control") == 1000
    assert whole.observed.values("segment") == ("new", "old")


def test_squares_that_no_values_can_have_are_refused(supplied: Load, ratio: Load) -> None:
    with pytest.raises(ValueError, match="less than 1000 values that add up to 400 can have"):
        read(of_money(supplied, {"sum_of_squares": [100.0, 1749.0]}), "orders")
    arm = {"numerator": 10.0, "denominator": 27.0, **COMPLETE, "cross_products": 70.0}
    with pytest.raises(ValueError, match="more than its squares allow"):
        read(ratio(totals=rows("orders_per_session", arm, arm))["totals"], "orders_per_session")


@pytest.mark.parametrize(
    ("kind", "columns", "message"),
    [
        ("mean", frozenset(), r"x\.yaml:9: paid is a mean, and totals have no sum_of_squares or variance"),
        ("mean", frozenset({"variance"}), None),
        (
            "ratio",
            frozenset({"units", "cross_products"}),
            "no denominator_squares, sum_of_squares: sums",
        ),
        ("ratio", frozenset(COMPLETE), None),
        ("sum", frozenset({"variance"}), r"x\.yaml:9: paid is a sum, which totals do not tell"),
        ("share", frozenset(), None),
    ],
)
def test_check_refuses_totals_without_a_spread_by_the_line(
    tmp_path: Path, kind: str, columns: frozenset[str], message: str | None
) -> None:
    """Before anything runs, at the line that names the metric."""
    below = ", numerator: a, denominator: b" if kind in {"ratio", "share"} else ", numerator: a"
    (tmp_path / "metrics.yaml").write_text(
        f"metrics:\n  paid: {{label: Paid, unit: count, kind: {kind}{below}}}\n", encoding="utf-8"
    )
    (tmp_path / "experiments").mkdir()
    text = (
        "id: x\ntitle: X\nhypothesis: H\nowner: me\nvariants:\n  control: 1\n  new: 1\ncontrol: control\n"
        "primary: paid\nminimum_effect: 1\nplanned_sample: 100\n"
    )
    (tmp_path / "experiments" / "x.yaml").write_text(text, encoding="utf-8")
    found = check(tmp_path, {"totals": columns})
    assert len(found) == (message is not None)
    assert all(re.search(message or "", problem) for problem in found)
