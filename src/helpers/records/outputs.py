"""The records a notebook's outputs carry to the runner, one MIME type each (docs/formats.md)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

FINDING = "application/vnd.quarterdeck.finding.v1+json"
TABLE = "application/vnd.quarterdeck.table.v1+json"
CHECK = "application/vnd.quarterdeck.check.v1+json"
GAP = "application/vnd.quarterdeck.gap.v1+json"
WHATIF = "application/vnd.quarterdeck.whatif.v1+json"
ACTIONS = "application/vnd.quarterdeck.actions.v1+json"
WITHHELD = "application/vnd.quarterdeck.withheld.v1+json"

COVERAGE = "coverage"
"""The check of whether the rows of an edition's main table cover its whole period."""

FREE_TEXT = frozenset({"comment", "subject", "text"})
"""Columns in customers' own words: counted and searched in the kernel, on no page and in no download."""

Number = Annotated[float, Field(allow_inf_nan=False)]
Key = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*(@[a-z0-9_]+=[^,=@]+(,[a-z0-9_]+=[^,=@]+)*)?$")
]
Good = Literal["higher", "lower", "none"]
Verdict = Literal["better", "worse", "changed", "unclear"]
Relevance = Literal["matters", "small", "none", "unknown"]


class Record(BaseModel):
    """A frozen record without unknown fields and without NaN."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Change(Record):
    """The difference from what a number is compared with, this less that; its interval decides it.

    It is drawn at `level`. `against` is what the report's `compare` calls what it is compared with
    (`previous`, `year_ago`, `2025q3`, `target`), `period` how sentences do, `previous` its number. `beside`
    is what else changed that can explain it: `answers went from 4 to 170 a day`. `matters` is the least
    change worth acting on, where the metric says one; `relevance` says by it whether a clear change `matters`
    or is `small`, and of another whether there is `none` that matters or that is `unknown`.
    """

    against: str = "previous"
    period: str
    previous: Number
    value: Number
    low: Number | None = None
    high: Number | None = None
    level: Number | None = None
    p: Number | None = None
    p_adjusted: Number | None = None
    verdict: Verdict = "unclear"
    matters: Number | None = None
    relevance: Relevance | None = None
    beside: str = ""

    @property
    def way(self) -> int:
        """Which way it clearly moved: 1 up, -1 down, 0 where that is not clear."""
        return 0 if self.verdict == "unclear" else 1 if self.value > 0 else -1


class Text(Record):
    """Final wording: the runner shows it and formats nothing.

    `sentence` says what is, `certainty`, in sentences of its own, how sure that is.
    """

    value: str
    interval: str = ""
    verdict: str = ""
    sentence: str = ""
    certainty: str = ""
    previous: str = ""
    change: str = ""
    change_interval: str = ""
    level: str = ""
    n: str = ""


class FurtherChange(Change):
    """The difference from one more thing that a number is compared with, and its wording."""

    text: Text


class Finding(Record):
    """One number of a report, with its uncertainty and its wording.

    `change` is that from what the report compares with first, `further` those from the others, in the order
    of `compare`. `value` is None when it is withheld (too few answers, a failed trust check); `text` then
    says why. `counts` says in words what it is a number of, `sources` are the company's tables
    whose rows it counts, `tables` those of the page that show it. Shares are fractions from 0 to 1, points
    from -100 to 100.
    """

    key: Key
    label: str
    value: Number | None
    se: Number | None = None
    low: Number | None = None
    high: Number | None = None
    level: Number | None = None
    unit: str
    decimals: int | None = None
    n: int | None = None
    period: str
    good: Good = "none"
    headline: bool = False
    change: Change | None = None
    further: tuple[FurtherChange, ...] = ()
    method: str = ""
    tables: tuple[str, ...] = ()
    counts: str = ""
    sources: tuple[str, ...] = ()
    text: Text

    @property
    def changes(self) -> tuple[tuple[Change, Text], ...]:
        """Every change with its wording, in the order of `compare`."""
        first = ((self.change, self.text),) if self.change else ()
        return (*first, *((one, one.text) for one in self.further))

    @model_validator(mode="after")
    def _interval_holds_value(self) -> Self:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"{self.key}: low {self.low} is above high {self.high}.")
        return self


class SourceFile(Record):
    """A file that a table was read from, with what tells whether it changed."""

    path: str
    size: int
    mtime: Number
    sha256: str


class LineAccount(Record):
    """What became of the physical lines of text files, counted from their bytes.

    total = header + skipped + blank + records + continued + unreadable. `skipped` stand before the header,
    `continued` lie within cells, `unreadable` are those that no row could be made of.
    """

    total: int
    header: int = 0
    skipped: int = 0
    blank: int = 0
    records: int = 0
    continued: int = 0
    unreadable: int = 0

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        parts = self.header + self.skipped + self.blank + self.records + self.continued + self.unreadable
        if self.total != parts:
            raise ValueError(f"{self.total} lines, but {parts} accounted for: {self!r}.")
        return self

    def __add__(self, other: LineAccount) -> LineAccount:
        names = type(self).model_fields
        return LineAccount(**{name: getattr(self, name) + getattr(other, name) for name in names})


class Example(Record):
    """One value of a reason: its shape for pages, itself masked for the analyst, the line that mends it."""

    shape: str
    masked: str
    remedy: str


class TableAccount(Record):
    """What became of the rows of one table: read = kept + quarantined + repeated + filtered.

    `repeated` are rows that stood once more, the same in every column or with the key of another; `filtered`
    those that the declared filter left out. Of a wide survey an answered question is a row: rows of the file
    times questions = answers + `unanswered`. Of the kept rows `added_up` are one more part of a sum, and
    `alike`, in a table without a key, the same in every column as one before them. `unknown` counts kept rows
    that lost an optional value, by reason; `examples` show one value of a reason. `lines` are the lines of
    text files. `earliest` and `latest` are the first and the last day that the rows cover, `silent_days`
    those between without any; `outside` counts rows of days far outside the others, as a wrong clock writes
    them, which no axis reaches.

    `fingerprint` is a hash of what the database answered to the declared statement, in the transaction that
    read the rows of `database_tables`.
    """

    name: str
    read: int
    kept: int
    quarantined: dict[str, int] = Field(default_factory=dict)
    repeated: dict[str, int] = Field(default_factory=dict)
    filtered: int = 0
    unanswered: int = 0
    added_up: int = 0
    alike: int = 0
    unknown: dict[str, int] = Field(default_factory=dict)
    examples: dict[str, Example] = Field(default_factory=dict)
    lines: LineAccount | None = None
    earliest: str | None = None
    latest: str | None = None
    silent_days: int = 0
    outside: dict[str, int] = Field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    patterns: tuple[str, ...] = ()
    query_digest: str | None = None
    database_tables: tuple[str, ...] = ()
    fingerprint: str | None = None

    @property
    def repeats(self) -> int:
        """Rows that stood once more, or whose key did."""
        return sum(self.repeated.values())

    @property
    def set_aside(self) -> int:
        """Rows in quarantine, whatever the reason."""
        return sum(self.quarantined.values())

    def reasons(self) -> tuple[str, ...]:
        """What took how many rows or values, most first, with one value and the line that mends it.

        `outcomes: 141 rows, revenue unreadable, such as 1,004.20 -> thousands: ","`
        """
        rows = [(n, f"{n:,} {'row' if n == 1 else 'rows'}", why) for why, n in self.quarantined.items()]
        values = [(n, f"{n:,} {'value' if n == 1 else 'values'}", why) for why, n in self.unknown.items()]
        ordered = sorted([*rows, *values], key=lambda one: (-one[0], one[2]))
        return tuple(f"{self.name}: {told}, {why}{self._example(why)}" for _, told, why in ordered)

    def _example(self, reason: str) -> str:
        one = self.examples.get(reason)
        if one is None:
            return ""
        return f", such as {one.masked}" + (f" -> {one.remedy}" if one.remedy else "")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.read != self.kept + self.set_aside + self.repeats + self.filtered:
            raise ValueError(
                f"{self.name}: {self.read} rows read, but {self.kept} kept, {self.set_aside} set aside, "
                f"{self.repeats} repeated and {self.filtered} filtered."
            )
        return self


class Check(Record):
    """A trust check: sample ratio, freshness, outage, small groups. Gates read these.

    Without anything to look at a check has not `looked`: it neither passed nor failed.

    `false_alarms`, of the check `false_alarms` alone, is the share of pages like this one that say clear
    somewhere when nothing has changed.
    """

    key: Key
    passed: bool
    severity: Literal["info", "warn", "stop"] = "warn"
    text: str
    looked: bool = True
    false_alarms: Number | None = None

    @property
    def failed(self) -> bool:
        """Whether it looked and found something amiss; what found nothing to look at has neither passed."""
        return self.looked and not self.passed


class Gap(Record):
    """A section that is missing: because it failed, or because its data are absent."""

    section: str
    kind: Literal["failed", "absent"]
    reason: str


class Withheld(Record):
    """An output that is not told, because it holds what customers wrote: the column that it comes from."""

    column: str


class ActionTaken(Record):
    """An action that the page shows: what is done about what was heard, and where its number stands.

    `finding` is the key of that number, `today` its sentence; `done` is empty where nothing is done yet.
    """

    title: str
    status: Literal["planned", "done", "watching"]
    heard: str
    done: str = ""
    owner: str
    finding: Key
    today: str


OUTPUTS: dict[str, type[Record]] = {FINDING: Finding, TABLE: TableAccount, CHECK: Check, GAP: Gap}
