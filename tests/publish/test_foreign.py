"""HTML of other libraries, as a page holds it."""

from __future__ import annotations

import pandas as pd
import pytest
import statsmodels.api as sm

from quarterdeck.publish.foreign import cleaned

FRAME = pd.DataFrame({"region": ["AMER", "EMEA"], "days": [3.5, -12.0]})


def test_a_style_sheet_an_id_and_a_class_never_reach_the_page() -> None:
    html = cleaned(FRAME.style.format(precision=1).to_html())
    assert "<style" not in html
    assert "id=" not in html
    assert "T_" not in html
    assert '<div aria-label="Table" class="scroll" role="group" tabindex="0"><table' in html


def test_the_colour_of_a_cell_stays_with_ink_upon_it() -> None:
    html = cleaned(FRAME.style.highlight_max(subset=["days"], color="gold").to_html())
    assert '<td style="background-color:gold;color:#15191e">3.500000</td>' in html
    assert '<table class="heat">' in html


def test_random_ids_of_pandas_make_no_difference() -> None:
    first, second = (FRAME.style.highlight_max(color="gold").to_html() for _ in range(2))
    assert first != second
    assert cleaned(first) == cleaned(second)


def test_text_and_its_heading_stand_left_and_numbers_right() -> None:
    html = cleaned(FRAME.style.format(precision=1).to_html())
    assert '<th class="tx" scope="col">region</th>' in html or '<th class="tx">region</th>' in html
    assert '<td class="tx">AMER</td>' in html
    assert "<td>-12.0</td>" in html


def test_a_summary_of_statsmodels_does_not_tell_the_time() -> None:
    model = sm.OLS([1.0, 2.0, 3.5, 3.0], sm.add_constant([1.0, 2.0, 3.0, 4.0])).fit()
    html = cleaned(model.summary().as_html())
    assert "Date:" not in html
    assert "Time:" not in html
    assert "R-squared:" in html
    assert html.count('class="scroll"') == 3
    assert 'aria-label="OLS Regression Results"' in html


@pytest.mark.parametrize(
    "hostile",
    [
        "<td onclick=alert(1)>x</td>",
        '<td style="background:url(https://elsewhere.example/a)">x</td>',
        "<td><svg onload=alert(1)></svg>x</td>",
        '<td><a href="javascript:alert(1)">x</a></td>',
        "<td><style>*{display:none}</style>x</td>",
        "<td>x<!-- <script>1</script> --></td>",
        '<td style="color:red;position:fixed;inset:0">x</td>',
    ],
)
def test_nothing_that_acts_or_asks_is_left(hostile: str) -> None:
    html = cleaned(f"<table><tr>{hostile}</tr></table>")
    assert "x" in html
    for part in ("onclick", "onload", "url(", "javascript", "<style", "script", "position", "<svg"):
        assert part not in html


def test_html_without_a_table_only_loses_its_style_sheets() -> None:
    assert cleaned("<style>*{color:red}</style><b>bold</b>") == "<b>bold</b>"


@pytest.mark.parametrize(
    "hostile",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" java\nscript:alert(1)">x</a>',
        "<b onmouseover=alert(1)>x</b>",
        '<img src="data:image/png;base64,AA" ONERROR="alert(1)" alt="x">',
    ],
)
def test_html_without_a_table_does_nothing_when_it_is_clicked(hostile: str) -> None:
    html = cleaned(hostile).lower()
    assert "x" in html
    assert "alert" not in html


def test_text_that_could_not_be_read_on_its_ground_is_black_or_white() -> None:
    html = cleaned(
        '<table><tr><td style="background-color:#6ba5cd;color:#f1f1f1">1</td>'
        '<td style="background-color:#123456;color:#f1f1f1">2</td></tr></table>'
    )
    assert "background-color:#6ba5cd;color:#000000" in html
    assert "background-color:#123456;color:#f1f1f1" in html
