"""The colour tokens of the house, by day and by night; house.css holds the same values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TOKENS: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#15191e",
        "soft": "#59626c",
        "line": "#c9ced4",
        "hair": "#e6e9ec",
        "paper": "#ffffff",
        "accent": "#0b5c99",
        "worse": "#ab3f0c",
        "ref": "#666e77",
        "c3": "#44236a",
        "c4": "#de60ad",
        "c5": "#a39000",
    }
)
"""Light values of the colour tokens; house.css holds both schemes. Charts draw in them, then name classes."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#e8eaed",
        "soft": "#a2abb5",
        "line": "#454d56",
        "hair": "#2a3037",
        "paper": "#14171b",
        "accent": "#6cbaf0",
        "worse": "#f59a55",
        "ref": "#98a1ab",
        "c3": "#a77bf0",
        "c4": "#e0407c",
        "c5": "#e6d48a",
    }
)
"""Their values on a dark page, for pictures that cannot ask the style sheet."""

CATEGORIES = ("accent", "worse", "c3", "c4", "c5")
"""Tokens for categories, in order: told apart under simulated colour blindness, 3.2:1 on paper."""
