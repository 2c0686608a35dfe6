from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.laws import examples

from helpers import sample
from helpers.periods import last_complete, last_covered
from helpers.sample.company import Company
from helpers.sample.makers import MAKERS

AS_OF = date(2026, 11, 22)
SMALL = 0.05
TIMES = {
    "responses": "submitted_at",
    "invitations": "sent_at",
    "tickets": "opened_at",
    "mentions": "posted_at",
    "users": "signed_up_at",
    "events": "occurred_at",
}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_every_table_is_written_with_a_manifest_and_nothing_else(tmp_path: Path) -> None:
    folder = sample.write(tmp_path / "new" / "sample", as_of=AS_OF, scale=SMALL)
    assert set(contents(folder)) == {f"{name}.parquet" for name in sample.TABLES} | {
        "events.yaml",
        "sample.json",
    }
    manifest = json.loads((folder / "sample.json").read_text())
    assert manifest["last_complete"] == "2026Q3"
    assert (manifest["seed"], manifest["scale"], manifest["null"]) == (sample.SEED, SMALL, False)
    assert manifest["tables"] == sorted(sample.TABLES)


def test_every_day_of_a_quarter_after_gives_the_same_bytes(tmp_path: Path) -> None:
    first = sample.write(tmp_path / "first", as_of=date(2026, 10, 1), scale=SMALL)
    last = sample.write(tmp_path / "last", as_of=date(2026, 12, 31), scale=SMALL)
    assert contents(first) == contents(last)


@pytest.mark.parametrize("other", [{"seed": 8}, {"as_of": date(2027, 1, 1)}, {"null": True}])
def test_another_seed_quarter_or_null_gives_other_data(tmp_path: Path, other: dict[str, object]) -> None:
    wanted = {"as_of": AS_OF, "scale": SMALL, "tables": ["responses"]}
    here = sample.write(tmp_path / "here", **wanted)  # type: ignore[arg-type]
    there = sample.write(tmp_path / "there", **{**wanted, **other})  # type: ignore[arg-type]
    assert contents(here)["responses.parquet"] != contents(there)["responses.parquet"]


def test_a_table_made_alone_is_the_one_made_with_all(tmp_path: Path) -> None:
    together = contents(sample.write(tmp_path / "all", as_of=AS_OF, scale=SMALL))
    for name in sample.TABLES:
        alone = sample.write(tmp_path / name, as_of=AS_OF, scale=SMALL, tables=[name])
        assert (alone / f"{name}.parquet").read_bytes() == together[f"{name}.parquet"]


@pytest.mark.parametrize("name", sample.TABLES)
def test_a_table_in_memory_is_what_its_file_holds(tmp_path: Path, name: str) -> None:
    folder = sample.write(tmp_path, as_of=AS_OF, scale=SMALL, tables=[name])
    written = pq.read_table(folder / f"{name}.parquet").to_pandas(date_as_object=False)
    pd.testing.assert_frame_equal(written, sample.table(name, as_of=AS_OF, scale=SMALL), check_dtype=False)


def test_files_hold_plain_text_and_no_index(tmp_path: Path) -> None:
    schema = pq.read_schema(sample.write(tmp_path, as_of=AS_OF, scale=SMALL) / "responses.parquet")
    assert schema.names[:4] == ["response_id", "submitted_at", "survey", "score"]
    assert str(schema.field("region").type) == "string"


@examples(10)
@given(as_of=st.dates(date(2000, 1, 1), date(2100, 1, 1)), start=st.integers(1, 12))
def test_data_span_twelve_quarters_up_to_the_last_complete_one(as_of: date, start: int) -> None:
    months = sample.table("market_metrics", as_of=as_of, fiscal_year_start=start)["period_start"].dt.date
    newest = last_complete(as_of, start)
    assert months.nunique() == 36
    assert months.min() == newest.shift(-11).start
    assert newest.start < months.max() <= newest.last_day
    assert Company.seen_on(as_of, fiscal_year_start=start).days == (newest.end - months.min()).days


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize("start", [1, 2])
def test_data_cover_the_last_complete_quarter_to_its_last_day(name: str, start: int) -> None:
    made = sample.table(name, as_of=AS_OF, scale=SMALL, fiscal_year_start=start)[TIMES[name]]
    times = pd.to_datetime(made, errors="coerce")
    newest = last_complete(AS_OF, start)
    assert last_covered(times.max().date(), start) == newest
    assert times.max().date() == newest.last_day
    assert times.min().date() - newest.shift(-11).start < timedelta(days=30)


def test_scale_multiplies_rows_and_leaves_the_dirty_rows() -> None:
    small, large = (sample.table("tickets", as_of=AS_OF, scale=scale) for scale in (0.5, 2))
    repeats = sample.PLOT.dirty_rows.rows["tickets"]["duplicate_id"]
    assert len(large) - repeats == 4 * (len(small) - repeats)
    assert small["ticket_id"].duplicated().sum() == large["ticket_id"].duplicated().sum() == repeats


class TestIsCurrent:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return sample.write(tmp_path / "sample", as_of=AS_OF, scale=SMALL)

    def test_holds_through_the_quarter_and_not_beyond(self, folder: Path) -> None:
        assert sample.is_current(folder, date(2026, 10, 1), scale=SMALL)
        assert sample.is_current(folder, date(2026, 12, 31), scale=SMALL)
        assert not sample.is_current(folder, date(2026, 9, 30), scale=SMALL)
        assert not sample.is_current(folder, date(2027, 1, 1), scale=SMALL)

    def test_asks_for_the_same_seed_scale_null_and_fiscal_year(self, folder: Path) -> None:
        assert not sample.is_current(folder, AS_OF)
        assert not sample.is_current(folder, AS_OF, scale=SMALL, seed=8)
        assert not sample.is_current(folder, AS_OF, scale=SMALL, null=True)
        assert not sample.is_current(folder, AS_OF, scale=SMALL, fiscal_year_start=2)

    def test_distrusts_what_another_version_made(self, folder: Path) -> None:
        manifest = json.loads((folder / "sample.json").read_text())
        (folder / "sample.json").write_text(json.dumps({**manifest, "generator": "0123456789"}))
        assert not sample.is_current(folder, AS_OF, scale=SMALL)

    def test_misses_a_lost_file(self, folder: Path) -> None:
        (folder / "events.parquet").unlink()
        assert not sample.is_current(folder, AS_OF, scale=SMALL)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"tables": 3}', "\xff"])
    def test_distrusts_a_damaged_manifest(self, folder: Path, text: str) -> None:
        (folder / "sample.json").write_text(text)
        assert not sample.is_current(folder, AS_OF, scale=SMALL)

    def test_is_false_where_nothing_was_written(self, tmp_path: Path) -> None:
        assert not sample.is_current(tmp_path / "absent", AS_OF)

    def test_single_tables_add_up_to_a_whole(self, tmp_path: Path) -> None:
        first, rest = sample.TABLES[:3], sample.TABLES[3:]
        sample.write(tmp_path, as_of=AS_OF, scale=SMALL, tables=first)
        assert not sample.is_current(tmp_path, AS_OF, scale=SMALL)
        sample.write(tmp_path, as_of=AS_OF, scale=SMALL, tables=rest)
        assert sample.is_current(tmp_path, AS_OF, scale=SMALL)

    def test_tables_of_two_companies_are_no_company(self, folder: Path) -> None:
        sample.write(folder, as_of=AS_OF, scale=SMALL, seed=8, tables=["users"])
        assert not sample.is_current(folder, AS_OF, scale=SMALL)
        assert not sample.is_current(folder, AS_OF, scale=SMALL, seed=8)


def test_a_write_that_fails_leaves_old_files_whole_but_no_longer_current(tmp_path: Path) -> None:
    folder = sample.write(tmp_path / "sample", as_of=AS_OF, scale=SMALL)
    before = contents(folder)
    (folder / "users.parquet").unlink()
    (folder / "users.parquet").mkdir()
    with pytest.raises(OSError, match=r"users\.parquet"):
        sample.write(folder, as_of=AS_OF, scale=SMALL, seed=8, tables=["users"])
    (folder / "users.parquet").rmdir()
    del before["users.parquet"], before["sample.json"]
    assert contents(folder) == before
    assert not sample.is_current(folder, AS_OF, scale=SMALL)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"tables": ["response"]}, r"'response', must be one of responses,"),
        ({"seed": -1}, r"seed == -1, must be >= 0"),
        ({"scale": 0}, r"scale == 0, must be >= 0\.05"),
        ({"scale": 5000}, r"scale == 5000, must be .* <= 1000"),
    ],
)
def test_a_wrong_request_says_what_is_possible_and_writes_nothing(
    tmp_path: Path, wanted: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        sample.write(tmp_path / "sample", as_of=AS_OF, **wanted)  # type: ignore[arg-type]
    assert not (tmp_path / "sample").exists()


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        sample.write(tmp_path / "file" / "sample", as_of=AS_OF, scale=SMALL)


def test_asking_whether_a_folder_is_current_imports_nothing_heavy() -> None:
    code = (
        "import sys; from datetime import date; from pathlib import Path; from helpers import sample;"
        "sample.is_current(Path('absent'), date(2026, 11, 22));"
        "print(sorted({'numpy', 'pandas', 'pyarrow'} & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_every_table_has_its_maker() -> None:
    assert tuple(MAKERS) == sample.TABLES
