from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import style

finite = st.floats(-1e15, 1e15)


@pytest.mark.parametrize(
    ("amount", "unit", "digits", "text"),
    [
        (0.8412, "share", None, "84.1%"),
        (31.4, "points", None, "31"),
        (-1234.5, "points", 1, "−1,234.5"),
        (-0.0001, "share", None, "0.0%"),
        (1250.0, "currency:USD", None, "USD\u00a01,250"),
        (1.0, "days", None, "1\u00a0day"),
        (12.0, "days", None, "12\u00a0days"),
        (1.234, "ratio", None, "1.23"),
        (float("nan"), "ratio", None, "not defined"),
    ],
)
def test_a_value_reads_in_its_unit(amount: float, unit: str, digits: int | None, text: str) -> None:
    assert style.value(amount, unit, digits) == text


@pytest.mark.parametrize(
    ("amount", "unit", "text"),
    [
        (0.025, "share", "+2.5\u00a0pts"),
        (-6.0, "points", "−6\u00a0pts"),
        (1.0, "points", "+1\u00a0pt"),
        (0.2, "points", "0\u00a0pts"),
        (0.124, "relative", "+12.4%"),
        (1200.0, "count", "+1,200"),
    ],
)
def test_a_change_has_its_sign(amount: float, unit: str, text: str) -> None:
    assert style.change(amount, unit) == text


def test_limits_are_joined_by_a_word() -> None:
    assert style.interval(0.831, 0.851, "share") == "83.1 to 85.1"
    assert style.change_interval(-2.0, 10.0, "points") == "−2 to +10"


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (2, 10, "between 2 and 10 points higher"),
        (-10, -2, "between 2 and 10 points lower"),
        (-5, 3, "between 5 points lower and 3 points higher"),
    ],
)
def test_a_span_in_words(low: float, high: float, words: str) -> None:
    assert style.span(low, high, "points") == words


@pytest.mark.parametrize(
    ("steps", "unit", "labels"),
    [
        ((0.0, 0.05, 0.1), "share", ("0%", "5%", "10%")),
        ((0.0, 0.025, 0.05), "share", ("0%", "2.5%", "5.0%")),
        ((-10.0, 0.0, 10.0), "points", ("−10", "0", "10")),
        ((0.0, 5000.0), "count", ("0", "5,000")),
        ((0.0, 25000.0, 50000.0), "currency:USD", ("0", "25k", "50k")),
        ((0.0, 500000.0, 1500000.0), "count", ("0", "0.5m", "1.5m")),
        ((2e9, 4e9), "count", ("2bn", "4bn")),
        ((), "count", ()),
    ],
)
def test_ticks_share_precision_and_magnitude(
    steps: tuple[float, ...], unit: str, labels: tuple[str, ...]
) -> None:
    assert style.ticks(steps, unit) == labels


def test_ticks_of_differences_have_signs_and_say_points_once() -> None:
    assert style.change_ticks((-0.02, 0.0, 0.02), "share") == ("−2", "0", "+2\u00a0pts")
    assert style.change_ticks((-0.05, 0.0, 0.1), "relative") == ("−5", "0", "+10%")
    assert style.change_ticks((-1.0, 0.0), "count") == ("−1", "0")


def test_p_values_and_days() -> None:
    assert style.p_value(0.0744) == "p\u2009=\u20090.074"
    assert style.p_value(0.0004) == "p\u2009<\u20090.001"
    assert style.day(date(2026, 9, 30)) == "30 Sep 2026"
    assert style.level(0.95) == "95%"


@given(finite, st.integers(0, 6))
def test_numbers_have_true_minus_signs_and_no_negative_zero(amount: float, digits: int) -> None:
    text = style.number(amount, digits)
    assert "-" not in text
    read = float(text.replace(",", "").replace(style.MINUS, "-"))
    assert read == pytest.approx(amount, abs=0.51 * 10**-digits, rel=1e-12)
    assert not (read == 0 and text.startswith(style.MINUS))


def test_the_style_sheet_holds_the_tokens_that_charts_draw_in() -> None:
    light = style.stylesheet().split("@media", 1)[0]
    for token, colour in style.TOKENS.items():
        assert re.search(rf"--{token}:{colour}\b", light), token


def test_every_rule_of_the_style_sheet_is_scoped() -> None:
    rules = re.sub(r"/\*.*?\*/|@[^{]+\{", "", style.stylesheet(), flags=re.DOTALL)
    for listed in re.findall(r"([^{}]+)\{", rules):
        bare = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", listed))
        for selector in bare.split(","):
            assert ".qd" in selector, listed
