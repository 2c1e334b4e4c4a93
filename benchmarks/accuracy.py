"""The tables of docs/accuracy.md, made of the studies of the competitions that lie in a folder of results.

First ``forecastlab run +experiments=m3`` and ``forecastlab run +experiments=tourism``, then this, with ``--root``.
What was not run leaves a dash; an average over all series is given only where no frequency is missing. ``--write`` puts
the tables in their places on the page, else they are printed. Published figures are those of the competitors' own
forecasts, with their source on the page.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

PAGE = Path(__file__).parents[1] / "docs" / "accuracy.md"
SERIES = {
    "m3": {"yearly": 645, "quarterly": 756, "monthly": 1428, "other": 174},
    "tourism": {"yearly": 518, "quarterly": 427, "monthly": 366},
}
PUBLISHED = {
    "Theta": (16.97, 8.96, 13.89, 4.41, 12.76, 1.395),
    "ForecastPro": (17.27, 9.82, 13.90, 4.60, 13.06, 1.467),
    "ForecastX": (16.48, 9.54, 14.47, 4.64, 13.09, 1.422),
    "Comb S-H-D": (17.07, 9.22, 14.47, 4.56, 13.13, 1.441),
    "Damped": (17.36, 9.36, 14.58, 4.61, 13.28, 1.484),
    "B-J automatic": (17.73, 10.26, 14.80, 5.06, 13.72, 1.544),
    "Naive2": (17.88, 9.95, 16.89, 6.30, 14.74, 1.665),
}
"""sMAPE by frequency and over all series, and MASE over all, of the M3 competition."""

WINNERS = (2.28, 1.43, 1.38)
"""The best MASE of the tourism competition by frequency."""

MISSING = "–"


@dataclass(frozen=True)
class Run:
    """The scores of one method in one study, and its CPU seconds over all folds."""

    scores: pd.DataFrame
    seconds: float

    def figure(self, metric: str, step: int = 0, role: str = "test") -> float:
        """One measure over all series, at one step ahead or at all (0)."""
        rows = self.scores
        rows = rows[(rows["role"] == role) & (rows["metric"] == metric) & (rows["step"] == step)]
        return float(rows[rows["cutoff"].isna() & (rows["segment"] == "")]["value"].iloc[0])

    @property
    def steps(self) -> list[int]:
        """The steps ahead."""
        return sorted({int(step) for step in self.scores["step"]} - {0})


Runs = Mapping[str, Mapping[str, Run]]
"""Method → frequency → run."""


def runs_of(root: Path, competition: str) -> Runs:
    """The finished runs of the studies of a competition, by method in the order of their names."""
    found: dict[str, dict[str, Run]] = {}
    for frequency in SERIES[competition]:
        for facts in sorted(root.glob(f"studies/{competition}_{frequency}/runs/*/run.json")):
            said = json.loads(facts.read_text(encoding="utf-8"))
            scores = pd.read_parquet(facts.parent / "scores.parquet")
            found.setdefault(said["name"], {})[frequency] = Run(scores, said["seconds"])
    return found


def overall(values: Mapping[str, float], competition: str) -> float | None:
    """The mean over all series of the competition; None where a frequency is missing."""
    sizes = SERIES[competition]
    return sum(values[f] * n for f, n in sizes.items()) / sum(sizes.values()) if values.keys() == sizes.keys() else None


def shown(value: float | None, digits: int = 2) -> str:
    """A number of the table, or a dash."""
    return MISSING if value is None else f"{value:.{digits}f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: the first column is text, the others numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def accuracy(runs: Runs, competition: str) -> str:
    """A row per method, best first where all frequencies are there: sMAPE and MASE, and CPU seconds of all folds."""
    sizes = SERIES[competition]
    measures = ("smape", "mase") if competition == "m3" else ("mase", "mape")
    ranked: list[tuple[float, list[str]]] = []
    for name, found in runs.items():
        figures = {m: {f: run.figure(m) for f, run in found.items()} for m in measures}
        whole = {m: overall(figures[m], competition) for m in measures}
        first = measures[0]
        cells = [shown(figures[first].get(f)) for f in sizes]
        cells += [shown(whole[first]), *(shown(figures["mase"].get(f)) for f in sizes if competition == "m3")]
        cells += [shown(whole["mase"], 3)] if competition == "m3" else []
        seconds = sum(run.seconds for run in found.values()) if found.keys() == sizes.keys() else None
        rank = whole[first] if whole[first] is not None else 1000 + sum(figures[first].values()) / len(found)
        ranked.append((rank, [f"`{name}`", *cells, shown(seconds, 0)]))
    rows = [cells for _, cells in sorted(ranked)]
    if competition == "m3":
        gap = [MISSING] * len(sizes)
        rows += [
            [f"*{name}*", *map(shown, row[:5]), *gap, shown(row[5], 3), MISSING] for name, row in PUBLISHED.items()
        ]
        head = ["method", *(f"sMAPE {f}" for f in sizes), "all", *(f"MASE {f}" for f in sizes), "all", "CPU s"]
        return table(head, rows)
    rows.append(["*the competition's best*", *map(shown, WINNERS), MISSING, MISSING])
    return table(["method", *(f"MASE {f}" for f in sizes), "all", "CPU s"], rows)


def coverage(runs: Runs, competition: str) -> str:
    """A row per method and frequency: how often intervals hold the truth, and their MSIS at 95 %."""
    rows = []
    for name, found in runs.items():
        for frequency, run in found.items():
            eighty, ninety_five = (100 * run.figure(f"coverage{side}") for side in (80, 95))
            rows.append([f"`{name}`", frequency, shown(eighty, 1), shown(ninety_five, 1), shown(run.figure("msis"))])
    return table(["method", "series", "80 %", "95 %", "MSIS"], rows)


def by_step(runs: Runs, method: str) -> str:
    """The coverage of one method at every step ahead, 80 % / 95 %."""
    found = runs.get(method, {})
    longest = max((run.steps[-1] for run in found.values()), default=0)
    rows = []
    for step in range(1, longest + 1):
        cells = [_pair(run, step) if step in run.steps else "" for run in found.values()]
        rows.append([str(step), *cells])
    return table(["step", *found], rows)


def _pair(run: Run, step: int) -> str:
    return " / ".join(f"{100 * run.figure(f'coverage{side}', step):.0f}" for side in (80, 95))


def tables(root: Path) -> Iterator[tuple[str, str]]:
    """Every table of the page with the name of its place."""
    for competition in SERIES:
        runs = runs_of(root, competition)
        yield competition, accuracy(runs, competition)
        yield f"{competition} coverage", coverage(runs, competition)
        if competition == "m3":
            yield "m3 steps", by_step(runs, "combined_fast")


def placed(page: str, name: str, text: str) -> str:
    """The page with a table between its two marks, in place of what is there."""
    before, mark, rest = page.partition(f"<!-- {name} -->\n")
    _, end, after = rest.partition(f"<!-- /{name} -->")
    if not (mark and end):
        raise SystemExit(f"{PAGE.name} has no place for the table {name}")
    return f"{before}{mark}\n{text}\n\n{end}{after}"


def main() -> None:
    """Print the tables, or write them into the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path("mlruns"), help="folder of results")
    parser.add_argument("--write", action="store_true", help="put the tables in their places in docs/accuracy.md")
    asked = parser.parse_args()
    page = PAGE.read_text(encoding="utf-8") if asked.write else ""
    for name, text in tables(asked.root):
        if asked.write:
            page = placed(page, name, text)
        else:
            print(f"\n{name}\n\n{text}")
    if asked.write:
        PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
