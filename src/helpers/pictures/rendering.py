"""A figure drawn for a page: as SVG where that is small, else as PNG by day and by night."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

from helpers.pictures import themed, vector

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

LARGEST_SVG = 40_000
"""Bytes up to which a figure is SVG."""
_WIDE, _NARROW = 760, 343
_ROOM = 400
"""Figures up to this width are readable on a phone when they shrink: they need no cut of their own."""
_LOWEST, _FLATTEST = 240, 0.9
"""Height of the cut for phones: at least so many units, else so much of the wide one."""
_INCH = 72
_SALT = "quarterdeck"


@dataclass(frozen=True)
class Picture:
    """A figure as a page shows it.

    `cuts` are SVG elements, the wide one and, where that would be too small on a phone, a narrow one; or else
    `png` holds the picture by day and by night at twice its size of `width` by `height` pixels.
    """

    name: str
    width: int
    height: int
    cuts: tuple[str, ...] = ()
    png: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """Bytes that it adds to a page."""
        return sum(len(cut.encode()) for cut in self.cuts) + sum(4 * len(image) // 3 for image in self.png)

    def html(self, alt: str) -> str:
        """The picture as HTML, with its text alternative."""
        if self.cuts:
            hidden = f'<p class="vh" id="{self.name}-alt">{escape(alt)}</p>'
            return hidden + "".join(self.cuts)
        day, night = (f"data:image/png;base64,{base64.b64encode(image).decode()}" for image in self.png)
        picture = (
            f'<picture><source media="screen and (prefers-color-scheme:dark)" srcset="{night}">'
            f'<img src="{day}" alt="{escape(alt)}" width="{self.width}" height="{self.height}"></picture>'
        )
        return _scrolling(picture, self.width, f'aria-label="{escape(alt)}"')


def figure_of(thing: Any) -> Figure:  # noqa: ANN401  (whatever draws)
    """The figure behind axes, a grid of seaborn, a plot of seaborn.objects, or itself.

    Raises:
        TypeError: nothing was drawn with matplotlib.

    Example:
        >>> from helpers import pictures
        >>> from matplotlib.figure import Figure
        >>> axes = Figure(figsize=(3, 2)).subplots()
        >>> pictures.figure_of(axes)
        <Figure size ...x... with 1 Axes>
    """
    from matplotlib.figure import Figure

    found = thing
    if not isinstance(found, Figure):
        found = getattr(found, "figure", None) or getattr(found, "_figure", None)
    if found is None and hasattr(thing, "plot"):
        found = getattr(thing.plot(), "_figure", None)
    if getattr(found, "figure", None) not in (None, found):
        found = found.get_figure(root=True)
    if not isinstance(found, Figure):
        raise TypeError(f"{type(thing).__name__} is no figure: give axes, a figure, or a grid of seaborn.")
    return found


def drawn(figure: Figure, name: str) -> Picture:
    """Draw a figure for a page; the figure itself stays as it is.

    Args:
        figure: what matplotlib or seaborn drew.
        name: what its ids begin with, its own on the page.
    """
    wide, (width, height) = _svg(figure)
    classes = "ch w760" if width > _ROOM and _stands_alone(figure) else "ch"
    described = f"{name}-alt"
    cut = vector.inline(wide, f"{name}-w", classes, described)
    if len(cut.encode()) > LARGEST_SVG:
        return Picture(name, round(width), round(height), png=_by_day_and_night(figure))
    if "w760" not in classes:
        return Picture(
            name,
            round(width),
            round(height),
            (_scrolling(cut, width, f'aria-labelledby="{described}"'),),
        )
    with _narrow(figure):
        narrow, _ = _svg(figure)
    cuts = cut, vector.inline(narrow, f"{name}-n", "ch n", described)
    return Picture(name, round(width), round(height), cuts)


def shown_text(figure: Figure) -> str:
    """What a figure says of itself, titles and axes; a poor stand-in for a text alternative.

    Example:
        >>> from helpers import pictures
        >>> from matplotlib.figure import Figure
        >>> axes = Figure(figsize=(3, 2)).subplots()
        >>> _ = axes.set(title="Waiting times", xlabel="Quarter", ylabel="Days")
        >>> pictures.shown_text(axes.figure)
        'Figure. Waiting times. Days by Quarter.'
    """
    told = ["Figure", figure.get_suptitle()]
    for axes in figure.axes:
        told.append(axes.get_title() or axes.get_title("left"))
        down, across = axes.get_ylabel(), axes.get_xlabel()
        told.append(" by ".join(label for label in (down, across) if label))
    return ". ".join(dict.fromkeys(" ".join(part.split()) for part in told if part.strip())) + "."


def lettering(figure: Figure) -> tuple[str, ...]:
    """Every piece of text that a figure shows, ticks and legends included.

    Example:
        >>> from helpers import pictures
        >>> from matplotlib.figure import Figure
        >>> axes = Figure(figsize=(3, 2)).subplots()
        >>> _ = axes.bar(["AMER", "EMEA"], [1, 2])
        >>> {"AMER", "EMEA"} <= set(pictures.lettering(axes.figure))
        True
    """
    from matplotlib.text import Text

    figure.draw_without_rendering()
    return tuple(text.get_text() for text in figure.findobj(Text) if text.get_text())


def close(figure: Figure) -> None:
    """Take a figure from pyplot, which would show it again when its cell ends."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close(figure)


def _stands_alone(figure: Figure) -> bool:
    """Whether its axes stand in one column, so that they can be drawn narrower."""
    starts = {round(axes.get_position().x0, 2) for axes in figure.axes if axes.get_label() != "<colorbar>"}
    return len(starts) <= 1


def _scrolling(picture: str, width: float, label: str) -> str:
    """What cannot be drawn narrower keeps a readable size, and scrolls on a phone."""
    if width <= _ROOM:
        return picture
    least = f"min-width:{min(round(width), _WIDE)}px"
    return f'<div class="scroll" tabindex="0" role="group" {label}><div style="{least}">{picture}</div></div>'


def _svg(figure: Figure) -> tuple[str, tuple[float, float]]:
    """The SVG of a figure, the same each time, and its size in units."""
    import matplotlib

    text = io.StringIO()
    with matplotlib.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "none", "svg.image_inline": True}):
        figure.savefig(
            text, format="svg", dpi=_INCH, metadata={"Date": None}, bbox_inches="tight", pad_inches=0.03
        )
    found = text.getvalue()
    box = found.partition('viewBox="')[2].partition('"')[0].split()
    return found, (float(box[2]), float(box[3]))


def _by_day_and_night(figure: Figure) -> tuple[bytes, bytes]:
    day = _png(figure)
    with _recoloured(figure):
        return day, _png(figure)


def _png(figure: Figure) -> bytes:
    content = io.BytesIO()
    figure.savefig(
        content,
        format="png",
        dpi=2 * _INCH,
        facecolor=figure.get_facecolor(),
        metadata={"Software": None},
        bbox_inches="tight",
        pad_inches=0.03,
    )
    return _few_colours(content)


def _few_colours(content: io.BytesIO) -> bytes:
    """The picture with 256 colours: a third of the bytes, and no difference to see."""
    from PIL import Image

    small = io.BytesIO()
    with Image.open(content) as image:
        image.convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


@contextmanager
def _narrow(figure: Figure) -> Iterator[None]:
    """The figure as wide as a phone, and not much lower."""
    size, engine = figure.get_size_inches().copy(), figure.get_layout_engine()
    height = max(_LOWEST / _INCH, _FLATTEST * size[1])
    try:
        if engine is None:
            figure.set_layout_engine("constrained")
        figure.set_size_inches(_NARROW / _INCH, height)
        yield
    finally:
        figure.set_size_inches(*size)
        if engine is None:
            figure.set_layout_engine("none")


@contextmanager
def _recoloured(figure: Figure) -> Iterator[None]:
    """The figure in the colours of a dark page, and then in its own again."""
    undo: list[Callable[[], None]] = []
    try:
        for artist in figure.findobj():
            undo += _recolour(artist)
        yield
    finally:
        for each in reversed(undo):
            each()


_COLOURS = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")


def _recolour(artist: Artist) -> Iterator[Callable[[], None]]:
    """Turn the colours of one artist to those of the night; what is given back turns them again."""
    from matplotlib.collections import QuadMesh
    from matplotlib.colors import to_hex, to_rgba, to_rgba_array

    if isinstance(artist, QuadMesh):
        return
    for name in _COLOURS:
        getter, setter = getattr(artist, f"get_{name}", None), getattr(artist, f"set_{name}", None)
        if getter is None or setter is None or (name == "color" and hasattr(artist, "get_facecolor")):
            continue
        before = getter()
        try:
            colours = to_rgba_array(before)
        except (TypeError, ValueError):
            continue  # `auto`, `none`
        turned = [(*to_rgba(themed.by_night(to_hex(rgb[:3])))[:3], rgb[3]) for rgb in colours]
        if not turned or [tuple(rgb) for rgb in colours] == turned:
            continue
        setter(turned if hasattr(artist, "get_offsets") or len(turned) > 1 else turned[0])
        yield partial(setter, before)
