"""`params/sources.yaml`: where each logical table lives and what its columns are called there."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from helpers.contracts import CONTRACTS
from helpers.records import Settings, read_yaml
from helpers.records.project import Zone
from helpers.records.settings import did_you_mean
from helpers.records.variables import expand
from helpers.sources.statements import StatementError, checked

FILE = "sources.yaml"
EMBEDDED = "duckdb://"
_DIRECTIVES = re.compile(r"%(-?[aAbBdfgHIjmMnpSUWwyYzZcxX%]|.?)")
_KNOWN_DIRECTIVES = frozenset("aAbBdfgHIjmMnpSUWwyYzZcxX%")

Scalar = str | bool | int | float


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        usual = ["utf-8", "latin-1", "cp1252", "utf-16", "iso-8859-15", "cp1250", "mac-roman", "shift-jis"]
        hint = did_you_mean(name.lower(), usual) or f" Usual ones: {', '.join(usual[:4])}."
        raise ValueError(f"{name!r} is no encoding that Python knows.{hint}") from None
    return name


def _known_format(text: str) -> str:
    unknown = [
        found for found in _DIRECTIVES.findall(text) if found.removeprefix("-") not in _KNOWN_DIRECTIVES
    ]
    if unknown or "%" not in text:
        raise ValueError(f'{text!r} is no date format; write one like "%d-%m-%Y" or "%m/%d/%Y %H:%M"')
    return text


def _embedded(text: str) -> str:
    try:
        address = expand(text)
    except ValueError as error:
        raise ValueError(str(error)) from None
    if address != EMBEDDED:
        scheme = address.split("://", maxsplit=1)[0]
        raise ValueError(f"{scheme}:// is no connection that tables can be read through; write {EMBEDDED}")
    return text


def _texts(mapping: object) -> object:
    """The keys of a map as the file writes them: YAML reads `1:` as a number and `true:` as a truth."""
    if not isinstance(mapping, dict):
        return mapping
    return {str(key).lower() if isinstance(key, bool) else str(key): new for key, new in mapping.items()}


class ColumnSource(Settings):
    """One column: from a column of the file, or one value for every row.

    `map` replaces values (null: missing); others stay. `timezone` is the zone of the file's times.
    """

    source: str | None = Field(default=None, alias="from")
    value: Scalar | None = None
    format: Annotated[str, AfterValidator(_known_format)] | None = None
    timezone: Zone | None = None
    map: Annotated[dict[str, Scalar | None], BeforeValidator(_texts)] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, data: object) -> object:
        return {"from": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.source is None) == (self.value is None):
            raise ValueError("write the name of a column, {from: name}, or {value: one value}")
        if self.value is not None and (self.format or self.timezone or self.map):
            raise ValueError("a value is taken as it is: format, timezone and map go with from")
        return self


class TableSource(Settings):
    """One logical table: a path (or pattern), or SQL over declared inputs."""

    path: str | None = None
    inputs: dict[str, str] = Field(default_factory=dict)
    sql: str | None = None
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    sheet: str | None = None
    columns: dict[str, ColumnSource] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _path_or_sql(self) -> Self:
        if (self.path is None) == (self.sql is None):
            raise ValueError("write either path, or inputs and sql")
        if self.path is not None and self.inputs:
            raise ValueError("inputs go with sql, not with path")
        if self.sql is not None:
            try:
                checked(self.sql, tuple(self.inputs))
            except StatementError as error:
                raise ValueError(f"sql: {error}") from None
        return self

    @property
    def places(self) -> tuple[str, ...]:
        """Every path and pattern as written."""
        return (self.path,) if self.path is not None else tuple(self.inputs.values())


def _known_table(name: str) -> str:
    if name not in CONTRACTS:
        hint = did_you_mean(name, list(CONTRACTS)) or f" Known: {', '.join(CONTRACTS)}."
        raise ValueError(f"there is no such table.{hint}")
    return name


class Sources(Settings):
    """The whole file."""

    connection: Annotated[str, AfterValidator(_embedded)] = EMBEDDED
    tables: dict[Annotated[str, AfterValidator(_known_table)], TableSource] = Field(default_factory=dict)


def declared(folder: Path) -> Sources:
    """What the folder of params declares.

    Raises:
        SettingsError: `sources.yaml` is absent or breaks its schema.
    """
    return read_yaml(folder / FILE, Sources)
