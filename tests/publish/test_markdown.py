"""Formulas become MathML, and nothing in them acts."""

from __future__ import annotations

import pytest

from quarterdeck.publish.markdown import mathml


@pytest.mark.parametrize("where", ["javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "/x"])
def test_a_formula_links_to_pages_alone(where: str) -> None:
    assert "href" not in mathml(rf"\href{{{where}}}{{x}}")
    assert 'href="https://example.org"' in mathml(r"\href{https://example.org}{x}")


def test_a_formula_keeps_to_its_place() -> None:
    assert "style" not in mathml(r"\style{position:fixed;inset:0}{x}")
    assert "class" not in mathml(r"\class{masthead}{x}")
