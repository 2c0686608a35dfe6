"""What JupyterLab is started with: settings files in `outputs/lab/`, which Jupyter looks up before one's own.

They are defaults: what stands on the command line, and what is chosen in JupyterLab's settings, comes first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from helpers.records import project
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.packages import Packages
from quarterdeck.kernels import PROVISIONER
from quarterdeck.lab import saving, warming

_NEWS = "@jupyterlab/apputils-extension:notification"


def configure(layout: Layout, *, opened: str, clean_free: bool = False) -> None:
    """Write the settings: the project as root, `opened` shown first, notebooks saved clean, no news prompt.

    Warm kernels are prepared at once.

    With `clean_free` free notebooks are saved without outputs, too.

    Raises:
        OSError: the folder cannot be written.
    """
    hook = saving.save_all_clean if clean_free else saving.save_clean
    _write(
        layout,
        "jupyter_server_config.json",
        {
            "ServerApp": {
                "root_dir": str(layout.root),
                "jpserver_extensions": {warming.__name__: True},
            },
            "FileContentsManager": {"pre_save_hook": f"{hook.__module__}.{hook.__name__}"},
        },
    )
    page = f"/lab/tree/{opened}?file-browser-path=/{layout.notebooks.name}"
    _write(layout, "jupyter_lab_config.json", {"LabApp": {"default_url": page}})
    _write(layout, "labconfig/default_setting_overrides.json", {_NEWS: {"fetchNews": "false"}})


def environment(layout: Layout) -> dict[str, str]:
    """The variables that JupyterLab is started with: where its settings lie, which kernels, which params."""
    others = [path for path in [os.environ.get("JUPYTER_CONFIG_PATH")] if path]
    given = {
        "JUPYTER_DEFAULT_PROVISIONER_NAME": PROVISIONER,
        **os.environ,
        "QUARTERDECK_PARAMS": str(layout.params),
        "JUPYTER_CONFIG_PATH": os.pathsep.join([str(layout.lab), *others]),
    }
    return Packages.of(layout, project(layout.params).packages).environment(given)


def _write(layout: Layout, name: str, settings: Mapping[str, Any]) -> None:
    replace(layout.lab / name, json.dumps(settings, indent=1) + "\n")
