"""What code imports, directly or not: files of helpers and own packages, and distributions besides."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

_NAMED_OTHERWISE = {
    "IPython": "ipython",
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "ibis": "ibis-framework",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""Distributions that are not called as their module is: to look through all of them takes a second."""


def imports(trees: Iterable[ast.Module], package: str = "") -> list[str]:
    """The modules that code imports, as dotted names that may also be attributes.

    `package` is the one that the code lies in, which relative imports begin from.
    """
    found = []
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            within = package.split(".")[: package.count(".") + 2 - node.level] if node.level else []
            module = ".".join([*within, *([node.module] if node.module else [])])
            found += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return found


def import_closure(names: Iterable[str], packages: Mapping[str, Path]) -> dict[str, Path]:
    """Every file of `packages` (name → folder) that modules import, directly or not: name → file."""
    found: dict[str, Path] = {}
    waiting = list(names)
    while waiting:
        parts = waiting.pop().split(".")
        root = packages.get(parts[0])
        for path in _module_files(root, parts[1:]) if root else ():
            name = path.relative_to(root.parent).as_posix() if root else ""
            if name not in found:
                found[name] = path
                waiting += imports_of(path, ".".join(Path(name).parent.parts))
    return dict(sorted(found.items()))


def distributions(names: Iterable[str], files: Mapping[str, Path]) -> dict[str, str]:
    """The version of each distribution that is imported by name or by a file of a closure."""
    imported = [*names, *(one for name, path in files.items() for one in _named(name, path))]
    modules = {one.split(".")[0] for one in imported} - {name.split("/")[0] for name in files}
    found = [_installed(module) for module in sorted(modules - {"", *sys.stdlib_module_names})]
    return {name: number for name, number in found if number}


def imports_of(path: Path, package: str) -> list[str]:
    """The modules that a file of a package imports; none where it is no Python, as its run will tell."""
    return _imports_of(path, package, path.stat().st_mtime_ns)


def _named(name: str, path: Path) -> list[str]:
    return imports_of(path, ".".join(Path(name).parent.parts))


@lru_cache(maxsize=512)
def _imports_of(path: Path, package: str, _changed: int) -> list[str]:
    with suppress(SyntaxError):
        return imports([ast.parse(path.read_text(encoding="utf-8"))], package)
    return []


@lru_cache(maxsize=256)
def _installed(module: str) -> tuple[str, str]:
    """The distribution of a module and its version, which is empty where none is installed."""
    name = _NAMED_OTHERWISE.get(module, module)
    try:
        return name, version(name)
    except PackageNotFoundError:
        names = _by_module().get(module, []) if find_spec(module) is not None else []
    return (names[0], version(names[0])) if names else (module, "")


@lru_cache(maxsize=1)
def _by_module() -> Mapping[str, list[str]]:
    return packages_distributions()


def _module_files(root: Path, parts: list[str]) -> Iterator[Path]:
    """The files that importing a module runs: each package on the way, and the module itself."""
    at = root
    yield at / "__init__.py"
    for part in parts:
        if (at / part / "__init__.py").is_file():
            at = at / part
            yield at / "__init__.py"
        elif (at / f"{part}.py").is_file():
            yield at / f"{part}.py"
            return
