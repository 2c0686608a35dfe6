"""The command line: the only place that prints, exits, and reads the clock.

`program` holds what commands share; each other module adds its commands to it.
"""

from quarterdeck.cli import asking, beginning, running, timetable
from quarterdeck.cli.program import app, main

__all__ = ["app", "asking", "beginning", "main", "running", "timetable"]
