"""Trust is checked before any effect, and a failed check says what to do."""

from datetime import date

import pytest

from helpers.experiments import trust
from helpers.experiments.observations import Cell, Observations
from helpers.experiments.protocol import Protocol
from helpers.records import Check

from .conftest import observed, protocol, share


def found(plan: Protocol, seen: Observations) -> dict[str, Check]:
    return {check.key: check for check in trust.checks(plan, seen)}


def test_a_sound_experiment_passes_all() -> None:
    assert all(check.passed for check in trust.checks(protocol(), observed()))


def test_a_planned_uneven_split_is_no_mismatch() -> None:
    uneven = observed((800, 3000), (300, 1000))
    assert found(protocol(variants={"control": 3, "treatment": 1}), uneven)["sample_ratio"].passed
    check = found(protocol(), uneven)["sample_ratio"]
    assert not check.passed
    assert check.severity == "stop"
    assert "3,000 to 1,000" in check.text


def test_an_odd_split_above_the_limit_is_told_as_unusual() -> None:
    check = found(protocol(), observed((20034, 44700), (20119, 45489)))["sample_ratio"]
    assert check.passed
    assert "unusual" in check.text


@pytest.mark.parametrize(("crossed", "severity"), [(0, "info"), (3, "warn"), (400, "stop")])
def test_units_in_two_variants_are_left_out_and_many_stop(crossed: int, severity: str) -> None:
    check = found(protocol(), observed(crossed=crossed))["one_variant"]
    assert check.passed == (crossed == 0)
    assert check.severity == severity


@pytest.mark.parametrize(("lost", "passed"), [((100, 110), True), ((100, 300), False)])
def test_outcomes_may_be_missing_alike_only(lost: tuple[int, int], passed: bool) -> None:
    cells = tuple(
        Cell(arm, None, 2000, 2000 - missing, {"activated": share(800, 2000)})
        for arm, missing in zip(("control", "treatment"), lost, strict=True)
    )
    check = found(protocol(), Observations(cells, frozenset({"activated"})))["outcomes"]
    assert check.passed == passed


def test_departures_from_the_protocol_are_listed() -> None:
    plan = protocol(start=date(2026, 7, 8), end=date(2026, 7, 9))
    check = found(plan, observed(days=10))["protocol"]
    assert not check.passed
    assert check.severity == "warn"
    assert "units from 6 Jul 2026, planned from 8 Jul 2026" in check.text
    assert "units until 15 Jul 2026, planned until 9 Jul 2026" in check.text


def test_a_missing_variant_stops() -> None:
    seen = Observations(observed().cells[:1], frozenset({"activated"}))
    check = found(protocol(), seen)["protocol"]
    assert check.severity == "stop"
    assert "no unit in treatment" in check.text


def test_an_unmeasured_primary_metric_stops() -> None:
    check = found(protocol(primary="revenue"), observed())["protocol"]
    assert check.severity == "stop"
    assert "revenue was not measured" in check.text


@pytest.mark.parametrize(("units", "severity"), [(0, "info"), (10, "warn"), (4000, "stop")])
def test_excluded_experiments_must_not_share_units(units: int, severity: str) -> None:
    check = found(protocol(exclusive_with=["home_feed"]), observed(shared={"home_feed": units}))["kept_apart"]
    assert check.passed == (units == 0)
    assert check.severity == severity
