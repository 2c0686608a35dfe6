"""What git holds of a notebook: a free one may keep outputs on disk, but none may go to others with it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from quarterdeck import QuarterdeckError
from quarterdeck.params import cleaning


def outputs_in_git(path: Path) -> bool:
    """Whether git's index holds the notebook with outputs; no where there is no git, or no repository."""
    command = ["git", "-C", str(path.parent), "show", f":./{path.name}"]
    try:
        shown = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
        content = cleaning.read(shown, path.name)
    except (OSError, subprocess.CalledProcessError, UnicodeDecodeError, QuarterdeckError):
        return False
    return any(cell.get("outputs") for cell in content["cells"])
