"""The protocol of one experiment: what was agreed before it started, `params/experiments/<id>.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from helpers.records import Settings
from helpers.records.settings import did_you_mean

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+$")]
CLUSTER = "cluster_id"
"""What units were assigned together; an optional column of assignments."""
Share = Annotated[float, Field(gt=0, lt=1)]
HALF = 0.5
"""A chance from which on no limit decides anything."""


class GuardRail(Settings):
    """A metric that must not get worse by more than `margin`, in the metric's own unit (0.01 = 1 point)."""

    metric: Name
    margin: float = Field(gt=0)


class Protocol(Settings):
    """One experiment as it was planned.

    `variants` are the variants with their planned weights. `minimum_effect` is the smallest effect worth
    having on the primary metric, in its own unit and its good direction. With `margin` instead, the largest
    harm to it that is accepted, the question is whether the change is no worse (non-inferiority). With
    `sides: one` each limit of its interval holds at 1 - alpha by itself, not both together. `planned_sample`
    counts the units of all variants together, or the clusters where there are some. `start` and `end` are the
    first and last day of assignment; without `end`, the planned sample tells it. `covariates` are columns of
    outcomes that were measured before the start; every metric is adjusted by them. `cluster` says what is
    assigned together (account), where that is more than the unit. `looks` are the days at whose end a
    group-sequential test was looked at before; the data at hand are the last look.
    `units: once` says of totals of means that each unit stands on one day alone. `pools` name the variants
    that are read as one arm; `compare: all` reads treatments against each other, too. `reading: bayesian`
    puts chances and expected losses beside the verdict, which they never make; before the test effects are
    taken as spread about zero by `prior_sd`, in the primary metric's unit, else by the effect planned for.

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
    pools: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    compare: Literal["control", "all"] = "control"
    primary: Name
    minimum_effect: float = Field(default=0.0, gt=0)
    margin: float | None = Field(default=None, gt=0)
    sides: Literal["one", "two"] = "two"
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
    reading: Literal["bayesian"] | None = None
    prior_sd: float | None = Field(default=None, gt=0)

    @property
    def sample_unit(self) -> str:
        """What the sample counts: the cluster, where there is one, else the unit."""
        return self.cluster or self.unit

    @property
    def treatments(self) -> tuple[str, ...]:
        """The arms that are not the control."""
        return tuple(name for name in self.weights if name != self.control)

    @property
    def treatment(self) -> str:
        """The arm that is compared with the control, of two."""
        return self.treatments[0]

    @property
    def arms(self) -> tuple[str, ...]:
        """Control first, then the treatments."""
        return self.control, *self.treatments

    @property
    def split(self) -> tuple[float, ...]:
        """Planned shares of the arms in their order; they add up to 1."""
        weights = self.weights
        total = sum(weights.values())
        return tuple(weights[arm] / total for arm in self.arms)

    @property
    def pooled_as(self) -> dict[str, str]:
        """The variants that are read as one with others, each with the arm that they make."""
        return {member: pool for pool, members in self.pools.items() for member in members}

    @property
    def weights(self) -> dict[str, float]:
        """The planned weight of each arm: a pool has those of its variants together."""
        found: dict[str, float] = {}
        for name, weight in self.variants.items():
            arm = self.pooled_as.get(name, name)
            found[arm] = found.get(arm, 0) + weight
        return found

    def against(self, treatment: str, alpha: float) -> Protocol:
        """The plan for one treatment and the control alone, read at its own error rate."""
        return self.between(treatment, self.control, alpha)

    def between(self, arm: str, other: str, alpha: float) -> Protocol:
        """The plan for two arms alone, the second in the place of the control, read at an own error rate."""
        weights = self.weights
        variants = {name: weights[name] for name in weights if name in {arm, other}}
        part = sum(variants.values()) / sum(weights.values())
        update = {
            "variants": variants,
            "pools": {},
            "control": other,
            "alpha": alpha,
            "planned_sample": max(2, round(part * self.planned_sample)),
        }
        return self.model_copy(update=update)

    @property
    def level(self) -> float:
        """Level of every interval: 1 - alpha."""
        return 1 - self.alpha

    @property
    def primary_alpha(self) -> float:
        """The error rate of the primary interval: alpha, twice that where each limit decides by itself."""
        return 2 * self.alpha if self.sides == "one" else self.alpha

    @property
    def threshold(self) -> float:
        """What the gain in the primary metric must exceed: nothing, or the harm that is accepted."""
        return -self.margin if self.margin else 0.0

    @property
    def worth_finding(self) -> float:
        """The effect that the sample is planned for: the smallest worth having, or the margin."""
        return self.margin or self.minimum_effect

    @property
    def prior_spread(self) -> float:
        """How far effects are spread about zero before the test, as a Bayesian reading takes them."""
        return self.prior_sd or self.worth_finding

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
        self._pools_are_sound()
        if self.control not in self.weights:
            raise ValueError(
                f"control {self.control!r} is none of the variants {', '.join(self.weights)}."
                + did_you_mean(self.control, list(self.weights))
            )
        if bool(self.margin) == bool(self.minimum_effect):
            raise ValueError(
                "minimum_effect or margin: say the smallest effect worth having, or for a test of "
                "non-inferiority the largest harm that is accepted; one of the two, above 0"
            )
        if self.sides == "one" and self.alpha >= HALF:
            raise ValueError(f"alpha {self.alpha} is too large for sides: one; it must be below {HALF}")
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"end {self.end} lies before start {self.start}")
        if self.looks and self.design != "group-sequential":
            raise ValueError("looks belong to design: group-sequential")
        if list(self.looks) != sorted(set(self.looks)):
            raise ValueError("looks: write each day once, in order")
        if self.prior_sd and not self.reading:
            raise ValueError("prior_sd belongs to reading: bayesian")
        if self.cluster and self.covariates:
            raise ValueError("covariates do not go with cluster: leave one out")
        twice = {name for name in self.registered if self.registered.count(name) > 1}
        if twice:
            raise ValueError(f"{', '.join(sorted(twice))} stands twice among the metrics")
        if self.id in self.exclusive_with:
            raise ValueError("exclusive_with names the experiment itself")
        return self

    def _pools_are_sound(self) -> None:
        members = [member for pool in self.pools.values() for member in pool]
        if unknown := [member for member in members if member not in self.variants]:
            raise ValueError(
                f"pools: {', '.join(unknown)} is none of the variants {', '.join(self.variants)}"
            )
        if twice := {member for member in members if members.count(member) > 1}:
            raise ValueError(f"pools: {', '.join(sorted(twice))} stands twice")
        if taken := [pool for pool in self.pools if pool in self.variants]:
            raise ValueError(f"pools: {', '.join(taken)} is a variant, too; call the pool otherwise")
        if len(self.weights) < 2:
            raise ValueError("pools: all variants are one arm, so there is nothing to compare")


def spellings(protocol: Protocol, variants: Iterable[str]) -> dict[str, str]:
    """Variants that only case, blanks or signs tell from a planned one, each with the planned one."""
    planned = {folded(name): name for name in protocol.variants}
    unplanned = (name for name in variants if name not in {*protocol.variants, *protocol.pools})
    return {name: planned[folded(name)] for name in unplanned if folded(name) in planned}


def folded(variant: str) -> str:
    """A variant's name without case, blanks and signs: what two spellings of one have in common."""
    letters = "".join(each for each in variant.casefold() if each.isalnum())
    return letters or variant


def map_line(spellings: Mapping[str, str]) -> str:
    """`variant: {map: {CONTROL: control}}`: what sources.yaml says of spellings that are one variant."""
    pairs = ", ".join(f"{json.dumps(name, ensure_ascii=False)}: {meant}" for name, meant in spellings.items())
    return f"variant: {{from: …, map: {{{pairs}}}}}"
