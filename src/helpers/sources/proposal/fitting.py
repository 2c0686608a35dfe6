"""Which logical table a file is, and which of its columns is which: by their names and by their values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers import metrics
from helpers.contracts import CONTRACTS, ColumnContract, Contract
from helpers.records import FREE_TEXT
from helpers.sources.proposal.profiles import ColumnProfile
from helpers.sources.proposal.synonyms import likeness

OWN_ROW = frozenset({"response_id", "ticket_id", "mention_id", "invitation_id"})
"""Keys that nothing else refers to by necessity: a file without them numbers its rows."""
STATED = frozenset({"survey", "source", "experiment", "event"})
"""Columns that may be one value for a whole file."""
TELLING: Mapping[str, tuple[str, ...]] = {
    "invitations": ("invitation_id", "response_id"),
    "tickets": ("ticket_id", "closed_at", "subject", "priority"),
}
"""Without one of these a file with times might be anything."""
_LACKING = 6.0
_NEARLY_ALL = 0.99
_MEASURES = frozenset({"score", "numerator"})


@dataclass(frozen=True)
class Fit:
    """A table, which column of the file is which of its own, and what it must have and the file has not.

    `others` are further columns of the file that might be meant.
    """

    table: str
    contract: Contract
    columns: Mapping[str, str]
    others: Mapping[str, tuple[str, ...]]
    lacking: tuple[str, ...]
    points: float

    @property
    def why(self) -> str:
        """What speaks for it."""
        found = [name for name in self.contract.required if name in self.columns]
        more = len(self.columns) - len(found)
        told = f"{', '.join(found)} found" if found else "named by --as"
        return f"{told}, and {more} more of its columns" if more else told


def fits(found: Mapping[str, ColumnProfile], folder: Path, wanted: str | None = None) -> list[Fit]:
    """The tables that the file may be, best first; the one that is wanted alone, where one is."""
    names = [wanted] if wanted else list(CONTRACTS)
    every = [_fit(_contract(name, folder), found) for name in names]
    usable = [one for one in every if wanted or not one.lacking]
    return sorted(usable, key=lambda one: -one.points)


def _contract(name: str, folder: Path) -> Contract:
    """The contract, that of outcomes with every metric that has a column."""
    contract = CONTRACTS[name]
    if name != "outcomes":
        return contract
    measured = [one for one in metrics.catalogue(folder).values() if one.column]
    return contract.with_columns(
        [
            ColumnContract(one.name, "boolean" if one.kind == "share" else "number", origin=one.column or "")
            for one in measured
        ]
    )


def _fit(contract: Contract, found: Mapping[str, ColumnProfile]) -> Fit:
    likely = _likely(contract, found)
    chosen: dict[str, str] = {}
    points = 0.0
    for quality, column, name in likely:
        if column.name not in chosen and name not in chosen.values():
            chosen[column.name] = name
            points += 2 * quality if column.required else quality
    _only_ones(contract, found, chosen)
    _without_repeats(contract, found, chosen)
    others = {
        one: tuple(
            name for quality, column, name in likely if column.name == one and name not in chosen.values()
        )
        for one in chosen
    }
    lacking = tuple(_lacking(contract, chosen))
    return Fit(contract.table, contract, chosen, others, lacking, points - _LACKING * len(lacking))


def _likely(
    contract: Contract, found: Mapping[str, ColumnProfile]
) -> list[tuple[float, ColumnContract, str]]:
    """Each column of the contract with each of the file that may be it, the surest first."""
    pairs = [
        (quality, column, name)
        for column in contract.columns
        for name, profile in found.items()
        if (quality := _quality(contract, column, profile)) > 0
    ]
    order = list(found)
    return sorted(pairs, key=lambda one: (-one[0], not one[1].required, order.index(one[2])))


def _quality(contract: Contract, column: ColumnContract, profile: ColumnProfile) -> float:
    if not profile.fits(column.kind) or (column.name in FREE_TEXT and profile.is_figures):
        return 0.0
    if column.name == "survey" and not {value.lower() for value in profile.values} & {"nps", "csat", "ces"}:
        return 0.0
    return max(likeness(profile.name, contract.table, one) for one in {column.name, column.called})


def _only_ones(contract: Contract, found: Mapping[str, ColumnProfile], chosen: dict[str, str]) -> None:
    """A required time, or measure, that no name tells is the only column that can be read as one."""
    for column in contract.columns:
        wanted = column.kind in ("time", "day") or column.name in _MEASURES
        if not (column.required and wanted) or column.name in chosen:
            continue
        able = [name for name, one in found.items() if one.fits(column.kind) and name not in chosen.values()]
        if len(able) == 1 and len(chosen) > 0:
            chosen[column.name] = able[0]


def _without_repeats(contract: Contract, found: Mapping[str, ColumnProfile], chosen: dict[str, str]) -> None:
    """A column is no person's one row where it repeats: a log of what users did is no list of users."""
    if contract.table == "users" and (name := chosen.get("user_id")):
        rows = max(one.filled for one in found.values())
        if found[name].distinct < _NEARLY_ALL * rows:
            del chosen["user_id"]


def _lacking(contract: Contract, chosen: Mapping[str, str]) -> Sequence[str]:
    lacking = [name for name in contract.required if name not in chosen and name not in OWN_ROW | STATED]
    telling = TELLING.get(contract.table, ())
    if telling and not set(telling) & set(chosen):
        lacking.append(f"one of {', '.join(telling)}")
    if contract.table == "outcomes" and set(chosen) <= {one.name for one in CONTRACTS["outcomes"].columns}:
        lacking.append("a column of a metric of metrics.yaml")
    return lacking
