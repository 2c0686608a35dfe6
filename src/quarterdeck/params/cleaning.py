"""A notebook as it is stored: without outputs, execution counts and foreign metadata.

Foreign is what a program notes about its own use of a notebook: when a cell ran, what was folded, whom it
trusts. It changes with every look and tells nothing of what the notebook means. Cells, their ids and tags and
the kernel's name stay. The lists below are all that is removed.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from quarterdeck import QuarterdeckError

FOREIGN_TO_CELLS: Mapping[str, str] = {
    "ExecuteTime": "when it ran, by an extension",
    "autoscroll": "how its output scrolled",
    "collapsed": "whether it was folded",
    "colab": "Colab's own",
    "colab_type": "Colab's own",
    "execution": "when it ran, by JupyterLab",
    "heading_collapsed": "whether it was folded",
    "hidden": "whether it was folded",
    "id": "Colab's own; a cell's id stands beside its metadata",
    "jupyter.outputs_hidden": "whether its output was folded",
    "jupyter.source_hidden": "whether its code was folded",
    "outputId": "Colab's own",
    "papermill": "when it ran, by papermill",
    "pycharm": "PyCharm's own",
    "scrolled": "how its output scrolled",
    "trusted": "whom this machine trusts",
    "vscode": "VS Code's own",
}
"""Metadata of cells that are removed, and what each is; a dot leads into a mapping."""

FOREIGN_TO_NOTEBOOKS: Mapping[str, str] = {
    "colab": "Colab's own",
    "orig_nbformat": "of a conversion long done",
    "orig_nbformat_minor": "of a conversion long done",
    "papermill": "when it ran, by papermill",
    "pycharm": "PyCharm's own",
    "signature": "whom this machine trusts",
    "toc": "how a table of contents was folded",
    "varInspector": "how an extension was set",
    "vscode": "VS Code's own",
    "widgets": "how the controls of its outputs stood",
}
"""Metadata of a whole notebook that are removed, and what each is."""

_DEFAULTS: tuple[tuple[str, object], ...] = (
    ("editable", True),
    ("slideshow.slide_type", ""),
    ("tags", []),
)
"""Metadata of cells that say what goes without saying; JupyterLab writes them when tags are looked at."""

_KERNEL = "Python 3"
"""What the kernel `python3` is called: editors put the name of this machine's environment there."""

_SPLIT = ("application/javascript", "image/svg+xml")


@dataclass(frozen=True)
class CleanNotebook:
    """A notebook's content as it is to be stored, and how often what was removed from it."""

    content: dict[str, Any]
    removed: Mapping[str, int]

    @property
    def told(self) -> str:
        """What was removed, in words: `outputs (2), execution counts (2), collapsed (1)`."""
        return ", ".join(f"{name} ({count})" for name, count in self.removed.items())


def cleaned(content: Mapping[str, Any]) -> CleanNotebook:
    """The content of a notebook (nbformat 4, as JSON reads it) as it is to be stored; the given one stays.

    >>> cell = {"cell_type": "code", "id": "a", "source": "1", "metadata": {"collapsed": True, "tags": ["x"]}}
    >>> cell |= {"execution_count": 7, "outputs": [{"output_type": "stream"}]}
    >>> clean = cleaned({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    >>> clean.content["cells"][0]["metadata"], clean.told
    ({'tags': ['x']}, 'outputs (1), execution counts (1), collapsed (1)')
    """
    new, removed = copy.deepcopy(dict(content)), Counter[str]()
    for cell in new["cells"]:
        if cell["cell_type"] == "code":
            _empty(cell, removed)
        metadata = cell.setdefault("metadata", {})
        for name in list(foreign_to_cell(metadata)):
            _remove(metadata, name)
            removed[name] += 1
    metadata = new.setdefault("metadata", {})
    for name in list(foreign_to_notebook(metadata)):
        _remove(metadata, name)
        removed[name] += 1
    _name_language(metadata, removed)
    return CleanNotebook(new, removed)


def foreign_to_cell(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The names in a cell's metadata that are not to be stored."""
    yield from (name for name in FOREIGN_TO_CELLS if _find(metadata, name) is not _ABSENT)
    yield from (name for name, default in _DEFAULTS if _find(metadata, name) == default)


def foreign_to_notebook(metadata: Mapping[str, Any]) -> Iterator[str]:
    """The names in a notebook's metadata that are not to be stored."""
    yield from (name for name in FOREIGN_TO_NOTEBOOKS if name in metadata)


def cleaned_text(text: str, name: str) -> tuple[str, str]:
    """The text of a notebook's file as it is to be stored, and in words what was taken from it.

    Cleaning it again changes nothing. `name` is what errors call the file.

    Raises:
        QuarterdeckError: it is no notebook of nbformat 4.
    """
    clean = cleaned(read(text, name))
    new = written(clean.content)
    return new, clean.told or ("" if new == text else "written as JupyterLab writes it")


def read(text: str, name: str) -> dict[str, Any]:
    """The content of a notebook's file.

    Raises:
        QuarterdeckError: it is no notebook of nbformat 4.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["nbformat"] != 4:
            raise ValueError(f"nbformat {content['nbformat']}, not 4")
        for cell in content["cells"]:
            cell["cell_type"], cell["source"]
    except (ValueError, KeyError, TypeError) as error:
        raise QuarterdeckError(
            f"{name}: this is no notebook that can be read ({error}). Save it again from JupyterLab."
        ) from None
    return content


def written(content: Mapping[str, Any]) -> str:
    """The text of a notebook's file as nbformat writes it, byte by byte: a diff shows only what changed."""
    new = copy.deepcopy(dict(content))
    for cell in new["cells"]:
        cell["source"] = _lines(cell["source"])
        for attachment in cell.get("attachments", {}).values():
            _split(attachment)
        for output in cell.get("outputs", ()):
            _split(output.get("data", {}))
            if "text" in output:
                output["text"] = _lines(output["text"])
    return json.dumps(new, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n"


_ABSENT = object()


def _empty(cell: dict[str, Any], removed: Counter[str]) -> None:
    """Take outputs and count from a code cell."""
    if cell.get("outputs"):
        removed["outputs"] += len(cell["outputs"])
    if cell.get("execution_count") is not None:
        removed["execution counts"] += 1
    cell |= {"outputs": [], "execution_count": None}


def _name_language(metadata: dict[str, Any], removed: Counter[str]) -> None:
    """Leave of the language its name, of the kernel what every machine calls it."""
    language, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    if language and set(language) > {"name"}:
        metadata["language_info"] = {"name": language["name"]}
        removed["what else the language says"] += 1
    if kernel and kernel.get("name") == "python3" and kernel.get("display_name", _KERNEL) != _KERNEL:
        kernel["display_name"] = _KERNEL
        removed["the name of an environment"] += 1


def _find(metadata: Mapping[str, Any], name: str) -> object:
    """The value under a dotted name, `_ABSENT` where there is none."""
    *path, last = name.split(".")
    at: object = metadata
    for part in path:
        at = at.get(part) if isinstance(at, dict) else None
    return at.get(last, _ABSENT) if isinstance(at, dict) else _ABSENT


def _remove(metadata: dict[str, Any], name: str) -> None:
    """Take a dotted name away, and a mapping that holds nothing else."""
    first, _, rest = name.partition(".")
    if rest:
        _remove(metadata[first], rest)
    if not rest or not metadata[first]:
        del metadata[first]


def _lines(text: str | list[str]) -> list[str]:
    return (text if isinstance(text, str) else "".join(text)).splitlines(keepends=True)


def _split(bundle: dict[str, Any]) -> None:
    for mime, value in bundle.items():
        is_text = mime.startswith("text/") or mime in _SPLIT
        if is_text and (isinstance(value, str) or all(isinstance(line, str) for line in value)):
            bundle[mime] = _lines(value)
