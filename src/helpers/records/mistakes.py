"""What an analyst got wrong is told by its sentence; the way that the code took there helps nobody."""

from __future__ import annotations


class Mistake(Exception):  # noqa: N818  (it says what is the matter)
    """What was asked for cannot be done; the message says what, where, and what to do next.

    A notebook shows the message alone, in a run as in JupyterLab.

        >>> Mistake("There is no table respones. Did you mean responses?")
        Mistake('There is no table respones. Did you mean responses?')
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]
