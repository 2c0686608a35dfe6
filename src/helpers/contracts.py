"""What each logical table must look like: typed columns and named rules, and what breaks them.

A row is lost only when its key, its time or what it measures is: it is judged by the rules in their order
and counts once, under the first one that it breaks. An optional value that cannot be read, or breaks a rule,
costs that value alone. Repeats come last: of the good rows with one key one stays, whatever their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

import ibis
import ibis.expr.types as ir

Kind = Literal["text", "number", "whole", "boolean", "time", "day", "other"]
Keep = Literal["earliest", "latest"]
Numbered = Literal[True, "different"]
ROW = "row_of_file"
"""The column that numbers the rows in the order of the file."""
REASON = "set_aside"
"""The column that says why a row is set aside; null for a good one."""
FIRST_YEAR, LAST_YEAR = 1980, 2100
ANSWERS_APART = "\n"
"""What stands between several answers of one cell once it is read: each has a line."""
UNREADABLE = "unreadable"
"""How the reason ends of a value that is there, but is no number, truth or time."""
SAME = "the same in every column"
"""The reason of a row that stands once more."""
REPEATED = "one more row of "
"""How the reason of a row begins whose key another row has too."""


@dataclass(frozen=True)
class ColumnContract:
    """A column of a logical table: `time` is a naive timestamp in the project's zone, `day` a date.

    Columns of tables without a contract can be a `whole` number, too, or an `other` type of their file.
    `origin` is what files call it where `sources.yaml` does not say; its own name unless given.
    """

    name: str
    kind: Kind
    required: bool = False
    origin: str = ""

    @property
    def called(self) -> str:
        """What a file calls it where nothing else is declared."""
        return self.origin or self.name


@dataclass(frozen=True)
class Rule:
    """A named rule: `broken` says for each row whether it breaks it; `needs` are the columns it reads.

    `about` is the column whose value is at fault: where it is an optional one, only its value is lost.
    """

    reason: str
    needs: tuple[str, ...]
    broken: Callable[[ir.Table], ir.BooleanValue]
    about: str


@dataclass(frozen=True)
class Contract:
    """What a logical table must look like.

    Without a `key`, repeated rows are no fault. `keep` says which of the rows with one key stands: the one
    with the earliest or latest `time`. Rows with one key of a table that is `summed` are parts of a sum.
    `spans`: each row stands for the time until the next `time`. `years` are the first and the last that a
    time may lie in. `numbered`: the file has no key, its rows are told apart by their number: all of them,
    or those that are different.
    """

    table: str
    columns: tuple[ColumnContract, ...]
    time: str | None
    key: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    spans: bool = False
    keep: Keep = "earliest"
    summed: tuple[str, ...] = ()
    years: tuple[int, int] | None = (FIRST_YEAR, LAST_YEAR)
    numbered: Numbered | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the columns that must be there."""
        return tuple(column.name for column in self.columns if column.required)

    def column(self, name: str) -> ColumnContract | None:
        """The column of that name, if the contract knows it."""
        return next((column for column in self.columns if column.name == name), None)

    def with_columns(self, columns: Sequence[ColumnContract]) -> Contract:
        """The contract with more columns."""
        return replace(self, columns=(*self.columns, *columns))

    def with_rules(self, rules: Sequence[Rule]) -> Contract:
        """The contract with more rules."""
        return replace(self, rules=(*self.rules, *rules))

    def with_regions(self, regions: Sequence[str]) -> Contract:
        """The contract with a rule on what a region may be; unchanged without known regions."""
        if not regions or self.column("region") is None:
            return self
        return replace(self, rules=(one_of("region", regions), *self.rules))


@dataclass(frozen=True)
class Judged:
    """Rows with a column `set_aside`: the reason of the first rule that each breaks, or null.

    `lost` are the reasons for which optional values are lost, each with the flag that says it of every row;
    `about` is the column that each reason, of a row or a value, is about.
    """

    rows: ir.Table
    lost: Mapping[str, str]
    about: Mapping[str, str]


def judged_by_rules(rows: ir.Table, contract: Contract, unreadable: Mapping[str, ir.BooleanValue]) -> Judged:
    """Every row judged by the rules, and the optional values that break one taken away.

    `rows` has `row_of_file`, the typed columns, and for each column that may fail to convert a flag, which
    `unreadable` maps from the column's name.
    """
    faults = [one for one in _faults(rows, contract, unreadable) if one.about in rows.columns]
    required = set(contract.required) | set(contract.key)
    fatal = [(one.broken, one.reason) for one in faults if one.about in required]
    none = ibis.null("string")
    flags: dict[str, ir.BooleanValue] = {}
    lost: dict[str, str] = {}
    values: dict[str, ir.Value] = {}
    for at, one in enumerate(one for one in faults if one.about not in required):
        lost[one.reason] = f"lost_{at}"
        flags[f"lost_{at}"] = one.broken.fill_null(False)
        value = values.get(one.about, rows[one.about])
        values[one.about] = ibis.ifelse(flags[f"lost_{at}"], ibis.null(value.type()), value)
    reason = ibis.cases(*fatal, else_=none) if fatal else none
    about = {one.reason: one.about for one in faults}
    return Judged(rows.mutate(**{REASON: reason}, **values, **flags), lost, about)


@dataclass(frozen=True)
class _Fault:
    about: str
    reason: str
    broken: ir.BooleanValue


def judged_by_key(rows: ir.Table, contract: Contract) -> ir.Table:
    """The rows that `judged_by_rules` gave, with the repeats among the good ones set aside too.

    Of the rows with one key the earliest (or latest, as `keep` says) stands, then the smallest by all
    columns: which one it is does not depend on the order of the file.
    """
    key = [name for name in contract.key if name in rows.columns]
    if not key:
        return rows
    good = rows[REASON].isnull()
    values = {column.name: rows[column.name] for column in contract.columns if column.name in rows.columns}
    time = [values[contract.time]] if contract.time in values else []
    first = [one.desc() for one in time] if contract.keep == "latest" else time
    # Of two orders by one column ibis drops the first, so the time stands once.
    then = [value for name, value in values.items() if name != contract.time]
    apart = [good, *(rows[name] for name in key)]
    place = ibis.row_number().over(group_by=apart, order_by=[*first, *then, rows[ROW]])
    same = ibis.row_number().over(group_by=[good, *values.values()], order_by=rows[ROW])
    repeated = ibis.ifelse(same > 0, SAME, f"{REPEATED}{' and '.join(key)}")
    return rows.mutate(**{REASON: ibis.ifelse((place > 0) & good, repeated, rows[REASON])})


def judged_by_sameness(rows: ir.Table, again: ir.Table) -> ir.Table:
    """The rows that `judged_by_rules` gave, the good ones among those that `again` numbers set aside."""
    told = again.select(again_row=again[ROW])
    marked = rows.left_join(told, rows[ROW] == told.again_row)
    reason = ibis.ifelse(marked.again_row.notnull(), SAME, ibis.null("string"))
    return marked.mutate(**{REASON: marked[REASON].fill_null(reason)}).drop("again_row")


def _faults(
    rows: ir.Table, contract: Contract, unreadable: Mapping[str, ir.BooleanValue]
) -> Iterator[_Fault]:
    for column in contract.columns:
        name = column.name
        if name not in rows.columns:
            continue
        if name in unreadable:
            yield _Fault(name, f"{name} {UNREADABLE}", unreadable[name])
        if column.required:
            yield _Fault(name, f"{name} missing", rows[name].isnull())
        if column.kind in ("time", "day") and contract.years is not None:
            first, last = contract.years
            year = rows[name].year()
            yield _Fault(name, f"{name} out of range", (year < first) | (year > last))
    present = set(rows.columns)
    for rule in contract.rules:
        if present.issuperset(rule.needs):
            yield _Fault(rule.about, rule.reason, rule.broken(rows))


def same_key(mine: ir.Value, theirs: ir.Value) -> ir.BooleanValue:
    """Whether two keys are one, whatever types they have: the 7 of Parquet is the `7` of a CSV, not `007`.

    Whole numbers stay numbers as long as both are: they join many times faster than texts.
    """
    if mine.type().is_string() == theirs.type().is_string():
        return mine == theirs
    return mine.cast("string") == theirs.cast("string")


def is_repeat(reason: str) -> bool:
    """Whether a row is set aside because it, or its key, stands once more."""
    return reason == SAME or reason.startswith(REPEATED)


def one_of(column: str, values: Sequence[str]) -> Rule:
    """A value that is there must be one of these."""
    return Rule(f"{column} unknown", (column,), lambda rows: rows[column].notin(list(values)), column)


def within(column: str, low: float, high: float) -> Rule:
    """A number that is there must lie from `low` to `high`."""
    return Rule(
        f"{column} out of range", (column,), lambda rows: (rows[column] < low) | (rows[column] > high), column
    )


def not_negative(column: str) -> Rule:
    """A number that is there must be 0 or more."""
    return Rule(f"{column} below zero", (column,), lambda rows: rows[column] < 0, column)


def shares_not_negative(metrics: Sequence[str]) -> tuple[Rule, ...]:
    """Of these metrics, which count parts of a whole, neither sum is below zero; that of money may be."""

    def broken(column: str) -> Callable[[ir.Table], ir.BooleanValue]:
        return lambda rows: rows.metric.isin(list(metrics)) & (rows[column] < 0)

    sums = ("numerator", "denominator") if metrics else ()
    return tuple(Rule(f"{name} of a share below zero", ("metric", name), broken(name), name) for name in sums)


def in_order(first: str, second: str, reason: str) -> Rule:
    """Where both are there, the second time must not lie before the first."""
    return Rule(reason, (first, second), lambda rows: rows[second] < rows[first], second)


SCALES: Mapping[str, tuple[int, int]] = MappingProxyType({"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)})
"""Lowest and highest score of each survey."""


def _score_off_its_scale(rows: ir.Table) -> ir.BooleanValue:
    broken = [
        (rows.survey == survey) & ((rows.score < low) | (rows.score > high))
        for survey, (low, high) in SCALES.items()
    ]
    return broken[0] | broken[1] | broken[2] | (rows.score % 1 != 0)


SPREADS = ("sum_of_squares", "variance")
"""What tells how the values of units spread that a row of totals sums; optional columns of totals."""
OF_RATIOS = ("units", "sum_of_squares", "denominator_squares", "cross_products")
"""What a row of totals needs beside both sums of a ratio, so that its error is known."""
PARTS = ("region", "segment", "platform")
"""What units of an experiment belong to."""


def _column(kind: Kind, *names: str, required: bool = False) -> tuple[ColumnContract, ...]:
    return tuple(ColumnContract(name, kind, required) for name in names)


def _must(kind: Kind, *names: str) -> tuple[ColumnContract, ...]:
    return _column(kind, *names, required=True)


CONTRACTS: Mapping[str, Contract] = MappingProxyType(
    {
        contract.table: contract
        for contract in (
            Contract(
                "responses",
                (
                    *_must("text", "response_id"),
                    *_must("time", "submitted_at"),
                    *_must("text", "survey"),
                    *_must("number", "score"),
                    *_column(
                        "text", "respondent_id", "region", "segment", "product_area", "channel", "comment"
                    ),
                    *_column("text", "account_id"),
                    *_column("number", "weight"),
                    *_column("text", "question"),
                ),
                time="submitted_at",
                key=("response_id",),
                rules=(
                    one_of("survey", tuple(SCALES)),
                    Rule("score out of range", ("survey", "score"), _score_off_its_scale, "score"),
                    not_negative("weight"),
                ),
            ),
            Contract(
                "invitations",
                (
                    *_must("text", "invitation_id"),
                    *_must("time", "sent_at"),
                    *_column("text", "respondent_id", "response_id", "region", "segment"),
                ),
                time="sent_at",
                key=("invitation_id",),
            ),
            Contract(
                "tickets",
                (
                    *_must("text", "ticket_id"),
                    *_must("time", "opened_at"),
                    *_column("time", "closed_at"),
                    *_column("text", "region", "segment", "product_area", "priority", "subject", "text"),
                    *_column("number", "csat"),
                    *_column("text", "account_id"),
                ),
                time="opened_at",
                key=("ticket_id",),
                rules=(
                    within("csat", *SCALES["csat"]),
                    in_order("opened_at", "closed_at", "closed before opened"),
                ),
            ),
            Contract(
                "mentions",
                (
                    *_must("text", "mention_id"),
                    *_must("time", "posted_at"),
                    *_must("text", "source", "text"),
                    *_column("number", "rating"),
                    *_column("text", "region", "product_area"),
                ),
                time="posted_at",
                key=("mention_id",),
                rules=(within("rating", 0, 10),),
            ),
            Contract(
                "assignments",
                (
                    *_must("text", "experiment", "unit_id", "variant"),
                    *_column("time", "assigned_at"),
                    *_column("text", *PARTS, "cluster_id"),
                ),
                time="assigned_at",
                key=("experiment", "unit_id", "variant"),
            ),
            Contract(
                "outcomes",
                (
                    *_must("text", "unit_id"),
                    *_column("text", "experiment"),
                    *_column("time", "measured_at"),
                ),
                time=None,
                key=("experiment", "unit_id"),
            ),
            Contract(
                "users",
                (
                    *_must("text", "user_id"),
                    *_must("time", "signed_up_at"),
                    *_column("text", "region", "segment", "plan", "channel", "account_id"),
                ),
                time="signed_up_at",
                key=("user_id",),
            ),
            Contract(
                "events",
                (
                    *_must("text", "user_id"),
                    *_must("time", "occurred_at"),
                    *_must("text", "event"),
                    *_column("text", "feature", "platform", "session_id"),
                ),
                time="occurred_at",
            ),
            Contract(
                "totals",
                (
                    *_must("text", "experiment", "variant", "metric"),
                    *_must("day", "date"),
                    *_must("number", "numerator", "denominator"),
                    *_column("number", *SPREADS, *(name for name in OF_RATIOS if name not in SPREADS)),
                    *_column("text", *PARTS),
                ),
                time="date",
                summed=("experiment", "variant", "metric", "date", *PARTS),
                rules=(not_negative("denominator"),),
            ),
            Contract(
                "market_metrics",
                (
                    *_must("text", "market"),
                    *_must("day", "period_start"),
                    *_must("text", "metric"),
                    *_must("number", "numerator"),
                    *_column("number", "denominator"),
                    *_column("text", "segment"),
                ),
                time="period_start",
                summed=("market", "period_start", "metric", "segment"),
                spans=True,
            ),
            Contract(
                "orders",
                (
                    *_must("text", "market"),
                    *_must("time", "ordered_at"),
                    *_must("number", "amount"),
                    *_column("text", "account_id", "segment"),
                    *_column("number", "quantity"),
                    *_column("text", "currency"),
                ),
                time="ordered_at",
            ),
        )
    }
)
"""Every logical table by name; docs/data.md describes them."""
