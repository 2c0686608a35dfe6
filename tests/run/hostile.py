"""Notebooks that are made to hurt: what one section of each does, and how its run must end.

Each has a sound section before and after the hostile one. `ends` are the statuses that may come of it,
`told` what the record's reason must say.
"""

from __future__ import annotations

from dataclasses import dataclass

RAW = """kernel = get_ipython().kernel
parent, send = kernel.get_parent(), type(kernel.session).send
def said(text):
    send(kernel.session, kernel.iopub_socket, "stream", {"name": "stdout", "text": text}, parent=parent)
"""
"""Sends past the valve in the kernel."""

CELL_SECONDS = 6


@dataclass(frozen=True)
class Hostile:
    """A notebook: its cell, how its run may end, and words of the reason; `short` is tried in `make test`."""

    cell: str
    ends: tuple[str, ...]
    told: str = ""
    short: bool = False


LATE = f"longer than {CELL_SECONDS} s, its timeout.cell"
LARGE = "larger than 64 MB"
DIED = "The kernel died"

HOSTILE: dict[str, Hostile] = {
    # floods
    "one_print": Hostile("print('x' * 315_000_000)", ("ok",), short=True),
    "small_prints": Hostile("for i in range(30_000): print(i, flush=True)", ("ok",), short=True),
    "displays": Hostile("for i in range(30_000): display(i)", ("ok", "failed")),
    "long_value": Hostile("'x' * 100_000_000", ("ok",)),
    "pictures": Hostile(
        "for _ in range(40): display({'image/png': 'A' * 1_000_000}, raw=True)", ("ok",), short=True
    ),
    "long_error": Hostile("raise ValueError('x' * 100_000_000)", ("incomplete",), "more characters", True),
    "deep_error": Hostile("def f(): f()\nf()", ("incomplete",), "RecursionError"),
    "standard_error": Hostile("import sys\nsys.stderr.write('x' * 100_000_000);", ("ok",)),
    "endless_prints": Hostile("while True: print('x' * 100_000)", ("failed",), LATE, True),
    "endless_descriptor": Hostile(
        "import os\nwhile True: os.write(1, b'x' * 99_999 + b'\\n')", ("failed",), LATE
    ),
    "endless_errors": Hostile("import os\nwhile True: os.write(2, b'x' * 99_999)", ("failed",), LATE),
    "endless_child": Hostile("import subprocess\nsubprocess.run(['yes'])", ("failed",), LATE),
    "past_the_valve": Hostile(RAW + "while True: said('y' * 1_000_000)", ("failed",), LATE, True),
    "one_past_the_valve": Hostile(RAW + "said('y' * 70_000_000)", ("failed",), LARGE, True),
    "many_past_the_valve": Hostile(RAW + "for i in range(100_000): said(str(i))", ("ok", "failed")),
    "in_the_background": Hostile(
        "import threading\n"
        "def talk():\n    while True: print('x' * 10_000)\n"
        "threading.Thread(target=talk, daemon=True).start()",
        ("ok",),
    ),
    # processes
    "fork_prints": Hostile(
        "import os\nfor _ in range(8):\n    if os.fork() == 0:\n        while True: print('x' * 10_000)\n"
        "import time; time.sleep(60)",
        ("failed",),
        LATE,
    ),
    "escape": Hostile(
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600) # qd-escaped'],"
        " start_new_session=True); 1",
        ("ok",),
        short=True,
    ),
    "double_fork": Hostile(
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        os.execlp('sleep', 'qd-escaped', '600')\n"
        "    os._exit(0)\n"
        "time.sleep(0.3)",
        ("ok",),
    ),
    "kill_parent": Hostile(
        "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time; time.sleep(5)",
        ("failed",),
        DIED,
    ),
    "kill_itself": Hostile("import os, signal\nos.kill(0, signal.SIGKILL)", ("failed",), DIED),
    # time
    "hang_in_c": Hostile("import ctypes\nctypes.PyDLL(None).sleep(60)", ("failed",), LATE, True),
    "hang_in_a_regex": Hostile("import re\nre.match('(a+)+$', 'a' * 60 + 'b')", ("failed",), LATE, True),
    "deaf": Hostile(
        "import signal, time\n"
        "for n in (signal.SIGINT, signal.SIGTERM): signal.signal(n, signal.SIG_IGN)\n"
        "while True: time.sleep(1)",
        ("failed",),
        LATE,
    ),
    "huge_number": Hostile("9 ** 9 ** 9", ("failed",), LATE),
    # memory
    "memory": Hostile(
        "x = bytearray(3_000_000_000); x[::4096] = b'.' * len(x[::4096])", ("incomplete",), "Memory"
    ),
    "recursion_in_c": Hostile(
        "import sys\nsys.setrecursionlimit(10**8)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x);\n1",
        ("failed", "incomplete", "ok"),
    ),
    # the ground it stands on
    "closed_descriptors": Hostile("import os\nos.closerange(3, 4096)", ("failed",), ""),
    "closed_streams": Hostile("import os\nos.close(1); os.close(2); print('x')", ("ok", "failed")),
    "chdir": Hostile("import os\nos.chdir('/'); 1", ("ok",), short=True),
    "no_folder": Hostile("import os, shutil\nshutil.rmtree(os.getcwd()); 1", ("ok",)),
    "own_folder": Hostile(
        "import os, shutil\nshutil.rmtree(os.environ['QUARTERDECK_RUN']); 1", ("failed",), "run folder", True
    ),
    "segfault": Hostile("import ctypes\nctypes.string_at(0)", ("failed",), DIED, True),
    "exit": Hostile("import os\nos._exit(0)", ("failed",), DIED),
    "no_valve": Hostile(
        "import sys\nsys.stdout = sys.__stdout__\nfor _ in range(1000): print('x' * 99_999)", ("ok", "failed")
    ),
    "own_session": Hostile("get_ipython().kernel.session.key = b'other'; 1", ("failed",), ""),
}
