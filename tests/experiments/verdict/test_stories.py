"""The sample company over many seeds: each experiment gets its verdict, and nothing ships by chance."""

from collections.abc import Callable, Mapping
from math import ceil, sqrt
from pathlib import Path
from types import MappingProxyType

import pytest

from helpers import experiments, sample, sources
from helpers.experiments.verdict.readout import Readout, conclude
from helpers.sample import PLOT
from helpers.stats import Joint

from ..companies import AS_OF, Trials
from ..conftest import ROOT

COMPANIES = [2, pytest.param(200, marks=pytest.mark.slow)]
"""How many seeds: few always, many by `make bench`."""
ALPHA = 0.05


def fails(readout: Readout, check: str) -> bool:
    return any(one.key == check and not one.passed for one in readout.checks)


def true_lift(trials: Trials) -> bool:
    return trials.readout(PLOT.checkout_one_step.name).verdict.decision == "Ship"


def no_lift(trials: Trials) -> bool:
    return trials.readout(PLOT.shorter_signup.name).verdict.decision == "Do not ship"


def broken_split(trials: Trials) -> bool:
    found = trials.readout(PLOT.annual_plan_first.name)
    return found.verdict.decision == "No verdict" and fails(found, "sample_ratio")


def early_winner(trials: Trials) -> bool:
    """It leads clearly after its early part, is not stopped there, and does not ship in the end."""
    story = PLOT.onboarding_checklist
    plan, observed = experiments.load_protocol(story.name), trials.observed(story.name)
    lead = observed.days[round(story.early_part * story.days) - 1]
    early, end = conclude(plan, observed.until(lead)), conclude(plan, observed)
    leads = early.primary is not None and early.primary.difference.low > 0
    return leads and (early.verdict.decision, end.verdict.decision) == ("Keep running", "Do not ship")


def interacting_pair(trials: Trials) -> bool:
    """Both are withheld, and both readouts see that the changes act on each other."""
    found = [trials.readout(name) for name in PLOT.interaction.experiments]
    return all(
        one.verdict.decision == "No verdict" and all(pair.clear for pair in one.diagnostics.overlaps)
        for one in found
    )


def daily_totals(trials: Trials) -> bool:
    return trials.readout(PLOT.pricing_page.name).verdict.decision == "Ship"


STORIES: Mapping[str, Callable[[Trials], bool]] = MappingProxyType(
    {
        "true lift": true_lift,
        "none": no_lift,
        "broken split": broken_split,
        "early winner": early_winner,
        "interacting pair": interacting_pair,
        "daily totals": daily_totals,
    }
)
READ_ALONE = (
    PLOT.checkout_one_step,
    PLOT.shorter_signup,
    PLOT.annual_plan_first,
    PLOT.onboarding_checklist,
    PLOT.pricing_page,
)
"""The experiments whose protocols exclude no other that has the same units: those that may ship."""


def at_most(rate: float, draws: int) -> float:
    """The most that a rate may give by chance: three standard errors."""
    return rate * draws + 3 * sqrt(rate * (1 - rate) * draws)


@pytest.mark.parametrize("companies", COMPANIES)
def test_each_story_gets_its_verdict_in_nearly_every_company(companies: int) -> None:
    """95% of the companies less two standard errors: 184 of 200."""
    told = [
        {name: is_told(trials) for name, is_told in STORIES.items()}
        for trials in map(Trials, range(companies))
    ]
    right = {name: sum(one[name] for one in told) for name in STORIES}
    print(f"Right verdicts in {companies} companies: {right}")  # noqa: T201  (shown by `pytest -s`)
    assert min(right.values()) >= ceil(0.95 * companies - 2 * sqrt(0.95 * 0.05 * companies)), right


@pytest.mark.parametrize("companies", COMPANIES)
def test_what_does_nothing_seldom_ships(companies: int) -> None:
    """In companies in which nothing works: at most alpha / 2 and three standard errors, over all.

    And a trust check withholds few of the verdicts: each is flagged at 0.001.
    """
    decisions = [
        trials.readout(story.name).verdict.decision
        for trials in (Trials(seed, null=True) for seed in range(companies))
        for story in READ_ALONE
    ]
    found = {decision: decisions.count(decision) for decision in sorted(set(decisions))}
    print(f"Where nothing works: {found}")  # noqa: T201
    assert set(found) <= {"Ship", "Do not ship", "No verdict"}
    assert found.get("Ship", 0) <= at_most(ALPHA / 2, len(decisions))
    assert found.get("No verdict", 0) <= at_most(0.01, len(decisions))


def same(one: Joint, other: Joint, columns: tuple[str, ...]) -> None:
    for at in columns:
        mine, theirs = one.of(at), other.of(at)
        assert mine.n == theirs.n
        assert (mine.mean, mine.variance) == pytest.approx((theirs.mean, theirs.variance), rel=1e-12)
        for by in columns:
            assert one.covariance(at, by) == pytest.approx(
                other.covariance(at, by) or 0.0, rel=1e-9, abs=1e-12
            )


def test_these_observations_are_those_of_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One company, written, loaded and queried, against the same one aggregated by numpy."""
    trials, names = Trials(3), ("assignments", "outcomes", "totals")
    sample.write(tmp_path, as_of=AS_OF, seed=trials.seed, tables=names)
    declared = "".join(f"  {name}: {{path: {name}.parquet}}\n" for name in names)
    (tmp_path / "sources.yaml").write_text(f"tables:\n{declared}", encoding="utf-8")
    for name in ("metrics.yaml", "experiments"):
        (tmp_path / name).symlink_to(ROOT / "params" / name)
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    loaded = [sources.load(name) for name in names]
    for story in (*READ_ALONE, PLOT.search_ranking, PLOT.home_feed):
        plan = experiments.load_protocol(story.name)
        queried, made = experiments.read(plan, *loaded), trials.readout(story.name)
        assert queried.verdict == made.verdict
        for mine, theirs in zip(queried.diagnostics.overlaps, made.diagnostics.overlaps, strict=True):
            (here,), (there,) = mine.interactions, theirs.interactions
            assert here.difference.low == pytest.approx(there.difference.low)
            assert mine.p_independent == pytest.approx(theirs.p_independent)
        assert queried.observed.metrics == made.observed.metrics
        for arm in plan.arms:
            one, other = queried.observed, made.observed
            assert one.assigned(arm) == other.assigned(arm)
            same(one.joint(arm), other.joint(arm), one.columns)
