"""The sample company's data, written where the sources ask for them and they are not current."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from filelock import FileLock

from helpers.records import Project
from helpers.records.variables import matches
from helpers.records.yaml_reader import load_yaml
from quarterdeck.archive.layout import Layout


def is_asked_for(layout: Layout) -> bool:
    """Whether a table of `sources.yaml` lies in the project's sample folder."""
    try:
        content: Any = load_yaml(layout.sources.read_text(encoding="utf-8"))
        tables: dict[str, Any] = content["tables"]
        written = [str(table["path"]) for table in tables.values() if "path" in table]
        files = [path for pattern in written for path in matches(pattern, layout.params).values()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
        return False
    return any(Path(os.path.realpath(path)).parent == layout.sample for path in files)


def ensure(layout: Layout, project: Project, as_of: date) -> bool:
    """Write the sample company where it is asked for and not current; whether anything was written."""
    if not is_asked_for(layout):
        return False
    from helpers import sample

    start = project.fiscal_year_start
    if sample.is_current(layout.sample, as_of, fiscal_year_start=start):
        return False
    layout.sample.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(layout.sample.with_suffix(".lock")):  # written once, though several ask for it
        if not sample.is_current(layout.sample, as_of, fiscal_year_start=start):
            sample.write(layout.sample, as_of=as_of, fiscal_year_start=start)
    return True
