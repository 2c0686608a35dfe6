"""The house style as defaults of matplotlib and seaborn."""

from __future__ import annotations

import re
from collections.abc import Iterator

import matplotlib as mpl
import pytest
import seaborn as sns
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from helpers import style


@pytest.fixture(autouse=True)
def _defaults() -> Iterator[None]:
    with mpl.rc_context():
        yield


def test_the_colours_by_night_are_those_of_the_style_sheet() -> None:
    dark = style.stylesheet().split("(prefers-color-scheme:dark)")[1].split("}}")[0]
    held = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", dark))
    assert {name: held[name] for name in style.DARK} == dict(style.DARK)
    assert set(style.DARK) == set(style.TOKENS)


def test_seaborn_draws_in_the_colours_of_the_house_and_in_its_size() -> None:
    style.use()
    axes = Figure(figsize=mpl.rcParams["figure.figsize"]).subplots()
    sns.lineplot(x=[1, 2, 1, 2], y=[1, 2, 3, 4], hue=["a", "a", "b", "b"], errorbar=None, ax=axes)
    drawn = [to_hex(line.get_color()) for line in axes.lines[:2]]
    assert drawn == [style.TOKENS["accent"], style.TOKENS["worse"]]
    assert Figure().get_size_inches()[0] * 72 == pytest.approx(756)


def test_a_dollar_sign_is_a_dollar_sign() -> None:
    style.use()
    assert not Figure().text(0, 0, "from $5 to $9").get_parse_math()
