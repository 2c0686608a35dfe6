"""An interruption ends the program once, whatever Python was doing, and whatever the shell ignores."""

from __future__ import annotations

import subprocess
import sys

import pytest

IN_BACKGROUND = """import signal
from quarterdeck import interruption
signal.signal(signal.SIGINT, signal.SIG_IGN)
interruption.listen()
signal.raise_signal(signal.SIGINT)
interruption.check()
print("goes on")
try:
    signal.raise_signal(signal.SIGTERM)
except KeyboardInterrupt:
    print("ended")
"""
LOST = """import signal, weakref
from quarterdeck import interruption
interruption.listen()
class Thing:
    pass
thing = Thing()
watch = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGTERM))
del thing
print("goes on")
try:
    interruption.check()
except KeyboardInterrupt:
    print("ended")
"""


@pytest.mark.parametrize("code", [IN_BACKGROUND, LOST], ids=["background job", "lost in a callback"])
def test_the_program_is_told_to_end(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("goes on\nended\n", "")
