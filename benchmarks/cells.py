"""What the cells of an edition cost: CPU of every shipped edition on the sample company, in a fork.

Usage: `python benchmarks/cells.py [REPORT/EDITION…] [--rounds 3]`. Beside it, as a measure of the machine,
what it costs to import the libraries, which a forked kernel need not do.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import importlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from project import AS_OF, judged, machine, median, plain_project

from quarterdeck.kernels.forkserver import PRELOAD
from quarterdeck.kernels.pool import AT_IMPORT, SINGLE_THREAD

PROMISED = 1.0
KERNEL = {**SINGLE_THREAD, **AT_IMPORT, "PYTHONHASHSEED": "0"}


def imported() -> float:
    """Seconds of CPU to import what a parent of warm kernels imports."""
    begun = time.process_time()
    for module in PRELOAD:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    return time.process_time() - begun


def forked(notebook: Path, parameters: dict[str, Any]) -> float:
    """Seconds of CPU of the cells, run in a fork of this process."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with contextlib.redirect_stdout(io.StringIO()):
                seconds = cells(notebook, parameters)
            os.write(writer, str(seconds).encode())
        finally:
            os._exit(0)
    os.close(writer)
    told = os.read(reader, 64)
    os.close(reader)
    os.waitpid(child, 0)
    if not told:
        raise SystemExit(f"{notebook.stem}: a cell failed with {parameters}. Run the edition to see why.")
    return float(told)


def cells(notebook: Path, parameters: dict[str, Any]) -> float:
    """Run the code cells as a kernel does, the given parameters after the notebook's own."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    begun = time.process_time()
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell("".join(cell["source"])).raise_error()
            if "parameters" in cell["metadata"].get("tags", []):
                shell.user_ns.update(parameters)
    return time.process_time() - begun


def main() -> int:
    """Measure and print; 1 where the promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("editions", nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    if not KERNEL.items() <= os.environ.items():  # read when the libraries are loaded
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KERNEL})
    print(machine())
    whole = imported()
    print(f"importing the libraries: {whole:.2f} s of CPU")
    promises = {}
    with plain_project() as project:
        os.chdir(project.root)
        for item in project.planned(AS_OF):
            name = f"{item['report']}/{item['edition']}"
            if asked.editions and name not in asked.editions:
                continue
            notebook = project.root / "notebooks" / f"{item['report']}.ipynb"
            taken = median([forked(notebook, item["parameters"]) for _ in range(asked.rounds)])
            promises[f"{name} within {PROMISED:g} s"] = taken <= PROMISED
            print(f"{name}: {taken:.2f} s, {taken / whole:.2f} of the import", flush=True)
    return judged(promises)


if __name__ == "__main__":
    sys.exit(main())
