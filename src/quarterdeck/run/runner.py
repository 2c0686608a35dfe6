"""One run: a request becomes a run folder with the executed notebook, its records and its log."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TextIO

from nbformat import NotebookNode
from pydantic_core import to_json

from helpers.records import Gap
from quarterdeck import QuarterdeckError
from quarterdeck.archive import ledger
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import Failure, RunRecord, Timings
from quarterdeck.archive.shipped import program_version
from quarterdeck.kernels.manager import kernel_manager
from quarterdeck.kernels.output_budget import COLOURS, OutputLimits
from quarterdeck.kernels.pool import POOL
from quarterdeck.kernels.processes import Running, limit_memory
from quarterdeck.plan import gates
from quarterdeck.plan.fingerprints import Inputs, digest
from quarterdeck.plan.request import RunRequest
from quarterdeck.publish.notices import notices
from quarterdeck.run.cell_outputs import OutputRecords, UnusableOutput, output_records
from quarterdeck.run.evidence import RunEvidence
from quarterdeck.run.execute import execute
from quarterdeck.run.section_client import Limits, RunSession
from quarterdeck.secrets import hide

Clock = Callable[[], datetime]
OnCell = Callable[[RunRequest, int, int], None]

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


_LONGEST_PAUSE = 60.0
_LONGEST_SPEECH = 1_000_000


def pause(attempt: int) -> float:
    """Seconds to wait after an attempt that may heal: 1, 4, 16, and never more than 60."""
    return min(_LONGEST_PAUSE, 4.0 ** (attempt - 1))


@dataclass(frozen=True)
class Runner:
    """What all runs of a fleet share.

    `secrets` are hidden in all that is written, variables `withheld` are not given to kernels; `name` is the
    process, as its claims have it.
    """

    layout: Layout
    inputs: Inputs
    clock: Clock
    secrets: tuple[str, ...] = ()
    withheld: frozenset[str] = frozenset()
    name: str = ""
    on_cell: OnCell = lambda _request, _index, _total: None
    running: Running = field(default_factory=Running)

    def run(self, request: RunRequest) -> RunRecord:
        """Run an edition, again where the failure can heal, and return the record of the last attempt.

        A kernel that went with the parent of all kernels was not at fault: once, that is no attempt.
        """
        attempt, begun_anew = 1, False
        while True:
            lost = POOL.lost
            record = self._attempt(request, attempt)
            heals = record.failed is not None and record.failed.can_heal
            if heals and POOL.lost > lost and not begun_anew and not self.running.interrupted:
                begun_anew = True
                continue
            if not heals or attempt > request.retries or self.running.wait(pause(attempt)):
                return record
            attempt += 1

    def refused(self, request: RunRequest, error: Exception) -> RunRecord:
        """The record of a run that could not begin; it stands nowhere but here."""
        return self._unwritable(self._begun(request, 1), error)

    def save(self, record: RunRecord) -> RunRecord:
        """Write a record into its run folder and into the ledger, and return it as it stands there.

        It names no secret, and files by their place in the project: the page shows what it says.
        """
        content = hide(record.model_dump(mode="json"), self.secrets)
        text = json.dumps(content, ensure_ascii=False).replace(f"{self.layout.root}/", "")
        return ledger.save(self.layout, RunRecord.model_validate_json(text))

    def folder(self, record: RunRecord) -> Path:
        """The folder of a run."""
        return self.layout.run(record.report, record.edition, record.run_id)

    def _attempt(self, request: RunRequest, attempt: int) -> RunRecord:
        record = self._begun(request, attempt)
        try:
            return self._recorded(request, record)
        except (OSError, ledger.LedgerError) as error:
            return self._unwritable(record, error)

    def _recorded(self, request: RunRequest, record: RunRecord) -> RunRecord:
        folder = self.folder(record)
        folder.mkdir(mode=0o750, parents=True)  # the site is for all to read; a run for the owner's group
        self.save(record)
        (folder / "tables").mkdir()
        (folder / "quarantine").mkdir(mode=0o700)
        begun = time.monotonic()
        notebook, evidence = self._executed(request, folder)
        if not ((folder / "run.json").exists() and (folder / "tables").is_dir()):
            (folder / "tables").mkdir(mode=0o750, parents=True, exist_ok=True)
            evidence.stopped = Failure(error="The notebook removed its run folder, or what stood there.")
        if notebook is not None:
            replace(folder / "executed.ipynb", _as_json(hide(notebook, self.secrets)))
        _clean(folder / "tables", self.secrets)
        ended = self._ended(record, notebook, evidence, time.monotonic() - begun)
        judged = self._judged(request, ended)
        with (folder / "log.txt").open("a", encoding="utf-8") as log:
            for trouble in judged.data_troubles:
                self._log(log, trouble)
        return self.save(judged)

    def _noticed(self, notebook: NotebookNode | None, gaps: Sequence[Gap], folder: Path) -> tuple[str, ...]:
        """What the author should know of the page, as the log has it too."""
        told = notices(notebook, [gap.section for gap in gaps]) if notebook is not None else ()
        if told:
            with (folder / "log.txt").open("a", encoding="utf-8") as log:
                self._log(log, "\n".join(told))
        return told

    def _unwritable(self, record: RunRecord, error: Exception) -> RunRecord:
        """The run failed because its folder or the ledger cannot be written; told as far as that goes."""
        told = f"{error}" if isinstance(error, ledger.LedgerError) else f"Nothing can be written: {error}."
        failed = record.model_copy(
            update={
                "status": "failed",
                "reason": hide(told, self.secrets),
                "failed": Failure(error=hide(told, self.secrets)),
                "ended": _milliseconds(self.clock()),
            }
        )
        with suppress(OSError, ledger.LedgerError):
            if self.folder(record).exists():
                return self.save(failed)
        return failed

    def _judged(self, request: RunRequest, record: RunRecord) -> RunRecord:
        """The record with what its gates say; an edition of record that breaks one may be held back.

        An edition of a period that no table reaches into is skipped, whatever the notebook made of it.
        """
        if record.status not in ("ok", "incomplete"):
            return record
        if nothing := gates.uncovered(record.tables, request.period):
            return record.model_copy(update={"status": "skipped", "reason": nothing, "failed": None})
        checks = (*record.checks, *gates.judge(request.gates, record.tables, request.reach))
        holding = [] if record.draft else gates.holding(request.gates, checks)
        update: dict[str, object] = {"checks": checks}
        if holding:
            update |= {"published": "held", "reason": " ".join(check.text for check in holding)}
        return record.model_copy(update=update)

    def _begun(self, request: RunRequest, attempt: int) -> RunRecord:
        started = self._after_the_last(request, _milliseconds(self.clock()))
        stem = f"{started:%Y%m%dT%H%M%S}{started.microsecond // 1000:03}Z-{request.digest}"
        while self.layout.run(request.report, request.edition, f"{stem}-{attempt}").exists():
            attempt += 1
        return RunRecord(
            run_id=f"{stem}-{attempt}",
            report=request.report,
            edition=request.edition,
            title=request.title,
            question=request.question,
            code=request.code,
            audience=request.audience,
            owner=request.owner,
            project=request.project.name,
            ask=request.project.ask,
            fiscal_year_start=request.project.fiscal_year_start,
            parameters=request.parameters,
            matrix=request.matrix,
            draft=request.draft,
            free=request.free,
            changed=request.changed,
            as_of=request.as_of,
            due=request.due,
            next_due=request.next_due,
            rhythm=request.rhythm,
            attempt=attempt,
            runner=self.name,
            version=program_version(),
            status="running",
            started=started,
            fingerprints=request.fingerprints,
            digest=request.digest,
            command=request.command,
        )

    def _after_the_last(self, request: RunRequest, now: datetime) -> datetime:
        """Now; just after the last run where the clock went back, so that the newest run stays the newest."""
        last = ledger.last_record(self.layout, request.report, request.edition)
        return now if last is None or last.started < now else last.started + timedelta(milliseconds=1)

    def _executed(self, request: RunRequest, folder: Path) -> tuple[NotebookNode | None, RunEvidence]:
        """The executed notebook, None where it could not even be read, and the evidence."""
        with (
            tempfile.TemporaryDirectory(
                prefix="quarterdeck-", dir=POOL.private_folder(), ignore_cleanup_errors=True
            ) as private,
            (folder / "log.txt").open("w", encoding="utf-8", buffering=1) as log,
            (Path(private) / "kernel.txt").open("w+", encoding="utf-8", errors="replace") as said,
        ):
            session = self._session(request, folder, Path(private), said, partial(self._log, log))
            try:
                self._execute(request, session)
            finally:
                self._log(log, _end_of(said))
        return session.notebook, session.evidence

    def _execute(self, request: RunRequest, session: RunSession) -> None:
        """Execute the notebook; its kernel counts among those that run until it has ended."""
        pids: list[int] = []

        def started(pid: int) -> None:
            pids.append(pid)
            self.running.add(pid)
            if request.memory is not None:
                limit_memory(pid, request.memory)

        session.on_start = started
        try:
            execute(request.notebook, request.parameters, session)
        except Exception as error:  # noqa: BLE001  (one edition never stops the others; its record tells)
            told, heals = f"{type(error).__name__}: {error}", isinstance(error, QuarterdeckError)
            session.evidence.stopped = Failure(error=told, can_heal=heals)
        finally:
            for pid in pids:
                self.running.remove(pid)

    def _session(
        self, request: RunRequest, folder: Path, private: Path, said: TextIO, log: Callable[[str], None]
    ) -> RunSession:
        """A kernel of its own for a run; what it says beside its cells goes into `said`."""
        environment = self._environment(request, folder, private)
        return RunSession(
            manager=kernel_manager(private),
            start={"cwd": str(private), "env": environment, "stdout": said, "stderr": said},
            limits=Limits(
                request.edition_seconds,
                request.cell_seconds,
                request.memory,
                OutputLimits(request.output.text, request.output.pictures),
            ),
            seed=request.name,
            log=log,
            on_cell=partial(self.on_cell, request),
        )

    def _log(self, log: TextIO, text: str) -> None:
        log.write(hide(text, self.secrets) + "\n")

    def _environment(self, request: RunRequest, folder: Path, private: Path) -> dict[str, str]:
        given = {
            **{name: value for name, value in os.environ.items() if name not in self.withheld},
            **dict.fromkeys(_THREADS, str(request.project.threads)),
            "PYTHONHASHSEED": "0",
            "IPYTHONDIR": str(private / "ipython"),
            "QUARTERDECK_PARAMS": str(self.layout.params),
            "QUARTERDECK_RUN": str(folder),
        }
        return self.inputs.packages.environment(given)

    def _ended(
        self, record: RunRecord, notebook: NotebookNode | None, evidence: RunEvidence, seconds: float
    ) -> RunRecord:
        found = _told(notebook, evidence) if notebook is not None else OutputRecords()
        evidence.stopped = evidence.stopped or self._replaced_meanwhile(found)
        failed = evidence.failed()
        interrupted = self.running.interrupted and failed is not None and failed.can_heal
        fingerprints = record.fingerprints | self.inputs.of_accounts(found.tables)
        gaps = (*found.gaps, *evidence.gaps)
        return record.model_copy(
            update={
                "status": "interrupted" if interrupted else evidence.status(),
                "reason": "It was interrupted." if interrupted else evidence.reason(),
                "failed": failed,
                "ended": _milliseconds(self.clock()),
                "timings": _timings(evidence, seconds),
                "peak_memory": evidence.peak_memory,
                "findings": found.findings,
                "tables": found.tables,
                "checks": found.checks,
                "gaps": gaps,
                "notices": self._noticed(notebook, gaps, self.folder(record)),
                "fingerprints": fingerprints,
                "digest": digest(fingerprints, record.parameters),
            }
        )

    def _replaced_meanwhile(self, found: OutputRecords) -> Failure | None:
        """Rows of Parquet stay in their file: one replaced during a run gave some numbers each."""
        replaced = [
            file
            for account in found.tables
            for file in self.inputs.replaced(account)
            if file.endswith(".parquet")
        ]
        if not replaced:
            return None
        return Failure(error=f"{replaced[0]} was replaced while the report ran.", can_heal=True)


def _told(notebook: NotebookNode, evidence: RunEvidence) -> OutputRecords:
    """What the notebook tells; nothing where that is of no use, which is then why the run failed."""
    try:
        return output_records(notebook)
    except UnusableOutput as error:
        evidence.stopped = evidence.stopped or error.failure
        return OutputRecords()


def _end_of(said: TextIO) -> str:
    """The last of what a kernel said beside its cells."""
    said.seek(max(0, said.seek(0, os.SEEK_END) - _LONGEST_SPEECH))
    return said.read()


def _timings(evidence: RunEvidence, seconds: float) -> Timings:
    return Timings(
        start=round(evidence.start_seconds, 3),
        cells=round(evidence.cell_seconds, 3),
        total=round(seconds, 3),
    )


def _milliseconds(moment: datetime) -> datetime:
    """Fine enough that the names of two runs of an edition sort by their starts."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def _clean(folder: Path, values: tuple[str, ...]) -> None:
    """What cells exported as text shows no secret either, and no colours of a terminal."""
    for path in folder.glob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        with suppress(UnicodeDecodeError):
            text = path.read_bytes().decode()
            if (hidden := COLOURS.sub("", hide(text, values))) != text:
                replace(path, hidden)


def _as_json(notebook: NotebookNode) -> str:
    """What nbformat writes, in a fifth of its time; the lines of a text stay together."""
    return to_json(notebook, indent=1).decode() + "\n"
