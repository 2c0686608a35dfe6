"""Swapping files in by rename."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from quarterdeck.archive.atomic import replace


def test_a_file_is_written_whole_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    replace(target, "one\ntwo\n")
    assert target.read_bytes() == b"one\ntwo\n"


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640), (0o077, 0o600)])
def test_who_may_read_a_file_follows_the_umask(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        replace(tmp_path / "a.txt", "one")
    finally:
        os.umask(before)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == mode


def test_what_cannot_be_written_leaves_what_stood_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    replace(target, "old")
    with pytest.raises(UnicodeEncodeError):
        replace(target, "new \ud800")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    texts = {letter * 100_000 for letter in "ab"}
    replace(target, "a" * 100_000)

    def write() -> None:
        for round_ in range(40):
            replace(target, "ab"[round_ % 2] * 100_000)

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while writer.is_alive():
        seen.add(target.read_text())
    writer.join()
    assert seen <= texts
