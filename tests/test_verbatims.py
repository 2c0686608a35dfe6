"""What counts as a quotation of a customer, and what does not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape

import pandas as pd
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import verbatims

WRITTEN = [
    "The zebra export never, ever works",
    "Jane O'Neill was rude\nto <b>me</b>",
    "far too slow",
    "Grrrumpf",
    "naïve señor & co said",
    *["Price"] * 7,
    "10",
]


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    verbatims.know("responses", ["comment", "product_area"], lambda _name, most: WRITTEN[:most])
    yield
    verbatims.forget()


@pytest.mark.parametrize("written", WRITTEN[:5])
@pytest.mark.parametrize(
    "said", [str, repr, escape, json.dumps, str.upper, lambda text: f"<td>{escape(text)}</td>"]
)
def test_a_text_is_found_however_it_is_told(written: str, said: object) -> None:
    assert verbatims.quoted_in(said(written)) == "comment"  # type: ignore[operator]


@pytest.mark.parametrize(
    "told",
    [
        "0    The zebra export never, ev...\nName: said",
        "they say it is far too slow there",
        "{'a': 'Grrrumpf'}",
        "n\nGrrrumpf\n",
    ],
)
def test_a_part_of_some_words_in_a_row_is_enough(told: str) -> None:
    assert verbatims.quoted_in(told) == "comment"


@pytest.mark.parametrize(
    "told",
    [
        "",
        "10",
        "the export works",
        "n = 10",
        "Price",
        "a Grrrumpf of sorts",
        "The zebra was never rude to me",
    ],
)
def test_common_words_numbers_and_what_many_say_are_no_quotation(told: str) -> None:
    assert verbatims.quoted_in(told) == ""


@pytest.mark.parametrize(("customers", "found"), [(4, "comment"), (5, "")])
def test_a_short_text_is_somebodys_own_until_five_customers_wrote_it(customers: int, found: str) -> None:
    verbatims.know("responses", ["comment"], lambda *_: ["Sluggish"] * customers)
    assert verbatims.quoted_in("Sluggish") == found


def test_a_frame_is_known_by_names_of_every_level_and_by_values() -> None:
    told = [
        pd.DataFrame({"comment": [1]}),
        pd.DataFrame({("said", "text"): [1]}),
        pd.DataFrame({"n": [1]}, index=pd.Index(["x"], name="subject")),
        pd.DataFrame({"n": [1]}, index=["Grrrumpf"]),
        pd.DataFrame({"said": ["Grrrumpf"]}, dtype="category"),
        pd.DataFrame({"said": [["far too slow"]]}),
    ]
    assert all(map(verbatims.column_in, told))
    assert verbatims.column_in(pd.DataFrame({"product_area": ["Grrrumpf"], "n": [1]})) == ""


def test_nothing_is_read_before_there_is_something_to_compare() -> None:
    asked: list[str] = []

    def read(name: str, most: int) -> Sequence[str]:
        asked.append(name)
        return []

    verbatims.forget()
    verbatims.know("tickets", ["subject", "text", "region"], read)
    verbatims.quoted_in("12 345.6")
    assert asked == []
    for _ in range(2):
        verbatims.quoted_in("some words")
    assert asked == ["subject", "text"]


def test_where_there_is_too_much_or_nothing_can_be_read_any_sentence_is_withheld(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(name: str, most: int) -> Sequence[str]:
        raise ConnectionError

    for read in (broken, lambda _name, most: WRITTEN[:most]):
        monkeypatch.setattr(verbatims, "MOST", 2)
        verbatims.forget()
        verbatims.know("responses", ["comment"], read)
        assert verbatims.quoted_in("some four words here") == "comment"
        assert verbatims.quoted_in("three words here") == ""


@examples(12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1))
def test_whatever_a_customer_writes_its_repr_is_found(text: str) -> None:
    verbatims.know("responses", ["comment"], lambda *_: [text])
    spoken = verbatims.words(text)
    countable = any(not word.isdigit() for word in spoken) and any(map(str.isalpha, text))
    if countable and len(spoken) >= verbatims.SPAN:
        assert verbatims.quoted_in(f"before {text!r} after") == "comment"
