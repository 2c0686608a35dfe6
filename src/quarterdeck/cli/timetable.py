"""Schedules: run what is due, tell what comes."""

from __future__ import annotations

import os
import time
from typing import Annotated

import typer

from quarterdeck.cli import program
from quarterdeck.cli.program import Jobs, Json, LogJson, Outputs, Params

timetable = typer.Typer(no_args_is_help=True, help="Run reports when they are due; tell when that is.")
program.app.add_typer(timetable, name="schedule")


@timetable.command("run")
def schedule_run(
    once: Annotated[bool, typer.Option("--once", help="Look once, run what is due, and end.")] = False,
    params: Params = None,
    outputs: Outputs = None,
    jobs: Jobs = None,
    log_json: LogJson = False,
) -> None:
    """Run reports as they become due, and what was missed; --once is for cron."""
    from quarterdeck.archive.record import WENT_WRONG
    from quarterdeck.unattended.daemon import Daemon

    layout = program.layout(params, outputs)
    program.make_writable(layout)
    daemon = Daemon(
        layout, program.runner, jobs or os.cpu_count() or 1, program.events(layout, as_json=log_json)
    )
    if not once:
        daemon.run(time.sleep)
    if any(record.status in WENT_WRONG for record in daemon.look()) or daemon.troubles:
        raise typer.Exit(1)


@timetable.command("list")
def schedule_list(params: Params = None, outputs: Outputs = None, as_json: Json = False) -> None:
    """Tell of each scheduled report when it runs, what was last dealt with, and what is due."""
    from quarterdeck.cli import answers

    layout = program.layout(params, outputs)
    found = answers.scheduled(layout, program.schedules(layout), program.now())
    if as_json:
        program.say_json(found)
    else:
        program.say(answers.scheduled_text(found))


@timetable.command("next")
def schedule_next(
    count: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 10,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Tell the next due times, soonest first."""
    from quarterdeck.cli import answers
    from quarterdeck.plan.schedule import upcoming

    layout = program.layout(params, None)
    schedules = program.schedules(layout)
    found = answers.upcoming(upcoming(schedules, program.now(), count), schedules)
    if as_json:
        program.say_json(found)
    else:
        program.say([f"{item['due']} {item['report']}" for item in found] or [answers.NO_SCHEDULE])
