"""What holds for every kind of chart."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from helpers import style
from helpers.charts import Chart

from .conftest import CASES, HOSTILE, Case


def cuts(chart: Chart) -> tuple[ElementTree.Element, ElementTree.Element]:
    return ElementTree.fromstring(chart.wide), ElementTree.fromstring(chart.narrow)


def test_both_cuts_are_well_formed_and_name_the_text_alternative(case: Case) -> None:
    chart = case.make("APAC")
    for cut, width in zip(cuts(chart), ("760", "343"), strict=True):
        assert cut.get("viewBox", "").split()[2] == width
        assert cut.get("role") == "img"
        assert cut.get("aria-labelledby") == f"{chart.heading.name}-alt"
    assert f'id="{chart.heading.name}-alt"' in chart.figure()


def test_labels_are_text(case: Case) -> None:
    for cut in cuts(case.make("Antarctica")):
        said = ["".join(text.itertext()) for text in cut.iter("text")]
        assert any("Antarctica" in text for text in said)


def test_colours_are_classes_of_the_style_sheet(case: Case) -> None:
    sheet = style.stylesheet()
    for cut in cuts(case.make("APAC")):
        for element in cut.iter():
            assert not {"style", "fill", "stroke"} & set(element.attrib)
            for name in element.get("class", "").split():
                assert re.search(rf"\.{name}\b(?!-)", sheet), name


def test_a_cut_is_small(case: Case) -> None:
    chart = case.make("APAC")
    assert max(len(chart.wide), len(chart.narrow)) <= 8_000


def test_all_coordinates_stand_within_the_cut(case: Case) -> None:
    for cut in cuts(case.make("APAC")):
        _, _, width, height = map(float, cut.get("viewBox", "").split())
        for text in cut.iter("text"):
            assert 0 <= float(text.get("x", "")) <= width
            assert 0 <= float(text.get("y", "")) <= height


@pytest.mark.parametrize("kind", CASES)
def test_the_text_alternative_tells_the_numbers(kind: str) -> None:
    alt = CASES[kind].make("APAC").alt
    for number in CASES[kind].told:
        assert number in alt


def test_the_csv_holds_the_rows_of_the_table(case: Case) -> None:
    chart = case.make("APAC")
    link = re.search(r'href="data:text/csv;charset=utf-8,([^"]*)"', chart.figure())
    assert link
    read = list(csv.reader(io.StringIO(unquote(link[1]).removeprefix("\ufeff"))))
    assert len(read) == 1 + len(chart.table.rows)
    assert len({len(row) for row in read}) == 1
    assert f'download="{chart.heading.name}.csv"' in chart.figure()


def test_data_is_never_markup(case: Case) -> None:
    class Names(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: set[str] = set()
            self.attributes: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.attributes |= {name for name, _ in attrs}

    tame, hostile = Names(), Names()
    tame.feed(case.make("APAC").figure())
    hostile.feed(case.make(HOSTILE).figure())
    assert (hostile.tags, hostile.attributes) == (tame.tags, tame.attributes)
    for cut in cuts(case.make(HOSTILE)):
        assert "\x00" not in "".join(cut.itertext())


def test_the_same_numbers_give_the_same_bytes(case: Case) -> None:
    assert case.make("APAC").figure() == case.make("APAC").figure()


def test_showing_a_chart_saves_its_table_in_the_run_folder(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chart = case.make("APAC")
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    shown = chart._repr_mimebundle_()
    assert (tmp_path / "tables" / f"{chart.heading.name}.csv").read_text() == chart.table.csv()
    assert shown["text/html"].startswith('<figure class="qd">')
    assert chart.alt in shown["text/plain"]


def test_in_jupyterlab_nothing_is_written(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QUARTERDECK_RUN", raising=False)
    monkeypatch.chdir(tmp_path)
    case.make("APAC")._repr_mimebundle_()
    assert list(tmp_path.iterdir()) == []
