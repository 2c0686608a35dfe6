"""Whether rows repeat: their key, told from hashes, or the whole of them."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import reduce

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from helpers.contracts import ROW


@ibis.udf.scalar.builtin(name="hash")  # type: ignore[untyped-decorator]
def _hash(value: str) -> dt.uint64:
    """64 bits that equal values share; a null has bits too."""


def surely_different(rows: ir.Table, key: Sequence[str]) -> bool:
    """Whether no two rows can have the same key.

    True is certain: different hashes have different keys. False may be a chance collision (of 20 million
    keys once in a hundred thousand tables), so look at the keys themselves then.
    """
    marked = rows.select(mark=reduce(operator.xor, [_hash(rows[name].cast("string")) for name in key]))
    found = marked.agg(rows=marked.count(), different=marked.mark.nunique()).to_pyarrow().to_pylist()[0]
    return bool(found["rows"] == found["different"])


def stands_before(rows: ir.Table) -> ir.Table:
    """The numbers of the rows that are the same in every column of the file as one before them."""
    columns = [rows[name] for name in rows.columns if name != ROW]
    place = ibis.row_number().over(group_by=columns, order_by=rows[ROW])
    return rows.select(ROW, place=place).filter(ibis._.place > 0).select(ROW)
