"""An analyst's own figures, tables and numbers on a published page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect
from tests.conftest import project_in

if TYPE_CHECKING:
    from tests.browser.conftest import Open

pytestmark = pytest.mark.browser
OPEN = "#own&bare"

SETUP = """import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from helpers import charts, findings, style, tables
style.use()
draws = np.random.default_rng(1)
data = pd.DataFrame({"region": ["AMER", "EMEA", "APAC"] * 20, "days": draws.gamma(2, 3, 60), "n": range(60)})
waits = data.groupby("region", as_index=False).days.mean()"""
CELLS = (
    "## Own",
    'axes = sns.barplot(waits, x="region", y="days")\n'
    'charts.figure(axes, title="APAC waits longest", alt="Bars.", subtitle="Mean days", data=waits)',
    'tables.frame(waits, title="Waits by region", units={"days": "days"})',
    'findings.number("wait", waits.days.mean(), unit="days", label="Mean wait", interval=(4, 8))',
    "## Bare",
    "data.describe()",
    "data.style.background_gradient(subset='days')",
    'sns.lineplot(data, x="n", y="days", hue="region")',
    'sns.relplot(data, x="n", y="days", col="region")',
    "plt.scatter(draws.normal(size=3000), draws.normal(size=3000))",
    "pd.DataFrame(draws.normal(size=(5, 30)))",
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = project_in(tmp_path_factory.mktemp("own"))
    project.report("own", "title: Own\n")
    project.notebook("own", *CELLS, setup=SETUP, parameters='region: str = "all"  # one region')
    with chdir(project.root):
        ran = project.quarterdeck("run")
    assert ran.exit_code == 0, ran.output
    return next(project.root.glob("outputs/site/own/*/index.html"))


def test_it_is_accessible_fits_a_phone_and_follows_the_scheme(
    own: Path, open_page: Open, violations: Callable[..., list[str]], overflow: Callable[[Page], int]
) -> None:
    colours = {}
    for dark in (False, True):
        for width in (375, 1280):
            page = open_page(own, width=width, dark=dark, anchor=OPEN)
            assert overflow(page) <= 0
        assert violations(page, rules=["color-contrast"] if dark else None) == []
        bar = page.locator('#own svg.w760 path[style*="--accent"]').first
        colours[dark] = bar.evaluate("bar => getComputedStyle(bar).fill")
    assert colours == {False: "rgb(11, 92, 153)", True: "rgb(108, 186, 240)"}


def test_a_phone_has_a_cut_of_its_own_and_ids_are_unique(own: Path, open_page: Open) -> None:
    page = open_page(own, width=375, anchor=OPEN)
    expect(page.locator("#own svg.n")).to_be_visible()
    expect(page.locator("#own svg.w760")).to_be_hidden()
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(each => each.id)")
    assert len(ids) == len(set(ids))


def test_a_large_picture_is_another_one_by_night(own: Path, open_page: Open) -> None:
    pages = [open_page(own, dark=dark, anchor=OPEN) for dark in (False, True)]
    shown = [page.locator("#bare img").evaluate("image => image.currentSrc") for page in pages]
    assert shown[0] != shown[1]
