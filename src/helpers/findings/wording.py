"""The words for a verdict: the one place that says whether, and which way, a number moved or stands apart.

Every sentence and every title about a difference is made here, from the corrected verdict of a finding or of
a row, so that a page never claims in its words what its test does not hold.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from helpers import style
from helpers.records import Change, Finding, FurtherChange, Text
from helpers.records.outputs import Relevance, Verdict
from helpers.records.report_terms import TARGET
from helpers.stats import Comparison, z_value

VERDICTS: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "changed": "changed",
    "unclear": "no clear change",
}

RELEVANCE: dict[Relevance, str] = {
    "matters": "{verdict}, and it matters",
    "small": "{verdict}, but small",
    "none": "no change that matters",
    "unknown": "cannot tell",
}
_ASIDE = (
    r",| (?:a|an|across|after|among|at|before|between|by|for|from|in|of|on|per|since|than|that|to|who|with"
    r"|within) "
)
"""What follows these in a label is beside what it is about."""
_PARTICIPLE = r"(?:ed|ing|open|left|lost|won|new|kept|sent)$"
_PLURAL = r"^(?:people|.*[a-z](?<![us])(?<!i)s)$"
BEYOND_CHANCE = "more than chance brings"
"""What is said of what a test calls clear, and of nothing else."""
SEEN = 0.8
"""How often a page would have called a change of the size that it names clear."""


def worded(finding: Finding) -> Text:
    """Final wording of a finding, from its numbers alone."""
    if finding.value is None:
        return finding.text
    text = _words(finding, finding.change)
    return text.model_copy(
        update={
            "level": style.level(finding.level) if finding.level and text.interval else "",
            "n": style.count(finding.n) if finding.n is not None else "",
            "certainty": " ".join(
                filter(None, (text.certainty, *(_further(finding, other) for other in finding.further)))
            ),
        }
    )


def with_changes(finding: Finding, changes: Sequence[Change]) -> Finding:
    """The finding against each thing that it is compared with, each worded; the first decides its verdict.

    Where another comparison tells otherwise than the first, `certainty` says so.

        >>> from textwrap import fill
        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion
        >>> plain = measured(Measure("csat", "CSAT", "share", "higher"), proportion(700, 1000), "2026 Q3")
        >>> fell = Change(period="2026 Q2", previous=0.76, value=-0.06, low=-0.1, high=-0.02, verdict="worse")
        >>> alike = Change(against="year_ago", period="2025 Q3", previous=0.7, value=0, low=-0.04, high=0.04)
        >>> text = with_changes(plain, [fell, alike]).text
        >>> print(text.sentence)
        CSAT fell to 70.0% from 76.0% in 2026 Q2.
        >>> print(fill(text.certainty, 100))
        The fall is between 2.0 and 10.0 points, more than chance brings. Against 2025 Q3 there is no clear
        change.
    """
    if not changes:
        return finding
    first, *others = changes
    further = tuple(
        FurtherChange(**one.model_dump(exclude={"text"}), text=_words(finding, one)) for one in others
    )
    told = finding.model_copy(update={"change": first, "further": further})
    return told.model_copy(update={"text": worded(told)})


def _words(finding: Finding, change: Change | None) -> Text:
    """The number, and one of its changes."""
    assert finding.value is not None
    unit, digits = finding.unit, finding.decimals
    value = style.value(finding.value, unit, digits)
    limits = (
        style.interval(finding.low, finding.high, unit, digits)
        if finding.low is not None and finding.high is not None
        else ""
    )
    if change is None:
        told = f"{finding.label} {agreeing(finding.label, 'is', 'are')} {value}"
        sentence = f"{told}, with an interval of {limits}." if limits else f"{told}."
        return Text(value=value, interval=limits, sentence=sentence)
    known = change.low is not None and change.high is not None
    return Text(
        value=value,
        interval=limits,
        verdict=_verdict(change) if known else "",
        sentence=_sentence(finding, change, value),
        certainty=_certainty(finding, change) if known else "",
        previous=style.value(change.previous, unit, digits),
        change=style.change(change.value, unit, digits),
        change_interval=style.change_interval(change.low, change.high, unit, digits)  # type: ignore[arg-type]
        if known
        else "",
    )


def _sentence(finding: Finding, change: Change, value: str) -> str:
    """What is, and what it was: `NPS fell to 18.0 from 33.0 in 2026 Q2`."""
    label, before = finding.label, style.value(change.previous, finding.unit, finding.decimals)
    after = f"{value}, after {before} in {change.period}"
    if change.low is None or change.high is None:
        return f"{label} {agreeing(label, 'is', 'are')} {after}; the change has no interval."
    if change.against == TARGET:
        return f"{label} {agreeing(label, 'is', 'are')} {value}."
    if change.verdict == "unclear":
        clear = "change that matters" if change.relevance == "none" else "clear change"
        return f"{label} {agreeing(label, 'shows', 'show')} no {clear}: {after}."
    rose = "rose" if change.value > 0 else "fell"
    moved_to = f"{label} {rose} to {value} from {before} in {change.period}"
    if value == before:
        moved_to = f"{label} {rose} slightly since {change.period}, within {value}"
    return f"{moved_to}, while {change.beside}, which can explain it." if change.beside else f"{moved_to}."


def _certainty(finding: Finding, change: Change) -> str:
    """How sure that is: the size of the change as far as its interval tells, and whether that is chance."""
    if change.against == TARGET:
        return f"{_from_target(finding, change)}."
    if change.verdict != "unclear":
        return f"The {_size_of_change(finding, change)}{_beyond_chance(finding, change)}."
    assert change.low is not None
    assert change.high is not None
    span = style.span(change.low, change.high, finding.unit, finding.decimals)
    told = f"The change lies {span}"
    if not change.low <= 0 <= change.high:
        told += ", which may still be chance"
    elif change.relevance == "none":
        told += f"; one of {_size(change.matters, finding)} would matter"
    elif change.relevance is not None and change.level is not None:
        z = z_value(change.level)
        seen = (change.high - change.low) / 2 * (1 + z_value(2 * SEEN - 1) / z)
        told += f"; one of {_size(seen, finding)} would be seen in four cases of five"
    return f"{told}. Meanwhile {change.beside}." if change.beside else f"{told}."


def _size_of_change(finding: Finding, change: Change) -> str:
    """`fall is between 7.6 and 22.4 points`."""
    span = _than(finding, change)
    return f"{'rise' if change.value > 0 else 'fall'} is {span.rpartition(' ')[0]}"


def _from_target(finding: Finding, change: Change) -> str:
    """`It is 3 to 7 points below its target of 35 by 2026 Q4`."""
    assert change.low is not None
    assert change.high is not None
    aim = style.value(change.previous, finding.unit, finding.decimals)
    it, is_, its = agreeing(finding.label, "It is its", "They are their").split()
    target = f"{its} target of {aim}{change.period.removeprefix(TARGET)}"
    if not change.way:
        return f"{it} cannot be told from {target}"
    apart = style.distance(change.low, change.high, finding.unit, finding.decimals)
    return f"{it} {is_} {apart} {'above' if change.way > 0 else 'below'} {target}"


def _than(finding: Finding, change: Change) -> str:
    """`between 2 and 16 points higher`."""
    assert change.low is not None
    assert change.high is not None
    return style.span(change.low, change.high, finding.unit, finding.decimals)


def _beyond_chance(finding: Finding, change: Change) -> str:
    """What a clear change is beyond; of one that something else can explain, nothing."""
    if change.beside:
        return ""
    if change.relevance is None:
        return f", {BEYOND_CHANCE}"
    bar = _size(change.matters, finding)
    if change.relevance == "matters":
        return f", {BEYOND_CHANCE} and enough to matter ({bar})"
    return f", {BEYOND_CHANCE}, but less than the {bar} that matter"


def _further(finding: Finding, other: Change) -> str:
    """What another comparison says, where that is not what the first says; always where a target stands."""
    first = finding.change
    if other.against == TARGET:
        return f"{_from_target(finding, other)}."
    if first is None or first.low is None or other.low is None or first.way == other.way:
        return ""
    if not other.way:
        return f"Against {other.period} there is no clear change."
    if first.way:
        return f"Against {other.period} it is the other way round: {_than(finding, other)}."
    return f"Against {other.period} it is {_than(finding, other)}, {BEYOND_CHANCE}."


def _verdict(change: Change) -> str:
    if change.against == TARGET:
        return ("below target", "cannot tell", "above target")[change.way + 1]
    words = VERDICTS[change.verdict]
    return words if change.relevance is None else RELEVANCE[change.relevance].format(verdict=words)


def _size(amount: float | None, finding: Finding) -> str:
    """The size of a change without its sign: `3.0 pts`."""
    return style.change(amount or 0.0, finding.unit, finding.decimals).lstrip("+")


def moved(finding: Finding, *, to: str = "") -> str:
    """What a title says of a number over time, in the words of its corrected verdict.

    `NPS fell clearly since 2026 Q2`, `CSAT shows no clear change since 2026 Q2`, `Revenue is USD 3, 2026 Q3`
    where there is nothing to compare with. `to` is said after a clear move only (`, to its lowest of 12
    quarters`).

        >>> from helpers.findings import Measure, measured
        >>> from helpers.stats import proportion, proportion_difference
        >>> previous = ("2026 Q2", proportion(300, 1000), proportion_difference(240, 1000, 300, 1000))
        >>> conversion = Measure("conversion", "Conversion", "share", "higher")
        >>> moved(measured(conversion, proportion(240, 1000), "2026 Q3", previous=previous))
        'Conversion fell clearly since 2026 Q2'
    """
    change, label = finding.change, finding.label
    if finding.value is None:
        return f"{label} {agreeing(label, 'is', 'are')} withheld: too few answers"
    if change is None or change.low is None or change.against == TARGET:
        return f"{label} {agreeing(label, 'is', 'are')} {finding.text.value}, {finding.period}"
    if change.relevance == "none":
        return f"{label} {agreeing(label, 'shows', 'show')} no change that matters since {change.period}"
    if change.verdict == "unclear":
        return f"{label} {agreeing(label, 'shows', 'show')} no clear change since {change.period}"
    if change.relevance == "small":
        to = ", but by less than matters"
    meanwhile = f", while {change.beside}" if change.beside else to
    return (
        f"{finding.label} {'rose' if change.value > 0 else 'fell'} clearly since {change.period}{meanwhile}"
    )


def contrast(  # noqa: PLR0913  (the parts of one sentence)
    rows: Sequence[Comparison],
    above: str,
    below: str,
    neither: str,
    *,
    before: str = "",
    after: str = "",
    joined: str = "; ",
    most: int | None = None,
    below_first: bool = False,
) -> str:
    """What a title says of rows that were tested, in the words of their corrected verdicts.

    `above` and `below` say it of the rows that stand clearly so; `{names}` is filled with their labels, and
    of `[scores|score]` the first is for one name, the second for several. They stand between `before` and
    `after`, `joined` to each other, `above` first unless `below_first`; `neither` is the whole title where no
    row is clear. At most `most` names are written out, the rest is counted. The title begins with a capital,
    but a name keeps its letters.

        >>> from helpers.stats import Comparison, Difference
        >>> gap = Difference(-12, 2, -16, -8, 0.95, 1e-6, "Wald")
        >>> rows = [Comparison("EMEA", None, None, gap, clear=True), Comparison("AMER", None, None, gap)]
        >>> contrast(rows, "{names} [is|are] above", "{names} [is|are] below", "No one", after=" the others")
        'EMEA is below the others'
    """
    sides = [
        (above, [row.label for row in rows if row.above]),
        (below, [row.label for row in rows if row.below]),
    ]
    told = [(words, names) for words, names in (sides[::-1] if below_first else sides) if names]
    if not told:
        return neither
    (first, names), *rest = told
    told = [(first if before else _capital(first), names), *rest]
    return _capital(before) + joined.join(_of(names, words, most) for words, names in told) + after


def agreeing(label: str, one: str, several: str) -> str:
    """The form of a verb for a label: `Open tickets` are several, `Number of tickets` and `NPS` are one.

    What a label is about stands before its first preposition or comma; a participle after it does not count.

        >>> labels = ("Open tickets in EMEA", "Tickets left open", "Number of tickets", "NPS", "Sales basis")
        >>> [agreeing(label, "is", "are") for label in labels]
        ['are', 'are', 'is', 'is', 'is']
    """
    words = re.split(_ASIDE, label, maxsplit=1)[0].split()
    while len(words) > 1 and re.search(_PARTICIPLE, words[-1]):
        words.pop()
    return several if words and re.search(_PLURAL, words[-1]) else one


def mid_sentence(label: str) -> str:
    """A label within a sentence: its first letter is small unless its first word has capitals of its own.

    >>> mid_sentence("Revenue per account"), mid_sentence("NPS"), mid_sentence("GitHub stars")
    ('revenue per account', 'NPS', 'GitHub stars')
    """
    first, *_ = label.split(" ")
    return label[:1].lower() + label[1:] if first[1:] == first[1:].lower() else label


def effect_sentence(label: str, sides: tuple[str, str], span: str, *, clear: bool) -> str:
    """A difference between two sides in a sentence; `span` is its interval in words."""
    first, second = sides
    if clear:
        return (
            f"{label} {agreeing(label, 'is', 'are')} {span} with {first} than with {second}, {BEYOND_CHANCE}."
        )
    show = agreeing(label, "shows", "show")
    return f"{label} {show} no clear difference between {first} and {second}: it lies {span}."


def _of(names: Sequence[str], words: str, most: int | None) -> str:
    agreed = re.sub(r"\[([^|\]]*)\|([^\]]*)\]", r"\1" if len(names) == 1 else r"\2", words)
    rest = len(names) - (most or len(names))
    shown = names if rest <= 1 else [*names[:most], f"{rest} more"]
    return agreed.replace("{names}", style.listed(shown))


def _capital(words: str) -> str:
    """The words with a capital first; `{names}` stays as it is, since names keep their letters."""
    return words[:1].upper() + words[1:]
