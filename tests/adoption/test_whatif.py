"""When a target of adopters is reached, held against the recursion itself."""

from collections.abc import Callable

import pytest

from helpers import adoption
from helpers.adoption import AdopterFlow, Usage
from helpers.findings import NoData
from helpers.periods import Period
from helpers.sources import LoadedTable

from .conftest import every_day, usage_of


def test_the_target_is_reached_where_the_recursion_reaches_it(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    usage = usage_of(company, "2026Q3")
    quarters = adoption.by_quarter(usage)
    model = adoption.target(usage).model
    levers = {slider.name: slider.value for slider in model.sliders}
    adopters, later = float(quarters[-1].adopted), []
    for _ in range(12):
        adopters = levers["kept"] * adopters + levers["activation"] * quarters[-1].signed_up
        later.append(adopters)
    ahead, _, days = model.measured
    assert ahead == pytest.approx(later[3])
    reached = next(at for at, count in enumerate(later, 1) if count >= levers["aim"])
    assert reached - 1 < days / (365.25 / 4) <= reached


def test_a_target_above_where_adopters_settle_is_never_reached(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    model = adoption.target(usage_of(company, "2026Q3")).model
    high = next(slider.high for slider in model.sliders if slider.name == "aim")
    assert model.at(aim=high)[-1].text == "never"


def test_one_covered_quarter_gives_no_model(used: Callable[..., Usage]) -> None:
    usage = used({"a": ("2026-07-01", every_day("2026-07-01", 92))}, "2026Q3")
    with pytest.raises(NoData, match="Two whole quarters"):
        adoption.target(usage)


def test_the_flow_is_that_of_the_last_whole_quarter(used: Callable[..., Usage]) -> None:
    usage = used(
        {
            "stays": ("2026-04-01", [*every_day("2026-05-01", 3), *every_day("2026-08-01", 3)]),
            "leaves": ("2026-04-01", every_day("2026-05-01", 3)),
            "comes": ("2026-07-01", every_day("2026-08-01", 3)),
            "only signs up": ("2026-07-02", ["2026-09-30"]),
            "old": ("2026-04-01", ["2026-04-01"]),
        },
        "2026",
    )
    flow = adoption.adopter_flow(usage)
    assert (flow.quarter, flow.adopters, flow.sign_ups) == (Period(2026, 3), 2, 2)
    assert flow.kept == pytest.approx(0.5)
    assert flow.activation == pytest.approx(0.5)


@pytest.mark.parametrize(("kept", "aim"), [(0.6, 450), (0.1, 400)], ids=["growing", "falling"])
def test_the_first_target_lies_where_adopters_go(kept: float, aim: int) -> None:
    flow = AdopterFlow(Period(2026, 3), adopters=400, sign_ups=500, kept=kept, activation=0.4)
    assert flow.aim == aim
