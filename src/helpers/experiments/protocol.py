"""The protocol of one experiment: what was agreed before it started, `params/experiments/<id>.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from helpers import metrics
from helpers.contracts import SPREADS
from helpers.records import Settings, SettingsError, params_folder, read_yaml
from helpers.records.settings import Location, did_you_mean, lines_of

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
CLUSTER = "cluster_id"
"""What units were assigned together; an optional column of assignments."""
Share = Annotated[float, Field(gt=0, lt=1)]


class GuardRail(Settings):
    """A metric that must not get worse by more than `margin`, in the metric's own unit (0.01 = 1 point)."""

    metric: Name
    margin: float = Field(gt=0)


class Protocol(Settings):
    """One experiment as it was planned.

    `variants` are the variants with their planned weights. `minimum_effect` is the smallest effect worth
    having on the primary metric, in its own unit and its good direction. `planned_sample` counts the units
    of all variants together, or the clusters where there are some. `start` and `end` are the first and last
    day of assignment; without `end`, the planned sample tells it. `covariates` are columns of outcomes that
    were measured before the start; every metric is adjusted by them. `cluster` says what is assigned
    together (account), where that is more than the unit. `looks` are the
    days at whose end a group-sequential test was looked at before; the data at hand are the last look.
    `units: once` says of totals of means that each unit stands on one day alone.

        >>> from helpers import experiments
        >>> plan = experiments.example().plan
        >>> plan.arms, plan.split, plan.deciding
        (('control', 'treatment'), (0.5, 0.5), ('activated', 'support_contacts'))
    """

    id: Name
    title: str
    hypothesis: str
    owner: str
    unit: str = "user"
    variants: dict[str, float]
    control: str
    primary: Name
    minimum_effect: float = Field(gt=0)
    guard_rails: tuple[GuardRail, ...] = ()
    secondary: tuple[Name, ...] = ()
    covariates: tuple[str, ...] = ()
    cluster: str = ""
    alpha: Share = 0.05
    power: Share = 0.8
    planned_sample: int = Field(ge=2)
    start: date | None = None
    end: date | None = None
    design: Literal["fixed-horizon", "sequential", "group-sequential"] = "fixed-horizon"
    looks: tuple[date, ...] = ()
    units: Literal["once"] | None = None
    exclusive_with: tuple[Name, ...] = ()

    @property
    def sample_unit(self) -> str:
        """What the sample counts: the cluster, where there is one, else the unit."""
        return self.cluster or self.unit

    @property
    def treatments(self) -> tuple[str, ...]:
        """The variants that are not the control."""
        return tuple(name for name in self.variants if name != self.control)

    @property
    def treatment(self) -> str:
        """The variant that is compared with the control, of two."""
        return self.treatments[0]

    @property
    def arms(self) -> tuple[str, ...]:
        """Control first, then the treatments."""
        return self.control, *self.treatments

    @property
    def split(self) -> tuple[float, ...]:
        """Planned shares of the arms in their order; they add up to 1."""
        total = sum(self.variants.values())
        return tuple(self.variants[arm] / total for arm in self.arms)

    def against(self, treatment: str, alpha: float) -> Protocol:
        """The plan for one treatment and the control alone, read at its own error rate."""
        variants = {name: self.variants[name] for name in self.variants if name in {self.control, treatment}}
        part = sum(variants.values()) / sum(self.variants.values())
        sample = max(2, round(part * self.planned_sample))
        return self.model_copy(update={"variants": variants, "alpha": alpha, "planned_sample": sample})

    @property
    def level(self) -> float:
        """Level of every interval: 1 - alpha."""
        return 1 - self.alpha

    @property
    def deciding(self) -> tuple[str, ...]:
        """Metrics that the verdict rests on: the primary, then the guard-rails."""
        return (self.primary, *(rail.metric for rail in self.guard_rails))

    @property
    def registered(self) -> tuple[str, ...]:
        """Metrics named before the start: the primary, the guard-rails, the secondary ones."""
        return (*self.deciding, *self.secondary)

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if len(self.variants) < 2 or min(self.variants.values()) <= 0:
            raise ValueError(
                "variants: name two or more, each with a weight above 0, as in {control: 1, new: 1}"
            )
        if self.control not in self.variants:
            raise ValueError(
                f"control {self.control!r} is none of the variants {', '.join(self.variants)}."
                + did_you_mean(self.control, list(self.variants))
            )
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        if self.looks and self.design != "group-sequential":
            raise ValueError("looks belong to design: group-sequential")
        if list(self.looks) != sorted(set(self.looks)):
            raise ValueError("looks: write each day once, in order")
        if self.cluster and self.covariates:
            raise ValueError("covariates do not go with cluster: leave one out")
        twice = {name for name in self.registered if self.registered.count(name) > 1}
        if twice:
            raise ValueError(f"{', '.join(sorted(twice))} stands twice among the metrics")
        if self.id in self.exclusive_with:
            raise ValueError("exclusive_with names the experiment itself")
        return self


def load_protocol(experiment: str, folder: Path | None = None) -> Protocol:
    """The protocol of one experiment, from `experiments/<id>.yaml` in the params folder.

        >>> from helpers import experiments
        >>> experiments.load_protocol("checkout_one_step").primary
        'activated'

    Raises:
        SettingsError: there is none, it breaks its schema, its id is not that of its file, or it names a
            metric that `metrics.yaml` does not have.
    """
    path = _folder(folder) / f"{experiment}.yaml"
    if not path.is_file():
        known = registered(folder)
        hint = did_you_mean(experiment, known) or f" Known: {', '.join(known) or 'none'}."
        raise SettingsError([f"{path}: experiment {experiment} has no protocol.{hint}"])
    found = read_yaml(path, Protocol)
    if found.id != experiment:
        raise SettingsError([f"{path}: id is {found.id}, but the file says {experiment}. Make them equal."])
    if unknown := _unknown_metrics(found, path, folder):
        raise SettingsError(unknown)
    return found


def registered(folder: Path | None = None) -> list[str]:
    """The ids of all experiments that have a protocol, in alphabetical order."""
    return sorted(path.stem for path in _folder(folder).glob("*.yaml"))


def check(folder: Path | None = None, tables: Mapping[str, frozenset[str] | None] | None = None) -> list[str]:
    """Every problem of every protocol, one line each; empty when all are sound.

    `tables` are those that `sources.yaml` declares, with their columns where those are known.
    """
    problems: list[str] = []
    known = registered(folder)
    for name in known:
        path = _folder(folder) / f"{name}.yaml"
        try:
            found = load_protocol(name, folder)
        except SettingsError as error:
            # What is wrong in metrics.yaml is told once, with the tables.
            problems.extend(problem for problem in error.problems if problem.startswith(str(path)))
            continue
        problems.extend(f"{path}: {problem}" for problem in _unsupplied(found, tables or {}, folder))
        problems.extend(
            f"{path}: exclusive_with names {other}, which has no protocol.{did_you_mean(other, known)}"
            for other in found.exclusive_with
            if other not in known
        )
    return problems


def _unsupplied(
    found: Protocol, tables: Mapping[str, frozenset[str] | None], folder: Path | None
) -> Iterator[str]:
    """What a protocol needs of the tables that are declared, and they do not have."""
    units = {"assignments", "outcomes"}
    if units & tables.keys() and not units <= tables.keys() and "totals" not in tables:
        missing = " and ".join(sorted(units - tables.keys()))
        yield f"sources.yaml declares no {missing}, and no totals: nothing can be read out. Add them."
    elif "totals" in tables and not units <= tables.keys():
        yield from _summed(found, tables["totals"], folder)
    assignments, outcomes = (tables.get(name) for name in sorted(units))
    if found.cluster and assignments is not None and CLUSTER not in assignments:
        yield (
            f"cluster: {found.cluster} needs the column {CLUSTER} of assignments. Map it under columns in "
            "sources.yaml, or take cluster out."
        )
    absent = [name for name in found.covariates if outcomes is not None and name not in outcomes]
    if absent:
        yield f"covariates names {', '.join(absent)}, which outcomes do not have. Map it under columns."


def _summed(found: Protocol, columns: frozenset[str] | None, folder: Path | None) -> Iterator[str]:
    """What an experiment that is known by totals alone cannot tell of metrics that are no shares."""
    known = metrics.catalogue(folder)
    for name in found.deciding:
        kind = known[name].kind
        if kind == "mean" and columns is not None and not set(SPREADS) & columns:
            yield (
                f"{name} is a mean, and totals have no {' or '.join(SPREADS)}: sums alone have no interval. "
                "Add the column, or supply assignments and outcomes."
            )
        elif kind not in {"mean", "share"}:
            yield f"{name} is a {kind}, which totals do not tell. Supply assignments and outcomes."


def _unknown_metrics(found: Protocol, path: Path, folder: Path | None) -> list[str]:
    """The metrics of a protocol that the catalogue does not have, each with its line."""
    known, lines = list(metrics.catalogue(folder)), lines_of(path.read_text(encoding="utf-8"))
    named: dict[Location, str] = {
        ("primary",): found.primary,
        **{("guard_rails", at, "metric"): rail.metric for at, rail in enumerate(found.guard_rails)},
        **{("secondary", at): name for at, name in enumerate(found.secondary)},
    }
    listed = f" Known: {', '.join(known) or 'none'}."
    return [
        f"{path}:{lines[at]}: {at[0]} names {name}, which {metrics.FILE} does not define."
        f"{did_you_mean(name, known) or listed}"
        for at, name in named.items()
        if name not in known
    ]


def spellings(protocol: Protocol, variants: Iterable[str]) -> dict[str, str]:
    """Variants that only case, blanks or signs tell from a planned one, each with the planned one."""
    planned = {folded(name): name for name in protocol.variants}
    unplanned = (name for name in variants if name not in protocol.variants)
    return {name: planned[folded(name)] for name in unplanned if folded(name) in planned}


def folded(variant: str) -> str:
    """A variant's name without case, blanks and signs: what two spellings of one have in common."""
    letters = "".join(each for each in variant.casefold() if each.isalnum())
    return letters or variant


def map_line(spellings: Mapping[str, str]) -> str:
    """`variant: {map: {CONTROL: control}}`: what sources.yaml says of spellings that are one variant."""
    pairs = ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {meant}" for name, meant in spellings.items())
    return f"variant: {{from: …, map: {{{pairs}}}}}"


def _folder(folder: Path | None) -> Path:
    return (folder or params_folder()) / "experiments"
