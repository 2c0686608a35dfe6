"""The workbench: JupyterLab, and notebooks as they are stored."""

# ruff: noqa: PLR0913, PLR0917  (a command has one argument an option)

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quarterdeck import QuarterdeckError
from quarterdeck.cli import program
from quarterdeck.cli.beginning import scaffolds
from quarterdeck.cli.program import AsOf, Json, Params

if TYPE_CHECKING:
    from quarterdeck.archive.layout import Layout


@program.app.command()
def lab(
    options: Annotated[
        list[str] | None, typer.Argument(metavar="-- JUPYTER OPTIONS", help="Handed to jupyter lab.")
    ] = None,
    clean_free: Annotated[
        bool, typer.Option("--clean-free", help="Save free notebooks without outputs, too.")
    ] = False,
    params: Params = None,
    as_of: AsOf = None,
) -> None:
    """Open JupyterLab with warm kernels and the sample data in place; notebooks are saved clean."""
    from helpers.records import project
    from quarterdeck.lab import jupyter, start_page
    from quarterdeck.plan import sample_data

    layout = program.layout(params, None)
    program.make_writable(layout)
    sample_data.ensure(layout, project(layout.params), program.day(as_of, layout))
    opened = start_page.write(layout).relative_to(layout.root).as_posix()
    jupyter.configure(layout, opened=opened, clean_free=clean_free)
    command = [sys.executable, "-m", "jupyterlab", *(options or ())]
    os.execve(sys.executable, command, jupyter.environment(layout))


@program.app.command()
def clean(
    notebooks: Annotated[
        list[str] | None,
        typer.Argument(metavar="NOTEBOOK", help="Names or paths; without, all of notebooks/ but free ones."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit 1 where it would.")] = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="From standard input to standard output, as a git filter does.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take outputs, execution counts and foreign metadata from notebooks, and tell what was taken."""
    from helpers.records.nouns import how_many
    from quarterdeck.archive.atomic import replace
    from quarterdeck.params.cleaning import cleaned_text

    if stdin:
        new, _ = cleaned_text(sys.stdin.buffer.read().decode("utf-8"), "standard input")
        sys.stdout.buffer.write(new.encode("utf-8"))
        return
    texts = {path: path.read_text(encoding="utf-8") for path in _chosen(notebooks or ())}
    found = {path: cleaned_text(text, str(path)) for path, text in texts.items()}
    changed = {path: told for path, (new, told) in found.items() if new != texts[path]}
    for path in changed if not check else ():
        replace(path.resolve(), found[path][0])
    if as_json:
        program.say_json({"changed": {str(path): told for path, told in changed.items()}})
    else:
        program.say(f"{path}: {told}" for path, told in changed.items())
        typer.echo(
            f"{len(changed)} of {how_many(len(found), 'notebook')} {'would change' if check else 'changed'}."
        )
    if check and changed:
        raise typer.Exit(1)


@program.app.command()
def preview(params: Params = None) -> None:
    """Show the top of a page as HTML, for the findings (a JSON list) on standard input."""
    from quarterdeck.publish.preview import preview as shown

    layout = program.layout(params, None)
    typer.echo(shown(sys.stdin.read(), layout.templates))


@scaffolds.command("report")
def new_report(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower case letters, digits and _.")],
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Whose rows are counted; default the first declared.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="What they are counted by; default one of the table's."),
    ] = None,
    free: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NOTEBOOK",
            help="A report to make one's own of; or a free notebook to take sections from.",
        ),
    ] = None,
    params: Params = None,
    as_json: Json = False,
) -> None:
    """Write a report that runs at once: notebook, settings, helper and its test."""
    from helpers.records import project
    from quarterdeck.lab import new_report as scaffold
    from quarterdeck.plan import sample_data

    layout = program.layout(params, None)
    sample_data.ensure(layout, project(layout.params), program.day(None, layout))
    if free is not None and scaffold.report_named(layout, free):
        written = scaffold.own_copy(layout, name, free)
    else:
        written = scaffold.write(layout, scaffold.outline(layout, name, table, by, free))
    if as_json:
        program.say_json({"files": [str(path) for path in written]})
    else:
        program.say(map(str, written))
        typer.echo(f"Next: {program.typed(layout.command('run', name))}")


def _chosen(names: Sequence[str]) -> list[Path]:
    """The notebooks of these names or paths; without any, all of the project but the free ones."""
    from quarterdeck.params.notebook import Notebook

    if names and all(Path(name).is_file() for name in names):
        return [Path(name) for name in names]
    layout = program.layout(None, None)
    if names:
        return [_named(layout, name) for name in names]
    found = sorted(
        path for path in layout.notebooks.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
    )
    return [path for path in found if not Notebook.read(path).is_free]


def _named(layout: Layout, name: str) -> Path:
    from helpers.records.settings import did_you_mean

    if Path(name).is_file():
        return Path(name)
    if not layout.notebook(name).is_file():
        known = sorted(path.stem for path in layout.notebooks.glob("*.ipynb"))
        raise QuarterdeckError(f"{name}: there is no such notebook.{did_you_mean(name, known)}")
    return layout.notebook(name)
