"""A wide survey, one column a question, made long: one response a question that was answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

import ibis
import ibis.expr.types as ir

from helpers.contracts import ROW
from helpers.sources.connection import Engine
from helpers.sources.conversion import apart
from helpers.sources.declarations import Question, TableSource
from helpers.sources.reading.files import Raw


def answers(engine: Engine, raw: Raw, source: TableSource) -> Raw:
    """The rows of a file with a row for each question that they answer, in the order of file and questions.

    The columns `survey` and `score`, and `comment` and `question` where a question has them, take the place
    of columns of the file that are called so. Questions without an answer are no rows; how many there were
    is told.
    """
    questions = source.questions
    if not questions or any(name not in raw.columns for one in questions.values() for name in one.columns):
        return raw
    key = ("questions", raw.rows.op(), repr(questions))
    return engine.once(key, lambda: _answers(engine, raw, questions))


def _answers(engine: Engine, raw: Raw, questions: Mapping[str, Question]) -> Raw:
    asked = [_asked(raw.rows, at, name, questions) for at, name in enumerate(questions)]
    every = reduce(lambda first, second: first.union(second), asked)
    answered = engine.kept(engine.fresh_name("answers"), every.filter(every.score.notnull()).order_by(ROW))
    counted = int(raw.rows.count().to_pyarrow().as_py()) * len(questions)
    unanswered = counted - int(answered.count().to_pyarrow().as_py())
    return replace(
        raw, rows=answered, lazy=False, questions=tuple(questions), unanswered=raw.unanswered + unanswered
    )


def _asked(rows: ir.Table, at: int, name: str, questions: Mapping[str, Question]) -> ir.Table:
    question = questions[name]
    made: dict[str, ir.Value] = {
        ROW: rows[ROW] * len(questions) + at,
        "survey": ibis.literal(question.survey or name),
        "score": _alike(rows, [one.source for one in questions.values()], question.source),
    }
    comments = [one.comment for one in questions.values() if one.comment]
    if comments:
        has = question.comment
        said = rows[has].cast("string") if has else ibis.null("string")
        made["comment"] = apart(said, question.split) if question.split else said
    if any(one.question for one in questions.values()):
        made["question"] = ibis.literal(question.question, "string")
    kept = [name for name in rows.columns if name not in made]
    return rows.select(*kept, **made)


def _alike(rows: ir.Table, columns: Sequence[str], column: str) -> ir.Value:
    """The column, as text where the questions' columns have several types."""
    kinds = {rows[name].type() for name in columns}
    return rows[column] if len(kinds) == 1 else rows[column].cast("string")
