"""Where the numbers of the first screens come from: what each kind counts, how, and what was read for it.

The page lists every kind once, in its provenance; a number leads there, and with scripts a note beside it
says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup, escape

from helpers.records import Finding, TableAccount
from helpers.records.cited_methods import cited
from helpers.records.explanation import read_from

_Kind = tuple[str, str, tuple[str, ...]]


@dataclass(frozen=True)
class NumberOrigin:
    """Numbers that count the same rows in the same way: `id` is the place on the page that tells it."""

    id: str
    label: str
    counts: str
    method: str
    read: tuple[str, ...]


@dataclass(frozen=True)
class NumberOrigins:
    """Every kind of number, in the order of the page; one that tells nothing of itself is of none."""

    listed: tuple[NumberOrigin, ...] = ()
    _of: dict[_Kind, NumberOrigin] = field(default_factory=dict, repr=False)

    def of(self, finding: Finding) -> NumberOrigin | None:
        """Where a number comes from; None where that is not known."""
        return self._of.get(_kind(finding))

    def linked(self, finding: Finding, shown: str) -> Markup:
        """What a page shows of a number, as a link to where it comes from."""
        origin = self.of(finding)
        if origin is None:
            return escape(shown)
        n = f"{finding.n:,}" if finding.n is not None else ""
        link = Markup('<a class="why" href="#{}" data-k="{}" data-n="{}">{}</a>')
        return link.format(origin.id, finding.key, n, shown)


def number_origins(findings: Iterable[Finding], tables: Sequence[TableAccount]) -> NumberOrigins:
    """What the numbers count, each kind under the shortest of its labels."""
    labels: dict[_Kind, str] = {}
    for finding in findings:
        if finding.counts or finding.method:
            known = labels.setdefault(_kind(finding), finding.label)
            labels[_kind(finding)] = min(known, finding.label, key=len)
    accounts = {account.name: read_from(account) for account in tables}
    found = {
        kind: NumberOrigin(
            f"from{at}",
            label,
            kind[0],
            cited(kind[1]),
            tuple(accounts[one] for one in kind[2] if one in accounts),
        )
        for at, (kind, label) in enumerate(labels.items(), 1)
    }
    return NumberOrigins(tuple(found.values()), found)


def _kind(finding: Finding) -> _Kind:
    return finding.counts, finding.method, finding.sources
