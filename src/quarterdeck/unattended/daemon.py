"""The daemon: at each look, run what is due, tell what is news, remove what need not be kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from helpers.records import Project, SettingsError, project
from helpers.records.nouns import how_many
from quarterdeck import QuarterdeckError, interruption
from quarterdeck.archive.claims import Claims
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.ledger import stamp
from quarterdeck.archive.record import RunRecord
from quarterdeck.kernels.pool import POOL
from quarterdeck.params.report import ReportFile
from quarterdeck.plan import agenda, reasons, sample_data, schedule
from quarterdeck.plan.editions import plan, read_report
from quarterdeck.plan.request import Planned, RunRequest, Selection
from quarterdeck.plan.schedule import Due
from quarterdeck.publish import pruning
from quarterdeck.run import fleet
from quarterdeck.run.fleet import Fleet, Outcome
from quarterdeck.run.runner import Runner
from quarterdeck.unattended import notify
from quarterdeck.unattended.events import Events


@dataclass
class Daemon:
    """Runs reports on their schedules. It keeps nothing in memory that the ledger does not know."""

    layout: Layout
    runner: Callable[[Layout], Runner]
    jobs: int
    events: Events
    send: notify.Send = notify.by_apprise
    troubles: dict[str, str] = field(default_factory=dict)
    """What is wrong, by what it is about: told once, not at every look."""

    def run(self, wait: Callable[[float], object]) -> None:
        """Look every minute until interrupted: settings change, machines sleep, clocks jump."""
        self.events.tell("started", "The schedule is running.", pid=os.getpid())
        while True:
            interruption.check()
            if self.look():
                POOL.close()  # days may pass until the next run
            wait(self._seconds())

    def look(self) -> list[RunRecord]:
        """Run what is due now, and return the runs."""
        try:
            return self._look()
        except (QuarterdeckError, SettingsError, OSError) as error:
            self._complain("trouble", "schedule", str(error))
            return []

    def _look(self) -> list[RunRecord]:
        now = self.events.clock()
        settings = project(self.layout.params)
        recovered = fleet.recover(self.layout)
        self._tell_unpublished(recovered)
        for record in recovered.records:
            then = "It is not tried again." if self._is_answered(record) else "It is run again."
            name = f"{record.report}/{record.edition}"
            self.events.tell("recovered", f"{name}: {record.reason} {then}", run_id=record.run_id)
        forgotten = agenda.forget_future(self.layout, now)
        if forgotten:
            self.events.tell("clock", f"The clock went back: {forgotten} due times are due again.")
        reports = self._reports()
        schedules = {name: file.schedule for name, file in reports.items() if file.schedule}
        agenda.register(self.layout, schedules, now)
        records: list[RunRecord] = []
        for due in schedule.due(schedules, agenda.due_times(self.layout), now):
            records += self._meet(due, settings)
        self._tell_news(reports, settings)
        if records:
            removed = pruning.prune(self.layout, settings.keep, now)
            if removed:
                self.events.tell("pruned", f"The bulk of {len(removed)} old run folders was removed.")
        return records

    def _reports(self) -> dict[str, ReportFile]:
        """The reports whose files can be read; the others are told, and do not stop these."""
        found = {}
        for name in self.layout.reports:
            try:
                found[name] = read_report(self.layout, name)[1].file
            except (QuarterdeckError, SettingsError) as error:
                self._complain("broken", name, str(error))
            else:
                self.troubles.pop(name, None)
        return found

    def _meet(self, due: Due, settings: Project) -> list[RunRecord]:
        """Run the editions that a due time asks for; it is settled when each of them was answered."""
        agenda.begin(self.layout, due.report, due.at)
        try:
            planned = self._planned(due, settings)
        except (QuarterdeckError, SettingsError) as error:
            self._complain("broken", due.report, str(error))
            return []
        runner = replace(self.runner(self.layout), on_cell=self.events.cell)
        waiting = [item for item in planned if not self._is_done(item)]
        with Claims(self.layout) as claims:
            outcome = Fleet(runner, claims, self.jobs).run(waiting, self.events.ended)
        for name, other in outcome.elsewhere.items():
            self.events.tell("elsewhere", f"{name} is being run by another process ({other}).")
        self._tell_unpublished(outcome)
        again = (reasons.planned(self.layout, runner.inputs, item.request) for item in waiting)
        if all(self._is_done(item) for item in again):
            agenda.settle(self.layout, due.report, due.at, self.events.clock())
            when = f"{due.report}, due {due.at:%Y-%m-%d %H:%M} UTC"
            now = f"{len(outcome.records)} of them run now, the others before"
            told = f"{when}: {how_many(len(planned), 'edition')}, {now}."
            self.events.tell("settled", told, report=due.report, due=stamp(due.at))
        return outcome.records

    def _planned(self, due: Due, settings: Project) -> list[Planned]:
        sample_data.ensure(self.layout, settings, due.as_of)
        return plan(self.layout, Selection(due.as_of, (due.report,), due=due.at))

    def _is_done(self, item: Planned) -> bool:
        """Whether an edition needs no run for its due time: nothing changed, or a run has answered it."""
        return item.up_to_date or self._is_answered(item.request)

    def _is_answered(self, run: RunRecord | RunRequest) -> bool:
        """Whether the due time of a run needs no other."""
        return run.due is not None and agenda.is_answered(self.layout, run.report, run.edition, run.due)

    def _tell_news(self, reports: dict[str, ReportFile], settings: Project) -> None:
        wanted = {name: file.notify for name, file in reports.items()}
        for problem in notify.tell(self.layout, wanted, settings.site, os.environ, self.send):
            self._complain("not_told", problem, problem)

    def _tell_unpublished(self, outcome: Outcome) -> None:
        for name, reason in outcome.unpublished.items():
            told = f"{name} could not be published ({reason}). It is tried again."
            self._complain("unpublished", name, told)

    def _complain(self, event: str, about: str, text: str) -> None:
        if self.troubles.get(about) != text:
            self.troubles[about] = text
            self.events.tell(event, text, about=about)

    def _seconds(self) -> float:
        """Until the next minute begins: no due time lies between."""
        now = self.events.clock()
        return 60 - now.second - now.microsecond / 1e6
