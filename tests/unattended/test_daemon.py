"""The daemon on real kernels and a clock in hand: what is due runs once, whatever happens in between."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from helpers.records import project as settings_of
from quarterdeck.archive import ledger
from quarterdeck.archive.claims import Claims
from quarterdeck.archive.layout import Layout
from quarterdeck.plan import agenda
from quarterdeck.plan.fingerprints import Inputs
from quarterdeck.run.runner import Runner
from quarterdeck.secrets import secrets
from quarterdeck.unattended.daemon import Daemon
from quarterdeck.unattended.events import Events
from quarterdeck.unattended.notify import Digest

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

REPORT = """title: 'Demo, {period}, {region}'
owner: product-ops
matrix: {region: [all, EMEA]}
schedule: {cron: "0 7 5 1,4,7,10 *", timezone: UTC, catch_up: all}
"""


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class Station:
    """A daemon in a project, with its clock, its events and its outgoing messages."""

    project: ProjectFolder
    now: datetime = datetime(2026, 9, 30, 12, tzinfo=UTC)
    events: list[dict[str, Any]] = field(default_factory=list)
    sent: list[Digest] = field(default_factory=list)

    def look(self, now: str) -> list[tuple[str, str]]:
        """What ran at this moment, and how it ended."""
        self.now = utc(now)
        ran = self.daemon().look()
        return sorted((record.edition, record.status) for record in ran)

    def daemon(self) -> Daemon:
        layout = self.project.layout
        told = Events(self.note, lambda: self.now, secrets(layout.params), as_json=True)
        return Daemon(layout, self.runner, 2, told, lambda _addresses, digest: self.sent.append(digest))

    def runner(self, layout: Layout) -> Runner:
        return Runner(layout, Inputs(layout, settings_of(layout.params)), lambda: self.now)

    def note(self, line: str) -> None:
        self.events.append(json.loads(line))

    def told(self, event: str) -> list[str]:
        return [item["text"] for item in self.events if item["event"] == event]


@pytest.fixture
def station(project: ProjectFolder) -> Station:
    project.notebook("demo", "## One", "region", "## Two", "period")
    project.report("demo", REPORT)
    found = Station(project)
    assert found.look("2026-09-30 12:00") == []
    return found


def both(period: str, status: str = "ok") -> list[tuple[str, str]]:
    return [(f"{period}-all", status), (f"{period}-emea", status)]


def test_a_due_time_is_met_once_with_its_own_date_and_never_early(station: Station) -> None:
    assert station.look("2026-10-05 06:59") == []
    assert station.look("2026-10-05 07:00") == both("2026q3")
    assert station.look("2026-10-05 07:00") == []
    assert station.look("2026-12-31 23:59") == []
    for record in station.project.records():
        assert (str(record.as_of), record.due) == ("2026-10-05", utc("2026-10-05 07:00"))
        assert record.next_due == utc("2027-01-05 07:00")
    assert station.told("settled") == [
        "demo, due 2026-10-05 07:00 UTC: 2 editions, 2 of them run now, the others before."
    ]


def test_after_downtime_what_was_missed_runs_in_order_once(station: Station) -> None:
    assert station.look("2027-05-01 00:00") == sorted(both("2026q3") + both("2026q4") + both("2027q1"))
    dues = [record.due for record in sorted(station.project.records(), key=lambda record: record.started)]
    assert dues == sorted(dues, key=lambda due: due or utc("2000-01-01"))
    assert station.look("2027-05-01 00:01") == []


def test_what_a_person_ran_already_is_not_run_again(station: Station) -> None:
    assert station.project.quarterdeck("run", "--as-of", "2026-10-05", "-p", "region=EMEA").exit_code == 0
    assert station.look("2026-10-05 07:00") == [("2026q3-all", "ok")]
    assert station.look("2026-10-05 07:01") == []


def test_an_edition_that_someone_else_is_running_is_left_to_him_and_looked_at_again(station: Station) -> None:
    with Claims(station.project.layout) as person:
        assert person.take("demo", "2026q3-emea") is None
        assert station.look("2026-10-05 07:00") == [("2026q3-all", "ok")]
        assert "is being run by another process" in station.told("elsewhere")[0]
    assert station.look("2026-10-05 07:01") == [("2026q3-emea", "ok")]
    assert station.look("2026-10-05 07:02") == []


def test_two_daemons_at_once_run_each_edition_once(station: Station) -> None:
    station.now = utc("2026-10-05 07:00")
    daemons = [threading.Thread(target=station.daemon().look) for _ in range(2)]
    for daemon in daemons:
        daemon.start()
    for daemon in daemons:
        daemon.join()
    station.look("2026-10-05 07:01")
    assert sorted(record.edition for record in station.project.records()) == ["2026q3-all", "2026q3-emea"]


def test_a_failed_edition_has_answered_and_waits_for_a_person(station: Station) -> None:
    station.project.notebook("demo", "if region == 'EMEA': 1 / 0", "## One", "region")
    assert station.look("2026-10-05 07:00") == [("2026q3-all", "ok"), ("2026q3-emea", "failed")]
    assert station.look("2026-10-05 07:01") == []


def test_what_a_crash_interrupted_is_found_and_run_again(station: Station) -> None:
    layout = station.project.layout
    assert station.look("2026-10-05 07:00") == both("2026q3")
    [folder] = layout.runs.glob("demo/2026q3-emea/*")
    record = station.project.records()[-1].model_copy(update={"status": "running", "runner": "gone"})
    assert record.edition == "2026q3-emea"
    ledger.save(layout, record)
    ledger.rebuild(layout)
    assert station.look("2026-10-05 07:05") == [("2026q3-emea", "ok")]
    assert "demo/2026q3-emea: The program ended before the run did" in station.told("recovered")[0]
    assert [r.status for r in station.project.records() if r.edition == folder.parent.name] == [
        "interrupted",
        "ok",
    ]
    assert station.look("2026-10-05 07:06") == []


def test_an_edition_that_ends_its_runner_each_time_is_given_up_and_told(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM", "json://127.0.0.1/")
    station.project.report("demo", REPORT + "notify: {on: [failed], to: ['${TEAM}']}\n")
    layout = station.project.layout
    station.look("2026-10-05 07:00")
    [run] = [record for record in station.project.records() if record.edition == "2026q3-emea"]
    for attempt in range(agenda.INTERRUPTIONS):
        ended = {"status": "running", "runner": "gone", "run_id": f"{run.run_id[:-1]}{attempt + 2}"}
        record = run.model_copy(update=ended)
        layout.run(record.report, record.edition, record.run_id).mkdir(exist_ok=True)
        ledger.save(layout, record)
    ledger.use(layout, lambda c: c.execute("delete from runs where run_id = ?", (run.run_id,)))
    assert station.look("2026-10-05 07:05") == []
    assert station.told("recovered")[-1].endswith("It is not tried again.")
    assert [digest.title for digest in station.sent] == ["Quarterdeck: 1 failed"]
    assert "was interrupted" in station.sent[0].body
    assert station.look("2026-10-05 07:06") == []
    assert len(station.sent) == 1


def test_a_clock_that_jumps_ahead_and_back_loses_no_due_time(station: Station) -> None:
    assert station.look("2027-02-01 00:00") == sorted(both("2026q3") + both("2026q4"))
    assert station.look("2026-10-20 00:00") == []
    assert "The clock went back: 1 due times are due again." in station.told("clock")
    station.project.report("demo", REPORT.replace("Demo", "Demo anew"))
    assert station.look("2027-01-05 07:00") == both("2026q4")
    assert station.look("2027-01-05 07:01") == []
    assert agenda.due_times(station.project.layout)["demo"].settled == utc("2027-01-05 07:00")


def test_the_newest_run_stays_the_newest_when_the_clock_goes_back(station: Station) -> None:
    station.project.report("demo", REPORT.replace("catch_up: all", "catch_up: latest"))
    assert station.look("2030-10-06 00:00")[-1] == ("2030q3-emea", "ok")
    station.project.report("demo", REPORT.replace("Demo", "Demo anew"))
    assert station.project.quarterdeck("run", "--as-of", "2030-10-06").exit_code == 0
    page = station.project.layout.page("demo", "2030q3-all").read_text(encoding="utf-8")
    assert "Demo anew" in page
    assert station.project.quarterdeck("run", "--as-of", "2030-10-06").stdout.startswith("2 up to date.")


def test_a_broken_report_is_told_once_and_does_not_stop_the_others(station: Station) -> None:
    station.project.notebook("other", "## One", "1")
    station.project.report("other", "title: [\n")
    station.now = utc("2026-10-05 07:00")
    daemon = station.daemon()
    assert len(daemon.look()) == 2
    daemon.look()
    [told] = station.told("broken")
    assert "params/other.yaml:" in told


def test_news_reach_the_recipient_in_one_digest_and_then_silence(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM", "json://127.0.0.1/")
    station.project.report("demo", REPORT + "notify: {on: [failed, changed], to: ['${TEAM}']}\n")
    station.look("2026-10-05 07:00")
    assert [digest.title for digest in station.sent] == ["Quarterdeck: 2 changed"]
    station.look("2026-10-05 07:01")
    assert len(station.sent) == 1


GATED = """from helpers.records import TABLE, TableAccount
from IPython.display import display
account = TableAccount(name="responses", read=50, kept=50, latest="2026-09-29")
display({TABLE: account.model_dump(mode="json")}, raw=True)"""


def test_a_gate_warns_or_holds_back_and_the_last_good_page_stays(station: Station) -> None:
    station.project.notebook("demo", GATED, "## One", "region")
    station.project.report("demo", REPORT + "gates: {rows: 100}\n")
    assert station.look("2026-10-05 07:00") == both("2026q3")
    page = station.project.layout.page("demo", "2026q3-all")
    assert "responses: 50 rows can be used; 100 are needed." in page.read_text(encoding="utf-8")
    assert {record.published for record in station.project.records()} == {"warned"}

    station.project.report("demo", REPORT + "gates: {rows: 100 or hold}\n")
    result = station.project.quarterdeck("run", "--as-of", "2026-10-06")
    assert "demo/2026q3-all was held back: responses: 50 rows can be used; 100 are needed." in result.stdout
    assert station.project.records()[-1].published == "held"
    assert "was held back: responses: 50 rows" in page.read_text(encoding="utf-8")


def test_data_that_grow_too_old_are_noticed_though_nothing_changed(station: Station) -> None:
    station.project.notebook("demo", GATED, "## One", "1", parameters='region: str = "all"')
    weekly = REPORT.replace("0 7 5 1,4,7,10 *", "0 7 * * 1").replace("Demo, {period}, ", "")
    station.project.report("demo", weekly + "gates: {fresh: 10 d}\n")
    station.look("2026-10-01 00:00")
    assert station.look("2026-10-05 07:00") == [("all", "ok"), ("emea", "ok")]
    assert station.look("2026-10-12 07:00") == [("all", "ok"), ("emea", "ok")]
    assert station.look("2026-10-19 07:00") == []
    last = station.project.records()[-1]
    fresh = next(check for check in last.checks if check.key == "gate.fresh")
    assert (last.published, fresh.text) == (
        "warned",
        "responses: the newest row, of 29 Sep 2026, is older than the 10 d allowed.",
    )


def test_the_command_line_looks_once_lists_and_foretells(station: Station) -> None:
    quarterdeck = partial(station.project.quarterdeck, "schedule")
    done = quarterdeck("run", "--once", "--log-json")
    assert done.exit_code == 0
    [listed] = json.loads(quarterdeck("list", "--json").stdout)
    assert (listed["cron"], listed["timezone"], listed["catch_up"]) == ("0 7 5 1,4,7,10 *", "UTC", "all")
    foretold = json.loads(quarterdeck("next", "-n", "3", "--json").stdout)
    assert len(foretold) == 3
    assert all(item["due"].endswith("-05T07:00+00:00") for item in foretold)
    assert quarterdeck("next", "-n", "1").stdout == f"{foretold[0]['due']} demo\n"
    assert "catch up all" in quarterdeck("list").stdout


def test_the_daemon_looks_again_when_a_minute_begins_and_ends_when_told(station: Station) -> None:
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise KeyboardInterrupt
        station.now = utc("2026-10-05 07:00")

    station.now = utc("2026-10-05 06:59:15")
    with pytest.raises(KeyboardInterrupt):
        station.daemon().run(wait)
    assert waited == [45, 60]
    assert [record.status for record in station.project.records()] == ["ok", "ok"]
