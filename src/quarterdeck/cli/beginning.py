"""Begin: a project, sample data, a protocol, a table; go on with a new version."""

# ruff: noqa: PLR0913, PLR0917  (a command has one argument an option)

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Annotated

import typer

from quarterdeck import QuarterdeckError
from quarterdeck.cli import program
from quarterdeck.cli.program import AsOf, Json, Params

READOUT = "experiment_readout"
"""The report that reads experiments out."""


@program.app.command()
def sample(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="Default: outputs/sample.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Another seed, another company.")] = None,
    as_of: AsOf = None,
    scale: Annotated[float, typer.Option(help="Times as many rows.")] = 1,
    null: Annotated[bool, typer.Option("--null", help="A company where nothing happens.")] = False,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Write the sample company, with planted truths to find."""
    from helpers import sample as company
    from helpers.records import project

    layout = program.layout(params, None)
    start = project(layout.params).fiscal_year_start
    try:
        written = company.write(
            folder or layout.sample,
            as_of=program.day(as_of, layout),
            seed=company.SEED if seed is None else seed,
            scale=scale,
            null=null,
            fiscal_year_start=start,
        )
    except OSError as error:
        raise QuarterdeckError(
            f"{folder or layout.sample}: cannot be written ({error}). Name another folder."
        ) from None
    except ValueError as error:
        raise QuarterdeckError(f"The sample company cannot be made: {error}") from None
    if as_json:
        program.say_json({"folder": str(written)})
    else:
        typer.echo(str(written))


@program.app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty; its name names the package.")],
    with_sample: Annotated[
        bool, typer.Option("--sample", help="With the sample company's settings: it runs at once.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make a company's own project: settings, notebooks, a package for its helpers, a CI file."""
    from quarterdeck.lab import new_project

    written = new_project.begin(folder, sample=with_sample)
    if as_json:
        program.say_json({"files": [str(path) for path in written]})
        return
    program.say(map(str, written))
    first = "run" if with_sample else "new source FILE --write"
    typer.echo(f"Next: cd {shlex.quote(str(folder))} && quarterdeck {first}")


@program.app.command()
def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="Tell which settings mean otherwise; nothing is changed.")
    ] = False,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Tell what a new version means for this project."""
    from quarterdeck.archive.shipped import program_version
    from quarterdeck.plan import upgrades

    if not check:
        raise QuarterdeckError("No program changes your settings. Write quarterdeck upgrade --check.")
    layout, now = program.layout(params, None), program_version()
    since = upgrades.last_version(layout)
    told = list(upgrades.changed_meanings(layout, since, now)) if since else []
    if as_json:
        program.say_json({"since": since, "now": now, "changed": told})
        return
    program.say(told)
    ran = f"last ran with {since}" if since else "has not run yet"
    typer.echo(f"This project {ran}; {now} is installed. {len(told)} of its settings mean otherwise now.")
    typer.echo(f"Editions that run again: {program.typed(layout.command('plan'))}")


scaffolds = typer.Typer(no_args_is_help=True, help="Begin something new.")
program.app.add_typer(scaffolds, name="new")


@scaffolds.command("experiment")
def new_experiment(
    experiment: Annotated[str, typer.Argument(metavar="ID", help="Lower case letters, digits and _.")],
    primary: Annotated[
        str | None, typer.Option(metavar="METRIC", help="What decides; default the first of the catalogue.")
    ] = None,
    effect: Annotated[
        float | None, typer.Option(help="Smallest effect worth having; default a twentieth of the base.")
    ] = None,
    alpha: Annotated[float, typer.Option(min=0.0001, max=0.5, help="Chance of a false claim.")] = 0.05,
    power: Annotated[float, typer.Option(min=0.5, max=0.999, help="Chance to find that effect.")] = 0.8,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Write a protocol, its sample worked out from the data, and add it to the matrix of the readout."""
    from helpers import experiments
    from helpers.records import project
    from helpers.sources.refusals import TableError
    from quarterdeck.plan import sample_data
    from quarterdeck.plan.matrix import add_to_matrix

    layout = program.layout(params, None)
    sample_data.ensure(layout, project(layout.params), program.day(None, layout))
    os.environ["QUARTERDECK_PARAMS"] = str(layout.params)
    try:
        path = experiments.new(experiment, primary, effect, alpha, power)
    except TableError as error:
        raise QuarterdeckError(f"The sample cannot be worked out. {error}") from None
    report = layout.report_file(READOUT)
    added = report.is_file() and add_to_matrix(report, "experiment", experiment)
    if as_json:
        program.say_json({"protocol": str(path), "report": str(report) if added else None})
        return
    typer.echo(str(path))
    if added:
        typer.echo(f"Added to the matrix of {report}.")


@scaffolds.command("source")
def new_source(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An export, of any format that is read.")],
    table: Annotated[
        str | None,
        typer.Option("--as", metavar="TABLE", help="What it is; default the table that fits best."),
    ] = None,
    said: Annotated[
        list[str] | None,
        typer.Option(
            "--say", metavar="COLUMN=VALUE", help="A value, or date format, that the file does not tell."
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Add it to sources.yaml.")] = False,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Look at a file, propose its lines of sources.yaml with the reasons, and tell what comes of them."""
    from helpers.sources.proposal.card import card
    from helpers.sources.proposal.declaring import declare
    from helpers.sources.proposal.proposing import propose
    from helpers.sources.refusals import TableError

    layout = program.layout(params, None)
    if not file.is_file():
        raise QuarterdeckError(f"{file}: there is no such file. Name an export.")
    try:
        proposal = propose(file, layout.params, table, _said(said or []))
    except TableError as error:
        raise QuarterdeckError(f"Nothing can be proposed: {error}") from None
    told = list(card(proposal))
    if as_json:
        answer = {
            "table": proposal.name,
            "declaration": proposal.declaration,
            "undecided": proposal.undecided,
        }
        program.say_json({**answer, "snippet": proposal.snippet, "card": told})
    else:
        typer.echo(proposal.snippet)
        program.say(f"  # {line}" for line in told)
    if write:
        path = declare(proposal, layout.params)
        typer.echo(f"Written to {path}.", err=as_json)


def _said(pairs: list[str]) -> dict[str, str]:
    for pair in pairs:
        if not re.fullmatch(r"\w+=.+", pair):
            raise QuarterdeckError(f"--say {pair}: write it as COLUMN=VALUE, such as --say source=twitter.")
    return dict(pair.split("=", 1) for pair in pairs)
