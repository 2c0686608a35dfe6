"""What we do about it: the actions of a report beside the numbers that tell whether they helped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers import findings, tables
from helpers.findings import NoData
from helpers.records import ACTIONS, ActionTaken, params_folder
from helpers.records.noted_actions import FILE, Action, read_actions

__all__ = ["TakenActions", "taken"]

_COLUMNS = (
    tables.Column("Action"),
    tables.Column("You said"),
    tables.Column("We do"),
    tables.Column("The number today"),
)


@dataclass(frozen=True)
class TakenActions(tables.Table):
    """Actions as a table; a page says them right after what changed.

    >>> TakenActions("actions", "None noted", (), ()).taken
    ()
    """

    taken: tuple[ActionTaken, ...] = ()

    def _repr_mimebundle_(self, **more: object) -> dict[str, Any]:
        bundle = super()._repr_mimebundle_(**more)
        return {**bundle, ACTIONS: [one.model_dump(mode="json") for one in self.taken]}


def taken(report: str, about: str = "") -> TakenActions:
    """The actions that are noted for a report, each with its number as this edition measures it.

    Of those noted about one thing (an experiment, a region), only those about this one.

    The number says what is, not what the action did: other things changed too. One row an action: what it is
    and its status, what was heard, what is done and by whom, the sentence of its finding in this run.

        actions.taken("experiment_readout", about=experiment)

        >>> taken("a_report_without_actions")
        Traceback (most recent call last):
        helpers.findings.NoData: No action is noted for this report. Note one in actions.yaml.

    Raises:
        NoData: nothing is noted for the report.
        SettingsError: actions.yaml is broken.
    """
    noted = [
        action
        for action in read_actions(params_folder())
        if action.report == report and action.about in ("", about)
    ]
    if not noted:
        raise NoData(f"No action is noted for {about or 'this report'}. Note one in {FILE}.")
    return TakenActions(
        "actions",
        f"{len(noted)} {'action' if len(noted) == 1 else 'actions'} noted",
        _COLUMNS,
        tuple(_row(action) for action in noted),
        note="The number says where things stand. Whether the action moved it, timing alone does not show.",
        taken=tuple(_taken(action) for action in noted),
    )


def _taken(action: Action) -> ActionTaken:
    noted = action.model_dump(exclude={"report", "about"})
    return ActionTaken(**noted, today=_today(action.finding))


def _row(action: Action) -> tuple[str, str, str, str]:
    done = f"{action.done} ({action.owner})" if action.done else f"Nothing yet ({action.owner})"
    return f"{action.title}: {action.status}", action.heard, done, _today(action.finding)


def _today(key: str) -> str:
    finding = findings.shown(key)
    return finding.text.sentence if finding else "Not measured in this edition."


def __dir__() -> list[str]:
    return __all__
