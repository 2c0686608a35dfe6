"""Where a number comes from, told from what a run records of it: no kernel and no data are needed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from helpers.periods import day
from helpers.records.cited_methods import cited
from helpers.records.outputs import Finding, TableAccount

Term = tuple[str, str]


def explained(finding: Finding, accounts: Iterable[TableAccount] = ()) -> tuple[Term, ...]:
    """What a number counts, of how many, how it was computed, what it is compared with, and what was read.

    Each is a term and its text; what is not known of a number has no term. `accounts` are those of the
    tables of its run.

        >>> from helpers.records import Text
        >>> shown = {"label": "Conversion", "unit": "share", "period": "2026 Q3", "text": Text(value="24.0%")}
        >>> found = Finding(key="conversion", value=0.24, n=1000, method="Wilson", **shown)
        >>> explained(found)[1:]
        (('Of', '1,000'), ('Period', '2026 Q3'), ('Method', 'score interval of a share (Wilson 1927)'))
    """
    by_name = {account.name: account for account in accounts}
    text = finding.text
    interval = f"{text.interval}{f' ({text.level})' if text.level else ''}" if text.interval else ""
    terms = (
        (finding.label, text.value),
        ("Interval", interval),
        ("Counts", finding.counts),
        ("Of", f"{finding.n:,}" if finding.n is not None else ""),
        ("Period", finding.period),
        ("Method", cited(finding.method)),
        *(
            (
                f"Against {change.period}",
                _moved(words.previous, words.change, words.change_interval, words.verdict),
            )
            for change, words in finding.changes
        ),
        *(("Read from", read_from(by_name[name])) for name in finding.sources if name in by_name),
    )
    return tuple((term, said) for term, said in terms if said)


def _moved(previous: str, change: str, interval: str, verdict: str) -> str:
    moved = f"{change} ({interval})" if interval else change
    return ", ".join(part for part in (previous, moved, verdict) if part)


def read_from(account: TableAccount) -> str:
    """What was read of a table and what became of it, in a line.

    >>> read_from(TableAccount(name="answers", read=10, kept=8, repeated={"the key": 2}, latest="2026-09-30"))
    'answers: 8 of 10 rows, 2 repeated; up to 30 Sep 2026'
    """
    aside = (
        (account.set_aside, "set aside"),
        (account.repeats, "repeated"),
        (account.filtered, "filtered out"),
        (sum(account.unknown.values()), "values unknown"),
    )
    told = "".join(f", {n:,} {what}" for n, what in aside if n)
    until = f"; up to {told_day(account.latest)}" if account.latest else ""
    return f"{account.name}: {account.kept:,} of {account.read:,} rows{told}{until}"


def told_day(text: str) -> str:
    """A day as people write it; what is no day stays as it is.

    >>> told_day("2026-09-30T10:00"), told_day("soon")
    ('30 Sep 2026', 'soon')
    """
    try:
        return day(date.fromisoformat(text[:10]))
    except ValueError:
        return text
