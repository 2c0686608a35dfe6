"""How much may be shown: to the byte, by cell and by run."""

from __future__ import annotations

import pytest

from quarterdeck.kernels.output_budget import OutputBudget, OutputLimits, amount, clipped, shortened, weight


def test_a_cell_shows_text_up_to_its_limit_and_counts_the_rest() -> None:
    budget = OutputBudget(OutputLimits(text=10, pictures=100))
    assert budget.printable("1234567") == "1234567"
    assert budget.printable("89abcd") == "89a"
    assert budget.printable("more") == ""
    assert dict(budget.left_out) == {"text": 7}
    budget.next_cell()
    assert budget.printable("1234567890") == "1234567890"
    assert not +budget.left_out


def test_letters_count_by_their_bytes_and_none_is_cut_in_two() -> None:
    budget = OutputBudget(OutputLimits(text=5))
    assert budget.printable("éééé") == "éé"
    assert budget.left_out["text"] == 3


def test_a_run_shows_as_much_as_five_cells() -> None:
    budget = OutputBudget(OutputLimits(text=10, pictures=100))
    shown = []
    for _ in range(7):
        budget.next_cell()
        shown.append(len(budget.printable("x" * 9)))
    assert shown == [9, 9, 9, 9, 9, 5, 0]


def test_an_output_is_shown_whole_or_not_at_all() -> None:
    budget = OutputBudget(OutputLimits(text=1000, pictures=500))
    assert budget.takes({"text": 400, "pictures": 500})
    assert not budget.takes({"text": 100, "pictures": 1})
    assert budget.takes({"text": 600})
    assert not budget.takes({"text": 1})
    assert dict(budget.left_out) == {"text": 101, "pictures": 1}


@pytest.mark.parametrize(
    ("kind", "content", "weighs"),
    [
        ("display_data", {"data": {"text/plain": "é", "image/png": "abcd"}}, {"text": 102, "pictures": 4}),
        ("execute_result", {"data": {"application/json": {"a": 1}}}, {"text": 108}),
        (
            "update_display_data",
            {"data": {"application/vnd.quarterdeck.finding.v1+json": {}}},
            {"text": 100, "pictures": 2},
        ),
        ("error", {"ename": "E"}, {"pictures": 114}),
        ("status", {"execution_state": "idle"}, {}),
    ],
)
def test_what_a_message_weighs(kind: str, content: dict[str, object], weighs: dict[str, int]) -> None:
    assert dict(weight(kind, content)) == weighs


def test_buffers_of_widgets_weigh_too() -> None:
    assert dict(weight("comm_msg", {}, [b"12345"])) == {"pictures": 107}


def test_errors_are_as_long_as_somebody_reads() -> None:
    found = shortened({"ename": "E", "evalue": "x" * 50_000, "traceback": ["y" * 30_000] * 500})
    assert found["evalue"] == "x" * 2_000 + " … (48,000 more characters)"
    assert len(found["traceback"]) == 100
    assert all(len(line) < 2_100 for line in found["traceback"])
    assert clipped("x" * 2_000) == "x" * 2_000


def test_what_is_left_out_is_told_in_words() -> None:
    assert amount({"text": 313_000_000}) == "313.0 MB of text"
    assert amount({"text": 1_230_000, "pictures": 50_000}) == "1.2 MB of text and 0.1 MB of pictures"
    assert amount({"text": 100, "pictures": 20_000_000}) == "20.0 MB of pictures"
    assert amount({"text": 100}) == "less than 0.1 MB"
