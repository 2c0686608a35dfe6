"""The well-known take-home through the shipped notebook: both readings of "7 days", the open cohort named."""

from collections.abc import Mapping

import pytest

from .conftest import Record, Run

FOLDER = "relax-adoption"

pytestmark = pytest.mark.real

QUARTERS = ["2012q2", "2012q3", "2012q4", "2013q1", "2013q2", "2013q3", "2013q4", "2014q1", "2014q2"]
ACTIVE = [294, 920, 1160, 1399, 1579, 1799, 2060, 2471, 2596]
EVENTS = [408, 3246, 8201, 13912, 21514, 30490, 39809, 49529, 40808]
SIGNED_UP = [0.172662, 0.165375, 0.156686, 0.147839, 0.152012, 0.142659, 0.157861, 0.132345, 0.031067]


@pytest.fixture(scope="module")
def records(run: Run) -> dict[str, Record]:
    """The run of each edition, by its window."""
    return {str(record.parameters["window"]): record for record in run()}


@pytest.fixture(scope="module")
def values(records: dict[str, Record]) -> Mapping[str, float]:
    return records["7"].values


def test_every_section_stands_but_those_without_data(records: dict[str, Record]) -> None:
    assert {record.status for record in records.values()} == {"ok"}


def test_adopted_within_seven_calendar_days(values: Mapping[str, float]) -> None:
    assert values["adopted.users"] == 1602
    assert values["adopted"] == pytest.approx(0.133500, abs=5e-7)


def test_adopted_within_a_difference_of_seven_days(records: dict[str, Record]) -> None:
    found = records["8"].values
    assert found["adopted.users"] == 1656
    assert found["adopted"] == pytest.approx(0.138000, abs=5e-7)


@pytest.mark.parametrize(
    ("channel", "figure"),
    [
        ("guest_invite", 0.166436),
        ("org_invite", 0.129995),
        ("personal_projects", 0.077688),
        ("signup", 0.140393),
        ("signup_google_auth", 0.167509),
    ],
)
def test_adopted_by_source(values: Mapping[str, float], channel: str, figure: float) -> None:
    assert values[f"adopted@channel={channel}"] == pytest.approx(figure, abs=5e-7)


@pytest.mark.parametrize(
    ("quarter", "active", "events"), list(zip(QUARTERS, ACTIVE, EVENTS, strict=True)), ids=QUARTERS
)
def test_active_users_and_events_by_quarter(
    values: Mapping[str, float], quarter: str, active: int, events: int
) -> None:
    assert values[f"active_users@period={quarter}"] == active
    assert values[f"events@period={quarter}"] == events


@pytest.mark.parametrize(("quarter", "figure"), list(zip(QUARTERS, SIGNED_UP, strict=True)), ids=QUARTERS)
def test_adopted_by_sign_up_quarter(values: Mapping[str, float], quarter: str, figure: float) -> None:
    assert values[f"adopted@signed_up={quarter}"] == pytest.approx(figure, abs=5e-7)


def test_the_open_cohorts_are_named(records: dict[str, Record]) -> None:
    check = records["7"].checks["follow_up"]
    assert "signed up in 2014 Q1 and 2014 Q2 have not all had 90 days" in check["text"]


def test_the_encoding_and_both_date_formats_were_read(records: dict[str, Record]) -> None:
    accounts = records["7"].tables
    assert (accounts["users"]["read"], accounts["users"]["kept"]) == (12000, 12000)
    assert (accounts["events"]["read"], accounts["events"]["kept"]) == (207917, 207917)
