"""Workbooks written by hand: what spreadsheet programs write and libraries do not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

Rows = Sequence[Sequence[Any]]
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def xlsx(rows: Rows, change: Callable[[Any], None] = lambda _sheet: None) -> bytes:
    """A workbook of one sheet, changed before it is saved."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    change(book.active)
    return saved(book)


def patched(book: bytes, part: str, pattern: str, new: str) -> bytes:
    """The workbook with a part of it changed; the pattern must be there."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as out:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                content, found = re.subn(pattern.encode(), new.encode(), content, flags=re.DOTALL)
                assert found, f"{pattern} is not in {part}"
            out.writestr(name, content)
    return sink.getvalue()


def ods(rows: Rows) -> bytes:
    """A sheet of LibreOffice: numbers, days and texts."""
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMES} office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="Answers">{lines}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as out:
        out.writestr(_part("mimetype"), _ODS)
        out.writestr(_part("META-INF/manifest.xml"), manifest)
        out.writestr(_part("content.xml"), content)
    return sink.getvalue()


def _part(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (2026, 7, 1, 0, 0, 0))


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    said = f"<text:p>{escape(str(value))}</text:p></table:table-cell>"
    if isinstance(value, int | float):
        return f'<table:table-cell office:value-type="float" office:value="{value}">{said}'
    if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
        return f'<table:table-cell office:value-type="date" office:date-value="{value}">{said}'
    return f'<table:table-cell office:value-type="string">{said}'
