"""What comments are about: the share that mentions a theme, now against before, detractors against others."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.feedback.observations import Comments
from helpers.findings import NoData
from helpers.stats import Comparison, proportion, proportion_difference


@dataclass(frozen=True)
class ThemeMentions:
    """Shares of comments that mention each theme, fractions.

    Attributes:
        themes: the keys of the themes, the most mentioned first.
        rows: their shares, in this order, against the preceding period.
        comments: how many comments the period has.
        previous_comments: how many the preceding one has; None for too few to compare with.
        without_theme: how many of the period mention no theme.
    """

    themes: tuple[str, ...]
    rows: tuple[Comparison, ...]
    comments: int
    previous_comments: int | None
    without_theme: int


@dataclass(frozen=True)
class DetractorMentions:
    """Shares of detractors' comments that mention each theme, against those of all others who wrote.

    Attributes:
        rows: the shares of both, one row a theme.
        detractors: how many comments detractors wrote.
        others: how many all others wrote.
    """

    rows: tuple[Comparison, ...]
    detractors: int
    others: int


def theme_mentions(comments: Comments) -> ThemeMentions:
    """Each theme's share of comments, against the preceding period; read as the page corrects this list.

    Wilson's interval (1927); differences by Newcombe's (1998). The most mentioned theme comes
    first; themes with too few comments are left out.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> price, nothing = frozenset({"price"}), frozenset()
        >>> cells = (
        ...     CommentCell(newest=True, detractor=True, themes=price, comments=60),
        ...     CommentCell(newest=True, detractor=False, themes=nothing, comments=240),
        ...     CommentCell(newest=False, detractor=False, themes=price, comments=30),
        ...     CommentCell(newest=False, detractor=False, themes=nothing, comments=270),
        ... )
        >>> found = theme_mentions(Comments(Scope(Period(2026, 3)), vocabulary, cells))
        >>> [(row.label, row.now.value, row.reference.value, row.above) for row in found.rows]
        [('Price', 0.2, 0.1, True)]

    Raises:
        NoData: no theme has comments enough to show.
    """
    if not comments.shown:
        raise NoData("No theme has comments enough to show.")
    return ThemeMentions(
        comments.shown,
        comments.scope.judged("themes:previous", theme_changes(comments)),
        comments.count(),
        comments.count(newest=False) if _has_previous(comments) else None,
        sum(cell.comments for cell in comments.cells if cell.newest and not cell.themes),
    )


def detractor_mentions(comments: Comments) -> DetractorMentions:
    """How often detractors mention each theme, against all others who wrote.

    Intervals, differences and correction as in `theme_mentions`. The theme that most detractors mention
    comes first; themes that too few of them mention are left out.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> price, nothing = frozenset({"price"}), frozenset()
        >>> cells = (
        ...     CommentCell(newest=True, detractor=True, themes=price, comments=60),
        ...     CommentCell(newest=True, detractor=True, themes=nothing, comments=40),
        ...     CommentCell(newest=True, detractor=False, themes=nothing, comments=200),
        ... )
        >>> found = detractor_mentions(Comments(Scope(Period(2026, 3)), vocabulary, cells))
        >>> [(row.label, row.now.value, row.difference.value, row.above) for row in found.rows]
        [('Price', 0.6, 0.6, True)]

    Raises:
        NoData: too few comments by detractors, or by others.
    """
    detractors, others = comments.count(detractor=True), comments.count(detractor=False)
    if min(detractors, others) < comments.scope.min_group:
        raise NoData("There are too few comments by detractors, or by others, to compare.")
    rows = comments.scope.judged("themes:detractors", detractors_against_others(comments))
    if not rows:
        raise NoData("No theme has detractors' comments enough to show.")
    return DetractorMentions(rows, detractors, others)


def theme_changes(comments: Comments) -> tuple[Comparison, ...]:
    """Each theme's share of comments against the preceding period, a fraction, before correction."""
    compared = _has_previous(comments)
    return tuple(_mentioned(comments, theme, compared=compared) for theme in comments.shown)


def detractors_against_others(comments: Comments) -> tuple[Comparison, ...]:
    """Each theme's share of detractors' comments against that of all others, before correction."""
    detractors, others = comments.count(detractor=True), comments.count(detractor=False)
    if min(detractors, others) < comments.scope.min_group:
        return ()
    level = comments.scope.level
    return tuple(
        Comparison(
            comments.label(theme),
            proportion(count, detractors, level),
            None,
            proportion_difference(count, detractors, comments.count(theme, detractor=False), others, level),
        )
        for theme, count in comments.detractor_counts().items()
    )


def _has_previous(comments: Comments) -> bool:
    """Whether the preceding period has comments enough to compare with."""
    scope = comments.scope
    return scope.previous is not None and comments.count(newest=False) >= scope.min_group


def _mentioned(comments: Comments, theme: str, *, compared: bool) -> Comparison:
    """A theme's share of comments; against the preceding period where that has comments enough."""
    level = comments.scope.level
    now, total = comments.count(theme), comments.count()
    estimate = proportion(now, total, level)
    if not compared:
        return Comparison(comments.label(theme), estimate)
    then, before = comments.count(theme, newest=False), comments.count(newest=False)
    change = proportion_difference(now, total, then, before, level)
    return Comparison(comments.label(theme), estimate, proportion(then, before, level), change)
