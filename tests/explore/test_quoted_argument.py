"""Where a quote is open, and as what."""

from __future__ import annotations

import pytest

from helpers.explore.quoted_argument import QuotedArgument, quoted_argument


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('sources.load("re', ("sources.load", 0, "", "", "re")),
        ("sources.load('", ("sources.load", 0, "", "", "")),
        ('Scope.of(rows, period, region="EM', ("Scope.of", 2, "region", "region", "EM")),
        ('f(g("a", [1, 2]), x="', ("f", 1, "x", "x", "")),
        ('rows.to_pandas(columns=["score", "r', ("rows.to_pandas", 0, "columns", "", "r")),
        ('rows["sc', ("rows", 0, "", "", "sc")),
        ('rows.filter(rows.region == "E', ("rows.filter", 0, "", "rows.region", "E")),
        ('region: str = "E', ("", 0, "", "region", "E")),
        ('a = "x"\nb = f("done", "\n', None),
        ('f("done")', None),
        ("# it's a comment\nf('a", ("f", 0, "", "", "a")),
        ('sql("""select *\nfrom re', ("sql", 0, "", "", "select *\nfrom re")),
        (r'f("it\"s', ("f", 0, "", "", r"it\"s")),
        ("f(a == b, 'x", ("f", 1, "", "", "x")),
        ('sources.load("tickets").head("x', ('sources.load("tickets").head', 0, "", "", "x")),
    ],
)
def test_the_open_quote(code: str, found: tuple[object, ...] | None) -> None:
    assert quoted_argument(code) == (QuotedArgument(*found) if found else None)  # type: ignore[arg-type]
