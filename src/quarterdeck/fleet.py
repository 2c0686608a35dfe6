"""Many runs side by side, each page published as soon as its run has ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

from quarterdeck.plan import RunRequest
from quarterdeck.record import RunRecord
from quarterdeck.run import Runner


def run_all(
    runner: Runner,
    requests: Sequence[RunRequest],
    jobs: int,
    finished: Callable[[RunRecord], None],
) -> list[RunRecord]:
    """Run the requests, at most `jobs` at a time, and tell of each as it ends.

    Raises:
        KeyboardInterrupt: after every kernel has ended and every record has been written.
    """
    records: list[RunRecord] = []
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(runner.run, request) for request in requests}
        try:
            for done in as_completed(waiting):
                records.append(done.result())
                finished(records[-1])
        except BaseException:
            _stop(runner, waiting)
            raise
    return records


def publish(runner: Runner, record: RunRecord) -> RunRecord:
    """Publish the page of a run, and note in its record what became of it."""
    from quarterdeck import publish as pages

    folder: Path = runner.folder(record)
    result = pages.publish(folder, runner.layout)
    published = record.model_copy(update={"published": result.published})
    return record if published == record else runner.save(published)


def _stop(runner: Runner, waiting: set[Future[RunRecord]]) -> None:
    """Start nothing more and end what runs; the pool then waits until every record is written."""
    for future in waiting:
        future.cancel()
    runner.running.interrupt()
