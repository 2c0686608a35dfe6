"""Ask what is wrong, what ran, what differs."""

# ruff: noqa: PLR0913, PLR0917  (a command has one argument an option)

from __future__ import annotations

import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from quarterdeck import QuarterdeckError

if TYPE_CHECKING:
    from quarterdeck.archive.layout import Layout
    from quarterdeck.archive.record import RunRecord
    from quarterdeck.run.compare import RunComparison

from quarterdeck.cli import program
from quarterdeck.cli.program import Json, Outputs, Params


@program.app.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="RUN", help="A run id, or the digest that a page shows.")],
    second: Annotated[
        str | None,
        typer.Argument(metavar="RUN", help="The run to compare it with; of a draft, that of record."),
    ] = None,
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Put the findings of two runs side by side, and what differed in their inputs."""
    from quarterdeck.cli import answers
    from quarterdeck.run.compare import compare

    layout = program.layout(params, outputs)
    comparison = compare(*_pair(layout, first, second))
    if as_json:
        program.say_json(answers.compared_json(comparison))
    else:
        _print_comparison(comparison)


@program.app.command()
def explain(
    edition: Annotated[str, typer.Argument(metavar="EDITION", help="REPORT/EDITION, a run id, or a digest.")],
    key: Annotated[str, typer.Argument(help="The key of a number: nps@region=emea.")],
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Tell where a number comes from: what it counts, how it was computed, what was read for it."""
    from helpers.records.explanation import explained
    from helpers.records.settings import did_you_mean
    from quarterdeck.archive import ledger

    record = ledger.find(program.layout(params, outputs), edition)
    found = {finding.key: finding for finding in record.findings}
    if key not in found:
        raise QuarterdeckError(
            f"{record.report}/{record.edition} has no number {key}.{did_you_mean(key, list(found))} "
            "Its page names the key of a number that is clicked; run.json lists all."
        )
    terms = (*explained(found[key], record.tables), ("Run", record.run_id))
    if as_json:
        program.say_json([{"term": term, "text": text} for term, text in terms])
    else:
        program.say(f"{term}: {text}" for term, text in terms)


@program.app.command()
def verify(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="A run id, or the digest that a page shows.")],
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Run it again from its record, and tell whether the page is the same byte by byte."""
    from quarterdeck.archive import ledger
    from quarterdeck.cli import answers
    from quarterdeck.run.verify import verify as run_again

    layout = program.layout(params, outputs)
    record = ledger.find(layout, run_id)
    with tempfile.TemporaryDirectory(prefix="quarterdeck-verify-") as scratch:
        found = run_again(record, layout, Path(scratch), program.runner)
    if as_json:
        told = {"same": found.same, "same_page": found.same_page, "status": found.again.status}
        program.say_json(told | answers.compared_json(found.comparison))
    elif found.same:
        typer.echo(f"{record.run_id}: the same, byte by byte.")
    else:
        page = "the same page" if found.same_page else "another page"
        typer.echo(f"{record.run_id} ended {record.status}, and now {found.again.status} with {page}.")
        _print_comparison(found.comparison)
    if not found.same:
        raise typer.Exit(1)


@program.app.command()
def check(params: Params = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Find every problem of settings and notebooks at once, and what pages lack; no kernel is started."""
    from helpers.records import SettingsError, project
    from quarterdeck.plan import sample_data
    from quarterdeck.plan.check import check as find_problems
    from quarterdeck.plan.check import noticed

    layout = program.layout(params, outputs)
    if not layout.sample.exists():  # in a fresh clone the files that sources.yaml names are not there yet
        with suppress(SettingsError):  # a broken project.yaml is a problem like the others
            sample_data.ensure(layout, project(layout.params), program.day(None, layout))
    problems, warnings = find_problems(layout), noticed(layout)
    if as_json:
        program.say_json({"problems": problems, "warnings": warnings})
    for line in [] if as_json else (*problems, *(f"Warning: {warning}" for warning in warnings)):
        typer.echo(line)
    if problems:
        raise typer.Exit(2)
    if not as_json:
        typer.echo("No problem found.")


@program.app.command()
def history(
    report: Annotated[str | None, typer.Argument(help="One report; without, all.")] = None,
    edition: Annotated[
        str | None, typer.Option(metavar="GLOB", help="Only editions of such a name (2026q3-*).")
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only runs that ended so.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only runs from this day on.")] = None,
    limit: Annotated[int | None, typer.Option("-n", min=1, help="At most so many.")] = None,
    drafts: Annotated[bool, typer.Option("--drafts", help="Those of drafts, too.")] = False,
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Tell what ran, newest first, and how it ended."""
    from quarterdeck.archive import ledger
    from quarterdeck.archive.record import Status
    from quarterdeck.cli import answers

    if status is not None and status not in get_args(Status):
        raise QuarterdeckError(f"--status {status}: a run is {', '.join(get_args(Status))}.")
    layout = program.layout(params, outputs)
    day = program.day(since, layout, "--since") if since else None
    wanted = ledger.Filter(report, edition, cast("Status | None", status), day, limit, drafts)
    runs = ledger.history(layout, wanted)
    if as_json:
        program.say_json(runs)
    else:
        program.say(answers.history(layout, runs))


def _pair(layout: Layout, first: str, second: str | None) -> tuple[RunRecord, RunRecord]:
    """The runs to compare: those that are named, or the edition of record and the draft that is named."""
    from quarterdeck.archive import ledger

    named = ledger.find(layout, first)
    if second is not None:
        return named, ledger.find(layout, second)
    name = f"{named.report}/{named.edition_of_record}"
    if named.free or not named.draft:
        raise QuarterdeckError(f"{first}: only a draft of a report has an edition of record. Name two runs.")
    if ledger.last_record(layout, named.report, named.edition_of_record) is None:
        raise QuarterdeckError(f"{name} never ran: there is nothing to compare the draft with yet.")
    return ledger.find(layout, name), named


def _print_comparison(comparison: RunComparison) -> None:
    from rich.console import Console

    from quarterdeck.cli import answers

    table, lines = answers.compared(comparison)
    if table is not None:
        Console().print(table)
    program.say(lines)
