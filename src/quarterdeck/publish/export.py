"""From run record and executed notebook to the bytes of a page, through nbconvert."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import lru_cache
from importlib import resources

from jinja2 import Environment
from markupsafe import Markup
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from pygments import lex  # type: ignore[import-untyped]
from pygments.lexers import PythonLexer  # type: ignore[import-untyped]
from pygments.token import Comment, String  # type: ignore[import-untyped]
from traitlets.config import Config

from helpers.records import WHATIF
from quarterdeck.archive.shipped import Templates, program_version
from quarterdeck.publish import cells, markdown, marks, scales, shown_outputs, widgets
from quarterdeck.publish.page import Page

_PRIORITY = [
    WHATIF,
    shown_outputs.WIDGET,
    "text/html",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/markdown",
    "text/latex",
    "text/plain",
]


class PageExporter(TemplateExporter):
    """nbconvert's `base` template with every value escaped unless it is marked as HTML.

    Not an `HTMLExporter`: that one reads each page again with BeautifulSoup, which costs more than
    the export itself and changes the bytes that a script's hash is taken over.
    """

    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Which representation of an output is shown."""
        config: Config = super().default_config.copy()
        config.merge(Config({"NbConvertBase": {"display_data_priority": _PRIORITY}}))
        return config

    def _create_environment(self) -> Environment:
        environment: Environment = super()._create_environment()
        environment.autoescape = True
        environment.filters |= {
            "markdown": markdown.to_html,
            "python": highlighted,
            "figure": figure,
            "base64": lambda text: base64.b64encode(str(text).encode("utf-8")).decode("ascii"),
            "json_script": json_script,
            "capital": lambda text: text[:1].upper() + text[1:],
            "widget": widgets.measured,
        }
        environment.globals |= {"marks": marks, "panels": scales.panels}
        return environment


def html(page: Page, notebook: NotebookNode, templates: Templates) -> str:
    """The page as HTML text, one file with everything inside."""
    scripts = _scripts(page, templates)
    given = {
        "page": page,
        "css": Markup(stylesheet(templates)),
        "scripts": tuple(Markup(script) for script in scripts),
        "policy": policy(scripts),
        "template": template(templates),
        "notes": markdown.Notes.of(cell.source for cell in notebook.cells if cell.cell_type == "markdown"),
        "whatif": WHATIF,
        "widgets": notebook.metadata.get("widgets", {}).get(cells.WIDGETS, {}).get("state", {}),
    }
    body: str = _exporter(templates).from_notebook_node(
        NotebookNode({**notebook, "cells": []}), resources=given
    )[0]
    return body


def part(templates: Templates, name: str, **given: object) -> str:
    """One part of the page by itself, such as `short`."""
    rendered: str = _exporter(templates).environment.get_template(f"{name}.html.j2").render(**given)
    return rendered


def template(templates: Templates) -> str:
    """Which template a page has, in words: its version, and the files that the project has for its own."""
    own = templates.own
    changed = f" with the project's own {' and '.join(own)}" if own else ""
    return f"quarterdeck {program_version()}{changed}"


def policy(scripts: tuple[str, ...]) -> str:
    """The Content-Security-Policy: nothing from outside, and only these very scripts."""
    hashes = " ".join(f"'sha256-{_digest(script)}'" for script in scripts) or "'none'"
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        f"base-uri 'none'; form-action 'none'; script-src {hashes}"
    )


def stylesheet(templates: Templates) -> str:
    """The house style and the page's own rules."""
    house = resources.files("helpers").joinpath("house.css").read_text(encoding="utf-8")
    return _without_comments(house + templates.text("report/page.css"))


def json_script(specification: object) -> Markup:
    """JSON that can stand inside a `<script>` element."""
    text = json.dumps(specification, separators=(",", ":"), ensure_ascii=False)
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)


def figure(value: str) -> Markup:
    """A worded value with its unit small: the sign after the number, the currency before it."""
    match = _FIGURE.fullmatch(value)
    if match is None:
        return Markup("{}").format(value)
    before, after = (
        Markup("<small>{}</small>").format(match[part]) if match[part] else "" for part in ("before", "after")
    )
    return Markup("{}{}{}").format(before, match["number"], after)


_FIGURE = re.compile(r"(?P<before>[A-Z]{3}\u00a0)?(?P<number>[+\u2212]?[\d,.]+)(?P<after>%|\u00a0\w+)?")


@lru_cache(maxsize=512)  # the editions of a report have the same cells
def highlighted(source: str) -> Markup:
    """Python with strings and comments marked."""
    parts = []
    for token, text in lex(source, _LEXER):
        tag = "s" if token in String else "i" if token in Comment else ""
        parts.append(Markup("<{0}>{1}</{0}>").format(Markup(tag), text) if tag else Markup("{}").format(text))
    return Markup("").join(parts)


_LEXER = PythonLexer(stripnl=True, ensurenl=False)


@lru_cache(maxsize=4)
def _exporter(templates: Templates) -> PageExporter:
    folders = list(map(str, templates.folders))
    return PageExporter(
        template_name="report", template_file="index.html.j2", extra_template_basedirs=folders
    )


def _scripts(page: Page, templates: Templates) -> tuple[str, ...]:
    """The page's own script, and that of the what-if panels where there is one."""
    own = _without_notes(templates.text("report/page.js")).strip()
    return (own, whatif_script()) if _has_whatif(page) else (own,)


@lru_cache(maxsize=1)
def whatif_script() -> str:
    """The front end of the what-if panels as a classic script (docs/whatif.md)."""
    front_end = resources.files("helpers").joinpath("whatif.js").read_text(encoding="utf-8")
    return f"{_without_notes(front_end).strip()}\nquarterdeckWhatIf.start(document);"


def _has_whatif(page: Page) -> bool:
    return any(
        WHATIF in output.get("data", {})
        for section in page.sections
        for cell in section.cells
        for output in cell.get("outputs", ())
    )


def _without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/\n?", "", css, flags=re.DOTALL)


def _without_notes(script: str) -> str:
    """A script of ours without indents and without lines that are comments: a page carries what runs."""
    return re.sub(r"^(?:[ \t]+|[ \t]*//.*\n)+", "", script, flags=re.MULTILINE)


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
