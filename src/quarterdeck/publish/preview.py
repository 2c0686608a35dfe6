"""The top of a page before it is published: the findings that a notebook has shown, as they will stand."""

from __future__ import annotations

import re

from pydantic import TypeAdapter, ValidationError

from helpers.records import Finding
from quarterdeck import QuarterdeckError
from quarterdeck.archive.shipped import Templates
from quarterdeck.publish import export
from quarterdeck.publish.page import PageTop, top

_PARTS = ("short", "changed", "headlines")


def preview(findings: str, templates: Templates) -> str:
    """The top of the page as a piece of HTML with its own styles, for findings given as a JSON list.

    Raises:
        QuarterdeckError: they are no findings.
    """
    try:
        told = TypeAdapter(tuple[Finding, ...]).validate_json(findings)
    except ValidationError as error:
        raise QuarterdeckError(f"These are no findings: {error.errors()[0]['msg']}.") from None
    beginning = top(told)
    css = templates.text("report/page.css")
    shown = "".join(export.part(templates, name, page=beginning) for name in _shown(beginning))
    nested = re.sub(r"/\*.*?\*/\n?", "", css, flags=re.DOTALL)
    return f'<style>.qd-preview{{{nested}}}</style><div class="qd qd-preview">{shown}</div>'


def _shown(beginning: PageTop) -> list[str]:
    there = (beginning.sentences, beginning.moves.columns, beginning.cards)
    return [name for name, holds in zip(_PARTS, there, strict=True) if holds]
