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

    `outages` are those of this and the preceding period; `outside_outages` the same metrics of the users of
    other platforms, None where there are none: a change across an outage is judged by both.
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

        adoption.key_metrics(usage).retained.change.value
    """
    silent = outages(usage)
    elsewhere = outside_outages(usage, silent)
    return replace(
        _measured(usage), outages=silent, outside_outages=_measured(elsewhere) if elsewhere else None
    )


def _measured(usage: Usage) -> KeyMetrics:
    return KeyMetrics(usage, adopted(usage), retained(usage), stickiness(usage))
