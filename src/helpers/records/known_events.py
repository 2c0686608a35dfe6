"""`params/events.yaml`: what was going on, as charts over time show it and outages are judged by it."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from helpers.records.settings import Settings, read_yaml

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
    """The whole of `events.yaml`."""

    events: tuple[KnownEvent, ...] = ()


def read_events(folder: Path) -> tuple[KnownEvent, ...]:
    """Every event, the earliest first; none where there is no such file.

    Raises:
        SettingsError: the file is broken.
    """
    path = folder / FILE
    found = read_yaml(path, KnownEvents).events if path.exists() else ()
    return tuple(sorted(found, key=lambda one: (one.date, one.title)))
