"""Every title of the page is held to the verdicts: a direction is said of what is clear, and of nothing else.

Random counts; labels are single words, so that the names in a title can be read back.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import feedback
from helpers.feedback.findings import score_findings
from helpers.stats import Comparison

from .conftest import APRIL, JULY, cell, commented, counted, invited, opened

NAMES = r"(?P<names>\w+(?:, \w+)*(?: and \w+)?)"
"""`A`, `A and B`, `A, B and C`."""
DIRECTION = re.compile(
    r"\b(more|less|fewer|above|below|rose|fell|lowest|highest|busiest|most)\b", re.IGNORECASE
)
NEITHER = re.compile(r"clearly more or (less|fewer)")
Sides = dict[str, set[str]]
"""What is said of whom: {"above": {"emea"}}."""

counts = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).map(
    # Few answers and many, so that clear and unclear rows both come up.
    lambda tally: tuple(count * (8 if sum(tally) % 2 else 1) for count in tally)
)
pairs = counts.map(lambda tally: (tally[0], sum(tally)))
weeks = st.tuples(*[st.integers(0, 12)] * 13)
few_examples = examples(5)


def said(title: str, pattern: str) -> Sides:
    """The directions that a title claims, and of whom, by a pattern with the groups `way` and `names`."""
    found: Sides = {}
    for match in re.finditer(pattern, title, re.IGNORECASE):
        names = re.split(r", | and ", match["names"].lower())
        found.setdefault(match["way"].lower(), set()).update(names)
    if not found:
        assert not DIRECTION.search(NEITHER.sub("", title)), title
    return found


def clear(rows: Sequence[Comparison], above: str, below: str) -> Sides:
    """The directions that the rows hold, and of whom."""
    sides = {
        above: {row.label.lower() for row in rows if row.above},
        below: {row.label.lower() for row in rows if row.below},
    }
    return {way: names for way, names in sides.items() if names}


@few_examples
@given(st.lists(counts, min_size=8, max_size=8))
def test_a_score_rose_or_fell_only_where_its_finding_says_so(tallies: list[tuple[int, ...]]) -> None:
    months = (APRIL.replace(month=1), JULY.replace(year=2025), APRIL, JULY)
    answers = counted(
        *(cell(month, None, None, *tally) for month, tally in zip(months, tallies[:4], strict=True)),
        *(
            cell(month, None, None, *tally, survey="csat")
            for month, tally in zip(months, tallies[4:], strict=True)
        ),
    )
    charts = {"nps": feedback.nps_over_time, "csat": feedback.satisfaction_over_time}
    for finding in score_findings(answers):
        title, change = charts[finding.key](answers).title, finding.change
        if change is None or change.verdict == "unclear":
            assert not DIRECTION.search(title), title
        else:
            assert ("rose" in title, "fell" in title) == (change.value > 0, change.value < 0)
            assert not ("lowest" in title and "rose" in title)
            assert not ("highest" in title and "fell" in title)


@few_examples
@given(st.lists(counts, min_size=6, max_size=6))
def test_groups_stand_above_or_below_only_where_their_rows_do(tallies: list[tuple[int, ...]]) -> None:
    parts = [(region, segment) for region in ("North", "South") for segment in ("Old", "New", "Rare")]
    answers = counted(
        *(cell(JULY, *part, *tally) for part, tally in zip(parts, tallies, strict=True)), min_group=5
    )
    assume(all(sum(tally) >= 5 for tally in tallies))
    found = feedback.group_scores(answers)
    title = feedback.scores_by_group(answers).title
    pattern = NAMES + r" scores? (?P<way>above|below)"
    assert said(title, pattern) == clear((*found.regions, *found.segments), "above", "below")


@few_examples
@given(st.lists(st.integers(0, 200), min_size=10, max_size=10))
def test_more_or_fewer_comments_only_where_the_shares_moved(numbers: list[int]) -> None:
    themes = ("price", "mobile", "login", "exports", "")
    comments = commented(
        *((True, False, theme, count) for theme, count in zip(themes, numbers[:5], strict=True)),
        *((False, False, theme, count) for theme, count in zip(themes, numbers[5:], strict=True)),
    )
    assume(comments.shown and comments.count(period=comments.scope.baseline) >= 5)
    title = feedback.theme_shares(comments).title
    pattern = r"(?P<way>more|fewer) comments mention " + NAMES
    assert said(title, pattern) == clear(feedback.theme_mentions(comments).rows, "more", "fewer")


@few_examples
@given(st.lists(st.integers(0, 200), min_size=10, max_size=10))
def test_detractors_write_more_only_of_what_sets_them_apart(numbers: list[int]) -> None:
    themes = ("price", "mobile", "login", "exports", "")
    comments = commented(
        *((True, True, theme, count) for theme, count in zip(themes, numbers[:5], strict=True)),
        *((True, False, theme, count) for theme, count in zip(themes, numbers[5:], strict=True)),
    )
    assume(min(comments.count(detractor=True), comments.count(detractor=False)) >= 5)
    assume(comments.detractor_counts())
    rows = feedback.detractor_mentions(comments).rows
    more, less = [row for row in rows if row.above][:3], [row for row in rows if row.below][:3]
    title = feedback.detractor_themes(comments).title
    pattern = "write about " + NAMES + r" clearly (?P<way>more|less)"
    assert said(title, pattern) == clear(more or less, "more", "less")


@few_examples
@given(st.lists(weeks, min_size=6, max_size=6))
def test_more_or_fewer_tickets_only_where_their_number_moved(numbers: list[tuple[int, ...]]) -> None:
    areas = ("Exports", "Billing", "Other")
    tickets = opened(dict(zip(areas, numbers[:3], strict=True)), dict(zip(areas, numbers[3:], strict=True)))
    _, *rows = feedback.weekly_tickets(tickets)
    title = feedback.tickets_by_area(tickets).title
    pattern = r"(?P<way>more|fewer) tickets on " + NAMES
    assert said(title, pattern) == clear(rows, "more", "fewer")


@few_examples
@given(st.lists(weeks, min_size=3, max_size=3))
def test_the_busiest_areas_are_those_with_the_most_tickets(numbers: list[tuple[int, ...]]) -> None:
    areas = ("Exports", "Billing", "Other")
    tickets = opened(dict(zip(areas, numbers, strict=True)), {})
    assume(tickets.areas)
    most = max(map(sum, numbers))
    expected = {area.lower() for area, each in zip(areas, numbers, strict=True) if sum(each) == most}
    titles = [feedback.tickets_by_area(tickets).title]
    titles.append(feedback.tickets_over_time(tickets).title)
    pattern = NAMES + r" (?:is|are) the (?P<way>busiest)"
    assert [said(title, pattern) for title in titles] == [{"busiest": expected}] * 2


@few_examples
@given(st.lists(pairs, min_size=3, max_size=3))
def test_segments_answer_more_or_less_only_where_their_rates_do(sent: list[tuple[int, int]]) -> None:
    assume(all(count >= 5 for _, count in sent))
    invitations = invited(dict(zip(("One", "Two", "Three"), sent, strict=True)))
    rows = feedback.segment_response(invitations)
    title = feedback.response_rates(invitations, counted(cell(JULY, None, None, 5, 5, 5))).title
    pattern = NAMES + r" answers? (?P<way>more|less) often"
    assert said(title, pattern) == clear(rows, "more", "less")
    named = feedback.response_by_segment(invitations).title.split(" is ")
    assert (len(named) == 2) == any(row.below for row in rows)
    assert named[0] in {"Invitations and answers by segment", *(row.label for row in rows if row.below)}


@pytest.mark.parametrize("title", ["NPS rose", "More comments mention price", "Most"])
def test_the_reader_of_titles_sees_a_claim_that_it_cannot_read(title: str) -> None:
    with pytest.raises(AssertionError):
        said(title, "(?P<names>nobody) (?P<way>nowhere)")
