"""From a notebook that is open: a draft of its page, compared with the edition of record, published.

What is done is `quarterdeck run --draft`, `quarterdeck diff` and `quarterdeck publish`, on the file as it is
saved, with the parameters in force.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

from IPython.display import HTML, display

from helpers.explore.known_values import settled
from helpers.explore.quarterdeck_process import DraftError, QuarterdeckProcess
from helpers.explore.watching import Drafted, ParameterError, Watch, watcher
from helpers.records import run_folder
from helpers.records.parameter_types import Value, to_text
from helpers.records.report_terms import notebook_path

Parameters = Mapping[str, Value]
_LIVE = ("--log-json",)


@dataclass(frozen=True)
class DraftAnswer:
    """What became of a draft, a comparison, a publication: a sentence, the page, the differences.

    `edition` is its name (`quarterly_feedback/2026q3-emea~draft`); `page` is None where none was made.
    """

    edition: str
    said: str
    page: Path | None = None
    differences: tuple[EditionDifference, ...] | None = None

    @property
    def link(self) -> str:
        """The way from the notebook to the page; empty where there is none."""
        notebook = notebook_path()
        if self.page is None:
            return ""
        return Path(os.path.relpath(self.page, notebook.parent if notebook else None)).as_posix()

    @property
    def table(self) -> str:
        """The differences as HTML; empty where none are told."""
        if not self.differences:
            return ""
        head = "".join(f'<th scope="col"{kind}>{name}</th>' for name, kind in _HEAD)
        body = "".join(one.row for one in self.differences)
        return f'<table class="differences"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'

    def _repr_html_(self) -> str:
        link = html.escape(self.link)
        shown = f' <a href="{link}">Open the page</a>' if link else ""
        return f'<div class="qd"><p class="note">{html.escape(self.said)}{shown}</p>{self.table}</div>'


@dataclass
class Errand:
    """Makes, compares or publishes beside the kernel, one at a time, and sends what there is to tell.

    A message has `said`; `busy` while it works; at the end `page`, `table` and `made`, whether a draft was;
    a draft is remembered by the watch, for the panel that is made when its cell runs again.
    """

    send: Callable[[dict[str, Any]], None]
    watched: Watch
    _asked: QuarterdeckProcess = field(default_factory=QuarterdeckProcess)
    _thread: Thread | None = None

    def begin(self, what: str, values: Parameters) -> str:
        """Start `draft`, `compare` or `publish`; what is said at once."""
        if self._thread is not None and self._thread.is_alive():
            return "One thing at a time: this ends first, or is stopped."
        self.watched.drafted = None
        self._asked = QuarterdeckProcess(self._tell)
        self._thread = Thread(target=self._do, args=(what, values), daemon=True)
        self._thread.start()
        return "Starting quarterdeck …"

    def stop(self) -> None:
        """End what is being done."""
        self._asked.stop()

    def _do(self, what: str, values: Parameters) -> None:
        try:
            answer = ERRANDS[what](self._asked, values)
        except Exception as error:  # noqa: BLE001  (a thread tells what failed, or nobody does)
            told = str(error) if isinstance(error, DraftError) else f"{type(error).__name__}: {error}"
            self._send(said=told, bad=True)
        else:
            made = what != "publish"
            shown = {"page": answer.link, "title": answer.edition, "table": answer.table, "made": made}
            self.watched.drafted = Drafted(values, shown) if made else None
            self._send(said=answer.said, **shown)

    def _tell(self, text: str) -> None:
        self._send(said=text, busy=True)

    def _send(self, **told: object) -> None:
        self.send({"answer": "errand", "problems": {}, "busy": False, "bad": False, **told})


@dataclass(frozen=True)
class EditionDifference:
    """A finding that draft and edition of record do not share: what each says, empty where it is not."""

    key: str
    label: str
    of_record: str
    draft: str

    @property
    def kind(self) -> str:
        """`differs`, `new` or `gone`."""
        return "new" if not self.of_record else "gone" if not self.draft else "differs"

    @property
    def row(self) -> str:
        """As a row of a table."""
        cells = (self.of_record or "none", self.draft or "none", self.kind)
        texts = "".join(f"<td>{html.escape(cell)}</td>" for cell in cells)
        return f'<tr><th scope="row">{html.escape(self.label)}</th>{texts}</tr>'


_HEAD = (("Number", ""), ("Edition of record", ""), ("Draft", ""), ("", ""))


def draft() -> DraftAnswer | None:
    """Run this notebook as a draft with the parameters in force, and link its page; None in a run.

    The draft stands beside the edition of record, says in page and catalogue that it is one, and is removed
    by `quarterdeck drafts --remove`. The file is run as it is saved.

        >>> draft() is None  # outside a notebook
        True

    Raises:
        DraftError: the notebook is not saved, or `quarterdeck` could not run it; the message says why.
    """
    return _from_a_cell(make)


def compare() -> DraftAnswer | None:
    """Compare this notebook, as a draft, with its edition of record: numbers that differ, new or gone.

        >>> compare() is None  # outside a notebook
        True

    Raises:
        DraftError: there is no edition of record, or the draft could not be made.
    """
    return _from_a_cell(compared)


def publish() -> DraftAnswer | None:
    """Make the draft of this notebook the edition of record; it must be as it was when it was looked at.

        >>> publish() is None  # outside a notebook
        True

    Raises:
        DraftError: there is no such draft, or it cannot be the edition of record; the message says why.
    """
    return _from_a_cell(published)


def make(asked: QuarterdeckProcess, values: Parameters) -> DraftAnswer:
    """A draft of the notebook's file with these values."""
    answer = asked.ask("run", _notebook().stem, "--draft", *_given(values), *_LIVE)
    [(edition, page)] = answer["pages"].items()
    run = answer["runs"][0] if answer["runs"] else None
    if edition in answer["elsewhere"]:
        raise DraftError(f"{edition} is being run by another process. Try again when it has ended.")
    if run is not None and run["status"] not in ("ok", "incomplete"):
        raise DraftError(f"{edition} {run['status']}{_where(run)}: {run['reason']}")
    seconds = f", {run['timings']['total']:.1f} s" if run else ", as it was: nothing has changed"
    gone = f" Incomplete: {run['reason']}" if run and run["status"] == "incomplete" else ""
    return DraftAnswer(edition, f"Draft {edition}{seconds}.{gone}", page and Path(page))


def compared(asked: QuarterdeckProcess, values: Parameters) -> DraftAnswer:
    """The draft with these values, made anew where it is not up to date, against its edition of record."""
    made = make(asked, values)
    asked.told(f"{made.edition}: comparing")
    answer = asked.ask("diff", made.edition)
    found = tuple(_differing(answer["findings"]))
    counts = {kind: sum(one.kind == kind for one in found) for kind in ("differs", "new", "gone")}
    same = len(answer["findings"]) - len(found)
    told = f"{counts['differs']} differ, {counts['new']} new, {counts['gone']} gone, {same} the same."
    return DraftAnswer(made.edition, f"Against the edition of record: {told}", made.page, found)


def published(asked: QuarterdeckProcess, values: Parameters) -> DraftAnswer:
    """The draft with these values as the edition of record."""
    [planned] = asked.ask("plan", _notebook().stem, "--draft", *_given(values))
    name = f"{planned['report']}/{planned['edition']}"
    answer = asked.ask("publish", name, *_LIVE)
    [(edition, page)] = answer["pages"].items()
    for run in answer["runs"]:
        if run["status"] not in ("ok", "incomplete") or run["published"] == "held":
            ended = "was held back" if run["published"] == "held" else run["status"]
            raise DraftError(f"{edition} {ended}{_where(run)}: {run['reason']}")
    return DraftAnswer(edition, f"Published: {edition} is the edition of record.", page and Path(page))


ERRANDS: dict[str, Callable[[QuarterdeckProcess, Parameters], DraftAnswer]] = {
    "draft": make,
    "compare": compared,
    "publish": published,
}
"""What the panel asks for."""


def in_force(watched: Watch) -> dict[str, Value]:
    """The values that a draft is made with.

    Raises:
        ParameterError: the parameters are not accepted.
    """
    if watched.refused:
        raise ParameterError(f"The parameters are not accepted: {watched.refused} Mend their cell first.")
    return settled(watched.schema, watched.values) if watched.schema else {}


def unsaved(watched: Watch) -> str:
    """Which cell of the notebook ran with a text that the file does not have; empty where none did."""
    stored = {cell.get("id"): "".join(cell["source"]) for cell in _cells()}
    last = next(reversed(watched.sources), None)
    differing = [
        key for key, text in watched.sources.items() if key in stored and stored[key].strip() != text.strip()
    ]
    if not differing and last is not None and last not in stored:
        differing = [last]
    return differing[0] if differing else ""


def _from_a_cell(act: Callable[[QuarterdeckProcess, Parameters], DraftAnswer]) -> DraftAnswer | None:
    """Act with the values in force, telling below the cell what is being done."""
    watched = watcher()
    if run_folder() is not None or watched is None:
        return None
    if cell := unsaved(watched):
        raise DraftError(
            f"Cell {cell} is not saved as it ran. Save the notebook (Ctrl S), then run this again."
        )
    shown = display(HTML("Starting quarterdeck …"), display_id=True)
    try:
        return act(QuarterdeckProcess(lambda text: shown.update(HTML(html.escape(text)))), in_force(watched))
    finally:
        shown.update(HTML(""))


def _notebook() -> Path:
    path = notebook_path()
    if path is None:
        raise DraftError(
            "This kernel belongs to no notebook file. Open the notebook in JupyterLab or VS Code."
        )
    return path


def _cells() -> list[dict[str, Any]]:
    try:
        cells: list[dict[str, Any]] = json.loads(_notebook().read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError) as error:
        raise DraftError(f"{_notebook()}: it cannot be read ({error}). Save the notebook.") from None
    return cells


def _given(values: Parameters) -> list[str]:
    return [word for name, value in values.items() for word in ("-p", f"{name}={to_text(value)}")]


def _where(run: Mapping[str, Any]) -> str:
    failed = run.get("failed") or {}
    if failed.get("cell") is None:
        return ""
    return f" in cell {failed['cell']}" + (f" ({failed['section']})" if failed.get("section") else "")


def _differing(findings: list[dict[str, Any]]) -> Iterator[EditionDifference]:
    for pair in findings:
        of_record, draft = _worded(pair["first"]), _worded(pair["second"])
        if of_record != draft:
            label = (pair["second"] or pair["first"])["label"]
            yield EditionDifference(pair["key"], label, of_record, draft)


def _worded(finding: Mapping[str, Any] | None) -> str:
    if finding is None:
        return ""
    text = finding["text"]
    change = ", ".join(part for part in (text["change"], text["verdict"]) if part)
    interval = f" ({text['interval']})" if text["interval"] else ""
    return f"{text['value']}{interval}" + (f"; {change}" if change else "")
