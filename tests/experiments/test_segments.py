"""Parts are told apart only where a test says so, and a whole that misleads is named."""

import pytest

from helpers import experiments
from helpers.experiments.observations import NOT_KNOWN, Cell, Observations
from helpers.experiments.readout import Readout, conclude
from helpers.experiments.segments import split
from helpers.findings import NoData
from helpers.stats import heterogeneity

from .conftest import protocol, share

Counts = tuple[int, int]


def readout(parts: dict[str, tuple[Counts, Counts]], **changes: object) -> Readout:
    """Activation by region: successes of units in control and treatment."""
    cells = [
        Cell(arm, None, units, units, {"activated": share(successes, units)}, {"region": region})
        for region, arms in parts.items()
        for arm, (successes, units) in zip(("control", "treatment"), arms, strict=True)
    ]
    plan = {"guard_rails": [], "planned_sample": 100, **changes}
    return conclude(protocol(**plan), Observations.of(cells, {"activated"}))


ALIKE = {
    "AMER": ((400, 1000), (450, 1000)),
    "APAC": ((410, 1000), (455, 1000)),
    "EMEA": ((390, 1000), (445, 1000)),
}
APART = {"AMER": ((400, 1000), (600, 1000)), "EMEA": ((400, 1000), (390, 1000))}


def test_parts_that_do_not_differ_are_drawn_to_the_common_effect() -> None:
    found = readout(ALIKE)
    (by_region,) = split(found)
    assert not by_region.differs
    assert len({round(part.shrunk.value, 6) for part in by_region.parts}) == 1
    assert (
        experiments.by_segment(found).title
        == "No clear difference in the effect on Activation between regions"
    )
    assert by_region.found == heterogeneity([part.measured for part in by_region.parts])


def test_parts_that_differ_are_said_to_and_keep_more_of_their_own() -> None:
    found = readout(APART)
    (by_region,) = split(found)
    assert by_region.differs
    low, high = sorted(part.shrunk.value for part in by_region.parts)
    assert high - low > 0.15
    assert experiments.by_segment(found).title == "The effect on Activation differs by region"


def test_a_whole_that_points_the_other_way_than_its_parts_is_called_misleading() -> None:
    mixed = {"AMER": ((450, 500), (1780, 2000)), "EMEA": ((440, 2000), (100, 500))}
    found = readout(mixed, variants={"control": 1, "treatment": 1})
    assert found.primary is not None
    assert found.primary.difference.value > 0
    (by_region,) = split(found)
    assert by_region.within < 0
    assert not found.trusted
    trusted = Readout(**{**vars(found), "checks": ()})
    assert experiments.segment_sheet(trusted).title.startswith("The effect turns round within region")


def test_parts_of_a_monitored_test_are_read_with_its_boundary() -> None:
    fixed, monitored = (
        split(readout(ALIKE, design=design, planned_sample=12000))[0].parts[0].shrunk
        for design in ("fixed-horizon", "sequential")
    )
    assert monitored.high - monitored.low > 1.3 * (fixed.high - fixed.low)
    assert monitored.level == fixed.level


def test_parts_are_not_told_apart_before_the_data_are_trusted() -> None:
    found = readout({"AMER": ((400, 1000), (450, 1000)), "EMEA": ((400, 1000), (300, 600))})
    assert experiments.by_segment(found).title == "Not to be read as an effect: a trust check failed"
    assert not any(row.clear for row in experiments.by_segment(found).rows)


def test_parts_of_few_units_and_units_of_no_known_part_are_left_out() -> None:
    parts = {**ALIKE, "LATAM": ((5, 19), (6, 19)), NOT_KNOWN: ((400, 1000), (450, 1000))}
    (by_region,) = split(readout(parts))
    assert [part.value for part in by_region.parts] == ["AMER", "APAC", "EMEA"]


def test_one_part_alone_is_no_split() -> None:
    with pytest.raises(NoData, match="no region, segment or platform"):
        split(readout({"AMER": ((400, 1000), (450, 1000))}))
