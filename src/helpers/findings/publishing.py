"""What a notebook hands to the runner: records through the outputs of its cells, one MIME type each."""

from __future__ import annotations

import ast
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from IPython.core.getipython import get_ipython
from IPython.display import display

from helpers.records import CHECK, FINDING, GAP, TABLE, Check, Finding, Gap, TableAccount, run_folder

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult
    from pandas import DataFrame

Output = Finding | TableAccount | Check | Gap
_MIME: dict[type[Output], str] = {Finding: FINDING, TableAccount: TABLE, Check: CHECK, Gap: GAP}
_SHOWN: dict[str, ShownFinding] = {}
_READ: dict[str, TableAccount] = {}
_CELL = [""]


@dataclass(frozen=True)
class ShownFinding:
    """A finding that a cell (by its id) has shown; `quiet` without a line of its own.

    >>> forget()
    >>> begin("verdict-cell")
    >>> from helpers.findings import Measure, concluded
    >>> verdict = Measure("checkout.verdict", "What to do", "text")
    >>> show(concluded(verdict, "Roll it out", "No guard-rail lost.", "2026 Q3"), quiet=True)
    >>> [(one.finding.key, one.quiet, one.cell) for one in all_shown()]
    [('checkout.verdict', True, 'verdict-cell')]
    """

    finding: Finding
    quiet: bool = False
    cell: str = ""


class NoData(Exception):  # noqa: N818  (it is no error: it tells why there is nothing to show)
    """There are no data for this edition (before the first section) or for this section (inside one).

    The message says why, in a sentence that a page shows.

        >>> raise NoData("There are no tickets in 2026 Q3.")
        Traceback (most recent call last):
        helpers.findings.NoData: There are no tickets in 2026 Q3.
    """

    __module__ = "helpers.findings"  # its public name, by which the runner and its users know it


@dataclass(frozen=True)
class Headlines:
    """What a report says first: findings that a cell shows one a line, and others that go along quietly.

    `checks` go along too: how often such a page says clear when nothing has changed.

    The last expression of a cell shows it. `.data` has one row a finding.

        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion
        >>> conversion = Measure("conversion", "Conversion", "share", "higher")
        >>> told = Headlines((measured(conversion, proportion(240, 1000), "2026 Q3"),))
        >>> told.data[["key", "value", "n"]]
                  key  value     n
        0  conversion   0.24  1000
    """

    findings: tuple[Finding, ...]
    quiet: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()

    def _ipython_display_(self) -> None:
        show(*self.findings)
        show(*self.quiet, quiet=True)
        report(*self.checks)

    @property
    def data(self) -> DataFrame:
        """Every finding as a row: key, label, value, se, low, high, level, unit, n, period, method.

        Those with a change also have change, change_low, change_high, p, p_adjusted and verdict.
        """
        return as_frame((*self.findings, *self.quiet))


def show(*findings: Finding, quiet: bool = False) -> None:
    """Publish findings: to the runner as records, in JupyterLab one a line.

    `quiet` leaves out the lines: for the cells of a table that the notebook shows anyway. Without a runner
    they are not sent at all, since JupyterLab folds a cell of more than fifty outputs away.

        >>> from helpers.findings import Measure, concluded
        >>> verdict = Measure("checkout.verdict", "What to do", "text")
        >>> show(concluded(verdict, "Roll it out", "No guard-rail lost.", "2026 Q3"))
        >>> shown("checkout.verdict").text.value
        'Roll it out'

    Raises:
        ValueError: two findings have one key.
    """
    seen: set[str] = set()
    for finding in findings:
        if finding.key in seen:
            raise ValueError(
                f"key == {finding.key}, must be unique: name its dimension, as in nps@region=emea."
            )
        seen.add(finding.key)
        _SHOWN[finding.key] = ShownFinding(finding, quiet, _CELL[0])
        if not quiet or run_folder():
            publish(finding, as_html="" if quiet else _row(finding))


def shown(key: str) -> Finding | None:
    """The finding of this key that the notebook has shown so far; None where it has shown none.

    >>> shown("never.measured") is None
    True
    """
    return _SHOWN[key].finding if key in _SHOWN else None


def all_shown() -> tuple[ShownFinding, ...]:
    """Every finding that the notebook has shown so far, quiet ones too, each with the cell that showed it.

    >>> forget()
    >>> all_shown()
    ()
    """
    return tuple(_SHOWN.values())


def read_tables() -> tuple[TableAccount, ...]:
    """The accounts of tables that the notebook has shown so far.

    >>> publish(TableAccount(name="answers", read=10, kept=10))
    >>> "answers" in [account.name for account in read_tables()]
    True
    """
    return tuple(_READ.values())


def begin(cell: str) -> None:
    """A cell begins, by its id: what it showed before it will show again, or not any more.

    >>> begin("verdict-cell")
    >>> any(one.cell == "verdict-cell" for one in all_shown())
    False
    >>> begin("")
    """
    _CELL[0] = cell
    for key in [key for key, one in _SHOWN.items() if cell and one.cell == cell]:
        del _SHOWN[key]


def forget() -> None:
    """Forget what was shown so far, which was measured by other parameters.

    >>> forget()
    >>> shown("checkout.verdict") is None
    True
    """
    _SHOWN.clear()


def report(*checks: Check) -> None:
    """Publish trust checks: to the runner as records, in JupyterLab those that failed.

    >>> report(Check(key="sample_ratio", passed=True, text="1,000 and 1,004 units: as planned."))
    """
    for check in checks:
        warning = f'<p class="qd qd-check">{html.escape(check.text)}</p>'
        publish(check, as_html=warning if check.failed else "")


def publish(record: Output, *, as_html: str = "") -> None:
    """Hand one record to the runner through the cell's output; outside a kernel this does nothing.

    From then on NoData is a note in JupyterLab. Below a cell that shows something the cells run on, as the
    sections of a report do; below one that only binds names, as those that load do, nothing runs.

        >>> publish(Gap(section="Tickets", kind="absent", reason="There are no tickets."))
    """
    if isinstance(record, TableAccount):
        _READ[record.name] = record
    shell = get_ipython()
    if shell is None:
        return
    if run_folder() is None and (NoData,) != shell.custom_exceptions:
        shell.set_custom_exc((NoData,), _note)
        shell.events.register("post_run_cell", _forgive)
    data = {_MIME[type(record)]: record.model_dump(mode="json")}
    display({**data, "text/html": as_html} if as_html else {**data, "text/plain": ""}, raw=True)


def _note(_shell: object, _kind: type[NoData], reason: NoData, _trace: object, **_: object) -> None:
    said = f"No data: {reason}"
    note = f'<div class="qd"><p class="note">{html.escape(said)}</p></div>'
    display({"text/html": note, "text/plain": said}, raw=True)


def _forgive(result: ExecutionResult) -> None:
    """A cell that shows what it finds has not failed without data: JupyterLab goes on to the next one."""
    if isinstance(result.error_in_exec, NoData) and not _only_binds(_source(result)):
        result.error_in_exec = None


def _source(result: ExecutionResult) -> str:
    return (result.info and result.info.raw_cell) or ""


def _only_binds(source: str) -> bool:
    """Whether a cell ends in an assignment: what stands below it builds on what it could not make."""
    try:
        body = ast.parse(source).body
    except SyntaxError:  # magics are no plain Python
        return False
    return bool(body) and isinstance(body[-1], ast.Assign | ast.AnnAssign | ast.AugAssign)


def as_frame(findings: Sequence[Finding]) -> DataFrame:
    """Findings as a table of raw values, one row each (see `Headlines.data`)."""
    from pandas import DataFrame

    return DataFrame.from_records([_record(finding) for finding in findings])


def _record(finding: Finding) -> dict[str, Any]:
    names = ("key", "label", "value", "se", "low", "high", "level", "unit", "n", "period", "method")
    record = {name: getattr(finding, name) for name in names}
    if (change := finding.change) is not None:
        record |= {"previous": change.previous, "change": change.value, "change_low": change.low}
        record |= {"change_high": change.high, "p": change.p, "p_adjusted": change.p_adjusted}
        record |= {"verdict": change.verdict}
    return record


def _row(finding: Finding) -> str:
    """How JupyterLab shows one finding; the page has its own cards."""
    parts: Iterable[str] = (
        finding.text.value,
        finding.text.interval,
        finding.text.change,
        finding.text.verdict,
    )
    shown = " · ".join(html.escape(part) for part in parts if part)
    return f'<p class="qd qd-finding"><b>{html.escape(finding.label)}</b> {shown}</p>'
