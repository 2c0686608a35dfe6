"""The address of a database, as `connection` writes it; no message tells any part of it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

from helpers.records.variables import expand

EMBEDDED = "duckdb://"
_SCHEMES = (EMBEDDED, "postgres://", "postgresql://")


def _part(without: str) -> str:
    """A part of an address: variables, and letters that do not end it."""
    return rf"(?:\$\{{[^}}]*\}}|[^{without}])*"


_VARIABLE = re.compile(r"\$\{[^}]*\}")
_NAME = _part(without="@:/?#")
_ADDRESS = re.compile(
    rf"postgres(?:ql)?://(?:(?P<user>{_NAME})(?::(?P<password>{_part(without='@/?#')}))?@)?"
    rf"(?P<host>\[[0-9A-Fa-f:.]+\]|{_NAME})(?::(?P<port>{_NAME}))?(?:/(?P<dbname>{_NAME}))?"
    rf"(?:\?(?P<options>{_part(without='@#')}))?"
)
_DEFAULTS = {"connect_timeout": "10", "application_name": "quarterdeck"}


def known(connection: str) -> str:
    """The connection, if it is of a kind that tables can be read through.

    Raises:
        ValueError: it is not; or the whole of it stands in a variable that is not set.
    """
    if not _whole(connection).startswith(_SCHEMES):
        scheme = re.match(r"[a-z0-9+]+://", connection)
        raise ValueError(
            f"{scheme[0] if scheme else 'this'} is no connection that tables can be read through; "
            f"write {EMBEDDED} or postgres://…"
        )
    return connection


def is_embedded(connection: str) -> bool:
    """Whether a connection names no database, so that all tables are files."""
    return _whole(connection).startswith(EMBEDDED)


def arguments(connection: str) -> dict[str, str]:
    """What libpq is to be told of a connection.

    Within an address a variable stands as it is, and what is written out is decoded (`%40` is @). A variable
    may also hold the whole address.

    Raises:
        ValueError: it is no address of a database, or a variable is not set.
    """
    found = _ADDRESS.fullmatch(_whole(connection))
    if found is None:
        raise ValueError(
            "the address cannot be read; it goes postgres://user:password@host:5432/database, with @ : / ? # "
            "in a user or password written %40 %3A %2F %3F %23, or the whole of either as ${VARIABLE}"
        )
    parts = {name: expand(unquote(part)) for name, part in found.groupdict().items() if part}
    options = parse_qsl(found["options"] or "")
    parts.pop("options", None)
    if "host" in parts:
        parts["host"] = parts["host"].strip("[]")
    return {**_DEFAULTS, **parts, **{name: expand(value) for name, value in options}}


def _whole(connection: str) -> str:
    return expand(connection) if _VARIABLE.fullmatch(connection) else connection
