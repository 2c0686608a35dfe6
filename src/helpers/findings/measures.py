"""Numbers as findings: what is measured, what is withheld, what differs, what is concluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from helpers import style
from helpers.findings import wording
from helpers.findings.references import ComparedRows, Reference, Target
from helpers.findings.verdicts import change_from
from helpers.periods import Period
from helpers.records import Change, Finding, Text
from helpers.records.outputs import Good
from helpers.records.report_terms import TARGET
from helpers.stats import Difference, Estimate

_PLACES = frozenset({"region", "market"})
"""Parts of which a label says what is in them: `Conversion in Germany`."""


@dataclass(frozen=True)
class Measure:
    """What a number is, whatever its value: key, label, unit, and which direction is good.

    `unit` is one of helpers.style: `share` (a fraction), `points`, `count`, `days`, `ratio`, `currency:USD`,
    or `text` for a conclusion in words. `matters` is the least change worth acting on, in that unit, `target`
    what the whole is to reach; a part has none.

        >>> nps = Measure("nps", "NPS", "points", "higher")
        >>> nps.at(region="EMEA").key, nps.at(region="EMEA").label
        ('nps@region=emea', 'NPS in EMEA')
    """

    key: str
    label: str
    unit: str
    good: Good = "none"
    decimals: int | None = None
    matters: float | None = None
    target: Target | None = None
    counts: str = ""
    sources: tuple[str, ...] = ()

    @property
    def aim(self) -> float | None:
        """What it is to reach, as a number; None where no target is stated."""
        return self.target.value if self.target else None

    def at(self, **dimensions: str) -> Measure:
        """The same measure of one part: `nps@region=emea`; without dimensions the measure itself."""
        if not dimensions:
            return self
        where = ",".join(f"{name}={_key_value(value)}" for name, value in dimensions.items())
        label = self.label + "".join(
            f" in {value}" if name in _PLACES and " in " not in self.label else f", {value}"
            for name, value in dimensions.items()
        )
        return replace(self, key=f"{self.key}@{where}", label=label, target=None)


def measured(  # noqa: PLR0913  (the fields of one record)
    measure: Measure,
    estimate: Estimate,
    period: str,
    *,
    headline: bool = False,
    previous: tuple[str, Estimate, Difference | None] | None = None,
    method: str = "",
    tables: Sequence[str] = (),
) -> Finding:
    """One number as a finding; `previous` is (period, estimate, difference) of the preceding period.

    A difference of None tells the change without an interval and a verdict, as of a stock. The verdict is
    that of the interval of the difference: of several in one list, judge the rows together first
    (`helpers.stats.judged`, on a page `scope.judged`).

        >>> from helpers.stats import proportion, proportion_difference
        >>> then, change = proportion(300, 1000), proportion_difference(240, 1000, 300, 1000)
        >>> conversion = Measure("conversion", "Conversion", "share", "higher")
        >>> previous = ("2026 Q2", then, change)
        >>> found = measured(conversion, proportion(240, 1000), "2026 Q3", previous=previous)
        >>> found.text.value, found.text.interval, found.text.verdict
        ('24.0%', '21.5 to 26.7', 'worse')
    """
    finding = Finding(
        key=measure.key,
        label=measure.label,
        value=estimate.value,
        se=estimate.se,
        low=estimate.low,
        high=estimate.high,
        level=estimate.level,
        unit=measure.unit,
        decimals=measure.decimals,
        n=estimate.n,
        period=period,
        good=measure.good,
        counts=measure.counts,
        sources=measure.sources,
        headline=headline,
        change=_changed(measure, estimate, Reference("previous", previous[0]), *previous[1:])
        if previous
        else None,
        method=method or estimate.method,
        tables=tuple(tables),
        text=Text(value=""),
    )
    return finding.model_copy(update={"text": wording.worded(finding)})


def compared(
    measure: Measure,
    found: ComparedRows,
    period: Period,
    *,
    headline: bool = False,
    tables: Sequence[str] = (),
) -> Finding:
    """A row against what its page compares with, as a finding; without a change where that is nothing.

    `tables` names the charts and tables that show the number.

        >>> from helpers.stats import compared_proportions
        >>> conversion = Measure("conversion", "Conversion", "share", "higher")
        >>> row = compared_proportions("All markets", (240, 1000), (300, 1000))
        >>> rows = ComparedRows.of("total", [row], Reference("previous", "2026 Q2"))
        >>> found = compared(conversion, rows, Period(2026, 3))
        >>> found.text.value, found.change.period, found.text.verdict
        ('24.0%', '2026 Q2', 'worse')

    Raises:
        ValueError: the row has no number.
    """
    return _compared(measure, found, 0, period, headline=headline, tables=tables)


def compared_by(
    dimension: str,
    measure: Measure,
    found: ComparedRows,
    period: Period,
    *,
    tables: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """The rows of one list, such as all areas, as findings with the verdicts that the rows have.

    Each is the measure at the label of its row: `still_open@area=billing`.

        >>> from helpers.stats import compared_proportions, judged
        >>> counts = {"Billing": ((60, 600), (30, 600)), "Exports": ((10, 300), (12, 310))}
        >>> rows = judged([compared_proportions(area, *sides) for area, sides in counts.items()])
        >>> still_open = Measure("still_open", "Tickets still open", "share", "lower")
        >>> areas = ComparedRows.of("areas", rows, Reference("previous", "2026 Q2"))
        >>> found = compared_by("area", still_open, areas, Period(2026, 3))
        >>> [(one.key, one.text.verdict) for one in found]
        [('still_open@area=billing', 'worse'), ('still_open@area=exports', 'no clear change')]
    """
    measures = [measure.at(**{dimension: row.label}) for row in found.rows]
    return compared_rows(measures, found, period, tables=tables)


def compared_rows(
    measures: Sequence[Measure], found: ComparedRows, period: Period, *, tables: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """The rows of one list as findings, each with a measure of its own, in the order of the rows.

    >>> from helpers.stats import compared_proportions
    >>> rows = [compared_proportions("All", (60, 600), (30, 600))]
    >>> found = ComparedRows.of("open", rows, Reference("previous", "2026 Q2"))
    >>> still_open = Measure("still_open", "Tickets still open", "share", "lower")
    >>> [one.text.verdict for one in compared_rows([still_open], found, Period(2026, 3))]
    ['worse']
    """
    return tuple(_compared(measure, found, at, period, tables=tables) for at, measure in enumerate(measures))


def _compared(  # noqa: PLR0913  (the fields of one record)
    measure: Measure,
    found: ComparedRows,
    at: int,
    period: Period,
    *,
    headline: bool = False,
    tables: Sequence[str] = (),
) -> Finding:
    row = found.rows[at]
    if row.now is None:
        raise ValueError(f"{row.label} has no number in {period.label}.")
    plain = measured(measure, row.now, period.label, headline=headline, tables=tables)
    changes = [
        _changed(measure, row.now, reference, one.reference, one.difference)
        for reference, one in found.at(at)
        if one.reference and one.difference
    ]
    return wording.with_changes(plain, changes)


def _changed(
    measure: Measure, now: Estimate, reference: Reference, then: Estimate, difference: Difference | None
) -> Change:
    if difference is None:
        return Change(
            against=reference.name,
            period=reference.label,
            previous=then.value,
            value=now.value - then.value,
        )
    matters = None if reference.name == TARGET else measure.matters
    return change_from(reference, then, difference, good=measure.good, level=now.level, matters=matters)


def withheld(
    measure: Measure, period: str, reason: str, *, n: int | None = None, headline: bool = False
) -> Finding:
    """A number that is not told, and why: `46 answers; 100 are needed`.

    >>> nps = Measure("nps", "NPS", "points", "higher")
    >>> withheld(nps, "2026 Q3", "46 answers; 100 are needed", n=46).text.sentence
    'For NPS there is no number: 46 answers; 100 are needed'
    """
    return Finding(
        key=measure.key,
        label=measure.label,
        value=None,
        unit=measure.unit,
        decimals=measure.decimals,
        n=n,
        period=period,
        good=measure.good,
        counts=measure.counts,
        sources=measure.sources,
        headline=headline,
        text=Text(
            value="withheld",
            sentence=f"For {measure.label} there is no number: {reason}",
            n=style.count(n) if n is not None else "",
        ),
    )


def effect(  # noqa: PLR0913  (the fields of one record)
    measure: Measure,
    difference: Difference,
    period: str,
    *,
    sides: tuple[str, str],
    n: int,
    headline: bool = False,
    previous: tuple[str, Difference, Difference] | None = None,
) -> Finding:
    """The difference between two sides of one experiment as a finding, worded with its sign.

    `sides` are what is measured and what it is measured against, as people call them; the interval alone
    says whether the difference is clear. `previous` is (look, difference then, how far it has moved).

        >>> from helpers.stats import proportion_difference
        >>> signup = Measure("signup", "Sign-up", "share", "higher")
        >>> gain = proportion_difference(350, 1000, 300, 1000)
        >>> found = effect(signup, gain, "2026 Q3", sides=("the short form", "the long form"), n=2000)
        >>> found.label, found.text.interval
        ('Sign-up, the short form less the long form', '+0.9 to +9.1')
    """
    change = _since(measure, difference, *previous) if previous else None
    return Finding(
        key=measure.key,
        label=f"{measure.label}, {sides[0]} less {sides[1]}",
        value=difference.value,
        se=difference.se,
        low=difference.low,
        high=difference.high,
        level=difference.level,
        unit=measure.unit,
        decimals=measure.decimals,
        n=n,
        period=period,
        good=measure.good,
        counts=measure.counts,
        sources=measure.sources,
        headline=headline,
        change=change,
        method=difference.method,
        text=_effect_text(measure, difference, sides, n, change),
    )


def _since(measure: Measure, now: Difference, look: str, then: Difference, moved: Difference) -> Change:
    return change_from(Reference("look", look), then, moved, good=measure.good, level=now.level)


def _effect_text(
    measure: Measure, difference: Difference, sides: tuple[str, str], n: int, change: Change | None
) -> Text:
    unit, digits = measure.unit, measure.decimals
    span = style.span(difference.low, difference.high, unit, digits)
    clear = not difference.low <= 0 <= difference.high
    return Text(
        value=style.change(difference.value, unit, digits),
        interval=style.change_interval(difference.low, difference.high, unit, digits),
        sentence=wording.effect_sentence(measure.label, sides, span, clear=clear),
        n=style.count(n),
        level=style.level(difference.level),
        **_since_last_look(change, unit, digits),
    )


def _since_last_look(change: Change | None, unit: str, digits: int | None) -> dict[str, str]:
    """The words for how far a difference has moved."""
    if change is None or change.low is None or change.high is None:
        return {}
    return {
        "previous": style.change(change.previous, unit, digits),
        "change": style.change(change.value, unit, digits),
        "change_interval": style.change_interval(change.low, change.high, unit, digits),
        "verdict": f"{'steady' if change.verdict == 'unclear' else change.verdict} since that look",
    }


def concluded(measure: Measure, conclusion: str, sentence: str, period: str) -> Finding:
    """A conclusion in words, such as the verdict of an experiment: it has no number and is a headline.

    >>> verdict = Measure("checkout.verdict", "What to do", "text")
    >>> concluded(verdict, "Roll it out", "More orders, and no guard-rail lost.", "2026 Q3").text.value
    'Roll it out'
    """
    return Finding(
        key=measure.key,
        label=measure.label,
        value=None,
        unit=measure.unit,
        period=period,
        good=measure.good,
        counts=measure.counts,
        sources=measure.sources,
        headline=True,
        text=Text(value=conclusion, sentence=sentence),
    )


def _key_value(value: str) -> str:
    return "".join(letter if letter not in ",=@" else "_" for letter in value.lower().replace(" ", "_"))
