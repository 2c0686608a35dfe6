"""The analyst's API: what a notebook may import.

`helpers.<Tab>` offers each of them, and imports it when it is asked for.

    >>> import helpers
    >>> helpers.style.value(0.841, "share")
    '84.1%'
"""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

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
