"""What comments are about: themes of a stated vocabulary, found in the engine. No comment leaves it.

A list of words that people can read and argue about gives the same themes every quarter, so that shares
can be compared; topics fitted to each quarter's comments would move by themselves.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis
from ibis.expr.types import BooleanValue, StringValue

from helpers import findings, style
from helpers.feedback.answers import ALL, SCALES, Answers, Scope
from helpers.findings import Measure, NoData
from helpers.records import Finding, params_folder
from helpers.records.vocabulary import FILE, Theme, Vocabulary, read_vocabulary
from helpers.sources import LoadedTable
from helpers.stats import Comparison, Group, judged, proportion, proportion_difference


@dataclass(frozen=True)
class Mentions:
    """Comments of one period, kind of answer and segment that have exactly these themes."""

    newest: bool
    detractor: bool
    segment: str | None
    themes: frozenset[str]
    comments: int


@dataclass(frozen=True)
class Comments:
    """Counted comments of the period and the preceding one, with the vocabulary that found their themes."""

    scope: Scope
    vocabulary: Vocabulary
    mentions: tuple[Mentions, ...] = field(repr=False)

    def count(self, theme: str | None = None, *, newest: bool = True, detractor: bool | None = None) -> int:
        """Comments of a period that have the theme (any, where it is None)."""
        return sum(
            part.comments
            for part in self.mentions
            if part.newest is newest
            and detractor in (None, part.detractor)
            and (theme is None or theme in part.themes)
        )

    @property
    def shown(self) -> tuple[str, ...]:
        """The themes with comments enough to show, the most mentioned first."""
        counts = {theme: self.count(theme) for theme in self.vocabulary.themes}
        kept = [theme for theme, count in counts.items() if count >= self.scope.min_group]
        return tuple(sorted(kept, key=lambda theme: -counts[theme]))

    def label(self, theme: str) -> str:
        """The theme as the head of a row: `Sign-in and SSO`."""
        return self.vocabulary.themes[theme].label

    def within(self, theme: str) -> str:
        """The theme within a sentence: `sign-in and SSO`."""
        return _within(self.label(theme))


@dataclass(frozen=True)
class Themes:
    """Shares of comments that mention each theme, now against before, with the wording of their chart."""

    rows: tuple[Comparison, ...]
    now: str
    then: str
    title: str
    subtitle: str
    note: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Apart:
    """What detractors write about, against what the others do, with the wording of its chart."""

    groups: tuple[Group, ...]
    title: str
    subtitle: str


def comments(responses: LoadedTable, answers: Answers) -> Comments:
    """Count the comments on NPS answers by theme; one query, in which the comments are read and stay.

    Raises:
        NoData: there are no comments, or no vocabulary to search them with.
    """
    responses.need("comment")
    scope = answers.scope
    vocabulary = _vocabulary()
    counted = Comments(scope, vocabulary, _mentions(responses, scope, vocabulary))
    if counted.count() < scope.min_group:
        raise NoData(f"There are too few comments in {scope.place}, {scope.period.label}.")
    return counted


def themes(found: Comments) -> Themes:
    """Each theme's share of comments, against the preceding period; corrected over all themes.

    Raises:
        NoData: no theme has comments enough to show.
    """
    scope, total = found.scope, found.count()
    if not found.shown:
        raise NoData("No theme has comments enough to show.")
    preceding = scope.period.preceding
    before = found.count(newest=False)
    then = preceding.label if preceding and before >= scope.min_group else ""
    rows = judged([_row(found, theme, compare=bool(then)) for theme in found.shown])
    without = sum(part.comments for part in found.mentions if part.newest and not part.themes)
    against = f", {style.number(before)} in {then}" if then else ""
    return Themes(
        rows,
        scope.period.label,
        then,
        _title(rows, then),
        f"Share of comments that mention a theme, with {scope.interval}, {scope.place}; "
        f"{style.number(total)} comments in {scope.period.label}{against}",
        "A mention may be praise or blame; where one theme rises, the shares of others fall. "
        f"A comment may mention several; {style.value(without / total, 'share')} mention none of these.",
        findings.headline_clearest(
            findings.corrected([_finding(found, *pair, then) for pair in zip(found.shown, rows, strict=True)])
        ),
    )


def apart(found: Comments) -> Apart:
    """How often detractors mention each theme, against all others who wrote; corrected over all themes.

    Raises:
        NoData: too few comments by detractors, or by others.
    """
    scope = found.scope
    detractors, others = found.count(detractor=True), found.count(detractor=False)
    if min(detractors, others) < scope.min_group:
        raise NoData("There are too few comments by detractors, or by others, to compare.")
    counts = {theme: found.count(theme, detractor=True) for theme in found.shown}
    rows = judged(
        [
            Comparison(
                found.label(theme),
                proportion(count, detractors, scope.level),
                None,
                proportion_difference(
                    count, detractors, found.count(theme, detractor=False), others, scope.level
                ),
            )
            for theme, count in sorted(counts.items(), key=lambda item: -item[1])
            if count >= scope.min_group
        ]
    )
    if not rows:
        raise NoData("No theme has detractors' comments enough to show.")
    more = [_within(row.label) for row in rows if row.above]
    return Apart(
        (Group("Detractors", rows),),
        f"Detractors write about {style.listed(more[:3])} clearly more than others do"
        if more
        else "No theme sets detractors clearly apart from others",
        f"Share of detractors' comments that mention a theme, with {scope.interval}, {scope.place}, "
        f"{scope.period.label}, and its distance from promoters and passives; "
        f"{style.number(detractors)} comments by detractors, {style.number(others)} by others",
    )


def _within(label: str) -> str:
    """A label within a sentence; one that begins with an acronym keeps it."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _vocabulary() -> Vocabulary:
    found = read_vocabulary(params_folder())
    if found is None:
        raise NoData(f"There is no {FILE} beside sources.yaml, so no theme is searched for.")
    return found


def _mentions(responses: LoadedTable, scope: Scope, vocabulary: Vocabulary) -> tuple[Mentions, ...]:
    names = tuple(vocabulary.themes)
    rows = responses.during(scope.period)
    preceding = scope.period.preceding
    rows = rows.mutate(newest=ibis.literal(True))
    if preceding is not None:
        rows = rows.union(responses.during(preceding).mutate(newest=ibis.literal(False)))
    rows = rows.filter((rows.survey == "nps") & (rows.comment.strip() != ""))
    if scope.region != ALL:
        rows = rows.filter(rows.region == scope.region)
    text = rows.comment.lower()
    mask = functools.reduce(
        operator.add,
        (_has(text, vocabulary.themes[name]).ifelse(2**bit, 0) for bit, name in enumerate(names)),
    )
    keys = {"newest": rows.newest, "detractor": rows.score <= SCALES["nps"].low_to, "mask": mask}
    if responses.has("segment"):
        keys["segment"] = rows.segment
    counted = rows.group_by(**keys).agg(comments=rows.count()).order_by(list(keys))
    return tuple(
        Mentions(
            row["newest"],
            row["detractor"],
            row.get("segment"),
            frozenset(name for bit, name in enumerate(names) if row["mask"] >> bit & 1),
            row["comments"],
        )
        for row in counted.to_pyarrow().to_pylist()
    )


def _has(text: StringValue, theme: Theme) -> BooleanValue:
    found = text.re_search(_pattern(theme.words))
    return found & text.re_search(_pattern(theme.beside)) if theme.beside else found


def _pattern(words: Sequence[str]) -> str:
    """A regular expression that RE2 and Java read alike: whole words, or beginnings where a star says so."""
    parts = [
        r"\s+".join(re.escape(part) for part in word.lower().removesuffix("*").split())
        + ("" if word.endswith("*") else r"\b")
        for word in words
    ]
    return rf"\b(?:{'|'.join(parts)})"


def _row(found: Comments, theme: str, *, compare: bool) -> Comparison:
    level = found.scope.level
    now, total = found.count(theme), found.count()
    estimate = proportion(now, total, level)
    if not compare:
        return Comparison(found.label(theme), estimate)
    then, before = found.count(theme, newest=False), found.count(newest=False)
    change = proportion_difference(now, total, then, before, level)
    return Comparison(found.label(theme), estimate, proportion(then, before, level), change)


def _finding(found: Comments, theme: str, row: Comparison, then: str) -> Finding:
    assert row.now is not None
    within = "" if found.scope.region == ALL else f" in {found.scope.region}"
    measure = Measure(
        f"comments@theme={theme}",
        f"Share of comments on {_within(row.label)}{within}",
        "share",
        found.vocabulary.themes[theme].good,
    )
    previous = (then, row.reference, row.difference) if row.reference and row.difference else None
    return findings.measured(measure, row.now, found.scope.period.label, previous=previous, tables=["themes"])


def _title(rows: Sequence[Comparison], then: str) -> str:
    if not then:
        return f"{rows[0].label} is mentioned most"
    more = [_within(row.label) for row in rows if row.above]
    less = [_within(row.label) for row in rows if row.below]
    told = [
        f"{way} comments mention {style.listed(names)}"
        for way, names in (("more", more), ("fewer", less))
        if names
    ]
    if not told:
        return f"No theme is mentioned clearly more or less than in {then}"
    text = "; ".join(told)
    return f"{text[0].upper()}{text[1:]} than in {then}"
