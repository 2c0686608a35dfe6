"""What comments are about: the share that mentions a theme, now against before, detractors against others."""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpers.feedback.observations import Comments, Part
from helpers.findings import ComparedRows, NoData
from helpers.periods import Period
from helpers.stats import Comparison, compared_proportions, proportion, proportion_difference


@dataclass(frozen=True)
class ThemeMentions:
    """Shares of comments that mention each theme, fractions.

    Attributes:
        themes: the keys of the themes, the most mentioned first.
        changes: their shares, in this order, against each period that the page compares with.
        comments: how many comments the period has.
        previous_comments: how many that compared with first has; None for too few to compare with.
        without_theme: how many of the period mention no theme.
    """

    themes: tuple[str, ...]
    changes: ComparedRows
    comments: int
    previous_comments: int | None
    without_theme: int

    @property
    def rows(self) -> tuple[Comparison, ...]:
        """The shares against the period that the page compares with first."""
        return self.changes.first


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
    """Each theme's share of comments, against each period compared with; read as the page corrects this list.

    Wilson's interval (1927); differences by Newcombe's (1998). The most mentioned theme comes
    first; themes with too few comments are left out.

        >>> from helpers.feedback import CommentCell
        >>> from helpers.periods import Period
        >>> from helpers.records.vocabulary import Theme, Vocabulary
        >>> from helpers.scope import Scope
        >>> vocabulary = Vocabulary(themes={"price": Theme(label="Price", words=("price*",))})
        >>> price, nothing = frozenset({"price"}), frozenset()
        >>> summer, spring = Period(2026, 3), Period(2026, 2)
        >>> cells = (
        ...     CommentCell(summer, detractor=True, themes=price, comments=60),
        ...     CommentCell(summer, detractor=False, themes=nothing, comments=240),
        ...     CommentCell(spring, detractor=False, themes=price, comments=30),
        ...     CommentCell(spring, detractor=False, themes=nothing, comments=270),
        ... )
        >>> found = theme_mentions(Comments(Scope(summer), vocabulary, cells))
        >>> [(row.label, row.now.value, row.reference.value, row.above) for row in found.rows]
        [('Price', 0.2, 0.1, True)]

    Raises:
        NoData: no theme has comments enough to show.
    """
    if not comments.shown:
        raise NoData("No theme has comments enough to show.")
    scope = comments.scope
    found = theme_changes(comments).judged(scope.correction)
    return ThemeMentions(
        comments.shown,
        found,
        comments.count(),
        comments.count(period=scope.baseline) if _is_told(comments, scope.baseline) else None,
        sum(cell.comments for cell in comments.cells if cell.period == scope.period and not cell.themes),
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
        >>> price, nothing, summer = frozenset({"price"}), frozenset(), Period(2026, 3)
        >>> cells = (
        ...     CommentCell(summer, detractor=True, themes=price, comments=60),
        ...     CommentCell(summer, detractor=True, themes=nothing, comments=40),
        ...     CommentCell(summer, detractor=False, themes=nothing, comments=200),
        ... )
        >>> found = detractor_mentions(Comments(Scope(summer), vocabulary, cells))
        >>> [(row.label, row.now.value, row.difference.value, row.above) for row in found.rows]
        [('Price', 0.6, 0.6, True)]

    Raises:
        NoData: too few comments by detractors, or by others.
    """
    detractors, others = comments.count(detractor=True), comments.count(detractor=False)
    if min(detractors, others) < comments.scope.min_group:
        raise NoData(f"There are too few comments by {low_answers(comments)}, or by others, to compare.")
    rows = comments.scope.judged("themes:detractors", detractors_against_others(comments))
    if not rows:
        raise NoData(f"No theme has comments enough by {low_answers(comments)} to show.")
    return DetractorMentions(rows, detractors, others)


def low_answers(comments: Comments) -> str:
    """What those are called who gave low answers: `detractors`."""
    return _LOW[comments.survey]


_LOW = {
    "nps": "detractors",
    "csat": "dissatisfied customers",
    "ces": "customers who had it hard",
}


def theme_changes(comments: Comments) -> ComparedRows:
    """Each theme's share of comments against each period compared with, a fraction, before correction.

    Those of tickets and of mentions are compared with the first of these periods alone.
    """
    asked = comments.origin == "comments"
    return ComparedRows.gathered(
        "themes" if asked else f"themes of {comments.origin}",
        comments.scope.references if asked else comments.scope.references[:1],
        lambda then: [_mentioned(comments, theme, then) for theme in comments.shown],
    )


def detractors_against_others(comments: Comments) -> tuple[Comparison, ...]:
    """Each theme's share of detractors' comments against that of all others, before correction."""
    detractors, others = comments.count(detractor=True), comments.count(detractor=False)
    if min(detractors, others) < comments.scope.min_group:
        return ()
    return tuple(
        _of_detractors(comments, theme, (count, detractors), (comments.count(theme, detractor=False), others))
        for theme, count in comments.detractor_counts().items()
    )


def _of_detractors(
    comments: Comments, theme: str, now: tuple[int, int], others: tuple[int, int]
) -> Comparison:
    counts = comments.who.usually(theme, now[1]), comments.who.usually(theme, others[1])
    row = compared_proportions(comments.label(theme), now, others, comments.scope.level, effective=counts)
    return replace(row, reference=None)


def _is_told(comments: Comments, then: Period | None) -> bool:
    """Whether a period has comments enough to compare with."""
    return then is not None and comments.count(period=then) >= comments.scope.min_group


def _mentioned(comments: Comments, theme: str, then: Period | None) -> Comparison:
    """A theme's share of comments; against an earlier period where that has comments enough."""
    level, label = comments.scope.level, comments.label(theme)
    now, total = comments.count(theme), comments.count()
    part = Part(comments.scope.period)
    of_now = comments.who.effective(theme, part, total)
    estimate = proportion(now, total, level, effective=of_now)
    if then is None or not _is_told(comments, then):
        return Comparison(label, estimate)
    before, all_before = comments.count(theme, period=then), comments.count(period=then)
    alike = comments.who.correlation(theme, part, Part(then), (total, all_before))
    counts = of_now, comments.who.effective(theme, Part(then), all_before)
    change = proportion_difference(now, total, before, all_before, level, correlation=alike, effective=counts)
    return Comparison(label, estimate, proportion(before, all_before, level, effective=counts[1]), change)
