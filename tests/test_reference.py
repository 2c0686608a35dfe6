"""docs/reference.md is what the docstrings say."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import helpers

DOCS = Path(__file__).parents[1] / "docs"


def test_the_reference_is_up_to_date() -> None:
    spec = spec_from_file_location("reference", DOCS / "reference.py")
    assert spec is not None
    assert spec.loader is not None
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == program.text(), "run `make fix`"


def test_every_room_that_is_offered_has_its_place() -> None:
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert [name for name in helpers.__all__ if f"### helpers.{name}\n" not in text] == []
