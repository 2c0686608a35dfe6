"""docs/formats.md says of each record just the fields that it has, with their types."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from helpers.records import (
    OUTPUTS,
    ActionTaken,
    Change,
    Check,
    Example,
    Finding,
    Gap,
    LineAccount,
    SourceFile,
    TableAccount,
    Text,
    Withheld,
)
from quarterdeck.archive.record import Failure, RunRecord, Timings

FORMATS = (Path(__file__).parent.parent / "docs" / "formats.md").read_text(encoding="utf-8")
MODELS: dict[str, type[BaseModel]] = {
    "finding": Finding,
    "change": Change,
    "text": Text,
    "table": TableAccount,
    "example": Example,
    "lines": LineAccount,
    "file": SourceFile,
    "check": Check,
    "gap": Gap,
    "action": ActionTaken,
    "withheld": Withheld,
    "run.json": RunRecord,
    "failed": Failure,
    "timings": Timings,
}


def written(heading: str) -> list[tuple[str, str]]:
    """The rows (field, type) of the table under a heading."""
    section = re.split(r"^#+ ", FORMATS, flags=re.MULTILINE)
    [text] = [part for part in section if part.partition("\n")[0].strip("`") == heading]
    return re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", text, flags=re.MULTILINE)


def fields(model: type[BaseModel]) -> list[tuple[str, str]]:
    schema = model.model_json_schema(mode="serialization")
    required = model.model_json_schema().get("required", [])
    return [
        (name, kind(content) + ("" if name in required else ", optional"))
        for name, content in schema["properties"].items()
    ]


def kind(content: dict[str, Any]) -> str:
    """A JSON Schema type as the document writes it."""
    if "anyOf" in content:
        return " or ".join(kind(option) for option in content["anyOf"])
    if "$ref" in content:
        return str(content["$ref"].rsplit("/", 1)[-1])
    if "enum" in content:
        return " / ".join(content["enum"])
    if content.get("type") == "array":
        return f"list of {kind(content['items'])}"
    if content.get("type") == "object" and isinstance(content.get("additionalProperties"), dict):
        return f"object of {kind(content['additionalProperties'])}"
    if "format" in content:
        return str(content["format"])
    return str(content.get("type", "any"))


@pytest.mark.parametrize("heading", MODELS)
def test_the_document_has_the_fields_of_the_record(heading: str) -> None:
    assert written(heading) == fields(MODELS[heading])


def test_the_document_names_every_mime_type() -> None:
    for mime in OUTPUTS:
        assert f"`{mime}`" in FORMATS
