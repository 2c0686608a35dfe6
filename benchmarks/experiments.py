"""Experiment aggregates over 20 million units: one file, and two files joined, against hand-written DuckDB.

Prints the ratio of each promise; exits 1 where one is broken. `--units N` takes fewer. The whole readout is
also held against pandas and statsmodels over the rows (one file), in time and in peak memory.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
PROTOCOL = """\
id: big
title: Big
hypothesis: A benchmark.
owner: bench
variants: {control: 1, treatment: 1}
control: control
primary: activated
minimum_effect: 0.001
secondary: [orders, revenue]
covariates: [pre_orders]
planned_sample: 1000
"""
DRAWN = """
select 'big' as experiment, 'u' || i as unit_id, if(hash(i) % 2 = 0, 'control', 'treatment') as variant,
timestamp '2026-07-06' + to_days((i // {daily})::int) as assigned_at, hash(i, 1) % 10 < 3 as activated,
(hash(i, 2) % 5)::int as orders, (hash(i, 2) % 5) * 10 + (hash(i, 3) % 100) / 10 as revenue,
(hash(i, 2) % 5 + hash(i, 4) % 3)::int as pre_orders from range({units}) as t(i)
"""
CROSSED = """
select count(*) from
(select unit_id from '{folder}/assignments.parquet' group by 1 having min(variant) <> max(variant))
"""
"""Units in two variants: part of the same figures where the files are two; one file has been checked."""
ASSIGNED = "experiment, unit_id, variant, assigned_at"
DONE = "unit_id, activated, orders, revenue, pre_orders"
METRICS = ("activated", "orders", "revenue")


def by_hand(rows: str) -> str:
    """The aggregates of a readout as one query."""
    names = (*METRICS, "pre_orders")
    number = {name: f"{name}::int::double" if name == "activated" else f"{name}::double" for name in names}
    figures = [f"count({x}), avg({x}), var_samp({x})" for x in number.values()]
    pairs = [(a, b) for at, a in enumerate(names) for b in names[at + 1 :]]
    figures += [f"covar_samp({number[a]}, {number[b]})" for a, b in pairs]
    return f"select variant, assigned_at::date, count(*), {', '.join(figures)} from {rows} group by 1, 2"


def write(folder: Path, units: int) -> None:
    """The data: one file, the same as two, and the params of each."""
    connection = duckdb.connect()
    connection.execute(f"create table drawn as {DRAWN.format(units=units, daily=max(1, units // 28))}")
    files = {"one": {"assignments": "all", "outcomes": "all"}, "two": {}}
    connection.execute(f"copy drawn to '{folder}/all.parquet'")
    connection.execute(f"copy (select {ASSIGNED} from drawn) to '{folder}/assignments.parquet'")
    connection.execute(
        f"copy (select {DONE} from drawn order by hash(unit_id)) to '{folder}/outcomes.parquet'"
    )
    for name, where in files.items():
        params = folder / name
        (params / "experiments").mkdir(parents=True)
        (params / "experiments" / "big.yaml").write_text(PROTOCOL, encoding="utf-8")
        catalogue = (ROOT / "params" / "metrics.yaml").read_text(encoding="utf-8")
        (params / "metrics.yaml").write_text(catalogue, encoding="utf-8")
        tables = "".join(
            f"  {table}: {{path: ../{where.get(table, table)}.parquet}}\n"
            for table in ("assignments", "outcomes")
        )
        (params / "sources.yaml").write_text(f"tables:\n{tables}", encoding="utf-8")


def readout(folder: Path, kind: str) -> None:
    """The aggregates through helpers beside those by hand, then the whole readout; times on stdout."""
    os.environ["QUARTERDECK_PARAMS"] = str(folder / kind)
    from helpers import experiments, sources
    from helpers.experiments.gathering import observe
    from helpers.sources.engine import engine

    start = time.perf_counter()
    assignments, outcomes = sources.load("assignments"), sources.load("outcomes")
    loaded = time.perf_counter() - start
    one = f"'{folder}/all.parquet'"
    both = f"'{folder}/assignments.parquet' left join '{folder}/outcomes.parquet' using (unit_id)"
    query = by_hand(one if kind == "one" else both)
    plan = experiments.protocol("big")
    connection = engine(1).duckdb
    hand, ours = [], []
    for _ in range(2):
        start = time.perf_counter()
        connection.execute(query).fetchall()
        if kind == "two":
            connection.execute(CROSSED.format(folder=folder)).fetchall()
        hand.append(time.perf_counter() - start)
        start = time.perf_counter()
        observe(plan, assignments, outcomes)
        ours.append(time.perf_counter() - start)
    start = time.perf_counter()
    experiments.read(plan, assignments, outcomes, sources.load("totals", optional=True))
    print(min(hand), min(ours), loaded, time.perf_counter() - start, _peak())


def rows(folder: Path) -> None:
    """The same figures by pandas and statsmodels over the rows; time and peak memory on stdout."""
    import pandas as pd
    from statsmodels.stats.proportion import confint_proportions_2indep
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    start = time.perf_counter()
    frame = pd.read_parquet(folder / "all.parquet")
    frame = frame[frame["experiment"] == "big"]
    frame = frame[~frame["unit_id"].duplicated(keep=False)]
    arms = [frame[frame["variant"] == arm] for arm in ("treatment", "control")]
    counts = [value for arm in arms for value in (arm["activated"].sum(), len(arm))]
    confint_proportions_2indep(*counts, method="newcomb")
    for name in METRICS[1:]:
        CompareMeans(*(DescrStatsW(arm[name]) for arm in arms)).tconfint_diff(usevar="unequal")
        frame[name].quantile(0.99)
    frame.groupby(["variant", frame["assigned_at"].dt.date])["activated"].agg(["count", "mean", "var"])
    print(time.perf_counter() - start, _peak())


def _peak() -> float:
    """Peak memory of this process in GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def _run(*arguments: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, *arguments], capture_output=True, text=True, check=True
    )
    return [float(word) for word in done.stdout.split()]


def main() -> int:
    """Run every part in a process of its own; 1 where a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=20_000_000)
    parser.add_argument("--part", choices=["one", "two", "rows"])
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.part == "rows":
        rows(given.folder)
        return 0
    if given.part:
        readout(given.folder, given.part)
        return 0
    kept = True
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as scratch:
        write(Path(scratch), given.units)
        whole = 0.0, 0.0
        for part in ("one", "two"):
            hand, ours, loaded, total, peak = _run("--part", part, "--folder", scratch)
            ratio = ours / hand
            kept &= ratio <= 1.5
            print(f"{part} file(s): {ours:.2f} s, by hand {hand:.2f} s: {ratio:.2f} times (at most 1.5)")
            print(f"  contract checks {loaded:.1f} s; whole readout {total:.1f} s; peak {peak:.2f} GB")
            if part == "one":
                whole = total, peak
        slow, large = _run("--part", "rows", "--folder", scratch)
        faster, smaller = slow / whole[0], whole[1] / large
        kept &= faster >= 5 and smaller <= 0.2
        print(f"whole readout, one file: {faster:.1f} times faster than the rows (at least 5)")
        print(f"  memory {whole[1]:.2f} GB against {large:.2f} GB: {smaller:.2f} (at most 0.2)")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
