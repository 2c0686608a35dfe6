"""What the engine does with much data: within a limit of memory it works in its folder rather than fail."""

import subprocess
import sys

import pytest

from helpers.sources.connection import engine

LARGE = """
import resource, sys
from helpers.sources.connection import engine
limit, query = int(sys.argv[1]), sys.argv[2]
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
print(engine(1).duckdb.execute(query).fetchone()[0])
"""
JOINED = """
with one as (select 'unit ' || hash(i) as unit, i as n from range(5000000) as t(i)),
other as (select 'unit ' || hash(i) as unit, i as m from range(5000000) as t(i))
select count(*) from one join other using (unit) where n = m
"""
LIMIT = 500_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a process")
def test_a_join_larger_than_the_limit_of_memory_is_written_to_the_folder() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LARGE, str(LIMIT), JOINED],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("5000000", "")


def test_a_long_query_leaves_no_progress_bar_in_the_page() -> None:
    assert engine(1).duckdb.execute("SELECT current_setting('enable_progress_bar')").fetchall() == [(False,)]
