"""The command line: the only place that prints, exits, and reads the clock."""

# ruff: noqa: PLR0913, PLR0917  (a command has one argument an option)

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperGroup

from quarterdeck.errors import QuarterdeckError

if TYPE_CHECKING:
    from quarterdeck.compare import Comparison
    from quarterdeck.events import Events
    from quarterdeck.fleet import Outcome
    from quarterdeck.layout import Layout
    from quarterdeck.params.report import Schedule
    from quarterdeck.plan import Planned, Selection
    from quarterdeck.progress import FleetProgress
    from quarterdeck.run import Runner


class _Commands(TyperGroup):
    """Turns what is expected to go wrong into one paragraph and an exit status."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        """Run the command that was asked for."""
        from helpers.records import SettingsError

        try:
            return super().invoke(ctx)
        except (QuarterdeckError, SettingsError) as error:
            if ctx.params.get("debug"):
                raise
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(2) from None
        except KeyboardInterrupt:
            typer.echo("Interrupted. What had ended is kept; quarterdeck run does the rest.", err=True)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Run notebooks as reports, publish them, and tell what ran.",
)

Reports = Annotated[list[str] | None, typer.Argument(help="Reports to take; without any, all.")]
Override = Annotated[
    list[str] | None, typer.Option("-p", metavar="NAME=VALUE", help="Give a parameter a value.")
]
Only = Annotated[str | None, typer.Option(metavar="GLOB", help="Only editions of such a name (2026q3-*).")]
Params = Annotated[Path | None, typer.Option(metavar="DIR", help="Folder of settings; default params/.")]
Outputs = Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; default outputs/.")]
AsOf = Annotated[str | None, typer.Option(metavar="DATE", help="The day to report from; default today.")]
Jobs = Annotated[int | None, typer.Option(min=1, help="Editions side by side; default: processors.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Tell each event as a line of JSON on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


_SLOW = "rfc3987_syntax"
"""jsonschema, on which nbformat stands, compiles this grammar of URIs for a second when it is there."""


def main() -> None:
    """Run the program. `--debug` may stand anywhere."""
    sys.modules.setdefault(_SLOW, None)  # type: ignore[arg-type]
    signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    app(["--debug", *arguments] if len(arguments) < len(sys.argv) - 1 else arguments)


@app.callback()
def program(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Run notebooks as reports, publish them, and tell what ran."""


@app.command()
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
    log_json: LogJson = False,
    as_json: Json = False,
) -> None:
    """Run the editions that are not up to date, and publish their pages."""
    from quarterdeck import answers

    layout = _layout(params, outputs)
    selection = _selection(layout, reports, override, only, as_of)
    selection = replace(selection, timeout=timeout, retries=retries)
    planned, unpublished = _planned_with_data(layout, selection, publish=not no_publish)
    chosen = [item for item in planned if item.ended_badly] if failed else planned
    due = [item for item in chosen if force or not item.up_to_date]
    display = _events(layout, as_json=True) if log_json else _progress(len(due))
    outcome = _run(layout, due, jobs or os.cpu_count() or 1, display, publish=not no_publish)
    outcome.unpublished |= {name: why for name, why in unpublished.items() if name not in outcome.names}
    up_to_date = len(chosen) - len(due)
    if as_json:
        _print_json(answers.ran_json(layout, outcome, up_to_date))
    else:
        _print(answers.ran(layout, outcome, up_to_date))
    if outcome.went_wrong:
        raise typer.Exit(1)


@app.command()
def plan(
    reports: Reports = None,
    override: Override = None,
    only: Only = None,
    params: Params = None,
    outputs: Outputs = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Tell what would run, what is up to date, and for each why."""
    from quarterdeck import answers
    from quarterdeck.plan import plan as make_plan

    layout = _layout(params, outputs)
    planned = make_plan(layout, _selection(layout, reports, override, only, as_of))
    if as_json:
        _print_json(answers.planned_json(planned))
    else:
        _print(answers.planned(planned))


@app.command()
def publish(params: Params = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Build every page and the catalogue again from the run folders."""
    from quarterdeck import catalog
    from quarterdeck import publish as pages

    layout = _layout(params, outputs)
    _make_writable(layout)
    results = list(pages.publish_all(layout))
    index = catalog.build(layout)
    if as_json:
        _print_json({"pages": [str(r.site) for r in results if r.site], "index": str(index)})
        return
    typer.echo(f"{sum(result.site is not None for result in results)} pages published.")
    typer.echo(str(index))


@app.command()
def diff(
    first: Annotated[str, typer.Argument(metavar="RUN", help="A run id, or the digest that a page shows.")],
    second: Annotated[str, typer.Argument(metavar="RUN", help="The run to compare it with.")],
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Put the findings of two runs side by side, and what differed in their inputs."""
    from quarterdeck import answers, ledger
    from quarterdeck.compare import compare

    layout = _layout(params, outputs)
    comparison = compare(ledger.find(layout, first), ledger.find(layout, second))
    if as_json:
        _print_json(answers.compared_json(comparison))
    else:
        _print_comparison(comparison)


@app.command()
def verify(
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="A run id, or the digest that a page shows.")],
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Run it again from its record, and tell whether the page is the same byte by byte."""
    from quarterdeck import answers, ledger
    from quarterdeck.verify import verify as run_again

    layout = _layout(params, outputs)
    record = ledger.find(layout, run_id)
    with tempfile.TemporaryDirectory(prefix="quarterdeck-verify-") as scratch:
        found = run_again(record, layout, Path(scratch), _runner)
    if as_json:
        told = {"same": found.same, "same_page": found.same_page, "status": found.again.status}
        _print_json(told | answers.compared_json(found.comparison))
    elif found.same:
        typer.echo(f"{record.run_id}: the same, byte by byte.")
    else:
        page = "the same page" if found.same_page else "another page"
        typer.echo(f"{record.run_id} ended {record.status}, and now {found.again.status} with {page}.")
        _print_comparison(found.comparison)
    if not found.same:
        raise typer.Exit(1)


@app.command()
def check(params: Params = None, as_json: Json = False) -> None:
    """Find every problem of settings and notebooks at once; no kernel is started."""
    from quarterdeck.check import check as find_problems

    problems = find_problems(_layout(params, None))
    if as_json:
        _print_json({"problems": problems})
    for problem in [] if as_json else problems:
        typer.echo(problem)
    if problems:
        raise typer.Exit(2)
    if not as_json:
        typer.echo("No problem found.")


@app.command()
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

    layout = _layout(params, None)
    start = project(layout.params).fiscal_year_start
    try:
        written = company.write(
            folder or layout.sample,
            as_of=_day(as_of, layout),
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
        _print_json({"folder": str(written)})
    else:
        typer.echo(str(written))


@app.command()
def history(
    report: Annotated[str | None, typer.Argument(help="One report; without, all.")] = None,
    edition: Annotated[
        str | None, typer.Option(metavar="GLOB", help="Only editions of such a name (2026q3-*).")
    ] = None,
    status: Annotated[str | None, typer.Option(help="Only runs that ended so.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Only runs from this day on.")] = None,
    limit: Annotated[int | None, typer.Option("-n", min=1, help="At most so many.")] = None,
    params: Params = None,
    outputs: Outputs = None,
    as_json: Json = False,
) -> None:
    """Tell what ran, newest first, and how it ended."""
    from quarterdeck import answers, ledger
    from quarterdeck.record import Status

    if status is not None and status not in get_args(Status):
        raise QuarterdeckError(f"--status {status}: a run is {', '.join(get_args(Status))}.")
    layout = _layout(params, outputs)
    day = _day(since, layout, "--since") if since else None
    wanted = ledger.Filter(report, edition, cast("Status | None", status), day, limit)
    runs = ledger.history(layout, wanted)
    if as_json:
        _print_json(runs)
    else:
        _print(answers.history(runs))


timetable = typer.Typer(no_args_is_help=True, help="Run reports when they are due; tell when that is.")
app.add_typer(timetable, name="schedule")


@timetable.command("run")
def schedule_run(
    once: Annotated[bool, typer.Option("--once", help="Look once, run what is due, and end.")] = False,
    params: Params = None,
    outputs: Outputs = None,
    jobs: Jobs = None,
    log_json: LogJson = False,
) -> None:
    """Run reports as they become due, and what was missed; --once is for cron."""
    from quarterdeck.daemon import Daemon
    from quarterdeck.record import WENT_WRONG

    layout = _layout(params, outputs)
    _make_writable(layout)
    daemon = Daemon(layout, _runner, jobs or os.cpu_count() or 1, _events(layout, as_json=log_json))
    if not once:
        daemon.run(time.sleep)
    if any(record.status in WENT_WRONG for record in daemon.look()) or daemon.troubles:
        raise typer.Exit(1)


@timetable.command("list")
def schedule_list(params: Params = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Tell of each scheduled report when it runs, what was last dealt with, and what is due."""
    from quarterdeck import answers

    layout = _layout(params, outputs)
    found = answers.scheduled(layout, _schedules(layout), _now())
    if as_json:
        _print_json(found)
    else:
        _print(answers.scheduled_text(found))


@timetable.command("next")
def schedule_next(
    count: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 10,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Tell the next due times, soonest first."""
    from quarterdeck import answers
    from quarterdeck.schedule import upcoming

    layout = _layout(params, None)
    schedules = _schedules(layout)
    found = answers.upcoming(upcoming(schedules, _now(), count), schedules)
    if as_json:
        _print_json(found)
    else:
        _print([f"{item['due']} {item['report']}" for item in found] or [answers.NO_SCHEDULE])


scaffolds = typer.Typer(no_args_is_help=True, help="Begin something new.")
app.add_typer(scaffolds, name="new")


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
    """Write a protocol, its sample size worked out from the effect, alpha, power and the data."""
    from helpers import experiments

    layout = _layout(params, None)
    os.environ["QUARTERDECK_PARAMS"] = str(layout.params)
    path = experiments.new(experiment, primary, effect, alpha, power)
    if as_json:
        _print_json({"protocol": str(path)})
    else:
        typer.echo(str(path))


@app.command()
def lab(params: Params = None, as_of: AsOf = None) -> None:
    """Open JupyterLab on the notebooks, with the sample data in place."""
    from helpers.records import project
    from quarterdeck import sample_data
    from quarterdeck.kernels import PROVISIONER

    layout = _layout(params, None)
    sample_data.ensure(layout, project(layout.params), _day(as_of, layout))
    os.environ["QUARTERDECK_PARAMS"] = str(layout.params)
    os.environ.setdefault("JUPYTER_DEFAULT_PROVISIONER_NAME", PROVISIONER)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={layout.root}"]
    os.execv(sys.executable, [*command, f"--LabApp.default_url=/lab/tree/{layout.notebooks.name}"])


def _layout(params: Path | None, outputs: Path | None) -> Layout:
    from quarterdeck.layout import Layout

    return Layout.find(Path.cwd(), params, outputs)


def _day(text: str | None, layout: Layout, option: str = "--as-of") -> date:
    from helpers.records import project

    if text is None:
        return _now().astimezone(ZoneInfo(project(layout.params).timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuarterdeckError(f"{option} {text}: this is no date. Write it like 2026-10-05.") from None


def _selection(
    layout: Layout,
    reports: Sequence[str] | None,
    override: Sequence[str] | None,
    only: str | None,
    as_of: str | None,
) -> Selection:
    from quarterdeck.plan import Selection

    overrides: dict[str, str] = {}
    for text in override or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise QuarterdeckError(f"-p {text}: write a parameter as NAME=VALUE, such as -p region=EMEA.")
        if name in overrides:
            raise QuarterdeckError(f"-p {text}: {name} is given twice. Give each parameter once.")
        overrides[name] = value
    return Selection(_day(as_of, layout), tuple(reports or ()), overrides, only)


def _planned_with_data(
    layout: Layout, selection: Selection, *, publish: bool
) -> tuple[list[Planned], dict[str, str]]:
    """The plan, once the request was found right, a crash was recovered from, the sample data are there.

    Beside it the pages of earlier runs that cannot be published, and why.
    """
    from helpers.records import project
    from quarterdeck import fleet, sample_data
    from quarterdeck.plan import plan as make_plan

    planned = make_plan(layout, selection)
    _make_writable(layout)
    recovered = fleet.recover(layout, publish=publish)
    if sample_data.ensure(layout, project(layout.params), selection.as_of) or recovered.records:
        planned = make_plan(layout, selection)
    return planned, recovered.unpublished


def _make_writable(layout: Layout) -> None:
    try:
        layout.outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=layout.outputs):
            pass
    except OSError as error:
        raise QuarterdeckError(
            f"{layout.outputs}: nothing can be written there ({error.strerror}). "
            "Free it, or name another folder with --outputs."
        ) from None


def _run(
    layout: Layout, due: Sequence[Planned], jobs: int, display: FleetProgress | Events, *, publish: bool
) -> Outcome:
    from quarterdeck.claims import Claims
    from quarterdeck.fleet import Fleet, Outcome
    from quarterdeck.kernels.pool import POOL

    if not due:
        return Outcome()
    POOL.prepare(min(jobs, len(due)))  # it imports while this process does
    with Claims(layout) as claims, display:
        runner = replace(_runner(layout), on_cell=display.cell)
        return Fleet(runner, claims, jobs, publish).run(due, display.ended)


def _progress(editions: int) -> FleetProgress:
    from rich.console import Console

    from quarterdeck.progress import FleetProgress

    return FleetProgress(Console(stderr=True), editions)


def _events(layout: Layout, *, as_json: bool) -> Events:
    from quarterdeck.events import Events
    from quarterdeck.secrets import secrets

    return Events(partial(typer.echo, err=True), _now, secrets(layout.params), as_json)


def _schedules(layout: Layout) -> dict[str, Schedule]:
    from quarterdeck.plan import read_report

    files = {name: read_report(layout, name)[1].file for name in layout.reports}
    return {name: file.schedule for name, file in files.items() if file.schedule}


def _now() -> datetime:
    return datetime.now(UTC)


def _runner(layout: Layout) -> Runner:
    from helpers.records import project
    from quarterdeck.fingerprints import Inputs
    from quarterdeck.run import Runner
    from quarterdeck.secrets import recipients, secrets

    inputs = Inputs(layout, project(layout.params))
    return Runner(layout, inputs, _now, secrets(layout.params), recipients(layout.params))


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _print_comparison(comparison: Comparison) -> None:
    from rich.console import Console

    from quarterdeck import answers

    table, lines = answers.compared(comparison)
    if table is not None:
        Console().print(table)
    _print(lines)


def _print_json(content: object) -> None:
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False, default=str))


if __name__ == "__main__":
    main()
