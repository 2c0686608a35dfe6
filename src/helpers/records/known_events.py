"""`params/events.yaml`: what was going on, as charts over time show it and outages are judged by it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from helpers.records.settings import Settings, SettingsError, read_yaml
from helpers.records.variables import matches

FILE = "events.yaml"

EventKind = Literal["launch", "price", "campaign", "outage", "closed", "survey", "tracking"]
"""`closed` are closed days and holidays, `survey` and `tracking` changes of what is asked and recorded."""


class KnownEvent(Settings):
    """One thing that was going on, on a day or from `date` to `until`.

    `region` is where, everywhere without. `survey` is the one whose wording or scale a change of survey is
    about, every one without: what was asked otherwise is not compared.
    """

    kind: EventKind
    title: str = Field(min_length=1)
    date: datetime.date
    until: datetime.date | None = None
    region: str = ""
    survey: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.date:
            raise ValueError(f"until ({self.until}) lies before date ({self.date}). Exchange them.")
        if self.survey and self.kind != "survey":
            raise ValueError("survey is for kind: survey. Take it out.")
        return self

    @property
    def last(self) -> datetime.date:
        """Its last day."""
        return self.until or self.date

    def touches(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether a day of it lies between two days, both included."""
        return self.date <= last and first <= self.last


class KnownEvents(Settings):
    """A list of events, as a file of them holds it."""

    events: tuple[KnownEvent, ...] = ()


class EventsFile(KnownEvents):
    """The whole of `events.yaml`: its own events and those of the files that it includes."""

    include: tuple[str, ...] = ()


def read_events(folder: Path) -> tuple[KnownEvent, ...]:
    """Every event, those of included files too, the earliest first; none of a file that is not there.

    Raises:
        SettingsError: the file is broken, or one that it includes.
    """
    own = _own(folder)
    others = [read_yaml(path, KnownEvents) for path in included(folder).values() if path.exists()]
    every = (event for each in (own, *others) for event in each.events)
    return tuple(sorted(every, key=lambda one: (one.date, one.title)))


def included(folder: Path) -> dict[str, Path]:
    """The files that `events.yaml` includes, by their paths as written, relative to its folder.

    Raises:
        SettingsError: the file is broken.
    """
    try:
        return {name: path for one in _own(folder).include for name, path in matches(one, folder).items()}
    except ValueError as error:
        raise SettingsError([f"{folder / FILE}: include: {error}."]) from None


def _own(folder: Path) -> EventsFile:
    path = folder / FILE
    return read_yaml(path, EventsFile) if path.exists() else EventsFile()
