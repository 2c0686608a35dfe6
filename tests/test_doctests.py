"""Examples in docstrings run, and what an analyst may use is explained by one."""

import dataclasses
import doctest
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

from helpers import style

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
TAUGHT = ["helpers.stats"]
"""Packages whose every public name (`__all__`) is explained, and which complete to these names alone."""


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
    unexplained = [name for name in module.__all__ if not explained(getattr(module, name))]
    assert not unexplained


def explained(thing: object) -> bool:
    text = inspect.getdoc(thing) or ""
    if ">>> " in text or not (isinstance(thing, type) and dataclasses.is_dataclass(thing)):
        return ">>> " in text
    return all(re.search(rf"^ *{field.name}: ", text, re.M) for field in dataclasses.fields(thing))


@pytest.mark.parametrize("package", TAUGHT)
def test_completion_offers_what_an_analyst_may_use_and_nothing_else(package: str) -> None:
    module = import_module(package)
    assert dir(module) == sorted(module.__all__)
    assert not [name for name in module.__all__ if name.startswith("_") or not hasattr(module, name)]
