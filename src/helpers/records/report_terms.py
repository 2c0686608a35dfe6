"""The report that this kernel works for, and the terms of its file that its numbers depend on."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict

from helpers.periods import Period
from helpers.records.project import params_folder, run_folder
from helpers.records.settings import Settings, SettingsError, read_yaml

TARGET = "target"
"""What `compare` calls the target that `metrics.yaml` states."""

COMPARE = ("previous", "year_ago", TARGET)
"""What a page compares with unless its report says otherwise, as far as there is anything of it."""


def _known(name: str) -> str:
    if name not in COMPARE:
        Period.parse(name)
    return name


Compared = Annotated[str, BeforeValidator(str), AfterValidator(_known)]
"""Something to compare with: `previous`, `year_ago`, `target`, or a period such as `2025Q3`."""


class ReportTerms(Settings):
    """What of a report's file its numbers depend on.

    `grain` says what `last_complete` is, `compare` what numbers are compared with: the preceding period, the
    same a year ago, a stated one, the target of the metric.
    """

    model_config = ConfigDict(extra="ignore")

    grain: Literal["quarter", "month", "week"] = "quarter"
    compare: tuple[Compared, ...] = COMPARE


def notebook_path() -> Path | None:
    """The file of this notebook, as JupyterLab or VS Code tell it; None elsewhere."""
    told = os.environ.get("JPY_SESSION_NAME") or _told_by_vs_code()
    return Path(told) if told else None


def report_file() -> Path | None:
    """The file of the report that this kernel works for; None for a notebook that is none."""
    name = _report_name()
    with suppress(SettingsError):
        file = params_folder() / f"{name}.yaml" if name else None
        return file if file and file.is_file() else None
    return None


def report_terms() -> ReportTerms:
    """The terms of the report that this kernel works for; the usual ones for a notebook that is none.

    Raises:
        SettingsError: its file is broken.
    """
    file = report_file()
    return read_yaml(file, ReportTerms) if file else ReportTerms()


def _report_name() -> str | None:
    """In a run what its record says; else what the notebook is called."""
    folder = run_folder()
    if folder is None:
        notebook = notebook_path()
        return notebook.stem if notebook else None
    with suppress(OSError, ValueError, KeyError):
        return str(json.loads((folder / "run.json").read_text(encoding="utf-8"))["report"])
    return None


def _told_by_vs_code() -> str | None:
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell.user_ns.get("__vsc_ipynb_file__") if shell else None
