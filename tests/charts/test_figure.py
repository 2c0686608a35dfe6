"""An analyst's own figure as a chart of the house."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import seaborn as sns

from helpers import charts, verbatims

WAITS = pd.DataFrame({"region": ["AMER", "EMEA"], "days": [3.5, 12.0]})


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    yield
    verbatims.forget()
    plt.close("all")


def drawn(**more: object) -> charts.FigureChart:
    plt.figure()
    axes = sns.barplot(WAITS, x="days", y="region")
    given = {"title": "EMEA waits longest", "alt": "Bars: AMER 3.5, EMEA 12 days.", "data": WAITS, **more}
    return charts.figure(axes, **given)  # type: ignore[arg-type]


def test_it_has_what_every_chart_has() -> None:
    shown = drawn(subtitle="Median days", note="Weekdays.")
    figure = shown.figure()
    assert shown.title == "EMEA waits longest"
    assert shown.data.equals(WAITS)
    for part in ('<h3 id="emea_waits_longest">', "Median days", "Weekdays.", "<summary>Table</summary>"):
        assert part in figure
    assert 'id="emea_waits_longest-alt">Bars: AMER 3.5, EMEA 12 days.' in figure
    assert 'download="emea_waits_longest.csv"' in figure


def test_showing_it_writes_its_csv_into_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    drawn()._repr_mimebundle_()
    written = (tmp_path / "tables" / "emea_waits_longest.csv").read_text()
    assert written == "Region,Days\nAMER,3.5\nEMEA,12\n"


def test_without_data_it_offers_none() -> None:
    shown = drawn(data=None)
    assert "CSV" not in shown.figure()
    assert shown.data.empty


def test_pyplot_does_not_show_it_again() -> None:
    drawn()
    assert plt.get_fignums() == []


def test_a_grid_of_seaborn_is_a_figure() -> None:
    grid = sns.relplot(WAITS, x="days", y="days", col="region")
    assert charts.figure(grid, title="Two", alt="Two.").picture.cuts


def test_the_text_alternative_is_asked_for() -> None:
    with pytest.raises(ValueError, match="alt is empty"):
        drawn(alt=" ")


def test_what_customers_wrote_is_refused_in_data_and_in_labels() -> None:
    with pytest.raises(verbatims.VerbatimError, match="column comment"):
        drawn(data=WAITS.assign(comment="Good"))
    verbatims.know("responses", ["comment"], lambda *_: ["the zebra export never works"])
    plt.figure()
    axes = sns.barplot(x=[1], y=["the zebra export never works"])
    with pytest.raises(verbatims.VerbatimError, match="its labels quote what customers wrote"):
        charts.figure(axes, title="t", alt="a")
