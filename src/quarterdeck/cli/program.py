"""The program itself: its commands' group, the options that they share, and how they speak."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer
from typer.core import TyperGroup

from quarterdeck import QuarterdeckError, interruption

if TYPE_CHECKING:
    from quarterdeck.archive.layout import Layout
    from quarterdeck.params.report import Schedule
    from quarterdeck.run.runner import Runner
    from quarterdeck.unattended.events import Events


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
            typer.echo("Interrupted. What had ended is kept; the same command does the rest.", err=True)
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
Draft = Annotated[bool, typer.Option("--draft", help="As drafts, beside the editions of record.")]
LogJson = Annotated[bool, typer.Option("--log-json", help="Tell each event as a line of JSON on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]

_SLOW = "rfc3987_syntax"
"""jsonschema, on which nbformat stands, compiles this grammar of URIs for a second when it is there."""


def main() -> None:
    """Run the program. `--debug` may stand anywhere."""
    sys.modules.setdefault(_SLOW, None)  # type: ignore[arg-type]
    interruption.listen()
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    app(["--debug", *arguments] if len(arguments) < len(sys.argv) - 1 else arguments)


def _version(asked: bool) -> None:
    """Print the version, as the installed distribution has it; nothing else names it."""
    if asked:
        from quarterdeck.archive.shipped import program_version

        typer.echo(f"quarterdeck {program_version()}")
        raise typer.Exit


@app.callback()
def program(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Run notebooks as reports, publish them, and tell what ran."""


def layout(params: Path | None, outputs: Path | None) -> Layout:
    """Where everything lives, seen from the folder that the program was started in."""
    from quarterdeck.archive.layout import Layout

    return Layout.find(Path.cwd(), params, outputs)


def typed(command: str) -> str:
    """A command as it works from here: where the shell does not find `quarterdeck`, with the way to it."""
    if shutil.which("quarterdeck"):
        return command
    here = os.path.relpath(Path(sys.executable).parent / "quarterdeck")
    return f"{shlex.quote(here)}{command.removeprefix('quarterdeck')}"


def day(text: str | None, layout: Layout, option: str = "--as-of") -> date:
    """The day that was given, else today in the time zone of the project."""
    from helpers.records import project

    if text is None:
        return now().astimezone(ZoneInfo(project(layout.params).timezone)).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise QuarterdeckError(f"{option} {text}: this is no date. Write it like 2026-10-05.") from None


def now() -> datetime:
    """The clock: nothing else in the project reads it."""
    return datetime.now(UTC)


def make_writable(layout: Layout) -> None:
    """Make the outputs folder and see that it can be written, before anything is begun."""
    try:
        layout.outputs.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=layout.outputs):
            pass
    except OSError as error:
        raise QuarterdeckError(
            f"{layout.outputs}: nothing can be written there ({error.strerror}). "
            f"{_way_out(layout.outputs, error)}, or name another folder with --outputs."
        ) from None


def _way_out(folder: Path, error: OSError) -> str:
    """What frees a folder that cannot be written: a disk may be full of bytes, or of files."""
    if error.errno == errno.ENOSPC:
        disk = os.statvfs(next(one for one in (folder, *folder.parents) if one.exists()))
        if disk.f_bavail and not disk.f_favail:
            return "Its disk has room but holds no further file (inodes): remove small files there"
        return "Make room on its disk"
    if error.errno == errno.EROFS:
        return "Mount its disk for writing"
    return "Change its permissions"


def runner(layout: Layout) -> Runner:
    """What all runs of this configuration share."""
    from helpers.records import project
    from quarterdeck.plan.fingerprints import Inputs
    from quarterdeck.run.runner import Runner
    from quarterdeck.secrets import recipients, secrets

    inputs = Inputs(layout, project(layout.params))
    return Runner(layout, inputs, now, secrets(layout.params), recipients(layout.params))


def events(layout: Layout, *, as_json: bool, cells: bool = False) -> Events:
    """A line an event on stderr, without the secrets."""
    from quarterdeck.secrets import secrets
    from quarterdeck.unattended.events import Events

    return Events(partial(typer.echo, err=True), now, secrets(layout.params), as_json, cells)


def schedules(layout: Layout) -> dict[str, Schedule]:
    """The schedule of each report that has one."""
    from quarterdeck.plan.editions import read_report

    files = {name: read_report(layout, name)[1].file for name in layout.reports}
    return {name: file.schedule for name, file in files.items() if file.schedule}


def say(lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        typer.echo(line)


def say_json(content: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(content, indent=1, ensure_ascii=False, default=str))
