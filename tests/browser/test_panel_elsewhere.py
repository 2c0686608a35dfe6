"""The parameter panel where there is no JupyterLab, as in VS Code: it says in its cell what to run."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from helpers import explore

pytestmark = pytest.mark.browser

SOURCE = Path(explore.__file__).with_name("panel.js")
SHOW = """async ([source, drafted]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
  const choices = [["all"], ["EMEA"]];
  const control = { name: "region", label: "Region", help: "one region", kind: "choice", choices };
  const state = { controls: [control], report: "demo", values: { region: "all" }, refused: "", drafted };
  const heard = {};
  const send = asked => { window.asked = asked; };
  const model = { get: name => state[name], on: (name, told) => { heard[name] = told; }, send };
  const widget = module.default();
  widget.initialize({ model });
  widget.render({ el: document.querySelector("main") });
  window.answer = message => heard["msg:custom"](message);
}"""


def test_it_stays_in_its_cell_and_says_which_cells_to_run(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main></main>")
    page.evaluate(SHOW, [SOURCE.read_text(encoding="utf-8"), {}])
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()
    panel = page.locator("main form.qd-panel")
    panel.get_by_label("Region", exact=True).select_option("EMEA")
    panel.get_by_role("button", name="Use these values").click()
    assert page.evaluate("window.asked") == {"ask": "run", "texts": {"region": "EMEA"}}
    page.evaluate("window.answer({ answer: 'run', problems: {}, said: '' })")
    expect(panel.get_by_role("status")).to_have_text(
        "These values hold now. Run the cells below this one, from the next on."
    )
    done = {"answer": "errand", "problems": {}, "busy": False, "said": "Draft made:"}
    made = {"table": "", "made": True, "page": "site/demo/index.html", "title": "Demo"}
    page.evaluate("message => window.answer(message)", done | made)
    expect(panel.get_by_role("status")).to_have_text("Draft made: site/demo/index.html")
    page.close()


def test_a_panel_that_is_made_again_knows_the_draft_until_other_values_are_chosen(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<main></main>")
    drafted = {
        "table": "<table><tr><td>1 differs</td></tr></table>",
        "made": True,
        "page": "a",
        "title": "Demo",
    }
    page.evaluate(SHOW, [SOURCE.read_text(encoding="utf-8"), drafted])
    publish = page.get_by_role("button", name="Publish")
    expect(publish).to_be_enabled()
    expect(page.get_by_text("1 differs")).to_be_visible()
    page.get_by_label("Region", exact=True).select_option("EMEA")
    page.evaluate("window.answer({ answer: 'check', problems: {}, said: '' })")
    expect(publish).to_be_disabled()
    expect(page.get_by_text("1 differs")).to_be_hidden()
    page.close()
