"""Colours by day and by night: what a figure draws in a token, or in a grey, follows the reader's scheme.

Every other colour stays: the author chose it, and a colour map means what its legend says.
"""

from __future__ import annotations

import colorsys
from functools import lru_cache

from helpers.style import DARK, TOKENS

Rgb = tuple[int, int, int]
_DESATURATED = 0.75
"""How much of a colour seaborn leaves to bars, boxes and violins."""
_GREY = 6
"""By how much the parts of a grey may differ, of 255."""


def variable(colour: str, *, greys: bool = True) -> str:
    """What a style sheet calls a colour: `var(--accent)`, a mixture of ink and paper, or the colour itself.

    Args:
        colour: hexadecimal, `#0b5c99`.
        greys: whether greys are lettering and lines; in a map of colours they are values, and stay.

    Example:
        >>> from helpers.pictures.themed import variable
        >>> variable("#0b5c99"), variable("#808080"), variable("#808080", greys=False), variable("#ffd700")
        ('var(--accent)', 'color-mix(in srgb,var(--ink) 50%,var(--paper))', '#808080', '#ffd700')
    """
    token = _tokens().get(colour)
    if token and (greys or token not in ("ink", "paper")):
        return f"var(--{token})"
    if not greys or not _is_grey(colour):
        return colour
    share = _inkiness(colour)
    if share in (0, 100):
        return "var(--ink)" if share else "var(--paper)"
    return f"color-mix(in srgb,var(--ink) {share}%,var(--paper))"


def by_night(colour: str, *, greys: bool = True) -> str:
    """The colour on a dark page, for pictures that cannot ask the style sheet.

    Example:
        >>> from helpers.pictures.themed import by_night
        >>> by_night("#0b5c99"), by_night("#ffffff"), by_night("#ffd700")
        ('#6cbaf0', '#14171b', '#ffd700')
    """
    token = _tokens().get(colour)
    if token and (greys or token not in ("ink", "paper")):
        return DARK[token]
    if not greys or not _is_grey(colour):
        return colour
    share = _inkiness(colour) / 100
    mixed = (
        round(share * ink + (1 - share) * paper)
        for ink, paper in zip(_parts(DARK["ink"]), _parts(DARK["paper"]), strict=True)
    )
    return "#" + "".join(f"{part:02x}" for part in mixed)


@lru_cache(maxsize=1)
def _tokens() -> dict[str, str]:
    """The token of each colour of the house, also as seaborn draws it in bars."""
    pale = {_desaturated(colour): token for token, colour in TOKENS.items()}
    return pale | {colour: token for token, colour in TOKENS.items()}


def _desaturated(colour: str) -> str:
    hue, lightness, saturation = colorsys.rgb_to_hls(*(part / 255 for part in _parts(colour)))
    pale = colorsys.hls_to_rgb(hue, lightness, saturation * _DESATURATED)
    return "#" + "".join(f"{round(255 * part):02x}" for part in pale)


def _is_grey(colour: str) -> bool:
    parts = _parts(colour)
    return max(parts) - min(parts) <= _GREY


def _inkiness(colour: str) -> int:
    """How dark a grey is, in per cent: 0 is white, 100 is black."""
    return round(100 * (1 - sum(_parts(colour)) / 765))


def _parts(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
