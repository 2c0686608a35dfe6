"""Many runs side by side: each edition claimed while it runs, its page published as soon as it has ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from quarterdeck import interruption
from quarterdeck.archive import ledger
from quarterdeck.archive.claims import Claims
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import WENT_WRONG, RunRecord, new_rows, records
from quarterdeck.kernels.pool import POOL
from quarterdeck.plan import agenda, reasons
from quarterdeck.plan.request import Planned
from quarterdeck.run import recovery

if TYPE_CHECKING:
    from quarterdeck.run.runner import Runner

Told = Callable[[RunRecord], None]
_Pending = Future[RunRecord | str | None]
_LOOKS = 0.5
"""Seconds between two looks for an interruption while nothing ends."""


@dataclass
class Outcome:
    """What became of a fleet.

    The runs that ended; the editions that another process is running, with its name; the pages (by edition)
    that could not be published, and why: the next run publishes them; what the tables of an edition gained.
    """

    records: list[RunRecord] = field(default_factory=list)
    elsewhere: dict[str, str] = field(default_factory=dict)
    unpublished: dict[str, str] = field(default_factory=dict)
    new_rows: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        """The editions that ran."""
        return {f"{record.report}/{record.edition}" for record in self.records}

    @property
    def went_wrong(self) -> bool:
        """Whether a run did not end well, or a page could not be published."""
        return bool(self.unpublished) or any(record.status in WENT_WRONG for record in self.records)


@dataclass(frozen=True)
class Fleet:
    """Runs editions, at most `jobs` at a time; without `publish` no page and no catalogue is written."""

    runner: Runner
    claims: Claims
    jobs: int
    publish: bool = True

    @property
    def layout(self) -> Layout:
        """Where everything lives."""
        return self.runner.layout

    def run(self, items: Sequence[Planned], told: Told) -> Outcome:
        """Run what is planned, and tell of each edition as it ends.

        Raises:
            KeyboardInterrupt: after every kernel has ended and every record has been written.
        """
        outcome = Outcome()
        if not items:
            return outcome
        runner = replace(self.runner, name=self.claims.runner)
        left = count(len(items) - 1, -1)
        waiting: dict[_Pending, Planned] = {}
        with ThreadPoolExecutor(max_workers=self.jobs) as pool:
            try:
                for item in items:
                    waiting[pool.submit(self._begun, runner, item, left)] = item
                for done in _as_they_end(waiting):
                    self._ended(waiting[done], done.result(), outcome, told)
            except BaseException:
                _stop(runner, waiting)
                raise
            finally:
                runner.inputs.hashes.keep()
                if self.publish:
                    _catalogue(self.layout, outcome)
        return outcome

    def _begun(self, runner: Runner, item: Planned, left: Iterator[int]) -> RunRecord | str | None:
        POOL.prepare(min(self.jobs, next(left)), runner.inputs.packages.own_folders)
        return self._claimed(runner, item)

    def _claimed(self, runner: Runner, item: Planned) -> RunRecord | str | None:
        """The run's record; the name of the runner that has the edition; None where it was done meanwhile."""
        request = item.request
        try:
            other = self.claims.take(request.report, request.edition)
            if other is not None:
                return other
            return runner.run(request) if self._is_wanted(runner, item) else None
        except ledger.LedgerError as error:
            return runner.refused(request, error)

    def _is_wanted(self, runner: Runner, item: Planned) -> bool:
        """Whether no other process has done it since it was planned."""
        request = item.request
        if request.due and agenda.is_answered(self.layout, request.report, request.edition, request.due):
            return False
        if item.last == ledger.last_record(self.layout, request.report, request.edition):
            return True
        return not reasons.planned(self.layout, runner.inputs, request).up_to_date

    def _ended(self, item: Planned, found: RunRecord | str | None, outcome: Outcome, told: Told) -> None:
        request = item.request
        if isinstance(found, str):
            outcome.elsewhere[request.name] = found
            return
        if found is not None:
            outcome.new_rows[request.name] = new_rows(item.last, found)
            outcome.records.append(_publish(self.layout, found, outcome) if self.publish else found)
            told(outcome.records[-1])
        with suppress(ledger.LedgerError):  # the claim ends with this process
            self.claims.release(request.report, request.edition)


def recover(layout: Layout, *, publish: bool = True) -> Outcome:
    """Put right what a crash left behind, and publish what was not, is gone, or has the templates of old.

    The outcome holds the runs that were interrupted, and what still cannot be published.
    """
    from quarterdeck.publish import pages, site

    outcome = Outcome()
    left = recovery.recover(layout)
    if publish:
        waiting = {record.run_id: record for record in [*left.runs, *recovery.unpublished(layout)]}
        anew = pages.has_another_look(layout)
        if anew:
            waiting |= {found.run_id: found for one in layout.runs.glob("*/*") for found in records(one)}
        for record in waiting.values():
            _publish(layout, record, outcome)
        if anew:
            pages.remember_look(layout)
        restored = site.restore(layout)
        if waiting or left.runners or restored or not layout.catalogue.exists():
            _catalogue(layout, outcome)
    outcome.records += [record for record in left.runs if record.status == "interrupted"]
    return outcome


def published(layout: Layout, record: RunRecord) -> RunRecord:
    """Publish the page of a run, and note in its record what became of it."""
    from quarterdeck.publish import pages

    folder = layout.run(record.report, record.edition, record.run_id)
    result = pages.publish(folder, layout)
    if result.published == record.published:
        return record
    return ledger.save(layout, record.model_copy(update={"published": result.published}))


def _publish(layout: Layout, record: RunRecord, outcome: Outcome) -> RunRecord:
    try:
        return published(layout, record)
    except Exception as error:  # noqa: BLE001  (one page never stops the others; it is told)
        outcome.unpublished[f"{record.report}/{record.edition}"] = f"{type(error).__name__}: {error}"
        return record


def _catalogue(layout: Layout, outcome: Outcome) -> None:
    from quarterdeck.publish import catalog

    try:
        catalog.build(layout)
    except OSError as error:
        outcome.unpublished["the catalogue"] = f"{type(error).__name__}: {error}"


def _as_they_end(waiting: Iterable[_Pending]) -> Iterator[_Pending]:
    """The runs as they end; an interruption that got lost is found while nothing ends."""
    left = set(waiting)
    while left:
        interruption.check()
        ended, left = wait(left, timeout=_LOOKS, return_when=FIRST_COMPLETED)
        yield from ended


def _stop(runner: Runner, waiting: Iterable[_Pending]) -> None:
    """Start nothing more and end what runs; the pool then waits until every record is written."""
    for future in waiting:
        future.cancel()
    runner.running.interrupt()
