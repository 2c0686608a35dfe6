"""How each column is read (formats, marks of numbers, missing values, scales, keys), each with its reason."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.contracts import SCALES, ColumnContract
from helpers.sources.conversion import WITH_OFFSET, Notation
from helpers.sources.proposal.fitting import OWN_ROW, STATED, Fit
from helpers.sources.proposal.profiles import ISO, NOTATIONS, ColumnProfile, Written, cleaned, read_as
from helpers.sources.proposal.telling import called, in_yaml
from helpers.sources.reading.files import Raw
from helpers.sources.remedies import masked

_CLOCK = re.compile(r"\d:\d\d")
_FEW_REPEATS = 0.01
_NEARLY_ALL = 0.99
_SURVEYS = {
    "nps": ("nps", "recommend", "promoter"),
    "csat": ("csat", "satisf", "rating", "stars"),
    "ces": ("ces", "effort", "easy", "ease"),
}


@dataclass(frozen=True)
class SnippetLine:
    """One line of a table in sources.yaml, with the reasons for it; without a value, only its reasons."""

    key: str
    value: Any
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """A file that was looked at, the table that it is taken for, and the zone of the project.

    `different` rows are what is left without whole repeats; `words` says whether words for a missing value
    can be said once for the file; `said` is what its owner says of columns: a value, or a date format.
    """

    raw: Raw
    found: Mapping[str, ColumnProfile]
    fit: Fit
    zone: str
    different: int
    words: bool
    said: Mapping[str, str]


@dataclass
class Lines:
    """The lines of a table, of its form and of its columns, and what only its owner can decide."""

    form: list[SnippetLine] = field(default_factory=list)
    columns: list[SnippetLine] = field(default_factory=list)
    undecided: list[str] = field(default_factory=list)


def lines_for(looked: Looked) -> Lines:
    """What is proposed for a table."""
    lines = Lines()
    notation = _numbers(looked, lines)
    spelled = _missing(looked, lines)
    for column in looked.fit.contract.columns:
        name = looked.fit.columns.get(column.name)
        if column.name in OWN_ROW and column.required:
            lines.columns.append(_key(looked, column, name))
        elif name is not None:
            line = _column(looked, column, looked.found[name], lines.undecided)
            lines.columns.append(_mapped(line, looked.found[name], spelled if column.kind != "text" else ()))
        elif column.name == "survey":
            lines.columns.append(_stated(looked, column) or _survey(looked, notation))
        elif column.name in STATED and column.required:
            lines.columns.append(_stated(looked, column) or _unstated(column, lines.undecided))
    return lines


def _stated(looked: Looked, column: ColumnContract) -> SnippetLine | None:
    said = looked.said.get(column.name)
    return None if said is None else SnippetLine(column.name, {"value": said}, ("as you say",))


def _unstated(column: ColumnContract, undecided: list[str]) -> SnippetLine:
    undecided.append(column.name)
    return SnippetLine(
        column.name, {"value": "say which"}, (f"no column says the {column.name}: write it here",)
    )


def _column(
    looked: Looked, column: ColumnContract, profile: ColumnProfile, undecided: list[str]
) -> SnippetLine:
    reasons = [*_beside(looked.fit, column)]
    if column.kind in ("time", "day"):
        return _time(looked, column, profile, undecided, reasons)
    if column.kind != "text":
        unreadable = profile.filled - max(*profile.numbers.values(), profile.truths)
        if unreadable:
            reasons.append(f"{unreadable:,} of {profile.filled:,} values are no {column.kind}")
    return SnippetLine(column.name, profile.name, tuple(reasons))


def _beside(fit: Fit, column: ColumnContract) -> Iterator[str]:
    others = fit.others.get(column.name, ())
    if others:
        yield f"by its name; {', '.join(map(called, others[:3]))} might be meant too"


def _time(
    looked: Looked, column: ColumnContract, profile: ColumnProfile, undecided: list[str], reasons: list[str]
) -> SnippetLine:
    if (said := looked.said.get(column.name)) is not None:
        return SnippetLine(column.name, {"from": profile.name, "format": said}, ("as you say",))
    most = max(profile.times.values())
    able = [one for one, readable in profile.times.items() if readable == most]
    if most < profile.filled:
        reasons.append(f"{profile.filled - most:,} of {profile.filled:,} values are no such date")
    if ISO in able:
        return SnippetLine(column.name, profile.name, (*reasons, *_zone(looked, profile)))
    if len(able) > 1:
        undecided.append(column.name)
        reasons.append(
            f"all {most:,} dates can be read in {len(able)} ways, and nothing is guessed: write one of these"
        )
        for one in able:
            line = in_yaml({"from": profile.name, "format": one})
            reasons.append(f"  {column.name}: {line}  ({_span(looked, profile.name, one)})")
        return SnippetLine(column.name, profile.name, tuple(reasons))
    reasons.append(f"like {masked(profile.values[0])}; no other format that we try reads all of them")
    value = {"from": profile.name, "format": able[0]}
    return SnippetLine(column.name, value, (*reasons, *_zone(looked, profile)))


def _span(looked: Looked, name: str, written: str) -> str:
    rows = cleaned(looked.raw, name)
    value = read_as(rows[name], "time", Written(looked.zone, format=written))
    row = rows.agg(first=value.min(), last=value.max()).to_pyarrow().to_pylist()[0]
    return f"{row['first'].date()} to {row['last'].date()}"


def _zone(looked: Looked, profile: ColumnProfile) -> Iterator[str]:
    clocks = [value for value in profile.values if _CLOCK.search(value)]
    if clocks and not any(re.search(WITH_OFFSET, value) for value in clocks):
        yield f"times without a zone are taken as {looked.zone}; where they are not, add timezone: …"


def _numbers(looked: Looked, lines: Lines) -> Notation:
    """How the numbers of the chosen columns are written; what is not plain is proposed."""
    names = [
        looked.fit.columns[column.name]
        for column in looked.fit.contract.columns
        if column.kind == "number" and column.name in looked.fit.columns
    ]
    readable = {one: sum(looked.found[name].numbers[one] for name in names) for one in NOTATIONS}
    most = max(readable.values())
    able = [one for one in NOTATIONS if readable[one] == most]
    sums = {one: _sums(looked, names, one) for one in able} if most else {}
    apart = {values: one for one, values in reversed(sums.items())}
    if len(apart) > 1:
        lines.undecided.append("numbers")
        ways = " or ".join(_said(one) for one in reversed(apart.values()))
        lines.form.append(
            SnippetLine("", None, (f"numbers can be read in several ways, and nothing is guessed: {ways}",))
        )
        return Notation()
    chosen = able[0] if most else Notation()
    for key, mark, usual in (("decimal", chosen.decimal, "."), ("thousands", chosen.thousands, None)):
        if mark != usual:
            told = f"so {most:,} numbers can be read, and {readable[Notation()]:,} without"
            lines.form.append(SnippetLine(key, mark, (told,)))
    return chosen


def _sums(looked: Looked, names: Sequence[str], notation: Notation) -> tuple[float, ...]:
    rows = cleaned(looked.raw, *names)
    values = [read_as(rows[name], "number", Written(looked.zone, notation)) for name in names]
    figures = {f"sum_{at}": value.cast("float64").sum() for at, value in enumerate(values)}
    row = rows.agg(**figures).to_pyarrow().to_pylist()[0]
    return tuple(float(f"{value or 0.0:.9g}") for value in row.values())


def _said(notation: Notation) -> str:
    marks = {"decimal": notation.decimal}
    if notation.thousands is not None:
        marks["thousands"] = notation.thousands
    return in_yaml(marks)[1:-1]


def _missing(looked: Looked, lines: Lines) -> frozenset[str]:
    """Words that stand for a missing value where a number, truth or time should be."""
    kinds = {column.name: column.kind for column in looked.fit.contract.columns}
    typed = [name for column, name in looked.fit.columns.items() if kinds[column] != "text"]
    texts = [name for column, name in looked.fit.columns.items() if kinds[column] == "text"]
    words = {word: name for name in typed for word in looked.found[name].words}
    meant = frozenset(word for name in texts for word in looked.found[name].words)
    once = [word for word in words if word not in meant] if looked.words else []
    if once:
        where = ", ".join(dict.fromkeys(called(words[word]) for word in once))
        lines.form.append(SnippetLine("missing", once, (f"they stand where {where} has no value",)))
    return frozenset(words) - frozenset(once)


def _mapped(line: SnippetLine, profile: ColumnProfile, spelled: Collection[str]) -> SnippetLine:
    """The line with words for a missing value that hold for this column alone."""
    words = [word for word in profile.words if word in spelled]
    if not words:
        return line
    value = line.value if isinstance(line.value, dict) else {"from": line.value}
    told = "these words stand for no value here; in other columns they may be meant"
    return SnippetLine(line.key, {**value, "map": dict.fromkeys(words)}, (*line.reasons, told))


def _key(looked: Looked, column: ColumnContract, name: str | None) -> SnippetLine:
    named = [name, *looked.fit.others.get(column.name, ())] if name else []
    unique = [one for one in named if looked.found[one].distinct == looked.different]
    if unique:
        return SnippetLine(
            column.name, unique[0], (f"it differs in all {looked.different:,} different rows",)
        )
    if not named:
        return SnippetLine(
            column.name, {"row": True}, ("no column is a key: rows are told apart by their number",)
        )
    again = looked.different - looked.found[named[0]].distinct
    told = f"{called(named[0])} has {again:,} rows too many of {looked.different:,} different ones"
    if again <= _FEW_REPEATS * looked.different:
        return SnippetLine(column.name, named[0], (f"{told}: of each key one is kept",))
    return SnippetLine(column.name, {"row": True}, (f"{told}, so rows are told apart by their number",))


def _survey(looked: Looked, notation: Notation) -> SnippetLine:
    """Which survey it is: by the name of the score where its values fit, else the smallest fitting scale."""
    name = looked.fit.columns["score"]
    low, high, within = _range(looked, name, notation)
    told = f"{called(name)} goes from {low:g} to {high:g}"
    able = sorted(
        (survey for survey, share in within.items() if share >= _NEARLY_ALL),
        key=lambda survey: SCALES[survey][1],
    )
    by_name = [survey for survey, words in _SURVEYS.items() if any(word in name.lower() for word in words)]
    if by_name and by_name[0] in able:
        return SnippetLine("survey", {"value": by_name[0]}, (f"{told}, and its name says so",))
    if not able:
        return SnippetLine("survey", {"value": "nps"}, (f"{told}, which no scale of ours does: {_scales()}",))
    also = f"; it might be {' or '.join(able[1:])} as well" if able[1:] else ""
    return SnippetLine("survey", {"value": able[0]}, (f"{told}, as {able[0]} does{also}",))


def _range(looked: Looked, name: str, notation: Notation) -> tuple[float, float, dict[str, float]]:
    """Lowest and highest score, and which share of the scores lies on each scale."""
    rows = cleaned(looked.raw, name)
    value = read_as(rows[name], "number", Written(looked.zone, notation)).cast("float64")
    on = {survey: value.between(*scale).mean() for survey, scale in SCALES.items()}
    row = rows.agg(low=value.min(), high=value.max(), **on).to_pyarrow().to_pylist()[0]
    return (
        row.pop("low") or 0.0,
        row.pop("high") or 0.0,
        {survey: share or 0.0 for survey, share in row.items()},
    )


def _scales() -> str:
    return ", ".join(f"{survey} {low} to {high}" for survey, (low, high) in SCALES.items())
