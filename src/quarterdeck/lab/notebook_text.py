"""Notebooks as texts that templates can make: a line `%% kind id tag` begins each cell."""

from __future__ import annotations

import re
from typing import Any

from quarterdeck.params import cleaning

_CELL = re.compile(r"^%% (?P<kind>code|markdown) (?P<id>\S+)(?: (?P<tag>\S+))?\n", re.MULTILINE)


def as_notebook(text: str) -> str:
    r"""The text of a notebook's file, stored clean, for the kernel python3.

    >>> print(as_notebook("%% code load\nrows = 1\n")[:90])
    {
     "cells": [
      {
       "cell_type": "code",
       "execution_count": null,
       "id": "load",
    """
    starts = list(_CELL.finditer(text))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    cells = [
        _cell(match["kind"], match["id"], match["tag"], text[match.end() : end].strip("\n"))
        for match, end in zip(starts, ends, strict=True)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return cleaning.written({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _cell(kind: str, name: str, tag: str | None, source: str) -> dict[str, Any]:
    metadata = {"tags": [tag]} if tag else {}
    code: dict[str, Any] = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "id": name, "metadata": metadata, "source": source, **code}
