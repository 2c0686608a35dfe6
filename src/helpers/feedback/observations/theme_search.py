"""Which stated themes a text has: words that people can read and argue about, found in the engine.

A list of words gives the same themes every quarter, so that shares can be compared; topics fitted to each
quarter's texts would move by themselves.
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Sequence

from ibis.expr.types import BooleanValue, IntegerValue, StringValue

from helpers.findings import NoData
from helpers.records import params_folder
from helpers.records.vocabulary import FILE, Theme, Vocabulary, read_vocabulary

_OF_A_WORD = r"\pL\pM\pN_"
"""What words are made of in every script; `\\b` of RE2 knows the letters of English alone."""
_WITHOUT_BLANKS = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")
"""Scripts whose words stand side by side, or take endings: theirs are found within others."""


def stated_themes() -> Vocabulary:
    """The themes of `params/themes.yaml`.

    Raises:
        NoData: there is no such file.
    """
    found = read_vocabulary(params_folder())
    if found is None:
        raise NoData(
            f"There is no {FILE} beside sources.yaml, so no theme is searched for. Write the words of each: "
            "themes: {price: {label: Price, words: [price*, expensive]}}."
        )
    return found


def theme_bits(text: StringValue, vocabulary: Vocabulary) -> IntegerValue:
    """One bit a theme, in the order of the vocabulary: which of them a text has, case aside."""
    lower = text.lower()
    bits = (_has(lower, theme).ifelse(2**bit, 0) for bit, theme in enumerate(vocabulary.themes.values()))
    return functools.reduce(operator.add, bits)


def themes_of(bits: int, vocabulary: Vocabulary) -> frozenset[str]:
    """The keys of the themes that bits stand for."""
    return frozenset(name for bit, name in enumerate(vocabulary.themes) if bits >> bit & 1)


def pattern(words: Sequence[str]) -> str:
    """A regular expression that RE2 and Java read alike: whole words, or beginnings where a star says so.

    A word of a script without blanks between words, and an emoji, is found wherever it stands.

        >>> pattern(["🎉", "値段"])
        '(?:🎉|値段)'
    """
    kinds: dict[tuple[bool, bool], list[str]] = {}
    for word, at_start, at_end in map(_written, words):
        kinds.setdefault((at_start, at_end), []).append(word)
    return "(?:" + "|".join(_bounded(each, edges) for edges, each in kinds.items()) + ")"


def _bounded(words: Sequence[str], edges: tuple[bool, bool]) -> str:
    at_start, at_end = edges
    if not (at_start or at_end):
        return "|".join(words)
    before = f"(?:^|[^{_OF_A_WORD}])" if at_start else ""
    after = f"(?:$|[^{_OF_A_WORD}])" if at_end else ""
    return f"{before}(?:{'|'.join(words)}){after}"


def _written(word: str) -> tuple[str, bool, bool]:
    """A word of the list as an expression, and whether a word must begin and end where it does."""
    bare = word.lower().removesuffix("*").strip()
    expression = r"\s+".join(re.escape(part) for part in bare.split())
    return expression, _stands_apart(bare[0]), _stands_apart(bare[-1]) and not word.endswith("*")


def _stands_apart(letter: str) -> bool:
    """Whether blanks stand between words that begin or end with the letter."""
    name = unicodedata.name(letter, "")
    return unicodedata.category(letter)[0] in "LMN" and not name.startswith(_WITHOUT_BLANKS)


def _has(text: StringValue, theme: Theme) -> BooleanValue:
    found = text.re_search(pattern(theme.words))
    return found & text.re_search(pattern(theme.beside)) if theme.beside else found
