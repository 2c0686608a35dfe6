"""How cost grows: with the editions of a small report, and with the rows behind a real one.

Usage: `python benchmarks/growth.py [--editions 10 100 400] [--rows 100000 1000000 20000000] [--rounds 3]`.
The first run of so many editions is taken once: it is a mean over them. All else is a median of the rounds.
"""

from __future__ import annotations

import argparse

import duckdb
import nbformat
import yaml
from project import Scratch, machine, median, scratch

SMALL = ("## One", "print(number)", "## Two", "print(number * 2)", "## Method and data", "print(period)")


def editions(project: Scratch, count: int, rounds: int) -> None:
    """Run a small report with so many editions, and again unchanged."""
    cells = [
        nbformat.v4.new_markdown_cell("# Small\n\nA question."),
        _tagged("from helpers.periods import Period", "setup"),
        _tagged('number: int = 0  # which one\nperiod: Period = "2026Q3"  # the quarter', "parameters"),
        *(
            nbformat.v4.new_markdown_cell(text) if text.startswith("#") else nbformat.v4.new_code_cell(text)
            for text in SMALL
        ),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(notebook, project.root / "notebooks" / "small.ipynb")
    report = {"title": "Small, {number}", "matrix": {"number": list(range(count))}}
    (project.root / "params" / "small.yaml").write_text(yaml.safe_dump(report))
    project.forget()
    first = project.run("small")
    again = median([project.run("small") for _ in range(rounds)])
    print(
        f"{count} editions: {first:.1f} s, {first / count:.2f} s each; unchanged {again:.2f} s, "
        f"{1000 * again / count:.1f} ms each",
        flush=True,
    )


def rows(project: Scratch, count: int, rounds: int) -> None:
    """Run the report on feedback over so many answers."""
    _write_answers(project, count)
    seconds, cells, memory = [], [], []
    for _ in range(rounds):
        project.forget()
        seconds.append(project.run("quarterly_feedback", jobs=1))
        [record] = project.records()
        cells.append(record["timings"]["cells"])
        memory.append((record["peak_memory"] or 0) / 2**20)
    print(
        f"{count:,} answers: {median(seconds):.1f} s, cells {median(cells):.1f} s, "
        f"{median(memory):.0f} MB at most",
        flush=True,
    )


def _write_answers(project: Scratch, count: int) -> None:
    target = project.root / "outputs" / "sample" / "responses.parquet"
    written = target.with_suffix(".new")
    duckdb.sql(
        f"""COPY (SELECT 'r' || i AS response_id, TIMESTAMP '2024-10-01' + INTERVAL (i % 63000000) SECOND
            AS submitted_at, 'nps' AS survey, CAST(hash(i) % 11 AS DOUBLE) AS score,
            ['AMER', 'EMEA', 'APAC'][1 + i % 3] AS region,
            CASE WHEN i % 10 = 0 THEN 'The export is slow' END AS comment
            FROM range({count}) rows(i)) TO '{written}' (FORMAT parquet)"""
    )
    written.replace(target)


def _tagged(source: str, tag: str) -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": [tag]})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--editions", type=int, nargs="*", default=[10, 100, 400])
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000, 20_000_000])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    print(machine())
    with scratch(values=1) as project:
        for count in asked.editions:
            editions(project, count, asked.rounds)
        for count in asked.rows:
            rows(project, count, asked.rounds)


if __name__ == "__main__":
    main()
