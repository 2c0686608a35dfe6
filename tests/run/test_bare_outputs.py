"""Real runs of cells that show things bare: what reaches the page, and what customers wrote that does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from helpers.records import WITHHELD

if TYPE_CHECKING:
    from tests.conftest import ProjectFolder

WRITTEN = (
    "Wonderful zebra exports, they never ever fail",
    "Jane O'Neill from billing was rude to me",
    "Grrrumpf",
    "schnick <b>schnack</b> schnuck & so on",
    "Zeile eins\nund Zeile zwei",
)
MARKS = ("zebra", "Neill", "rude to", "Grrrumpf", "schnuck", "und Zeile", "Zeile zwei")
"""Words that only customers wrote."""

SETUP = """import json, os, sys
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from IPython.display import HTML, Markdown
from helpers import charts, findings, sources, style, tables
from helpers.periods import Period
style.use()"""
PARAMETER = 'region: str = "all"  # one region, or all'
LOAD = 'responses = sources.load("responses")\ndf = responses.expr.execute().sort_values("response_id")'


@pytest.fixture
def company(project: ProjectFolder) -> ProjectFolder:
    """A project with sixty answers, five of them with words that are nowhere else."""
    rows = ["response_id,submitted_at,survey,score,region,comment"]
    for number in range(60):
        text = WRITTEN[number] if number < len(WRITTEN) else f"thing number {number} is well made indeed"
        region = ("EMEA", "AMER", "APAC")[number % 3]
        rows.append(f'r{number:02},2026-08-1{number % 9},nps,{number % 11},{region},"{text}"')
    project.write("params/responses.csv", "\n".join(rows) + "\n")
    project.write("params/sources.yaml", "tables:\n  responses: {path: responses.csv}\n")
    project.report("own", "title: Own numbers\n")
    return project


def ran(company: ProjectFolder, *cells: str) -> tuple[Path, Any]:
    """The folder of a run of these cells, and its executed notebook."""
    company.notebook("own", LOAD, "## Shown", *cells, setup=SETUP, parameters=PARAMETER)
    answer = company.quarterdeck("run", "--force")
    assert answer.exit_code == 0, answer.output
    record = company.records()[-1]
    folder = company.layout.run(record.report, record.edition, record.run_id)
    return folder, nbformat.read(folder / "executed.ipynb", as_version=4)


LEAKS = [
    "responses.expr.execute()",
    "df.head()",
    'df[["comment"]]',
    "df.comment",
    "df.head(2).to_dict()",
    "print(df.comment[1])",
    "print(df.comment[2])",
    "[df.comment[3]]",
    'df.rename(columns={"comment": "said"})[["said"]]',
    'print(df.rename(columns={"comment": "said"}).head())',
    'df.set_index("comment")[["score"]]',
    'HTML(f"<b>{df.comment[1]}</b>")',
    "Markdown(df.comment[4])",
    "print(df.comment[1].upper(), file=sys.stderr)",
    "print(json.dumps(df.comment[4]))",
    'for word in df.comment[1].split():\n    print(word, end=" ")',
    'sns.barplot(df[1:3], x="score", y="comment")',
    "!head -3 $QUARTERDECK_PARAMS/responses.csv",
    "df.style.hide()",
    'tables.table("said", "Said", [tables.Column("comment")], [[df.comment[1]]])',
    "import ipywidgets\nipywidgets.HTML(value=df.comment[1])",
]


def test_what_customers_wrote_leaves_no_kernel(company: ProjectFolder) -> None:
    folder, notebook = ran(company, *LEAKS)
    texts = {
        path: path.read_text("utf-8", errors="replace")
        for path in [*folder.rglob("*"), *company.layout.site.rglob("*")]
        if path.is_file()
    }
    expected = {"executed.ipynb", "report.html", "run.json", "log.txt", "index.html"}
    assert {path.name for path in texts} >= expected
    lowered = {path.name: text.lower() for path, text in texts.items()}
    told = [(name, mark) for name, text in lowered.items() for mark in MARKS if mark.lower() in text]
    assert told == []
    cells = [cell for cell in notebook.cells if cell.source in LEAKS]
    silent = [cell.source for cell in cells if not any(WITHHELD in o.get("data", {}) for o in cell.outputs)]
    assert silent == []


def test_page_and_author_are_told_that_something_is_withheld(company: ProjectFolder) -> None:
    folder, _ = ran(company, "df.comment", 'df.groupby("region").score.mean()')
    said = "An output is withheld here: it holds what customers wrote (column comment)."
    assert (folder / "report.html").read_text().count(said) == 1
    notice = "Cell 5 (Shown): an output is withheld: it holds what customers wrote (column comment)."
    assert company.records()[-1].notices == (notice,)
    assert notice in (folder / "log.txt").read_text()
    assert notice in company.quarterdeck("run", "--force").output


def test_errors_tell_where_and_of_which_kind_but_quote_nobody(company: ProjectFolder) -> None:
    company.notebook(
        "own", LOAD, "## Shown", "1", "## Broken", "raise ValueError(f'no {df.comment[1]!r}')",
        setup=SETUP, parameters=PARAMETER,
    )  # fmt: skip
    assert company.quarterdeck("run").exit_code == 1
    record = company.records()[-1]
    assert record.failed is not None
    assert record.failed.error == "ValueError: (withheld: it holds what customers wrote, column comment)"
    assert record.failed.line.startswith("raise ValueError")
    files = [path for path in company.root.glob("outputs/runs/**/*.*") if path.is_file()]
    assert not [path.name for path in files if "Neill" in path.read_text("utf-8")]


def test_three_lines_make_chart_table_and_number_of_ones_own(company: ProjectFolder) -> None:
    folder, _ = ran(
        company,
        'scores = df.groupby("region", as_index=False).agg(mean=("score", "mean"), n=("score", "size"))',
        'axes = sns.barplot(scores, x="region", y="mean")\n'
        'charts.figure(axes, title="EMEA scores highest", alt="Bars of the mean score.", data=scores)',
        'tables.frame(scores, title="Scores by region", units={"n": "count"})',
        'findings.number("mean_score", df.score.mean(), unit="points", label="Mean score", interval=(4, 6), '
        "n=len(df), headline=True)",
    )
    page = (folder / "report.html").read_text()
    record = json.loads((folder / "run.json").read_text())
    written = {path.stem for path in folder.glob("tables/*.csv")}
    assert written == {"emea_scores_highest", "scores_by_region"}
    assert [finding["key"] for finding in record["findings"]] == ["mean_score"]
    assert record["notices"] == []
    for part in (
        'id="emea_scores_highest"',
        'id="scores_by_region"',
        '<p class="qd own"><b>5</b> Mean score',
    ):
        assert part in page
    assert "Mean score" in company.layout.catalogue.read_text()


def test_a_page_of_bare_things_has_the_same_bytes_each_time(company: ProjectFolder) -> None:
    cells = [
        'df.groupby("region").score.describe()',
        'df.groupby("region").score.mean()',
        'df[["score"]].head().style.highlight_max(color="gold")',
        "plt.plot([1, 2, 3])",
        'sns.lineplot(df, x="score", y="score", hue="region")',
        'sns.relplot(df, x="score", y="score", col="region")',
        "plt.scatter(range(3000), range(3000))",
        "import seaborn.objects as so\nso.Plot(df, x='region', y='score').add(so.Bar(), so.Agg())",
        "import statsmodels.formula.api as smf\nsmf.ols('score ~ region', df).fit().summary()",
        "object()",
        "print(object())",
    ]
    first, _ = ran(company, *cells)
    second, _ = ran(company, *cells)
    assert first != second
    page = (first / "report.html").read_text()
    assert page == (second / "report.html").read_text()
    assert " at 0x" not in page
    assert page.count('class="ch') == 7
    assert not re.search(r"matplotlib\.lines|AxesSubplot|FacetGrid|Fri, |<style type", page)


def test_a_figure_without_a_text_alternative_is_told_and_has_a_poor_one(company: ProjectFolder) -> None:
    folder, _ = ran(
        company,
        'plt.plot([1, 2]); plt.title("Waits"); plt.ylabel("Days");',
        "figure, axes = plt.subplots()\naxes.plot([1, 2])\n"
        'display(figure, metadata={"alt": "It rises & falls"})\nplt.close(figure)',
    )
    page = (folder / "report.html").read_text()
    assert 'id="figure-1-alt">Figure. Waits. Days.</p>' in page
    assert 'id="figure-2-alt">It rises &amp; falls</p>' in page
    notice = "Cell 5 (Shown): a figure has no text alternative. Show it by charts.figure(…, title=…, alt=…)."
    assert company.records()[-1].notices == (notice,)
    path = company.layout.notebook("own")
    assert f"Warning: {path}: {notice}\n" in company.quarterdeck("check").stdout
    path.write_text(path.read_text().replace("Waits", "Waiting"))
    assert "Warning" not in company.quarterdeck("check").stdout  # the run is not of this notebook any more


def test_a_page_that_is_too_heavy_is_told(company: ProjectFolder) -> None:
    ran(company, "import numpy as np\nplt.imshow(np.random.random((300, 300, 3)));")
    told = company.quarterdeck("check", "--json").stdout
    assert "The outputs of this page weigh" in json.loads(told)["warnings"][-1]
