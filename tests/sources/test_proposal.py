"""From a file to its settings: what is proposed for exports as tools write them; nothing is guessed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
import yaml

from helpers import sources
from helpers.records import SettingsError, parse_yaml
from helpers.sources import TableError
from helpers.sources.declarations import Sources
from helpers.sources.proposal.card import card
from helpers.sources.proposal.declaring import declare
from helpers.sources.proposal.proposing import Proposal, propose

from .conftest import Folder, csv_text

QUALTRICS = (
    "StartDate,EndDate,ResponseId,RecordedDate,Q1,Q2\n"
    'Start Date,End Date,Response ID,Recorded Date,"How likely are you to recommend us?",Why?\n'
    '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}","{""ImportId"":""_recordId""}",'
    '"{""ImportId"":""recordedDate""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"\n'
    "2026-07-01 08:00:00,2026-07-01 08:02:11,R_1,2026-07-01 08:02:12,9,Fast\n"
    "2026-07-02 09:00:00,2026-07-02 09:01:40,R_2,2026-07-02 09:01:41,0,\n"
)
DELIGHTED = csv_text(
    "Person,Survey Type,Score,Comment,Response ID,Created At",
    [
        "a@example.org,nps,10,Great,101,2026-07-01 08:00:00 +0000",
        "b@example.org,nps,3,Slow,102,2026-07-02 08:00:00 +0000",
    ],
)
ZENDESK = csv_text(
    "Id,Subject,Status,Priority,Via,Created at,Solved at,Satisfaction Score,Group",
    [
        "17,Cannot log in,Solved,high,Web,2026-07-01 08:00,2026-07-02 10:00,5,Access",
        "18,Invoice,Open,low,Email,2026-07-03 08:00,-,N/A,Billing",
    ],
)
JIRA = csv_text(
    "Summary,Issue key,Issue id,Priority,Created,Resolved,Comment,Comment",
    [
        "Login fails,OPS-1,10001,High,01/Jul/26 9:12 AM,02/Jul/26 1:05 PM,seen,again",
        "Export slow,OPS-2,10002,Low,13/Jul/26 11:40 AM,,,",
    ],
)
GOOGLE_PLAY = csv_text(
    "Package Name,App Version Code,Star Rating,Review Title,Review Text,Review Submit Date and Time",
    [
        "org.example,12,5,Für immer,Läuft gut,2026-07-01T08:00:00Z",
        "org.example,12,1,,Stürzt ab,2026-07-03T10:00:00Z",
    ],
)
REVIEWS = csv_text(
    "rating\tdate\tvariation\tverified_reviews\tfeedback",
    ["5\t31-Jul-18\tBlack\tLoved it!\t1", "1\t1-Jun-18\tWhite\tBroke in a week\t0"],
)
AMPLITUDE = csv_text(
    "amplitude_id,user_id,event_time,event_type,platform,session_id",
    [
        "1,u1,2026-07-01 08:00:00.123000,open,iOS,900",
        "1,u1,2026-07-01 08:01:00.000000,export,iOS,900",
        "2,u2,2026-07-02 08:01:00.000000,open,Web,901",
    ],
)
OPTIMIZELY = csv_text(
    "experiment_id,visitor_id,variation_name,timestamp",
    ["checkout,v1,control,2026-07-01T08:00:00Z", "checkout,v2,treatment,2026-07-01T09:00:00Z"],
)


@pytest.fixture
def bare(folder: Folder) -> Folder:
    folder.settings("metrics.yaml", "metrics: {}\n")
    return folder


def proposed(folder: Folder, name: str, content: str | bytes, **more: str) -> Proposal:
    return propose(folder.data(name, content), folder.params, more.pop("wanted", None), more)


HELPDESK = (
    '{"count": 2, "tickets": [{"id": 1, "created_at": "2026-07-01T08:00:00Z", "priority": "high",'
    ' "satisfaction_rating": {"score": 5}}, {"id": 2, "created_at": "2026-07-02T08:00:00Z",'
    ' "priority": "low", "satisfaction_rating": {"score": 1}}]}'
)

EXPORTS: dict[str, tuple[str, str | bytes, str, dict[str, object]]] = {
    "qualtrics": (
        "q.csv",
        QUALTRICS,
        "responses",
        {
            "header": 3,
            "response_id": "ResponseId",
            "submitted_at": "RecordedDate",
            "survey": {"value": "nps"},
            "score": "Q1",
        },
    ),
    "delighted": (
        "d.csv",
        DELIGHTED,
        "responses",
        {
            "response_id": "Response ID",
            "submitted_at": "Created At",
            "survey": "Survey Type",
            "score": "Score",
        },
    ),
    "zendesk": (
        "z.csv",
        ZENDESK,
        "tickets",
        {
            "missing": ["-", "N/A"],
            "ticket_id": "Id",
            "opened_at": "Created at",
            "closed_at": "Solved at",
            "csat": "Satisfaction Score",
            "product_area": "Group",
        },
    ),
    "jira": (
        "j.csv",
        JIRA,
        "tickets",
        {
            "ticket_id": "Issue key",
            "opened_at": {"from": "Created", "format": "%d/%b/%y %I:%M %p"},
            "closed_at": {"from": "Resolved", "format": "%d/%b/%y %I:%M %p"},
        },
    ),
    "google play": (
        "g.csv",
        GOOGLE_PLAY.encode("utf-16"),
        "mentions",
        {
            "encoding": "utf-16",
            "mention_id": {"row": True},
            "posted_at": "Review Submit Date and Time",
            "text": "Review Text",
            "rating": "Star Rating",
            "source": {"value": "Google Play"},
        },
    ),
    "amplitude": (
        "a.csv.gz",
        gzip.compress(AMPLITUDE.encode()),
        "events",
        {
            "user_id": "user_id",
            "occurred_at": "event_time",
            "event": "event_type",
            "session_id": "session_id",
        },
    ),
    "helpdesk's API": (
        "h.json",
        HELPDESK,
        "tickets",
        {
            "records": "$.tickets",
            "ticket_id": "id",
            "opened_at": "created_at",
            "csat": "$.satisfaction_rating.score",
        },
    ),
    "optimizely": (
        "o.csv",
        OPTIMIZELY,
        "assignments",
        {"experiment": "experiment_id", "unit_id": "visitor_id", "variant": "variation_name"},
    ),
}


@pytest.mark.one_in(3)
@pytest.mark.parametrize("tool", EXPORTS)
def test_an_export_becomes_the_table_that_it_is(bare: Folder, tool: str) -> None:
    name, content, table, expected = EXPORTS[tool]
    said = {"source": "Google Play"} if tool == "google play" else {}
    proposal = proposed(bare, name, content, **said)
    declared = {**proposal.declaration, **proposal.declaration["columns"]}
    assert proposal.name == table
    assert {key: declared.get(key) for key in expected} == expected
    assert not proposal.undecided
    assert proposal.table is not None
    assert proposal.table.account is not None
    assert proposal.table.account.kept == proposal.table.account.read > 0


@pytest.mark.one_in(3)
@pytest.mark.parametrize("tool", EXPORTS)
def test_the_snippet_stands_under_tables_as_it_is_and_loads(bare: Folder, tool: str) -> None:
    name, content, table, _ = EXPORTS[tool]
    proposal = proposed(bare, name, content, **({"source": "x"} if tool == "google play" else {}))
    text = f"tables:\n{proposal.snippet}"
    assert yaml.safe_load(text)["tables"][table] == proposal.declaration
    bare.settings("sources.yaml", text)
    assert bare.account(table) == proposal.table.account  # type: ignore[union-attr]


DAYS = csv_text("id,date,score", ["1,03/04/2026,9", "2,05/06/2026,10", "3,01/02/2026,0"])


def test_a_date_that_can_be_read_in_two_ways_is_shown_and_not_written(bare: Folder) -> None:
    proposal = proposed(bare, "d.csv", DAYS)
    assert proposal.undecided == ("submitted_at",)
    assert proposal.declaration["columns"]["submitted_at"] == "date"
    for format_, span in (("%m/%d/%Y", "2026-01-02 to 2026-05-06"), ("%d/%m/%Y", "2026-02-01 to 2026-06-05")):
        assert f'# submitted_at: {{from: date, format: "{format_}"}} ({span})' in proposal.snippet
    with pytest.raises(SettingsError, match="only you can say submitted_at"):
        declare(proposal, bare.params)
    assert not (bare.params / "sources.yaml").exists()
    said = proposed(bare, "d.csv", DAYS, submitted_at="%d/%m/%Y")
    assert not said.undecided
    assert said.table is not None
    assert str(said.table.latest) == "2026-06-05"


def test_one_day_above_twelve_decides(bare: Folder) -> None:
    proposal = proposed(bare, "d.csv", DAYS + "4,13/02/2026,7\n")
    assert proposal.declaration["columns"]["submitted_at"] == {"from": "date", "format": "%d/%m/%Y"}


@pytest.mark.parametrize(
    ("values", "form", "total"),
    [
        (["1,234.50", "17"], {"thousands": ","}, 1251.5),
        (["1.234,50", "17"], {"decimal": ",", "thousands": "."}, 1251.5),
        (["3,5", "17,25"], {"decimal": ","}, 20.75),
        (["1'234.5", "2"], {"thousands": "'"}, 1236.5),
        (["1.5", "2"], {}, 3.5),
    ],
)
def test_marks_of_numbers(bare: Folder, values: list[str], form: dict[str, str], total: float) -> None:
    rows = [f"DE;2026-0{at + 1}-01;revenue;{value}" for at, value in enumerate(values)]
    proposal = proposed(bare, "m.csv", csv_text("Country;Month;Metric;Value", rows))
    assert proposal.name == "market_metrics"
    assert {
        key: proposal.declaration[key] for key in ("decimal", "thousands") if key in proposal.declaration
    } == form
    assert proposal.table is not None
    assert proposal.table.expr.numerator.sum().to_pyarrow().as_py() == total


def test_a_comma_that_may_be_either_mark_is_shown_and_not_written(bare: Folder) -> None:
    proposal = proposed(bare, "m.csv", csv_text("market;month;metric;value", ["DE;2026-01-01;a;1,234"]))
    assert "numbers" in proposal.undecided
    assert 'decimal: ".", thousands: "," or decimal: ","' in proposal.snippet


def test_an_encoding_of_one_byte_is_proposed_as_the_guess_that_it_is(bare: Folder) -> None:
    text = csv_text("id,date,score,comment", ["1,2026-07-01,9,Für euch – super"])
    proposal = proposed(bare, "e.csv", text.encode("cp1252"))
    assert proposal.declaration["encoding"] == "cp1252"
    assert "a guess: cp1250, iso-8859-15" in proposal.snippet
    assert proposal.table is not None
    assert proposal.table.expr.comment.to_pyarrow().to_pylist() == ["Für euch – super"]


@pytest.mark.parametrize(
    ("encoding", "name"), [("utf-16-le", "utf-16-le"), ("utf-8-sig", None), ("utf-8", None)]
)
def test_encodings_that_tell_themselves(bare: Folder, encoding: str, name: str | None) -> None:
    text = csv_text("id,date,score,comment", ["1,2026-07-01,9,Für euch"])
    proposal = proposed(bare, "e.csv", text.encode(encoding))
    assert proposal.declaration.get("encoding") == name


def test_words_for_a_missing_value_that_mean_something_elsewhere_hold_for_their_column_alone(
    bare: Folder,
) -> None:
    rows = ["1,2026-07-01,9,NA", "2,2026-07-02,NA,EMEA"]
    proposal = proposed(bare, "w.csv", csv_text("id,date,score,region", rows))
    assert "missing" not in proposal.declaration
    assert proposal.declaration["columns"]["score"] == {"from": "score", "map": {"NA": None}}
    assert proposal.table is not None
    assert proposal.table.expr.region.to_pyarrow().to_pylist() == ["NA"]


def test_a_key_that_repeats_gives_way_to_the_number_of_the_row(bare: Folder) -> None:
    rows = [f"{at % 5},2026-07-01,{at % 11}" for at in range(20)]
    proposal = proposed(bare, "k.csv", csv_text("id,date,score", rows))
    assert proposal.declaration["columns"]["response_id"] == {"row": True}
    assert "rows too many" in proposal.snippet
    whole = proposed(bare, "r.csv", csv_text("id,date,score", [*rows[:5], *rows[:5]]))
    assert whole.declaration["columns"]["response_id"] == "id"
    assert "5 repeated: the same in every column" in list(card(whole))


@pytest.mark.parametrize(("again", "key"), [(0, "id"), (1, "id"), (2, {"row": True})])
def test_a_key_may_repeat_in_one_row_of_a_hundred(bare: Folder, again: int, key: object) -> None:
    rows = [f"{max(at, again)},2026-07-01,{at % 11}" for at in range(100)]
    assert len(set(rows)) == 100
    proposal = proposed(bare, "k.csv", csv_text("id,date,score", rows))
    assert proposal.declaration["columns"]["response_id"] == key


@pytest.mark.parametrize(("scores", "survey"), [([0, 6, 10], "nps"), ([1, 3, 5], "csat"), ([1, 4, 7], "ces")])
def test_the_survey_is_told_by_the_range_of_its_scores(bare: Folder, scores: list[int], survey: str) -> None:
    rows = [f"{at},2026-07-01,{score}" for at, score in enumerate(scores)]
    proposal = proposed(bare, "s.csv", csv_text("id,date,score", rows))
    assert proposal.declaration["columns"]["survey"] == {"value": survey}
    assert f"from {min(scores)} to {max(scores)}" in proposal.snippet


def test_the_card_says_what_would_be_set_aside_and_why(bare: Folder) -> None:
    rows = [f"{at},2026-07-{at:02},{at % 11}" for at in range(1, 29)]
    proposal = proposed(bare, "s.csv", csv_text("id,date,score", [*rows, "99,yesterday Smith,8"]))
    told = list(card(proposal))
    assert told[0] == "29 rows read, 28 kept, 2026-07-01 to 2026-07-28"
    assert told[1].startswith("responses: 1 row, submitted_at unreadable, such as y… S… -> submitted_at:")
    assert any(line.startswith("score") and 'from "score": 28 known, 11 different' in line for line in told)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("x.csv", "", "is empty"),
        ("x.csv", "a,b\n1,2\n", "fits no table: the closest"),
        ("x.pdf", "%PDF-1.7", "x.pdf"),
        ("x.parquet", "no parquet", "cannot be read"),
        ("x.csv.gz", "no archive", "cannot be read"),
    ],
)
def test_a_file_for_which_nothing_can_be_proposed(bare: Folder, name: str, content: str, told: str) -> None:
    with pytest.raises(TableError, match=told):
        proposed(bare, name, content)


def test_a_table_that_the_file_cannot_be(bare: Folder) -> None:
    with pytest.raises(TableError, match=r"cannot be events: no column of it can be read as user_id"):
        proposed(bare, "d.csv", DELIGHTED, wanted="events")
    with pytest.raises(TableError, match=r"there is no table event\. Did you mean events\?"):
        proposed(bare, "d.csv", DELIGHTED, wanted="event")


def test_names_cannot_break_out_of_their_comments(bare: Folder) -> None:
    header = 'id,date,score,"x\n  evil: {path: /etc/passwd}\x1b[31m","yes: no"'
    proposal = proposed(bare, "n.csv", csv_text(header, ["1,2026-07-01,9,a,b"]))
    declared = yaml.safe_load(f"tables:\n{proposal.snippet}")["tables"]
    assert set(declared) == {"responses"}
    assert "\x1b" not in proposal.snippet


SOURCES = """# ours
connection: duckdb://   # files alone
tables:
    # the helpdesk
    tickets: {path: ../data/t.csv}   # nightly
    users:
        path: ../data/u.csv
        columns: {user_id: id}  # kept

# the end
"""


@pytest.mark.one_in(3)
@pytest.mark.parametrize(
    "before", [SOURCES, SOURCES.replace("\n", "\r\n"), "tables: {}  # none yet\n", "tables:", "", None]
)
def test_writing_keeps_every_line_of_the_file(bare: Folder, before: str | None) -> None:
    path = bare.params / "sources.yaml"
    if before is not None:
        path.write_bytes(before.encode())
    proposal = proposed(bare, "d.csv", DELIGHTED)
    assert declare(proposal, bare.params) == path
    after = path.read_bytes().decode()
    tables = parse_yaml(after, Sources, path).tables
    assert list(tables)[-1] == "responses"
    if before and "ours" in before:
        assert [line for line in after.splitlines() if line in before.splitlines()] == before.splitlines()
        assert list(tables) == ["tickets", "users", "responses"]
    assert sources.load("responses").account == proposal.table.account  # type: ignore[union-attr]
    with pytest.raises(SettingsError, match="responses is declared already"):
        declare(proposal, bare.params)
    assert path.read_bytes().decode() == after
    assert [one.name for one in Path(bare.params).iterdir() if one.name.startswith(".")] == []


def test_a_file_that_cannot_take_a_table_is_left_as_it_is(bare: Folder) -> None:
    proposal = proposed(bare, "d.csv", DELIGHTED)
    for text in ("tables: {users: {path: u.csv}}\n", "tables: [\n", "conection: x\n"):
        bare.settings("sources.yaml", text)
        with pytest.raises(SettingsError):
            declare(proposal, bare.params)
        assert (bare.params / "sources.yaml").read_text() == text


def test_figures_are_no_words_of_customers_whatever_their_column_is_called(bare: Folder) -> None:
    columns = proposed(bare, "r.tsv", REVIEWS, wanted="responses").declaration["columns"]
    assert columns["submitted_at"] == {"from": "date", "format": "%d-%b-%y"}
    assert (columns["score"], columns["comment"]) == ("rating", "verified_reviews")
