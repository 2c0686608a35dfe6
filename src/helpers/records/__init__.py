"""Typed records: what crosses from kernel to runner, and what is read from YAML.

A light door: standard library, pydantic and PyYAML, nothing heavier.
"""

from helpers.records.outputs import (
    ACTIONS,
    CHECK,
    COVERAGE,
    FINDING,
    FREE_TEXT,
    GAP,
    OUTPUTS,
    TABLE,
    WHATIF,
    WITHHELD,
    ActionTaken,
    Change,
    Check,
    Example,
    Finding,
    FurtherChange,
    Gap,
    LineAccount,
    SourceFile,
    TableAccount,
    Text,
    Withheld,
)
from helpers.records.project import Project, params_folder, project, run_folder
from helpers.records.settings import Settings, SettingsError, parse_yaml, read_yaml

__all__ = [
    "ACTIONS",
    "CHECK",
    "COVERAGE",
    "FINDING",
    "FREE_TEXT",
    "GAP",
    "OUTPUTS",
    "TABLE",
    "WHATIF",
    "WITHHELD",
    "ActionTaken",
    "Change",
    "Check",
    "Example",
    "Finding",
    "FurtherChange",
    "Gap",
    "LineAccount",
    "Project",
    "Settings",
    "SettingsError",
    "SourceFile",
    "TableAccount",
    "Text",
    "Withheld",
    "params_folder",
    "parse_yaml",
    "project",
    "read_yaml",
    "run_folder",
]
