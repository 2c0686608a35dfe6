"""Import statements as a module begins with them: in sections, sorted, one line a module."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable


def import_sections(statements: Iterable[str]) -> list[str]:
    """The statements as isort has them: of Python, of others, of this project; none twice.

    >>> import_sections(["from helpers import sources", "import pandas as pd", "from helpers import charts"])
    ['import pandas as pd', 'from helpers import charts, sources']
    """
    plain: set[str] = set()
    named: dict[str, set[str]] = {}
    for node in (node for text in statements for node in ast.parse(text).body):
        if isinstance(node, ast.Import):
            plain |= {ast.unparse(alias) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            named.setdefault(node.module, set()).update(ast.unparse(alias) for alias in node.names)
    sections: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for name in sorted(plain):
        sections[_section(name)].append(f"import {name}")
    for module in sorted(named):
        names = ", ".join(sorted(named[module], key=_order))
        sections[_section(module)].append(f"from {module} import {names}")
    return ["\n".join(lines) for lines in sections.values() if lines]


def _section(name: str) -> int:
    """0 for what Python brings, 2 for the project's helpers, 1 for all others."""
    package = re.split(r"[ .]", name, maxsplit=1)[0]
    return 2 if package == "helpers" else 0 if package in sys.stdlib_module_names else 1


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name
