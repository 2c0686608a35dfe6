"""Adoption, retention and stickiness of the period, and the same without platforms that were silent."""

from __future__ import annotations

from dataclasses import dataclass, replace

from helpers.adoption.adopters import Adopted, adopted
from helpers.adoption.observations import Usage
from helpers.adoption.outages import TrackingOutage, outages, outside_outages
from helpers.adoption.retention import Retained, retained
from helpers.adoption.stickiness import Stickiness, stickiness


@dataclass(frozen=True)
class KeyMetrics:
    """What a report of adoption says first, each number with its change from the preceding period.

    A change across an outage is judged by all users and by those outside it.

    Attributes:
        usage: what was counted.
        adopted: adoption; None where nobody signed up or did anything in the period.
        retained: retention; None where no quarter is over.
        stickiness: stickiness.
        outages: those of this and the preceding period, newest first.
        outside_outages: the same metrics of the users of other platforms; None where there are none.
    """

    usage: Usage
    adopted: Adopted | None
    retained: Retained | None
    stickiness: Stickiness
    outages: tuple[TrackingOutage, ...] = ()
    outside_outages: KeyMetrics | None = None


def key_metrics(usage: Usage) -> KeyMetrics:
    """Adoption, retention and stickiness of the period, and their changes.

    Shares from 0 to 1 with intervals at the level of the scope; see `adopted`, `retained`, `stickiness`.

        >>> from helpers.adoption import example_usage
        >>> round(key_metrics(example_usage()).retained.change.value, 3)
        0.087
    """
    silent = outages(usage)
    elsewhere = outside_outages(usage, silent)
    return replace(
        measured(usage), outages=silent, outside_outages=measured(elsewhere) if elsewhere else None
    )


def measured(usage: Usage) -> KeyMetrics:
    """The same, whether or not tracking was ever silent.

    >>> from helpers.adoption import example_usage
    >>> round(measured(example_usage()).adopted.now.value, 3)
    0.152
    """
    return KeyMetrics(usage, adopted(usage), retained(usage), stickiness(usage))
