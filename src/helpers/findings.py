"""Findings: the numbers that travel with a report, worded once, here.

A notebook measures (`measured`), corrects a list of changes (`corrected`) and shows the result (`show`).
What is shown carries a MIME type of its own, which the runner copies to `run.json` and to the page.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from IPython.core.getipython import get_ipython
from IPython.display import display

from helpers import style
from helpers.records import (
    CHECK,
    FINDING,
    GAP,
    TABLE,
    Change,
    Check,
    Finding,
    Gap,
    TableAccount,
    Text,
    run_folder,
)
from helpers.records.outputs import Good, Verdict
from helpers.stats import Difference, Estimate, benjamini_hochberg

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult

Output = Finding | TableAccount | Check | Gap
_MIME: dict[type[Output], str] = {Finding: FINDING, TableAccount: TABLE, Check: CHECK, Gap: GAP}
VERDICTS: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "changed": "changed",
    "unclear": "no clear change",
}


_SHOWN: dict[str, Finding] = {}


class NoData(Exception):  # noqa: N818  (it is no error: it tells why there is nothing to show)
    """There are no data for this edition (before the first section) or for this section (inside one)."""


@dataclass(frozen=True)
class Measure:
    """What a number is, whatever its value: key, label, unit, and which direction is good."""

    key: str
    label: str
    unit: str
    good: Good = "none"
    decimals: int | None = None

    def at(self, **dimensions: str) -> Measure:
        """The same measure of one part: `nps@region=emea`."""
        where = ",".join(f"{name}={_key_value(value)}" for name, value in dimensions.items())
        label = f"{self.label}, {', '.join(dimensions.values())}"
        return Measure(f"{self.key}@{where}", label, self.unit, self.good, self.decimals)


def measured(  # noqa: PLR0913  (the fields of one record)
    measure: Measure,
    estimate: Estimate,
    period: str,
    *,
    headline: bool = False,
    previous: tuple[str, Estimate, Difference] | None = None,
    method: str = "",
    tables: Sequence[str] = (),
) -> Finding:
    """One number as a finding; `previous` is (period, estimate, difference) of the preceding period.

    The verdict is that of this one comparison; put all that stand in one list through `corrected`.
    """
    finding = Finding(
        key=measure.key,
        label=measure.label,
        value=estimate.value,
        se=estimate.se,
        low=estimate.low,
        high=estimate.high,
        level=estimate.level,
        unit=measure.unit,
        decimals=measure.decimals,
        n=estimate.n,
        period=period,
        good=measure.good,
        headline=headline,
        change=_change(previous) if previous else None,
        method=method or estimate.method,
        tables=tuple(tables),
        text=Text(value=""),
    )
    return corrected([finding])[0]


def withheld(
    measure: Measure, period: str, reason: str, *, n: int | None = None, headline: bool = False
) -> Finding:
    """A number that is not told, and why: `46 answers; 100 are needed`."""
    return Finding(
        key=measure.key,
        label=measure.label,
        value=None,
        unit=measure.unit,
        decimals=measure.decimals,
        n=n,
        period=period,
        good=measure.good,
        headline=headline,
        text=Text(
            value="withheld",
            sentence=f"For {measure.label} there is no number: {reason}",
            n=style.count(n) if n is not None else "",
        ),
    )


def effect(  # noqa: PLR0913  (the fields of one record)
    measure: Measure,
    difference: Difference,
    period: str,
    *,
    sides: tuple[str, str],
    n: int,
    headline: bool = False,
    previous: tuple[str, Difference, Difference] | None = None,
) -> Finding:
    """The difference between two sides of one experiment as a finding, worded with its sign.

    `sides` are what is measured and what it is measured against, as people call them; the interval alone
    says whether the difference is clear. `previous` is (look, difference then, how far it has moved).
    """
    unit, digits = measure.unit, measure.decimals
    span = style.span(difference.low, difference.high, unit, digits)
    clear = not difference.low <= 0 <= difference.high
    sentence = (
        f"{measure.label}: {span} with {sides[0]} than with {sides[1]}; this is unlikely to be chance."
        if clear
        else f"{measure.label}: we cannot tell {sides[0]} from {sides[1]}; the difference lies {span}."
    )
    change = _change(previous) if previous else None
    if change is not None:
        verdict = _verdict(change, change.p, measure.good, difference.level)
        change = change.model_copy(update={"p_adjusted": change.p, "verdict": verdict})
    return Finding(
        key=measure.key,
        label=f"{measure.label}, {sides[0]} less {sides[1]}",
        value=difference.value,
        se=difference.se,
        low=difference.low,
        high=difference.high,
        level=difference.level,
        unit=unit,
        decimals=digits,
        n=n,
        period=period,
        good=measure.good,
        headline=headline,
        change=change,
        method=difference.method,
        text=Text(
            value=style.change(difference.value, unit, digits),
            interval=style.change_interval(difference.low, difference.high, unit, digits),
            sentence=sentence,
            n=style.count(n),
            level=style.level(difference.level),
            **_moved(change, unit, digits),
        ),
    )


def _moved(change: Change | None, unit: str, digits: int | None) -> dict[str, str]:
    """The words for how far a difference has moved."""
    if change is None or change.low is None or change.high is None:
        return {}
    return {
        "previous": style.change(change.previous, unit, digits),
        "change": style.change(change.value, unit, digits),
        "change_interval": style.change_interval(change.low, change.high, unit, digits),
        "verdict": f"{'steady' if change.verdict == 'unclear' else change.verdict} since that look",
    }


def concluded(measure: Measure, conclusion: str, sentence: str, period: str) -> Finding:
    """A conclusion in words, such as the verdict of an experiment: it has no number."""
    return Finding(
        key=measure.key,
        label=measure.label,
        value=None,
        unit=measure.unit,
        period=period,
        good=measure.good,
        headline=True,
        text=Text(value=conclusion, sentence=sentence),
    )


def corrected(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of one list with their changes corrected for each other, and worded.

    Benjamini-Hochberg over the list; a change is clear when its adjusted p is below 1 - level.
    """
    p_values = benjamini_hochberg([finding.change.p if finding.change else None for finding in findings])
    return tuple(_judged(finding, p) for finding, p in zip(findings, p_values, strict=True))


def led(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The findings of one corrected list, the clearest change among them a headline, if any is clear."""
    clear = [one for one in findings if one.change and one.change.verdict != "unclear"]
    lead = min(clear, key=lambda one: (one.change and one.change.p_adjusted) or 0.0, default=None)
    return tuple(one.model_copy(update={"headline": True}) if one is lead else one for one in findings)


def show(*findings: Finding, quiet: bool = False) -> None:
    """Publish findings: to the runner as records, in JupyterLab one a line.

    `quiet` leaves out the lines: for the cells of a table that the notebook shows anyway. Without a runner
    they are not sent at all, since JupyterLab folds a cell of more than fifty outputs away.

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
        _SHOWN[finding.key] = finding
        if not quiet or run_folder():
            publish(finding, as_html="" if quiet else _row(finding))


def shown(key: str) -> Finding | None:
    """The finding of this key that the notebook has shown so far; None where it has shown none."""
    return _SHOWN.get(key)


def report(*checks: Check) -> None:
    """Publish trust checks: to the runner as records, in JupyterLab those that failed."""
    for check in checks:
        warning = f'<p class="qd qd-check">{html.escape(check.text)}</p>'
        publish(check, as_html="" if check.passed else warning)


def publish(record: Output, *, as_html: str = "") -> None:
    """Hand one record to the runner through the cell's output; outside a kernel this does nothing.

    From then on NoData is a note in JupyterLab and the cells below run on, as the sections of a report do.
    """
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
    """A cell that found no data has not failed: JupyterLab goes on to the next one."""
    if isinstance(result.error_in_exec, NoData):
        result.error_in_exec = None


def worded(finding: Finding) -> Text:
    """Final wording of a finding, from its numbers alone."""
    if finding.value is None:
        return finding.text
    text = _words(finding)
    return text.model_copy(
        update={
            "level": style.level(finding.level) if finding.level and text.interval else "",
            "n": style.count(finding.n) if finding.n is not None else "",
        }
    )


def _words(finding: Finding) -> Text:
    assert finding.value is not None
    unit, digits, change = finding.unit, finding.decimals, finding.change
    value = style.value(finding.value, unit, digits)
    limits = (
        style.interval(finding.low, finding.high, unit, digits)
        if finding.low is not None and finding.high is not None
        else ""
    )
    if change is None:
        sentence = f"{finding.label} is {value}" + (f", with an interval of {limits}." if limits else ".")
        return Text(value=value, interval=limits, sentence=sentence)
    known = change.low is not None and change.high is not None
    return Text(
        value=value,
        interval=limits,
        verdict=VERDICTS[change.verdict],
        sentence=_sentence(finding, change, value),
        previous=style.value(change.previous, unit, digits),
        change=style.change(change.value, unit, digits),
        change_interval=style.change_interval(change.low, change.high, unit, digits)  # type: ignore[arg-type]
        if known
        else "",
    )


def _sentence(finding: Finding, change: Change, value: str) -> str:
    if change.low is None or change.high is None:
        return f"{finding.label} is {value}."
    span = style.span(change.low, change.high, finding.unit, finding.decimals)
    if change.verdict == "unclear" and change.low <= 0 <= change.high:
        return f"{finding.label} is {value}. We cannot tell it from {change.period}: the change lies {span}."
    if change.verdict == "unclear":
        return f"{finding.label} is {value}, {span} than in {change.period}; that may still be chance."
    return f"{finding.label} is {value}, {span} than in {change.period}; this is unlikely to be chance."


def _judged(finding: Finding, p_adjusted: float | None) -> Finding:
    change = finding.change
    if change is not None:
        verdict = _verdict(change, p_adjusted, finding.good, finding.level or 0.95)
        change = change.model_copy(update={"p_adjusted": p_adjusted, "verdict": verdict})
    judged = finding.model_copy(update={"change": change})
    return judged.model_copy(update={"text": worded(judged)})


def _verdict(change: Change, p_adjusted: float | None, good: Good, level: float) -> Verdict:
    """Clear only when both the corrected test and the interval say so: the page shows both."""
    crosses = change.low is None or change.high is None or change.low <= 0 <= change.high
    if crosses or p_adjusted is None or p_adjusted >= 1 - level:
        return "unclear"
    if good == "none":
        return "changed"
    return "better" if (change.value > 0) == (good == "higher") else "worse"


def _change(previous: tuple[str, Estimate | Difference, Difference]) -> Change:
    period, estimate, difference = previous
    return Change(
        period=period,
        previous=estimate.value,
        value=difference.value,
        low=difference.low,
        high=difference.high,
        p=difference.p,
    )


def _key_value(value: str) -> str:
    return "".join(letter if letter not in ",=@" else "_" for letter in value.lower().replace(" ", "_"))


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
