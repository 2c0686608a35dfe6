"""The schema of a notebook's parameters, read from the cell tagged `parameters`.

    region: str = "all"          # one region, or all
    confidence: float = 0.95     # level of every interval, 0.5 to 0.999

Each line is an annotated literal; its comment is the help. A number's range may end the comment as `A to B`.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.records.parameter_types import Type, Value, declared
from helpers.records.settings import did_you_mean

EXAMPLE = 'region: str = "all"  # one region, or all'
"""How a line of the cell is written."""


class SchemaError(ValueError):
    """A line of the parameters cell declares nothing, or its value is none of the declared type."""


@dataclass(frozen=True)
class Parameter:
    """One parameter as its line in the cell declares it."""

    name: str
    type: Type
    default: Value
    help: str

    def json_schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        return {**self.type.adapter.json_schema(), "default": self.default, "description": self.help}


@dataclass(frozen=True)
class Schema:
    """The parameters of one notebook, in the order of the cell."""

    notebook: Path
    parameters: Mapping[str, Parameter]

    def value(self, name: str, text: str | list[str] | None) -> Value:
        """The value that a text gives to a parameter, by its declared type: `007` stays text in a str.

        Raises:
            ValueError: there is no such parameter, or the text says no such value.
        """
        if name not in self.parameters:
            known = ", ".join(self.parameters) or "none"
            hint = did_you_mean(name, list(self.parameters)) or f" Its parameters: {known}."
            raise ValueError(f"{self.notebook.stem} has no parameter {name}.{hint}")
        kind = self.parameters[name].type
        try:
            return kind.from_text(text)
        except ValueError as error:
            raise ValueError(f"{name} (declared {kind.declared}): {error}.") from None

    @property
    def defaults(self) -> dict[str, Value]:
        """The values that stand in the cell."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    @property
    def periods(self) -> list[str]:
        """The parameters that are periods."""
        return [name for name, parameter in self.parameters.items() if parameter.type.is_period]

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of an object that holds all parameters."""
        properties = {name: parameter.json_schema() for name, parameter in self.parameters.items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


def schema_of(source: str, notebook: Path, where: str) -> Schema:
    """The schema that the source of a parameters cell declares; `where` begins what is told.

        >>> schema = schema_of(EXAMPLE, Path("demo.ipynb"), "demo.ipynb: cell 2")
        >>> schema.defaults, schema.parameters["region"].help
        ({'region': 'all'}, 'one region, or all')

    Raises:
        SchemaError: a line of it declares nothing, or its value is none of the declared type.
    """
    try:
        body = ast.parse(source).body
        comments = _comments(source)
    except (SyntaxError, tokenize.TokenError) as error:
        raise SchemaError(f"{where}: this is no valid Python ({error}). Mend the line.") from None
    parameters = [_parameter(node, comments, where) for node in body]
    return Schema(notebook, {parameter.name: parameter for parameter in parameters})


def _parameter(node: ast.stmt, comments: Mapping[int, str], where: str) -> Parameter:
    at = f"{where}, line {node.lineno}"
    if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
        raise SchemaError(f"{at}: {ast.unparse(node)} is no annotated literal. Write it like {EXAMPLE}.")
    text = comments.get(node.end_lineno or node.lineno, "")
    try:
        kind = declared(node.annotation, text)
        return Parameter(node.target.id, kind, kind.from_literal(_literal(node.value)), text)
    except (ValueError, TypeError) as error:
        raise SchemaError(f"{at}, {node.target.id}: {error}. Give a literal of its declared type.") from None


def _literal(node: ast.expr) -> Any:  # noqa: ANN401  (whatever the line says)
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)} is no literal (text stands in quotes)") from None


def _comments(source: str) -> dict[int, str]:
    """The comment at the end of each line, without its mark."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ").strip() for t in tokens if t.type == tokenize.COMMENT}
