"""matplotlib's SVG, rewritten to stand inside a page.

Only known elements and attributes are kept, so nothing of it reaches the page around it: no style sheet, no
id that is not its own, no script, no request. Lettering is text in the house's sans.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from helpers.pictures.themed import variable

_ELEMENTS = frozenset(
    (
        "svg", "g", "path", "text", "tspan", "use", "defs", "clipPath", "rect", "circle", "ellipse", "line",
        "polyline", "polygon", "image", "pattern",
    )
)  # fmt: skip
_ATTRIBUTES = (
    "d", "x", "y", "width", "height", "transform", "points", "cx", "cy", "r", "rx", "ry", "x1", "y1", "x2",
    "y2", "patternUnits", "preserveAspectRatio",
)  # fmt: skip
_SIZE = 12.5
"""Points of lettering that the style sheet gives anyway."""

_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_FONT = re.compile(r"^(?P<words>[^']*?)(?P<size>[\d.]+)px")
_NOTHING_TURNED = re.compile(r"rotate\(-?0(?:\.0*)?(?: [^)]*)?\)")
_MAP = re.compile(r"QuadMesh_|image")


@dataclass
class _Writer:
    """Writes the elements of one cut; `prefix` makes its ids its own."""

    prefix: str
    ids: dict[str, str] = field(default_factory=dict)

    def element(self, node: ET.Element, *, greys: bool = True, places: int = 1) -> str:
        tag = _bare(node.tag)
        if tag not in _ELEMENTS:
            return self.inside(node, greys=greys, places=places) if tag == "a" else ""
        greys = greys and not (tag == "g" and _is_map(node))
        places = 2 if tag == "defs" else places
        inside = self.inside(node, greys=greys, places=places)
        attributes = "".join(self.attributes(node, greys=greys, places=places))
        if tag == "g" and not (inside and attributes):
            return inside
        return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"

    def inside(self, node: ET.Element, *, greys: bool, places: int) -> str:
        """What a node holds; lettering upon a map of colours keeps its greys, the axes beside it do not."""
        coloured = greys and not any(_is_map(child) for child in node)
        text = html.escape(node.text or "") if _bare(node.tag) in ("text", "tspan") else ""
        for child in node:
            own = coloured or _is_axis(child) if _bare(child.tag) == "g" else greys
            text += self.element(child, greys=own, places=places)
        return text

    def attributes(self, node: ET.Element, *, greys: bool, places: int) -> Iterator[str]:
        if (name := node.get("id")) in self.ids:
            yield f' id="{self.ids[name or ""]}"'
        for attribute in _ATTRIBUTES:
            if value := _geometry(attribute, node.get(attribute, ""), places):
                yield f' {attribute}="{html.escape(value)}"'
        if clip := re.fullmatch(r"url\(#([\w-]+)\)", node.get("clip-path", "")):
            yield f' clip-path="url(#{self.ids.get(clip[1], "")})"'
        yield from self.reference(node)
        if style := self.style(node.get("style", ""), greys=greys):
            yield f' style="{html.escape(style)}"'

    def reference(self, node: ET.Element) -> Iterator[str]:
        target = next((value for name, value in node.attrib.items() if _bare(name) == "href"), "")
        if target.startswith("#") and target[1:] in self.ids:
            yield f' href="#{self.ids[target[1:]]}"'
        elif target.startswith("data:image/png;base64,"):
            yield f' href="{html.escape("".join(target.split()))}"'

    def style(self, text: str, *, greys: bool) -> str:
        kept = []
        for declaration in text.split(";"):
            name, _, value = (part.strip() for part in declaration.partition(":"))
            if pattern := re.fullmatch(r"url\(#([\w-]+)\)", value):
                kept.append(f"{name}:url(#{self.ids.get(pattern[1], '')})")
            elif "url(" in value or "expression" in value:
                continue
            elif name in ("font", "font-size"):
                kept += _lettering(value)
            elif value and not name.startswith("font-family"):
                coloured = _COLOUR.sub(lambda found: variable(found[0], greys=greys), value)
                kept.append(f"{name}:{_rounded(coloured, 2) if '--' not in coloured else coloured}")
        return ";".join(kept)


def inline(svg: str, prefix: str, classes: str, described_by: str) -> str:
    """The SVG of matplotlib as an element of a page, described by the text of another element.

    Args:
        svg: a whole document, its text as text (`svg.fonttype` none).
        prefix: what its ids begin with; no other picture of the page may have it.
        classes: of the element.
        described_by: the id of its text alternative.
    """
    root = ET.fromstring(svg)
    writer = _Writer(prefix, _own_ids(root, prefix))
    inside = writer.inside(root, greys=True, places=1)
    box = " ".join(_rounded(part, 1) for part in root.get("viewBox", "").split())
    width = _rounded(root.get("viewBox", "0 0 760 0").split()[2], 0)
    return (
        f'<svg class="{classes}" viewBox="{box}" role="img" aria-labelledby="{described_by}" '
        f'style="max-width:{width}px;stroke-linejoin:round">{inside}</svg>'
    )


def _own_ids(root: ET.Element, prefix: str) -> dict[str, str]:
    """The ids that something refers to, and what they are called in the page."""
    text = ET.tostring(root, encoding="unicode")
    used = dict.fromkeys(re.findall(r'(?:url\(#|href="#)([\w-]+)', text))
    return {name: f"{prefix}{number}" for number, name in enumerate(used, 1)}


def _bare(name: str) -> str:
    return name.rpartition("}")[2]


def _is_map(node: ET.Element) -> bool:
    """Whether its colours are values: a heat map, a picture."""
    return _bare(node.tag) == "image" or bool(_MAP.match(node.get("id", "")))


def _is_axis(node: ET.Element) -> bool:
    return node.get("id", "").startswith("matplotlib.axis")


def _geometry(attribute: str, value: str, places: int) -> str:
    if attribute == "transform":
        return _rounded(_NOTHING_TURNED.sub("", value).strip(), 4)
    if attribute == "d":
        return re.sub(r"\s*([A-Za-z])\s*", r"\1", _rounded(" ".join(value.split()), places))
    return _rounded(value, places)


def _rounded(text: str, places: int) -> str:
    return _NUMBER.sub(lambda found: f"{round(float(found[0]), places) + 0:g}", text)


def _lettering(value: str) -> Iterator[str]:
    """Weight, slant and size of text, where they are not the house's own."""
    found = _FONT.match(value)
    if found is None:
        return
    words = found["words"].split()
    if "italic" in words or "oblique" in words:
        yield "font-style:italic"
    if any(word in ("bold", "600", "700", "800", "900") for word in words):
        yield "font-weight:600"
    if float(found["size"]) != _SIZE:
        yield f"font-size:{float(found['size']):g}px"
