"""What fitting buy-till-you-die models to a million customers costs, beside lifetimes.

Customers are simulated from BG/NBD with the published values of CDNOW, over one to two years in days. Both sides begin
with one row per customer and end with the same four values; ours counts customers that are alike once, lifetimes does
the same with a pandas grouping (weighted) or is given every row (plain). Rounds alternate in one
process; set OMP_NUM_THREADS=1.
Prints a table, one JSON line per row, and the ratio of the medians of CPU time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.btyd import beta_geometric, pareto_nbd
from forecastlab.btyd.buyers import Buyers, alike

TRUTH = (0.2426, 4.4136 * 7, 0.7929, 2.4259)


def simulated(customers: int) -> Buyers:
    """Customers who buy at random and are lost by chance after a purchase, in days."""
    rng = np.random.default_rng(0)
    r, alpha, a, b = TRUTH
    rate, chance = rng.gamma(r, 1 / alpha, customers), rng.beta(a, b, customers)
    age = rng.integers(365, 731, customers).astype(float)
    bought = rng.poisson(rate * age)
    x = np.minimum(bought, rng.geometric(np.clip(chance, 1e-12, 1)))
    # the time of the x-th of so many purchases, which lie anywhere
    share = rng.beta(np.maximum(x, 1), np.maximum(bought - x, 0) + 1)
    t_x = np.where(x > 0, np.clip(np.ceil(share * age), 1, age), 0.0)
    return Buyers(x.astype(float), t_x, age)


def ours(buyers: Buyers) -> tuple[float, ...]:
    """BG/NBD."""
    model = beta_geometric.fit(buyers, at_first=False).model
    return model.r, model.alpha, model.a, model.b


def ours_pareto(buyers: Buyers) -> tuple[float, ...]:
    """Pareto/NBD, for which nothing here is compared."""
    model = pareto_nbd.fit(buyers).model
    return model.r, model.alpha, model.s, model.beta


def theirs_weighted(buyers: Buyers) -> tuple[float, ...]:
    """lifetimes on rows that were counted by pandas."""
    from lifetimes import BetaGeoFitter

    frame = pd.DataFrame({"x": buyers.x, "t_x": buyers.t_x, "age": buyers.age})
    rows = frame.groupby(["x", "t_x", "age"], as_index=False).size()
    fitted = BetaGeoFitter().fit(rows["x"], rows["t_x"], rows["age"], weights=rows["size"])
    return tuple(fitted.params_)


def theirs_plain(buyers: Buyers) -> tuple[float, ...]:
    """lifetimes on every row."""
    from lifetimes import BetaGeoFitter

    return tuple(BetaGeoFitter().fit(buyers.x, buyers.t_x, buyers.age).params_)


TOOLS: dict[str, Callable[[Buyers], tuple[float, ...]]] = {
    "forecastlab BG/NBD": ours,
    "lifetimes BG/NBD, weighted": theirs_weighted,
    "lifetimes BG/NBD, plain": theirs_plain,
    "forecastlab Pareto/NBD": ours_pareto,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    buyers = simulated(asked.customers)
    print(f"{asked.customers} customers, {len(alike(buyers).weight)} rows that differ")
    seconds: dict[str, list[float]] = {tool: [] for tool in TOOLS}
    values = {}
    for run in TOOLS.values():
        run(buyers.take(slice(0, 1000)))  # libraries are loaded once
    for _ in range(asked.rounds):
        for tool, run in TOOLS.items():
            start = time.process_time()
            values[tool] = run(buyers)
            seconds[tool].append(time.process_time() - start)
    base = statistics.median(seconds["forecastlab BG/NBD"])
    for tool, spent in seconds.items():
        middle = statistics.median(spent)
        found = [round(float(value), 4) for value in values[tool]]
        print(f"{tool:28} {middle:7.2f} s   {middle / base:6.1f}   {found}")
        row = {"tool": tool, "cpu_s": [round(s, 3) for s in spent], "ratio": round(middle / base, 2), "values": found}
        print(json.dumps(row))


if __name__ == "__main__":
    main()
