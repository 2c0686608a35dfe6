"""A quote that is never closed, or closed by chance, costs its own line and no other."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from helpers import sources
from helpers.records import LineAccount
from helpers.sources.reading.salvage import shape_of
from helpers.sources.reading.text_layout import TextLayout

from .conftest import Folder, csv_text

HEADER = "response_id,submitted_at,survey,score,region,comment"


def answer(number: int, comment: str = "") -> str:
    said = comment or f"ok {number}"
    return f"{number},2026-07-{number % 28 + 1:02},nps,{number % 11},EMEA,{said}"


@dataclass(frozen=True)
class Dirty:
    """A hundred answers, some with a comment of their own; how many physical lines are lost by that."""

    comments: Mapping[int, str]
    lost: int
    continued: int = 0
    rows: int = 100
    kept_text: Mapping[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return csv_text(HEADER, [answer(at, self.comments.get(at, "")) for at in range(self.rows)])


OPEN = '"very good, but'
LONG = '"first,\nsecond, with a comma\n\nlast ""word"""'
QUOTES: dict[str, Dirty] = {
    "in the first row": Dirty({0: OPEN}, lost=1),
    "in the middle": Dirty({50: OPEN}, lost=1),
    "in the last row": Dirty({99: OPEN}, lost=1),
    "nothing behind it": Dirty({42: '"'}, lost=1),
    "closed by chance by the next row": Dirty({40: OPEN, 41: 'so"'}, lost=1, kept_text={41: 'so"'}),
    "closed by chance many rows later": Dirty({10: OPEN, 80: 'all right"'}, lost=1),
    "closed by a cell that is quoted": Dirty({10: OPEN, 60: '"fine, thanks"'}, lost=1),
    "closed at once by another": Dirty({40: '"', 41: '"'}, lost=2),
    "two of them": Dirty({20: OPEN, 70: OPEN}, lost=2),
    "five of them": Dirty(dict.fromkeys((3, 17, 18, 60, 98), OPEN), lost=5),
    "with cells of several lines around": Dirty(
        {10: LONG, 30: OPEN, 50: LONG, 51: LONG},
        lost=1,
        continued=9,
        kept_text={50: 'first,\nsecond, with a comma\n\nlast "word"'},
    ),
    "right before a cell of several lines": Dirty({49: OPEN, 50: LONG}, lost=1, continued=3),
    "a quote within a word": Dirty({33: 'the 5" screen'}, lost=0, kept_text={33: 'the 5" screen'}),
    "quoted words at the start": Dirty({33: '"so so" indeed'}, lost=1),
}
ENDS: dict[str, Callable[[str], bytes]] = {
    "unix": str.encode,
    "windows": lambda text: text.replace("\n", "\r\n").encode(),
    "old mac": lambda text: text.replace("\n", "\r").encode(),
    "byte order mark": lambda text: ("\ufeff" + text).encode(),
    "no end": lambda text: text.rstrip("\n").encode(),
}


@pytest.mark.one_in(5)
@pytest.mark.parametrize("what", QUOTES)
@pytest.mark.parametrize("ends", ENDS)
def test_a_quote_costs_its_own_line_and_no_other(folder: Folder, what: str, ends: str) -> None:
    dirty = QUOTES[what]
    folder.data("answers.csv", ENDS[ends](dirty.text))
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert account.kept == dirty.rows - dirty.lost
    assert account.quarantined == ({"line unreadable": dirty.lost} if dirty.lost else {})
    assert account.lines == LineAccount(
        total=1 + dirty.rows + dirty.continued,
        header=1,
        records=dirty.rows - dirty.lost,
        continued=dirty.continued,
        unreadable=dirty.lost,
    )
    comments = dict(folder.rows("responses", "response_id", "comment"))
    for number, said in dirty.kept_text.items():
        assert comments[str(number)].replace("\r\n", "\n").replace("\r", "\n") == said


ENCODED: dict[str, tuple[str, str]] = {
    "latin-1": ("answers.csv", "latin-1"),
    "cp1252": ("answers.csv", "cp1252"),
    "utf-16": ("answers.csv", "utf-16"),
    "packed": ("answers.csv.gz", "utf-8"),
    "packed utf-16": ("answers.csv.gz", "utf-16"),
}


@pytest.mark.parametrize("what", ENCODED)
def test_a_quote_costs_one_line_in_every_encoding(folder: Folder, what: str) -> None:
    name, encoding = ENCODED[what]
    text = Dirty({10: '"schön, aber', 80: 'très "bien"', 90: LONG}, lost=1).text
    content = text.encode(encoding)
    folder.data(name, gzip.compress(content) if name.endswith("gz") else content)
    folder.declare(responses={"path": f"../data/{name}", "encoding": encoding})
    account = folder.account("responses")
    assert (account.read, account.kept, account.quarantined) == (100, 99, {"line unreadable": 1})
    assert account.lines == LineAccount(total=104, header=1, records=99, continued=3, unreadable=1)


@pytest.mark.parametrize(("delimiter", "quote"), [(";", '"'), ("\t", '"'), ("|", "'"), (",", "'")])
def test_a_quote_costs_one_line_under_every_mark(folder: Folder, delimiter: str, quote: str) -> None:
    text = Dirty({10: OPEN, 80: LONG}, lost=1).text
    text = text.translate(str.maketrans(',"', delimiter + quote))
    folder.data("answers.csv", text)
    folder.declare(responses={"path": "../data/answers.csv", "delimiter": delimiter, "quote": quote})
    account = folder.account("responses")
    assert (account.read, account.kept, account.quarantined) == (100, 99, {"line unreadable": 1})


def test_the_line_that_is_lost_is_saved_beside_the_run(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUARTERDECK_RUN", str(folder.run))
    folder.data("answers.csv", Dirty({50: OPEN}, lost=1).text)
    folder.declare(responses={"path": "../data/answers.csv"})
    folder.account("responses")
    saved = (folder.run / "quarantine" / "responses.csv").read_text(encoding="utf-8")
    assert saved.count("line unreadable") == 1
    assert "50,2026-07-23,nps,6,EMEA," in saved


def test_ten_thousand_rows_lose_one_line(folder: Folder) -> None:
    folder.data("answers.csv", Dirty({5_000: OPEN}, lost=1, rows=10_000).text)
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert (account.kept, account.quarantined) == (9_999, {"line unreadable": 1})


def test_honest_cells_of_several_lines_give_no_alarm(folder: Folder) -> None:
    """Letters, lists, tables and quoted e-mails in comments: no line of them begins a row of its own."""
    told = [
        '"Dear team,\n\nI waited 3 days, 2 of them in vain.\n\nRegards, Ann"',
        '"1, 2, 3\n4, 5, 6"',
        '"> On 2026-07-01, Bob wrote:\n> it is ""slow"", 5 of 10\nyes, it is"',
        '"pros: fast, cheap\ncons: none"',
        '"2026-07-01\n2026-07-02"',
        '"a\r\nb"',
        '"7,2026-07-01\nas I said"',
    ]
    rows = [answer(at, told[at % len(told)]) for at in range(700)]
    folder.data("answers.csv", csv_text(HEADER, rows))
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert (account.kept, account.quarantined) == (700, {})
    assert account.lines is not None
    assert account.lines.continued == 100 * (4 + 1 + 2 + 1 + 1 + 1 + 1)


def test_a_table_pasted_into_a_comment_stays_in_its_comment(folder: Folder) -> None:
    pasted = '"see:\n' + "\n".join(f"row {at}, {at * 2}, {at * 3}" for at in range(30)) + '"'
    folder.data("answers.csv", csv_text(HEADER, [answer(at, pasted if at == 5 else "") for at in range(40)]))
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert (account.kept, account.quarantined) == (40, {})


TEXTS_ALONE: dict[str, tuple[dict[int, str], int]] = {
    "never closed": ({20: '"web'}, 1),
    "closed by chance": ({20: '"web', 35: 'ios"'}, 1),
}


@pytest.mark.parametrize("what", TEXTS_ALONE)
def test_a_table_of_words_alone_loses_no_row_either(folder: Folder, what: str) -> None:
    dirty, lost = TEXTS_ALONE[what]
    rows = [f"u{at}x,{'ab'[at % 2]},{dirty.get(at, 'ios')}" for at in range(60)]
    folder.data("units.csv", csv_text("unit_id,variant,platform", rows))
    folder.declare(
        assignments={"path": "../data/units.csv", "columns": {"experiment": {"value": "x"}}},
    )
    account = folder.account("assignments")
    assert (account.kept, account.quarantined) == (60 - lost, {"line unreadable": lost})


def test_rows_of_marks_and_hard_blanks_are_blank_lines(folder: Folder) -> None:
    """What only the engine takes for a blank is counted as one, too, where lines are read one by one."""
    text = Dirty({5: OPEN}, lost=1, rows=10).text + "\ufeff,,\u00a0,,,\n,\u00a0,,,,\n"
    folder.data("answers.csv", text)
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert account.lines == LineAccount(total=13, header=1, records=9, blank=2, unreadable=1)


def test_a_quote_that_swallows_all_rows_of_a_small_file(folder: Folder) -> None:
    rows = [answer(0, '"'), "a,b,c,d,e,f,g", answer(1), answer(2), answer(3, '"')]
    folder.data("answers.csv", csv_text(HEADER, rows))
    folder.declare(responses={"path": "../data/answers.csv"})
    account = folder.account("responses")
    assert (account.kept, account.quarantined) == (2, {"line unreadable": 3})


@pytest.mark.parametrize(("soon", "tells"), [(1, True), (2, False)])
def test_a_column_tells_rows_where_nineteen_of_twenty_values_are_dates(
    folder: Folder, soon: int, tells: bool
) -> None:
    rows = [f"{'soon' if at < soon else '2026-07-01'},{'x' if at < soon else at},text" for at in range(20)]
    file = folder.data("rows.csv", csv_text("day,score,comment", rows))
    shape = shape_of(file, TextLayout(("day", "score", "comment"), ","))
    assert (shape.dates, shape.numbers) == ((frozenset({0}), frozenset({1})) if tells else (frozenset(),) * 2)
    assert shape.begins(["soon", "7", "that"]) is not tells


NO_ROWS: dict[str, tuple[list[str], str]] = {
    "quotes that mean nothing": (['"r{}" is it,2026-07-01,nps,9,EMEA'], "quote: none"),
    "another escape": (
        ['r{},2026-07-01,nps,9,"{{\\"a\\": 1, \\"b\\": 2}}"'],
        'export it with quotes within quotes written twice (""), without \\',
    ),
    "a name too few": (["{},r{},2026-07-01,nps,9,EMEA"], "a row has 6 cells and the header 5 names: mend it"),
    "open quotes": (['r{},2026-07-01,nps,9,"so'], "quote: none"),
    "open quotes, and a cell too many": (['r{},2026-07-01,nps,9,"so,'], "look whether its quotes are closed"),
}


@pytest.mark.parametrize("what", NO_ROWS)
def test_of_a_file_without_a_row_it_is_told_what_would_make_rows_of_its_lines(
    folder: Folder, what: str
) -> None:
    [line], told = NO_ROWS[what]
    rows = [line.format(at, at) for at in range(5)]
    folder.data("a.csv", csv_text("response_id,submitted_at,survey,score,region", rows))
    folder.declare(responses={"path": "../data/a.csv"})
    with pytest.raises(sources.TableError) as error:
        sources.load("responses")
    assert f"; {told}" in str(error.value)


def test_a_line_that_is_set_aside_is_shown_with_its_words_cut(folder: Folder) -> None:
    good = [f"r{at},2026-07-01,nps,9,EMEA" for at in range(5)]
    folder.data(
        "a.csv", csv_text("response_id,submitted_at,survey,score,region", [*good, "Total of Smith,5"])
    )
    folder.declare(responses={"path": "../data/a.csv"})
    assert folder.account("responses").reasons() == (
        "responses: 1 row, line unreadable, such as T… of S…,5 -> a row has 2 cells and the header 5 names: "
        "mend it, or give the names by header",
    )
