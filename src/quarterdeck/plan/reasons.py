"""Why an edition would run: it never did, it ended badly, or an input is not as it was at its last run."""

from __future__ import annotations

from quarterdeck.archive import ledger
from quarterdeck.archive.edition_standing import FRESH
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.record import RunRecord
from quarterdeck.plan import gates
from quarterdeck.plan.fingerprints import Inputs, differences
from quarterdeck.plan.request import Planned, RunRequest


def planned(layout: Layout, inputs: Inputs, request: RunRequest) -> Planned:
    """Whether a request is up to date now, and if not, why."""
    last = ledger.last_record(layout, request.report, request.edition)
    if last is None:
        return Planned(request, ("it never ran",))
    if last.status == "running":
        return Planned(request, ("its last run has not ended",), last)
    if last.status not in ("ok", "skipped"):
        return Planned(request, (f"its last run ended {last.status}",), last)
    reasons = _differences(inputs, request, last)
    told = any(check.key == FRESH and check.failed for check in last.checks)
    if gates.is_stale(request.gates, last.tables, request.reach) and not told:
        reasons.append("its newest data have become older than its gate allows")
    return Planned(request, tuple(reasons), last)


def _differences(inputs: Inputs, request: RunRequest, last: RunRecord) -> list[str]:
    """What is not as it was at the last run: parameters, code, settings, and the tables that it read."""
    values = [
        f"{name} was {last.parameters.get(name)}"
        for name, value in request.parameters.items()
        if last.parameters.get(name) != value
    ]
    read = inputs.of_tables(sorted(account.name for account in last.tables))
    return values + differences(last.fingerprints, request.fingerprints | read, inputs.unanswered)
