"""Settings that are made to be slow, deep or endless are refused at once, with their line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import Settings, SettingsError, parse_yaml
from helpers.records.yaml_reader import Scalars, compose_yaml, load_yaml


def bomb(levels: int) -> str:
    """Nine times itself a level: 9 ** levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (bomb(9), 6, "more than 100,000 values"),
        (f"{bomb(8)}\nname: *a7", 6, "more than 100,000 values"),
        ("name: x\nregions: &r [*r]", 2, "*r stands within itself"),
        ("a: &a {b: *a}", 1, "*a stands within itself"),
        (f"a: {'[' * 5000}", 1, "nested more than 30 levels"),
        (f"a: {'{b: ' * 5000}", 1, "nested more than 30 levels"),
        (f"x: 1\nyear: {'9' * 10_000}", 2, "a number has more than 100 figures"),
        ("day: 2026-13-45", None, "month must be in 1..12"),
        ("? [a]\n: b", None, "unhashable"),
        ("x" * 1_000_001, None, "more than 1,000,000 characters"),
    ],
)
def test_what_is_made_to_hurt_is_refused_within_a_second(text: str, line: int | None, told: str) -> None:
    start = time.process_time()
    with pytest.raises(yaml.MarkedYAMLError) as refused:
        load_yaml(text)
    assert time.process_time() - start < 1
    assert told in str(refused.value.problem)
    if line is not None:
        assert refused.value.problem_mark is not None
        assert refused.value.problem_mark.line + 1 == line


def test_the_problem_names_file_and_line() -> None:
    with pytest.raises(SettingsError) as refused:
        parse_yaml(bomb(9), Settings, Path("project.yaml"))
    assert refused.value.problems[0].startswith("project.yaml:6: this is no valid YAML (with its aliases")


def test_aliases_that_help_are_read() -> None:
    text = "all: &regions [AMER, EMEA]\nhere: *regions\nthere: {only: *regions}"
    assert load_yaml(text) == {
        "all": ["AMER", "EMEA"],
        "here": ["AMER", "EMEA"],
        "there": {"only": ["AMER", "EMEA"]},
    }


def test_just_at_the_limits_a_file_is_read() -> None:
    assert load_yaml(f"a: {'[' * 29}{']' * 29}") is not None
    assert load_yaml("[" + ", ".join(["x"] * 99_999) + "]") is not None
    with pytest.raises(yaml.YAMLError, match="values"):
        load_yaml("[" + ", ".join(["x"] * 100_000) + "]")


def test_scalars_are_typed_or_texts() -> None:
    text = "on: NO\nid: 007\nyes: true\nnone: null"
    assert load_yaml(text) == {"on": "NO", "id": 7, "yes": True, "none": None}
    assert load_yaml(text, Scalars.TEXTS) == {"on": "NO", "id": "007", "yes": "true", "none": None}


@given(st.text(st.sampled_from("ab:-[]{}&*!?|>'\"#,%@\n \t0123456789.eE~"), max_size=80))
def test_no_text_ends_in_anything_but_a_value_or_its_problem(text: str) -> None:
    for read in (load_yaml, compose_yaml):
        try:
            read(text)
        except yaml.YAMLError:
            continue
