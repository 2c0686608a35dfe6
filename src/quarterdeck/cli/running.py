"""Run, plan, publish."""

# ruff: noqa: PLR0913, PLR0917  (a command has one argument an option)

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from quarterdeck import QuarterdeckError

if TYPE_CHECKING:
    from quarterdeck.archive.layout import Layout
    from quarterdeck.cli.progress import FleetProgress
    from quarterdeck.plan.request import Planned, Selection
    from quarterdeck.run.fleet import Outcome
    from quarterdeck.unattended.events import Events

from quarterdeck.cli import program
from quarterdeck.cli.program import AsOf, Draft, Jobs, Json, LogJson, Only, Outputs, Override, Params, Reports


@program.app.command()
def run(
    reports: Reports = None,
    override: Override = None,
    only: Only = None,
    params: Params = None,
    outputs: Outputs = None,
    as_of: AsOf = None,
    jobs: Jobs = None,
    force: Annotated[bool, typer.Option("--force", help="Run what is up to date, too.")] = False,
    timeout: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Seconds an edition may take.")
    ] = None,
    retries: Annotated[int | None, typer.Option(min=0, help="Attempts more where the kernel died.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only what last did not end well.")] = False,
    no_publish: Annotated[bool, typer.Option("--no-publish", help="Write no page and no catalogue.")] = False,
    draft: Draft = False,
    log_json: LogJson = False,
    as_json: Json = False,
) -> None:
    """Run the editions that are not up to date, and publish their pages."""
    from quarterdeck.cli import answers

    layout = program.layout(params, outputs)
    selection = _selection(layout, reports, override, only, as_of)
    selection = replace(selection, timeout=timeout, retries=retries, draft=draft)
    planned, unpublished = _planned_with_data(layout, selection, publish=not no_publish)
    chosen = [item for item in planned if item.ended_badly] if failed else planned
    due = [item for item in chosen if force or not item.up_to_date]
    display = program.events(layout, as_json=True, cells=True) if log_json else _progress(len(due))
    outcome = _run(layout, due, jobs or os.cpu_count() or 1, display, publish=not no_publish)
    outcome.unpublished |= {name: why for name, why in unpublished.items() if name not in outcome.names}
    up_to_date = len(chosen) - len(due)
    if as_json:
        program.say_json(answers.ran_json(layout, outcome, chosen))
    else:
        program.say(answers.ran(layout, outcome, up_to_date))
    if outcome.went_wrong:
        raise typer.Exit(1)


@program.app.command()
def plan(
    reports: Reports = None,
    override: Override = None,
    only: Only = None,
    params: Params = None,
    outputs: Outputs = None,
    as_of: AsOf = None,
    draft: Draft = False,
    as_json: Json = False,
) -> None:
    """Tell what would run, what is up to date, and for each why."""
    from quarterdeck.cli import answers
    from quarterdeck.plan.check import unread
    from quarterdeck.plan.editions import plan as make_plan

    layout = program.layout(params, outputs)
    planned = make_plan(layout, replace(_selection(layout, reports, override, only, as_of), draft=draft))
    if as_json:
        program.say_json(answers.planned_json(planned))
    else:
        program.say(answers.planned(planned))
        program.say(f"Note: {problem}" for problem in unread(layout))


@program.app.command()
def publish(
    draft: Annotated[
        str | None,
        typer.Argument(metavar="DRAFT", help="A draft (report/edition~draft) to make the edition of record."),
    ] = None,
    params: Params = None,
    outputs: Outputs = None,
    log_json: LogJson = False,
    as_json: Json = False,
) -> None:
    """Build every page and the catalogue again; or make a draft the edition of record."""
    from helpers.records.nouns import how_many
    from quarterdeck.publish import catalog, pages

    layout = program.layout(params, outputs)
    program.make_writable(layout)
    if draft is not None:
        _publish_draft(layout, draft, log_json=log_json, as_json=as_json)
        return
    results = list(pages.publish_all(layout))
    index = catalog.build(layout)
    if as_json:
        program.say_json({"pages": [str(r.site) for r in results if r.site], "index": str(index)})
        return
    typer.echo(f"{how_many(sum(result.site is not None for result in results), 'page')} published.")
    typer.echo(str(index))


@program.app.command()
def drafts(
    pattern: Annotated[
        str, typer.Argument(metavar="GLOB", help="Only drafts of such a name (quarterly_feedback/*).")
    ] = "*",
    remove: Annotated[bool, typer.Option("--remove", help="Take them away, pages and runs.")] = False,
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """List the drafts, newest first, or remove them."""
    from quarterdeck.cli import answers
    from quarterdeck.publish import catalog
    from quarterdeck.run import drafts as found

    layout = program.layout(params, outputs)
    listed = found.drafts(layout, pattern)
    for draft in listed if remove else ():
        found.remove(layout, draft)
    if remove and listed:
        catalog.build(layout)
    if as_json:
        program.say_json(answers.drafts_json(layout, listed))
    else:
        program.say(answers.drafts(layout, listed, removed=remove))


def _publish_draft(layout: Layout, name: str, *, log_json: bool, as_json: bool) -> None:
    """Run the edition of record from the inputs of a draft that was looked at, and take the draft away."""
    from quarterdeck.archive import ledger
    from quarterdeck.cli import answers
    from quarterdeck.publish import catalog
    from quarterdeck.run import drafts as found

    draft = ledger.find(layout, name)
    item = found.as_edition_of_record(layout, draft, program.day(None, layout))
    due = [] if item.up_to_date else [item]
    display = program.events(layout, as_json=True, cells=True) if log_json else _progress(len(due))
    outcome = _run(layout, due, 1, display, publish=True)
    stands = layout.page(item.request.report, item.request.edition).exists()
    done = stands and not outcome.went_wrong and all(record.can_be_told for record in outcome.records)
    if done:
        found.remove(layout, draft)
        catalog.build(layout)
    if as_json:
        program.say_json(answers.ran_json(layout, outcome, [item]))
    else:
        program.say(answers.ran(layout, outcome, len([item]) - len(due)))
    if not done:
        raise typer.Exit(1)


def _selection(
    layout: Layout,
    reports: Sequence[str] | None,
    override: Sequence[str] | None,
    only: str | None,
    as_of: str | None,
) -> Selection:
    from quarterdeck.plan.request import Selection

    overrides: dict[str, str] = {}
    for text in override or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise QuarterdeckError(f"-p {text}: write a parameter as NAME=VALUE, such as -p region=EMEA.")
        if name in overrides:
            raise QuarterdeckError(f"-p {text}: {name} is given twice. Give each parameter once.")
        overrides[name] = value
    return Selection(program.day(as_of, layout), tuple(reports or ()), overrides, only)


def _planned_with_data(
    layout: Layout, selection: Selection, *, publish: bool
) -> tuple[list[Planned], dict[str, str]]:
    """The plan, once the request was found right, a crash was recovered from, the sample data are there.

    Beside it the pages of earlier runs that cannot be published, and why.
    """
    from helpers.records import project
    from quarterdeck.plan import sample_data
    from quarterdeck.plan.editions import plan as make_plan
    from quarterdeck.run import fleet

    planned = make_plan(layout, selection)
    program.make_writable(layout)
    recovered = fleet.recover(layout, publish=publish)
    if sample_data.ensure(layout, project(layout.params), selection.as_of) or recovered.records:
        planned = make_plan(layout, selection)
    return planned, recovered.unpublished


def _run(
    layout: Layout, due: Sequence[Planned], jobs: int, display: FleetProgress | Events, *, publish: bool
) -> Outcome:
    from quarterdeck.archive.claims import Claims
    from quarterdeck.kernels.pool import POOL
    from quarterdeck.run.fleet import Fleet, Outcome

    if not due:
        return Outcome()
    runner = replace(program.runner(layout), on_cell=display.cell)
    own = runner.inputs.packages.own_folders
    POOL.prepare(min(jobs, len(due)), own)  # it imports while this process does
    with Claims(layout) as claims, display:
        return Fleet(runner, claims, jobs, publish).run(due, display.ended)


def _progress(editions: int) -> FleetProgress:
    from rich.console import Console

    from quarterdeck.cli.progress import FleetProgress

    return FleetProgress(Console(stderr=True), editions)
