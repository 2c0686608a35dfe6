"""A target of metrics.yaml: how far a number is from it, what is said, where it stands."""

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import charts, metrics, whatif
from helpers.feedback import AnswerCell, Answers
from helpers.feedback.findings import group_findings, score_findings
from helpers.findings import ComparedRows, Measure, PageCorrection, Reference, Target, compared, headline_rows
from helpers.periods import Period
from helpers.records import Finding, SettingsError
from helpers.scope import Scope
from helpers.stats import (
    Estimate,
    Point,
    Series,
    compared_proportions,
    counted,
    distance,
    net_promoter_score,
    proportion,
)

NOW, BEFORE = Period(2026, 3), Reference("previous", "2026 Q2", Period(2026, 2))
BY_YEAR_END = Target(0.35, "2026 Q4")


def conversion(paid: int, *, aim: Target = BY_YEAR_END, good: str = "higher") -> Finding:
    measure = Measure("conversion", "Conversion", "share", good, 1, matters=0.02, target=aim)  # type: ignore[arg-type]
    row = compared_proportions("All", (paid, 1000), (300, 1000))
    rows = ComparedRows.of("total", [row], BEFORE).with_target(measure.target)
    return compared(measure, rows, NOW)


@pytest.mark.parametrize(
    ("paid", "said", "verdict"),
    [
        (300, "It is 2.1 to 7.8 points below its target of 35.0% by 2026 Q4.", "worse"),
        (350, "It cannot be told from its target of 35.0% by 2026 Q4.", "unclear"),
        (400, "It is 2.0 to 8.1 points above its target of 35.0% by 2026 Q4.", "better"),
    ],
)
def test_how_far_a_number_is_from_its_target(paid: int, said: str, verdict: str) -> None:
    found = conversion(paid)
    (target,) = found.further
    assert found.text.certainty.endswith(said)
    assert (target.against, target.period, target.verdict) == ("target", "target by 2026 Q4", verdict)
    assert target.previous == 0.35
    assert target.value == pytest.approx(paid / 1000 - 0.35)


def test_above_its_target_is_worse_where_lower_is_good() -> None:
    assert [one.verdict for one in conversion(400, good="lower").further] == ["worse"]


def test_what_matters_is_not_said_of_a_distance() -> None:
    assert [(one.relevance, one.matters, one.text.verdict) for one in conversion(300).further] == [
        (None, None, "below target")
    ]


def test_not_told_from_a_target_is_never_reached() -> None:
    (target,) = conversion(350).further
    assert target.text.verdict == "cannot tell"


def test_several_things_have_their_target() -> None:
    tickets = Measure("open", "Open tickets", "share", "lower", target=Target(0.1))
    rows = ComparedRows.of("total", [compared_proportions("All", (300, 1000), None)], BEFORE)
    text = compared(tickets, rows.with_target(tickets.target), NOW).text
    assert text.sentence == "Open tickets are 30.0%."
    assert text.certainty == "They are 17.2 to 22.9 points above their target of 10.0%."


@given(st.integers(1, 499), st.floats(0.01, 0.99))
def test_p_is_the_inversion_of_the_interval_of_the_distance(paid: int, aim: float) -> None:
    found = distance(proportion(paid, 500), aim)
    assert found.p is not None
    level = 1 - found.p
    if 0.001 < level < 1 - 1e-9:
        low, high = found.at(level).low, found.at(level).high
        assert min(abs(low), abs(high)) < 1e-6


def test_the_interval_of_a_distance_is_that_of_the_number() -> None:
    nps = net_promoter_score(450, 340, 210, 0.99)
    found = distance(nps, 35)
    assert (found.low + 35, found.high + 35) == pytest.approx((nps.low, nps.high))
    assert found.at(0.95).high - found.at(0.95).low < found.high - found.low


def test_a_number_without_an_interval_is_not_compared() -> None:
    stock = ComparedRows("total", (compared_proportions("All", (3, 9), None),))
    (row,) = stock.rows
    alone = ComparedRows("total", (type(row)("All", counted(3.0)),))
    assert not alone.with_target(BY_YEAR_END).against
    with pytest.raises(ValueError, match="not known at other levels"):
        distance(Estimate(3.0, None, 1.0, 4.0, 0.95, 9, "bootstrap"), 2.0)


def test_a_target_is_corrected_with_the_other_headlines() -> None:
    measure = Measure("conversion", "Conversion", "share", "higher", target=BY_YEAR_END)
    row = compared_proportions("All", (300, 1000), (300, 1000))
    rows = ComparedRows.of("total", [row], BEFORE).with_target(measure.target)
    headlines = headline_rows([rows])
    assert list(headlines) == ["total:previous", "total:target"]
    page = PageCorrection.of(headlines, {}, 0.05)
    judged = dict(rows.judged(page).at(0))
    assert [round(one.difference.level, 4) for one in judged.values() if one.difference] == [0.975, 0.9875]


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    return tmp_path


def catalogue(folder: Path, **more: object) -> None:
    nps = {"label": "NPS", "unit": "points", "kind": "mean", "good": "higher", **more}
    csat = {"label": "CSAT", "unit": "share", "kind": "share", "good": "higher"}
    text = json.dumps({"metrics": {"nps": nps, "csat": csat}})
    (folder / "metrics.yaml").write_text(text, encoding="utf-8")


def test_a_page_compares_its_headline_with_the_target_and_no_part_of_it(params: Path) -> None:
    catalogue(params, target=35, by="2026Q4")
    cells = [
        AnswerCell("nps", period.start, high, 200, 1000, region=region)
        for period, high in ((NOW, 450), (Period(2026, 2), 460))
        for region in ("EMEA", "APAC")
    ]
    answers = Answers(Scope(NOW), tuple(cells))
    (nps,) = score_findings(answers)
    assert [change.against for change, _ in nps.changes] == ["previous", "target"]
    assert nps.text.certainty.endswith("points below its target of 35 by 2026 Q4.")
    assert {change.against for one in group_findings(answers) for change, _ in one.changes} == {"previous"}


def test_a_report_may_compare_with_other_things_only(params: Path) -> None:
    catalogue(params, target=35)
    assert Scope(NOW).measure("nps").target == Target(35.0)
    assert Scope(NOW, compare=("previous",)).measure("nps").target is None
    assert Scope(NOW).measure("csat").target is None


@pytest.mark.parametrize(
    ("more", "what"),
    [({"by": "2026Q4"}, "write the target beside it"), ({"target": 3, "by": "soon"}, "soon")],
)
def test_a_day_without_a_target_or_one_that_is_none_is_refused(
    params: Path, more: dict[str, object], what: str
) -> None:
    catalogue(params, **more)
    with pytest.raises(SettingsError, match=what):
        metrics.get("nps")


def test_a_chart_draws_the_target_within_its_axis_and_tells_it() -> None:
    points = [Point(str(period), net_promoter_score(420, 380, 200)) for period in ("2026 Q2", "2026 Q3")]
    series = Series("NPS", tuple(points))
    trend = partial(charts.trend, series, name="nps", title="NPS", subtitle="", unit="points")
    plain, drawn = trend(), trend(target=charts.TargetLine("Target", 60))
    assert drawn.alt.endswith("Target is 60.")
    assert (">60<" in drawn.wide, ">60<" in plain.wide) == (True, False)
    assert drawn.wide.count('class="rl"') == plain.wide.count('class="rl"') + 1


def test_a_what_if_marks_the_target_within_its_axis() -> None:
    model = whatif.Model(
        title="NPS",
        function=lambda gain: (20 + gain,),
        sliders=(whatif.Slider("gain", "Gain", 0, 5, 0, 1, "points"),),
        outputs=(whatif.Output("NPS", "points", target=60.0),),
    )
    assert whatif.WhatIf(model).spec["outputs"][0]["target"] == 60.0
    assert model.axis()[-1][0] >= 60
