"""The protocols of a project, written before their experiments start: found, read and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from helpers import metrics
from helpers.contracts import OF_RATIOS, SPREADS
from helpers.experiments.observations.spreads import kind_in_totals
from helpers.experiments.protocol import CLUSTER, Protocol
from helpers.records import SettingsError, params_folder, read_yaml
from helpers.records.settings import Location, did_you_mean, lines_of

Problem = tuple[Location, str]
"""The key of a protocol that something is wrong with, and what."""


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
        lines = lines_of(path.read_text(encoding="utf-8"))
        told = [*_unsupplied(found, tables or {}, folder), *_excluded(found, known)]
        problems.extend(f"{path}:{lines.get(at, 1)}: {problem}" for at, problem in told)
    return problems


def _excluded(found: Protocol, known: Sequence[str]) -> Iterator[Problem]:
    """The experiments that a protocol keeps apart from, and that have none."""
    for at, other in enumerate(found.exclusive_with):
        if other not in known:
            hint = did_you_mean(other, list(known))
            yield ("exclusive_with", at), f"exclusive_with names {other}, which has no protocol.{hint}"


def _unsupplied(
    found: Protocol, tables: Mapping[str, frozenset[str] | None], folder: Path | None
) -> Iterator[Problem]:
    """What a protocol needs of the tables that are declared, and they do not have; each with its key."""
    units = {"assignments", "outcomes"}
    if units & tables.keys() and not units <= tables.keys() and "totals" not in tables:
        missing = " and ".join(sorted(units - tables.keys()))
        yield (
            ("id",),
            f"sources.yaml declares no {missing}, and no totals: nothing can be read out. Add them.",
        )
    elif "totals" in tables and not units <= tables.keys():
        yield from _summed(found, tables["totals"], folder)
    assignments, outcomes = (tables.get(name) for name in sorted(units))
    if found.cluster and assignments is not None and CLUSTER not in assignments:
        yield (
            ("cluster",),
            f"cluster: {found.cluster} needs the column {CLUSTER} of assignments. Map it under columns in "
            "sources.yaml, or take cluster out.",
        )
    absent = [name for name in found.covariates if outcomes is not None and name not in outcomes]
    if absent:
        yield (
            ("covariates", found.covariates.index(absent[0])),
            f"covariates names {', '.join(absent)}, which outcomes do not have. Map it under columns.",
        )


def _summed(found: Protocol, columns: frozenset[str] | None, folder: Path | None) -> Iterator[Problem]:
    """What an experiment that is known by totals alone cannot tell of metrics that are no shares."""
    known = metrics.catalogue(folder)
    for at, name in _registered_at(found).items():
        kind = kind_in_totals(known[name])
        if kind == "mean" and columns is not None and not set(SPREADS) & columns:
            yield (
                at,
                f"{name} is a mean, and totals have no {' or '.join(SPREADS)}: sums alone have no interval. "
                "Add the column, or supply assignments and outcomes.",
            )
        elif kind == "ratio" and columns is not None and (lacking := set(OF_RATIOS) - columns):
            yield (
                at,
                f"{name} is a ratio, and totals have no {', '.join(sorted(lacking))}: sums alone have no "
                "interval. Add the columns, or supply assignments and outcomes.",
            )
        elif kind not in {"mean", "share", "ratio"}:
            yield at, f"{name} is a {kind}, which totals do not tell. Supply assignments and outcomes."


def _unknown_metrics(found: Protocol, path: Path, folder: Path | None) -> list[str]:
    """The metrics of a protocol that the catalogue does not have, each with its line."""
    known, lines = list(metrics.catalogue(folder)), lines_of(path.read_text(encoding="utf-8"))
    listed = f" Known: {', '.join(known) or 'none'}."
    return [
        f"{path}:{lines[at]}: {at[0]} names {name}, which {metrics.FILE} does not define."
        f"{did_you_mean(name, known) or listed}"
        for at, name in _registered_at(found).items()
        if name not in known
    ]


def _registered_at(found: Protocol) -> dict[Location, str]:
    """Every metric that a protocol names, by its place in the file."""
    return {
        ("primary",): found.primary,
        **{("guard_rails", at, "metric"): rail.metric for at, rail in enumerate(found.guard_rails)},
        **{("secondary", at): name for at, name in enumerate(found.secondary)},
    }


def _folder(folder: Path | None) -> Path:
    return (folder or params_folder()) / "experiments"
