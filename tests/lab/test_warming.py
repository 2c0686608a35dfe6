"""JupyterLab prepares warm kernels when it starts."""

from __future__ import annotations

import json

import pytest
from jupyter_server.extension.manager import ExtensionPackage
from tests.conftest import ProjectFolder

from quarterdeck.kernels import pool
from quarterdeck.lab import jupyter, warming


@pytest.mark.skipif(not pool.available(), reason="kernels are forked on Linux only")
def test_the_parent_of_warm_kernels_starts_with_the_server(
    project: ProjectFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    jupyter.configure(project.layout, opened="start.ipynb")
    settings = json.loads((project.layout.lab / "jupyter_server_config.json").read_text())
    [(name, enabled)] = settings["ServerApp"]["jpserver_extensions"].items()
    assert enabled
    assert ExtensionPackage(name=name).validate()

    own = pool.Pool()
    monkeypatch.setattr(pool, "POOL", own)
    warming._load_jupyter_server_extension(None)
    [server] = own._servers
    assert server.alive() and server.spares == 1
    own.close()
    assert not server.alive()
