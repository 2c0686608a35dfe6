"""Pages of many sample companies: null ones seldom say clear, planted stories are found by their cause."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from helpers import adoption, feedback, markets, sample, sources
from helpers.adoption import AdoptionRule
from helpers.adoption.corrected_usage import key_changes
from helpers.feedback import Gathered
from helpers.feedback.findings import (
    group_findings,
    response_findings,
    score_findings,
    theme_findings,
    ticket_findings,
)
from helpers.feedback.response import segment_response
from helpers.feedback.scores import group_scores
from helpers.feedback.themes import detractor_mentions, theme_mentions
from helpers.markets.changes import market_changes, total_changes
from helpers.records import Finding
from helpers.records.report_terms import TARGET
from helpers.sample import PLOT
from helpers.scope import Scope
from helpers.stats import mix_and_rate

from .pages import AS_OF, COMPARED, NEWEST, PARAMS, Pages

YEAR_AGO = COMPARED[-1]
FEW, MOST = 40, 6
"""An exact 5 % method has more than six of forty in one of 73 tries; these have seeds of their own."""

SMALL = 0.05
"""What is null is so at every size; a small company is made fast."""

MANY = pytest.mark.slow


@pytest.fixture(autouse=True, scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The shipped metrics and themes, and no events."""
    folder = tmp_path_factory.mktemp("params")
    for name in ("metrics.yaml", "themes.yaml", "project.yaml"):
        (folder / name).symlink_to(PARAMS / name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_PARAMS", str(folder))
        yield


# ---- what is said to be clear


def of_feedback(pages: Pages) -> list[str]:
    """Everything that the page on feedback of all regions calls clear."""
    gathered = pages.feedback()
    answers, invitations, comments = gathered.answers(), gathered.invitations(), gathered.comments()
    found = (
        *score_findings(answers),
        *group_findings(answers),
        *theme_findings(comments, theme_mentions(comments)),
        *ticket_findings(gathered.tickets()),
        *response_findings(invitations, answers),
    )
    groups = group_scores(answers)
    rows = (*groups.regions, *groups.segments, *segment_response(invitations))
    rows += detractor_mentions(comments).rows
    return [*changed(found), *(row.label for row in rows if row.clear)]


def of_markets(pages: Pages) -> list[str]:
    """Everything that the page on markets calls clear."""
    sums = pages.markets()
    compared = [found.judged(sums.scope.correction) for found in (total_changes(sums), market_changes(sums))]
    rows = [row for found in compared for against in found.against.values() for row in against]
    clear = [row.label for row in (*rows, *markets.against_others(sums)) if row.clear]
    return [*clear, *(f"{pair.market} over {pair.against}" for pair in markets.reversals(sums))]


def of_adoption(pages: Pages) -> list[str]:
    """Everything that the page on adoption of all features calls clear."""
    usage = pages.adoption()
    compared = [found.judged(usage.scope.correction) for found in key_changes(usage).values()]
    rows = [row for found in compared for against in found.against.values() for row in against]
    return [row.label for row in (*rows, *adoption.by_channel(usage).rows) if row.clear]


def changed(found: tuple[Finding, ...]) -> Iterator[str]:
    """What changed clearly; that a number is apart from its target is no change."""
    for one in found:
        yield from (one.key for change, _ in one.changes if change.way and change.against != TARGET)


REPORTS: Mapping[str, Callable[[Pages], list[str]]] = MappingProxyType(
    {"feedback": of_feedback, "adoption": of_adoption, "markets": of_markets}
)


def saying_clear(report: str, seeds: range, scale: float) -> dict[int, list[str]]:
    """The null companies whose page says clear, and of what."""
    said = {seed: REPORTS[report](Pages(seed, null=True, scale=scale)) for seed in seeds}
    return {seed: clear for seed, clear in said.items() if clear}


def test_null_companies_seldom_have_a_page_on_adoption_that_says_clear() -> None:
    """Those on feedback and on markets are drawn in tests/test_null_pages.py, which costs less."""
    found = saying_clear("adoption", range(1000, 1000 + FEW), SMALL)
    assert len(found) <= MOST, found


@MANY
@pytest.mark.parametrize("report", REPORTS)
def test_two_hundred_null_companies_hold_the_stated_rate(report: str) -> None:
    """At most 19 of 200, as an exact 5 % method gives in all but one of 500 tries."""
    found = saying_clear(report, range(200), 0.1)
    print(f"Null pages of {report} that say clear: {len(found)} of 200")  # noqa: T201
    assert len(found) <= 19, found


# ---- planted stories, each by its right cause


def nps_falls_in_one_region(pages: Pages) -> bool:
    """In that region's edition with its theme, and of all regions in that one alone."""
    told, everywhere = PLOT.nps_fall, pages.feedback()
    there = pages.feedback(told.region)
    (nps, *_) = score_findings(there.answers())
    regions = {one.key: one for one in group_findings(everywhere.answers())}
    fallen = {key for key, one in regions.items() if key.startswith("nps@region") and verdict(one) == "worse"}
    return (
        verdict(nps) == "worse"
        and fallen == {f"nps@region={told.region.lower()}"}
        and verdict(theme(there, "slow_exports")) == "worse"
    )


def one_segment_answers_least(pages: Pages) -> bool:
    below = [row.label for row in segment_response(pages.feedback().invitations()) if row.below]
    return below == [PLOT.under_response.segment]


def csat_falls_by_who_answers(pages: Pages) -> bool:
    """The fall is told together with whose answers have become more."""
    (_, csat) = score_findings(pages.feedback().answers())
    assert csat.change is not None
    return verdict(csat) == "worse" and csat.change.beside.startswith(f"{PLOT.campaign.segment} went from")


def a_feature_takes_off_and_one_dies(pages: Pages) -> bool:
    usages = [pages.adoption(told.feature) for told in (PLOT.take_off, PLOT.dying)]
    found = [key_changes(usage)["adopted"].judged(usage.scope.correction) for usage in usages]
    (risen,), (fallen,) = (rows.first for rows in found)
    return risen.above and fallen.below


def a_market_falls_by_its_mix(pages: Pages) -> bool:
    """Below the other overall and above it at the same mix; the fall is more of mix than of rate."""
    told, sums = PLOT.mix_shift, pages.markets()
    pairs = {(pair.market, pair.against) for pair in markets.reversals(sums)}
    split = next(one for one in markets.decompositions(sums) if one.market == told.better)
    by_mix = abs(split.split.mix) > 4 * abs(split.split.rate)
    return (told.better, told.other) in pairs and split.clear and by_mix


def a_launch_lifts_one_market(pages: Pages) -> bool:
    """Above last year, by its rates and not by its mix."""
    told, sums = PLOT.launch, pages.markets()
    against = market_changes(sums).judged(sums.scope.correction).against
    rows = next(rows for reference, rows in against.items() if reference.period == YEAR_AGO)
    risen = [row.label for row in rows if row.above]
    now, then = (sums.by_segment(period, told.market) for period in (NEWEST, YEAR_AGO))
    split = mix_and_rate(now, then)
    return told.market in risen and split.rate > 4 * abs(split.mix)


def verdict(found: Finding) -> str:
    return found.change.verdict if found.change else ""


def theme(gathered: Gathered, name: str) -> Finding:
    comments = gathered.comments()
    found = theme_findings(comments, theme_mentions(comments))
    return next(one for one in found if one.key == f"comments@theme={name}")


STORIES: Mapping[str, Callable[[Pages], bool]] = MappingProxyType(
    {
        "nps_fall": nps_falls_in_one_region,
        "under_response": one_segment_answers_least,
        "campaign": csat_falls_by_who_answers,
        "take_off, dying": a_feature_takes_off_and_one_dies,
        "mix_shift": a_market_falls_by_its_mix,
        "launch": a_launch_lifts_one_market,
    }
)


@MANY
def test_each_planted_story_is_found_in_nearly_every_company() -> None:
    """In at least 184 of 200: 95 % less two standard errors."""
    found = dict.fromkeys(STORIES, 0)
    for pages in map(Pages, range(200)):
        for name, is_found in STORIES.items():
            found[name] += is_found(pages)
    print(f"Planted stories found in 200 companies: {found}")  # noqa: T201
    assert min(found.values()) >= 184, found


@pytest.mark.parametrize("name", ["mix_shift", "launch"])
def test_a_planted_story_of_markets_is_found_in_a_few_companies(name: str) -> None:
    assert sum(STORIES[name](pages) for pages in map(Pages, range(5))) >= 4


# ---- these counts are those of the engine


@MANY
def test_these_pages_are_those_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One small company, written, loaded and queried, against the same one counted by pandas."""
    pages = Pages(4, scale=0.1)
    names = ("responses", "invitations", "tickets", "users", "events", "market_metrics")
    sample.write(tmp_path, as_of=AS_OF, seed=pages.seed, scale=pages.scale, tables=names)
    (tmp_path / "events.yaml").unlink()
    declared = "".join(f"  {name}: {{path: {name}.parquet}}\n" for name in names)
    (tmp_path / "sources.yaml").write_text(f"tables:\n{declared}", encoding="utf-8")
    for name in ("metrics.yaml", "themes.yaml", "project.yaml"):
        (tmp_path / name).symlink_to(PARAMS / name)
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    responses, invitations, tickets, users, events, sums = (sources.load(name) for name in names)
    scope = Scope.of(responses, NEWEST, region="EMEA")
    made, asked = pages.feedback("EMEA"), feedback.gather(responses, invitations, tickets, scope)
    assert sorted(map(str, made.answers().cells)) == sorted(map(str, asked.answers().cells))
    assert sorted(map(str, made.comments().cells)) == sorted(map(str, asked.comments().cells))
    assert made.invitations().named == asked.invitations().named
    assert made.tickets().opened == {
        area: dict(days) for area, days in asked.tickets().opened.items() if area in made.tickets().opened
    }
    for feature in ("all", PLOT.take_off.feature):
        rule = AdoptionRule(feature, 3, 7)
        theirs = adoption.usage(users, events, Scope.of(events, NEWEST, regions=users), rule)
        mine = pages.adoption(feature)
        assert mine.period_counts == theirs.period_counts
        assert mine.channels == theirs.channels
        for period in mine.user_months:  # a feature that takes off had none before
            assert vars(mine.user_months[period]) == pytest.approx(vars(theirs.user_months[period]))
        for name, rows in key_changes(mine).items():
            now, then = rows.rows[0].now, key_changes(theirs)[name].rows[0].now
            assert now is not None
            assert then is not None
            assert (now.value, now.se, now.n) == pytest.approx((then.value, then.se, then.n))
    queried = markets.market_sums(sums, "conversion", Scope.of(sums, NEWEST))
    by_market = (pages.markets(), queried)
    assert [sums.sums(period) for sums in by_market for period in COMPARED[:1]] == pytest.approx(
        [queried.sums(NEWEST), queried.sums(NEWEST)]
    )
