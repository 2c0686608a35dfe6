"""events.yaml: what was going on, read whole, in the order of time."""

from datetime import date
from pathlib import Path

import pytest

from helpers.records import SettingsError
from helpers.records.known_events import included, read_events


def written(folder: Path, *events: str) -> Path:
    listed = "".join(f"  - {{{event}}}\n" for event in events)
    (folder / "events.yaml").write_text(f"events:\n{listed}", encoding="utf-8")
    return folder


LAUNCH = "kind: launch, title: Japan, date: 2026-05-01, region: APAC"
CLOSED = "kind: closed, title: Christmas, date: 2025-12-24, until: 2025-12-26"


def test_events_come_in_the_order_of_time(tmp_path: Path) -> None:
    first, second = read_events(written(tmp_path, LAUNCH, CLOSED))
    assert (first.title, first.last) == ("Christmas", date(2025, 12, 26))
    assert (second.title, second.last, second.region) == ("Japan", date(2026, 5, 1), "APAC")


def test_without_the_file_nothing_was_going_on(tmp_path: Path) -> None:
    assert read_events(tmp_path) == ()


@pytest.mark.parametrize(
    ("first", "last", "touched"),
    [
        ((23, 23), (23, 23), False),
        ((1, 24), (24, 24), True),
        ((26, 31), (31, 31), True),
        ((27, 31), (31, 31), False),
    ],
)
def test_a_span_touches_days(
    tmp_path: Path, first: tuple[int, int], last: tuple[int, int], touched: bool
) -> None:
    [event] = read_events(written(tmp_path, CLOSED))
    assert event.touches(date(2025, 12, first[0]), date(2025, 12, last[1])) is touched


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("kind: party, title: P, date: 2026-05-01", "events.0.kind"),
        ("kind: launch, title: P", "events.0.date is missing"),
        ("kind: closed, title: P, date: 2026-05-02, until: 2026-05-01", "lies before date"),
        ("kind: launch, title: P, date: 2026-05-02, survey: nps", "survey is for kind: survey"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, event: str, said: str) -> None:
    with pytest.raises(SettingsError, match=rf"events\.yaml:2: .*{said}"):
        read_events(written(tmp_path, event))


def test_events_of_included_files_stand_among_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALENDAR", "calendars")
    (tmp_path / "calendars").mkdir()
    written(tmp_path / "calendars", LAUNCH)
    (tmp_path / "events.yaml").write_text(
        f"include: ['${{CALENDAR}}/events.yaml', absent.yaml]\nevents: [{{{CLOSED}}}]\n", encoding="utf-8"
    )
    assert [event.title for event in read_events(tmp_path)] == ["Christmas", "Japan"]
    assert included(tmp_path) == {
        "${CALENDAR}/events.yaml": tmp_path / "calendars" / "events.yaml",
        "absent.yaml": tmp_path / "absent.yaml",
    }
    written(tmp_path / "calendars", "kind: party, title: P, date: 2026-05-01")
    with pytest.raises(SettingsError, match=r"calendars/events\.yaml:2: events\.0\.kind"):
        read_events(tmp_path)


def test_an_included_file_that_needs_an_unset_variable_is_told(tmp_path: Path) -> None:
    (tmp_path / "events.yaml").write_text("include: ['${NOWHERE_SET}/events.yaml']\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"events\.yaml: include: the variable NOWHERE_SET is not set"):
        read_events(tmp_path)
