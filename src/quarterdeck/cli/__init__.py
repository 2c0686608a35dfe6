"""The command line: the only place that prints, exits, and reads the clock.

`program` holds what commands share; `beginning`, `workbench`, `running`, `asking` and `timetable` add their
commands to it, `answers` words what they say, `progress` shows how a fleet gets on.
"""

from quarterdeck.cli import asking, beginning, running, timetable, workbench
from quarterdeck.cli.program import app, main

__all__ = ["app", "asking", "beginning", "main", "running", "timetable", "workbench"]
