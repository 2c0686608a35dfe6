"""The types that a parameter may declare, and how a text becomes a value of one."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError, WithJsonSchema

from helpers.periods import RELATIVE, Period, PeriodError

Scalar = str | int | float | bool | None
Value = Scalar | list[Scalar]

ALLOWED = "str, int, float, bool, date, Period, Literal[...], list[...], and each with | None"
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s+to\s+(-?\d+(?:\.\d+)?)$")
_WHOLE = re.compile(r"[+-]?\d+")
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Type:
    """A declared type: `read` makes one item of a text, `adapter` judges a whole value."""

    declared: str
    read: Callable[[str], Scalar]
    adapter: TypeAdapter[Any]
    is_list: bool = False
    optional: bool = False

    @property
    def is_period(self) -> bool:
        """Whether a value is a period, which is resolved when the run is planned."""
        return self.read is _period and not self.is_list

    @property
    def is_text(self) -> bool:
        """Whether a value is a text, or a list of texts, that could as well be another one."""
        return self.read is str

    def from_text(self, text: str | list[str] | None) -> Value:
        """The value that a text says; a list is a list of texts, or one text with commas.

        Raises:
            ValueError: the text says no such value.
        """
        if text is None or (self.optional and text in ("null", "none")):
            return self.from_literal(None)
        if self.is_list:
            items = [item.strip() for item in text.split(",")] if isinstance(text, str) else text
            return self.from_literal([self.read(item) for item in items if item != ""])
        if isinstance(text, list):
            raise ValueError(f"a list is no {self.declared}")
        return self.from_literal(self.read(text))

    def from_literal(self, value: Value) -> Value:
        """The value of a literal that already has the declared type; a date is ISO text.

        Raises:
            ValueError: it has another type, or lies out of range.
        """
        try:
            self.adapter.validate_json(json.dumps(value), strict=True)
        except ValidationError as error:
            said = error.errors()[0]["msg"].removeprefix("Value error, ")
            raise ValueError(f"{value!r}: {said[0].lower()}{said[1:]}") from None
        return value


def to_text(value: Value) -> str:
    """The text that `Type.from_text` reads as this value, as the command line has it."""
    if value is None:
        return "null"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def declared(node: ast.expr, help_text: str) -> Type:
    """The type that an annotation names; a number's range may end the help as `0.5 to 0.999`.

    Raises:
        ValueError: it names no type that a parameter may have.
    """
    inner, optional = _without_none(node)
    is_list = isinstance(inner, ast.Subscript) and ast.unparse(inner.value) == "list"
    item = inner.slice if is_list and isinstance(inner, ast.Subscript) else inner
    read, kind = _item(item)
    bounds = _RANGE.search(help_text.rstrip(" ."))
    if bounds and kind in (int, float):
        kind = Annotated[kind, Field(ge=kind(bounds[1]), le=kind(bounds[2]))]
    kind = list[kind] if is_list else kind  # type: ignore[valid-type]
    adapter: TypeAdapter[Any] = TypeAdapter(
        kind | None if optional else kind, config=ConfigDict(allow_inf_nan=False)
    )
    return Type(ast.unparse(node), read, adapter, is_list, optional)


def _without_none(node: ast.expr) -> tuple[ast.expr, bool]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=ast.Constant(value=None)):
            return left, True
    return node, False


def _item(node: ast.expr) -> tuple[Callable[[str], Scalar], Any]:
    match node:
        case ast.Name(id=name) if name in _ITEMS:
            return _ITEMS[name]
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            value = ast.literal_eval(choices)
            values = value if isinstance(value, tuple) else (value,)
            return _choice(values), Literal[values]
    raise ValueError(f"{ast.unparse(node)} is no type of a parameter; use {ALLOWED}")


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{text!r} is no whole number")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"{text!r} is no number") from None


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTH:
        raise ValueError(f"{text!r} is neither true nor false")
    return _TRUTH[text.lower()]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text!r} is no date; write it like 2026-09-30") from None


def _period(text: str) -> str:
    try:
        return text if text in RELATIVE else Period.parse(text).text
    except PeriodError as error:
        raise ValueError(str(error).rstrip(".")) from None


def _choice(values: tuple[Any, ...]) -> Callable[[str], Scalar]:
    known: dict[str, Scalar] = {str(value): value for value in values}

    def read(text: str) -> Scalar:
        if text not in known:
            raise ValueError(f"{text!r} is none of {', '.join(known)}")
        return known[text]

    return read


_DATE = Annotated[str, AfterValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
_PERIOD = Annotated[
    str, AfterValidator(_period), WithJsonSchema({"type": "string", "examples": ["2026Q3", "last_complete"]})
]
_ITEMS: dict[str, tuple[Callable[[str], Scalar], Any]] = {
    "str": (str, str),
    "int": (_whole, int),
    "float": (_number, float),
    "bool": (_truth, bool),
    "date": (_day, _DATE),
    "Period": (_period, _PERIOD),
}
