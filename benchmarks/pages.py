"""How many bytes a page has: the report's against nbconvert's `lab` template, from the same notebook.

Usage: `python benchmarks/pages.py`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from project import judged, median, scratch

PROMISED = 200_000


def main() -> int:
    """Measure and print; 1 where the promise is broken."""
    ratios, promises = [], {}
    with scratch(values=1) as project:
        project.run()
        for record in project.records():
            page = record["folder"] / "report.html"
            own = page.stat().st_size
            lab = _lab(record["folder"] / "executed.ipynb", project.root)
            charts = page.read_text(encoding="utf-8").count("<figure")
            ratios.append(lab / own)
            promises[f"{record['report']} within {PROMISED / 1000:.0f} kB"] = own <= PROMISED
            print(
                f"{record['report']}: {own / 1000:.0f} kB with {charts} figures, `lab` {lab / 1000:.0f} kB: "
                f"{ratios[-1]:.1f} times smaller"
            )
    print(f"median of {len(ratios)} pages: {median(ratios):.1f} times smaller")
    return judged(promises)


def _lab(notebook: Path, folder: Path) -> int:
    tool = Path(sys.executable).parent / "jupyter-nbconvert"
    target = folder / "lab.html"
    command = [tool, "--to", "html", "--template", "lab", "--output", target, notebook]
    subprocess.run(command, check=True, capture_output=True)
    return target.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
