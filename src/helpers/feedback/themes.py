"""What comments are about: the share that mentions a theme, now against before, detractors against others."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.feedback.observations import Comments
from helpers.findings import NoData
from helpers.stats import Comparison, judged, proportion, proportion_difference


@dataclass(frozen=True)
class ThemeMentions:
    """Shares of comments that mention each theme, fractions; `rows` in the order of `themes`.

    `comments` and `previous_comments` are those of the period and of the preceding one, None where that has
    too few to compare with; `without_theme` those of the period that mention no theme.
    """

    themes: tuple[str, ...]
    rows: tuple[Comparison, ...]
    comments: int
    previous_comments: int | None
    without_theme: int


@dataclass(frozen=True)
class DetractorMentions:
    """Shares of detractors' comments that mention each theme, against those of all others who wrote.

    `detractors` and `others` are how many comments each wrote.
    """

    rows: tuple[Comparison, ...]
    detractors: int
    others: int


def theme_mentions(comments: Comments) -> ThemeMentions:
    """Each theme's share of comments, against the preceding period; corrected over all themes.

    Wilson's interval (1927); differences by Newcombe's (1998), corrected by Benjamini & Hochberg (1995).
    The most mentioned theme comes first; themes with too few comments are left out.

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
    scope, before = comments.scope, comments.count(newest=False)
    compared = scope.previous is not None and before >= scope.min_group
    return ThemeMentions(
        comments.shown,
        judged([_mentioned(comments, theme, compared=compared) for theme in comments.shown]),
        comments.count(),
        before if compared else None,
        sum(cell.comments for cell in comments.cells if cell.newest and not cell.themes),
    )


def detractor_mentions(comments: Comments) -> DetractorMentions:
    """How often detractors mention each theme, against all others who wrote; corrected over all themes.

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
    level = comments.scope.level
    rows = [
        Comparison(
            comments.label(theme),
            proportion(count, detractors, level),
            None,
            proportion_difference(count, detractors, comments.count(theme, detractor=False), others, level),
        )
        for theme, count in comments.detractor_counts().items()
    ]
    if not rows:
        raise NoData("No theme has detractors' comments enough to show.")
    return DetractorMentions(judged(rows), detractors, others)


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
