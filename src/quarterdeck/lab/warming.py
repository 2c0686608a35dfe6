"""What JupyterLab calls when it starts: the parent of warm kernels imports while the browser opens.

Without it the first kernel would wait for every import.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from helpers.records import SettingsError, project
from quarterdeck import QuarterdeckError
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.packages import Packages
from quarterdeck.kernels import pool


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(_server: object) -> None:
    pool.POOL.prepare(1, _own_folders())


def _own_folders() -> tuple[Path, ...]:
    """The packages of the project that JupyterLab was started in; broken settings are told elsewhere."""
    params = os.environ.get("QUARTERDECK_PARAMS")
    with suppress(QuarterdeckError, SettingsError):
        layout = Layout.find(Path.cwd(), Path(params) if params else None)
        return Packages.of(layout, project(layout.params).packages).own_folders
    return ()
