"""Counted answers, comments, tickets and invitations to measure, and the sample company."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from helpers import feedback, sample, sources
from helpers.feedback import AnswerCell, Answers, CommentCell, Comments, Invitations, Invited, Tickets
from helpers.feedback.observations import EVERY_AREA
from helpers.periods import Period
from helpers.records.vocabulary import Theme, Vocabulary
from helpers.scope import Scope

ROOT = Path(__file__).resolve().parents[2]
NOW = Period(2026, 3)
JULY, APRIL = date(2026, 7, 1), date(2026, 4, 1)
SCOPE = Scope(NOW)
Weeks = Mapping[str, tuple[int, ...]]
"""Area → tickets of each week."""


def cell(
    month: date, region: str | None, segment: str | None, *counts: int, survey: str = "nps"
) -> AnswerCell:
    """High, middle and low answers of one month, region and segment."""
    high, middle, low = counts
    return AnswerCell(survey, month, high, low, high + middle + low, region, segment)


def counted(*cells: AnswerCell, period: Period = NOW, region: str = "all", min_group: int = 5) -> Answers:
    return Answers(Scope(period, region, 0.95, min_group), cells)


def commented(*cells: tuple[bool, bool, str, int], scope: Scope = SCOPE) -> Comments:
    """Comments by (newest, detractor, themes as `price mobile_app`, count)."""
    names = {name for _, _, themes, _ in cells for name in themes.split()}
    labels = {name: name.replace("_", " ").capitalize() for name in sorted(names)}
    vocabulary = Vocabulary(
        themes={name: Theme(label=label, words=(name,)) for name, label in labels.items()}
        or {"price": Theme(label="Price", words=("price",))}
    )
    return Comments(
        scope,
        vocabulary,
        tuple(
            CommentCell(
                scope.period if newest else NOW.shift(-1), detractor, frozenset(themes.split()), count
            )
            for newest, detractor, themes, count in cells
        ),
    )


def opened(now: Weeks, then: Weeks, *, scope: Scope = SCOPE) -> Tickets:
    """Tickets of thirteen whole weeks each of the second and the third quarter of 2026, by area."""
    days: dict[str, dict[date, int]] = {EVERY_AREA: {}}
    for start, weeks in ((JULY, now), (APRIL, then)):
        for area, counts in weeks.items():
            for week, count in enumerate(counts):
                day = start + timedelta(weeks=week)
                days.setdefault(area, {})[day] = count
                days[EVERY_AREA][day] = days[EVERY_AREA].get(day, 0) + count
    first = APRIL if any(then.values()) else JULY
    return Tickets(scope, days, first, date(2026, 9, 30))


def invited(
    now: Mapping[str, tuple[int, int]], then: Mapping[str, tuple[int, int]] | None = None
) -> Invitations:
    """Invitations by segment: (answered, sent)."""
    newest, before = ({name: Invited(*counts) for name, counts in side.items()} for side in (now, then or {}))
    return Invitations(SCOPE, {NOW: newest, NOW.shift(-1): before})


@pytest.fixture(scope="package")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder, as_of=date(2026, 11, 22), tables=["responses", "invitations", "tickets"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_SAMPLE", str(folder))
        patch.setenv("QUARTERDECK_PARAMS", str(ROOT / "params"))
        yield folder


@pytest.fixture(scope="package")
def responses(company: Path) -> sources.LoadedTable:
    assert company.is_dir()
    return sources.load("responses")


@pytest.fixture
def emea(responses: sources.LoadedTable) -> Answers:
    return feedback.answers(responses, Scope.of(responses, "last_complete", region="EMEA"))


@pytest.fixture
def everywhere(responses: sources.LoadedTable) -> Answers:
    return feedback.answers(responses, Scope.of(responses, "last_complete"))


@pytest.fixture
def two_quarters() -> Answers:
    return counted(
        cell(APRIL, "EMEA", "Enterprise", 400, 350, 250),
        cell(JULY, "EMEA", "Enterprise", 300, 240, 160),
        cell(date(2026, 9, 1), "EMEA", "Enterprise", 150, 100, 50),
    )
