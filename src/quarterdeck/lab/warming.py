"""What JupyterLab calls when it starts: the parent of warm kernels imports while the browser opens.

Without it the first kernel would wait for every import.
"""

from __future__ import annotations

from quarterdeck.kernels import pool


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(_server: object) -> None:
    pool.POOL.prepare(1)
