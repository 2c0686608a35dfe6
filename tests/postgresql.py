"""A real PostgreSQL of the tests' own: behind a unix socket in a folder of its own, with real passwords."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from filelock import FileLock

PASSWORD = "p@ss/w:rd#1"
OWNER = "owner-password-4"
_NUMBERS = itertools.count()


def find_programs() -> Path | None:
    """Where PostgreSQL's programs are: on the path, or Debian's own, which root installs when absent."""
    with FileLock(Path(tempfile.gettempdir()) / "quarterdeck-postgresql.lock"):  # one of all workers installs
        found = _programs()
        if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
            for command in (["update", "-qq"], ["install", "-y", "-qq", "postgresql"]):
                subprocess.run(["apt-get", *command], check=False, capture_output=True)
            found = _programs()
    return found


def _programs() -> Path | None:
    program = shutil.which("initdb")
    if program:
        return Path(program).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def started() -> Iterator[Server]:
    """A server that ends with the tests; PostgreSQL refuses to run as root, so another user has it there."""
    programs = find_programs()
    if programs is None:
        reason = "no PostgreSQL: install Debian's postgresql, or put initdb on the path"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="qd-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        secret = folder / "password"
        secret.write_text(OWNER, encoding="utf-8")
        who = _another_user() if os.geteuid() == 0 else {}
        if who:
            for path in (folder, secret):
                os.chown(path, who["user"], who["group"])
        data = folder / "data"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [programs / program, "-D", data, *arguments],
                cwd=folder,
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                **who,
            )

        password = ("-A", "scram-sha-256", f"--pwfile={secret}")
        run("initdb", "-U", "owner", *password, "-E", "UTF8", "--locale=C", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off"
        run("pg_ctl", "start", "-w", "-o", options, "-l", str(folder / "log"))
        try:
            yield Server(folder)
        finally:
            run("pg_ctl", "stop", "-w", "-m", "immediate")


def _another_user() -> dict[str, Any]:
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    chosen = known.get("postgres") or known["nobody"]
    return {"user": chosen.pw_uid, "group": chosen.pw_gid, "extra_groups": []}


@dataclass(frozen=True)
class Server:
    """A server; `database` makes a new one."""

    folder: Path

    def database(self) -> Database:
        name = f"shop{next(_NUMBERS)}"
        database = Database(self.folder, name, self._connected("postgres"))
        database.owner.execute(f"CREATE DATABASE {name}".encode())
        database.owner.close()
        database = Database(self.folder, name, self._connected(name))
        database.run(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader') THEN "
            f"CREATE ROLE reader LOGIN PASSWORD '{PASSWORD}'; END IF; END $$",
            "GRANT pg_read_all_data TO reader",
            "SET lock_timeout = '5s'",
        )
        return database

    def _connected(self, name: str) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder), user="owner", password=OWNER, dbname=name, autocommit=True
        )


@dataclass(frozen=True)
class Database:
    """One database; `owner` may do everything, the user `reader` of `connection` may read."""

    folder: Path
    name: str
    owner: psycopg.Connection = field(repr=False)

    @property
    def connection(self) -> str:
        """As sources.yaml has it; the password is in the environment."""
        return f"postgres://reader:${{SHOP_PASSWORD}}@/{self.name}?host={self.folder}"

    def run(self, *statements: str) -> None:
        for statement in statements:
            self.owner.execute(statement.encode())

    def fill(self, table: str, columns: str, rows: list[tuple[Any, ...]]) -> None:
        """A table of schema public, made anew with these rows in a shuffled order of the server's own."""
        self.run(f"DROP TABLE IF EXISTS {table}", f"CREATE TABLE {table} ({columns})")
        places = ", ".join(["%s"] * len(rows[0]))
        with self.owner.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} VALUES ({places})".encode(), rows)

    def take(self, parquet: Path, table: str) -> None:
        """A table of what a Parquet file holds."""
        rows = duckdb.read_parquet(str(parquet))
        columns = ", ".join(f"{name} {kind}" for name, kind in zip(rows.columns, rows.types, strict=True))
        self.run(f"CREATE TABLE {table} ({columns.replace('DOUBLE', 'DOUBLE PRECISION')})")
        with self.owner.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN".encode()) as copy:
            for row in rows.fetchall():
                copy.write_row(row)
