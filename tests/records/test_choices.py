"""The choices of parameters as the file of a report lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.records.choices import choices_of, not_a_choice
from helpers.records.schema import schema_of

SCHEMA = schema_of('region: str = "all"  # one\ndays: int = 3  # days, 1 to 90', Path("demo.ipynb"), "cell 2")


def test_the_matrix_names_the_choices_where_nothing_else_does() -> None:
    text = "matrix: {region: [all, NO], include: [{days: 7}]}\nchoices: {days: [3, 007]}"
    assert choices_of(text, SCHEMA) == {"region": ["all", "NO"], "days": [3, 7]}
    assert choices_of("matrix: {region: [all]}\nchoices: {region: [all, EMEA]}", SCHEMA) == {
        "region": ["all", "EMEA"]
    }


def test_a_file_without_a_matrix_lists_none() -> None:
    assert choices_of("", SCHEMA) == choices_of("title: Demo\nmatrix:", SCHEMA) == {}


def test_a_choice_that_is_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="'many' is no whole number"):
        choices_of("choices: {days: [many]}", SCHEMA)


def test_what_is_far_from_every_choice_gets_all_of_them() -> None:
    assert not_a_choice("region", "Mars", ["all", "EMEA"]).endswith("Its choices: all, EMEA.")
