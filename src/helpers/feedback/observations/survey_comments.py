"""Comments on answers, counted by the themes they have; found in the engine, which no comment leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, Table

from helpers import style
from helpers.feedback.observations.repeated_answers import Outcome, Respondents, clustered, respondents
from helpers.feedback.observations.survey_questions import SCALES
from helpers.feedback.observations.theme_search import stated_themes, theme_bits, themes_of
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records.vocabulary import Vocabulary
from helpers.scope import Scope
from helpers.sources import LoadedTable


@dataclass(frozen=True)
class CommentCell:
    """Comments of one period, kind of answer and segment that have exactly these themes.

    Attributes:
        period: that of the page, or one that it compares with.
        detractor: whether they came with a low answer: 0 to 6 of NPS, 1 or 2 of CSAT.
        themes: the keys of their themes.
        comments: how many there are.
        segment: None where the answers name none.
    """

    period: Period
    detractor: bool
    themes: frozenset[str]
    comments: int
    segment: str | None = None


@dataclass(frozen=True)
class Comments:
    """Counted texts of the period and those compared with, and the vocabulary that found their themes.

    Attributes:
        scope: what the edition is about.
        vocabulary: the themes and their words.
        cells: the comments, counted.
        who: what several comments of the same people count.
        survey: the survey that they were written on.
        writers: how many people wrote those of the page's period, those with each theme, and the detractors
            among them, by theme (None for any) and whether they are detractors (None for either).
        origin: what the texts are: `comments` on a survey, `tickets` or `mentions`, which nobody scored.
    """

    scope: Scope
    vocabulary: Vocabulary
    cells: tuple[CommentCell, ...] = field(repr=False)
    who: Respondents = field(default=Respondents(), repr=False)
    survey: str = "nps"
    writers: Mapping[tuple[str | None, bool | None], int] = field(default_factory=dict, repr=False)
    origin: str = "comments"

    def people(self, theme: str | None = None, *, detractor: bool | None = None) -> int:
        """How many people wrote the comments of the page's period that `count` counts.

        Comments that name nobody are each of one.
        """
        return self.writers.get((theme, detractor), self.count(theme, detractor=detractor))

    def count(
        self, theme: str | None = None, *, period: Period | None = None, detractor: bool | None = None
    ) -> int:
        """Comments of a period, by default the page's, that have the theme (any, where it is None)."""
        wanted = period or self.scope.period
        return sum(
            cell.comments
            for cell in self._by_period.get(wanted, ())
            if detractor in (None, cell.detractor) and (theme is None or theme in cell.themes)
        )

    @cached_property
    def _by_period(self) -> Mapping[Period, Sequence[CommentCell]]:
        found: dict[Period, list[CommentCell]] = {}
        for cell in self.cells:
            found.setdefault(cell.period, []).append(cell)
        return found

    @property
    def shown(self) -> tuple[str, ...]:
        """The themes with comments enough to show, the most mentioned first."""
        counts = {theme: self.count(theme) for theme in self.vocabulary.themes}
        kept = [theme for theme in counts if self.people(theme) >= self.scope.min_group]
        return tuple(sorted(kept, key=lambda theme: -counts[theme]))

    @property
    def left_out(self) -> str:
        """The themes that too few comments mention to be shown, in a line; a comment may mention several."""
        few = [theme for theme in self.vocabulary.themes if 0 < self.people(theme) < self.scope.min_group]
        counted = f"people's {self.origin}" if self.writers else self.origin
        return (
            f"Not shown: {style.how_many(len(few), 'theme')}, of fewer than {self.scope.min_group} {counted}."
            if few
            else ""
        )

    def detractor_counts(self) -> dict[str, int]:
        """How many detractors mention each theme that may be shown, the most mentioned first."""
        counts = {theme: self.count(theme, detractor=True) for theme in self.shown}
        ordered = sorted(counts.items(), key=lambda item: -item[1])
        fewest = self.scope.min_group
        return {theme: n for theme, n in ordered if self.people(theme, detractor=True) >= fewest}

    def label(self, theme: str) -> str:
        """The theme as the head of a row: `Sign-in and SSO`."""
        return self.vocabulary.themes[theme].label


def comments(responses: LoadedTable, scope: Scope) -> Comments:
    """Count the comments on answers to one survey by theme; they are read in the engine, and stay there.

    The survey is NPS where the period has comments on it, else the next. The themes are those of
    `params/themes.yaml`.

        >>> from datetime import date
        >>> from helpers import sources
        >>> from helpers.periods import Period
        >>> july = {"survey": "nps", "submitted_at": date(2026, 7, 1), "score": 3}
        >>> rows = [{**july, "comment": words} for words in 5 * ["The export is slow.", "Too dear."]]
        >>> found = comments(sources.of_rows("responses", rows), Scope(Period(2026, 3)))
        >>> found.count(), found.count("slow_exports", detractor=True)
        (10, 5)

    Raises:
        NoData: there are no comments, or no vocabulary to search them with.
    """
    responses.need("comment")
    vocabulary = stated_themes()
    written = _rows(responses, scope)
    survey = _survey(written, scope)
    answered = written.filter(written.survey == survey)
    low = answered.score <= SCALES[survey].low_to
    rows = searched(answered, low, theme_bits(answered.comment, vocabulary))
    return replace(counted_texts(rows, responses, scope, vocabulary), survey=survey)


def searched(rows: Table, detractor: BooleanValue, bits: IntegerValue) -> Table:
    """Texts without their words: period, themes as bits, and who wrote them."""
    known = [name for name in ("region", "segment", "respondent_id", "account_id") if name in rows.columns]
    return rows.select("period", *known, detractor=detractor, mask=bits)


def counted_texts(
    rows: Table, table: LoadedTable, scope: Scope, vocabulary: Vocabulary, origin: str = "comments"
) -> Comments:
    """Searched texts, counted by theme and by who wrote them.

    Raises:
        NoData: too few people wrote in the page's period.
    """
    who = respondents(clustered(rows, table), scope.periods_compared, _outcomes(vocabulary))
    cells, writers = _counted(rows, scope, vocabulary), _writers(rows, scope, vocabulary)
    counted = Comments(scope, vocabulary, cells, who, writers=writers, origin=origin)
    if counted.people() < scope.min_group:
        raise NoData(f"There are too few {origin} in {scope.place}, {scope.period.label}.")
    return counted


def _counted(rows: Table, scope: Scope, vocabulary: Vocabulary) -> tuple[CommentCell, ...]:
    periods = {one.text: one for one in scope.periods_compared}
    keys = ["period", "detractor", "mask", *(["segment"] if "segment" in rows.columns else [])]
    counted = rows.group_by(keys).agg(comments=rows.count()).order_by(keys)
    return tuple(
        CommentCell(
            periods[row["period"]],
            row["detractor"],
            themes_of(row["mask"], vocabulary),
            row["comments"],
            row.get("segment"),
        )
        for row in counted.to_pyarrow().to_pylist()
    )


def _writers(
    rows: Table, scope: Scope, vocabulary: Vocabulary
) -> Mapping[tuple[str | None, bool | None], int]:
    """How many people wrote of the period, of each theme, and the detractors among them; one query."""
    known = [name for name in ("respondent_id", "account_id") if name in rows.columns]
    if not known:
        return {}
    now = rows.filter(rows.period == scope.period.text)
    person = ibis.coalesce(*(now[name].cast("string") for name in known))
    parts = {
        (theme, detractor): (now.detractor | (not detractor)) & ((now.mask & mask) == mask)
        for detractor in (None, True)
        for theme, mask in ((None, 0), *((theme, 2**at) for at, theme in enumerate(vocabulary.themes)))
    }
    counts = {
        f"n_{at}": person.nunique(where=part) + (part & person.isnull()).sum()
        for at, part in enumerate(parts.values())
    }
    (found,) = now.agg(**counts).to_pyarrow().to_pylist()
    return {part: int(found[f"n_{at}"] or 0) for at, part in enumerate(parts)}


def _outcomes(vocabulary: Vocabulary) -> dict[str, Outcome]:
    """1 where a comment has the theme, by the theme."""
    return {theme: partial(_bit, at) for at, theme in enumerate(vocabulary.themes)}


def _bit(at: int, rows: Table) -> IntegerValue:
    return (rows.mask >> at) & 1


def _rows(responses: LoadedTable, scope: Scope) -> Table:
    """Answers with a comment, of the period and of those that it is compared with."""
    rows = scope.rows_compared(responses)
    return rows.filter(rows.survey.isin(list(SCALES)) & (rows.comment.strip() != ""))


def _survey(written: Table, scope: Scope) -> str:
    """The first survey on which the period has comments."""
    now = written.filter(written.period == scope.period.text)
    found = set(now.select("survey").distinct().to_pyarrow().column("survey").to_pylist())
    return next((survey for survey in SCALES if survey in found), next(iter(SCALES)))
