"""Months that SQL makes of days cover the days that there are, and no more."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from helpers import sources
from helpers.periods import Period
from helpers.sources.statements import days_behind

METRIC = "'A' as market, 'revenue' as metric, sum(paid) as numerator"
MONTHS = {
    "a date": f"select {METRIC}, date_trunc('month', sold)::date as period_start from sales group by all",
    "text": f"select {METRIC}, cast(date_trunc('month', strptime(sold, '%Y-%m-%d')) as date) as period_start "
    "from sales group by all order by all",
    "within": "with days as (select *, date_trunc('month', sold::date) as month from sales where paid > 0) "
    f"select {METRIC}, month::date as period_start from days group by month",
}


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sales of every day from 5 October to 9 December, and a day of nothing after it."""
    days = [date(2011, 10, 5) + timedelta(days=number) for number in range(66)]
    lines = [*(f"{day},100" for day in days), "2011-12-20,0"]
    (tmp_path / "sales.csv").write_text("sold,paid\n" + "\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("QUARTERDECK_PARAMS", str(tmp_path))
    return tmp_path


def declare(folder: Path, sql: str) -> None:
    text = f"tables:\n  market_metrics:\n    inputs: {{sales: sales.csv}}\n    sql: {sql}\n"
    (folder / "sources.yaml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("made", ["a date", "text"])
def test_data_reach_to_the_last_day_with_sales(params: Path, made: str) -> None:
    sql = MONTHS[made].replace("date_trunc('month', sold)", "date_trunc('month', sold::date)")
    declare(params, sql.replace("from sales", "from sales where paid > 0"))
    table = sources.load("market_metrics")
    assert table.latest == date(2011, 12, 9)
    assert table.account is not None
    assert table.account.latest == "2011-12-09"
    assert table.coverage is not None
    quarter = table.coverage.of_period(Period(2011, 4))
    assert (quarter.label, quarter.mark) == ("2011 Q4 (66 of 92 days)", "5 Oct to 9 Dec")


def test_days_are_those_of_the_select_that_makes_the_months(params: Path) -> None:
    declare(params, MONTHS["within"])
    assert sources.load("market_metrics").latest == date(2011, 12, 9)


def test_months_that_stand_in_the_file_are_whole(params: Path) -> None:
    (params / "sales.csv").write_text("sold,paid\n2011-11-01,5\n2011-12-01,5\n", encoding="utf-8")
    declare(params, f"select {METRIC}, sold::date as period_start from sales group by sold")
    assert sources.load("market_metrics").latest == date(2011, 12, 31)


@pytest.mark.parametrize(
    "sql",
    [
        "select month from sales",
        "select date_trunc('month', sold), date_trunc('month', paid_at) from sales",
    ],
    ids=["none", "two"],
)
def test_days_are_not_guessed(sql: str) -> None:
    assert days_behind(sql) is None
