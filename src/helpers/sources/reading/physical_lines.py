"""The physical lines of a text file, counted from its bytes."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.sources.reading.formats import opened

_CHUNK = 1 << 22
_BLANK = re.compile(rb"(?:^|(?<=[\r\n]))[ \t]*(?:\r\n|\r|\n)")


def physical_lines(file: Path) -> int:
    r"""How many lines the (decompressed) bytes hold: `\n`, `\r\n` and a lone `\r` each end one.

    A last line without an end counts too.
    """
    ends, last = 0, b""
    with opened(file) as content:
        while chunk := content.read(_CHUNK):
            ends += chunk.count(b"\n")
            if b"\r" in chunk or last == b"\r":
                ends += chunk.count(b"\r") - chunk.count(b"\r\n")
                ends -= last == b"\r" and chunk[:1] == b"\n"
            last = chunk[-1:]
    return ends + (last not in (b"", b"\n", b"\r"))


def blank_lines(file: Path) -> int:
    """How many lines hold nothing but blanks, wherever they stand."""
    with opened(file) as content:
        return len(_BLANK.findall(content.read()))
