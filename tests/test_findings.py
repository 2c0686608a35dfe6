"""Findings say what the numbers allow and no more."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from helpers import findings, stats
from helpers.findings import ComparedRows, Measure, PageCorrection, Reference, contrast, measured
from helpers.periods import Period
from helpers.records import Finding

NPS = Measure("nps", "NPS", "points", "higher")
CHURN = Measure("churn", "Churn", "share", "lower")
BEFORE = Reference("previous", "2026 Q2", Period(2026, 2))


def nps_finding(now: tuple[int, int, int], then: tuple[int, int, int], measure: Measure = NPS) -> Finding:
    current, previous = stats.net_promoter_score(*now), stats.net_promoter_score(*then)
    return measured(
        measure, current, "2026Q3", previous=("2026 Q2", previous, stats.difference(current, previous))
    )


def test_a_clear_rise_is_better_and_more_than_chance_brings() -> None:
    finding = nps_finding((450, 340, 210), (400, 350, 250))
    assert finding.change is not None
    assert finding.change.verdict == "better"
    assert finding.text.sentence == "NPS rose to 24 from 15 in 2026 Q2."
    assert finding.text.certainty == "The rise is between 2 and 16 points, more than chance brings."
    assert finding.text.previous == "15"
    assert finding.text.change == "+9\u00a0pts"


def test_the_same_rise_is_worse_where_lower_is_good() -> None:
    finding = nps_finding((450, 340, 210), (400, 350, 250), Measure("effort", "Effort", "points", "lower"))
    assert finding.change is not None
    assert finding.change.verdict == "worse"


def test_an_unclear_change_names_both_directions() -> None:
    finding = nps_finding((41, 35, 24), (40, 35, 25))
    assert finding.text.verdict == "no clear change"
    assert finding.text.sentence == "NPS shows no clear change: 17, after 15 in 2026 Q2."
    assert finding.text.certainty.startswith("The change lies between ")
    assert "lower and" in finding.text.certainty
    assert "chance" not in finding.text.certainty


def nps_row(promoters: int) -> stats.Comparison:
    now, then = (promoters, 350, 650 - promoters), (400, 350, 250)
    return stats.Comparison(
        f"{promoters}",
        stats.net_promoter_score(*now),
        stats.net_promoter_score(*then),
        stats.net_promoter_difference(now, then),
    )


def test_a_change_has_the_interval_that_decides_it_and_says_its_level() -> None:
    """A rise of 8 points, p 0.022: clear alone, not clear as the only headline of a page (0.025 / 3)."""
    row = nps_row(440)
    headlines = {"nps:previous": row, "csat:previous": nps_row(400), "rate:previous": nps_row(401)}
    page = PageCorrection.of(headlines, {}, 0.05)
    rows = ComparedRows.of("nps", [row], BEFORE)
    alone = findings.compared(NPS, rows, Period(2026, 3))
    found = findings.compared(NPS, rows.judged(page), Period(2026, 3))
    assert alone.change is not None
    assert found.change is not None
    assert (alone.change.verdict, found.change.verdict) == ("better", "unclear")
    assert found.change.level == pytest.approx(1 - 0.025 / 3)
    assert (alone.level, found.level, alone.change.level) == (0.95, 0.95, 0.95)
    assert row.difference is not None
    assert row.difference.se is not None
    half = stats.z_value(1 - 0.025 / 3) * row.difference.se
    assert (found.change.low, found.change.high) == pytest.approx((8 - half, 8 + half), abs=0.05)
    assert found.change.p == row.difference.p
    assert found.change.p_adjusted == pytest.approx(6 * (row.difference.p or 0))


def test_a_seventh_headline_is_one_of_the_lists() -> None:
    """It does not raise the bar for the first six."""
    rows = {f"n{number}": nps_row(400) for number in range(7)}
    page = PageCorrection.of(rows, {"themes": [nps_row(400)] * 5}, 0.06)
    assert [page.rates[f"n{number}"] for number in range(6)] == pytest.approx([0.03 / 6] * 6)
    assert page.rates["n6"] == pytest.approx(0.03 / 2)
    assert page.rates["themes"] == pytest.approx(0.03 / 2 / 5)


@pytest.mark.parametrize(
    ("alpha", "said"),
    [(0.05, "about one page in twenty"), (0.1, "about one page in ten"), (0.02, "about one page in 50")],
)
def test_a_page_says_how_often_it_is_wrong(alpha: float, said: str) -> None:
    check = PageCorrection.of({}, {}, alpha).check
    assert said in check.text
    assert (check.key, check.false_alarms) == ("false_alarms", alpha)


def test_a_list_that_the_page_does_not_know_stands_alone() -> None:
    rows = [nps_row(450), nps_row(400)]
    assert PageCorrection.of({}, {}, 0.05).judged("own", rows) == stats.judged(rows)


def test_a_withheld_number_says_why() -> None:
    finding = findings.withheld(NPS, "2026Q3", "46 answers; 100 are needed.", n=46)
    assert finding.value is None
    assert finding.text.sentence == "For NPS there is no number: 46 answers; 100 are needed."


def test_keys_must_be_unique() -> None:
    finding = nps_finding((4, 3, 2), (4, 3, 2))
    with pytest.raises(ValueError, match="must be unique"):
        findings.show(finding, finding)


def test_parts_are_keyed_by_their_dimension() -> None:
    part = NPS.at(region="Asia, Pacific=1")
    assert part.key == "nps@region=asia__pacific_1"
    assert Finding.model_validate(measured(part, stats.net_promoter_score(4, 3, 2), "2026Q3").model_dump())


def clear_row(label: str, difference: float) -> stats.Comparison:
    found = stats.Difference(difference, 1, difference - 2, difference + 2, 0.95, 1e-6, "Wald")
    return stats.Comparison(label, None, None, found, clear=True)


def test_a_contrast_begins_with_a_capital_but_a_name_keeps_its_letters() -> None:
    rows = [clear_row("eBay", 9), clear_row("EMEA", -9)]
    assert contrast(rows, "{names} above", "{names} below", "none") == "eBay above; EMEA below"
    assert contrast(rows, "more on {names}", "less on {names}", "none") == "More on eBay; less on EMEA"
    assert contrast(rows[:1], "{names}", "", "none", before="all of ") == "All of eBay"


def test_a_contrast_may_say_first_what_lies_below() -> None:
    rows = [clear_row("A", 9), clear_row("B", -9)]
    said = contrast(rows, "{names} [is|are] above", "{names} [is|are] below", "none", below_first=True)
    assert said == "B is below; A is above"


counts = st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)).filter(lambda c: sum(c) > 1)


@given(counts, counts)
def test_no_sentence_claims_more_than_its_interval(
    now: tuple[int, int, int], then: tuple[int, int, int]
) -> None:
    finding = nps_finding(now, then)
    change = finding.change
    assert change is not None
    assert change.low is not None
    assert change.high is not None
    text = finding.text
    claims = "more than chance brings" in text.certainty
    assert claims == (" rose " in text.sentence or " fell " in text.sentence)
    if claims:
        assert change.low > 0 or change.high < 0
        assert (" rose " in text.sentence) == (change.low > 0)
        assert change.p_adjusted is not None
        assert change.p_adjusted < 0.05
    assert "nan" not in f"{text.sentence} {text.certainty}".lower()


labels = st.sampled_from(
    ["NPS", "Open tickets in EMEA", "Share of comments on price", "Days to close, Exports"]
)


@given(counts, counts, labels, st.sampled_from([None, 3.0]), st.sampled_from(["", "answers doubled"]))
def test_sentences_are_whole_short_and_agree_with_their_subject(
    now: tuple[int, int, int], then: tuple[int, int, int], label: str, matters: float | None, meanwhile: str
) -> None:
    measure = Measure("nps", label, "points", "higher", matters=matters)
    text = findings.beside(nps_finding(now, then, measure), {"previous": meanwhile}).text
    several = label.startswith(("Open tickets", "Days"))
    verb = r"(rose|fell) (to|slightly)|show no|are" if several else r"(rose|fell) (to|slightly)|shows no|is"
    assert re.fullmatch(rf"{label} ({verb}) [^.]*(\.\d[^.]*)*\.", text.sentence)
    assert re.match(r"The (rise|fall|change) (is|lies) between ", text.certainty)
    for said in (text.sentence, text.certainty):
        assert said.endswith(".")
        assert len(said.split()) <= 30
        assert not re.search(r"  | [,.;]|\.\.|,,", said)


@given(st.integers(0, 300), st.integers(1, 300), st.integers(0, 300), st.integers(1, 300))
def test_shares_word_their_limits_in_points(x: int, n: int, y: int, m: int) -> None:
    x, y = min(x, n), min(y, m)
    now, then = stats.proportion(x, n), stats.proportion(y, m)
    finding = measured(
        CHURN, now, "2026Q3", previous=("2026 Q2", then, stats.proportion_difference(x, n, y, m))
    )
    assert finding.text.value.endswith("%")
    assert finding.low is not None
    assert finding.value is not None
    assert finding.high is not None
    assert finding.low <= finding.value <= finding.high


def test_in_jupyterlab_no_data_is_a_note_and_the_cells_below_run_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUARTERDECK_RUN", raising=False)
    shell = InteractiveShell.instance()
    try:
        shell.run_cell("from helpers import findings\nfrom helpers.records import TableAccount")
        with capture_output() as seen:
            shell.run_cell("findings.publish(TableAccount(name='responses', read=1, kept=1))")
            result = shell.run_cell("raise findings.NoData('It has no <b>region</b>.')\n1 / 0")
        assert result.success
        assert seen.outputs[-1].data["text/plain"] == "No data: It has no <b>region</b>."
        assert "&lt;b&gt;region" in seen.outputs[-1].data["text/html"]
        assert not shell.run_cell("1 / 0").success
    finally:
        InteractiveShell.clear_instance()


def test_in_a_run_no_data_stays_what_the_runner_looks_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(tmp_path))
    shell = InteractiveShell.instance()
    try:
        with capture_output():
            shell.run_cell("from helpers import findings\nfrom helpers.records import TableAccount")
            shell.run_cell("findings.publish(TableAccount(name='responses', read=1, kept=1))")
            result = shell.run_cell("raise findings.NoData('nothing')")
        assert isinstance(result.error_in_exec, findings.NoData)
    finally:
        InteractiveShell.clear_instance()


def test_a_label_within_a_sentence_keeps_its_acronym() -> None:
    assert findings.mid_sentence("Sign-in and SSO") == "sign-in and SSO"
    assert findings.mid_sentence("SSO") == "SSO"


def test_rows_of_one_list_become_findings_with_their_verdicts() -> None:
    """The verdict of each finding is that of its row."""
    counts = {"Billing": ((60, 600), (38, 600)), "Exports": ((10, 300), (12, 310)), "Other": ((9, 90), None)}
    rows = [stats.compared_proportions(area, *sides) for area, sides in counts.items()]
    judged = stats.judged(rows)
    areas = ComparedRows.of("areas", judged, BEFORE)
    found = findings.compared_by("area", CHURN, areas, Period(2026, 3), tables=["areas"])
    assert [one.key for one in found] == ["churn@area=billing", "churn@area=exports", "churn@area=other"]
    assert [one.change and one.change.p_adjusted for one in found] == pytest.approx(
        [row.p_adjusted for row in judged]
    )
    assert [one.change and one.change.verdict for one in found] == ["worse", "unclear", None]
    assert found[2].change is None
    assert all(one.tables == ("areas",) for one in found)


def test_a_row_has_no_change_where_no_period_precedes() -> None:
    row = stats.compared_proportions("All", (60, 600), (30, 600))
    assert findings.compared(CHURN, ComparedRows("open", (row,)), Period()).change is None
    compared = ComparedRows.of("open", [row], BEFORE)
    assert findings.compared(CHURN, compared, Period(2026, 3)).change is not None


def test_a_row_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="EMEA has no number in 2026 Q3"):
        findings.compared(CHURN, ComparedRows("open", (stats.Comparison("EMEA", None),)), Period(2026, 3))


def test_a_measure_of_no_part_is_itself() -> None:
    """An edition of all regions fixes no dimension."""
    assert NPS.at() == NPS


def test_a_number_of_ones_own_keeps_what_is_said_of_it() -> None:
    told = findings.number(
        "wait@region=emea", 12.5, unit="days", label="Median wait", interval=(10, 14), level=0.9, n=40,
        good="lower", period="2026 Q3", decimals=1, headline=True, method="bootstrap",
    )  # fmt: skip
    found = told.finding
    assert (found.key, found.value, found.low, found.high, found.level) == (
        "wait@region=emea",
        12.5,
        10,
        14,
        0.9,
    )
    assert (found.n, found.good, found.period, found.decimals) == (40, "lower", "2026 Q3", 1)
    assert (found.headline, found.method) == (True, "bootstrap")
    plain = found.text.sentence.replace("\u00a0", " ")
    assert plain == "Median wait is 12.5 days, with an interval of 10.0 to 14.0."
    assert ("90%" in told.line(), "2026 Q3" in told.line(), "40" in told.line()) == (True, True, True)


def test_a_number_without_an_interval_has_no_level() -> None:
    found = findings.number("wait", 12, unit="days", label="Median wait").finding
    assert (found.low, found.high, found.level, found.text.interval) == (None, None, None, "")


@pytest.mark.parametrize(
    ("change", "half", "relevance", "said"),
    [
        (-5.0, 3.0, "matters", "worse, and it matters"),
        (3.0, 1.0, "matters", "better, and it matters"),
        (2.9, 1.0, "small", "better, but small"),
        (-1.0, 0.5, "small", "worse, but small"),
        (0.5, 2.0, "none", "no change that matters"),
        (-0.5, 2.4, "none", "no change that matters"),
        (0.5, 2.5, "unknown", "cannot tell"),
        (-0.5, 2.5, "unknown", "cannot tell"),
        (6.0, 9.0, "unknown", "cannot tell"),
    ],
)
def test_what_matters_gives_four_verdicts(change: float, half: float, relevance: str, said: str) -> None:
    """Three points matter: by the estimate where it is clear, else by the whole interval."""
    measure = Measure("nps", "NPS", "points", "higher", 1, matters=3)
    moved_by = stats.difference(
        stats.Estimate(change, half / stats.z_value(0.95), None, None, 0.95, 100, "Wald"),
        stats.Estimate(0.0, 0.0, None, None, 0.95, 100, "Wald"),
    )
    then = stats.net_promoter_score(40, 35, 25)
    found = measured(measure, then, "2026 Q3", previous=("2026 Q2", then, moved_by))
    assert found.change is not None
    assert (found.change.relevance, found.text.verdict) == (relevance, said)
    assert "unchanged" not in found.text.sentence


def test_a_change_that_cannot_be_told_names_the_one_that_would_be_seen() -> None:
    """A change of that size is called clear in four of five draws."""
    se, rate = 2.0, 0.01
    measure = Measure("nps", "NPS", "points", "higher", 2, matters=3)
    plain = stats.Estimate(0.0, se, None, None, 1 - rate, 100, "Wald")
    nothing = stats.Estimate(0.0, 0.0, None, None, 1 - rate, 100, "Wald")
    then = stats.net_promoter_score(40, 35, 25)
    found = measured(measure, then, "2026 Q3", previous=("2026 Q2", then, stats.difference(plain, nothing)))
    seen = (stats.z_value(1 - rate) + stats.z_value(0.6)) * se
    assert f"; one of {seen:.2f}\u00a0pts would be seen in four cases of five." in found.text.certainty
    draws = np.random.default_rng(7).normal(seen, se, 20_000)
    assert np.mean(draws > stats.z_value(1 - rate) * se) == pytest.approx(0.8, abs=0.01)


def test_a_metric_that_states_nothing_has_two_verdicts() -> None:
    found = nps_finding((450, 340, 210), (400, 350, 250))
    assert found.change is not None
    assert (found.change.relevance, found.text.verdict) == (None, "better")


def test_a_title_does_not_call_small_what_matters() -> None:
    then = stats.net_promoter_score(40, 35, 25)
    measure = Measure("nps", "NPS", "points", "higher", 1, matters=3)

    def title(value: float, se: float) -> str:
        gap = stats.Estimate(value, se, None, None, 0.95, 9, "Wald")
        nothing = stats.Estimate(0.0, 0.0, None, None, 0.95, 9, "Wald")
        previous = ("2026 Q2", then, stats.difference(gap, nothing))
        return findings.moved(measured(measure, then, "2026 Q3", previous=previous))

    assert title(-5, 1) == "NPS fell clearly since 2026 Q2"
    assert title(-2, 0.5) == "NPS fell clearly since 2026 Q2, but by less than matters"
    assert title(0.5, 0.5) == "NPS shows no change that matters since 2026 Q2"
    assert title(0.5, 3) == "NPS shows no clear change since 2026 Q2"


def test_a_number_of_ones_own_changes_by_the_interval_of_its_median() -> None:
    now, before = list(range(20, 60)), list(range(30))
    change = ("2026 Q2", stats.median(before), stats.median_difference(now, before))
    found = findings.number(
        "wait", stats.median(now), unit="days", label="Days to close", good="lower", previous=change
    ).finding
    assert (found.value, found.n, found.level, found.method) == (39.5, 40, 0.95, "median, order statistics")
    assert found.change is not None
    assert (found.change.value, found.change.previous, found.change.verdict) == (25, 14.5, "worse")
    assert found.text.sentence.startswith("Days to close rose to 40\xa0days from ")


def test_the_change_of_a_stock_is_told_without_an_interval() -> None:
    found = findings.number(
        "open", 75, unit="count", label="Open tickets", previous=("2026 Q2", 60, None)
    ).finding
    assert found.change is not None
    assert (found.change.value, found.change.low, found.text.verdict) == (15, None, "")
    assert found.text.sentence == "Open tickets are 75, after 60 in 2026 Q2; the change has no interval."
