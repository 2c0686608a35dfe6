"""What stands before the first import of a test, and what is told after the last one."""

from __future__ import annotations

import resource
import sys
import time

import pytest

# jsonschema, on which nbformat stands, compiles this grammar of URIs for seconds when it is there;
# `quarterdeck` itself leaves it out too (quarterdeck.cli.program).
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

_BEGUN = time.monotonic()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the tests cost: the clock depends on the machine and its guests, CPU seconds hardly do."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in used)
    terminalreporter.write_line(f"{seconds:.0f} CPU seconds, {time.monotonic() - _BEGUN:.0f} s by the clock")
