"""SPSS files (.sav, .zsav) as columns of texts, as SPSS itself shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import ModuleType

from helpers.sources.places import Place
from helpers.sources.reading.formats import is_utf8
from helpers.sources.reading.options import Reading
from helpers.sources.reading.trouble import broken
from helpers.sources.reading.typed_cells import as_text
from helpers.sources.refusals import TableError


def spss_names(place: Place, reading: Reading) -> tuple[str, ...]:
    """The names of the variables, without reading a row.

    Raises:
        TableError: pyreadstat is not installed, or the file is no SPSS file.
    """
    return tuple(_read(place, reading, names_alone=True)[0])


def spss_columns(
    place: Place, reading: Reading, most: int | None = None
) -> Mapping[str, Sequence[str | None]]:
    """The values of each variable, of the first rows where `most` is given.

    A value that has a label is its label, and one that is declared missing (`99`) is missing.

    Raises:
        TableError: pyreadstat is not installed, or the file is broken.
    """
    columns, labels = _read(place, reading, most or 0)
    return {
        name: [as_text(labels.get(name, {}).get(value, value)) for value in values]
        for name, values in columns.items()
    }


def _read(
    place: Place, reading: Reading, most: int = 0, *, names_alone: bool = False
) -> tuple[Mapping[str, Sequence[object]], Mapping[str, Mapping[object, str]]]:
    """The columns, and the labels of those that have some."""
    library = _library(place)
    try:
        columns, told = library.read_sav(
            place.file,
            metadataonly=names_alone,
            row_limit=most,
            encoding=None if is_utf8(reading.encoding) else reading.encoding,
            output_format="dict",
        )
    except (library.ReadstatError, OSError, UnicodeError, OverflowError) as error:
        raise broken(place, error, "Save it again, or save it as CSV") from None
    return columns, told.variable_value_labels


def _library(place: Place) -> ModuleType:
    try:
        import pyreadstat
    except ImportError:
        raise TableError(
            f"{place.written} is SPSS, which is read through pyreadstat, and that is not installed: "
            "pip install 'quarterdeck[spss]'; or save it as CSV."
        ) from None
    return pyreadstat
