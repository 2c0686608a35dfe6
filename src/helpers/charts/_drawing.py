"""The marks of the house, drawn on bare axes in data coordinates, in the colours of the tokens.

Lines, dots and bars go through seaborn; bands and intervals are single matplotlib collections.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import seaborn as sns
from matplotlib.axes import Axes

from helpers.style import TOKENS


class Vertex(NamedTuple):
    """A point of a line; vertices of one token and run are joined."""

    x: float
    y: float
    token: str
    run: int


class Dot(NamedTuple):
    """A dot of a radius in SVG units; the token `paper` is an open one."""

    x: float
    y: float
    token: str
    radius: float = 5.0


class IntervalMark(NamedTuple):
    """An interval at a position of the other axis."""

    at: float
    low: float
    high: float


def lines(axes: Axes, vertices: Sequence[Vertex]) -> None:
    """Lines through the vertices of each token and run."""
    if not vertices:
        return
    x, y, tokens, runs = zip(*vertices, strict=True)
    sns.lineplot(
        x=x,
        y=y,
        hue=tokens,
        units=[f"{token} {run}" for token, run in zip(tokens, runs, strict=True)],
        palette=_palette(tokens),
        estimator=None,
        legend=False,
        gid="l",
        ax=axes,
    )


def dots(axes: Axes, found: Sequence[Dot]) -> None:
    """Dots, over everything else."""
    if not found:
        return
    x, y, tokens, radii = zip(*found, strict=True)
    sns.scatterplot(
        x=x,
        y=y,
        hue=tokens,
        palette=_palette(tokens),
        s=[(2 * radius) ** 2 for radius in radii],
        linewidth=0,
        legend=False,
        gid="d",
        zorder=4,
        ax=axes,
    )


def end_marks(axes: Axes, found: Sequence[Dot]) -> None:
    """The few dots upon a line: one plain collection, for seaborn has drawn the line."""
    if found:
        x, y, tokens, radii = zip(*found, strict=True)
        sizes = [(2 * radius) ** 2 for radius in radii]
        axes.scatter(x, y, s=sizes, c=[TOKENS[token] for token in tokens], linewidth=0, gid="d", zorder=4)


def opened(found: Sequence[Dot], partial_at: Sequence[str]) -> list[Dot]:
    """The dots, open ones for times that the data cover but partly."""
    return [dot._replace(token="paper", radius=4) if partial_at[round(dot.x)] else dot for dot in found]


def bars(axes: Axes, lengths: Sequence[float], starts: Sequence[float], token: str) -> None:
    """One horizontal bar a row, of a length from its start."""
    sns.barplot(
        x=lengths,
        y=range(len(lengths)),
        orient="y",
        native_scale=True,
        errorbar=None,
        width=0.34,
        left=starts,
        color=TOKENS[token],
        saturation=1,
        linewidth=0,
        gid="d",
        ax=axes,
    )


def intervals(axes: Axes, spans: Sequence[IntervalMark], token: str, gid: str = "i") -> None:
    """Horizontal intervals, one a row."""
    if spans:
        at, low, high = zip(*spans, strict=True)
        axes.hlines(at, low, high, colors=TOKENS[token], gid=gid, zorder=3)


def upright(axes: Axes, span: IntervalMark, token: str) -> None:
    """The interval of one point of a line."""
    axes.vlines([span.at], [span.low], [span.high], colors=TOKENS[token], gid="i", zorder=3)


def band(axes: Axes, spans: Sequence[IntervalMark], token: str) -> None:
    """Intervals along a line as one band."""
    if len(spans) > 1:
        at, low, high = zip(*spans, strict=True)
        axes.fill_between(at, low, high, color=TOKENS[token], linewidth=0, gid="b", zorder=1)


def _palette(tokens: Sequence[str]) -> dict[str, str]:
    return {token: TOKENS[token] for token in dict.fromkeys(tokens)}
