"""In which encoding a text file may be written; where several read it, that is said."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from helpers.sources.reading.formats import opened

_CHUNK = 1 << 22
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SHOWN = 12


@dataclass(frozen=True)
class EncodingProposal:
    """An encoding, and why it is this one; no reason where it is plain UTF-8."""

    name: str
    reason: str = ""


def encoding_of(file: Path) -> EncodingProposal:
    """UTF-8 where all bytes are; UTF-16 by its mark, or its zeros; else a guess of which it says so.

    Raises:
        OSError: the file is a broken archive.
    """
    with opened(file) as content:
        start = content.read(_CHUNK)
    for mark, name in _MARKS[1:]:
        if start.startswith(mark):
            return EncodingProposal(name, "the file begins with the mark of UTF-16")
    zeros = start.count(b"\0") / max(len(start), 1)
    if zeros > 0.2:
        side = "le" if start[1::2].count(b"\0") > start[::2].count(b"\0") else "be"
        return EncodingProposal(f"utf-16-{side}", "every other byte is zero, and no mark says so")
    other = _not_utf8(file)
    return EncodingProposal("utf-8") if other is None else _of_one_byte(other)


def _not_utf8(file: Path) -> bytes | None:
    """Bytes of the file that are no ASCII, where the whole of it is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    beyond: set[int] = set()
    sound = True
    with opened(file) as content:
        while chunk := content.read(_CHUNK):
            beyond |= set(chunk.translate(None, bytes(range(128)))) if not chunk.isascii() else set()
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                sound = False
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        sound = False
    return None if sound else bytes(sorted(beyond))


def _of_one_byte(beyond: bytes) -> EncodingProposal:
    try:
        letters, name = beyond.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        letters, name = beyond.decode("latin-1"), "latin-1"
    seen = " ".join([letter for letter in letters if letter.isprintable() and not letter.isspace()][:_SHOWN])
    return EncodingProposal(
        name,
        f"it is not UTF-8, and so a guess: cp1250, iso-8859-15, mac-roman and others read it too, with other "
        f"letters; in {name} it has {seen}",
    )
