"""Awkward text files by kind: dialects, encodings, preambles, headers, dirt, numbers, dates, words, keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .corpus_cases import ANSWERS, NAMES, Case, Row, delimited, packed, plain

ALL: dict[str, Any] = {"columns": NAMES, "rows": plain(ANSWERS)}


def dialects() -> Iterator[Case]:
    """The same five answers under every delimiter, line end and encoding."""
    marks = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
    ends = {"unix": "\n", "windows": "\r\n", "mac": "\r"}
    for mark, delimiter in marks.items():
        for name, end in ends.items():
            text = delimited(ANSWERS, delimiter=delimiter, end=end)
            yield Case(f"dialects/{mark}-{name}.csv", text.encode(), **ALL)
        always = delimited(ANSWERS, delimiter=delimiter, always=True)
        yield Case(f"dialects/{mark}-all-quoted.csv", always.encode(), **ALL)
        single = delimited(ANSWERS, delimiter=delimiter, quote="'", always=True)
        yield Case(f"dialects/{mark}-single-quotes.csv", single.encode(), declared={"quote": "'"}, **ALL)
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "cp1252", "mac-roman"):
        declared = {} if encoding == "utf-8-sig" else {"encoding": encoding}
        content = delimited(ANSWERS).encode(encoding)
        yield Case(f"dialects/{encoding}.csv", content, declared=declared, **ALL)
    yield Case("dialects/packed.csv.gz", packed(delimited(ANSWERS).encode()), **ALL)
    yield Case(
        "dialects/packed-utf-16.tsv.gz",
        packed(delimited(ANSWERS, delimiter="\t").encode("utf-16")),
        declared={"encoding": "utf-16"},
        **ALL,
    )
    text = delimited(ANSWERS, delimiter="^")
    yield Case("dialects/said-delimiter.txt", text.encode(), declared={"delimiter": "^"}, **ALL)
    yield Case("dialects/no-last-line-end.csv", delimited(ANSWERS).rstrip("\n").encode(), **ALL)
    mixed = delimited(ANSWERS[:2], end="\r\n") + delimited(ANSWERS[2:], None)
    yield Case("dialects/mixed-line-ends.csv", mixed.encode(), **ALL)


def preambles() -> Iterator[Case]:
    """What stands before the header, between the rows and behind them."""
    body = delimited(ANSWERS)
    before = {
        "blank-line": "\n",
        "blank-lines": "\n\n\n",
        "comments": "# Export of 2026-10-01\n# Workspace: Harbour, Ltd\n",
        "comments-and-blank": "# Export\n\n",
        "title": "Customer survey\n\n",
        "title-with-commas": "Customer survey, third quarter, all regions\n\n",
        "report": "Report,NPS\nFrom,2026-07-01\nTo,2026-09-30\n\n",
        "quoted-title": '"Customer\nsurvey"\n\n',
        "separators": ",,,,,\n",
        "mark-and-blank": "\ufeff\n",
    }
    for name, text in before.items():
        account = {"skipped": text.count("\n")}
        yield Case(f"preambles/{name}.csv", (text + body).encode(), account=account, **ALL)
    odd = "a,b,c,d,e,f\n1,2,3,4,5,6\n"
    said: dict[str, Any] = {"declared": {"skip": 2}, "account": {"skipped": 2}}
    yield Case("preambles/said-skip.csv", (odd + body).encode(), **said, **ALL)
    yield Case("preambles/blank-lines-between.csv", body.replace("\nR3", "\n\n\nR3").encode(), **ALL)
    yield Case("preambles/blank-lines-behind.csv", (body + "\n\n\n").encode(), **ALL)
    yield Case("preambles/separators-behind.csv", (body + ",,,,,\n,,,,,\n").encode(), **ALL)
    lost = {"quarantined": {"line unreadable": 1}}
    yield Case("preambles/total-behind.csv", (body + "Total,5\n").encode(), account=lost, **ALL)
    yield Case("preambles/words-behind.csv", (body + "\n(5 rows)\n").encode(), account=lost, **ALL)


def headers() -> Iterator[Case]:
    """Headers of several lines, with names twice, with blanks, given, or none."""
    body = delimited(ANSWERS, None)
    own = ",".join(NAMES)
    under = 'Id,When,Which,How much,Where,"What, in\nyour words"\n'
    cases: dict[str, tuple[str, dict[str, Any]]] = {
        "two-lines": (f"{own}\n{under}", {"header": 2}),
        "three-lines": (f"{own}\n{under}a,b,c,d,e,f\n", {"header": 3}),
        "given": (f"{under}", {"skip": 2, "header": list(NAMES)}),
        "none": ("", {"header": list(NAMES)}),
        "blanks-around-names": (own.replace(",", " , ") + "\n", {}),
        "quoted-names": ('"' + own.replace(",", '","') + '"\n', {}),
    }
    for name, (text, declared) in cases.items():
        account = {"skipped": 2} if "skip" in declared else {}
        yield Case(f"headers/{name}.csv", (text + body).encode(), declared=declared, account=account, **ALL)
    twice = delimited([(*row, "later") for row in ANSWERS], (*NAMES, "comment"))
    again = {"columns": {"comment": "comment_1"}}
    rows = [[*row[:-1], "later"] for row in plain(ANSWERS)]
    yield Case("headers/a-name-twice.csv", twice.encode(), declared=again, columns=NAMES, rows=rows)
    blank = delimited([(at, *row) for at, row in enumerate(ANSWERS)], ("", *NAMES))
    yield Case("headers/a-name-missing.csv", blank.encode(), **ALL)
    upper = {"columns": {name: name.upper() for name in NAMES}}
    yield Case(
        "headers/upper-case.csv",
        delimited(ANSWERS, [n.upper() for n in NAMES]).encode(),
        declared=upper,
        **ALL,
    )
    trailing = "\n".join(f"{line}," for line in delimited(ANSWERS[:3]).splitlines()) + "\n"
    yield Case("headers/trailing-delimiters.csv", trailing.encode(), columns=NAMES, rows=plain(ANSWERS[:3]))
    longer = own + "\n" + "".join(f"{line},\n" for line in delimited(ANSWERS[:3], None).splitlines())
    yield Case("headers/rows-one-cell-longer.csv", longer.encode(), columns=NAMES, rows=plain(ANSWERS[:3]))
    question = "Which words, or sentences, or both, would you use, if any?"
    longer_rows = [(*row[:5], row[5], "x") for row in ANSWERS]
    text = delimited(longer_rows, (*NAMES, question), delimiter=";")
    yield Case("headers/a-question-with-commas.csv", text.encode(), **ALL)


def _answer(at: int, said: str = "fine") -> str:
    return f"R{at},2026-07-{at % 28 + 1:02},nps,{at % 11},EMEA,{said}"


def _kept(numbers: Sequence[int], said: dict[int, str]) -> dict[str, Any]:
    rows = [[f"R{at}", at % 11, said.get(at, "fine")] for at in numbers]
    return {"columns": ("response_id", "score", "comment"), "rows": rows}


def quotes() -> Iterator[Case]:
    """Thirty answers with quotes that are open, closed by chance, or honest."""
    head = ",".join(NAMES) + "\n"
    dirt: dict[str, tuple[dict[int, str], set[int]]] = {
        "first": ({0: '"oh'}, {0}),
        "middle": ({14: '"oh'}, {14}),
        "last": ({29: '"oh'}, {29}),
        "closed-next": ({7: '"oh', 8: 'well"'}, {7}),
        "closed-later": ({7: '"oh', 25: 'well"'}, {7}),
        "several": ({3: '"oh', 4: '"oh', 20: '"oh'}, {3, 4, 20}),
        "text-behind": ({9: '"oh" well'}, {9}),
        "inches": ({9: 'a 15" screen'}, set()),
        "among-honest": ({5: '"two\nlines"', 6: '"oh', 12: '"three\n\nlines"'}, {6}),
        "honest": ({at: f'"Dear team,\n\n{at}, or 2 of 3.\nAnn"' for at in range(0, 30, 2)}, set()),
    }
    for name, (said, lost) in dirt.items():
        text = head + "\n".join(_answer(at, said.get(at, "fine")) for at in range(30)) + "\n"
        told = {at: one.strip('"') if one[-1] == '"' and one[0] == '"' else one for at, one in said.items()}
        account = {"quarantined": {"line unreadable": len(lost)}} if lost else {}
        come = _kept([at for at in range(30) if at not in lost], told)
        for end, ends in {"unix": "\n", "windows": "\r\n"}.items():
            if end == "windows":
                come["rows"] = [[*row[:2], row[2].replace("\n", "\r\n")] for row in come["rows"]]
            yield Case(f"quotes/{name}-{end}.csv", text.replace("\n", ends).encode(), account=account, **come)


def numbers() -> Iterator[Case]:
    """Money as it is written in several countries, and what is no number."""
    said: dict[str, tuple[str, dict[str, str], list[float | None]]] = {
        "points": ("1234.5 -0.5 1e3 .5", {}, [1234.5, -0.5, 1000.0, 0.5]),
        "thousands-comma": (
            "1,234.50 12,345,678 7 -1,000",
            {"thousands": ","},
            [1234.5, 12345678.0, 7.0, -1000.0],
        ),
        "decimal-comma": ("1234,5 -0,5 7 1,25", {"decimal": ","}, [1234.5, -0.5, 7.0, 1.25]),
        "german": (
            "1.234,50 12.345.678 7 0,5",
            {"decimal": ",", "thousands": "."},
            [1234.5, 12345678.0, 7.0, 0.5],
        ),
        "swiss": ("1'234.50 12'345 7 0.5", {"thousands": "'"}, [1234.5, 12345.0, 7.0, 0.5]),
        "thousands-not-said": ("1,234.50 12,345 7 0.5", {}, [None, None, 7.0, 0.5]),
        "groups-of-two": ("1,23 12,34,567 7 0.5", {"thousands": ","}, [None, None, 7.0, 0.5]),
        "marks": ("$5 5% 1_000 7", {}, [None, None, None, 7.0]),
        "not-finite": ("nan inf -Infinity 7", {}, [None, None, None, 7.0]),
    }
    for name, (cells, declared, values) in said.items():
        rows = [(f"u{at}", at % 2, cell) for at, cell in enumerate(cells.split(" "))]
        unknown = values.count(None)
        account = {"unknown": {"revenue unreadable": unknown}} if unknown else {}
        yield Case(
            f"numbers/{name}.csv",
            delimited(rows, ("unit_id", "converted", "revenue")).encode(),
            "outcomes",
            declared,
            ("unit_id", "converted", "revenue"),
            [[unit, bool(paid), value] for (unit, paid, _), value in zip(rows, values, strict=True)],
            account,
        )
    french = "unit_id;converted;revenue\nu0;oui;1 234,50\nu1;non;12 345\n"
    yield Case(
        "numbers/french.csv",
        french.encode(),
        "outcomes",
        {
            "decimal": ",",
            "thousands": " ",
            "columns": {"converted": {"from": "converted", "map": {"oui": True, "non": False}}},
        },
        ("converted", "revenue"),
        [[True, 1234.5], [False, 12345.0]],
    )
    for name, (yes, no) in {
        "1.0": ("1.0", "0.0"),
        "yes": ("Yes", "No"),
        "t": ("t", "f"),
        "true": ("TRUE", "false"),
    }.items():
        text = delimited([("a", yes), ("b", no), ("c", "")], ("unit_id", "converted"))
        truths: Sequence[Row] = [["a", True], ["b", False], ["c", None]]
        yield Case(
            f"numbers/truths-{name}.csv", text.encode(), "outcomes", {}, ("unit_id", "converted"), truths
        )


DATES: dict[str, tuple[str | None, list[str]]] = {
    "iso": (None, ["2026-07-01", "2026-07-01T08:30", "2026-07-01 08:30:05", "2026-07-01T08:30:05.250"]),
    "day-first": ("%d/%m/%Y", ["01/07/2026", "31/12/2026"]),
    "month-first": ("%m/%d/%Y", ["7/1/2026", "12/31/2026"]),
    "month-first-with-time": ("%m/%d/%Y %I:%M:%S %p", ["7/1/2026 8:30:05 AM", "12/31/2026 11:59:59 PM"]),
    "dots": ("%d.%m.%Y %H:%M", ["1.7.2026 08:30", "31.12.2026 23:59"]),
    "month-named": ("%b %d, %Y", ["Jul 1, 2026", "Dec 31, 2026"]),
    "compact": ("%Y%m%d", ["20260701", "20261231"]),
    "two-digits": ("%d-%b-%y", ["01-Jul-26", "31-Dec-26"]),
    "slashes-year-first": ("%Y/%m/%d", ["2026/07/01", "2026/12/31"]),
}
TOLD: dict[str, list[str]] = {
    "iso": [
        "2026-07-01T00:00:00",
        "2026-07-01T08:30:00",
        "2026-07-01T08:30:05",
        "2026-07-01T08:30:05.250000",
    ],
    "month-first-with-time": ["2026-07-01T08:30:05", "2026-12-31T23:59:59"],
    "dots": ["2026-07-01T08:30:00", "2026-12-31T23:59:00"],
}


def dates() -> Iterator[Case]:
    """Dates in the formats of several countries; in New York: zones, and days that are never moved."""
    for name, (pattern, texts) in DATES.items():
        told = TOLD.get(name, ["2026-07-01T00:00:00", "2026-12-31T00:00:00"])
        rows = [(f"u{at}", text) for at, text in enumerate(texts)]
        declared = (
            {"columns": {"signed_up_at": {"from": "when", "format": pattern}}}
            if pattern
            else {"columns": {"signed_up_at": "when"}}
        )
        come = [[f"u{at}", text] for at, text in enumerate(told)]
        yield Case(
            f"dates/{name}.csv",
            delimited(rows, ("user_id", "when")).encode(),
            "users",
            declared,
            ("user_id", "signed_up_at"),
            come,
        )
        if pattern:
            yield Case(
                f"dates/{name}-not-said.csv",
                delimited(rows, ("user_id", "when")).encode(),
                "users",
                {"columns": {"signed_up_at": "when"}},
                refused="signed_up_at reads",
            )
    zones = {
        "2026-10-01 02:00:00 UTC": "2026-09-30T22:00:00",
        "2026-10-01T02:00:00Z": "2026-09-30T22:00:00",
        "2026-10-01 02:00:00+02:00": "2026-09-30T20:00:00",
        "2026-10-01 02:00:00 Europe/Berlin": "2026-09-30T20:00:00",
        "2026-10-01 02:00:00 EST": "2026-10-01T03:00:00",
        "2026-10-01": "2026-10-01T00:00:00",
        "2026-10-01 02:00:00": "2026-10-01T02:00:00",
        "2026-10-01 02:00:00 IST": None,
        "2026-02-30": None,
        "0026-10-01": None,
    }
    rows = [(f"u{at}", text) for at, text in enumerate(zones)]
    come = [[f"u{at}", told] for at, told in enumerate(zones.values()) if told]
    yield Case(
        "dates/zones.csv",
        delimited(rows, ("user_id", "signed_up_at")).encode(),
        "users",
        {},
        ("user_id", "signed_up_at"),
        come,
        {"quarantined": {"signed_up_at unreadable": 2, "signed_up_at out of range": 1}},
        project={"timezone": "America/New_York"},
    )


def keys() -> Iterator[Case]:
    """Keys with points, with zeros in front, twice, whole rows twice, none; and words for missing values."""
    head: Sequence[str] = ("user_id", "signed_up_at", "plan")
    rows: Sequence[Row] = [
        ("1000000.0", "2026-07-01", "a"),
        ("007", "2026-07-01", "b"),
        ("1.50", "2026-07-01", "c"),
    ]
    come: Sequence[Row] = [["1000000", "a"], ["007", "b"], ["1.50", "c"]]
    yield Case("keys/points.csv", delimited(rows, head).encode(), "users", {}, ("user_id", "plan"), come)
    rows = [
        ("1", "2026-07-02", "late"),
        ("1", "2026-07-01", "early"),
        ("1", "2026-07-02", "late"),
        ("2", "2026-07-01", "x"),
    ]
    account: dict[str, Any] = {"repeated": {"one more row of user_id": 1, "the same in every column": 1}}
    early = [["1", "early"], ["2", "x"]]
    yield Case(
        "keys/twice.csv", delimited(rows, head).encode(), "users", {}, ("user_id", "plan"), early, account
    )
    yield Case(
        "keys/twice-backwards.csv",
        delimited(rows[::-1], head).encode(),
        "users",
        {},
        ("user_id", "plan"),
        early[::-1],
        account,
    )
    numbered = {"columns": {"user_id": {"row": True}}}
    come = [[str(at + 1), row[2]] for at, row in enumerate(rows)]
    yield Case(
        "keys/none.csv",
        delimited([row[1:] for row in rows], head[1:]).encode(),
        "users",
        numbered,
        ("user_id", "plan"),
        come,
    )
    blank = [("", "2026-07-01", "a"), (" ", "2026-07-01", "b"), ("3", "2026-07-01", "c")]
    account = {"quarantined": {"user_id missing": 2}}
    yield Case(
        "keys/blank.csv",
        delimited(blank, head).encode(),
        "users",
        {},
        ("user_id", "plan"),
        [["3", "c"]],
        account,
    )
    for word in ("NA", "NULL", "N/A", "-", "\\N", "None", "#N/A"):
        rows = [("1", "2026-07-01", word), ("2", "2026-07-01", "pro")]
        name = "".join(letter for letter in word if letter.isalnum()) or "dash"
        slashes = name + ("-sheet" if "#" in word else "-slash" if "/" in word or "\\" in word else "")
        come = [["1", None], ["2", "pro"]]
        yield Case(
            f"keys/missing-{slashes}.csv",
            delimited(rows, head).encode(),
            "users",
            {"missing": [word]},
            ("user_id", "plan"),
            come,
        )
    wanted = {"filter": {"kind": ["signup"]}}
    rows = [
        ("1", "2026-07-01", "a", "signup"),
        ("2", "2026-07-01", "b", "trial"),
        ("3", "2026-07-01", "c", "signup"),
    ]
    yield Case(
        "keys/filter.csv",
        delimited(rows, (*head, "kind")).encode(),
        "users",
        wanted,
        ("user_id", "plan"),
        [["1", "a"], ["3", "c"]],
        {"filtered": 1},
    )
    head = ("market", "period_start", "metric", "numerator")
    rows = [
        ("FR", "2026-07-01", "revenue", 100),
        ("FR", "2026-07-01", "revenue", 100),
        ("FR", "2026-07-02", "revenue", -30),
    ]
    come = [[row[0], row[3]] for row in rows]
    yield Case(
        "keys/parts-of-a-sum.csv",
        delimited(rows, head).encode(),
        "market_metrics",
        {},
        ("market", "numerator"),
        come,
        {"added_up": 1},
    )


def texts() -> Iterator[Case]:
    """Every awkward text file."""
    for kind in (dialects, preambles, headers, quotes, numbers, dates, keys):
        yield from kind()
