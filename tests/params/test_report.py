"""A report's file: every key checked with its line; matrix, choices, quantities."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import SettingsError
from quarterdeck.params import parameters_cell, quantities, report
from quarterdeck.params.notebook import Notebook
from quarterdeck.params.quantities import Limit

CELL = """period: Period = "last_complete"  # x
region: str = "all"  # x
segment: str | None = None  # x
confidence: float = 0.95  # level, 0.5 to 0.999"""

FULL = """title: "Customer feedback, {period}, {region}"
question: What do customers tell us?
audience: [product managers, support leads]
owner: product-ops
parameters: {period: last_complete, confidence: 0.9}
matrix: {region: [all, AMER, EMEA]}
choices: {region: [all, AMER, EMEA, NO]}
schedule: {cron: "0 7 5 1,4,7,10 *", timezone: Europe/London, catch_up: latest}
timeout: {edition: 15 min, cell: 90 s}
retries: 2
memory: 4 GB
gates: {fresh: 7 d, rows: 100, quarantined: 2 %, sample_ratio: hold}
notify: {on: [failed, changed], to: ["${QUARTERDECK_NOTIFY}"]}
"""


def written(tmp_path: Path, text: str) -> report.Report:
    path = tmp_path / "demo.yaml"
    path.write_text(text, encoding="utf-8")
    cells = ({"cell_type": "code", "source": CELL, "metadata": {"tags": ["parameters"]}},)
    return report.read(path, parameters_cell.read(Notebook(Path("demo.ipynb"), cells)))


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        written(tmp_path, text)
    return [problem.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


def test_every_key_of_the_design_is_known(tmp_path: Path) -> None:
    read = written(tmp_path, FULL)
    assert read.fixed == {"period": "last_complete", "region": "all", "segment": None, "confidence": 0.9}
    assert read.axes == {"region": ["all", "AMER", "EMEA"]}
    assert read.choices["region"] == ["all", "AMER", "EMEA", "NO"]
    assert (read.file.timeout.edition, read.file.timeout.cell) == (900, 90)
    assert read.file.memory == 4_000_000_000
    assert read.file.gates.fresh == Limit(7 * 86400, "7 d")
    assert read.file.gates.quarantined == (Limit(0.02, "2 %"), Limit(0.1, "10 %", hold=True))


def test_a_scalar_is_read_by_the_declared_type_not_by_the_guess_of_yaml(tmp_path: Path) -> None:
    read = written(tmp_path, "title: x\nmatrix: {region: [NO, 007, 2026-01-01, 1e3, null_value, yes]}\n")
    assert read.axes["region"] == ["NO", "007", "2026-01-01", "1e3", "null_value", "yes"]


def test_null_is_none_only_where_none_is_declared(tmp_path: Path) -> None:
    assert written(tmp_path, "title: x\nmatrix: {segment: [null, Enterprise]}\n").axes["segment"] == [
        None,
        "Enterprise",
    ]
    assert "region (declared str)" in problems(tmp_path, "title: x\nparameters: {region: null}\n")[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: x\nmatrx: {}\n", "demo.yaml:2: unknown key matrx. Did you mean matrix?"),
        ("question: x\n", "demo.yaml:1: title is missing."),
        (
            "title: x\nparameters:\n  period: last_complete\n  regoin: EMEA\n",
            "demo.yaml:4: demo has no parameter",
        ),
        (
            "title: x\nparameters: {confidence: high}\n",
            "demo.yaml:2: confidence (declared float): 'high' is no",
        ),
        ("title: x\nparameters: {confidence: 2}\n", "less than or equal to 0.999"),
        ("title: x\nparameters: {region: {a: b}}\n", "demo.yaml:2: region: {'a': 'b'} is no single value."),
        ("title: x\nmatrix:\n  region:\n    - all\n    - [a]\n", "demo.yaml:5: region (declared str)"),
        (
            "title: x\nmatrix: {region: [all, EMAE]}\nchoices: {region: [all, EMEA]}\n",
            "demo.yaml:2: region = EMAE is none of its choices. Did you mean EMEA?",
        ),
        (
            "title: x\nparameters: {region: LATAM}\nmatrix: {region: [all]}\n",
            "demo.yaml:2: region = LATAM is none",
        ),
        ("title: x\nmatrix: {include: [EMEA]}\n", "demo.yaml:2: EMEA is no mapping"),
        ("title: 'x {regoin}'\n", "demo.yaml:1: the title names {regoin}, which is no parameter"),
        ("title: 'x {region'\n", "demo.yaml:1: the title has a brace that does not close"),
        (
            "title: x\ntimeout: {cell: 5}\n",
            "demo.yaml:2: timeout.cell: 5 has no known unit; write it like 15 min",
        ),
        ("title: x\nmemory: 4 G\n", "demo.yaml:2: memory: '4 G' has no known unit; write it like 4 GB"),
        ("title: x\ngates: {quarantined: 0.02}\n", "write it like 2 %"),
        ("title: x\ngates: {rows: 100 or stop}\n", "write 100 or hold, or 100 or warn"),
        ("title: x\nnotify: {to: [team@example.org]}\n", "write an address as ${NAME}"),
        ("title: x\ngates: {ratio: hold}\n", "demo.yaml:2: unknown key gates.ratio."),
        ("title: x\nschedule: {cron: 0 7 5}\n", "demo.yaml:2: schedule.cron: '0 7 5' is no cron expression"),
        ("title: x\nschedule: {cron: 0 7 5 1 *, timezone: Europe/Londn}\n", "is no time zone"),
        ("title: x\nretries: -1\n", "demo.yaml:2: retries"),
        ("title: [x\n", "demo.yaml:2: this is no valid YAML"),
        ("title: x\ntitle: y\n", "demo.yaml:2: this is no valid YAML (title stands twice)"),
        ("- a\n", "demo.yaml:1: the file"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    assert told in problems(tmp_path, text)[0]


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "title: '{x}'\nparameters: {a: 1, confidence: b}\nmatrix: {c: [1]}\n")
    assert len(found) == 4


def test_the_matrix_is_the_product_less_exclude_with_include(tmp_path: Path) -> None:
    read = written(
        tmp_path,
        """title: x
choices: {region: [all, EMEA, LATAM], segment: [SMB, Enterprise]}
matrix:
  region: [all, EMEA]
  segment: [SMB, Enterprise]
  exclude: [{region: all, segment: SMB}]
  include: [{region: EMEA, confidence: 0.8}, {region: LATAM, segment: SMB}]
""",
    )
    assert read.combinations() == [
        {"region": "all", "segment": "Enterprise"},
        {"region": "EMEA", "segment": "SMB", "confidence": 0.8},
        {"region": "EMEA", "segment": "Enterprise", "confidence": 0.8},
        {"region": "LATAM", "segment": "SMB"},
    ]


def test_without_a_matrix_there_is_one_edition(tmp_path: Path) -> None:
    assert written(tmp_path, "title: x\n").combinations() == [{}]


@given(
    number=st.integers(0, 10_000), unit=st.sampled_from([("s", 1), ("min", 60), ("h", 3600), ("d", 86400)])
)
def test_durations_are_seconds(number: int, unit: tuple[str, int]) -> None:
    assert quantities.seconds(f"{number} {unit[0]}") == number * unit[1]
    assert quantities.seconds(f"{number}{unit[0]}") == number * unit[1]


@pytest.mark.parametrize("text", ["", "min", "-1 min", "1 fortnight", "1,5 h", "1 min 2 s", 15, None])
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="write it like 15 min"):
        quantities.seconds(text)
