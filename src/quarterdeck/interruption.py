"""Ctrl-C and SIGTERM: an interruption that cannot get lost.

Python raises KeyboardInterrupt wherever the main thread is. In a finalizer, or in the callback of a weak
reference, it would be printed and forgotten; so it is noted here too, for those who wait long to look at.
"""

from __future__ import annotations

import signal
import sys
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

_ASKED = Event()


def listen() -> None:
    """Take SIGINT and SIGTERM alike from now on; a shell's background job goes on ignoring SIGINT."""
    sys.unraisablehook = _tell_others
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, _interrupt)


def check() -> None:
    """Raise the interruption that was asked for, should it have got lost.

    Raises:
        KeyboardInterrupt: the process was told to end.
    """
    if _ASKED.is_set():
        raise KeyboardInterrupt


def _interrupt(_number: int, _frame: object) -> None:
    _ASKED.set()
    raise KeyboardInterrupt


def _tell_others(lost: UnraisableHookArgs) -> None:
    """Errors that Python cannot raise are printed as ever, but for the interruption that is noted."""
    if not isinstance(lost.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
