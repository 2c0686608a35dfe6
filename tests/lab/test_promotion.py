"""From cells of a look to functions of a helper: which statements go along, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from quarterdeck import QuarterdeckError
from quarterdeck.lab.promotion import Promotion, promoted
from quarterdeck.params.notebook import Notebook


def taken(*sources: str, **given: str) -> Promotion:
    """What is taken from these cells; one that begins with # is Markdown."""
    cells = [new_markdown_cell("# A look", metadata={"tags": ["explore"]})]
    cells += [new_markdown_cell(one) if one.startswith("#") else new_code_cell(one) for one in sources]
    return promoted(Notebook(Path("look.ipynb"), tuple(cells)), "load", given, {"count"})


def body(promotion: Promotion, name: str) -> list[str]:
    """The statements of a function, without its first line and its docstring."""
    return [line.strip() for line in promotion.functions[name].splitlines()[2:]]


def test_what_a_cell_rests_on_goes_along_and_nothing_else() -> None:
    found = taken("a = 1\nb = a + 1\nc = 5", "## Sum", "d = b * 2\nd")
    assert body(found, "sum") == ["a = 1", "b = a + 1", "d = b * 2", "return d"]
    assert [cell.source for cell in found.cells] == ["## First look", "## Sum", "load.sum()"][1:]


def test_what_changes_a_thing_goes_along_with_it() -> None:
    found = taken('df = f()\ndf["x"] = 1\ndf.attrs.update(a=1)\ndf.head()', "## One", "df.shape")
    assert body(found, "one") == ["df = f()", 'df["x"] = 1', "df.attrs.update(a=1)", "return df.shape"]


def test_definitions_go_along() -> None:
    found = taken("def half(x):\n    return x / 2", "## One", "half(4)")
    assert body(found, "one") == ["def half(x):", "return x / 2", "return half(4)"]


def test_a_text_over_several_lines_keeps_its_lines() -> None:
    found = taken("## One", 'print("""a\n  b""")')
    assert body(found, "one") == ["print('a\\n  b')"]


def test_parameters_are_handed_in() -> None:
    found = taken("## One", "region.lower()", period="str", region="str")
    assert found.functions["one"].startswith("def one(region: str) -> object:")
    assert found.cells[-1].source == "load.one(region)"


def test_a_cell_that_prints_returns_nothing_and_one_that_binds_is_no_function() -> None:
    found = taken("## One", "x = 1", "for n in range(x):\n    print(n)")
    assert list(found.functions) == ["one"]
    assert found.functions["one"].startswith("def one() -> None:")


def test_what_every_report_calls_anyway_does_not_go_along() -> None:
    found = taken("style.use()\nexplore.watch()", "explore.panel()", "## One", "style.count(3)")
    assert list(found.functions) == ["one"]
    assert body(found, "one") == ["return style.count(3)"]


def test_names_are_told_apart() -> None:
    found = taken("## Count", "1 + 1", "2 + 2", "## 2026", "3 + 3", "## class", "4 + 4")
    assert list(found.functions) == ["count_2", "count_3", "look_2026", "look_class"]


def test_imports_are_taken_by_themselves() -> None:
    found = taken("import math\nfrom helpers import style", "## One", "style.count(math.pi)")
    assert found.imports == ("import math", "from helpers import style")
    assert body(found, "one") == ["return style.count(math.pi)"]


def test_imports_that_nothing_taken_uses_stay_behind() -> None:
    found = taken(
        "import math, os.path\nimport numpy as np\nfrom helpers import explore, style as s",
        "seen = np.zeros(3)",
        "## One",
        "s.count(os.path.getsize(name))",
    )
    assert found.imports == ("import os.path", "from helpers import style as s")


def test_a_magic_must_be_taken_out_first() -> None:
    with pytest.raises(QuarterdeckError, match=r"look\.ipynb: cell 1 is no plain Python"):
        taken("%matplotlib inline\n1")
