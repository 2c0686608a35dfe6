"""Arithmetic that is written down while it is done: a function of sliders becomes a sheet of cells.

A sheet is like a spreadsheet with one column. A cell is the name of a slider, a number, or an operation
on earlier cells. A cell is not defined (NaN) where its operation has no finite result or uses a cell that
is not defined; `where` uses only the branch it takes, so it can guard a division. helpers/whatif.js
evaluates a sheet by the same rules.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Never, SupportsFloat

Cell = str | float | tuple[str | int, ...]
"""A slider's name, a number, or (operation, index of a cell, …)."""


def _where(condition: float, if_true: float, if_false: float) -> float:
    return if_true if condition else if_false


def _normal_cdf(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))


OPERATIONS: Mapping[str, Callable[..., float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "pow": math.pow,
    "<": operator.lt,
    "<=": operator.le,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "min": min,
    "max": max,
    "where": _where,
    "normal_cdf": _normal_cdf,
}


NO_VALUE = (
    "A slider has no value while the model is traced: instead of math.sqrt, np.exp or float() use "
    "whatif.sqrt, exp, log, minimum, maximum, normal_cdf."
)


@dataclass(frozen=True)
class Sheet:
    """What a function of sliders computes: cells in order, and which of them are its results."""

    cells: tuple[Cell, ...]
    results: tuple[int, ...]

    def at(self, values: Mapping[str, float]) -> tuple[float, ...]:
        """The results at these slider values; NaN where a result is not defined."""
        known: list[float] = []
        for cell in self.cells:
            if isinstance(cell, tuple):
                operation, *arguments = cell
                known.append(_applied(str(operation), [known[int(index)] for index in arguments]))
            else:
                known.append(values[cell] if isinstance(cell, str) else cell)
        return tuple(known[index] for index in self.results)


def trace(function: Callable[..., object], sliders: Sequence[str], outputs: Sequence[str]) -> Sheet:
    """Call `function` once with its sliders as expressions, and keep what it computed.

    Args:
        function: takes the sliders by name and returns one number for each output, in their order.
        sliders: the sliders' names.
        outputs: the outputs' labels, for messages.

    Raises:
        TypeError: the function does what cannot be written down (`if` on a slider, `math.sqrt`, arrays).
        ValueError: it returns another number of results, or a slider moves none of them.
    """
    ledger = _Ledger()
    arguments = {name: Expression(ledger, ledger.index(name)) for name in sliders}
    try:
        results = function(**arguments)
    except TypeError as error:
        if "__array_ufunc__" not in str(error):
            raise
        raise TypeError(NO_VALUE) from error
    wanted = f"{len(outputs)} in the order of the outputs ({', '.join(outputs)})"
    if not isinstance(results, (tuple, list)):
        raise TypeError(f"The model returned a {type(results).__name__}; return a tuple of {wanted}.")
    if len(results) != len(outputs):
        raise ValueError(f"The model returned {len(results)} results; return {wanted}.")
    used = [ledger.operand(result) for result in results]
    sheet = _pruned(ledger.cells, used)
    for name in sliders:
        if name not in sheet.cells:
            raise ValueError(f"The slider {name} moves no output; use it in the model or leave it out.")
    return sheet


class Expression:
    """A slider, or what was computed from sliders, while a model is traced."""

    __slots__ = ("_index", "_ledger")
    __array_ufunc__ = None  # so that numpy leaves the operation to this class, which refuses arrays clearly
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, ledger: _Ledger, index: int) -> None:
        self._ledger = ledger
        self._index = index

    def __add__(self, other: Operand) -> Expression:
        return _written("+", self, other)

    def __radd__(self, other: Operand) -> Expression:
        return _written("+", other, self)

    def __sub__(self, other: Operand) -> Expression:
        return _written("-", self, other)

    def __rsub__(self, other: Operand) -> Expression:
        return _written("-", other, self)

    def __mul__(self, other: Operand) -> Expression:
        return _written("*", self, other)

    def __rmul__(self, other: Operand) -> Expression:
        return _written("*", other, self)

    def __truediv__(self, other: Operand) -> Expression:
        return _written("/", self, other)

    def __rtruediv__(self, other: Operand) -> Expression:
        return _written("/", other, self)

    def __pow__(self, other: Operand) -> Expression:
        return _written("pow", self, other)

    def __rpow__(self, other: Operand) -> Expression:
        return _written("pow", other, self)

    def __neg__(self) -> Expression:
        return _written("-", 0.0, self)

    def __abs__(self) -> Expression:
        return _written("max", self, -self)

    def __lt__(self, other: Operand) -> Expression:
        return _written("<", self, other)

    def __gt__(self, other: Operand) -> Expression:
        return _written("<", other, self)

    def __le__(self, other: Operand) -> Expression:
        return _written("<=", self, other)

    def __ge__(self, other: Operand) -> Expression:
        return _written("<=", other, self)

    def __eq__(self, other: object) -> Never:
        raise TypeError("A slider cannot be compared with == or !=; use <, <=, > or >= in whatif.where.")

    def __bool__(self) -> Never:
        raise TypeError(
            "A model cannot branch on a slider: `if`, `and`, `or`, min(), max() and a < b < c ask for its "
            "value, and it has none yet. Use whatif.where(condition, a, b), whatif.minimum, whatif.maximum."
        )

    def __float__(self) -> Never:
        raise TypeError(NO_VALUE)

    def _refused(self, *_: object) -> Never:
        raise TypeError(
            "A model cannot round or take remainders of a slider; it uses + - * / **, comparisons in "
            "whatif.where, whatif.sqrt, exp, log, minimum, maximum and normal_cdf."
        )

    __int__ = __index__ = __round__ = __floor__ = __ceil__ = __trunc__ = _refused
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = _refused


Operand = Expression | SupportsFloat


# To whoever writes a model a slider is a float, and these are functions of floats.


def sqrt(x: float) -> float:
    """Square root; not defined below zero.

    >>> sqrt(9)
    3.0
    """
    return _done("sqrt", x)


def exp(x: float) -> float:
    """Exponential.

    >>> exp(0)
    1.0
    """
    return _done("exp", x)


def log(x: float) -> float:
    """Natural logarithm; not defined at zero and below.

    >>> log(1)
    0.0
    """
    return _done("log", x)


def minimum(a: float, b: float) -> float:
    """The smaller of two.

    >>> minimum(2, 3)
    2.0
    """
    return _done("min", a, b)


def maximum(a: float, b: float) -> float:
    """The larger of two.

    >>> maximum(2, 3)
    3.0
    """
    return _done("max", a, b)


def normal_cdf(x: float) -> float:
    """Share of a standard normal distribution below x.

    >>> round(normal_cdf(1.96), 3)
    0.975
    """
    return _done("normal_cdf", x)


def where(condition: float, if_true: float, if_false: float) -> float:
    """`if_true` where the condition holds, else `if_false`; the branch not taken may be undefined.

    >>> where(3 > 2, 1, 0)
    1.0
    """
    return _done("where", condition, if_true, if_false)


class _Ledger:
    """Where a trace writes its cells; equal cells are written once."""

    def __init__(self) -> None:
        self._indices: dict[Cell, int] = {}

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple(self._indices)

    def index(self, cell: Cell) -> int:
        return self._indices.setdefault(cell, len(self._indices))

    def operand(self, operand: object) -> int:
        if isinstance(operand, Expression):
            if operand._ledger is not self:
                raise TypeError("A model may use only its own sliders, not those of another model.")
            return operand._index
        return self.index(_constant(operand))


def _written(operation: str, *operands: object) -> Expression:
    ledger = next(operand._ledger for operand in operands if isinstance(operand, Expression))
    return Expression(ledger, ledger.index((operation, *map(ledger.operand, operands))))


def _done(operation: str, *operands: Operand) -> float:
    """Written down if a slider takes part, computed at once if only numbers do."""
    if any(isinstance(operand, Expression) for operand in operands):
        return _written(operation, *operands)  # type: ignore[return-value]
    return OPERATIONS[operation](*map(_constant, operands))


def _constant(operand: object) -> float:
    is_array = getattr(operand, "shape", ()) != ()
    if is_array or isinstance(operand, str) or not isinstance(operand, SupportsFloat):
        raise TypeError(
            f"A model computes with single numbers, not with a {type(operand).__name__}; "
            "take the values out first, as in float(series['EMEA'])."
        )
    number = float(operand)
    if not math.isfinite(number):
        raise ValueError(
            f"The model uses the constant {number}, which is not finite; see what it was computed from."
        )
    return number


def _applied(operation: str, arguments: list[float]) -> float:
    if operation == "where":
        condition, if_true, if_false = arguments
        return condition if math.isnan(condition) else _where(condition, if_true, if_false)
    if any(map(math.isnan, arguments)):
        return math.nan
    try:
        result = float(OPERATIONS[operation](*arguments))
    except (ZeroDivisionError, ValueError, OverflowError):
        return math.nan
    return result if math.isfinite(result) else math.nan


def _pruned(cells: tuple[Cell, ...], results: Sequence[int]) -> Sheet:
    """The sheet without cells that no result uses."""
    used = set(results)
    for index in range(len(cells) - 1, -1, -1):
        cell = cells[index]
        if index in used and isinstance(cell, tuple):
            used.update(int(argument) for argument in cell[1:])
    moved = {old: new for new, old in enumerate(sorted(used))}
    kept = [cells[index] for index in sorted(used)]
    return Sheet(
        cells=tuple(
            (cell[0], *(moved[int(argument)] for argument in cell[1:])) if isinstance(cell, tuple) else cell
            for cell in kept
        ),
        results=tuple(moved[index] for index in results),
    )
