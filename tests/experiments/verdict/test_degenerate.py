"""Inputs at the edge: each gives the typed result that this table says, and no finding is ever NaN."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers import experiments
from helpers.experiments.findings import effect_findings, verdict_findings
from helpers.experiments.protocol import Protocol
from helpers.experiments.verdict.readout import Readout, conclude, read
from helpers.experiments.whatif import plan_model
from helpers.findings import NoData

from ..conftest import Load, protocol

VIEWS: tuple[Callable[[Readout], object], ...] = (
    verdict_findings,
    effect_findings,
    experiments.protocol_table,
    experiments.trust_checks,
    experiments.split_over_time,
    experiments.primary_metric,
    experiments.guard_rails,
    experiments.relative_effects,
    experiments.all_metrics,
    experiments.distributions,
    experiments.segment_effects,
    experiments.segment_table,
    experiments.interactions,
    experiments.effect_over_time,
    experiments.effect_since_assignment,
)
"""All that the notebook shows."""
DESIGNS = ("fixed-horizon", "sequential", "group-sequential")


@dataclass(frozen=True)
class Case:
    """The values of both arms, and what the readout of one metric must be.

    `method` names the interval of the difference, None where there must be no effect; `lift` says whether a
    relative effect can be told.
    """

    name: str
    primary: str
    control: Sequence[Any]
    treatment: Sequence[Any]
    method: str | None
    decision: str = "Do not ship"
    lift: bool = True
    covariate: Callable[[int], Any] | None = None

    def frame(self) -> pd.DataFrame:
        """One row a unit."""
        values = [*self.control, *self.treatment]
        arms = ["control"] * len(self.control) + ["treatment"] * len(self.treatment)
        rows = pd.DataFrame({"unit_id": [f"u{at}" for at in range(len(values))], "variant": arms})
        if self.primary == "orders_per_session":
            rows["orders"], rows["sessions"] = zip(*values, strict=True)
        else:
            rows[self.primary] = pd.Series(
                values, dtype="boolean" if self.primary == "activated" else "float64"
            )
        if self.covariate:
            rows["pre_orders"] = [self.covariate(at) for at in range(len(values))]
        days = pd.Timestamp("2026-07-06") + pd.to_timedelta(np.arange(len(values)) % 28, "D")
        return rows.assign(experiment="checkout", assigned_at=days)


def constant(_: int) -> float:
    return 7.0


def unknown(_: int) -> float:
    return NONE


def changing(at: int) -> float:
    return float(at % 5)


SOME = [1.0, 2.0, 3.0, 4.0, 6.0, 5.0] * 6
NONE, HUGE, LARGEST = float("nan"), 1e15, 1e308
NO_VERDICT = "No verdict"
CASES = (
    Case("one unit an arm", "revenue", [3.0], [4.0], None, NO_VERDICT),
    Case("one unit in all", "revenue", [3.0], [], None, NO_VERDICT),
    Case("two units an arm", "revenue", [3.0, 4.0], [4.0, 6.0], "Welch", NO_VERDICT),
    Case("too few in one arm", "revenue", SOME, SOME[:29], "Welch", NO_VERDICT),
    Case("enough in each arm", "revenue", SOME, SOME[:30], "Welch"),
    Case("one unit an arm, shares", "activated", [True], [False], None, NO_VERDICT),
    Case(
        "two units an arm, shares", "activated", [True, False], [True] * 2, "Newcombe", NO_VERDICT, lift=False
    ),
    Case("nothing varies", "revenue", [3.0] * 40, [3.0] * 40, "Welch", NO_VERDICT),
    Case("nothing varies, yet the arms differ", "revenue", [3.0] * 40, [4.0] * 40, "Welch", NO_VERDICT),
    Case("nothing varies in a small arm", "revenue", SOME * 9, [3.0] * 36, "Welch", NO_VERDICT),
    Case("all zero", "revenue", [0.0] * 40, [0.0] * 40, "Welch", NO_VERDICT, lift=False),
    Case("all succeed", "activated", [True] * 40, [True] * 40, "Newcombe", NO_VERDICT),
    Case("nobody succeeds", "activated", [False] * 40, [False] * 40, "Newcombe", NO_VERDICT, lift=False),
    Case("few against all", "activated", [False] * 40, [True] * 40, "Newcombe", NO_VERDICT, lift=False),
    Case("none against all", "activated", [False] * 1000, [True] * 1000, "Newcombe", "Ship", lift=False),
    Case("all missing", "revenue", [NONE] * 6, [NONE] * 6, None, NO_VERDICT),
    Case("one arm missing", "revenue", SOME * 2, [NONE] * 54, None, NO_VERDICT),
    Case(
        "infinite values are missing", "revenue", [*SOME, math.inf], [*SOME, -math.inf], "Welch", NO_VERDICT
    ),
    Case("values of 1e15", "revenue", [HUGE + x for x in SOME], [HUGE + x for x in SOME], "Welch"),
    Case("no variance fits", "revenue", [LARGEST, -LARGEST] * 20, SOME, None, NO_VERDICT),
    Case("negative values", "revenue", [-x for x in SOME], SOME, "Welch", "Ship", lift=False),
    Case("constant covariate", "revenue", SOME, SOME, "Welch", covariate=constant),
    Case("covariate that is never known", "revenue", SOME, SOME, "Welch", covariate=unknown),
    Case(
        "covariate that is the metric",
        "revenue",
        SOME,
        SOME,
        "Welch, CUPED",
        NO_VERDICT,
        covariate=lambda at: SOME[at % 6],
    ),
    Case("covariate of 1e15", "revenue", SOME, SOME, "Welch, CUPED", covariate=lambda at: HUGE + at % 5),
    Case("covariate too large", "revenue", SOME, SOME, "Welch", covariate=lambda at: LARGEST * (-1) ** at),
    Case(
        "covariate where some outcomes are missing",
        "revenue",
        [*SOME, NONE],
        SOME,
        "Welch",
        covariate=changing,
    ),
    Case(
        "few successes, covariate",
        "activated",
        [True, False] * 18,
        [False, True] * 18,
        "Newcombe",
        covariate=changing,
    ),
    Case("a ratio of nothing", "orders_per_session", [(0, 0)] * 40, [(0, 0)] * 40, None, NO_VERDICT),
    Case(
        "a ratio that never varies",
        "orders_per_session",
        [(1, 2)] * 40,
        [(1, 2)] * 40,
        "Welch, delta method",
        NO_VERDICT,
    ),
    Case(
        "a ratio of two units",
        "orders_per_session",
        [(1, 2), (2, 3)],
        [(1, 3), (2, 2)],
        "Welch, delta method",
        NO_VERDICT,
        lift=False,
    ),
    Case(
        "a ratio with a constant covariate",
        "orders_per_session",
        [(1, 2), (2, 3), (0, 4)] * 12,
        [(1, 3), (2, 2), (1, 5)] * 12,
        "Welch, delta method",
        covariate=constant,
    ),
)


def plan(case: Case, design: str = "fixed-horizon") -> Protocol:
    covariates = ["pre_orders"] if case.covariate else []
    units = len(case.control) + len(case.treatment)
    changes = {"primary": case.primary, "guard_rails": [], "planned_sample": max(2, units)}
    return protocol(**changes, design=design, covariates=covariates)


@pytest.fixture
def load(ratio: Load) -> Callable[[Case], Readout]:
    def loaded(case: Case) -> Readout:
        rows = case.frame()
        tables = ratio(
            assignments=rows[["experiment", "unit_id", "variant", "assigned_at"]],
            outcomes=rows.drop(columns=["experiment", "variant", "assigned_at"]),
        )
        return read(plan(case), **tables)

    return loaded


@pytest.mark.one_in(3)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_edge_gives_its_typed_result_and_nothing_shown_is_nan(
    load: Callable[[Case], Readout], case: Case
) -> None:
    found = load(case)
    assert found.verdict.decision == case.decision
    assert (found.primary is None) == (case.method is None)
    if found.primary is not None:
        assert found.primary.difference.method == case.method
        assert (found.primary.lift is not None) == case.lift
    for design in DESIGNS:
        everything_is_finite(conclude(plan(case, design), found.observed, found.diagnostics))


def test_a_table_of_infinite_values_alone_gives_no_verdict_and_says_why(
    load: Callable[[Case], Readout],
) -> None:
    found = load(Case("all infinite", "revenue", [math.inf] * 6, [-math.inf] * 6, None))
    assert found.verdict.decision == NO_VERDICT
    check = next(one for one in found.checks if one.key == "readable")
    assert check.text.startswith(
        "Revenue per account is lost in 12 of 12 rows of outcomes (revenue unreadable)"
    )


def everything_is_finite(found: Readout) -> None:
    for view in VIEWS:
        try:
            shown = view(found)
        except NoData as reason:
            assert str(reason)
            continue
        assert not [each for each in numbers(shown) if not math.isfinite(each)], view.__name__
        assert not [text for text in texts(shown) if "not defined" in text or "nan" in text.split()]
    try:
        model = plan_model(found)
    except NoData:
        return
    assert all(map(math.isfinite, model.measured))


def parts(shown: object) -> Sequence[object]:
    """What a result is made of, at all depths."""
    if isinstance(shown, (str, int, float)) or shown is None:
        return [shown]
    if isinstance(shown, Mapping):
        inner: Sequence[object] = list(shown.values())
    elif isinstance(shown, (tuple, list)):
        inner = shown
    elif hasattr(shown, "model_dump"):
        inner = list(shown.model_dump().values())
    else:
        inner = list(vars(shown).values()) if hasattr(shown, "__dict__") else []
    return [each for one in inner for each in parts(one)]


def numbers(shown: object) -> list[float]:
    return [float(each) for each in parts(shown) if isinstance(each, (int, float))]


def texts(shown: object) -> list[str]:
    return [each for each in parts(shown) if isinstance(each, str)]
