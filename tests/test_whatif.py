"""What-if models: what may be written, and that Python and the browser's own script agree."""

import ast
import json
import math
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from py_mini_racer import MiniRacer
from scipy import stats

from helpers import sample, style, whatif
from helpers.records import WHATIF

SCRIPT = resources.files("helpers").joinpath("whatif.js").read_text(encoding="utf-8")
ROOT = Path(__file__).resolve().parent.parent
POINTS = 10_000
UNITS = ("share", "ratio", "points", "count", "days", "weeks", "currency:USD", "date:2026-09-30")


class Browser:
    """The real whatif.js, run in process."""

    def __init__(self) -> None:
        self._engine = MiniRacer()
        self._engine.eval(
            SCRIPT + ";globalThis.at = (spec, points) => "
            "JSON.stringify(points.map(values => quarterdeckWhatIf.results(spec, values)));"
        )

    def results(self, model: whatif.Model, points: Sequence[Mapping[str, float]]) -> list[list[Any]]:
        """Value (None where not defined), text and change of every output at every point."""
        spec = json.loads(json.dumps(whatif.WhatIf(model).spec, sort_keys=True))  # as nbformat stores it
        shown = json.loads(str(self._engine.call("at", spec, points)))
        return [[(output["value"], output["text"], output["change"]) for output in point] for point in shown]


@pytest.fixture(scope="module")
def browser() -> Browser:
    return Browser()


def one(function: Callable[..., object], *units: str, value: float = 0.5) -> whatif.Model:
    """A model of one slider `a` from 0 to 1."""
    outputs = tuple(whatif.Output(f"Output {i}", unit) for i, unit in enumerate(units or ("ratio",)))
    return whatif.Model("A model", function, (whatif.Slider("a", "A", 0, 1, value, 0.125),), outputs)


# Plausible models, of the size that reports show.


def score() -> whatif.Model:
    segments = {"Enterprise": (412, 118, 60), "Mid-market": (300, 210, 95), "Small business": (280, 240, 170)}
    themes = {"exports": 71, "billing": 96, "sign_in": 40, "mobile": 30, "support": 22}
    answers = {name: sum(counts) for name, counts in segments.items()}
    detractors = sum(counts[2] for counts in segments.values())

    def function(small: float, **won_back: float) -> tuple[float, ...]:
        left = 1 - sum(themes[theme] * share for theme, share in won_back.items()) / detractors
        weights = {name: n * (small if name == "Small business" else 1) for name, n in answers.items()}
        total = sum(weights.values())
        rows = [(weights[name] / total, counts, answers[name]) for name, counts in segments.items()]
        unhappy = sum(weight * counts[2] / n * left for weight, counts, n in rows)
        happy = sum(weight * counts[0] / n for weight, counts, n in rows)
        return 100 * (happy - unhappy), unhappy, happy

    levers = (whatif.Slider(theme, f"Won back: {theme}", 0, 1, 0, 0.05) for theme in themes)
    return whatif.Model(
        title="NPS if detractors were won back",
        function=function,
        sliders=(*levers, whatif.Slider("small", "Share of small businesses", 0.5, 2, 1, 0.1, "ratio")),
        outputs=(
            whatif.Output("NPS", "points", 1, interval=(18.2, 24.1)),
            whatif.Output("Detractors", "share"),
            whatif.Output("Promoters", "share"),
        ),
        note="Arithmetic, not a forecast.",
    )


def experiment() -> whatif.Model:
    control, treatment, units, z = 0.1135, 0.1214, 20_790, 1.959963984540054

    def function(weeks: float, split: float, effect: float) -> tuple[object, ...]:
        total = units * (1 + weeks / 3)
        variance = control * (1 - control) / (total * (1 - split)) + treatment * (1 - treatment) / (
            total * split
        )
        se = whatif.sqrt(variance)
        difference = treatment - control
        power = whatif.normal_cdf(effect / se - z) + whatif.normal_cdf(-effect / se - z)
        return difference - z * se, difference + z * se, power, (z + 0.8416212335729143) * se

    return whatif.Model(
        title="If it ran longer",
        function=function,
        sliders=(
            whatif.Slider("weeks", "More weeks", 0, 26, 0, 1, "count"),
            whatif.Slider("split", "Share in treatment", 0.1, 0.9, 0.5, 0.05),
            whatif.Slider("effect", "Smallest effect worth having", 0.001, 0.03, 0.01, 0.001),
        ),
        outputs=(
            whatif.Output("Low end", "share", 2),
            whatif.Output("High end", "share", 2),
            whatif.Output("Power", "share", 0),
            whatif.Output("Smallest effect found", "share", 2),
        ),
    )


def adoption() -> whatif.Model:
    def function(activation: float, retention: float) -> tuple[object, ...]:
        users, target, new = 3100, 4200, 820
        lost = (1 - retention) / 4
        ceiling = new * activation / lost
        weeks = whatif.log((ceiling - users) / (ceiling - target)) / -whatif.log(1 - lost)
        return 7 * weeks, 7 * weeks, users * (1 - lost) ** 13 + new * activation * 13

    return whatif.Model(
        title="When dashboards reach the target",
        function=function,
        sliders=(
            whatif.Slider("activation", "New accounts that activate", 0.05, 0.9, 0.4, 0.01),
            whatif.Slider("retention", "Users kept from month to month", 0.6, 0.98, 0.92, 0.01),
        ),
        outputs=(
            whatif.Output("Target reached", "date:2026-09-30"),
            whatif.Output("Days until then", "days"),
            whatif.Output("Users in a quarter", "count"),
        ),
    )


def markets() -> whatif.Model:
    chance = random.Random(20)
    rows = [(chance.uniform(0.1, 0.3), chance.randint(2_000, 90_000)) for _ in range(20)]
    best = max(rate for rate, _ in rows)

    def function(second: float, third: float, growth: float) -> tuple[float, ...]:
        moved = [second, third] + [0] * 18
        rates = [rate + move * (best - rate) for (rate, _), move in zip(rows, moved, strict=True)]
        trials = [n * (growth if index > 15 else 1) for index, (_, n) in enumerate(rows)]
        paid = sum(rate * n for rate, n in zip(rates, trials, strict=True))
        return paid / sum(trials), paid, 312.5 * paid

    return whatif.Model(
        title="Conversion if two markets reached the best",
        function=function,
        sliders=(
            whatif.Slider("second", "Germany moves to the best rate", 0, 1, 0, 0.05),
            whatif.Slider("third", "Japan moves to the best rate", 0, 1, 0, 0.05),
            whatif.Slider("growth", "Trials in the newest markets", 0.5, 3, 1, 0.1, "ratio"),
        ),
        outputs=(
            whatif.Output("Conversion", "share", 2),
            whatif.Output("Paid accounts", "count"),
            whatif.Output("Revenue", "currency:USD"),
        ),
    )


def everything() -> whatif.Model:
    def function(a: float, b: float) -> tuple[object, ...]:
        return (
            whatif.exp(-3 * a) * whatif.log(1 + b),
            (1 + a) ** (2.5 * b) - 2**b,
            whatif.where(a > b, a / (1 + b), b - a**2),
            whatif.normal_cdf(60 * a - 50 * b),
            whatif.minimum(whatif.maximum(a, 0.3), b),
            abs(a - b) + (a <= 0.5) * 3,
            1e6 / (a - b),
            whatif.sqrt(a - b),
            -a,
        )

    return whatif.Model(
        title="Every operation",
        function=function,
        sliders=(whatif.Slider("a", "A", 0, 1, 0.5, 0.01), whatif.Slider("b", "B", 0, 1, 0.25, 0.01)),
        outputs=tuple(whatif.Output(f"Output {i}", (*UNITS, "share")[i], 3) for i in range(9)),
    )


MODELS = (score, experiment, adoption, markets, everything)


def agree(python: whatif.Model, browser: Browser, points: Sequence[Mapping[str, float]]) -> None:
    for point, shown in zip(points, browser.results(python, points), strict=True):
        for ours, (value, text, change) in zip(python.results(point), shown, strict=True):
            if value is None:
                assert math.isnan(ours.value), point
            else:
                assert abs(value - ours.value) <= 1e-9 * max(1, abs(ours.value)), point
            assert (text, change) == (ours.text, ours.change), point


def anywhere(model: whatif.Model) -> list[dict[str, float]]:
    chance = random.Random(7)
    return [{s.name: chance.uniform(s.low, s.high) for s in model.sliders} for _ in range(POINTS)]


@pytest.mark.parametrize("build", MODELS, ids=lambda build: build.__name__)
def test_python_and_browser_agree_at_random_points(
    browser: Browser, build: Callable[[], whatif.Model]
) -> None:
    agree(build(), browser, anywhere(build()))


@pytest.mark.parametrize("build", MODELS, ids=lambda build: build.__name__)
def test_python_and_browser_agree_where_sliders_stop(
    browser: Browser, build: Callable[[], whatif.Model]
) -> None:
    chance = random.Random(11)
    model = build()

    def stop(slider: whatif.Slider) -> float:
        steps = chance.randint(0, round((slider.high - slider.low) / slider.step))
        return round(slider.low + steps * slider.step, 9)

    agree(model, browser, [{slider.name: stop(slider) for slider in model.sliders} for _ in range(1000)])


@pytest.fixture(scope="module")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's params beside a sample company of their own."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "params", root / "params")
    sample.write(root / "outputs" / "sample", as_of=date(2026, 11, 22))
    return root / "params"


def shown_models(notebook: Path) -> Iterator[whatif.Model]:
    """Run what a cell tagged `whatif` needs (setup, parameters, loading, its own section) and the cell."""
    names: dict[str, Any] = {}
    in_section: list[str] = []
    is_loading = True
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            is_loading, in_section = False, []
        elif cell.cell_type == "code" and is_loading:
            exec(cell.source, names)
        elif cell.cell_type == "code" and "whatif" in cell.metadata.get("tags", []):
            *statements, last = ast.parse("\n".join([*in_section, cell.source])).body
            exec(compile(ast.Module(statements, []), notebook.name, "exec"), names)
            shown = eval(compile(ast.Expression(last.value), notebook.name, "eval"), names)  # type: ignore[attr-defined]
            yield shown.model
        elif cell.cell_type == "code":
            in_section.append(cell.source)


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_python_and_browser_agree_on_the_models_of_the_notebooks(
    browser: Browser, notebook: Path, sample_company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(sample_company))
    models = list(shown_models(notebook))
    assert models
    for model in models:
        agree(model, browser, anywhere(model))


@pytest.mark.parametrize("build", MODELS[:4], ids=lambda build: build.__name__)
def test_a_traced_model_is_its_function(build: Callable[[], whatif.Model]) -> None:
    chance = random.Random(3)
    model = build()
    for _ in range(200):
        point = {slider.name: chance.uniform(slider.low, slider.high) for slider in model.sliders}
        traced = [result.value for result in model.results(point)]
        if not any(map(math.isnan, traced)):
            assert traced == pytest.approx(model.function(**point), rel=1e-12)


@pytest.mark.parametrize("digits", range(7))
def test_numbers_read_the_same_in_python_and_in_the_browser(browser: Browser, digits: int) -> None:
    chance = random.Random(digits)
    anything = [chance.choice((-1, 1)) * 10 ** chance.uniform(-9, 24) for _ in range(2000)]
    ties = [chance.randint(-4000, 4000) / 2 ** (digits + 1) for _ in range(2000)]
    edges = [0.0, -0.0, -1e-9, 0.5, 1.5, 2.5, -2.5, 1.005, 999.5, 999_999.5, 1e21, 1.2e22, 0.1 + 0.2, 5e-324]
    model = whatif.Model(
        "Numbers",
        lambda x: (x,) * len(UNITS),
        (whatif.Slider("x", "X", -1e30, 1e30, 0, 1e29, "count"),),
        tuple(whatif.Output(unit, unit, digits) for unit in UNITS),
    )
    agree(model, browser, [{"x": x} for x in anything + ties + edges])


def test_dates_count_days_from_the_stated_one(browser: Browser) -> None:
    model = one(lambda a: (a * 8,), "date:2028-02-27", value=0)
    assert [model.at(a=a)[0].text for a in (0, 0.25, 0.5)] == ["27 Feb 2028", "29 Feb 2028", "2 Mar 2028"]
    assert model.at(a=0.125)[0].change == "+1\u00a0day"
    agree(model, browser, [{"a": k / 64} for k in range(64)])


def test_a_date_past_the_calendar_is_not_defined(browser: Browser) -> None:
    model = one(lambda a: (a * 1e8,), "date:2026-09-30", value=0)
    assert model.at(a=1)[0].text == "not defined"
    agree(model, browser, [{"a": 1}, {"a": 0.0291}])


UNDEFINED: dict[str, Callable[..., object]] = {
    "division by zero": lambda a: (1 / (a - 1),),
    "zero by zero": lambda a: ((a - 1) / (a - 1),),
    "root below zero": lambda a: (whatif.sqrt(0.75 - a),),
    "logarithm of zero": lambda a: (whatif.log(1 - a),),
    "fractional power below zero": lambda a: ((0.5 - a) ** (a / 3) + 1,),
    "zero to a negative power": lambda a: ((1 - a) ** -1,),
    "overflow of a power": lambda a: ((1 + 9 * a) ** 400 - 1,),
    "overflow of exp": lambda a: (whatif.exp(1000 * a * a) + 1,),
    "overflow of a product": lambda a: ((1e200 * a**200) * (1e200 * a**200),),
    "infinity that would cancel": lambda a: (1 / (1 / (a - 1)),),
    "smaller of undefined": lambda a: (whatif.minimum(a, whatif.sqrt(0.75 - a)),),
    "undefined to the power 0": lambda a: (whatif.sqrt(0.75 - a) ** 0,),
    "comparison with undefined": lambda a: (whatif.where(whatif.sqrt(0.75 - a) > 0, 1, 2),),
    "the branch taken": lambda a: (whatif.where(a < 1, a, 1 / (a - 1)),),
}


@pytest.mark.parametrize("function", UNDEFINED.values(), ids=UNDEFINED)
def test_what_is_not_finite_is_not_defined_in_both(browser: Browser, function: Callable[..., object]) -> None:
    model = one(function, "share", value=0.25)
    (result,) = model.at(a=1)
    assert math.isnan(result.value)
    assert (result.text, result.change) == ("not defined", "")
    assert browser.results(model, [{"a": 1}]) == [[(None, "not defined", "")]]
    assert not math.isnan(model.at()[0].value)


def test_a_slider_without_a_unit_is_a_share_only_where_it_can_be_one() -> None:
    shares = [whatif.Slider("a", "A", low, 1, 0, 0.25) for low in (-0.5, -1, 0)]
    assert {one.unit for one in shares} == {"share"}
    assert whatif.Slider("a", "A", 0, 5, 2, 1).unit == whatif.Slider("a", "A", 0, 2, 2, 0.5).unit == "count"
    assert whatif.Slider("a", "A", 0, 5, 2, 1, "days").unit == "days"


def test_an_output_says_in_its_own_words_that_it_is_not_defined(browser: Browser) -> None:
    model = whatif.Model(
        "A target",
        lambda a: (whatif.log(a) * 1e9,),
        (whatif.Slider("a", "A", 0, 1, 1, 0.5),),
        (whatif.Output("Reached", "date:2026-09-30", undefined="never"),),
    )
    assert [model.at(a=a)[0].text for a in (0, 0.5, 1)] == ["never", "never", "30 Sep 2026"]
    agree(model, browser, [{"a": 0}, {"a": 0.5}, {"a": 1}])


def test_where_guards_the_branch_it_does_not_take(browser: Browser) -> None:
    model = one(lambda a: (whatif.where(a > 0, 1 / a, 7),), value=0)
    assert [model.at(a=a)[0].value for a in (0, 0.5)] == [7, 2]
    agree(model, browser, [{"a": 0}, {"a": 0.5}])


def test_the_normal_distribution_function_holds_far_into_the_tails(browser: Browser) -> None:
    model = whatif.Model(
        "Tails",
        lambda x: (whatif.normal_cdf(x),),
        (whatif.Slider("x", "X", -37, 37, 0, 1, "ratio"),),
        (whatif.Output("Share below", "share"),),
    )
    points = [k / 64 for k in range(-37 * 64, 37 * 64)]
    shown = [row[0][0] for row in browser.results(model, [{"x": x} for x in points])]
    assert shown == pytest.approx(list(stats.norm.cdf(points)), rel=1e-11, abs=0)


# What may be written.

a_list = [1.0, 2.0]
REFUSED: dict[str, tuple[Callable[..., object], type[Exception], str]] = {
    "if": (lambda a: (1 if a > 0.5 else 2,), TypeError, r"Use whatif\.where"),
    "and": (lambda a: (whatif.where(a > 0 and a < 1, 1, 2),), TypeError, r"Use whatif\.where"),
    "chained comparison": (lambda a: (whatif.where(0 < a < 1, 1, 2),), TypeError, "a < b < c"),
    "max": (lambda a: (max(a, 0.5),), TypeError, r"whatif\.maximum"),
    "equality": (lambda a: (whatif.where(a == 0.5, 1, 2),), TypeError, "compared with =="),
    "math": (lambda a: (math.sqrt(a),), TypeError, r"instead of math\.sqrt"),
    "numpy function": (lambda a: (np.exp(a),), TypeError, r"np\.exp"),
    "float": (lambda a: (float(a),), TypeError, "has no value"),
    "int": (lambda a: (int(a),), TypeError, "cannot round"),
    "round": (lambda a: (round(a),), TypeError, "cannot round"),
    "floor": (lambda a: (math.floor(a),), TypeError, "cannot round"),
    "remainder": (lambda a: (a % 2,), TypeError, "remainders"),
    "numpy array": (lambda a: ((np.array(a_list) * a).sum(),), TypeError, "not with a ndarray"),
    "array on the right": (lambda a: (a * np.array(a_list),), TypeError, "not with a ndarray"),
    "pandas series": (lambda a: (a * pd.Series(a_list),), TypeError, "not with a Series"),
    "text": (lambda a: (a * "2",), TypeError, "not with a str"),
    "no number": (lambda a: (a + None,), TypeError, "not with a NoneType"),
    "nan": (lambda a: (a * math.nan,), ValueError, "nan, which is not finite"),
    "infinity": (lambda a: (whatif.minimum(a, math.inf),), ValueError, "not finite"),
    "a dictionary": (lambda a: {"Output": a}, TypeError, "returned a dict; return a tuple of 1"),
    "a bare number": (
        lambda a: a,
        TypeError,
        r"in the order of the outputs \(Output 0\)",
    ),
    "too many results": (lambda a: (a, a), ValueError, "returned 2 results; return 1"),
    "a result that is text": (lambda a: (a, "31")[1:], TypeError, "not with a str"),
    "an unused slider": (lambda a: (3.0,), ValueError, "slider a moves no output"),  # noqa: ARG005
    "undefined as measured": (
        lambda a: (1 / (a - 0.5),),
        ValueError,
        "Output 0 is not defined as measured, at a = 0.5",
    ),
}


@pytest.mark.parametrize(("function", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_traced_says_what_to_use(
    function: Callable[..., object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        whatif.WhatIf(one(function))


def test_an_error_of_the_function_itself_is_left_alone() -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'a'"):
        whatif.WhatIf(one(lambda b: (b,)))


def test_a_slider_of_another_model_is_refused() -> None:
    kept: list[Any] = []
    whatif.WhatIf(one(lambda a: (kept.append(a) or a,)))  # type: ignore[func-returns-value]
    with pytest.raises(TypeError, match="only its own sliders"):
        whatif.WhatIf(one(lambda a: (a + kept[0],)))


def test_numpy_and_pandas_numbers_are_numbers() -> None:
    series = pd.Series({"EMEA": 3})
    model = one(lambda a: (np.float64(2) * a + np.int64(3) + series["EMEA"] * a - np.True_,))
    assert model.measured == (4.5,)


def test_functions_of_plain_numbers_are_computed_at_once() -> None:
    assert whatif.sqrt(9) == 3
    assert whatif.where(True, 1, 2) == 1
    assert whatif.normal_cdf(0) == 0.5


def test_what_is_used_twice_stands_once() -> None:
    def doubling(a: Any) -> tuple[Any]:
        for _ in range(200):
            a = (a + a * a) / 2
        return (a,)

    assert len(one(doubling).sheet.cells) <= 3 * 200 + 2


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"value": 1.5}, "weeks == 1.5, must be from 0 to 1"),
        ({"value": -0.1}, "must be from 0 to 1"),
        ({"value": 0.51}, "must be 0 plus a whole number of steps of 0.05"),
        ({"low": 1}, "low == 1, must be below high == 1"),
        ({"step": 0}, "step == 0, must be above 0"),
        ({"step": 2}, "step == 2, must be above 0 and fit in the range"),
        ({"high": math.inf}, "high == inf, must be finite"),
        ({"name": "more weeks"}, "must be a Python name"),
    ],
)
def test_a_slider_that_cannot_be_says_why(changed: dict[str, Any], message: str) -> None:
    slider = {"name": "weeks", "label": "Weeks", "low": 0, "high": 1, "value": 0.5, "step": 0.05, **changed}
    with pytest.raises(ValueError, match=message):
        whatif.Slider(**slider)


def test_values_are_held_to_the_sliders() -> None:
    model = score()
    with pytest.raises(ValueError, match="exprots is no slider of this model; there are exports, billing"):
        model.at(exprots=0.5)
    with pytest.raises(ValueError, match=r"exports == 1\.2, must be from 0 to 1"):
        model.at(exports=1.2)
    with pytest.raises(ValueError, match="whole number of steps"):
        model.at(exports=0.512)


def test_a_model_needs_sliders_outputs_and_distinct_names() -> None:
    slider, output = whatif.Slider("a", "A", 0, 1, 0, 0.1), whatif.Output("A", "share")
    with pytest.raises(ValueError, match="two sliders have one name"):
        whatif.Model("M", lambda a: (a,), (slider, slider), (output,))
    with pytest.raises(ValueError, match="0 sliders, must be 1 to 8"):
        whatif.Model("M", lambda: (), (), (output,))
    with pytest.raises(ValueError, match="at least one output"):
        whatif.Model("M", lambda a: (), (slider,), ())  # noqa: ARG005


@pytest.mark.parametrize(
    ("step", "unit", "decimals"),
    [(0.05, "share", 0), (0.005, "share", 1), (1, "count", 0), (0.1, "ratio", 1)],
)
def test_a_slider_shows_the_decimals_that_its_step_needs(step: float, unit: str, decimals: int) -> None:
    assert whatif.Slider("a", "A", 0, 2, 1, step, unit).digits == decimals


# What is shown.


@pytest.mark.parametrize("build", MODELS[:4], ids=lambda build: build.__name__)
def test_the_axis_is_round_and_holds_what_sliders_reach(build: Callable[[], whatif.Model]) -> None:
    model = build()
    (low, low_text), (middle, _), (high, _) = model.axis()
    assert high - middle == pytest.approx(middle - low)
    assert len(low_text) <= len("30 Sep 2026")
    for slider in model.sliders:
        for end in (slider.low, slider.high):
            value = model.at(**{slider.name: end})[0].value
            assert math.isnan(value) or low <= value <= high


def test_a_date_that_is_far_off_does_not_stretch_the_axis() -> None:
    *_, (high, text) = one(lambda a: (100 / (1.0001 - a),), "date:2026-09-30", value=0).axis()
    assert high <= 400
    assert text.endswith("2027")


def test_an_output_that_does_not_move_has_an_axis() -> None:
    (low, _), _, (high, _) = one(lambda a: (5 + 0 * a,)).axis()
    assert low <= 5 < high


def test_a_widget_shows_measured_table_specification_and_live_view() -> None:
    widget = whatif.WhatIf(score())
    bundle, _ = widget._repr_mimebundle_()
    assert bundle[WHATIF] == widget.spec
    assert "application/vnd.jupyter.widget-view+json" in bundle
    for result in widget.model.at():
        assert f"<td>{result.text}</td>" in bundle["text/html"]
    assert "<script" not in bundle["text/html"]
    assert widget.view.values["small"] == 1


def test_a_scheduled_run_leaves_no_widget_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", "somewhere")
    bundle, metadata = whatif.WhatIf(score())._repr_mimebundle_()
    assert set(bundle) == {WHATIF, "text/html", "text/plain"}
    assert metadata == {}


def test_the_same_model_gives_the_same_specification() -> None:
    assert json.dumps(whatif.WhatIf(markets()).spec) == json.dumps(whatif.WhatIf(markets()).spec)


def test_texts_are_data() -> None:
    evil = '<img src=x onerror="alert(1)">'
    model = whatif.Model(
        evil,
        lambda a: (a,),
        (whatif.Slider("a", evil, 0, 1, 0, 0.1),),
        (whatif.Output(evil, "share"),),
        note=evil,
    )
    markup = whatif.WhatIf(model)._repr_mimebundle_()[0]["text/html"]
    assert "<img" not in markup
    assert markup.count("&lt;img") == 3


def test_numbers_are_worded_by_the_house() -> None:
    moved = score().at(exports=1)
    assert moved[0].text == style.value(moved[0].value, "points", 1)
    assert moved[1].change == style.change(moved[1].value - score().measured[1], "share")


def test_importing_the_module_costs_no_widget_library() -> None:
    code = "import sys; import helpers.whatif; print('anywidget' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
