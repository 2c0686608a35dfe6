"""Themes of comments on the page: their shares now and before, and what detractors write about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from helpers import charts, style
from helpers.feedback.findings import theme_findings
from helpers.feedback.observations import Comments
from helpers.feedback.themes import detractor_mentions, low_answers, theme_mentions
from helpers.findings import contrast, mid_sentence
from helpers.stats import Comparison, Group

WRITTEN_OUT = 3
"""Themes that the title about detractors names, those that most of them mention."""


def theme_shares(comments: Comments) -> charts.Chart:
    """The share of comments that mentions each theme, a fraction, now against the preceding period.

    See `theme_mentions`. Its findings are the shares; the clearest change is a headline. `.data` has group,
    value, low, high, n, reference, difference and whether that is clear.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> price, nothing = frozenset({"price"}), frozenset()
        >>> summer, spring = Period(2026, 3), Period(2026, 2)
        >>> cells = (
        ...     CommentCell(summer, detractor=False, themes=price, comments=60),
        ...     CommentCell(summer, detractor=False, themes=nothing, comments=240),
        ...     CommentCell(spring, detractor=False, themes=price, comments=30),
        ...     CommentCell(spring, detractor=False, themes=nothing, comments=270),
        ... )
        >>> theme_shares(Comments(Scope(summer), vocabulary, cells)).title
        'More comments mention price than in 2026 Q2'

    Raises:
        NoData: no theme has comments enough to show.
    """
    scope, found = comments.scope, theme_mentions(comments)
    then = scope.baseline_label if found.previous_comments is not None else ""
    against = f", {style.number(found.previous_comments)} in {then}" if found.previous_comments else ""
    return charts.shift(
        found.rows,
        name="themes",
        title=_themes_title(found.rows, then),
        subtitle=f"Share of comments that mention a theme, with {scope.interval}, {scope.place}; "
        f"{style.how_many(found.comments, 'comment')} in {scope.period.label}{against}",
        unit="share",
        now=scope.period.label,
        then=then,
        note="A mention may be praise or blame; where one theme rises, the shares of others fall. "
        "A comment may mention several; "
        f"{style.value(found.without_theme / found.comments, 'share')} mention none of these. "
        f"{comments.left_out}".strip(),
        findings=theme_findings(comments, found),
    )


def detractor_themes(comments: Comments) -> charts.Chart:
    """The share of detractors' comments that mentions each theme, a fraction, against all others who wrote.

    See `detractor_mentions`. `.data` has group, value, low, high, n, difference and whether that is clear.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> price, nothing, summer = frozenset({"price"}), frozenset(), Period(2026, 3)
        >>> cells = (
        ...     CommentCell(summer, detractor=True, themes=price, comments=60),
        ...     CommentCell(summer, detractor=False, themes=nothing, comments=200),
        ... )
        >>> detractor_themes(Comments(Scope(summer), vocabulary, cells)).title
        'Detractors write about price clearly more than others do'

    Raises:
        NoData: too few comments by detractors, or by others.
    """
    scope, found, low = comments.scope, detractor_mentions(comments), low_answers(comments)
    return charts.dots(
        [Group(low.capitalize(), found.rows)],
        name="themes_of_detractors",
        title=_detractors_title(found.rows, low),
        subtitle=f"Share of comments by {low} that mention a theme, with {scope.interval}, {scope.place}, "
        f"{scope.period.label}, and its distance from those of all others; "
        f"{style.how_many(found.detractors, 'comment')} by {low}, "
        f"{style.number(found.others)} by others",
        unit="share",
    )


def _themes_title(rows: Sequence[Comparison], then: str) -> str:
    if not then:
        most = [row.label for row in rows if row.now == rows[0].now]
        return f"{style.listed(most)} {'is' if len(most) == 1 else 'are'} mentioned most"
    return contrast(
        _mid_sentence(rows),
        "more comments mention {names}",
        "fewer comments mention {names}",
        f"No theme is mentioned clearly more or less than in {then}",
        after=f" than in {then}",
    )


def _detractors_title(rows: Sequence[Comparison], low: str) -> str:
    """What detractors write more about; what they write less about only where there is nothing else."""
    more, less = [row for row in rows if row.above], [row for row in rows if row.below]
    return contrast(
        _mid_sentence((more or less)[:WRITTEN_OUT]),
        "{names} clearly more",
        "{names} clearly less",
        f"No theme sets {low} clearly apart from others",
        before=f"{low.capitalize()} write about ",
        after=" than others do",
    )


def _mid_sentence(rows: Sequence[Comparison]) -> list[Comparison]:
    return [replace(row, label=mid_sentence(row.label)) for row in rows]
