"""How soon the command line answers: `quarterdeck --help` against `papermill --help` and Python alone.

Usage: `python benchmarks/startup.py [--rounds 5]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from project import judged, machine, median

PROMISED = 0.3
TOOLS = Path(sys.executable).parent
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "quarterdeck --help": [TOOLS / "quarterdeck", "--help"],
    "papermill --help": [TOOLS / "papermill", "--help"],
}


def main() -> int:
    """Measure and print; 1 where the promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(machine())
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            taken[name].append(time.perf_counter() - begun)
    for name, seconds in taken.items():
        print(f"{name}: {median(seconds):.3f} s (median of {rounds})")
    ours, theirs = median(taken["quarterdeck --help"]), median(taken["papermill --help"])
    print(f"quarterdeck answers {theirs / ours:.1f} times sooner than papermill; the promise is {PROMISED} s")
    return judged({f"quarterdeck --help within {PROMISED} s": ours <= PROMISED})


if __name__ == "__main__":
    sys.exit(main())
