"""An experiment of 20 million units: its aggregates against hand-written DuckDB, its readout against pandas.

Three promises, each the median of at least three pairs measured side by side; exits 1 where one is broken:

- the aggregates of units in one file take at most 1.5 times one hand-written query of the same figures;
- those of assignments joined to outcomes at most 1.5 times the hand-written join (and the search for units in
  two variants), both with the memory limited to `MEMORY` as a report's `memory` does;
- the whole readout is 5 times faster than pandas and statsmodels over the rows, in a fifth of the memory.

The contract is checked on loading and timed apart, beside the search for repeated units by pandas. Imports
are not timed. `--units N` takes fewer units, `--pairs N` more pairs. The readout (`helpers.experiments.read`)
and `rows` both compute, for one share and two numbers a unit:

- units and units with an outcome by variant, sample ratio in all and by day, missing outcomes by variant;
- each metric in each arm with its interval, differences (Newcombe, Welch), the published tests;
- the numbers adjusted by a covariate (CUPED), and whether the arms differed in it before;
- every metric by variant and day (count, mean, variance), correlations of the metrics;
- of the numbers the largest value and the difference without it, the winsorized difference, the median and
  the 90th percentile of each arm with the limits of their ranks.

Relative lifts, corrections and shrinkage follow from these figures in microseconds, and only the readout has
them. pandas reads the columns that it needs alone and uses its own threads; the readout has one thread.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import duckdb

ROOT = Path(__file__).resolve().parents[1]
MEMORY = 2_000_000_000
"""Bytes that the process may take where two files are joined."""
PROTOCOL = """\
id: big
title: Big
hypothesis: A benchmark.
owner: bench
variants: {{control: 1, treatment: 1}}
control: control
primary: activated
minimum_effect: 0.001
secondary: [orders, revenue]
covariates: [pre_orders]
planned_sample: {units}
"""
DRAWN = """
select 'big' as experiment, 'u' || i as unit_id, if(hash(i) % 2 = 0, 'control', 'treatment') as variant,
timestamp '2026-07-06' + to_days((i // {daily})::int) as assigned_at, hash(i, 1) % 10 < 3 as activated,
(hash(i, 2) % 5)::int as orders,
(hash(i, 2) % 5) * round(5 - 20 * ln((hash(i, 3) % 1000003 + 1) / 1000004), 2) as revenue,
(hash(i, 2) % 5 + hash(i, 4) % 3)::int as pre_orders from range({units}) as t(i)
"""
CROSSED = """
select count(*) from
(select unit_id from '{folder}/assignments.parquet' group by 1 having min(variant) <> max(variant))
"""
"""Units in two variants: part of the same figures where the files are two; one file has been checked."""
ASSIGNED = "experiment, unit_id, variant, assigned_at"
DONE = "unit_id, activated, orders, revenue, pre_orders"
SHARE, NUMBERS, COVARIATE = "activated", ["orders", "revenue"], "pre_orders"
METRICS = [SHARE, *NUMBERS]


def by_hand(rows: str) -> str:
    """The aggregates of a readout as one query."""
    names = (*METRICS, COVARIATE)
    number = {name: f"{name}::int::double" if name == SHARE else f"{name}::double" for name in names}
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
        (params / "experiments" / "big.yaml").write_text(PROTOCOL.format(units=units), encoding="utf-8")
        catalogue = (ROOT / "params" / "metrics.yaml").read_text(encoding="utf-8")
        (params / "metrics.yaml").write_text(catalogue, encoding="utf-8")
        tables = "".join(
            f"  {table}: {{path: ../{where.get(table, table)}.parquet}}\n"
            for table in ("assignments", "outcomes")
        )
        (params / "sources.yaml").write_text(f"tables:\n{tables}", encoding="utf-8")


def aggregates(folder: Path, kind: str, pairs: int) -> dict[str, list[float]]:
    """Seconds of the aggregates by hand and through helpers, in turns on one connection; the peak in GB."""
    if kind == "two" and sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    os.environ["QUARTERDECK_PARAMS"] = str(folder / kind)
    from helpers import experiments, sources
    from helpers.experiments.observations.unit_tables import observe
    from helpers.sources.connection import engine

    assignments, outcomes = sources.load("assignments"), sources.load("outcomes")
    plan, connection = experiments.load_protocol("big"), engine(1).duckdb
    one = f"'{folder}/all.parquet'"
    both = f"'{folder}/assignments.parquet' left join '{folder}/outcomes.parquet' using (unit_id)"
    queries = [by_hand(one)] if kind == "one" else [by_hand(both), CROSSED.format(folder=folder)]
    hand, ours = [], []
    for _ in range(pairs):
        hand.append(_seconds(lambda: [connection.execute(query).fetchall() for query in queries]))
        ours.append(_seconds(lambda: observe(plan, assignments, outcomes)))
    return {"hand": hand, "ours": ours, "peak": [_peak()]}


def readout(folder: Path) -> dict[str, list[float]]:
    """Seconds and peak of the whole readout of one file; seconds of its contract checks, and their peak."""
    os.environ["QUARTERDECK_PARAMS"] = str(folder / "one")
    from helpers import experiments, sources

    start = time.perf_counter()
    tables = sources.load("assignments"), sources.load("outcomes")
    checked, checks_peak = time.perf_counter() - start, _peak()
    _forget_peak()
    plan, totals = experiments.load_protocol("big"), sources.load("totals", optional=True)
    read = _seconds(lambda: experiments.read(plan, *tables, totals))
    return {"whole": [read, _peak()], "checks": [checked, checks_peak]}


def rows(folder: Path) -> dict[str, list[float]]:
    """The same figures by pandas and statsmodels over the rows; then, apart, units that are there twice."""
    import pandas as pd
    from scipy.stats import chi2_contingency, chisquare, norm
    from statsmodels.stats import proportion
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    def compared(treatment: pd.Series[float], control: pd.Series[float]) -> None:
        both = CompareMeans(DescrStatsW(treatment), DescrStatsW(control))
        both.d1.tconfint_mean()
        both.d2.tconfint_mean()
        both.tconfint_diff(usevar="unequal")
        both.ttest_ind(usevar="unequal")

    def analysed() -> None:
        frame = pd.read_parquet(
            folder / "all.parquet",
            columns=["variant", "assigned_at", *METRICS, COVARIATE],
            filters=[("experiment", "==", "big")],
        )
        variant, day = frame["variant"].astype("category"), frame["assigned_at"].dt.floor("D")
        treated = variant == "treatment"
        n = [int(treated.sum()), int((~treated).sum())]
        chisquare(n)
        daily = frame.groupby([day, variant], observed=True)
        chi2_contingency(daily.size().unstack())
        daily[METRICS].agg(["count", "mean", "var"])
        chi2_contingency(frame.groupby(variant, observed=True)[METRICS].count())
        frame[METRICS].corr()
        good = [int(frame.loc[arm, SHARE].sum()) for arm in (treated, ~treated)]
        proportion.proportion_confint(good, n, method="wilson")
        proportion.confint_proportions_2indep(good[0], n[0], good[1], n[1], method="newcomb")
        proportion.proportions_ztest(good, n)
        compared(frame.loc[treated, COVARIATE], frame.loc[~treated, COVARIATE])
        before = frame[COVARIATE] - frame[COVARIATE].mean()
        for name in NUMBERS:
            values = frame[name]
            theta = values.cov(before) / before.var()
            adjusted = values - theta * before
            compared(adjusted[treated], adjusted[~treated])
            arms = values[treated], values[~treated]
            compared(*arms)
            compared(*(arm.drop(arm.idxmax()) if arm.max() == values.max() else arm for arm in arms))
            cap = float(values.quantile(0.99))
            compared(*(arm.clip(upper=cap) for arm in arms))
            for arm in arms:
                half = {p: norm.ppf(0.975) * (p * (1 - p) / len(arm)) ** 0.5 for p in (0.5, 0.9)}
                arm.quantile([at for p, width in half.items() for at in (p - width, p, p + width)])

    seconds, peak = _seconds(analysed), _peak()
    units = _seconds(lambda: pd.read_parquet(folder / "all.parquet", columns=["unit_id"]).duplicated().any())
    return {"whole": [seconds, peak], "checks": [units, _peak()]}


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak() -> float:
    """The most memory that this process held since it was last forgotten, in GB."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e9


def _forget_peak() -> None:
    """Count the peak from what is held now; without effect where the system has no such count."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _part(*arguments: str) -> dict[str, list[float]]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


def _ratios(above: list[float], below: list[float]) -> tuple[float, str]:
    """The median of the ratios of pairs, and all of them."""
    found = [one / other for one, other in zip(above, below, strict=True)]
    return median(found), ", ".join(f"{ratio:.2f}" for ratio in found)


def _times(seconds: list[float]) -> str:
    return ", ".join(f"{one:.2f}" for one in seconds) + " s"


def against_hand(scratch: str, pairs: int) -> bool:
    """Whether both kinds of aggregates take at most 1.5 times the query by hand."""
    kept = True
    for kind, files in (("one", "one file"), ("two", "two files joined")):
        found = _part("--part", kind, "--folder", scratch, "--pairs", str(pairs))
        ratio, ratios = _ratios(found["ours"], found["hand"])
        print(f"aggregates, {files}: {_times(found['ours'])}; by hand {_times(found['hand'])}", flush=True)
        print(f"  {ratios}: median {ratio:.2f} times (at most 1.5)", flush=True)
        kept &= ratio <= 1.5
        if kind == "two":
            peak = found["peak"][0]
            print(f"  peak {peak:.2f} GB within a memory of {MEMORY / 1e9:g} GB", flush=True)
            kept &= peak <= MEMORY / 1e9
    return kept


def against_rows(scratch: str, pairs: int) -> bool:
    """Whether the readout is 5 times faster than pandas and takes a fifth of its memory."""
    found = [
        [_part("--part", part, "--folder", scratch) for part in ("rows", "readout")] for _ in range(pairs)
    ]
    slow, quick = ([pair[at]["whole"][0] for pair in found] for at in (0, 1))
    large, small = ([pair[at]["whole"][1] for pair in found] for at in (0, 1))
    (faster, times), (smaller, parts) = _ratios(slow, quick), _ratios(small, large)
    print(f"whole readout, one file: {_times(quick)}; pandas and statsmodels {_times(slow)}")
    print(f"  {times}: median {faster:.1f} times faster (at least 5)")
    print(f"  peak {', '.join(f'{one:.2f}' for one in small)} GB; pandas {max(large):.2f} GB")
    print(f"  {parts}: median {smaller:.2f} of the memory (at most 0.2)")
    print("  apart: contract checks {:.1f} s, {:.2f} GB; ".format(*found[0][1]["checks"]), end="")
    print("repeated units by pandas {:.1f} s, {:.2f} GB".format(*found[0][0]["checks"]))
    return faster >= 5 and smaller <= 0.2


def main() -> int:
    """Run every part in a process of its own; 1 where a promise is broken."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--units", type=int, default=20_000_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--part", choices=["one", "two", "readout", "rows"])
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    if given.part:
        parts = {"readout": readout, "rows": rows}
        part = parts.get(given.part, partial(aggregates, kind=given.part, pairs=given.pairs))
        print(json.dumps(part(given.folder)))
        return 0
    with tempfile.TemporaryDirectory(prefix="quarterdeck-bench-") as scratch:
        write(Path(scratch), given.units)
        kept = [against_hand(scratch, given.pairs), against_rows(scratch, given.pairs)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
