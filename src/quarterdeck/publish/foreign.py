"""HTML that other libraries make (Styler, great-tables, statsmodels), in the house style and nothing else.

Tables keep their structure and the colours of their cells, and lose style sheets, ids and classes: nothing of
them reaches the page around, and what is random in them (pandas draws ids by chance) or of the clock is gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag

_STYLE = re.compile(r"<style\b.*?(?:</style\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_ALLOWED = frozenset(
    [
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "p",
        "div",
        "span",
        "b",
        "strong",
        "i",
        "em",
        "small",
        "sub",
        "sup",
        "br",
        "code",
        "pre",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "a",
    ]
)
_DROPPED = frozenset(
    ["style", "script", "title", "head", "noscript", "template", "iframe", "object", "embed", "svg", "math"]
)
_ATTRIBUTES = frozenset(["colspan", "rowspan", "scope"])
_ACTS = re.compile(r"\bon\w+\s*=|script\s*:", re.IGNORECASE)
_SCRIPT = re.compile(r"[\s\x00-\x1f]*(?:java|vb)\s*script\s*:", re.IGNORECASE)
_PROPERTIES = frozenset(["background-color", "background", "color", "font-weight", "font-style"])
_NUMBER = re.compile(r"[-+\u2212]?[\d.,\u2009\u00a0 ]*\d%?(?:[eE][-+]?\d+)?|nan|NaN|<NA>|None|inf|-inf|")
_CLOCK = ("Date:", "Time:")
"""Rows of a summary of statsmodels that tell when it was made."""

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_INK, _BLACK, _WHITE = "#15191e", "#000000", "#ffffff"
_READABLE = 4.5
"""Contrast of text (WCAG 2.2, level AA)."""


def cleaned(html: str) -> str:
    """HTML of another library as a page may hold it."""
    if "<table" not in html.lower():
        return _inert(_STYLE.sub("", html))
    from bs4 import BeautifulSoup, Comment  # few pages need it

    soup = BeautifulSoup(html, "html.parser")
    rules = _cell_styles(soup)
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for tag in soup.find_all(True):
        if tag.name in _DROPPED:
            tag.decompose()
        elif tag.name not in _ALLOWED:
            tag.unwrap()
    for tag in soup.find_all(True):
        _strip(tag, rules.get(str(tag.get("id", "")), ""))
    for heading in soup.find_all("th"):
        if not heading.get_text(strip=True):
            heading.name = "td"  # an empty heading is none
    for table in soup.find_all("table"):
        _forget_clock(table)
        _align(table)
        if table.find_parent("table") is None:
            attributes = {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": _name(table)}
            table.wrap(soup.new_tag("div", attrs=attributes))
        if any("background" in str(cell.get("style", "")) for cell in table.find_all("td")):
            table["class"] = "heat"
    return str(soup).strip()


def _inert(html: str) -> str:
    """The same without what acts when it is clicked or loaded."""
    if not _ACTS.search(html):
        return html
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(True):
        for name, value in list(tag.attrs.items()):
            if name.lower().startswith("on") or _SCRIPT.match(str(value)):
                del tag[name]
    return str(soup)


def _cell_styles(soup: BeautifulSoup) -> dict[str, str]:
    """What the style sheets of a document say of single cells, by their ids."""
    styles: dict[str, str] = {}
    for sheet in soup.find_all("style"):
        for selectors, declarations in _RULE.findall(sheet.get_text()):
            for selector in selectors.split(","):
                if found := re.fullmatch(r"\s*#([\w-]+)\s*", selector):
                    styles[found[1]] = styles.get(found[1], "") + declarations + ";"
    return styles


def _strip(tag: Tag, style: str) -> None:
    """Leave a tag with its structure and the look of its cell."""
    look = _look(f"{style};{tag.get('style', '')}") if tag.name in ("td", "th") else ""
    tag.attrs = {name: value for name, value in tag.attrs.items() if name in _ATTRIBUTES}
    if look:
        tag["style"] = look


def _look(style: str) -> str:
    """Colours and weight; ink on a coloured ground, whatever the reader's scheme."""
    found: dict[str, str] = {}
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _PROPERTIES and value and not re.search(r"url|expression|[<>\"\\]|!important", value):
            found[name] = value
    ground = found.get("background-color") or found.get("background")
    if ground and ground != "transparent":
        found["color"] = _legible(ground, found.get("color", _INK))
    return ";".join(f"{name}:{value}" for name, value in found.items())


def _legible(ground: str, wanted: str) -> str:
    """The wanted colour of text, or black or white where it cannot be read on its ground."""
    if not (_HEX.fullmatch(ground) and _HEX.fullmatch(wanted)) or _contrast(ground, wanted) >= _READABLE:
        return wanted
    return max((_BLACK, _WHITE), key=lambda colour: _contrast(ground, colour))


def _contrast(first: str, second: str) -> float:
    """The ratio of two colours' luminance (WCAG 2.2)."""
    low, high = sorted((_luminance(first), _luminance(second)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _forget_clock(table: Tag) -> None:
    for label in table.find_all("th"):
        if label.get_text(strip=True) in _CLOCK and (value := label.find_next_sibling()) is not None:
            label.string = ""
            value.string = ""


def _align(table: Tag) -> None:
    """Text stands left, with its heading; numbers stand right, as the house has it."""
    placed = list(_placed(table))
    body = [(at, cell) for at, cell in placed if _is_value(cell)]
    numbers = {at for at, cell in body if _NUMBER.fullmatch(cell.get_text(strip=True))}
    texts = {at for at, cell in body if not _NUMBER.fullmatch(cell.get_text(strip=True))}
    for at, cell in placed:
        if (
            at not in numbers
            or (cell.name == "td" and at in texts)
            or (at == 0 and _count(cell, "colspan") > 1)
        ):
            cell["class"] = "tx"


def _placed(table: Tag) -> Iterator[tuple[int, Tag]]:
    """The cells with their columns; of those that span several only headings of the whole are told."""
    spanned: dict[int, int] = {}
    for row in table.find_all("tr"):
        at = 0
        for cell in row.find_all(["th", "td"], recursive=False):
            while spanned.get(at, 0) > 0:
                spanned[at] -= 1
                at += 1
            wide, high = _count(cell, "colspan"), _count(cell, "rowspan")
            if wide == 1 or at == 0:
                yield at, cell
            for column in range(at, at + wide):
                spanned[column] = high - 1
            at += wide


def _is_value(cell: Tag) -> bool:
    return cell.name == "td" and _count(cell, "colspan") == 1 and bool(cell.get_text(strip=True))


def _count(cell: Tag, name: str) -> int:
    text = str(cell.get(name, "1"))
    return min(int(text), 1000) if text.isdigit() and int(text) else 1


def _name(table: Tag) -> str:
    caption = table.find("caption")
    return caption.get_text(" ", strip=True) if caption else "Table"
