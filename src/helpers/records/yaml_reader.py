"""The one reader of YAML: with limits, so that a file made to be slow or deep is refused at once.

A few aliases of aliases make a text of a kilobyte billions of values, a list that holds itself has no end,
and a number of ten thousand figures is none that Python reads. So the events of a text are counted before
anything is made of it; each problem is a `yaml.MarkedYAMLError` with its line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

import yaml

MOST_CHARACTERS = 1_000_000
MOST_VALUES = 100_000
"""Values of a file, those of aliases counted as often as they stand."""
DEEPEST = 30
LONGEST_NUMBER = 100
_BOOLEANS = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"


class _Plain(yaml.CSafeLoader):
    """YAML whose only booleans are true and false: `on` may be a key, and NO stays Norway."""


_Plain.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] != _BOOLEANS or letter in "tTfF"]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Texts(yaml.CSafeLoader):
    """Every scalar as its text (NO stays Norway, 007 stays 007); only null is None."""


_Texts.yaml_implicit_resolvers = {
    letter: [pair for pair in pairs if pair[0] == _NULL]
    for letter, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Scalars(Enum):
    """How scalars are read: as numbers, dates and truths where they are such, or as they are written."""

    TYPED = _Plain
    TEXTS = _Texts


def load_yaml(text: str, scalars: Scalars = Scalars.TYPED) -> object:
    r"""What a YAML text holds: mappings, lists and scalars; None where it is blank.

    Raises:
        yaml.YAMLError: the text is no YAML, or larger or deeper than settings are.

    Example:
        >>> load_yaml("region: [EMEA, NO]\nid: 007"), load_yaml("id: 007", Scalars.TEXTS)
        ({'region': ['EMEA', 'NO'], 'id': 7}, {'id': '007'})
    """
    _bounded(text)
    try:
        return yaml.load(text, Loader=scalars.value)
    except (ValueError, TypeError) as error:  # a day of month 13, a key that is a list
        raise yaml.MarkedYAMLError(problem=str(error).splitlines()[0]) from None


def compose_yaml(text: str) -> yaml.Node | None:
    """The nodes of a YAML text, which know their lines; None where it is blank.

    Raises:
        yaml.YAMLError: the text is no YAML, or larger or deeper than settings are.
    """
    _bounded(text)
    return yaml.compose(text, Loader=yaml.CSafeLoader)


@dataclass
class _Counter:
    """How many values have come, aliases included; `open` are the collections that have not ended."""

    sizes: dict[str, int] = field(default_factory=dict)
    open: list[tuple[str | None, int]] = field(default_factory=list)
    values: int = 0

    def opened(self, event: yaml.CollectionStartEvent) -> None:
        self.values += 1
        self.open.append((event.anchor, self.values))
        if len(self.open) > DEEPEST:
            raise _refused(event, f"it is nested more than {DEEPEST} levels deep")

    def closed(self) -> None:
        anchor, before = self.open.pop()
        if anchor is not None:
            self.sizes[anchor] = self.values - before + 1

    def scalar(self, event: yaml.ScalarEvent) -> None:
        self.values += 1
        if event.anchor is not None:
            self.sizes[event.anchor] = 1
        if not event.style and len(event.value) > LONGEST_NUMBER and event.value[:1] in "+-.0123456789":
            raise _refused(event, f"a number has more than {LONGEST_NUMBER} figures")

    def alias(self, event: yaml.AliasEvent) -> None:
        if any(anchor == event.anchor for anchor, _ in self.open):
            raise _refused(event, f"*{event.anchor} stands within itself")
        self.values += self.sizes.get(event.anchor or "", 1)


def _bounded(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise yaml.MarkedYAMLError(problem=f"it has more than {MOST_CHARACTERS:,} characters")
    counter = _Counter()
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            counter.opened(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            counter.closed()
        elif isinstance(event, yaml.ScalarEvent):
            counter.scalar(event)
        elif isinstance(event, yaml.AliasEvent):
            counter.alias(event)
        if counter.values > MOST_VALUES:
            raise _refused(event, f"with its aliases written out it has more than {MOST_VALUES:,} values")


def _refused(event: yaml.Event, problem: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)  # type: ignore[arg-type]
