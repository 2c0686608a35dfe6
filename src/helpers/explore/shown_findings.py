"""What a notebook has found so far: the top of its page as it will stand, every finding by its section."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from IPython.display import HTML

from helpers import findings
from helpers.explore.quarterdeck_process import shown_by
from helpers.findings import ShownFinding
from helpers.records import run_folder
from helpers.records.report_terms import notebook_path
from helpers.records.settings import did_you_mean

if TYPE_CHECKING:
    from pandas import DataFrame

_BEFORE = "Before the first section"


def page() -> HTML | None:
    """*In short*, *What changed* and the headline numbers as they will stand, of what was shown so far.

    They are made by the program that publishes, from the findings in the order of the notebook's cells; None
    in a run.

        >>> findings.forget()
        >>> page().data
        '<p class="qd note">No cell has shown a finding yet.</p>'

    Raises:
        DraftError: `quarterdeck` could not make it; the message says why.
    """
    if run_folder() is not None:
        return None
    told = [one.finding.model_dump(mode="json") for _, one in _placed()]
    if not told:
        return HTML('<p class="qd note">No cell has shown a finding yet.</p>')
    return HTML(shown_by("preview", given=json.dumps(told)))


def all_findings(section: str | None = None) -> DataFrame | None:
    """Every finding shown so far, those too that a table shows quietly, one row each; None in a run.

    Args:
        section: a heading of the notebook; without it all sections.

    Returns:
        section, finding, value, interval, change, verdict, on_page (card, sentence or quiet) and key.

    Raises:
        ValueError: no section that has shown a finding has this heading.

    Example:
        >>> findings.forget()
        >>> len(all_findings())
        0
    """
    from pandas import DataFrame

    if run_folder() is not None:
        return None
    rows = [_row(heading, one) for heading, one in _placed()]
    known = list(dict.fromkeys(row["section"] for row in rows))
    if section is not None and section not in known:
        raise ValueError(
            f"section == {section!r}, must be one that has shown a finding: {', '.join(known) or 'none has'}."
            f"{did_you_mean(section, known)}"
        )
    return DataFrame([row for row in rows if section in (None, row["section"])], columns=list(_COLUMNS))


_COLUMNS = ("section", "finding", "value", "interval", "change", "verdict", "on_page", "key")


def _row(heading: str, shown: ShownFinding) -> dict[str, str]:
    finding, text = shown.finding, shown.finding.text
    place = "card" if finding.headline else "quiet" if shown.quiet else "sentence"
    told = (heading, finding.label, text.value, text.interval, text.change, text.verdict, place, finding.key)
    return dict(zip(_COLUMNS, told, strict=True))


def _placed() -> list[tuple[str, ShownFinding]]:
    """The findings in the order of the notebook's file, each with the heading above its cell."""
    places = _places()
    last = (len(places), "Not saved yet" if places else _BEFORE)
    found = [(places.get(one.cell, last), one) for one in findings.all_shown()]
    return [(heading, one) for (_, heading), one in sorted(found, key=lambda pair: pair[0][0])]


def _places() -> dict[str, tuple[int, str]]:
    """Of each cell of the notebook's file, by its id, its number and the heading above it."""
    places: dict[str, tuple[int, str]] = {}
    heading = _BEFORE
    for number, cell in enumerate(_stored()):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and source.startswith("## "):
            heading = source.splitlines()[0].removeprefix("## ").strip()
        places[str(cell.get("id"))] = (number, heading)
    return places


def _stored() -> list[dict[str, Any]]:
    path = notebook_path()
    with suppress(OSError, ValueError, KeyError):
        cells: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cells"] if path else []
        return cells
    return []
