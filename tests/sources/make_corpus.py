"""Write the corpus anew: `python -m tests.sources.make_corpus`.

The index says of each file how it is declared and what should come of it, known from how it was made and not
from how it is read.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from .corpus_cases import Case
from .corpus_measures import measures
from .corpus_texts import texts
from .corpus_typed import typed
from .corpus_voices import voices

CORPUS = Path(__file__).parent / "corpus"
INDEX = CORPUS / "index.yaml"


def cases() -> list[Case]:
    """All cases, in the order of the index."""
    return [*texts(), *typed(), *voices(), *measures()]


def index() -> str:
    """The index of all cases."""
    entries = [case.entry() for case in cases()]
    return "".join(
        yaml.safe_dump([entry], sort_keys=False, allow_unicode=True, width=110, default_flow_style=None)
        for entry in entries
    )


def is_dated(content: bytes) -> bool:
    """Whether a library wrote the bytes in its own way, or with the time of day in them."""
    return content.startswith((b"PK", b"PAR1", b"\x1f\x8b", b"$FL"))


def main() -> None:
    """Write every file and the index; a dated file that is there stays: delete it to have it anew."""
    there = {path for path in CORPUS.rglob("*") if path.is_file()}
    every = cases()
    for path in there - {CORPUS / case.file for case in every}:
        path.unlink()
    for case in every:
        path = CORPUS / case.file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path not in there or not is_dated(case.content):
            path.write_bytes(case.content)
    INDEX.write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main()
