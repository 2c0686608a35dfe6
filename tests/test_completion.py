"""What JupyterLab offers after `helpers.charts.` and the like: what an analyst may use, and nothing else."""

from types import ModuleType

import pytest

from helpers import actions, charts, findings, markets, scope, tables, whatif

OFFERED = (actions, charts, findings, markets, scope, tables, whatif)


@pytest.mark.parametrize("module", OFFERED, ids=lambda module: module.__name__)
def test_completion_offers_the_public_names_only(module: ModuleType) -> None:
    assert dir(module) == sorted(module.__all__)
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert hasattr(module, name)
