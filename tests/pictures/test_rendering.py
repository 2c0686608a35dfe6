"""Any figure as a page shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure

from helpers import pictures, style
from helpers.pictures.rendering import LARGEST_SVG
from helpers.style import theme


@pytest.fixture(autouse=True)
def _house() -> Iterator[None]:
    with mpl.rc_context(theme.defaults()):
        yield


def bars(*labels: str) -> Figure:
    figure = Figure(figsize=style.FIGURE_SIZE)
    axes = figure.subplots()
    axes.bar(labels or ["AMER", "EMEA"], range(1, len(labels or "ab") + 1))
    axes.set_title("Waits $5 to $9")
    return figure


def scattered(points: int) -> Figure:
    figure = Figure(figsize=style.FIGURE_SIZE)
    draws = np.random.default_rng(1).normal(size=(2, points))
    figure.subplots().scatter(*draws)
    return figure


def test_a_figure_has_a_wide_and_a_narrow_cut_that_are_whole_elements() -> None:
    wide, narrow = pictures.drawn(bars(), "waits").cuts
    assert 'class="ch w760"' in wide
    assert 'class="ch n"' in narrow
    widths = [float(ET.fromstring(cut).attrib["viewBox"].split()[2]) for cut in (wide, narrow)]
    assert widths == [pytest.approx(756, abs=8), pytest.approx(343, abs=8)]


def test_it_is_the_same_each_time_and_leaves_the_figure_as_it_was() -> None:
    figure = bars()
    before = figure.get_size_inches().tolist()
    first = pictures.drawn(figure, "waits")
    assert pictures.drawn(figure, "waits") == first
    assert pictures.drawn(bars(), "waits") == first
    assert figure.get_size_inches().tolist() == before


def test_nothing_of_it_reaches_the_page_around() -> None:
    cut = "".join(pictures.drawn(bars(), "waits").cuts)
    assert not re.search(r"<style|<script|<metadata|<!|xmlns|DejaVu|\bDate\b|matplotlib", cut)
    assert not re.findall(r"url\((?!#waits-)", cut)


def test_ids_of_two_figures_and_of_two_cuts_differ() -> None:
    cuts = [*pictures.drawn(bars(), "one").cuts, *pictures.drawn(bars(), "two").cuts]
    ids = [found for cut in cuts for found in re.findall(r'\bid="([^"]+)"', cut)]
    assert ids
    assert len(ids) == len(set(ids))


def test_tokens_and_greys_follow_the_reader_and_other_colours_stay() -> None:
    figure = Figure()
    axes = figure.subplots()
    for colour in (style.TOKENS["accent"], "#808080", "#123456"):
        axes.plot([1, 2], color=colour)
    (cut, *_) = pictures.drawn(figure, "lines").cuts
    assert "stroke:var(--accent)" in cut
    assert "stroke:color-mix(in srgb,var(--ink) 50%,var(--paper))" in cut
    assert "stroke:#123456" in cut
    assert "fill:#ffffff" not in cut


def test_a_map_of_colours_keeps_them_and_the_lettering_upon_it() -> None:
    figure = Figure()
    axes = figure.subplots()
    axes.pcolormesh(np.array([[0.0, 1.0], [1.0, 0.0]]), cmap="gray")
    axes.text(0.5, 0.5, "0", color="#ffffff")
    (cut, *_) = pictures.drawn(figure, "map").cuts
    assert "fill:#ffffff" in cut
    assert re.search(r"fill:#ffffff[^>]*>0</text>", cut)


def test_text_of_the_data_stays_text() -> None:
    cut = "".join(pictures.drawn(bars("<script>1</script>", "a & b"), "hostile").cuts)
    assert "<script>" not in cut
    assert "&lt;script&gt;" in cut
    assert "a &amp; b" in cut


def test_a_large_figure_is_png_by_day_and_by_night_at_twice_its_size() -> None:
    picture = pictures.drawn(scattered(3000), "cloud")
    day, night = picture.png
    assert day != night
    width, height = (int.from_bytes(day[at : at + 4]) for at in (16, 20))
    assert width == pytest.approx(2 * picture.width, abs=4)
    assert height == pytest.approx(2 * picture.height, abs=4)
    assert max(map(len, picture.png)) < 100_000
    html = picture.html("A cloud.")
    assert '<source media="screen and (prefers-color-scheme:dark)" srcset="data:image/png' in html
    assert 'alt="A cloud."' in html


def test_up_to_its_limit_a_figure_is_svg() -> None:
    small, large = pictures.drawn(scattered(100), "s"), pictures.drawn(scattered(900), "l")
    assert small.cuts
    assert len(small.cuts[0]) <= LARGEST_SVG
    assert large.png


def test_after_the_dark_drawing_the_figure_has_its_own_colours() -> None:
    figure = scattered(3000)
    (axes,) = figure.axes

    def colours() -> list[str]:
        return [
            str(axes.collections[0].get_facecolor()),
            str(axes.get_facecolor()),
            str(axes.title.get_color()),
        ]

    before = colours()
    pictures.drawn(figure, "cloud")
    assert colours() == before


def test_axes_side_by_side_scroll_on_a_phone() -> None:
    figure = Figure(figsize=style.FIGURE_SIZE)
    figure.subplots(1, 3)
    (cut,) = pictures.drawn(figure, "facets").cuts
    assert cut.startswith('<div class="scroll" tabindex="0" role="group" aria-labelledby="facets-alt">')


def test_what_is_no_figure_is_refused() -> None:
    with pytest.raises(TypeError, match="int is no figure"):
        pictures.figure_of(3)
