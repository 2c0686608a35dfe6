"""A process that answers commands of `quarterdeck`: a list of arguments a line in, what it said a line out.

One that lives on imports once and keeps its warm kernels, as a day of work does in JupyterLab.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

from quarterdeck.cli import main


def answer(arguments: list[str]) -> dict[str, int | str]:
    """What the command line ends with and says."""
    sys.argv = ["quarterdeck", *arguments]
    out, error = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(error):
        try:
            main()
            code: str | int | None = 0
        except SystemExit as end:
            code = end.code
    return {"returncode": int(code or 0), "stdout": out.getvalue(), "stderr": error.getvalue()}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)  # noqa: T201
