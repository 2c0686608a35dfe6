"""A copy of this project, in which `helpers` is its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ROOT, types_known


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Company:
    """The folder, and a process in it that answers `quarterdeck`."""

    root: Path
    answering: subprocess.Popen[str]

    def run(self, module: str, *arguments: str) -> Done:
        """A program of its own."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=_environment(self.root), capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def quarterdeck(self, *arguments: str) -> Done:
        """The command line."""
        assert self.answering.stdin is not None
        assert self.answering.stdout is not None
        print(json.dumps(arguments), file=self.answering.stdin, flush=True)
        return Done(**json.loads(self.answering.stdout.readline()))

    def written(self) -> list[Path]:
        """Every file where a scaffold might write one."""
        folders = ("notebooks", "params", "src", "tests")
        found = (path for folder in folders for path in (self.root / folder).rglob("*"))
        return sorted(path for path in found if "__pycache__" not in path.parts)

    def files(self, name: str) -> list[Path]:
        """What a new report consists of."""
        places = (
            f"notebooks/{name}.ipynb",
            f"params/{name}.yaml",
            f"src/helpers/{name}.py",
            f"tests/test_{name}.py",
        )
        return [self.root / place for place in places]

    def is_sound(self, *names: str) -> None:
        """Lint, format, types, their own tests and examples, the rules of the house."""
        helpers = [f"src/helpers/{name}.py" for name in names]
        code = [*helpers, *(f"tests/test_{name}.py" for name in names)]
        for module, *arguments in (
            ("ruff", "check", "--no-cache", *code),
            ("ruff", "format", "--no-cache", "--check", *code),
            ("pytest", "-q", "-p", "no:cacheprovider", "--doctest-modules", *code),
        ):
            done = self.run(module, *arguments)
            assert done.returncode == 0, f"{module}: {done.stdout}{done.stderr}"
        checked = self.quarterdeck("check")
        assert checked.returncode == 0, checked.stdout
        assert checked.stdout.endswith("No problem found.\n"), checked.stdout

    def is_typed(self, name: str) -> None:
        """Its types hold; what mypy knows of the libraries and the other helpers is not learnt anew."""
        with types_known() as cache:
            done = self.run("mypy", "--cache-dir", str(cache), *map(str, self.files(name)[2:]))
        assert done.returncode == 0, done.stdout

    def ran(self, name: str) -> dict[str, Any]:
        """The record of a run of it."""
        done = self.quarterdeck("run", name, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        [run] = json.loads(done.stdout)["runs"]
        record: dict[str, Any] = json.loads((Path(run["folder"]) / "run.json").read_text(encoding="utf-8"))
        return record


@contextmanager
def working(root: Path) -> Iterator[Company]:
    """Copy the code and what it is checked with; the caller adds notebooks and settings."""
    for name in ("src", "templates"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, root / name)
    program = Path(__file__).with_name("answering.py")
    process = subprocess.Popen(
        [sys.executable, str(program)],
        cwd=root,
        env=_environment(root),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield Company(root, process)
        assert process.stdin is not None
        process.stdin.close()


def _environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root / "src")}
