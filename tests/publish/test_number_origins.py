"""The numbers of the first screens lead to what they count."""

from __future__ import annotations

from tests.conftest import COUNTED, score_findings

from helpers.records import TableAccount
from quarterdeck.publish.number_origins import NumberOrigins, number_origins

ACCOUNTS = (TableAccount(name="responses", read=10, kept=9, quarantined={"no date": 1}),)


def test_each_kind_of_number_is_told_once_under_its_shortest_label() -> None:
    found = number_origins(score_findings()[:-1], ACCOUNTS)
    assert [(one.id, one.label, one.counts, one.method, one.read) for one in found.listed] == [
        (
            "from1",
            "CSAT",
            COUNTED,
            "score interval of a share (Wilson 1927)",
            ("responses: 9 of 10 rows, 1 set aside",),
        )
    ]


def test_a_number_is_a_link_with_its_key_and_its_size_and_nothing_in_it_is_markup() -> None:
    csat = score_findings()[0].model_copy(update={"key": 'csat@region="><b>'})
    assert number_origins([csat], ACCOUNTS).linked(csat, "<84.1%>") == (
        '<a class="why" href="#from1" data-k="csat@region=&#34;&gt;&lt;b&gt;" data-n="5,190">'
        "&lt;84.1%&gt;</a>"
    )


def test_what_tells_nothing_of_itself_is_no_link() -> None:
    held = score_findings()[-1]
    assert number_origins([held], ACCOUNTS).listed == ()
    assert NumberOrigins().linked(held, "a < b") == "a &lt; b"
