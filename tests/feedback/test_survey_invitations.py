"""Counted invitations: totals, and which segments may be shown."""

from pathlib import Path

import pytest

from helpers import sources
from helpers.feedback import Invited, invitations
from helpers.periods import Period
from helpers.scope import Scope

from .conftest import NOW, invited


def test_the_total_is_over_all_segments() -> None:
    found = invited({"Enterprise": (30, 400), "Self-serve": (90, 600)}, {"Enterprise": (1, 9)})
    assert found.total() == Invited(120, 1000)
    assert found.total(NOW.shift(-1)) == Invited(1, 9)
    assert found.of("Self-serve", NOW.shift(-1)) == Invited(0, 0)


def test_small_segments_and_what_would_tell_them_are_not_shown() -> None:
    found = invited({"Large": (30, 400), "Larger": (90, 600), "Small": (1, 9), "Tiny": (1, 2)})
    assert found.shown == ("Large", "Larger")


def test_invitations_without_a_segment_count_in_the_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Response rate 50 % of 100 invitations was said where it was 14 % of 1,000."""
    rows = [
        f"{at},2026-08-01,{'r' + str(at) if at < 140 else ''},{'Enterprise' if at < 100 else ''}"
        for at in range(1000)
    ]
    (tmp_path / "i.csv").write_text("\n".join(["invitation_id,sent_at,response_id,segment", *rows]) + "\n")
    (tmp_path / "sources.yaml").write_text("tables:\n  invitations: {path: i.csv}\n")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    found = invitations(sources.load("invitations"), Scope(Period(2026, 3)))
    assert found.total() == Invited(140, 1000)
    assert (found.of("Enterprise"), found.unnamed[NOW]) == (Invited(100, 100), Invited(40, 900))
    assert found.shown == ("Enterprise",)
