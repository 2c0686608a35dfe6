"""The analyst's API: what a notebook may import.

`helpers.<Tab>` offers each of them, and imports it when it is asked for.

    >>> import helpers
    >>> helpers.style.value(0.841, "share")
    '84.1%'
"""

import sys
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

BEHIND = {"contracts", "display", "pictures", "records", "sample", "verbatims"}
"""What stands here for the others alone: a new subject is offered without being listed."""

__all__ = sorted(one.name for one in iter_modules(__path__) if one.name not in BEHIND)  # noqa: PLE0605


def __getattr__(name: str) -> ModuleType:
    """A room of the package, imported when it is asked for, so that each opens as light as it is."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")


def __dir__() -> list[str]:
    return __all__


def offer_names(shell: Any) -> None:  # noqa: ANN401  (IPython's shell)
    """Let <Tab> offer the names of tables, columns, regions and the like inside quotes.

    What knows them is imported when it is asked for. A kernel that imports `helpers` does this by itself; one
    that was forked with everything imported is told to.
    """
    from IPython.core.completer import context_matcher

    @context_matcher(identifier="helpers")  # type: ignore[untyped-decorator]
    def names(context: Any) -> Any:  # noqa: ANN401  (IPython's own types)
        return import_module("helpers.explore.completions").offered(context, shell.user_ns)

    known = {getattr(one, "matcher_identifier", "") for one in shell.Completer.custom_matchers}
    if "helpers" not in known:
        shell.Completer.custom_matchers.append(names)


if (ipython := sys.modules.get("IPython")) and (running := ipython.get_ipython()):
    offer_names(running)
