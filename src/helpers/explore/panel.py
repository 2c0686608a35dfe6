"""The parameters of a notebook as controls: choose them, run the cells below, keep them as an edition."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from helpers.explore.drafting import ERRANDS, Errand
from helpers.explore.editions_file import keep
from helpers.explore.known_values import choices, covered, problem_of, settled
from helpers.explore.watching import ParameterError, Watch, watcher
from helpers.periods import RELATIVE, Period
from helpers.records.parameter_types import Value, to_text
from helpers.records.report_terms import report_file
from helpers.records.schema import Parameter, Schema

if TYPE_CHECKING:
    from helpers.explore.panel_view import PanelView

_SHOWN = 12
_WORDS = {"last_complete": "last complete {}", "previous": "the {} before it", "all": "all time"}


def panel() -> PanelView | None:
    """A panel with a control for each parameter of the notebook; None in a run, which shows none.

    It stands in a cell of its own below the parameters, tagged `internal`. A value chosen there is judged as
    a typed one is, and holds until the cell of parameters runs again. In JupyterLab the panel stays in view
    above the notebook and runs the cells below its own; elsewhere it says which to run. It makes a draft of
    the page, compares it with the edition of record, and publishes it.

        >>> panel() is None
        True

    Raises:
        ParameterError: the cell of parameters has not run.
    """
    watched = watcher()
    if watched is None:
        return None
    if watched.schema is None:
        raise ParameterError("There are no parameters yet. Run their cell, above this one, first.")
    from helpers.explore.panel_view import PanelView

    errand = Errand(lambda told: view.send(told), watched)  # noqa: PLW0108  (the view is made below)
    desk = _Desk(watched, watched.schema, errand)
    file = report_file()
    view = PanelView(controls(watched.schema), file.stem if file else "", _drafted(watched), desk.answer)
    view.follow(watched.values, watched.refused)
    if watched.follower is not None:
        watched.follower.close()
    watched.follower = view
    return view


def _drafted(watched: Watch) -> dict[str, Any]:
    """What stands of the draft made last; nothing where other values hold than it was made with."""
    last = watched.drafted
    if last is None or watched.schema is None or watched.refused:
        return {}
    return dict(last.shown) if last.values == settled(watched.schema, watched.values) else {}


@dataclass
class _Desk:
    """Answers what the panel asks."""

    watched: Watch
    schema: Schema
    errand: Errand

    def answer(self, ask: str, texts: Mapping[str, str]) -> dict[str, Any]:
        """Judge the values; then, if that is asked and all are right, put them in force or keep them."""
        values, problems = read(self.schema, texts)
        said = ""
        if ask == "run" and not problems:
            self.watched.put(values)
            said = self._instead()
        if ask == "stop":
            self.errand.stop()
        if ask in ERRANDS and not problems:
            return self._sent_out(ask, values)
        if ask == "save" and not problems and (file := report_file()):
            said = _kept(file, self.schema, values)
        return {"answer": ask, "problems": problems, "said": said}

    def _sent_out(self, ask: str, values: dict[str, Value]) -> dict[str, Any]:
        """Begin what `quarterdeck` is to do; nobody can wait here while it does."""
        told = {"answer": "errand", "problems": {}}
        try:
            return {**told, "busy": True, "said": self.errand.begin(ask, settled(self.schema, values))}
        except ValueError as error:
            return {**told, "busy": False, "bad": True, "said": str(error)}

    def _instead(self) -> str:
        """Which values hold that are not those of the cell of parameters."""
        typed = self.watched.typed
        other = [
            f"{name} = {to_text(value)} instead of {to_text(typed[name])}"
            for name, value in self.watched.values.items()
            if name in typed and value != typed[name]
        ]
        return (
            f"Below, other values hold than in the cell of parameters: {', '.join(other)}." if other else ""
        )


def _kept(file: Path, schema: Schema, values: Mapping[str, Value]) -> str:
    try:
        return keep(file, schema, values)
    except (OSError, ValueError, yaml.YAMLError) as error:
        return f"Not kept: {error}"


def read(schema: Schema, texts: Mapping[str, str]) -> tuple[dict[str, Value], dict[str, str]]:
    """The values that texts say, as on the command line, and what is wrong by parameter."""
    values: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for name, text in texts.items():
        try:
            values[name] = schema.value(name, text)
        except ValueError as error:
            problems[name] = str(error)
        else:
            if problem := problem_of(schema, name, values[name]):
                problems[name] = problem
    return values, problems


def controls(schema: Schema) -> list[dict[str, Any]]:
    """What the panel shows of each parameter: its label, its help, and how it is chosen."""
    known = choices(schema)
    return [
        {"name": name, "label": name.replace("_", " ").capitalize(), "help": parameter.help}
        | _control(parameter, known.get(name))
        for name, parameter in schema.parameters.items()
    ]


def _control(parameter: Parameter, known: list[Value] | None) -> dict[str, Any]:
    kind, said = parameter.type, parameter.json_schema()
    if known or "enum" in said:
        return {"kind": "choice", "choices": [[to_text(value)] for value in known or said["enum"]]}
    if kind.is_period:
        return {"kind": "period", "groups": groups} if (groups := _periods()) else {"kind": "text"}
    if "minimum" in said and "maximum" in said:
        step = _step(parameter) if said["type"] == "number" else 1
        return {"kind": "range", "low": said["minimum"], "high": said["maximum"], "step": step}
    if said.get("format") == "date":
        return {"kind": "day"}
    return {"kind": "truth" if said.get("type") == "boolean" else "text"}


def _step(parameter: Parameter) -> float:
    """As fine as the limits of the range are written: 0.001 of `0.5 to 0.999`."""
    decimals = [len(digits) for digits in re.findall(r"\d+\.(\d+)", parameter.help)]
    return float(10 ** -max(decimals, default=2))


def _periods() -> list[dict[str, Any]]:
    """The periods to pick from: relative ones, quarters that the data cover, newest first, their years."""
    recent = covered()[-_SHOWN:][::-1]
    if not recent:
        return []
    step = recent[0].step
    years = dict.fromkeys(Period(one.year, None, one.fiscal_year_start) for one in recent)
    relative = [[name, _WORDS[name].format(step)] for name in (*RELATIVE, "all")]
    return [
        {"label": "Whatever the date", "options": relative},
        {"label": f"{step.capitalize()}s", "options": [[one.text, one.label] for one in recent]},
        {"label": "Years", "options": [[year.text, year.label] for year in years]},
    ]
