"""What the report says of the sample company: the planted stories, and no claim across lost tracking."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import adoption, sample, sources
from helpers.adoption import Definition, Outage, Usage, retained
from helpers.findings import NoData
from helpers.periods import Period
from helpers.records import Finding
from helpers.sample import STORIES
from helpers.sources import LoadedTable

from .conftest import ROOT, every_day, frames

AS_OF = date(2026, 11, 22)
NEWEST = Period.parse("2026Q3")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadedTable, LoadedTable]]:
    folder: Path = tmp_path_factory.mktemp("company")
    sample.write(folder, as_of=AS_OF, tables=("users", "events"))
    declared = "".join(f"  {name}: {{path: {name}.parquet}}\n" for name in ("users", "events"))
    (folder / "sources.yaml").write_text(f"tables:\n{declared}", encoding="utf-8")
    for name in ("metrics.yaml", "project.yaml"):
        (folder / name).write_text((ROOT / "params" / name).read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUARTERDECK_PARAMS", str(folder))
        yield sources.load("users"), sources.load("events")


def told(company: tuple[LoadedTable, LoadedTable], feature: str) -> dict[str, Finding]:
    users, events = company
    definition = Definition(NEWEST, feature)
    usage = adoption.usage(users, events, definition)
    silent = adoption.outages(events, NEWEST, NEWEST.preceding)
    spared = adoption.spared(usage, silent)
    found = adoption.headlines(usage, adoption.triangle(usage), adoption.stickiness(usage), silent, spared)
    return {finding.key: finding for finding in found}


def test_the_planted_outage_is_found_and_no_other(company: tuple[LoadedTable, LoadedTable]) -> None:
    story = STORIES["outage"]
    (found,) = adoption.outages(company[1], Period())
    assert found.platform == story.platform  # type: ignore[attr-defined]
    assert found.days == story.days == 9  # type: ignore[attr-defined]
    assert found.first == NEWEST.start + timedelta(days=story.starts_on)  # type: ignore[attr-defined]


def test_the_feature_that_takes_off_is_better(company: tuple[LoadedTable, LoadedTable]) -> None:
    finding = told(company, "dashboards")["adopted"]
    assert finding.change is not None
    assert finding.change.verdict == "better"
    assert "The same holds without ios" in finding.text.sentence


def test_the_feature_that_dies_is_worse(company: tuple[LoadedTable, LoadedTable]) -> None:
    finding = told(company, "classic_reports")["adopted"]
    assert finding.change is not None
    assert finding.change.verdict == "worse"


def test_a_fall_that_lost_tracking_explains_is_not_judged(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]],
) -> None:
    """Half are on ios, which loses the one week of the newest quarter in which users adopt."""
    weekly = {n: every_day("2026-04-01", 183)[n % 7 :: 7] for n in range(600)}
    bursts = [*every_day("2026-05-11", 3), *every_day("2026-08-10", 3)]
    days = {f"u{n}": ("2026-04-01", weekly[n] + bursts * (n % 5 < 3)) for n in weekly}
    users, events = frames(days)
    events["platform"] = ["ios" if int(user[1:]) % 2 else "web" for user in events["user_id"]]
    lost = (events["platform"] == "ios") & events["occurred_at"].between("2026-08-08", "2026-08-16")
    finding = told(supplied(users, events[~lost]), "all")["adopted"]
    assert finding.change is not None
    assert finding.change.high is not None
    assert finding.change.high < 0
    assert finding.change.verdict == "unclear"
    assert finding.text.verdict == "not judged"
    assert "without ios there is no clear change" in finding.text.sentence


@pytest.mark.parametrize("period", ["2026Q3", "2026"])
def test_without_a_silent_platform_the_figures_are_those_of_a_company_that_never_had_it(
    supplied: Callable[..., tuple[LoadedTable, LoadedTable]], period: str
) -> None:
    dice = np.random.default_rng(5)
    days = {
        f"u{n}": (first.isoformat(), sorted({(first + timedelta(int(at))).isoformat() for at in used}))
        for n in range(300)
        for first in [date(2024, 10, 1) + timedelta(int(dice.integers(0, 700)))]
        for used in [dice.integers(0, 250, 40)]
    }
    users, events = frames(days)
    events["platform"] = np.where(dice.random(len(events)) < 0.4, "ios", "web")
    silent = Outage("ios", date(2026, 8, 1), date(2026, 8, 9), 9.0)
    definition = Definition(Period.parse(period))
    spared = adoption.spared(adoption.usage(*supplied(users, events), definition), (silent,))
    web = events[events["platform"] == "web"]
    never = adoption.usage(*supplied(users, web), definition)
    assert spared is not None
    assert adoption.adopted(spared) == adoption.adopted(never)
    assert retained(spared, adoption.triangle(spared)) == retained(never, adoption.triangle(never))
    assert adoption.stickiness(spared).change == adoption.stickiness(never).change


def test_a_whole_report_asks_the_engine_few_questions(
    company: tuple[LoadedTable, LoadedTable], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an edition may cost, told without a clock: its time is building, compiling and running queries."""
    asked: list[str] = []
    backend = type(company[0].expr.get_backend())
    for name in ("create_table", "execute", "to_pyarrow"):
        monkeypatch.setattr(backend, name, counted(getattr(backend, name), asked))
    told(company, "all")
    assert 5 < len(asked) <= 12
    usage = adoption.usage(*company, Definition(NEWEST))
    asked.clear()
    quarters, found = adoption.by_quarter(usage), adoption.cohorts(usage)
    adoption.retention_cells(usage, adoption.triangle(usage))
    adoption.adoption_curves(usage, found)
    adoption.channels(usage)
    adoption.target(usage, quarters)
    assert len(asked) <= 3


def counted(question: Callable[..., Any], asked: list[str]) -> Callable[..., Any]:
    def ask(*given: Any, **options: Any) -> Any:
        asked.append(question.__name__)
        return question(*given, **options)

    return ask


def test_findings_of_quarters_cohorts_and_channels_have_one_key_each(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    usage = adoption.usage(*company, Definition(NEWEST))
    found = (
        *told(company, "all").values(),
        *adoption.of_quarters(usage, adoption.by_quarter(usage)),
        *adoption.of_cohorts(usage, adoption.cohorts(usage)),
        *adoption.of_channels(usage, adoption.channels(usage)),
    )
    keys = [finding.key for finding in found]
    assert len(set(keys)) == len(keys)
    assert all(finding.value is not None for finding in found)


def test_the_target_is_reached_where_the_recursion_reaches_it(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    usage = adoption.usage(*company, Definition(NEWEST))
    quarters = adoption.by_quarter(usage)
    model = adoption.target(usage, quarters)
    levers = {slider.name: slider.value for slider in model.sliders}
    adopters, later = float(quarters[-1].adopted), []
    for _ in range(12):
        adopters = levers["kept"] * adopters + levers["activation"] * quarters[-1].signed_up
        later.append(adopters)
    ahead, _, days = model.measured
    assert ahead == pytest.approx(later[3])
    reached = next(at for at, count in enumerate(later, 1) if count >= levers["aim"])
    assert reached - 1 < days / (365.25 / 4) <= reached


def test_a_target_above_where_adopters_settle_is_never_reached(
    company: tuple[LoadedTable, LoadedTable],
) -> None:
    usage = adoption.usage(*company, Definition(NEWEST))
    model = adoption.target(usage, adoption.by_quarter(usage))
    high = next(slider.high for slider in model.sliders if slider.name == "aim")
    assert model.at(aim=high)[-1].text == "never"


def test_one_covered_quarter_gives_no_model(used: Callable[..., Usage]) -> None:
    usage = used({"a": ("2026-07-01", every_day("2026-07-01", 92))}, "2026Q3")
    with pytest.raises(NoData, match="Two whole quarters"):
        adoption.target(usage, adoption.by_quarter(usage))
