"""How large the report of a large study is, and what it costs: made-up studies of growing size.

    python benchmarks/report_size.py

Prints a row per study: forecasts that the study holds, megabytes of the page, CPU seconds to write it. The leaderboard
is computed before, and not counted.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests"))

from made_up_study import Shape, made_up

from forecastlab.task.report.write import page


def named(n: int, letter: str) -> list[str]:
    """So many names."""
    return [f"{letter}{i}" for i in range(n)]


STUDIES = {
    "8 methods, 6 segments, 49 series": Shape(named(7, "m"), named(6, "s"), named(7, "d"), 6, 3, 4),
    "40 methods, 60 segments, 361 series": Shape(named(39, "m"), named(60, "s"), named(5, "d"), 6, 3, 4),
    "300 runs, 6 segments, 49 series": Shape(named(299, "m"), named(6, "s"), named(7, "d"), 6, 3, 4),
    "8 methods, 60 segments, 3,061 series": Shape(named(7, "m"), named(60, "s"), named(50, "d"), 6, 3, 4),
}


def main() -> None:
    """Write the report of each study and print what it came to."""
    print("| study | forecasts | report | CPU |\n|---|---|---|---|")
    for title, shape in STUDIES.items():
        study = made_up(Shape(("naive", *shape.methods), *list(vars(shape).values())[1:7]))
        rows = sum(len(run.forecasts) for run in study.outcomes.values())
        began = time.process_time()
        size = len(page(study).encode())
        print(f"| {title} | {rows:,} | {size / 1e6:.1f} MB | {time.process_time() - began:.1f} s |", flush=True)


if __name__ == "__main__":
    main()
