"""After a run whose data warned or held: a line a reason, on the terminal and in the log, on no page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

TOLD = 'market_metrics: 3 rows, numerator unreadable, such as 1,004.20 -> thousands: ","'


def spoilt(project: ProjectFolder, rows: int) -> None:
    good = [f"M{at},2026-07-01,paid,{at}" for at in range(rows)]
    bad = [f'N{at},2026-07-01,paid,"1,0{at}4.20"' for at in range(3)]
    text = "\n".join(["market,period_start,metric,numerator", *good, *bad, ""])
    project.write("params/m.csv", text)
    project.write("params/sources.yaml", "tables:\n  market_metrics: {path: m.csv}\n")
    project.write("params/metrics.yaml", "metrics: {}\n")
    load = 'from helpers import sources\n\nt = sources.load("market_metrics")'
    project.notebook("demo", load, "## One", "t.account.kept", parameters='period: Period = "2026Q3"')
    project.report("demo")


def test_a_warning_is_followed_by_its_reasons(project: ProjectFolder) -> None:
    spoilt(project, 97)
    answer = project.quarterdeck("run")
    lines = answer.stderr.splitlines()
    at = next(place for place, line in enumerate(lines) if "demo/2026q3 ok" in line)
    assert lines[at + 1] == f"  {TOLD}"
    [log] = project.root.glob("outputs/runs/demo/*/*/log.txt")
    assert TOLD in log.read_text(encoding="utf-8").splitlines()
    assert "1,004.20" not in project.layout.page("demo", "2026q3").read_text(encoding="utf-8")


def test_a_page_that_is_held_back_too_and_clean_data_not(project: ProjectFolder) -> None:
    spoilt(project, 7)
    told = project.quarterdeck("run").stderr
    assert "demo/2026q3 held back" in told
    assert TOLD in told
    spoilt(project, 997)
    assert TOLD not in project.quarterdeck("run", "--force").stderr
