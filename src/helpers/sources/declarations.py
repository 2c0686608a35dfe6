"""`params/sources.yaml`: where each logical table lives and what its columns are called there."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from helpers.contracts import CONTRACTS, SCALES, Numbered
from helpers.records import Settings, read_yaml
from helpers.records.project import Zone
from helpers.records.settings import did_you_mean
from helpers.sources.addresses import EMBEDDED, is_embedded, known
from helpers.sources.reading.options import Reading
from helpers.sources.statements import StatementError, asked, checked

FILE = "sources.yaml"
_MISSPELT = 0.85
"""How near (difflib) a name may come to that of a table with a contract: nearer, it is taken for a slip."""
_DIRECTIVES = re.compile(r"%(-?[aAbBdfgHIjmMnpSUWwyYzZcxX%]|.?)")
_KNOWN_DIRECTIVES = frozenset("aAbBdfgHIjmMnpSUWwyYzZcxX%")

_PATH = re.compile(
    r"""\$\.(?:"(?P<quoted>[^"]+)"|(?P<plain>[^."\[\]]+))(?P<rest>(?:\."[^"]+"|\.[^."\[\]]+|\[\d+\])*)"""
)
_QUALIFIED = re.compile(r"[^.]+\.[^.]+")
_WORD = re.compile(r"[a-z][a-z0-9_]*")

Scalar = str | bool | int | float
EPOCHS: Mapping[str, int] = MappingProxyType({"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1})
"""Formats of times that are counted since 1970-01-01T00:00Z, and how many microseconds each unit has."""
SERIAL = "serial"
"""The format of days that are counted since 30 December 1899, as spreadsheets do."""


def _known_encoding(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        usual = ["utf-8", "latin-1", "cp1252", "utf-16", "iso-8859-15", "cp1250", "mac-roman", "shift-jis"]
        hint = did_you_mean(name.lower(), usual) or f" Usual ones: {', '.join(usual[:4])}."
        raise ValueError(f"{name!r} is no encoding that Python knows.{hint}") from None
    return name


def _known_format(text: str) -> str:
    if text in (*EPOCHS, SERIAL):
        return text
    unknown = [
        found for found in _DIRECTIVES.findall(text) if found.removeprefix("-") not in _KNOWN_DIRECTIVES
    ]
    if unknown or "%" not in text:
        raise ValueError(
            f'{text!r} is no date format; write one like "%d-%m-%Y" or "%m/%d/%Y %H:%M", or '
            f"{', '.join(EPOCHS)} for a number of seconds, milli- or microseconds since 1970, or {SERIAL} "
            "for the number of a day as spreadsheets count"
        )
    return text


def _known_path(text: str) -> str:
    if text != "$" and _PATH.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no path; write one like $.tickets or $.data[0].rows")
    return text


def _qualified(name: str) -> str:
    if not _QUALIFIED.fullmatch(name):
        raise ValueError(f"{name!r} names no table of a database; write it as schema.name")
    return name


def _texts(mapping: object) -> object:
    """The keys of a map as the file writes them: YAML reads `1:` as a number and `true:` as a truth."""
    if not isinstance(mapping, dict):
        return mapping
    return {str(key).lower() if isinstance(key, bool) else str(key): new for key, new in mapping.items()}


Mark = Annotated[str, Field(min_length=1)]
"""What stands between the answers of a cell."""


class ColumnSource(Settings):
    """One column: from a column of the file, or one value for every row.

    `map` replaces values (null: missing); others stay. `timezone` is the zone of the file's times. Numbers
    are `divided_by` (cents by 100). `split` stands between several answers of one cell. `row` is
    the number of the row, for files that have no key: it tells rows apart and enters no number; of rows that
    are the same in every column, `different` counts one. `meaning` is what people are told of it. `verbatim`:
    whether it holds what customers wrote, where the name of a column without a contract does not tell.
    """

    source: str | None = Field(default=None, alias="from")
    value: Scalar | None = None
    row: Numbered | None = None
    format: Annotated[str, AfterValidator(_known_format)] | None = None
    timezone: Zone | None = None
    divided_by: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    split: Mark | None = None
    map: Annotated[dict[str, Scalar | None], BeforeValidator(_texts)] = Field(default_factory=dict)
    meaning: str = ""
    verbatim: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, data: object) -> object:
        return {"from": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [self.source, self.value, self.row].count(None) != 2:
            raise ValueError("write the name of a column, {from: name}, {value: one value}, or {row: true}")
        if self.source is None and (
            self.format or self.timezone or self.map or self.divided_by or self.split
        ):
            raise ValueError(
                "a value is taken as it is: format, timezone, map, divided_by and split go with from"
            )
        if self.format in EPOCHS and self.timezone:
            raise ValueError(f"{self.format} counts from an instant, whatever the zone: take timezone out")
        return self


class Question(Settings):
    """A question of a wide survey: the column that has the score, and the one that has the reason for it.

    `split` stands between several reasons in one cell. `survey` is the one on whose scale it is answered,
    where the entry is not called so; `question` is what it is called, where its survey has several.
    """

    source: str = Field(alias="from")
    survey: Literal["nps", "csat", "ces"] | None = None
    question: str | None = None
    comment: str | None = None
    split: Mark | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_name(cls, data: object) -> object:
        return {"from": data} if isinstance(data, str) else data

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the file that it is read from."""
        return (self.source,) if self.comment is None else (self.source, self.comment)


def _listed(value: object) -> object:
    """One value, or several, as the texts that a file has."""
    values = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]


DatabaseTable = Annotated[str, AfterValidator(_qualified)]


def _one_letter(text: str) -> str:
    named = {"tab": "\t", "\\t": "\t", "none": ""}.get(text, text)
    if len(named) > 1:
        raise ValueError(f"{text!r} is no single character; write one such as ';', or tab")
    return named


Letter = Annotated[str, AfterValidator(_one_letter)]


class Form(Settings):
    """How files are written; what is not said is told from the file itself.

    `skip` lines stand before the header, `header` is how many lines it has (the first has the names), or the
    names themselves. `missing` are words for a missing value. `records` is where the list of records lies in
    JSON documents that are one object.
    """

    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    sheet: str | None = None
    skip: Annotated[int, Field(ge=0)] | None = None
    header: Annotated[int, Field(ge=1)] | tuple[str, ...] = 1
    delimiter: Letter | None = None
    quote: Letter = '"'
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    missing: tuple[str, ...] = ()
    records: Annotated[str, AfterValidator(_known_path)] | None = None

    @model_validator(mode="after")
    def _two_marks(self) -> Self:
        if self.thousands == self.decimal:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}")
        return self

    @property
    def reading(self) -> Reading:
        """What reading files needs to know."""
        names = ("encoding", "sheet", "skip", "header", "delimiter", "quote", "missing", "records")
        return Reading(**{name: getattr(self, name) for name in names})


class Input(Form):
    """What a statement reads: a path (or pattern), or a table of the database."""

    path: str | None = None
    table: DatabaseTable | None = None

    @model_validator(mode="before")
    @classmethod
    def _plain_path(cls, data: object) -> object:
        return {"path": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.path is None) == (self.table is None):
            raise ValueError("write a path, or {table: schema.name}")
        return self


Allowed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


QuestionKey = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]


class TableSource(Form):
    """One logical table: a path (or pattern), a table of the database, or SQL over declared inputs.

    `questions` are those of a wide survey, one column each.
    `fingerprint` is a statement whose answer tells whether the tables of the database changed.
    `meaning` is what people are told of the table; `time` the column by which a table without a contract
    stands in time.
    """

    path: str | None = None
    table: DatabaseTable | None = None
    inputs: dict[str, Input] = Field(default_factory=dict)
    sql: str | None = None
    fingerprint: str | None = None
    filter: dict[str, Allowed] = Field(default_factory=dict)
    keep: Literal["earliest", "latest"] | None = None
    questions: dict[QuestionKey, Question] = Field(default_factory=dict)
    columns: dict[str, ColumnSource] = Field(default_factory=dict)
    meaning: str = ""
    time: str | None = None

    @model_validator(mode="after")
    def _surveys_of_questions(self) -> Self:
        for name, one in self.questions.items():
            if one.survey is None and name not in SCALES:
                raise ValueError(
                    f"questions: {name} is no survey ({', '.join(SCALES)}). Write which scale it is on: "
                    f"{name}: {{survey: csat, from: {one.source}, question: ...}}"
                )
        return self

    @model_validator(mode="after")
    def _told_once(self) -> Self:
        twice = [name for name in self.asked if name in self.columns]
        if twice:
            raise ValueError(f"{' and '.join(twice)} come from questions: take them out of columns")
        return self

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if [self.path, self.table, self.sql].count(None) != 2:
            raise ValueError("write either path, or table, or inputs and sql")
        if self.sql is None and self.inputs:
            raise ValueError("inputs go with sql, not with path or table")
        if self.fingerprint is not None and not self.tables:
            raise ValueError("fingerprint goes with a table of a database; of files the content is compared")
        return self

    @model_validator(mode="after")
    def _sound_statements(self) -> Self:
        try:
            if self.sql is not None:
                checked(self.sql, tuple(self.inputs))
        except StatementError as error:
            raise ValueError(f"sql: {error}") from None
        try:
            if self.fingerprint is not None:
                asked(self.fingerprint, self.tables)
        except StatementError as error:
            raise ValueError(f"fingerprint: {error}") from None
        return self

    @property
    def asked(self) -> tuple[str, ...]:
        """The columns of the table that its questions give."""
        if not self.questions:
            return ()
        each = self.questions.values()
        told = {"comment": any(one.comment for one in each), "question": any(one.question for one in each)}
        return ("survey", "score", *(name for name, given in told.items() if given))

    @property
    def paths(self) -> dict[str, tuple[str, str]]:
        """Each path into a nested column that is named: the column, and the path within it."""
        named = [
            *(one.source for one in self.columns.values()),
            *(name for one in self.questions.values() for name in one.columns),
            *self.filter,
        ]
        found = {name: _PATH.fullmatch(name) for name in named if name is not None}
        return {
            name: (one["quoted"] or one["plain"], f"${one['rest']}") for name, one in found.items() if one
        }

    @property
    def forms(self) -> dict[str, Form]:
        """Every path and pattern as written, with how its files are written."""
        given: tuple[TableSource | Input, ...] = (self, *self.inputs.values())
        return {one.path: one for one in given if one.path is not None}

    @property
    def places(self) -> tuple[str, ...]:
        """Every path and pattern as written."""
        return tuple(self.forms)

    @property
    def tables(self) -> tuple[str, ...]:
        """Every table of the database, each once."""
        names = (self.table, *(given.table for given in self.inputs.values()))
        return tuple(dict.fromkeys(name for name in names if name is not None))


def _table_name(name: str) -> str:
    """The name of a table with a contract, or of a further one: a word that is no slip of the other."""
    if name in CONTRACTS:
        return name
    if near := get_close_matches(name, CONTRACTS, n=1, cutoff=_MISSPELT):
        raise ValueError(
            f"there is no such table. Did you mean {near[0]}? A table of your own needs a name less like it."
        )
    if not _WORD.fullmatch(name):
        raise ValueError("the name of a table is lower case letters, digits and _, and begins with a letter")
    return name


class Sources(Settings):
    """The whole file."""

    connection: Annotated[str, AfterValidator(known)] = EMBEDDED
    tables: Annotated[
        dict[Annotated[str, AfterValidator(_table_name)], TableSource],
        BeforeValidator(lambda given: {} if given is None else given),
    ] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _questions_of_surveys(self) -> Self:
        for name, source in self.tables.items():
            if source.questions and name != "responses":
                raise ValueError(f"tables.{name}: questions are made into responses, and into nothing else")
        return self

    @model_validator(mode="after")
    def _with_or_without_a_contract(self) -> Self:
        for name, source in self.tables.items():
            told = [one for one, column in source.columns.items() if column.verbatim is not None]
            if name in CONTRACTS and source.time is not None:
                raise ValueError(f"tables.{name}: time is of tables without a contract; take it out")
            if name in CONTRACTS and told:
                raise ValueError(f"tables.{name}.columns.{told[0]}: verbatim is of tables without a contract")
            if name not in CONTRACTS and source.keep is not None:
                raise ValueError(f"tables.{name}: keep is of tables with a key, which this one has not")
        return self

    @model_validator(mode="after")
    def _a_database_for_its_tables(self) -> Self:
        named = [name for source in self.tables.values() for name in source.tables]
        if named and is_embedded(self.connection):
            raise ValueError(f"{named[0]} is a table of a database: say under connection which, postgres://…")
        return self


def declared(folder: Path) -> Sources:
    """What the folder of params declares.

    Raises:
        SettingsError: `sources.yaml` is absent or breaks its schema.
    """
    return read_yaml(folder / FILE, Sources)
