"""Fingerprints of an edition's inputs: equal fingerprints, equal page.

Each input has a name that a person knows (`helpers/feedback.py`, `responses: nps.csv.gz`) and a hash of its
content, so that comparing two sets tells what changed.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ConfigDict, Field

from helpers.records import Project, Settings, SettingsError, TableAccount, read_yaml
from helpers.records.known_events import FILE as EVENTS
from helpers.records.known_events import included
from helpers.records.variables import is_remote, matches
from quarterdeck.archive.atomic import replace
from quarterdeck.archive.layout import Layout
from quarterdeck.archive.packages import Packages
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.report import Report
from quarterdeck.plan.closure import distributions, import_closure, imports
from quarterdeck.secrets import hide, secrets

Fingerprints = dict[str, str]
UNKNOWABLE = "unknowable"
"""Stands for a hash where nothing cheap tells whether the input changed: it never equals anything."""

_PRESENTED = {"title", "question", "audience", "owner", "compare", "schedule", "gates", "output"}
_FOR_THE_RUNNER = {"keep", "site", "packages"}
_NO_TABLES = re.compile(
    r"'(?:[^']|'')*'|--[^\n]*|\b(?:extract|substring|trim|overlay)\s*\([^()]*\)|\bdistinct\s+from\b"
)
"""What holds the word FROM, or may, and reads no table."""
_NAMED = r"\w+(?:\s+(?:as\s+)?\w+)?"
_READ = re.compile(rf"\b(?:from|join)\s+({_NAMED}(?:\s*,\s*{_NAMED})*)")
_OWN_FINGERPRINT = {"project", "sources"}


class _Sources(Settings):
    """What of `sources.yaml` tells what a table is read from; helpers.sources judges the whole."""

    model_config = ConfigDict(extra="ignore")

    connection: str = ""
    tables: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class _Origins:
    """What a table is read from: paths as written, tables of the database, and the question to that."""

    paths: tuple[str, ...]
    tables: tuple[str, ...]
    question: str

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> _Origins:
        inputs = declared.get("inputs")
        given = [declared, *(inputs.values() if isinstance(inputs, dict) else [])]
        plain = [one if isinstance(one, dict) else {"path": one} for one in given]
        return cls(
            tuple(str(one["path"]) for one in plain if "path" in one),
            tuple(dict.fromkeys(str(one["table"]) for one in plain if "table" in one)),
            str(declared.get("fingerprint") or ""),
        )


class Inputs:
    """The inputs of a project's reports; what is read once is kept for all their editions.

    `unanswered` says of tables in a database, by the names of their fingerprints, why it did not answer.

    Raises:
        SettingsError: `sources.yaml` is broken.
    """

    def __init__(self, layout: Layout, project: Project) -> None:
        self.layout = layout
        self.project = project
        self.packages = Packages.of(layout, project.packages)
        self.hashes = FileHashes(layout.hashes)
        self._sources = read_yaml(layout.sources, _Sources) if layout.sources.exists() else _Sources()
        self.unanswered: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self._silence = ""

    def of_report(self, report: Report, notebook: Notebook) -> Fingerprints:
        """Everything but the data: notebook, helpers, pins, and the settings that can reach the page.

        Without pins, the versions of what notebook and helpers import.
        """
        imported = imports(notebook.code())
        closure = import_closure(imported, self.packages.folders)
        shown = report.file.model_dump(mode="json", include=_PRESENTED)
        found = {
            f"notebooks/{notebook.path.name}": notebook.digest(),
            f"params/{report.name}.yaml": _of(shown),
            "params/project.yaml": _of(self.project.model_dump(mode="json", exclude=_FOR_THE_RUNNER)),
        }
        if self.layout.lock.is_file():
            found[self.layout.lock.name] = self.hashes.of(self.layout.lock)
        else:
            found |= {f"installed {name}": told for name, told in distributions(imported, closure).items()}
        for name, path in closure.items():
            found[name] = self.hashes.of(path)
        for path in self._settings(closure):
            found[f"params/{path.relative_to(self.layout.params).as_posix()}"] = self.hashes.of(path)
        if f"params/{EVENTS}" in found:
            found |= self._included_events()
        return found

    def of_tables(self, tables: Iterable[str]) -> Fingerprints:
        """The data behind tables: how each is declared, what its files hold, what its database answers."""
        origins = self._origins(tables)
        self._ask(origins)
        return self._of_origins(origins, self._answers, {})

    def of_accounts(self, accounts: Iterable[TableAccount]) -> Fingerprints:
        """The same of tables that were read, as they were then: a file may have been replaced since.

        The database answered in the transaction that read them.
        """
        read = tuple(accounts)
        seen = {account.name: account.fingerprint or UNKNOWABLE for account in read}
        contents = {account.name: {file.path: file.sha256 for file in account.files} for account in read}
        return self._of_origins(self._origins(seen), seen, contents)

    def replaced(self, account: TableAccount) -> list[str]:
        """The files of a table that have another content than when it was read."""
        here = {
            name: path
            for pattern in account.patterns
            if not is_remote(pattern)
            for name, path in matches(pattern, self.layout.params).items()
        }
        return [
            file.path
            for file in account.files
            if file.path in here and self.hashes.of(here[file.path]) != file.sha256
        ]

    def _origins(self, tables: Iterable[str]) -> dict[str, _Origins]:
        declared = self._sources.tables
        return {name: _Origins.of(declared[name]) for name in tables if isinstance(declared.get(name), dict)}

    def _of_origins(
        self,
        origins: Mapping[str, _Origins],
        answers: Mapping[str, str],
        contents: Mapping[str, Mapping[str, str]],
    ) -> Fingerprints:
        found: Fingerprints = {}
        for name, origin in origins.items():
            declared = [self._sources.connection, self._sources.tables[name]]
            found[f"params/sources.yaml: {name}"] = _of(declared)
            found |= self._files(name, origin, contents.get(name, {}))
            if origin.tables:
                found[_named(name, origin)] = answers.get(name, UNKNOWABLE)
        return found

    def _files(self, table: str, origin: _Origins, contents: Mapping[str, str]) -> Fingerprints:
        """The hash of each file of a table: as it was read where that is known, else as it is now."""
        nowhere = not origin.paths and not origin.tables
        if nowhere or any(is_remote(path) for path in origin.paths):
            return {f"{table}: a table outside of files": UNKNOWABLE}
        found = dict(contents)
        for pattern in origin.paths if not contents else ():
            with suppress(ValueError):
                for name, path in matches(pattern, self.layout.params).items():
                    found[name] = self.hashes.of(path)
        names = Counter(Path(name).name for name in found)
        return {
            f"{table}: {Path(name).name if names[Path(name).name] == 1 else name}": content
            for name, content in found.items()
        }

    def _ask(self, origins: Mapping[str, _Origins]) -> None:
        """Put to the database what was not asked yet; one that cannot be reached is not tried again."""
        questions = {
            name: (origin.question, origin.tables)
            for name, origin in origins.items()
            if origin.question and name not in self._answers
        }
        if not questions:
            return
        from helpers.sources.databases import Answer, answers
        from helpers.sources.refusals import TableError

        hidden = secrets(self.layout.params)
        found = dict.fromkeys(questions, Answer(None, self._silence))
        if not self._silence:
            try:
                found = answers(self._sources.connection, questions)
            except (TableError, ConnectionError) as error:
                self._silence = str(error)
                found = dict.fromkeys(questions, Answer(None, self._silence))
        for name, answer in found.items():
            self._answers[name] = answer.digest or UNKNOWABLE
            if answer.digest is None:
                self.unanswered[_named(name, origins[name])] = hide(answer.problem, hidden)

    def _included_events(self) -> Fingerprints:
        """The files that events.yaml includes; one that is broken is told where it is read."""
        with suppress(SettingsError):
            return {
                f"params/{EVENTS}: {Path(written).name}": self.hashes.of(path)
                for written, path in included(self.layout.params).items()
            }
        return {}

    def _settings(self, closure: Mapping[str, Path]) -> Iterator[Path]:
        """The other settings that a helper names: metrics.yaml, themes.yaml, the experiments' protocols."""
        said = "".join(path.read_text(encoding="utf-8") for path in closure.values())
        for path in sorted(self.layout.params.glob("*.yaml")):
            if path.name in said and path.stem not in {*self.layout.reports, *_OWN_FINGERPRINT}:
                yield path
        if "helpers/experiments" in "".join(closure):
            yield from sorted(self.layout.experiments.glob("*.yaml"))


class FileHashes:
    """Content hashes of files, read again only where size or time differ from what is remembered."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, list[Any]] = {}
        self._changed = False
        with suppress(OSError, ValueError):
            self._known = json.loads(memory.read_text(encoding="utf-8"))

    def of(self, path: Path) -> str:
        """The hash of a file's content; `absent` where there is none that can be read to its end."""
        try:
            state = path.stat()
        except OSError:
            return "absent"
        if not stat.S_ISREG(state.st_mode) or not os.access(path, os.R_OK):
            return "absent"
        seen = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
        known = self._known.get(str(path))
        if known and known[:3] == seen:
            return str(known[3])
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[str(path)] = [*seen, digest]
        self._changed = True
        return digest

    def keep(self) -> None:
        """Remember what was read; a memory that cannot be written is done without."""
        if self._changed:
            with suppress(OSError):
                replace(self._memory, json.dumps(self._known))


def digest(fingerprints: Fingerprints, parameters: Mapping[str, Any]) -> str:
    """Ten hex digits over all inputs of an edition."""
    return _of([fingerprints, parameters])[:10]


def differences(
    then: Fingerprints, now: Fingerprints, unanswered: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """What changed, in words: `helpers/feedback.py changed`; `unanswered` says why something is not known."""
    told = []
    for name in sorted({*then, *now}):
        if UNKNOWABLE in (then.get(name), now.get(name)):
            told.append(f"{name}: {unanswered.get(name, 'whether it changed cannot be known')}")
        elif name not in then:
            told.append(f"{name} is new")
        elif name not in now or now[name] == "absent" != then[name]:
            told.append(f"{name} is gone")
        elif then[name] != now[name]:
            told.append(f"{name} changed")
    return told


def loads(trees: Iterator[ast.Module]) -> list[str]:
    """The tables that code loads by a literal name, `sources.load("responses")`, or reads by SQL."""
    code = list(trees)
    queried = [name for said in _said_to("sources.sql", code) for name in named_in_sql(said)]
    return [*_said_to("sources.load", code), *queried]


def named_in_sql(statement: str) -> list[str]:
    """What a SELECT reads, by the names behind FROM and JOIN; helpers.sources parses the whole.

    >>> named_in_sql("with a as (select 1) select x from tickets t, users join a using (x)")
    ['tickets', 'users']
    """
    bare = _NO_TABLES.sub(" ", statement.lower())
    own = set(re.findall(r"(\w+)\s+as\s*\(", bare))
    names = [one.split()[0] for found in _READ.findall(bare) for one in found.split(",")]
    return [name for name in dict.fromkeys(names) if name not in own]


def _said_to(function: str, trees: Iterable[ast.Module]) -> Iterator[str]:
    """The literal texts that a function is called with."""
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == function and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _named(table: str, origin: _Origins) -> str:
    """What people call the tables of the database behind a table: `responses: public.responses`."""
    return f"{table}: {', '.join(origin.tables)}"


def _of(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
