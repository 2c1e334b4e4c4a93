"""How soon monitoring cries when demand breaks, and how often it cries where nothing has happened.

Replays the experiment ``watch_break`` for many made-up shops (one per seed), each twice: with the break and without.
Every shop is checked after each of its test folds, with what was known by then. Prints one JSON line per shop, and two
tables: the share of checks that cried without a break, by watch, and after how many checks a break was found, with the
95 % intervals of Wilson (1927). Seeds are given on the command line; the levels in conf/monitor were set on seeds above
1000.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

BREAK = pd.Timestamp("2026-09-07")
"""The day of the break in experiments/watch_break.yaml."""
LOUD = ("alarm", "warning")


def replayed(seed: int, broken: bool, more: Sequence[str]) -> pd.DataFrame:
    """The findings of every check of one shop."""
    from forecastlab.cache.store import Store
    from forecastlab.executor.serial import Serial
    from forecastlab.flow.prepare import prepare
    from forecastlab.flow.run import run
    from forecastlab.recipe import build, compose
    from forecastlab.task.monitor_replay import checked

    words = ["+experiments=watch_break", f"dataset.seed={seed}", "tracking=none", "executor=serial", *more]
    if not broken:
        words.append("dataset.calendar.break_day=null")
    with tempfile.TemporaryDirectory(prefix="forecastlab-") as root:
        recipe, store = build(compose([*words, f"root={root}"])), Store(Path(root) / "cache")
        folds = list(run(recipe.experiment, prepare(recipe.experiment, store), store, Serial()))
        return checked(recipe, pd.concat([fold.frame for fold in folds if fold.frame is not None], ignore_index=True))


def told(history: pd.DataFrame, seed: int, broken: bool) -> dict[str, object]:
    """One shop in a line: for every watch, which checks it cried at (1 is the first)."""
    days = sorted(history["now"].unique())
    loud = history[history["state"].isin(LOUD)]
    cried = {
        check: sorted({days.index(day) + 1 for day in part["now"]}) for check, part in loud.groupby("check", sort=True)
    }
    alarmed = sorted({days.index(day) + 1 for day in history[history["state"] == "alarm"]["now"]})
    before = sum(day < BREAK for day in days)
    return {"seed": seed, "break": broken, "checks": len(days), "before": before, "alarm": alarmed, **cried}


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    z = 1.959964
    middle, reach = hits + z * z / 2, z * math.sqrt(hits * (n - hits) / n + z * z / 4)
    return (middle - reach) / (n + z * z), (middle + reach) / (n + z * z)


def false_alarms(shops: Sequence[dict[str, object]], checks: Iterable[str]) -> None:
    """How often checks cried where nothing had happened."""
    n = sum(int(str(shop["checks"])) for shop in shops)
    print(f"\nno break: {len(shops)} shops, {n} checks\n{'cried':<12}{'checks':>8}{'share':>8}  95 % interval")
    for check in ("alarm", *checks):
        hits = sum(len(list(shop.get(check, []))) for shop in shops)  # type: ignore[call-overload]
        low, high = wilson(hits, n)
        print(f"{check:<12}{hits:>8}{hits / n:>8.1%}  {low:.1%} to {high:.1%}")
    any_of = sum(bool(shop["alarm"]) for shop in shops)
    print(f"shops with at least one alarm: {any_of} of {len(shops)}")


def delays(shops: Sequence[dict[str, object]]) -> None:
    """After how many checks a break was found."""
    n = len(shops)
    print(f"\nbreak: {n} shops\nfound by check   shops   share  95 % interval")
    for late in (1, 2, 3, 6):
        hits = sum(any(0 < at - int(str(shop["before"])) <= late for at in shop["alarm"]) for shop in shops)  # type: ignore[attr-defined]
        low, high = wilson(hits, n)
        print(f"{late:<14}{hits:>8}{hits / n:>8.0%}  {low:.0%} to {high:.0%}")


def main() -> None:
    """Replay the shops that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--shops", type=int, default=20, help="how many seeds")
    parser.add_argument("--out", type=Path, default=None, help="a file for the JSON lines, which is gone on with")
    parser.add_argument("more", nargs="*", help="overrides, such as dataset.calendar.break_size=-0.5")
    asked = parser.parse_args()
    kept = asked.out.read_text(encoding="utf-8").splitlines() if asked.out and asked.out.is_file() else []
    shops = [json.loads(line) for line in kept]
    for seed in range(asked.first, asked.first + asked.shops):
        for broken in (False, True):
            if any(shop["seed"] == seed and shop["break"] == broken for shop in shops):
                continue
            shop = told(replayed(seed, broken, asked.more), seed, broken)
            shops.append(shop)
            print(json.dumps(shop), flush=True)
            if asked.out:
                with asked.out.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(shop) + "\n")
    watches = sorted({name for shop in shops for name in shop} - {"seed", "break", "checks", "before", "alarm"})
    false_alarms([shop for shop in shops if not shop["break"]], watches)
    delays([shop for shop in shops if shop["break"]])


if __name__ == "__main__":
    main()
