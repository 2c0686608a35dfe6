"""What kinds of file can be read, told by the name; the head of a text file; text in any encoding."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from pathlib import Path
from typing import IO, Literal

import pyarrow as pa  # type: ignore[import-untyped]

from helpers.sources.refusals import TableError

Format = Literal["csv", "tsv", "json", "parquet", "workbook", "spss"]
_SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".xlsb": "workbook",
    ".ods": "workbook",
    ".sav": "spss",
    ".zsav": "spss",
}
_REFUSED = {
    ".sas7bdat": "SAS; export it as CSV or Parquet (PROC EXPORT)",
    ".xpt": "a SAS transport file; export it as CSV or Parquet",
    ".dta": "Stata; export it as CSV (export delimited)",
    ".rds": "R; write it with write.csv or arrow::write_parquet",
    ".rdata": "R; write it with write.csv or arrow::write_parquet",
    ".pdf": "PDF; ask for the table as CSV or as a workbook",
    ".docx": "a document; save its table as CSV",
    ".html": "a web page; save its table as CSV",
    ".xml": "XML; export it as CSV or JSON",
    ".fwf": "text of fixed width; write it as CSV, with a delimiter",
    ".prn": "text of fixed width; save it as CSV, with a delimiter",
    ".numbers": "Numbers; export it as CSV or .xlsx",
    ".zip": "an archive; unpack it, and name the file that is in it (.gz and .zst are read as they are)",
    ".7z": "an archive; unpack it, and name the file that is in it (.gz and .zst are read as they are)",
    ".rar": "an archive; unpack it, and name the file that is in it (.gz and .zst are read as they are)",
    ".bz2": "packed with bzip2; pack it with gzip or zstd",
    ".avro": "Avro; write it as Parquet",
    ".orc": "ORC; write it as Parquet",
    ".feather": "Feather; write it as Parquet",
    ".pkl": "a Python pickle, which is a program; write it as Parquet",
    ".sqlite": "a database in a file; export the table as CSV",
    ".db": "a database in a file; export the table as CSV",
}
"""What is known and not read, and what to do."""
_EVERY_BYTE, _LOOKED_AT = bytes(range(256)), 1 << 20
_PACKED = {".gz": "gzip", ".zst": "zstd"}
"""Endings of packed files, and what packed them."""
_TEXTS: tuple[Format, ...] = ("csv", "tsv", "json")
"""What may be packed: the other formats are packed within."""
_NATIVE = ("utf-8", "iso8859-1")
"""Encodings that DuckDB reads itself, by Python's name of them."""
_ENDED = ("utf-16-le", "utf-16-be")
"""Encodings that take a byte order mark for a letter."""

_MARKS = {
    b"PK\x03\x04": "holds a zip archive: unpack it, or name a workbook .xlsx",
    b"\xd0\xcf\x11\xe0": "is an older workbook: name it .xls",
    b"\x1f\x8b": "is packed by gzip: name it .gz too",
    b"\x28\xb5\x2f\xfd": "is packed by Zstandard: name it .zst too",
    b"PAR1": "is a Parquet file: name it .parquet",
    b"%PDF": "is a PDF: export the table as CSV",
}
"""How files begin that are no text."""
_OBJECTS = re.compile(rb'(\xef\xbb\xbf)?\s*(\[\s*)?\{\s*"')
"""How JSON begins: with an object, or a list of them."""
_PAGES = (b"<!doctype html", b"<html")

UNREADABLE = (UnicodeError, OSError, EOFError, zlib.error, pa.ArrowException)
"""What text that is not in its encoding, or a broken archive, raises."""


def format_of(name: str) -> Format:
    """The format that a file's name tells, compression aside.

    Raises:
        TableError: the name tells none.
    """
    plain = name.lower()
    for ending in _PACKED:
        plain = plain.removesuffix(ending)
    found = next((kind for suffix, kind in _SUFFIXES.items() if plain.endswith(suffix)), None)
    refused = next((told for suffix, told in _REFUSED.items() if plain.endswith(suffix)), None)
    if refused is not None:
        raise TableError(f"{name} is {refused}.")
    if found is None:
        raise TableError(
            f"{name}: its name tells no format. Known endings: {', '.join(_SUFFIXES)}, "
            f"the text formats also with {' or '.join(_PACKED)}."
        )
    if plain != name.lower() and found not in _TEXTS:
        raise TableError(f"{name} is packed as only text formats may be. Unpack it, and name what is in it.")
    return found


def packed_by(path: Path) -> str | None:
    """What packed the file, told by its name: `gzip` or `zstd`."""
    return _PACKED.get(path.suffix.lower())


def is_native(encoding: str) -> bool:
    """Whether DuckDB reads the encoding itself."""
    return codecs.lookup(encoding).name in _NATIVE


def is_utf8(encoding: str) -> bool:
    """Whether the encoding is plain UTF-8."""
    return codecs.lookup(encoding).name == "utf-8"


def is_truly_utf8(path: Path, encoding: str) -> bool:
    """Whether a file that is said to have a byte a letter has its other letters in UTF-8.

    Two such letters in a row that make one of UTF-8 are as good as never meant (`Ã¼` for ü).
    """
    if is_utf8(encoding) or len(_EVERY_BYTE.decode(encoding, "replace")) != len(_EVERY_BYTE):
        return False
    with opened(path) as content:
        start = content.read(_LOOKED_AT)
    try:
        return not start.isascii() and bool(codecs.getincrementaldecoder("utf-8")().decode(start))
    except UnicodeDecodeError:
        return False


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file, decompressed."""
    if packed_by(path) == "gzip":
        return gzip.open(path, "rb")  # type: ignore[return-value]
    if packed_by(path) == "zstd":
        return pa.CompressedInputStream(str(path), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def text_of(path: Path, encoding: str) -> io.TextIOWrapper:
    r"""The text of a file, without a byte order mark; a line ends in \n, \r\n or \r, as it stands."""
    return io.TextIOWrapper(opened(path), encoding=_without_mark(path, encoding), newline="")


def _without_mark(path: Path, encoding: str) -> str:
    """The encoding under which a byte order mark is no letter."""
    name = codecs.lookup(encoding).name
    if name in _ENDED:
        with opened(path) as content:
            return "utf-16" if content.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else name
    return "utf-8-sig" if name == "utf-8" else encoding


def disguised(path: Path, kind: Format) -> str | None:
    """What a text or a workbook is in truth, by how it begins; None where nothing speaks against its name."""
    with path.open("rb") as content:
        head = content.read(512)
    if head.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_PAGES):
        return "holds a page of HTML: download the file itself"
    if kind in ("workbook", "spss") or packed_by(path):
        return None
    if kind in ("csv", "tsv") and _OBJECTS.match(head):
        return "holds JSON: name it .json"
    return next((said for mark, said in _MARKS.items() if head.startswith(mark)), None)


def reencoded(path: Path, encoding: str, target: Path) -> None:
    """Write the file as plain UTF-8.

    Raises:
        UnicodeError: the file is not in this encoding.
    """
    with text_of(path, encoding) as text, target.open("w", encoding="utf-8", newline="") as out:
        while chunk := text.read(1 << 20):
            out.write(chunk)
