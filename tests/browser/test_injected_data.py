"""Payloads in every text column of a data file, through a real run of a notebook that shows them all."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Open
    from tests.conftest import ProjectFolder

pytestmark = pytest.mark.browser

PAYLOADS: list[str] = json.loads(Path(__file__).with_name("payloads.json").read_text("utf-8"))
TEXTS = ("respondent_id", "segment", "product_area", "channel", "comment")
SETUP = """import pandas
from IPython.display import Markdown, display
from helpers import charts, findings, sources, stats, tables
from helpers.periods import Period
from helpers.stats import Comparison, Group"""
LOAD = 'responses = sources.load("responses")\nrows = responses.expr.execute().sort_values("response_id")'
SHOW = f"""## Shown
for column in {TEXTS}:
    tables_of = tables.table(column, column, [tables.Column(column)] * 2, [(x, x) for x in rows[column][:41]])
    rest = tables.table(column + "_2", column, [tables.Column(column)], [(x,) for x in rows[column][41:]])
    display(tables_of, rest)
    one = stats.proportion(1, 2, level=0.95)
    display(charts.dots([Group(rows[column][0], tuple(Comparison(x, one) for x in rows[column]))],
                        name="chart_" + column, title=column, subtitle=column, unit="share"))
    display(rows[[column]])
    print("\\n".join(rows[column]))
    display(*map(Markdown, rows[column]))
    measures = [findings.Measure(f"n@{{column}}={{i}}", x, "share") for i, x in enumerate(rows[column])]
    findings.show(*(findings.measured(each, one, "2026 Q3", headline=True) for each in measures))"""


def test_no_payload_in_any_text_column_runs(project: ProjectFolder, open_page: Open) -> None:
    path = project.root / "data.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["response_id", "submitted_at", "survey", "score", *TEXTS])
        for number, payload in enumerate(PAYLOADS):
            writer.writerow([f"r{number:03}", "2026-08-01 00:00:00", "nps", 9, *[payload] * len(TEXTS)])
    project.write("params/sources.yaml", "tables:\n  responses:\n    path: ../data.csv\n")
    project.report("shown")
    heading, _, code = SHOW.partition("\n")
    project.notebook("shown", LOAD, heading, code, setup=SETUP)
    ran = project.quarterdeck("run", "shown")
    assert ran.exit_code == 0, ran.output

    page = open_page(next(project.root.glob("outputs/site/shown/*/index.html")))
    assert page.evaluate("window.hit") is None
    assert (
        page.locator(
            "iframe, object, embed, base, form, video, audio, [onerror], [onload], [onfocus]"
        ).count()
        == 0
    )
    shown = page.locator("#shown table").first.locator("th[scope=row]")
    texts = {"".join(text.split()) for text in shown.all_text_contents()}
    assert {"".join(payload.split()) for payload in PAYLOADS[:41]} <= texts
