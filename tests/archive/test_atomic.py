"""Swapping files in by rename."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from quarterdeck.archive.atomic import replace


def test_a_file_is_written_whole_with_its_folder(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.txt"
    replace(target, "one\ntwo\n")
    assert target.read_bytes() == b"one\ntwo\n"
    assert target.stat().st_mode & 0o777 == 0o644


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
