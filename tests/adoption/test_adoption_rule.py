"""The rule of adoption in words, and what is no rule."""

import pytest

from helpers.adoption import AdoptionRule


@pytest.mark.parametrize(("days_needed", "window"), [(0, 7), (3, 2)])
def test_a_rule_without_meaning_is_refused(days_needed: int, window: int) -> None:
    with pytest.raises(ValueError, match="must be >="):
        AdoptionRule(days_needed=days_needed, window=window)


@pytest.mark.parametrize(
    ("rule", "words", "ending"),
    [
        (AdoptionRule(), "were active on 3 separate days within 7 calendar days", ""),
        (
            AdoptionRule("scheduled_exports", days_needed=1, window=30),
            "used scheduled exports on at least one day",
            " of scheduled exports",
        ),
    ],
    ids=["any use", "a feature"],
)
def test_it_says_what_adopters_did(rule: AdoptionRule, words: str, ending: str) -> None:
    assert (rule.words, rule.of_feature) == (words, ending)
