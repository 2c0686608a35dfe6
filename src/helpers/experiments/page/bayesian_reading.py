"""The primary metric as a Bayesian reads it: beside the verdict, never a second one."""

from __future__ import annotations

from helpers import style
from helpers.experiments.page.captions import primary_effect
from helpers.experiments.verdict.readout import Readout
from helpers.findings import NoData
from helpers.metrics import Metric
from helpers.stats import Posterior, posterior
from helpers.tables import Cell, Column, Table, table


def bayesian_reading(readout: Readout) -> Table | None:
    """Each arm: the chance to be the best, and what choosing it is expected to cost; None if not asked for.

    From the estimates and errors that the verdict is read from, and the prior of the protocol. Method:
    helpers.stats.posterior.

        >>> from helpers import experiments
        >>> experiments.bayesian_reading(experiments.example()) is None
        True

    Raises:
        NoData: the primary metric was not measured, does not vary, or may not be read as an effect.
    """
    if readout.plan.reading is None:
        return None
    metric = primary_effect(readout).metric
    if readout.caveat:
        raise NoData(f"{readout.caveat}.")
    compared = [(one.protocol.treatment, one.primary) for one in readout.of_each if one.primary]
    arms = [one.statistics.arms(one.difference.level) for _, one in compared]
    errors = [treatment.se or 0.0 for _, treatment in arms]
    control = arms[0][0].se or 0.0
    if min(control, *errors) <= 0:
        raise NoData(f"{metric.label} does not vary in a variant: nothing is believed of it.")
    gains = [one.sign * one.difference.value for _, one in compared]
    seen = posterior(gains, errors, control, prior_sd=readout.plan.prior_spread, level=readout.plan.level)
    names = [readout.plan.control, *(name for name, _ in compared)]
    return table(
        "bayesian_reading",
        f"{metric.label}: {_leader(names, seen)}",
        _columns(metric, seen),
        [_row(name, at, seen) for at, name in enumerate(names)],
        subtitle=f"Gain over {readout.plan.control} as believed after the test; {_prior(readout, metric)}",
        note="Beside the verdict, which follows from the protocol alone. Chances and losses stand for this "
        "look: they do not allow for looking again and again. Loss: what is given up on average against the "
        "best of all.",
    )


def _leader(names: list[str], seen: Posterior) -> str:
    """`treatment is the best with a chance of 97%`."""
    at = seen.best.index(max(seen.best))
    return f"{names[at]} is the best with a chance of {_chance(seen.best[at])}"


def _chance(share: float) -> str:
    """A chance in whole per cent that is never told as certain."""
    percent = round(100 * share)
    return "more than 99%" if percent == 100 else "less than 1%" if percent == 0 else f"{percent}%"


def _columns(metric: Metric, seen: Posterior) -> tuple[Column, ...]:
    unit, digits = f"change:{metric.unit}", metric.decimals
    return (
        Column("Variant"),
        Column("Gain", unit, digits),
        Column(f"{style.level(seen.level)} credible interval", unit, digits),
        Column("Better than control"),
        Column("Best of all"),
        Column("Expected loss", unit, None if digits is None else digits + 1),
    )


def _row(name: str, at: int, seen: Posterior) -> tuple[Cell, ...]:
    """The control has no gain over itself."""
    best, loss = _chance(seen.best[at]), -seen.loss[at]
    if at == 0:
        return (name, None, None, None, best, loss)
    one = at - 1
    return (name, seen.mean[one], (seen.low[one], seen.high[one]), _chance(seen.better[one]), best, loss)


def _prior(readout: Readout, metric: Metric) -> str:
    """What was believed before: stated, so that who believes otherwise can say so."""
    spread = style.change(readout.plan.prior_spread, metric.unit, metric.decimals).lstrip("+")
    return f"before it, gains were taken as normal about none, two in three within {spread}"
