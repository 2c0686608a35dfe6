"""Examples in docstrings run, and what an analyst may use is explained by one."""

import dataclasses
import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import helpers
from helpers import style

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
UNTAUGHT = {"experiments", "sources"}
"""Rooms whose every name is not explained by an example yet."""
TAUGHT = [
    f"helpers.{name}"
    for name in helpers.__all__
    if name not in UNTAUGHT and hasattr(getattr(helpers, name), "__all__")
]
"""What `helpers.<Tab>` offers and says what it offers: every function and result of theirs is explained."""


def modules_with_examples() -> list[str]:
    """Found by their text: nothing is imported before its test runs."""
    found = [
        path.relative_to(SOURCE).with_suffix("")
        for path in sorted((SOURCE / "helpers").rglob("*.py"))
        if ">>> " in path.read_text(encoding="utf-8")
    ]
    return [".".join(path.parts).removesuffix(".__init__") for path in found]


class PlainSpaces(doctest.OutputChecker):
    """The thin and unbroken spaces of the house style are shown as plain ones."""

    def check_output(self, want: str, got: str, optionflags: int) -> bool:
        plain = got.replace(style.THIN, " ").replace(style.NBSP, " ")
        return super().check_output(want, plain, optionflags)


@pytest.mark.parametrize("module", modules_with_examples())
def test_the_examples_give_what_they_show(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """They stand in the shipped project: its metrics are the ones shown."""
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))
    told: list[str] = []
    runner = doctest.DocTestRunner(PlainSpaces(), optionflags=FLAGS, verbose=False)
    for example in doctest.DocTestFinder().find(import_module(module)):
        runner.run(example, out=told.append)
    assert not runner.failures, "".join(told)
    assert runner.tries, "no example was found where >>> stands"


@pytest.mark.parametrize("package", TAUGHT)
def test_every_public_name_is_explained(package: str) -> None:
    """By an example; a plain result by what each of its fields is."""
    module = import_module(package)
    public = {name: getattr(module, name) for name in module.__all__}
    told = {name: thing for name, thing in public.items() if inspect.isclass(thing) or callable(thing)}
    assert [name for name, thing in told.items() if not explained(thing)] == []


def explained(thing: object) -> bool:
    text = inspect.getdoc(thing) or ""
    if ">>> " in text or not (isinstance(thing, type) and dataclasses.is_dataclass(thing)):
        return ">>> " in text
    return all(re.search(rf"^ *{field.name}: ", text, re.M) for field in dataclasses.fields(thing))
