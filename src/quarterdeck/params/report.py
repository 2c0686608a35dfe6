"""A report's file, `params/<notebook>.yaml`: every key checked, every value read by its declared type."""

from __future__ import annotations

import itertools
import re
import string
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from cronsim import CronSim, CronSimError
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from helpers.records import Settings, SettingsError, read_yaml
from helpers.records.choices import CROSSED, listed, not_a_choice, texts_of
from helpers.records.parameter_types import Value
from helpers.records.project import Zone
from helpers.records.report_terms import ReportTerms
from helpers.records.schema import Schema
from helpers.records.settings import lines_of
from quarterdeck.params.names import heading
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.quantities import Duration, Limit, Size, count, limit, seconds, share, two_limits

Texts = dict[str, Any]
Parameters = dict[str, Value]


def _cron(expression: str) -> str:
    try:
        CronSim(expression, datetime(2026, 1, 1))
    except CronSimError as error:
        told = f"{expression!r} is no cron expression ({error}); write one like 0 7 5 1,4,7,10 *"
        raise ValueError(told) from None
    return expression


class Schedule(Settings):
    """When a report is due: a cron expression in a time zone, and what to do about missed times."""

    cron: Annotated[str, AfterValidator(_cron)]
    timezone: Zone = "UTC"
    catch_up: Literal["none", "latest", "all"] = "latest"


class Timeout(Settings):
    """How long a whole edition, and one of its cells, may take; in seconds."""

    edition: Duration = 1800
    cell: Duration = 900


class OutputSettings(Settings):
    """How much one cell may show, in bytes; a run may show five times as much."""

    text: Size = Field(default=2_000_000, le=20_000_000)
    pictures: Size = Field(default=20_000_000, le=50_000_000)


Reaction = Literal["warn", "hold"]


class Gates(Settings):
    """What the data must be like for a page to be published: each warns, unless it says `or hold`.

    `quarantined` has two limits: more than the first warns, more than the second holds the page back.
    """

    fresh: Annotated[Limit | None, BeforeValidator(limit(seconds))] = None
    rows: Annotated[Limit | None, BeforeValidator(limit(count))] = None
    quarantined: Annotated[tuple[Limit, Limit], BeforeValidator(two_limits(share, "1 %", "10 %"))] = (
        Limit(0.01, "1 %"),
        Limit(0.10, "10 %", hold=True),
    )
    sample_ratio: Reaction = "warn"
    small_groups: Reaction = "warn"


News = Literal["failed", "recovered", "changed"]


def _variable(text: str) -> str:
    if not re.fullmatch(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}", text):
        raise ValueError("write an address as ${NAME}; its value comes from the environment")
    return text


class Notify(Settings):
    """Whom to tell, and of what."""

    on: tuple[News, ...] = ()
    to: tuple[Annotated[str, AfterValidator(_variable)], ...] = ()


class ReportFile(ReportTerms):
    """The keys of a report's file. Values of parameters are judged against the notebook's schema.

    `code: false` leaves the code out of the published pages.
    """

    model_config = ConfigDict(extra="forbid")

    title: str
    question: str = ""
    code: bool = True
    audience: tuple[str, ...] = ()
    owner: str = ""
    parameters: Texts = Field(default_factory=dict)
    matrix: dict[str, list[Any]] = Field(default_factory=dict)
    choices: dict[str, list[Any]] = Field(default_factory=dict)
    schedule: Schedule | None = None
    timeout: Timeout = Timeout()
    retries: int = Field(default=0, ge=0, le=10)
    memory: Size | None = None
    output: OutputSettings = OutputSettings()
    gates: Gates = Gates()
    notify: Notify = Notify()


@dataclass(frozen=True)
class Report:
    """A report: its file, the schema of its notebook, and the file's values read by that schema.

    `fixed` holds a value for every parameter, `axes` the values of the matrix, `choices` what the command
    line may say for a parameter.
    """

    name: str
    file: ReportFile
    schema: Schema
    fixed: Parameters
    axes: dict[str, list[Value]]
    include: tuple[Parameters, ...]
    exclude: tuple[Parameters, ...]
    choices: dict[str, list[Value]]

    def combinations(self) -> list[Parameters]:
        """The matrix as CI matrices have it: the product of the axes, less `exclude`, then `include`.

        An item of `include` adds its values to each combination that it does not contradict; one that
        contradicts all is a combination of its own.
        """
        product = [
            dict(zip(self.axes, values, strict=True)) for values in itertools.product(*self.axes.values())
        ]
        kept = [{**found} for found in product if not any(_agrees(gone, found) for gone in self.exclude)]
        added: list[Parameters] = []
        for item in self.include:
            extended = [found for found in kept if _agrees(item, found, but_new=True)]
            for found in extended:
                found.update(item)
            if not extended:
                added.append(item)
        return kept + added

    @property
    def in_slug(self) -> list[str]:
        """The parameters that name an edition: periods first, then the matrix in file order."""
        return [*self.schema.periods, *(name for name in self.axes if name not in self.schema.periods)]


def read(path: Path, schema: Schema) -> Report:
    """Read the file of a report against the schema of its notebook.

    Raises:
        SettingsError: the file is absent or broken, or one of its values is none that the schema knows.
    """
    file = read_yaml(path, ReportFile)
    text = path.read_text(encoding="utf-8")
    reader = _Reader(path, schema, lines_of(text))
    texts = texts_of(text)
    matrix = texts.get("matrix") or {}
    include, exclude = (reader.each(f"matrix.{key}", matrix.get(key, [])) for key in CROSSED)
    axes = {name: reader.list_of("matrix", name, matrix[name]) for name in matrix if name not in CROSSED}
    choices = axes | {
        name: reader.list_of(section, name, values)
        for name, (section, values) in listed(texts).items()
        if section == "choices"
    }
    given = texts.get("parameters") or {}
    fixed = {name: reader.value(("parameters", name), name, value) for name, value in given.items()}
    reader.hold_to(choices, fixed, axes)
    reader.title(file.title)
    if reader.problems:
        raise SettingsError(reader.problems)
    return Report(path.stem, file, schema, schema.defaults | fixed, axes, include, exclude, choices)


class _Reader:
    """Reads values by the schema and collects every problem with its line."""

    def __init__(self, path: Path, schema: Schema, lines: dict[tuple[str | int, ...], int]) -> None:
        self.path, self.schema, self.lines = path, schema, lines
        self.problems: list[str] = []

    def value(self, at: tuple[str | int, ...], name: str, text: object) -> Value:
        if not (text is None or isinstance(text, str | list)):
            self._tell(at, f"{name}: {text} is no single value.")
            return None
        try:
            return self.schema.value(name, text)
        except ValueError as error:
            self._tell(at, str(error))
            return None

    def list_of(self, section: str, name: str, texts: list[Any]) -> list[Value]:
        return [self.value((section, name, index), name, text) for index, text in enumerate(texts)]

    def each(self, at: str, items: list[object]) -> tuple[Parameters, ...]:
        section, key = at.split(".")
        read: list[Parameters] = []
        for index, item in enumerate(items):
            if isinstance(item, dict):
                place = (section, key, index)
                read.append({name: self.value((*place, name), name, text) for name, text in item.items()})
            else:
                self._tell((section, key, index), f"{item} is no mapping; write it like {{region: EMEA}}.")
        return tuple(read)

    def hold_to(
        self, choices: dict[str, list[Value]], fixed: Parameters, axes: dict[str, list[Value]]
    ) -> None:
        for name, value in fixed.items():
            if name in choices and value not in choices[name]:
                self._tell(("parameters", name), not_a_choice(name, value, choices[name]))
        for name, values in axes.items():
            for index, value in enumerate(values):
                if value not in choices[name]:
                    self._tell(("matrix", name, index), not_a_choice(name, value, choices[name]))

    def title(self, title: str) -> None:
        try:
            fields = [name for _, name, _, _ in string.Formatter().parse(title) if name is not None]
        except ValueError as error:
            self._tell(("title",), f"the title has a brace that does not close ({error}).")
            return
        for name in fields:
            if name not in self.schema.parameters:
                known = ", ".join(self.schema.parameters)
                self._tell(("title",), f"the title names {{{name}}}, which is no parameter ({known}).")

    def _tell(self, at: tuple[str | int, ...], what: str) -> None:
        while at and at not in self.lines:
            at = at[:-1]
        self.problems.append(f"{self.path}:{self.lines.get(at, 1)}: {what}")


def of_free(notebook: Notebook, schema: Schema) -> Report:
    """The report that a free notebook without a file of its own is: its title, and its cell's parameters."""
    name = notebook.path.stem
    title = (notebook.title or heading(name)).replace("{", "{{").replace("}", "}}")
    file = ReportFile(title=title, question=notebook.question)
    return Report(name, file, schema, schema.defaults, {}, (), (), {})


def _agrees(item: Parameters, found: Parameters, *, but_new: bool = False) -> bool:
    """Whether every value of `item` is that of `found`; names that `found` lacks count unless `but_new`."""
    return all((but_new and name not in found) or found.get(name, _ABSENT) == item[name] for name in item)


_ABSENT = object()
