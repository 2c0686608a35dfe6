"""Markdown cells as HTML: raw HTML stays text, mathematics becomes MathML, pictures stay inside."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from latex2mathml import exceptions as latex_errors
from latex2mathml.converter import convert_to_element
from markupsafe import Markup, escape
from mistune import InlineParser, InlineState
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

_UNREADABLE: tuple[type[Exception], ...] = (
    *(error for error in vars(latex_errors).values() if isinstance(error, type)),
    LookupError,
    ValueError,
    RecursionError,
)
_DEFINITION = re.compile(r"^\[\^(?P<key>[\w-]+)\]:[ \t]*(?P<text>\S.*(?:\n[ \t]+\S.*)*)\n?", re.MULTILINE)


@dataclass
class Notes:
    """The footnotes of one page, whichever cell defines them; numbered as the text refers to them.

    `[^wilson]` refers to the note that a line `[^wilson]: Wilson (1927).` defines.
    """

    texts: dict[str, str]
    numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[str]) -> Notes:
        """The notes that Markdown cells define; of two with one key the first stands."""
        found = [match for source in sources for match in _DEFINITION.finditer(source)]
        return cls({match["key"]: " ".join(match["text"].split()) for match in reversed(found)})

    def reference(self, key: str) -> str:
        """The mark in the text; only the first of a note can be returned to."""
        first = key not in self.numbers
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        back = f' id="r{number}"' if first else ""
        return f'<sup><a href="#fn{number}"{back} aria-label="Note {number}">{number}</a></sup>'

    def listed(self) -> list[tuple[int, Markup]]:
        """Number and text of every note that was referred to."""
        return [(number, to_html(self.texts[key], notes=self)) for key, number in tuple(self.numbers.items())]


def to_html(source: str, attachments: Mapping[str, Any] | None = None, notes: Notes | None = None) -> Markup:
    """Render Markdown; what is not Markdown is shown as the text it is."""
    reader = MarkdownWithMath(_PageRenderer(dict(attachments or {})))
    if notes is None:
        return Markup(reader.render(source))

    def reference(_: InlineParser, match: re.Match[str], state: InlineState) -> int:
        key = match["note_key"]
        text = notes.reference(key) if key in notes.texts else html.escape(match[0])
        state.append_token({"type": "note", "raw": text})
        return match.end()

    reader.inline.register("note", r"\[\^(?P<note_key>[\w-]+)\]", reference, before="link")
    return Markup(reader.render(_DEFINITION.sub("", source)))


class _PageRenderer(IPythonRenderer):
    """nbconvert's renderer with raw HTML escaped, harmful links cut and no request to other places."""

    def __init__(self, attachments: dict[str, Any]) -> None:
        super().__init__(
            escape=True,
            allow_harmful_protocols=False,
            exclude_anchor_links=True,
            attachments=attachments,
        )

    def note(self, text: str) -> str:
        """The mark of a footnote, which `Notes` has made."""
        return text

    def block_math(self, body: str) -> str:
        return mathml(body, display="block")

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(rf"\begin{{{name}}}{body}\end{{{name}}}", display="block")

    def block_mermaidjs(self, code: str) -> str:
        return str(super().block_code(code))

    def image(self, text: str, url: str, title: str | None = None) -> str:
        """A picture that the notebook carries; any other is only named, since a page makes no request."""
        try:
            source = self._embed_image_or_attachment(url)
        except InvalidNotebook:
            source = url
        if source.startswith("data:image/"):
            return str(super().image(text, source, title))
        return str(self.link(text or str(escape(url)), url, title))

    def table(self, text: str) -> str:
        return (
            '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
            f"<table>\n{text}</table></div>\n"
        )


_LINK = re.compile("https?://|#")
"""What a formula may link to."""


def mathml(latex: str, display: str = "inline") -> str:
    """MathML of a LaTeX formula; the formula itself, as code, where it cannot be read.

    latex2mathml's own `convert` unescapes its result, so that a `<` in a formula becomes markup:
    here the characters are resolved first and the tree is written with escapes.
    """
    try:
        tree = convert_to_element(latex, display=display)
    except _UNREADABLE:
        return f"<code>{html.escape(latex)}</code>"
    for node in tree.iter():
        node.text = html.unescape(node.text) if node.text else node.text
        for name in ("style", "class"):
            node.attrib.pop(name, None)
        if not _LINK.match(node.get("href", "https://")):
            del node.attrib["href"]
    return ET.tostring(tree, encoding="unicode")
