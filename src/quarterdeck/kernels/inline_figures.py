"""Figures in a forked kernel appear as in one that starts from the beginning.

matplotlib, pyplot and the inline backend look for an environment and a shell while they are imported. The
parent of the warm kernels imports them without either; what they would then have done is done here.
"""

from __future__ import annotations

import os
from functools import lru_cache

INLINE = "module://matplotlib_inline.backend_inline"
"""The backend that ipykernel names where MPLBACKEND is not set."""


def name_backend() -> None:
    """In the parent: choose the backend, which looks through every installed package for others (12 ms)."""
    import matplotlib

    matplotlib.rcParams["backend"] = INLINE
    _settings_file()


def connect_shell() -> None:
    """In the child, once it has a shell: pyplot draws into the outputs of cells."""
    from matplotlib import pyplot
    from matplotlib_inline import backend_inline

    backend_inline._enable_matplotlib_integration()
    pyplot.install_repl_displayhook()


def take_on_environment() -> None:
    """In the child, once its task is known: MPLBACKEND and the matplotlibrc of its folder hold."""
    import matplotlib

    wanted = os.environ.get("MPLBACKEND") or INLINE
    os.environ["MPLBACKEND"] = wanted
    if (file := matplotlib.matplotlib_fname()) != _settings_file():
        settings = matplotlib.rc_params_from_file(file)
        matplotlib.rcParams.update({name: settings[name] for name in settings if name != "backend"})
    if wanted != INLINE:
        matplotlib.pyplot.switch_backend(wanted)


@lru_cache(maxsize=1)  # asked first in the parent: the file that holds for what was imported there
def _settings_file() -> str:
    import matplotlib

    return matplotlib.matplotlib_fname()
