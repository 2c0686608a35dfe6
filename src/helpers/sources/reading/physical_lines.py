"""The physical lines of a text file, counted from its bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from helpers.sources.reading.formats import opened

_CHUNK = 1 << 22


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


def empty_lines(file: Path) -> int:
    """How many lines hold nothing at all, wherever they stand."""
    found, last = 0, 10
    with opened(file) as content:
        while chunk := content.read(_CHUNK):
            if chunk.endswith(b"\r"):
                chunk += content.read(1)
            letters = np.frombuffer(chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), np.uint8)
            ends = letters == 10
            found += int((ends[1:] & ends[:-1]).sum()) + int(last == 10 and ends[0])
            last = letters[-1]
    return found
