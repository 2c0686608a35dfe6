"""Every row of a table is kept or set aside, once, under the first rule that it breaks."""

from __future__ import annotations

import csv
import hashlib
import io
import stat
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import findings, sources
from helpers.contracts import REPEATED as REPEATED_KEY
from helpers.contracts import SAME
from helpers.findings import NoData
from helpers.records import Example

from .conftest import Folder, csv_text

HEADER = "ticket_id,opened_at,closed_at,region,csat"
TICKETS = csv_text(
    HEADER,
    [
        "T1,2026-07-01T08:00:00,2026-07-02T08:00:00,EMEA,5",
        "T2,31/09/2026,,EMEA,",
        "T3,2026-07-01,2026-06-30,Nordics,9",  # three optional values that cannot stand; the row stays
        "T1,2026-07-05,,AMER,4",  # repeats T1, a later time
        "T4,2026-07-03,2026-07-02T23:59:59,AMER,",
        ",2026-07-04,,AMER,",
        "T5,2026-07-05,soon,,3",
        "T6,1970-01-01,,AMER,1",
        "T4,2026-07-06,,APAC,",  # repeats T4, a later time
        "T7,2026-09-30T23:00:00,,,6",
        "T1,2026-07-05,,AMER,0",  # repeats T1 and would lose its score
    ],
)
REASONS = {"opened_at unreadable": 1, "ticket_id missing": 1, "opened_at out of range": 1}
REPEATED = {"one more row of ticket_id": 3}
UNKNOWN = {
    "region unknown": 1,
    "closed_at unreadable": 1,
    "csat out of range": 2,
    "closed before opened": 2,
}


@pytest.fixture
def tickets(folder: Folder) -> Folder:
    folder.settings("project.yaml", "regions: [AMER, EMEA, APAC, LATAM]\n")
    folder.data("tickets.csv", TICKETS)
    folder.declare(tickets={"path": "../data/tickets.csv"})
    return folder


def test_a_small_table_counted_by_hand(tickets: Folder) -> None:
    account = tickets.account("tickets")
    assert (account.read, account.kept, account.set_aside, account.repeats) == (11, 5, 3, 3)
    assert account.quarantined == REASONS
    assert account.repeated == REPEATED
    assert account.unknown == UNKNOWN
    assert account.latest == "2026-09-30"
    assert tickets.rows("tickets", "ticket_id", "opened_at", "closed_at", "region", "csat") == [
        ("T1", datetime(2026, 7, 1, 8), datetime(2026, 7, 2, 8), "EMEA", 5),
        ("T3", datetime(2026, 7, 1), None, None, None),
        ("T4", datetime(2026, 7, 3), None, "AMER", None),
        ("T5", datetime(2026, 7, 5), None, None, 3),
        ("T7", datetime(2026, 9, 30, 23), None, None, None),
    ]


def test_an_example_of_each_reason_is_masked_and_comes_with_the_line_that_mends_it(tickets: Folder) -> None:
    examples = tickets.account("tickets").examples
    assert set(examples) == {"opened_at unreadable", "opened_at out of range", *UNKNOWN}
    assert examples["opened_at unreadable"] == Example(
        shape="99/99/9999",
        masked="31/09/2026",
        remedy="opened_at: {from: opened_at, format: …}, or rewrite it under sql",
    )
    assert examples["region unknown"].shape == "Aaaaaaa"
    assert examples["region unknown"].masked == "N…"


def test_without_known_regions_any_will_do(tickets: Folder) -> None:
    tickets.settings("project.yaml", "name: Elsewhere\n")
    assert "region unknown" not in tickets.account("tickets").unknown
    assert ("Nordics",) in tickets.rows("tickets", "region")


def test_the_account_tells_files_by_content_and_as_written(tickets: Folder) -> None:
    [file] = tickets.account("tickets").files
    content = TICKETS.encode()
    assert file.path == "../data/tickets.csv"
    assert file.size == len(content)
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.mtime == pytest.approx((tickets.params.parent / "data/tickets.csv").stat().st_mtime)


def test_a_path_keeps_its_variables(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.data("tickets.csv", TICKETS)
    folder.declare(tickets={"path": "${HARBOUR_DATA:-nowhere}/ti*.csv"})
    monkeypatch.setenv("HARBOUR_DATA", str(path.parent))
    [file] = folder.account("tickets").files
    assert file.path == "${HARBOUR_DATA:-nowhere}/tickets.csv"


def test_the_account_is_published_to_the_runner(tickets: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    published: list[object] = []
    monkeypatch.setattr(findings, "publish", published.append)
    assert published == []
    table = sources.load("tickets")
    assert published == [table.account]


def test_rows_set_aside_are_saved_beside_the_run_for_the_owner_alone(
    tickets: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(tickets.run))
    sources.load("tickets")
    saved = tickets.run / "quarantine" / "tickets.csv"
    rows = list(csv.DictReader(io.StringIO(saved.read_text(encoding="utf-8"))))
    assert Counter(row["reason"] for row in rows) == REASONS | REPEATED
    assert rows[0] == {
        "reason": "opened_at unreadable",
        "row": "2",
        "ticket_id": "T2",
        "opened_at": "31/09/2026",
        "closed_at": "",
        "region": "EMEA",
        "csat": "",
    }
    assert [row["row"] for row in rows] == ["2", "4", "6", "8", "9", "11"]
    assert stat.S_IMODE(saved.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_outside_a_run_nothing_is_written(tickets: Folder) -> None:
    before = sorted(tickets.params.parent.rglob("*"))
    sources.load("tickets")
    assert sorted(tickets.params.parent.rglob("*")) == before


def test_a_clean_table_leaves_no_quarantine(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    folder.data("tickets.csv", csv_text(HEADER, ["T1,2026-07-01,,EMEA,5"]))
    folder.declare(tickets={"path": "../data/tickets.csv"})
    sources.load("tickets")
    assert not folder.run.exists()


def test_saved_rows_are_no_formulas_and_negative_numbers_stay(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    folder.data(
        "tickets.csv",
        csv_text("ticket_id,opened_at,csat,subject", ['=1+1,soon,-3,"@SUM(A1)"', "T2,2026-07-01,5,ok"]),
    )
    folder.declare(tickets={"path": "../data/tickets.csv"})
    sources.load("tickets")
    saved = (folder.run / "quarantine" / "tickets.csv").read_text(encoding="utf-8")
    assert saved.splitlines()[1] == "opened_at unreadable,1,'=1+1,soon,-3,'@SUM(A1)"


def test_lines_that_are_no_rows_are_saved_too(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    folder.data("tickets.csv", csv_text("ticket_id,opened_at", ["T1,2026-07-01", "T2"]))
    folder.declare(tickets={"path": "../data/tickets.csv"})
    sources.load("tickets")
    saved = (folder.run / "quarantine" / "tickets.csv").read_text(encoding="utf-8")
    assert saved.splitlines()[1:] == ["line unreadable,,T2"]


def test_an_empty_table_has_no_data(folder: Folder) -> None:
    folder.data("tickets.csv", csv_text(HEADER, []))
    folder.declare(tickets={"path": "../data/tickets.csv"})
    with pytest.raises(NoData, match=r"The table tickets is empty\."):
        sources.load("tickets")


def test_a_table_without_a_good_row_fails_with_reasons(folder: Folder) -> None:
    folder.data("tickets.csv", csv_text(HEADER, ["T1,1826-07-01,,EMEA,9", "T2,1826-07-01,,EMEA,0"]))
    folder.declare(tickets={"path": "../data/tickets.csv"})
    with pytest.raises(
        sources.TableError, match=r"tickets.*every one of its 2 rows is set aside: 2 opened_at out of range"
    ):
        sources.load("tickets")


def test_dates_that_are_not_iso_fail_with_what_to_write(folder: Folder) -> None:
    folder.data("tickets.csv", csv_text("ticket_id,Opened", ["T1,01-09-2021", "T2,02-09-2021"]))
    folder.declare(tickets={"path": "../data/tickets.csv", "columns": {"opened_at": "Opened"}})
    with pytest.raises(sources.TableError) as error:
        sources.load("tickets")
    assert "opened_at reads '01-09-2021'" in str(error.value)
    assert 'opened_at: {from: Opened, format: "%d-%m-%Y"}' in str(error.value)


@dataclass(frozen=True)
class Dirty:
    """One row of responses, as text, and what is wrong with it besides a repeated id."""

    response_id: str | None
    submitted_at: str | None
    survey: str | None
    score: str | None
    region: str | None

    @property
    def reason(self) -> str | None:
        """The first rule that the row breaks, from a reading of the rules in docs/data.md."""
        scales = {"nps": range(11), "csat": range(1, 6), "ces": range(1, 8)}
        if self.response_id is None:
            return "response_id missing"
        if self.submitted_at is None:
            return "submitted_at missing"
        try:
            year = date.fromisoformat(self.submitted_at).year
        except ValueError:
            return "submitted_at unreadable"
        if not 1980 <= year <= 2100:
            return "submitted_at out of range"
        if self.survey is None:
            return "survey missing"
        if self.score is None:
            return "score missing"
        if not self.score.lstrip("-").isdigit():
            return "score unreadable"
        if self.survey not in scales:
            return "survey unknown"
        return None if int(self.score) in scales[self.survey] else "score out of range"

    @property
    def loses_region(self) -> bool:
        """Whether the region cannot stand."""
        return self.region not in ("AMER", "EMEA", None)

    @property
    def values(self) -> tuple[object, ...]:
        """What a good row holds, in the order by which the smallest one stands."""
        assert self.submitted_at and self.survey and self.score is not None
        region = None if self.loses_region else self.region
        return date.fromisoformat(self.submitted_at), self.response_id, self.survey, float(self.score), region


DIRTY = st.builds(
    Dirty,
    st.sampled_from(["a", "b", "c", "d", "e", "f", None]),
    st.sampled_from(["2026-07-01", "2026-08-31", "2026-02-30", "01-07-2026", "1970-01-01", None]),
    st.sampled_from(["nps", "csat", "ces", "sus", None]),
    st.sampled_from(["0", "1", "5", "6", "7", "8", "10", "11", "-1", "ten", None]),
    st.sampled_from(["AMER", "EMEA", "emea", None]),
)
CLEAN = st.builds(
    Dirty,
    st.sampled_from(["a", "b", "c", "d"]),
    st.just("2026-07-01"),
    st.just("nps"),
    st.just("7"),
    st.just("EMEA"),
)


@dataclass(frozen=True)
class Expected:
    """What becomes of dirty rows, by hand."""

    quarantined: Counter[str]
    repeated: Counter[str]
    unknown: Counter[str]
    kept: list[tuple[object, ...]]


def expected(rows: list[Dirty]) -> Expected:
    """Of the good rows with one id the smallest stands, nulls last; a row all the same is a repeat."""
    good = [row for row in rows if row.reason is None]
    stands: dict[str | None, Dirty] = {}
    for row in sorted(good, key=lambda row: [(value is None, value or "") for value in row.values]):
        stands.setdefault(row.response_id, row)
    different = {row.values for row in good}
    repeated = Counter({SAME: len(good) - len(different)})
    repeated[f"{REPEATED_KEY}response_id"] = len(different) - len(stands)
    return Expected(
        Counter(row.reason for row in rows if row.reason is not None),
        +repeated,
        +Counter({"region unknown": sum(row.loses_region for row in stands.values())}),
        sorted((row.values for row in stands.values()), key=str),
    )


def written(rows: list[Dirty], suffix: str, path: Path) -> None:
    columns = {name: [getattr(row, name) for row in rows] for name in Dirty.__annotations__}
    if suffix == "parquet":
        pq.write_table(
            pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()}), path
        )
        return
    lines = [",".join(cell or "" for cell in row) for row in zip(*columns.values(), strict=True)]
    path.write_text(csv_text(",".join(columns), lines), encoding="utf-8")


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@given(
    rows=st.lists(DIRTY | CLEAN, max_size=25).map(
        lambda rows: [*rows, Dirty("z", "2026-07-01", "nps", "9", None)]
    )
)
@examples(
    6,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
def test_read_is_kept_and_set_aside_whatever_the_dirt(folder: Folder, suffix: str, rows: list[Dirty]) -> None:
    folder.settings("project.yaml", "regions: [AMER, EMEA]\n")
    written(rows, suffix, folder.data(f"answers.{suffix}", b""))
    folder.declare(responses={"path": f"../data/answers.{suffix}"})
    hand = expected(rows)
    account = folder.account("responses")
    assert account.read == len(rows)
    assert account.quarantined == hand.quarantined
    assert account.repeated == hand.repeated
    assert account.unknown == hand.unknown
    found = folder.rows("responses", "submitted_at", "response_id", "survey", "score", "region")
    assert sorted(((row[0].date(), *row[1:]) for row in found), key=str) == hand.kept


def test_typed_parquet_stays_in_its_file_and_loses_its_bad_rows(folder: Folder) -> None:
    users = pa.table(
        {
            "user_id": pa.array([1, 2, 2, None, 3]),
            "signed_up_at": pa.array([datetime(2026, 7, day) for day in (1, 2, 3, 4, 5)]),
        }
    )
    pq.write_table(users, folder.data("users.parquet", b""))
    folder.declare(users={"path": "../data/users.parquet"})
    assert folder.rows("users") == [
        (1, datetime(2026, 7, 1)),
        (2, datetime(2026, 7, 2)),
        (3, datetime(2026, 7, 5)),
    ]
    account = folder.account("users")
    assert account.quarantined == {"user_id missing": 1}
    assert account.repeated == {"one more row of user_id": 1}


def test_more_threads_keep_the_order_of_the_file(folder: Folder) -> None:
    folder.settings("project.yaml", "threads: 3\n")
    lines = [f"R{at % 30_000},2026-07-01,nps,{at % 11}" for at in range(60_000)]
    folder.data("answers.csv", csv_text("response_id,submitted_at,survey,score", lines))
    folder.declare(responses={"path": "../data/answers.csv"})
    rows = folder.rows("responses", "response_id", "score")
    stands = sorted(min((at, at + 30_000), key=lambda one: one % 11) for at in range(30_000))
    assert rows == [(f"R{at % 30_000}", at % 11) for at in stands]
