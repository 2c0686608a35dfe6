"""Answers of the page's period counted by the column `weight`: its sums, and how far it moves each score."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from helpers.sources import LoadedTable


@dataclass(frozen=True)
class WeighedAnswers:
    """Answers to one survey, each counted by its weight; one without a weight counts nothing.

    Attributes:
        answers: how many there are.
        weight: the sum of their weights.
        squares: the sum of the squares of their weights.
        clustered: the sum over people (or accounts) of the square of their weight together.
        mean: the weighted mean of what an answer counts: 1, 0 or -1 of NPS, 1 or 0 of the others.
        high: the weight of high answers.
        shift: the weighted mean less the plain one.
        shift_error: its standard error, by linearization over people (Binder 1983).
        clusters: how many people there are; answers that name nobody are each of one.
    """

    answers: int
    weight: float
    squares: float
    clustered: float
    mean: float
    high: float
    shift: float
    shift_error: float
    clusters: int


def weighed_answers(
    rows: ir.Table,
    responses: LoadedTable,
    worth: Callable[[ir.Table], ir.NumericValue],
    high: Callable[[ir.Table], ir.BooleanValue],
) -> Mapping[str, WeighedAnswers]:
    """Of each question asked (`rows.asked`) the weighed answers; none where no answer weighs anything.

    Two queries: the totals, and then how far each person moves both means.
    """
    known = rows.mutate(w=rows.weight.fill_null(0.0).cast("float64"), v=worth(rows).cast("float64"))
    known = known.mutate(high=ibis.ifelse(high(rows), known.w, 0.0))
    totals = {
        row["asked"]: row
        for row in known.group_by("asked")
        .agg(
            n=known.count(),
            weight=known.w.sum(),
            squares=(known.w * known.w).sum(),
            weighed=(known.w * known.v).sum(),
            plain=known.v.mean(),
            high=known.high.sum(),
        )
        .order_by("asked")
        .to_pyarrow()
        .to_pylist()
        if row["weight"] > 0
    }
    people = _moved_by_people(known, responses, totals) if totals else {}
    return {asked: _weighed(row, people[asked]) for asked, row in totals.items()}


def _moved_by_people(
    rows: ir.Table, responses: LoadedTable, totals: Mapping[str, Mapping[str, float]]
) -> Mapping[str, Mapping[str, float]]:
    """Of each question how many people there are, and sums of squares of their weights and influences."""
    influence = ibis.cases(
        *(
            (
                rows.asked == asked,
                rows.w / row["weight"] * (rows.v - row["weighed"] / row["weight"])
                - (rows.v - row["plain"]) / row["n"],
            )
            for asked, row in totals.items()
        )
    )
    rows = rows.mutate(influence=influence).filter(rows.asked.isin(list(totals)))
    each = _with_person(rows, responses)
    people = each.group_by("asked", "person").agg(w=each.w.sum(), influence=each.influence.sum())
    found = people.group_by("asked").agg(
        clusters=people.count(),
        clustered=(people.w * people.w).sum(),
        moved=(people.influence * people.influence).sum(),
    )
    return {row["asked"]: row for row in found.order_by("asked").to_pyarrow().to_pylist()}


def _with_person(rows: ir.Table, responses: LoadedTable) -> ir.Table:
    """The rows with who gave each: those that name nobody are each of somebody else."""
    names = [rows[name].cast("string") for name in ("account_id", "respondent_id") if responses.has(name)]
    marked = [ibis.literal(f"{at} ") + name for at, name in enumerate(names)]
    return rows.mutate(person=ibis.coalesce(*marked, ibis.literal("n ") + ibis.row_number().cast("string")))


def _weighed(row: Mapping[str, float], people: Mapping[str, float]) -> WeighedAnswers:
    clusters, mean = int(people["clusters"]), row["weighed"] / row["weight"]
    variance = people["moved"] * clusters / (clusters - 1) if clusters > 1 else 0.0
    return WeighedAnswers(
        answers=int(row["n"]),
        weight=row["weight"],
        squares=row["squares"],
        clustered=people["clustered"],
        mean=mean,
        high=row["high"],
        shift=mean - row["plain"],
        shift_error=math.sqrt(variance),
        clusters=clusters,
    )
