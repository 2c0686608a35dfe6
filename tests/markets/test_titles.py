"""Titles say what the corrected verdicts hold and no more, whatever the counts."""

import re
from collections.abc import Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import markets
from helpers.findings import NoData
from helpers.markets import MarketSums, MonthlySums, page
from helpers.markets.findings import total_finding
from helpers.markets.market_ranks import market_ranks
from helpers.metrics import Kind
from helpers.stats import Comparison

from .conftest import summed

NAMES = ("Chile", "Japan", "Kenya", "Spain")
MONTHS = [date(2026, month, 1) for month in (4, 5, 6, 7, 8, 9)]
DIRECTIONS = re.compile(r"\b(above|below|rose|fell|leads|higher|lower|more|less|best|worst|grew|shrank)\b")
QUIET = examples(15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts that are their words alone: drawing them would take minutes."""

    class Undrawn:
        def __getattr__(self, _kind: str) -> Any:
            return lambda *_, **words: SimpleNamespace(**words)

    monkeypatch.setattr(page, "charts", Undrawn())


@st.composite
def companies(draw: st.DrawFn, kind: Kind = "share") -> MarketSums:
    """Markets with rates so far apart, or so near, that some differences are clear and some are not."""
    cells = []
    for market in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True)):
        for segment in ("SMB", "Large"):
            for half in (MONTHS[:3], MONTHS[3:]):
                rate = draw(st.sampled_from((0.1, 0.2, 0.22, 0.3, 0.6)))
                trials = draw(st.integers(3, 400))
                noise = draw(st.integers(0, 2))
                cells += [
                    MonthlySums(
                        market, month, segment, min(trials, round(rate * trials) + noise * at), trials
                    )
                    for at, month in enumerate(half)
                ]
    return summed(*cells, kind=kind)


@st.composite
def mixes(draw: st.DrawFn) -> MarketSums:
    """Markets of segments that differ much, weighed so differently that some pairs turn round."""
    cells = []
    for market in NAMES[:3]:
        better = draw(st.sampled_from((0.0, 0.03, 0.1)))
        for segment, rate in (("SMB", 0.1), ("Large", 0.6)):
            trials = draw(st.sampled_from((30, 300, 3000)))
            cells.append(MonthlySums(market, MONTHS[-1], segment, round((rate + better) * trials), trials))
    return summed(*cells)


TESTED = st.one_of(companies(), companies("ratio"))


def named(title: str, words: str) -> list[str]:
    """The markets of which a title says these words."""
    match = re.search(words, title)
    return re.findall("|".join(NAMES), match[0]) if match else []


def labels(rows: Sequence[Comparison], side: str) -> list[str]:
    return sorted(row.label for row in rows if getattr(row, side))


@given(TESTED)
@QUIET
def test_the_ranking_names_an_end_only_with_all_that_may_be_it_and_a_clear_one_among_them(
    sums: MarketSums,
) -> None:
    rows, title = markets.against_others(sums), markets.ranking(sums).title
    ranks = market_ranks(sums)
    for end, side, may_be in (
        (r"is highest in (?:(?!lowest).)*", "above", [name for name, one in ranks.items() if one.first == 1]),
        (r"lowest in .*", "below", [name for name, one in ranks.items() if one.last == len(ranks)]),
    ):
        told = named(title, end)
        assert sorted(told) in ([], sorted(may_be))
        assert bool(told) == (
            0 < len(may_be) < len(ranks) and len(may_be) <= 3 and bool({*labels(rows, side)} & {*may_be})
        )


@given(TESTED)
@QUIET
def test_the_changes_name_exactly_the_clear_markets(sums: MarketSums) -> None:
    try:
        _, *rows = markets.against_previous(sums)
    except NoData:
        return
    title = markets.changes_since_previous(sums).title
    assert sorted(named(title, r"rose clearly in (?:(?!fell).)*")) == labels(rows, "above")
    assert sorted(named(title, r"fell clearly in .*")) == labels(rows, "below")
    assert bool(DIRECTIONS.search(title)) == any(row.clear for row in rows)


@given(TESTED)
@QUIET
def test_the_total_says_its_verdict(sums: MarketSums) -> None:
    if not sums.shows(sums.scope.period):
        return
    title, change = markets.total_over_time(sums).title, total_finding(sums).change
    clear = change is not None and change.verdict != "unclear"
    assert ("rose" in title) == (clear and change is not None and change.value > 0)
    assert ("fell" in title) == (clear and change is not None and change.value < 0)


@given(TESTED)
@QUIET
def test_the_largest_markets_are_named_by_their_verdicts(sums: MarketSums) -> None:
    if not sums.markets:
        return
    rows, title = markets.against_others(sums), markets.largest_over_time(sums).title
    assert sorted(named(title, r"^(?:(?! below).)* above")) == labels(rows, "above")
    assert sorted(named(title, r"(?:(?! above).)* below")) == labels(rows, "below")
    assert bool(DIRECTIONS.search(title)) == any(row.clear for row in rows)


@given(mixes())
@QUIET
def test_a_reversal_is_told_of_clear_and_opposed_differences_only(sums: MarketSums) -> None:
    pairs = markets.reversals(sums)
    event("turned round" if pairs else "in order")
    if not pairs:
        with pytest.raises(NoData):
            markets.gap_at_same_mix(sums)
        return
    title = markets.gap_at_same_mix(sums).title
    assert title.startswith(f"{pairs[0].market} is below {pairs[0].against} overall, yet above it")
    for pair in pairs:
        assert pair.overall.high < 0 < pair.same_mix.low
        assert pair.p < 0.05


@given(TESTED)
@QUIET
def test_the_parts_of_a_change_have_signs_and_no_direction(sums: MarketSums) -> None:
    try:
        title = markets.mix_and_rate_effects(sums).title
    except NoData:
        return
    assert not DIRECTIONS.search(title)


@given(companies("sum"))
@QUIET
def test_a_sum_is_counted_and_never_tested(sums: MarketSums) -> None:
    for show in (markets.ranking, markets.total_over_time, markets.changes_since_previous):
        try:
            assert not re.search(r"\b(clearly|above|below|rose|fell)\b", show(sums).title)
        except NoData:
            continue
