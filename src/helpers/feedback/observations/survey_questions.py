"""What surveys ask: the scale of each, and its questions where the table names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from helpers.sources import LoadedTable

_APART = ": "
"""What stands between a survey and one of its further questions: `csat: Ease of setup`."""


@dataclass(frozen=True)
class SurveyScale:
    """Which answers to a survey are high, and which are low; those between are in the middle."""

    high_from: int
    low_to: int


SCALES: Mapping[str, SurveyScale] = {
    "nps": SurveyScale(9, 6),
    "csat": SurveyScale(4, 2),
    "ces": SurveyScale(5, 3),
}
"""Of each survey: NPS asks for 0 to 10, CSAT for 1 to 5, CES (how easy it was) for 1 to 7."""


def survey_of(question: str) -> str:
    """The survey of a question: `csat` of `csat`, and of `csat: Ease of setup`."""
    return question.partition(_APART)[0]


def name_of(question: str) -> str:
    """What a further question of a survey is called; empty for its main one.

    >>> name_of("csat: Ease of setup"), name_of("csat")
    ('Ease of setup', '')
    """
    return question.partition(_APART)[2]


def main_questions(responses: LoadedTable) -> Mapping[str, str]:
    """The question that stands for each survey all of whose answers name one: that with the most answers.

    Where some answers name no question, those are the survey's own. Of as many answers the first by alphabet.
    """
    if not responses.has("question"):
        return {}
    rows = responses.expr
    counted = rows.group_by("survey", "question").agg(answers=rows.count())
    found: dict[str, list[tuple[int, str | None]]] = {}
    for row in counted.to_pyarrow().to_pylist():
        found.setdefault(row["survey"], []).append((-row["answers"], row["question"]))
    return {
        survey: min((n, name) for n, name in questions if name is not None)[1]
        for survey, questions in found.items()
        if all(name is not None for _, name in questions)
    }


def asked(rows: ir.Table, mains: Mapping[str, str]) -> ir.Table:
    """The rows with a column `asked`: the survey, or for a further question of it survey and name."""
    if "question" not in rows.columns:
        return rows.mutate(asked=rows.survey)
    main = rows.question.isnull()
    for survey, question in mains.items():
        main |= (rows.survey == survey) & (rows.question == question)
    further = rows.survey + ibis.literal(_APART) + rows.question
    return rows.mutate(asked=ibis.ifelse(main, rows.survey, further))
