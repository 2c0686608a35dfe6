"""A page's comparisons corrected once, all together: the level at which each is drawn and decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from helpers.records import Check
from helpers.stats import Comparison, judged, page_rates

HEADLINES = 6
"""Headline comparisons that share half of alpha; more than these are a family like any other list."""

_WORDS = {10: "ten", 20: "twenty", 100: "a hundred"}


@dataclass(frozen=True)
class PageCorrection:
    """How the comparisons of one page are read: each list, and each headline, at an error rate of its own.

    Attributes:
        alpha: how often a page like this may claim a change when there is none, a fraction.
        rates: the error rate of every list and headline comparison, by name (`regions:previous`).

    Example:
        >>> from helpers.stats import Comparison, proportion_difference
        >>> def row(name: str, paid: int) -> Comparison:
        ...     return Comparison(name, None, None, proportion_difference(paid, 1000, 300, 1000))
        >>> markets = [row("France", 342), row("Germany", 220), row("Italy", 301)]
        >>> page = PageCorrection.of({"conversion": row("All", 320)}, {"markets": markets}, 0.05)
        >>> [(found.label, found.clear) for found in page.judged("markets", markets)]
        [('France', False), ('Germany', True), ('Italy', False)]
        >>> page.sentence
        'If nothing had changed, about one page in twenty like this would say clear somewhere.'
    """

    alpha: float
    rates: Mapping[str, float] = field(repr=False)

    @classmethod
    def of(
        cls,
        headlines: Mapping[str, Comparison],
        families: Mapping[str, Sequence[Comparison]],
        alpha: float,
    ) -> PageCorrection:
        """Correct all of a page: its headline comparisons, the most important first, and its other lists.

        What is no headline among the first six is read as one more list. See `helpers.stats.page_rates`.
        """
        first, others = list(headlines)[:HEADLINES], list(headlines)[HEADLINES:]
        listed = {**families, "": [headlines[name] for name in others]}
        found = page_rates(
            [_p(headlines[name]) for name in first],
            [[_p(row) for row in rows] for rows in listed.values()],
            alpha,
        )
        rates = dict(zip(listed, found.families, strict=True))
        further = dict.fromkeys(others, rates.pop(""))
        return cls(alpha, {**dict(zip(first, found.headlines, strict=True)), **rates, **further})

    def judged(self, name: str, rows: Sequence[Comparison]) -> tuple[Comparison, ...]:
        """The rows of one list, or a headline alone, at the level that decides them on this page.

        A list that the page was not corrected for stands alone.
        """
        return judged(rows, self.rates.get(name))

    @property
    def sentence(self) -> str:
        """How often such a page says clear when nothing has changed."""
        pages = round(1 / self.alpha)
        return (
            f"If nothing had changed, about one page in {_WORDS.get(pages, pages)} like this would say clear "
            "somewhere."
        )

    @property
    def check(self) -> Check:
        """The sentence as a record, for the page and the catalogue."""
        return Check(
            key="false_alarms", passed=True, severity="info", text=self.sentence, false_alarms=self.alpha
        )


def _p(row: Comparison) -> float | None:
    return row.difference.p if row.difference else None
