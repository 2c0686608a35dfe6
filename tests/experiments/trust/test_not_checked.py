"""A check that had nothing to look at has neither passed nor failed, and says what it would need."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from helpers.experiments.observations.daily_totals import observe_totals
from helpers.experiments.page import trust_checks
from helpers.experiments.verdict.readout import Readout, conclude, read
from helpers.records import Check, SettingsError

from ..conftest import Load, protocol

N = 600
IDS = [f"u{at}" for at in range(N)]
ARMS = np.where(np.arange(N) % 2 == 0, "control", "treatment")
REACHED = np.arange(N) % 3 == 0


def of_units(supplied: Load, *, plan: Mapping[str, Any] | None = None, **columns: Any) -> Readout:
    """A readout of 600 units, with further columns: those that begin with pre_ and measures in outcomes."""
    assignments = pd.DataFrame({"experiment": "checkout", "unit_id": IDS, "variant": ARMS})
    outcomes = pd.DataFrame({"unit_id": IDS, "activated": REACHED})
    for name, values in columns.items():
        table = outcomes if name.startswith(("pre_", "measured")) or name in {"activated"} else assignments
        table[name] = values
    asked = protocol(**{"guard_rails": [], "planned_sample": N, **(plan or {})})
    return read(asked, **supplied(assignments=assignments, outcomes=outcomes))


def checks(found: Readout) -> dict[str, Check]:
    return {check.key: check for check in found.checks}


def test_a_blank_covariate_and_a_blank_segment_pass_nothing(supplied: Load) -> None:
    blank = pd.array([None] * N, dtype="Float64")
    found = of_units(supplied, pre_orders=blank, segment=pd.array([None] * N, dtype="string"))
    told = checks(found)
    assert [(told[key].passed, told[key].looked) for key in ("alike_before", "split_by_segment")] == [
        (False, False),
        (False, False),
    ]
    assert told["alike_before"].text.endswith("not known: no value of pre_orders is known.")
    assert told["split_by_segment"].text.startswith("No unit's segment is known: fill in the column")
    shown = trust_checks(found)
    idle = [check for check in found.checks if not check.looked]
    assert shown.title == f"All {len(found.checks) - len(idle)} trust checks passed; {len(idle)} not checked"
    assert shown.data["result"].tolist()[-len(idle) :] == ["not checked"] * len(idle)


def test_a_covariate_of_one_value_tells_nothing_and_one_that_varies_is_tested(supplied: Load) -> None:
    alone = checks(of_units(supplied, pre_orders=np.ones(N)))["alike_before"]
    assert not alone.looked
    assert "pre_orders has one value for all users" in alone.text
    both = checks(of_units(supplied, pre_orders=np.ones(N), pre_visits=np.arange(N) // 2 % 7 * 1.0))
    assert both["alike_before"].passed
    assert "by pre_visits. Not looked at: pre_orders has one value" in both["alike_before"].text
    apart = np.where(ARMS == "control", 0.0, 1.0)
    assert checks(of_units(supplied, pre_orders=apart))["alike_before"].severity == "stop"


def test_daily_totals_tell_nothing_of_single_units(supplied: Load) -> None:
    rows = [("control", 30, 100), ("treatment", 40, 100)]
    frame = pd.DataFrame(rows, columns=["variant", "numerator", "denominator"])
    frame = frame.assign(experiment="checkout", metric="activated", date=date(2026, 7, 1))
    plan = protocol(guard_rails=[])
    told = checks(conclude(plan, observe_totals(plan, supplied(totals=frame)["totals"])))
    assert {key for key, check in told.items() if not check.looked} >= {"one_variant", "outcomes"}


@pytest.mark.parametrize("reached", [True, False])
def test_a_metric_that_nobody_or_everybody_reached_gives_no_verdict(supplied: Load, *, reached: bool) -> None:
    verdict = of_units(supplied, activated=np.full(N, reached)).verdict
    assert verdict.decision == "No verdict"
    who = "everybody" if reached else "nobody"
    assert verdict.sentence.startswith(f"No verdict: {who} in control and treatment reached Activation.")
    assert "misses the truth" not in verdict.sentence


def test_the_reason_of_no_course_is_true(supplied: Load) -> None:
    """Thirty dated days of a metric that nobody reached have dates."""
    days = pd.to_datetime("2026-07-01") + pd.to_timedelta(np.arange(N) // 2 % 30, unit="D")
    found = of_units(supplied, activated=np.zeros(N, dtype=bool), assigned_at=days)
    assert checks(found)["lasting"].text.endswith("Activation does not vary within a variant.")


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ({"cluster": "account"}, "assigns whole accounts, and the table assignments has no cluster_id"),
        ({"covariates": ["pre_visits"]}, "the table outcomes has no pre_visits"),
    ],
)
def test_what_the_protocol_needs_and_no_table_has_is_an_error(
    supplied: Load, plan: Mapping[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        of_units(supplied, plan=plan)


def test_ids_that_collapse_are_an_error(supplied: Load) -> None:
    assignments = pd.DataFrame({"experiment": "checkout", "unit_id": "1.2e+09", "variant": ARMS})
    outcomes = pd.DataFrame({"unit_id": IDS, "activated": REACHED})
    outcomes.loc[0, "unit_id"] = "1.2e+09"
    with pytest.raises(SettingsError, match="the ids of different units are one in the table assignments"):
        read(protocol(), **supplied(assignments=assignments, outcomes=outcomes))


def test_another_spelling_of_a_variant_is_proposed_as_one_and_stops(supplied: Load) -> None:
    spelled = np.where((ARMS == "control") & (np.arange(N) % 4 == 0), "CONTROL", ARMS)
    found = of_units(supplied, variant=spelled)
    told = checks(found)["protocol"]
    assert (told.severity, found.verdict.decision) == ("stop", "No verdict")
    assert "150 users are in 'CONTROL', which is 'control' spelled otherwise" in told.text
    assert 'variant: {from: …, map: {"CONTROL": control}} under assignments' in told.text


def test_a_variant_that_was_not_planned_is_told_and_the_others_compare(supplied: Load) -> None:
    found = of_units(supplied, variant=np.where(np.arange(N) % 30 == 0, "holdout", ARMS))
    assert checks(found)["protocol"].severity == "warn"
