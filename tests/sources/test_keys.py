"""Tables that should meet, and rows with the key of another: what is told, and from which number on."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import yaml

from helpers import findings, sources, tables
from helpers.contracts import SAME
from helpers.records import Check

from .conftest import Folder, csv_text

TABLES = {"users": {"path": "../data/users.csv"}, "events": {"path": "../data/events.csv"}}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[Check]:
    """The checks that loading tells; out of a kernel nobody else hears of them."""
    found: list[Check] = []
    monkeypatch.setattr(findings, "report", lambda *checks: found.extend(checks))
    return found


def written(folder: Folder, users: Iterable[int], events: Iterable[int], prefix: str = "u") -> None:
    folder.data("users.csv", csv_text("user_id,signed_up_at", [f"u{one},2026-01-01" for one in users]))
    rows = [f"{prefix}{one},open,2026-07-{at + 1:02} 10:00" for at, one in enumerate(events)]
    folder.data("events.csv", csv_text("user_id,event,occurred_at", rows))
    folder.declare(**TABLES)


@pytest.mark.parametrize("order", [("users", "events"), ("events", "users")])
def test_the_second_of_two_tables_tells_how_many_keys_both_have(
    folder: Folder, told: list[Check], order: tuple[str, str]
) -> None:
    written(folder, range(1, 5), (3, 3, 4, 5))
    sources.load(order[0])
    assert told == []
    sources.load(order[1])
    assert [(check.key, check.passed, check.severity) for check in told] == [
        ("keys@table=users,with=events", True, "info")
    ]
    assert told[0].text == (
        "Different values of user_id that both tables have: 2 of 4 (50%) of users, 2 of 3 (67%) of events."
    )


@pytest.mark.parametrize(("users", "passed"), [(4, True), (5, False)])
def test_under_half_of_both_sides_is_a_warning(
    folder: Folder, told: list[Check], users: int, passed: bool
) -> None:
    written(folder, range(users), range(users - 2, 2 * users - 2))  # two in both, as many on either side
    for name in TABLES:
        sources.load(name)
    assert [(check.passed, check.severity) for check in told] == [(passed, "info" if passed else "warn")]


def test_tables_without_a_common_key_are_refused_with_one_key_of_each(folder: Folder) -> None:
    written(folder, (17, 18), (17, 18), prefix="A-")
    sources.load("users")
    with pytest.raises(sources.TableError, match=r"share no user_id: users writes it like 'u17"):
        sources.load("events")


def test_a_table_meets_the_other_as_its_file_is_now(folder: Folder, told: list[Check]) -> None:
    written(folder, range(4), range(4))
    for name in TABLES:
        sources.load(name)
    folder.data("users.csv", csv_text("signed_up_at,user_id,plan", ["2026-01-01,u0,free"]))
    sources.load("events")
    assert [check.text.partition(": ")[2] for check in told] == [
        "4 of 4 (100%) of users, 4 of 4 (100%) of events.",
        "1 of 1 (100%) of users, 1 of 4 (25%) of events.",
    ]


@pytest.mark.parametrize(("twice", "warned"), [(1, False), (2, True)])
def test_more_than_one_row_in_a_hundred_with_the_key_of_another_is_a_warning(
    folder: Folder, told: list[Check], twice: int, warned: bool
) -> None:
    rows = [f"r{at},2026-07-01,nps,9" for at in range(100 - twice)] + [
        f"r{at},2026-07-02,nps,3" for at in range(twice)
    ]
    folder.data("answers.csv", csv_text("response_id,submitted_at,survey,score", rows))
    folder.declare(responses={"path": "../data/answers.csv"})
    sources.load("responses")
    assert [(check.key, check.severity) for check in told] == (
        [("repeated@table=responses", "warn")] if warned else []
    )
    if warned:
        assert told[0].text.startswith("2 of 100 rows of responses have the response_id of another row")


REVIEWS = ("date,stars,text,variation", {"mention_id": {"row": True}, "source": {"value": "shop"}})


def reviews(folder: Folder, rows: int, again: int, **key: object) -> None:
    """So many reviews without a key, the last ones of which are the first ones again."""
    header, columns = REVIEWS
    lines = [f"2026-07-{at % 28 + 1:02},{at % 5 + 1},Fine {at},Black" for at in range(rows - again)]
    folder.data("reviews.csv", csv_text(header, [*lines, *lines[:again]]))
    named = {"posted_at": "date", "rating": "stars", **columns, **key}
    folder.declare(mentions={"path": "../data/reviews.csv", "columns": named})


@pytest.mark.parametrize(("again", "warned"), [(0, False), (1, False), (2, True), (23, True)])
def test_whole_repeats_in_a_file_without_a_key_count_and_many_are_a_warning(
    folder: Folder, told: list[Check], again: int, warned: bool
) -> None:
    reviews(folder, 100, again)
    account = folder.account("mentions")
    assert (account.read, account.kept, account.repeats, account.alike) == (100, 100, 0, again)
    assert [check.text.partition(" The file")[0] for check in told] == (
        [f"{again} of 100 rows of mentions are the same in every column as another row."] if warned else []
    )
    shown = f"used, the same in every column as another: {again}" if again else ""
    [row] = tables.account(account).rows
    assert (row[:4], row[-1]) == (("mentions", 100, 100, 0), shown)


def test_whole_repeats_are_left_out_where_the_declaration_says_so(folder: Folder, told: list[Check]) -> None:
    reviews(folder, 100, 23, mention_id={"row": "different"})
    account = folder.account("mentions")
    assert (account.read, account.kept, account.repeated, account.alike) == (100, 77, {SAME: 23}, 0)
    assert [row for (row,) in folder.rows("mentions", "mention_id")][-1] == "77"
    assert told == []


def test_rows_that_differ_in_a_column_that_no_table_takes_are_not_the_same(folder: Folder) -> None:
    reviews(folder, 10, 0)
    columns = yaml.safe_load((folder.params / "sources.yaml").read_text())["tables"]["mentions"]["columns"]
    lines = ["2026-07-01,5,Fine,Black", "2026-07-01,5,Fine,White", "2026-07-01,5,Fine,", "2026-07-01,5,Fine,"]
    folder.data("reviews.csv", csv_text(REVIEWS[0], lines))
    folder.declare(mentions={"path": "../data/reviews.csv", "columns": columns})
    assert folder.account("mentions").alike == 1  # the two without a variation


def test_a_row_set_aside_is_not_counted_among_the_same(folder: Folder) -> None:
    reviews(folder, 10, 2)
    path = folder.params.parent / "data/reviews.csv"
    path.write_text(path.read_text() + "soon,5,Fine,Black\nsoon,5,Fine,Black\n")
    account = folder.account("mentions")
    assert (account.kept, account.set_aside, account.alike) == (10, 2, 2)
