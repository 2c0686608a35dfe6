"""Two runs side by side: their findings, and what in their inputs differed."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.records import Finding
from quarterdeck.archive.record import RunRecord
from quarterdeck.plan.fingerprints import differences


@dataclass(frozen=True)
class FindingPair:
    """One finding in both runs; None where a run does not have it."""

    key: str
    first: Finding | None
    second: Finding | None

    @property
    def label(self) -> str:
        """What people call it; its key where the two runs call it differently."""
        labels = {finding.label for finding in (self.first, self.second) if finding}
        return labels.pop() if len(labels) == 1 else self.key

    @property
    def same(self) -> bool:
        """Whether both runs say just the same."""
        return self.first == self.second


@dataclass(frozen=True)
class RunComparison:
    """What two runs found, by key in the order of the second, and what in their inputs differed."""

    findings: tuple[FindingPair, ...]
    parameters: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the findings are the same."""
        return all(pair.same for pair in self.findings)


def compare(first: RunRecord, second: RunRecord) -> RunComparison:
    """Compare two runs, of one edition or of two."""
    before = {finding.key: finding for finding in first.findings}
    after = {finding.key: finding for finding in second.findings}
    keys = [*after, *(key for key in before if key not in after)]
    return RunComparison(
        findings=tuple(FindingPair(key, before.get(key), after.get(key)) for key in keys),
        parameters=tuple(
            f"{name}: {first.parameters.get(name)} → {second.parameters.get(name)}"
            for name in {**first.parameters, **second.parameters}
            if first.parameters.get(name) != second.parameters.get(name)
        ),
        inputs=tuple(differences(first.fingerprints, second.fingerprints)),
    )
