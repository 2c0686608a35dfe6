"""`quarterdeck` as a process of its own: what it tells while it works, what it answers, why it could not.

Notebooks are published by the program that publishes them unattended, so that what an analyst looks at is
what stands; `helpers` knows of it only how it is called.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpers.records import params_folder
from helpers.records.mistakes import Mistake
from helpers.records.report_terms import notebook_path

Told = Callable[[str], None]


class DraftError(Mistake):
    """`quarterdeck` could not do what it was asked for; the message says what, where, and what to do.

    >>> DraftError("demo/2026q3 never ran.")
    DraftError('demo/2026q3 never ran.')
    """


@dataclass
class QuarterdeckProcess:
    """Asks one thing after another; `told` hears what is being done, a line at a time."""

    told: Told = lambda _text: None
    stopped: bool = False
    _running: subprocess.Popen[str] | None = field(default=None, repr=False)

    def ask(self, *arguments: str) -> Any:  # noqa: ANN401  (what JSON holds)
        """What a command answers with `--json`; what it tells meanwhile goes to `told`.

        Raises:
            DraftError: the request was wrong, or it was stopped.
            KeyboardInterrupt: as the kernel was; the process has ended, too.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as answer:
            errors, status = self._listen([*arguments, "--json"], answer.fileno())
            answer.seek(0)
            text = answer.read()
        if self.stopped:
            raise DraftError("It was stopped. What had ended is kept.")
        if status not in (0, 1) or not text.strip():
            raise DraftError(" ".join(errors).removeprefix("Error: ") or f"it ended with status {status}.")
        return json.loads(text)

    def stop(self) -> None:
        """End what is being done, as Ctrl-C does."""
        self.stopped = True
        if self._running is not None and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGINT)

    def _listen(self, arguments: list[str], answer: int) -> tuple[list[str], int]:
        """Start it and hear it out: the lines that are no events, and its exit status."""
        errors: list[str] = []
        with _started(arguments, answer) as running:
            self._running = running
            assert running.stderr is not None
            try:
                for line in running.stderr:
                    event = _event(line)
                    if event is None:
                        errors.append(line.strip())
                    else:
                        self.told(str(event["text"]))
            except KeyboardInterrupt:
                self.stop()
                raise
        return errors, running.returncode


def shown_by(*arguments: str, given: str) -> str:
    """What a command prints for `given` on its standard input.

    Raises:
        DraftError: it could not.
    """
    with _started(list(arguments), subprocess.PIPE, subprocess.PIPE) as running:
        text, errors = running.communicate(given)
    if running.returncode:
        raise DraftError(errors.strip().removeprefix("Error: "))
    return text


def _started(arguments: list[str], out: int, given: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """The process, in a group of its own: an interrupted kernel ends it itself."""
    notebook = notebook_path()
    return subprocess.Popen(
        [sys.executable, "-m", "quarterdeck.cli", *arguments, "--params", str(params_folder())],
        cwd=notebook.parent if notebook else None,
        stdin=given,
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )


def _event(line: str) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and "text" in event else None
