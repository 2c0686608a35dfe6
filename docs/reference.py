"""Write docs/reference.md: what an analyst may use, by task, from the docstrings (`make fix` runs this)."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import runpy
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import helpers

PAGE = Path(__file__).with_name("reference.md")

TASKS = {
    "Open data": ("sources",),
    "Scope and periods": ("scope", "periods", "privacy"),
    "Compare": ("stats",),
    "Word": ("findings", "style", "metrics"),
    "Chart": ("charts",),
    "Table": ("tables",),
    "What if": ("whatif",),
    "Actions": ("actions",),
    "In JupyterLab": ("explore",),
}
"""The rooms that serve each task; what is in none of them is a subject, with a chapter of its own."""

HEAD = """# Reference

What a notebook, or the author of a report, may use, by task. Made from the docstrings by `docs/reference.py`
(`make fix` writes it anew); every example runs as a test. `help(...)` tells the rest: arguments, errors, the
sources of the methods.
"""


def text() -> str:
    """The whole page."""
    served = {room for rooms in TASKS.values() for room in rooms}
    subjects = [name for name in helpers.__all__ if name not in served]
    chapters = TASKS | {name.capitalize(): (name,) for name in subjects}
    links = " · ".join(f"[{title}](#{title.lower().replace(' ', '-')})" for title in chapters)
    body = [_chapter(title, rooms) for title, rooms in chapters.items()]
    return "\n".join([HEAD, links, "", *body]).rstrip() + "\n"


def _chapter(title: str, rooms: tuple[str, ...]) -> str:
    modules = [import_module(f"helpers.{room}") for room in rooms]
    return f"## {title}\n\n" + "\n".join(part for module in modules for part in _room(module))


def _room(module: ModuleType) -> Iterator[str]:
    yield f"### {module.__name__}\n\n{_first_sentence(inspect.getdoc(module))}\n"
    constants = _constants(module)
    for name in _public(module):
        thing = getattr(module, name)
        if inspect.isclass(thing) or inspect.isfunction(thing):
            yield _entry(name, thing)
        else:
            yield f"**`{name}`** {constants.get(name, '')}".rstrip() + "\n"


def _public(module: ModuleType) -> list[str]:
    """What a room offers; of a subject that does not say, what it defines."""
    own = [
        name for name, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__
    ]
    return getattr(module, "__all__", [name for name in own if not name.startswith("_")])


def _entry(name: str, thing: Callable[..., object]) -> str:
    """Name and signature, the first sentence, what an object answers, the example."""
    documented = inspect.getdoc(thing) or ""
    members = _members(thing) if inspect.isclass(thing) else []
    parts = [f"**`{name}{_signature(thing)}`**", _first_sentence(documented), "\n".join(members)]
    if examples := doctest.DocTestParser().get_examples(documented):
        parts.append("```pycon\n" + "".join(map(_shown, examples)) + "```")
    return "\n\n".join(part for part in parts if part) + "\n"


def _members(thing: type) -> list[str]:
    """One line for each public property and method."""
    found = []
    for name, member in vars(thing).items():
        inner = member.fget if isinstance(member, property) else getattr(member, "func", member)
        inner = getattr(inner, "__func__", inner)
        if name.startswith("_") or not inspect.isfunction(inner) or not inner.__doc__:
            continue
        called = "" if isinstance(member, property | cached_property) else "(…)"
        found.append(f"- `.{name}{called}`: {_first_sentence(inner.__doc__)}")
    return found


def _signature(thing: Callable[..., object]) -> str:
    """Parameters with types and defaults; of a class their names alone."""
    if inspect.isclass(thing):
        if issubclass(thing, Exception):
            return ""
        return f"({', '.join(name for name in inspect.signature(thing).parameters if name[0] != '_')})"
    signature = inspect.signature(thing)
    parameters = [one.replace(annotation=_Plain(one.annotation)) for one in signature.parameters.values()]
    return str(
        signature.replace(parameters=parameters, return_annotation=_Plain(signature.return_annotation))
    )


class _Plain:
    """An annotation as it is written in the source."""

    def __init__(self, written: object) -> None:
        self.written = written

    def __repr__(self) -> str:
        return str(self.written)


def _first_sentence(documented: str | None) -> str:
    paragraph = " ".join(inspect.cleandoc(documented or "").split("\n\n")[0].split())
    return re.split(r"(?<=\.) (?=[A-Z`])", paragraph)[0]


def _shown(example: doctest.Example) -> str:
    first, *more = example.source.splitlines()
    source = "".join(f"{line}\n" for line in (f">>> {first}", *(f"... {line}" for line in more)))
    return source + (example.exc_msg or example.want)


def _constants(module: ModuleType) -> dict[str, str]:
    """What is said of each constant: the string below it."""
    body = ast.parse(inspect.getsource(module)).body
    found = {}
    for statement, below in pairwise(body):
        targets = (
            statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        )
        told = below.value if isinstance(below, ast.Expr) else None
        if isinstance(told, ast.Constant) and isinstance(targets[0], ast.Name):
            found[targets[0].id] = _first_sentence(str(told.value))
    return found


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
    for other in ("settings", "glossary"):  # what else is made from the code
        runpy.run_path(str(PAGE.with_name(f"{other}.py")), run_name="__main__")
