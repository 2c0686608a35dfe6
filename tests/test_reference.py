"""What documents are made of: docstrings, models and metrics. Guides are short."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

import helpers

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("name", ["reference", "settings", "glossary"])
def test_what_is_made_from_the_code_is_up_to_date(name: str) -> None:
    spec = spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == program.text(), "run `make fix`"


def test_every_room_that_is_offered_has_its_place() -> None:
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    assert [name for name in helpers.__all__ if f"### helpers.{name}\n" not in text] == []


@pytest.mark.parametrize("reader", ["product_manager", "analyst", "operator", "engineer"])
def test_a_guide_is_read_in_ten_minutes(reader: str) -> None:
    assert 300 < len((DOCS / "guides" / f"{reader}.md").read_text(encoding="utf-8").split()) < 1500


def test_the_site_has_every_document() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).with_suffix("").as_posix() for path in DOCS.rglob("*.md")]
    assert [page for page in pages if page != "index" and f"\n{page}\n" not in index] == []
