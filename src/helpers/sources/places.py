"""Where files are: a path or pattern as written in `sources.yaml`, on this machine or behind a URL."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote

import fsspec

from helpers.records import SourceFile
from helpers.records.settings import did_you_mean
from helpers.records.variables import expand, is_remote, matches
from helpers.sources.connection import Engine
from helpers.sources.refusals import TableError

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_RELATIVE = "Paths are relative to the folder of sources.yaml; put the file there, or mend the path."


@dataclass(frozen=True)
class Place:
    """One file: its path as written (the same on every machine), and where it lies on this one."""

    written: str
    file: Path

    @property
    def state(self) -> tuple[int, int]:
        """Size and time of change: what tells, without reading it, whether the file is another."""
        found = self.file.stat()
        return found.st_size, found.st_mtime_ns

    @property
    def partitions(self) -> dict[str, str | None]:
        """What the folders of its path say of every row: `year=2026/` is a column `year`."""
        found = [part.split("=", 1) for part in self.written.split("/")[:-1]]
        pairs = {one[0]: unquote(one[1]) for one in found if len(one) == 2 and one[0]}
        return {name: None if value == _NO_VALUE else value for name, value in pairs.items()}

    def record(self) -> SourceFile:
        """The file as the account tells it; its content is read once for the digest."""
        size, changed = self.state
        return SourceFile(
            path=self.written, size=size, mtime=changed / 1e9, sha256=_sha256(self.file, size, changed)
        )


def located(written: str, folder: Path, engine: Engine) -> tuple[Place, ...]:
    """The files that a path, pattern or URL names, in the order of their names.

    Raises:
        TableError: there is none, or a variable is not set, or a URL cannot be reached.
    """
    try:
        if is_remote(expand(written)):
            return engine.once(("remote", expand(written)), lambda: _fetched(written, engine))
        return _local(written, folder)
    except ValueError as error:
        raise TableError(f"{written}: {error}.") from None


def _local(written: str, folder: Path) -> tuple[Place, ...]:
    places = [Place(name, file) for name, file in matches(written, folder).items()]
    if not places:
        raise TableError(f"{written} matches no file. {_RELATIVE}")
    for place in places:
        if not place.file.is_file():
            raise TableError(f"{place.written}: {_absent(place.file)}")
        if not _can_be_read(place.file):
            raise TableError(f"{place.written} may not be read. Change the permissions of the file.")
    return tuple(places)


def _absent(file: Path) -> str:
    """Why there is no file of that name, and what to do."""
    if file.is_symlink() and (told := _broken(file)):
        return told
    if file.is_dir():
        return f"this is a folder. Write a pattern such as {file.name}/*.csv."
    if file.exists():
        return (
            "this is no file but a pipe, a socket or a device. Write its content into a file, and name that."
        )
    if not file.parent.is_dir():
        return f"there is no folder {file.parent.name}. {_RELATIVE}"
    hint = did_you_mean(file.name, [other.name for other in file.parent.iterdir()])
    return f"there is no such file.{hint or ' ' + _RELATIVE}"


def _broken(link: Path) -> str:
    """What to say of a link that leads to nothing; empty where it leads somewhere."""
    try:
        link.stat()
    except FileNotFoundError:
        return (
            f"this is a link to {link.readlink()}, which is not there. Mend the link, or put the file there."
        )
    except OSError:
        return "this is a link that leads back to itself. Let it lead to a file."
    return ""


def _can_be_read(file: Path) -> bool:
    try:
        with file.open("rb"):
            return True
    except OSError:
        return False


def _fetched(written: str, engine: Engine) -> tuple[Place, ...]:
    """Local copies of the files behind a URL, made once a process."""
    address = expand(written)
    try:
        files: Sequence[fsspec.core.OpenFile] = fsspec.open_files(address, "rb")
        found = sorted(files, key=lambda one: str(one.path))
        places = [_copied(one, written, engine) for one in found]
    except Exception as error:  # noqa: BLE001  (every file system raises its own)
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise TableError(f"{written} cannot be reached: {said}. Check address and access.") from None
    if not places:
        raise TableError(f"{written} matches no file. Check the address.")
    return tuple(places)


def _copied(remote: fsspec.core.OpenFile, written: str, engine: Engine) -> Place:
    """A local copy without a time: when it was fetched says nothing about what is in it."""
    name = str(remote.path).rsplit("/", 1)[-1]
    copy = engine.fresh_file(f"-{name}")
    with remote as source, copy.open("wb") as target:
        while chunk := source.read(1 << 22):
            target.write(chunk)
    os.utime(copy, (0, 0))
    head = written.rsplit("/", 1)[0]
    return Place(f"{head}/{name}", copy)


@lru_cache(maxsize=1024)
def _sha256(file: Path, _size: int, _changed: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
