"""What an analyst got wrong is told in a notebook by its sentence alone."""

from __future__ import annotations

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers.explore import DraftError
from helpers.records import SettingsError
from helpers.sources import TableError


@pytest.mark.parametrize(
    "refused", [TableError("no such table"), SettingsError(["line 3: no"]), DraftError("never ran")], ids=repr
)
def test_a_cell_shows_its_sentence_without_the_way_there(
    refused: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = InteractiveShell()
    shell.push({"refused": refused})
    assert not shell.run_cell("raise refused").success
    assert capsys.readouterr().out.strip() == f"{type(refused).__name__}: {refused}"
