"""Write docs/glossary.md: the words of pages, and the metrics as metrics.yaml has them (`make fix`)."""

# ruff: noqa: E501  (an entry is a line)

from __future__ import annotations

from pathlib import Path

from helpers import metrics

PAGE = Path(__file__).with_name("glossary.md")
PARAMS = Path(__file__).parents[1] / "params"

WORDS = {
    "Clear": "Said of a change whose interval excludes zero, after allowing for everything that the page compares.",
    "Draft": "A run beside the edition of record: other parameters, or asked for with `--draft`. It never replaces that.",
    "Edition": "A report with its resolved parameters, such as the feedback of EMEA in 2026 Q3. Its page has one address.",
    "Edition of record": "The edition that the report's file asks for, and whose page stands.",
    "Finding": "One number of a report, with its interval, its change and its final wording.",
    "Fingerprint": "The hash of one input. Equal fingerprints, equal page; `plan` names the one that changed.",
    "Free notebook": "A notebook whose first cell is tagged `explore`: any code, always a draft.",
    "Gap": "A section that is missing from a page, and why.",
    "Gate": "What the data must be like: it warns on the page, or holds the page back.",
    "Guard-rail": "A metric that an experiment must not make worse by more than its margin.",
    "Helper": "A typed, tested function that a notebook calls; ours in `helpers`, a company's in a package of its own.",
    "Interval": "The range in which the true value lies, with the stated level.",
    "Matrix": "The values of parameters for which a report has one edition each.",
    "Protocol": "What an experiment was planned to be, written before it starts.",
    "Quarantine": "Rows that break a rule of their table's contract: counted, saved beside the run, left out.",
    "Report": "A notebook and a file of its name in `params/`.",
    "Run": "One attempt at an edition. Its folder holds everything that is known of it.",
    "Scope": "What a page is about: period, place, level, smallest group, what it compares with.",
    "What if": "A model with sliders: arithmetic on what was measured, not a forecast.",
}

HEAD = """# Glossary

The words of pages and messages; then the metrics of the sample company, as `params/metrics.yaml` has them. Made by `docs/glossary.py`
(`make fix` writes it anew).

## Words
"""


def text() -> str:
    """The whole page."""
    words = [f"**{word}**\n:   {said}\n" for word, said in WORDS.items()]
    rows = [
        f"| {one.label} | {one.description or 'see its numerator and denominator'} | {one.unit} | {one.good} |"
        for one in metrics.catalogue(PARAMS).values()
    ]
    table = "| metric | what it is | unit | good |\n|---|---|---|---|"
    return "\n".join([HEAD, *words, "## Metrics\n", table, *rows]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
