"""Files that are swapped in by rename: a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_hex

_UNFINISHED = ".tmp"


def replace(path: Path, text: str) -> None:
    """Write a file whole, or leave what stood there.

    Raises:
        OSError: the folder cannot be written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    name = path.parent / f".{path.name}.{token_hex(4)}{_UNFINISHED}"
    try:
        with name.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        name.replace(path)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def remove_leftovers(folder: Path) -> None:
    """Remove what `replace` could not finish there because the process was killed."""
    for path in folder.glob(f".*{_UNFINISHED}"):
        path.unlink(missing_ok=True)
