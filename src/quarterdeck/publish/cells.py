"""What of an executed notebook a page shows: its sections, and which outputs of their cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from nbformat import NotebookNode

from helpers.records import ACTIONS, FINDING, ActionTaken, Gap
from quarterdeck.params.notebook import sections as headed
from quarterdeck.publish.shown_outputs import shown

WIDGETS = "application/vnd.jupyter.widget-state+json"

_TITLE = re.compile(r'<figure class="qd"[^>]*><figcaption><h3[^>]*>(?P<title>[^<]+)</h3>')
_UNSHOWN_TAGS = frozenset({"internal", "setup", "parameters", "injected-parameters"})


@dataclass(frozen=True)
class PageSection:
    """A `##` heading of the notebook with the cells below it; the first may have no heading.

    `cells` hold only what is shown, `keys` are those of the findings that they showed,
    `actions` those that the page says elsewhere. `title` is that of the
    first figure. `source` is the code behind it.
    """

    id: str
    heading: str
    cells: tuple[NotebookNode, ...] = ()
    actions: tuple[ActionTaken, ...] = ()
    keys: tuple[str, ...] = ()
    title: str = ""
    source: str = ""
    gap: Gap | None = None

    @property
    def shown(self) -> bool:
        """Whether there is anything to see that the page does not say elsewhere."""
        return bool(self.cells or self.gap or (self.heading and not self.actions))


def sections(notebook: NotebookNode, gaps: tuple[Gap, ...], taken: frozenset[str]) -> tuple[PageSection, ...]:
    """The sections of a notebook in order; `taken` are ids that the page itself uses."""
    missing = {gap.section: gap for gap in gaps}
    used = set(taken)
    found = []
    for part in _parts(notebook):
        cells = tuple(
            _shown(cell, part.heading) for cell in part.cells if _is_shown(cell) and not _actions(cell)
        )
        section = PageSection(
            id=_unique(part.heading, used),
            heading=part.heading,
            cells=cells,
            actions=tuple(action for cell in part.cells for action in _actions(cell)),
            keys=tuple(key for cell in part.cells for key in _keys(cell)),
            title=next((title for cell in cells for title in _titles(cell)), ""),
            source="\n\n".join(cell.source for cell in part.cells if _has_code(cell)),
            gap=missing.pop(part.heading, None),
        )
        found.append(section)
    found += [PageSection(_unique(name, used), name, gap=gap) for name, gap in missing.items()]
    return tuple(found)


@dataclass(frozen=True)
class _Part:
    heading: str
    cells: tuple[NotebookNode, ...]


def _parts(notebook: NotebookNode) -> list[_Part]:
    """The cells before the first section, then those of each; a heading is not repeated in its cells."""
    cells = tuple(notebook.cells)
    found = headed(cells)
    first = found[0].start if found else len(cells)
    parts = [_Part("", cells[1:first] if _is_title(notebook) else cells[:first])]
    for section in found:
        heading, *rest = cells[section.start : section.end]
        text = heading.source.lstrip().partition("\n")[2].strip()
        prose = [NotebookNode({**heading, "source": text})] if text else []
        parts.append(_Part(section.title, (*prose, *rest)))
    return parts


def _is_title(notebook: NotebookNode) -> bool:
    """Whether the first cell is the title, which the page takes from the record instead."""
    cells = notebook.cells
    return bool(cells) and cells[0].cell_type == "markdown" and cells[0].source.lstrip().startswith("# ")


def _tags(cell: NotebookNode) -> frozenset[str]:
    return frozenset(cell.metadata.get("tags", ()))


def _is_shown(cell: NotebookNode) -> bool:
    if _tags(cell) & _UNSHOWN_TAGS or cell.cell_type == "raw":
        return False
    return cell.cell_type == "markdown" or any(True for _ in shown(cell, ""))


def _has_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and "internal" not in _tags(cell) and bool(cell.source.strip())


def _shown(cell: NotebookNode, heading: str) -> NotebookNode:
    if cell.cell_type == "markdown":
        return cell
    return NotebookNode({**cell, "outputs": list(shown(cell, heading))})


def _actions(cell: NotebookNode) -> tuple[ActionTaken, ...]:
    outputs = (output.get("data", {}).get(ACTIONS, ()) for output in cell.get("outputs", ()))
    return tuple(ActionTaken.model_validate(one) for told in outputs for one in told)


def _keys(cell: NotebookNode) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if told := output.get("data", {}).get(FINDING):
            yield told["key"]


def _titles(cell: NotebookNode) -> Iterator[str]:
    """The titles of the figures of the house."""
    for output in cell.get("outputs", ()):
        if found := _TITLE.match(str(output.get("data", {}).get("text/html", ""))):
            yield unescape(found["title"])


def _unique(heading: str, used: set[str]) -> str:
    base = re.sub(r"[\W_]+", "-", heading.lower()).strip("-") or "start"
    name, number = base, 1
    while name in used:
        number += 1
        name = f"{base}-{number}"
    used.add(name)
    return name
