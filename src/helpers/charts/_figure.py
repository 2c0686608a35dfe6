"""From seaborn to compact SVG: a small matplotlib backend that names the classes of house.css.

A chart draws its marks once, in data coordinates and in the colours of `style.TOKENS`, on `axes()`.
`marks()` lays them into a frame and returns SVG elements. The class of a mark is its role, which the artist
carries as `gid` (`l` line, `i` interval, `d` dot or bar, `b` band), and a suffix for its colour; so the page
recolours it in the dark. A longer `gid` (`i3`, the interval of the previous period) is the class itself.
Lettering is no part of this: it is written straight into the cut.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Transform
from matplotlib.typing import ColorType

from helpers import style

_SUFFIXES = {"accent": "", "ref": "2", "worse": "w", "c3": "c3", "c4": "c4", "c5": "c5", "paper": "3"}
SUFFIXES = {style.TOKENS[token]: suffix for token, suffix in _SUFFIXES.items()}
"""What a colour adds to the class of a mark."""


@dataclass(frozen=True)
class Frame:
    """Where the data stand in a cut: a rectangle in SVG units (y downwards), and the data at its sides.

    `x` are the values at left and right, `y` those at bottom and top.
    """

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at_x(self, value: float) -> float:
        """The horizontal position of a value."""
        first, last = self.x
        return self.left + (self.right - self.left) * (value - first) / (last - first)

    def at_y(self, value: float) -> float:
        """The vertical position of a value."""
        first, last = self.y
        return self.bottom + (self.top - self.bottom) * (value - first) / (last - first)


def axes() -> Axes:
    """Axes without spines, ticks or labels, on a figure of their own; never the state of pyplot."""
    bare = Figure(dpi=72).add_axes((0.0, 0.0, 1.0, 1.0))
    bare.set_axis_off()
    bare.set_xticks([])
    bare.set_yticks([])
    return bare


def marks(drawn: Axes, frame: Frame) -> str:
    """What was drawn on the axes as SVG elements, placed by the frame, back to front.

    Raises:
        ValueError: a colour is none of the tokens.
    """
    figure = drawn.get_figure(root=True)
    assert figure is not None, "axes() gives every axes a figure"
    figure.set_size_inches(frame.width / 72, frame.height / 72)
    drawn.set_position(
        (
            frame.left / frame.width,
            1 - frame.bottom / frame.height,
            (frame.right - frame.left) / frame.width,
            (frame.bottom - frame.top) / frame.height,
        )
    )
    drawn.set_xlim(*frame.x)
    drawn.set_ylim(*frame.y)
    renderer = _Renderer(frame.height)
    artists = (*drawn.collections, *drawn.patches, *drawn.lines)
    for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
        artist.draw(renderer)
    return renderer.svg()


def units(number: float) -> str:
    """A coordinate rounded to 0.1: `12`, `12.5`, `.5`."""
    return _tenths(round(10 * number))


class _Renderer(RendererBase):
    """Collects paths and circles; strokes of one class that follow each other become one element."""

    def __init__(self, height: float) -> None:
        super().__init__()
        self._height = height
        self._roles: list[str | None] = []
        self._elements: list[tuple[str, str, str]] = []

    def svg(self) -> str:
        joined: list[tuple[str, str, str]] = []
        for tag, kind, geometry in self._elements:
            if joined and tag == "path" and joined[-1][:2] == (tag, kind):
                joined[-1] = (tag, kind, joined[-1][2] + geometry)
            else:
                joined.append((tag, kind, geometry))
        return "".join(_element(*each) for each in joined)

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002
        self._roles.append(gid)

    def close_group(self, s: str) -> None:  # noqa: ARG002
        self._roles.pop()

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: ColorType | None = None,  # noqa: N803
    ) -> None:
        kind = self._class(gc, rgbFace)
        if _is_circle(path):
            self._elements.append(("circle", kind, self._circle(path, transform)))
            return
        cleaned = path.cleaned(transform=transform, remove_nans=True, simplify=path.should_simplify)
        if geometry := self._geometry(cleaned):
            self._elements.append(("path", kind, geometry))

    def _class(self, gc: GraphicsContextBase, face: ColorType | None) -> str:
        filled = face is not None and to_rgba(face)[3] > 0
        role = next((gid for gid in reversed(self._roles) if gid), "d" if filled else "l")
        colour = to_hex(face if face is not None and filled else gc.get_rgb())
        if colour not in SUFFIXES:
            raise ValueError(f"colour == {colour}, must be one of helpers.style.TOKENS: {sorted(SUFFIXES)}.")
        return role + SUFFIXES[colour] if len(role) == 1 else role

    def _circle(self, path: Path, transform: Transform) -> str:
        corners = transform.transform(path.vertices)  # the circle touches its box in vertices
        (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
        x, y = (left + right) / 2, self._height - (bottom + top) / 2
        return f'cx="{units(x)}" cy="{units(y)}" r="{units((right - left) / 2)}"'

    def _geometry(self, path: Path) -> str:
        """Path data with relative coordinates, summed in tenths so that rounding never adds up."""
        across, down = np.rint(10 * np.asarray(path.vertices)).astype(int).T
        down = round(10 * self._height) - down
        said: list[str] = []
        here, last = (0, 0), ""
        for code, *there in zip(np.asarray(path.codes).tolist(), across.tolist(), down.tolist(), strict=True):
            x, y = there
            if code == Path.MOVETO:
                said.append(f"M{_pair(x, y)}")
                here, last = (x, y), "M"
            elif code == Path.LINETO and (x, y) != here:
                command, numbers = _step(x - here[0], y - here[1])
                said.append(_glued(numbers) if command == last else command + numbers)
                here, last = (x, y), command
            elif code == Path.CLOSEPOLY:
                said.append("z")
        return "".join(said) if len(said) > 1 else ""


def _is_circle(path: Path) -> bool:
    """Whether the path is matplotlib's unit circle, moved and scaled."""
    codes = np.asarray(path.codes)
    return codes.shape == (26,) and codes[1] == Path.CURVE4


def _element(tag: str, kind: str, geometry: str) -> str:
    return (
        f'<circle {geometry} class="{kind}"/>'
        if tag == "circle"
        else f'<path class="{kind}" d="{geometry}"/>'
    )


def _step(right: int, down: int) -> tuple[str, str]:
    if down == 0:
        return "h", _tenths(right)
    if right == 0:
        return "v", _tenths(down)
    return "l", _pair(right, down)


def _pair(x: int, y: int) -> str:
    return _tenths(x) + _glued(_tenths(y))


def _glued(numbers: str) -> str:
    """What follows a number: a minus sign parts them as well as a space does."""
    return numbers if numbers.startswith("-") else f" {numbers}"


def _tenths(tenths: int) -> str:
    whole, part = divmod(abs(tenths), 10)
    sign = "-" if tenths < 0 else ""
    return f"{sign}{whole}" if not part else f"{sign}{whole or ''}.{part}"
