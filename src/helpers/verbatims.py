"""What customers wrote: the texts that this kernel can reach, and whether something quotes them.

Survey research calls an answer in the customer's own words a verbatim. Loading a table makes its columns of
free text known; they are read only when there is something to compare with them, once.

Something quotes a customer when it holds as many words in a row as `SPAN` that some customer wrote in a
row, or a whole text that is shorter and that fewer than `FEW` customers wrote: what many say is nobody's
own. One or two words count only where they stand alone: as a cell, as a line, in quotation marks. Case,
punctuation, HTML entities and the escapes of `repr` and JSON make no difference.
"""

from __future__ import annotations

import html
import re
import sys
import threading
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers.records import FREE_TEXT, WITHHELD, Withheld

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas import DataFrame

SPAN = 4
"""Words in a row that quote somebody."""
FEW = 5
"""Customers from whom on a shorter text is nobody's own."""
MOST = 500_000
"""Texts of a column that are compared; where there are more, any text of SPAN words counts as a quotation."""

_ALONE = 2
"""Words up to which a text must stand alone."""
_CODED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2}))")
_BREAK = re.compile(r"\\[nrt]")
_PIECES = re.compile(r"""<[^<>]*>|["'`|,;:\[\](){}]|\s{2,}|\n""")


class VerbatimError(ValueError):
    """Something that is to be published quotes customers."""


@dataclass
class _Column:
    """One column of free text: how to read it, and what was read."""

    read: Callable[[int], Sequence[str]]
    spans: NDArray[np.int64] | None = None
    short: frozenset[tuple[str, ...]] = frozenset()
    too_many: bool = False

    def learn(self) -> None:
        """Read the texts, once."""
        if self.spans is not None:
            return
        try:
            texts = self.read(MOST + 1)
        except Exception:  # noqa: BLE001  (a print is no place to tell of a database that broke off)
            texts, self.too_many = (), True
        self.too_many |= len(texts) > MOST
        told = [words(text) for text in ([] if self.too_many else texts)]
        short = Counter(tuple(each) for each in told if each and len(each) < SPAN)
        self.short = frozenset(text for text, customers in short.items() if customers < FEW)
        self.spans = np.unique(
            np.array(array("q", (span for each in told for span in _spans(each))), np.int64)
        )

    def quoted(self, spoken: Sequence[str], pieces: Iterable[tuple[str, ...]]) -> bool:
        """Whether words in a row, or pieces that stand alone, come from this column."""
        if self.too_many:
            return len(spoken) >= SPAN
        assert self.spans is not None, "learn() comes first"
        if np.isin(np.fromiter(_spans(spoken), np.int64), self.spans).any():
            return True
        in_a_row = (tuple(spoken[at : at + 3]) for at in range(len(spoken) - 2))
        alone = (piece for piece in pieces if not all(word.isdigit() for word in piece))
        return any(each in self.short for each in (*in_a_row, *alone))


@dataclass
class _Known:
    """The columns of free text of every table that was loaded, and what their other columns are called."""

    columns: dict[tuple[str, str], _Column] = field(default_factory=dict)
    beside: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


_KNOWN = _Known()


def know(
    table: str,
    columns: Iterable[str],
    read: Callable[[str, int], Sequence[str]],
    written: Iterable[str] = FREE_TEXT,
) -> None:
    """Make the free text of a table known.

    Args:
        table: its logical name; what was known of it before is forgotten.
        columns: what its columns are called, all of them.
        read: gives the texts of a column, one a customer and at most so many; asked when there is something
            to compare.
        written: which of them customers wrote, where a table without a contract calls them otherwise.
    """
    names, told = set(columns), FREE_TEXT | set(written)
    for name in sorted(names & told):
        _KNOWN.columns[table, name] = _Column(lambda most, name=name: read(name, most))  # type: ignore[misc]
    _KNOWN.beside = (_KNOWN.beside | names) - {column for _, column in _KNOWN.columns}


def forget() -> None:
    """Know nothing, as in a fresh kernel."""
    _KNOWN.columns.clear()
    _KNOWN.beside.clear()


def learn() -> None:
    """Read what was made known and not yet read."""
    with _KNOWN.lock:
        for column in tuple(_KNOWN.columns.values()):
            column.learn()


def quoted_in(text: str) -> str:
    r"""The column of free text that a text quotes; empty where it quotes none.

    Example:
        >>> from helpers import verbatims
        >>> verbatims.know("responses", ["comment"], lambda *_: ["The export is far too slow.", "Meh"])
        >>> verbatims.quoted_in("{'score': 3, 'comment': 'the EXPORT is far'}")
        'comment'
        >>> verbatims.quoted_in("The export takes 3 s"), verbatims.quoted_in("one line\nmeh\nanother")
        ('', 'comment')
        >>> verbatims.forget()
    """
    if not _KNOWN.columns or not any(map(str.isalpha, text)):
        return ""
    learn()
    spoken = words(text)
    pieces = {tuple(words(piece)) for piece in _PIECES.split(html.unescape(text))}
    short = {piece for piece in pieces if 0 < len(piece) <= _ALONE}
    return next((name for (_, name), each in _KNOWN.columns.items() if each.quoted(spoken, short)), "")


def column_in(frame: DataFrame) -> str:
    """The column of a data frame that holds what customers wrote, by its name or by its values; or empty.

    A column that a loaded table has beside its free text, such as `product_area`, is not taken for one.

    Example:
        >>> import pandas as pd
        >>> from helpers import verbatims
        >>> verbatims.column_in(pd.DataFrame({"score": [9], "comment": ["Good"]}))
        'comment'
        >>> verbatims.column_in(pd.DataFrame({"score": [9]}))
        ''
    """
    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    labels: list[Any] = flat.columns.to_list()
    for at, label in enumerate(labels):
        parts = {str(part) for part in (label if isinstance(label, tuple) else (label,))}
        if parts & FREE_TEXT:
            return str(next(iter(parts & FREE_TEXT)))
        if not parts & _KNOWN.beside and any(map(quoted_in, _texts(flat.iloc[:, at]))):
            return str(label)
    return next((str(label) for label in _texts(frame.index) if quoted_in(label)), "")


def refuse(frame: DataFrame, what: str) -> None:
    """Make sure that a data frame can be published.

    Raises:
        VerbatimError: one of its columns holds what customers wrote.
    """
    if column := column_in(frame):
        raise VerbatimError(
            f"{what}: the column {column} holds what customers wrote, which is on no page and in no download."
            f" Leave it out: data.drop(columns={column!r}), or count it before."
        )


def withheld(column: str) -> dict[str, Any]:
    """What a cell shows in place of an output that holds what customers wrote, by MIME type.

    Example:
        >>> from helpers import verbatims
        >>> verbatims.withheld("comment")["text/plain"]
        'An output is withheld here: it holds what customers wrote (column comment).'
    """
    said = f"An output is withheld here: it holds what customers wrote (column {column})."
    note = f'<p class="qd note">{html.escape(said)}</p>'
    return {WITHHELD: Withheld(column=column).model_dump(), "text/html": note, "text/plain": said}


def words(text: str) -> list[str]:
    """The words of a text, however it is cased, punctuated and escaped."""
    if "\\" in text:
        text = _BREAK.sub(" ", _CODED.sub(_decoded, text))
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # JSON has pairs of them
    return re.findall(r"\w+", html.unescape(text).casefold())


def _decoded(found: re.Match[str]) -> str:
    number = int(found[1] or found[2] or found[3], 16)
    return chr(number) if number <= sys.maxunicode else found[0]


def _spans(spoken: Sequence[str]) -> Iterator[int]:
    for at in range(len(spoken) - SPAN + 1):
        yield hash(tuple(spoken[at : at + SPAN]))


def _texts(values: Any) -> Iterator[str]:  # noqa: ANN401  (a Series or an Index)
    """The different texts among values; lists and records as they would be printed."""
    if values.dtype.kind in "biufcmM":
        return
    yield from dict.fromkeys(str(value) for value in values if not isinstance(value, int | float))
