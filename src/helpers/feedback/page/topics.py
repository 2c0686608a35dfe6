"""Themes of comments on the page: their shares now and before, and what detractors write about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from helpers import charts, style, tables
from helpers.feedback.findings import theme_findings
from helpers.feedback.observations import Comments
from helpers.feedback.page.change_columns import change_cells, change_columns
from helpers.feedback.themes import detractor_mentions, low_answers, theme_mentions
from helpers.findings import NoData, contrast, mid_sentence
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


def themes_elsewhere(texts: Sequence[Comments]) -> tables.Table:
    """The share of tickets and of mentions that has each theme of the comments, now and before.

    See `theme_mentions`; each is a list of its own, read as the page corrects it. `.data` has texts, theme,
    both shares, their difference with its interval, and how it reads.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> cell = CommentCell(Period(2026, 3), detractor=False, themes=frozenset({"price"}), comments=60)
        >>> counted = Comments(Scope(Period(2026, 3)), vocabulary, (cell,), origin="tickets")
        >>> themes_elsewhere([counted]).title
        'No theme of tickets changed clearly since 2026 Q2'

    Raises:
        NoData: no theme has tickets or mentions enough to show.
    """
    found = [(one, theme_mentions(one)) for one in texts if one.shown]
    if not found:
        raise NoData("No theme has tickets or mentions enough to show.")
    scope = texts[0].scope
    counts = [style.how_many(each.comments, one.origin.removesuffix("s")) for one, each in found]
    return tables.table(
        "themes_elsewhere",
        _elsewhere_title({one.origin: each.rows for one, each in found}, scope.baseline_label),
        [tables.Column("Texts"), tables.Column("Theme"), *change_columns(scope)],
        [
            (one.origin.capitalize(), row.label, *change_cells(row))
            for one, each in found
            for row in each.rows
        ],
        subtitle=f"Share that mentions a theme; {style.listed(counts)}, {scope.place}, {scope.period.label}",
        note=" ".join(filter(None, (one.left_out for one in texts))),
        findings=[finding for one, each in found for finding in theme_findings(one, each)],
    )


def _elsewhere_title(rows: Mapping[str, Sequence[Comparison]], then: str) -> str:
    if not then:
        most = [f"{each[0].label} is mentioned most in {origin}" for origin, each in rows.items()]
        return "; ".join([most[0], *map(mid_sentence, most[1:])])
    told = [
        contrast(
            _mid_sentence(each),
            f"more {origin} on {{names}}",
            f"fewer {origin} on {{names}}",
            "",
            joined=", ",
        )
        for origin, each in rows.items()
    ]
    clear = [one for one in told if one]
    if not clear:
        return f"No theme of {style.listed(list(rows))} changed clearly since {then}"
    return "; ".join([clear[0], *map(mid_sentence, clear[1:])]) + f" than in {then}"


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
