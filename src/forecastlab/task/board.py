"""The leaderboard of a study: who is best, by how much, and whether that could be luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.recipe.settings import Compare
from forecastlab.schema import ConfigError, Fault, names, nearest
from forecastlab.schema.names import FUTURE, SEGMENT, SELECT, TEST
from forecastlab.stages import compare
from forecastlab.stages.customers import OWN
from forecastlab.stages.ranking import CUSTOMERS, MORE_IS_BETTER, USUALS
from forecastlab.task.fallen import fallen
from forecastlab.task.losses import losses, overlap, segment_level, shared_levels


@dataclass(frozen=True)
class Board:
    """A leaderboard with what stands behind it.

    ``table`` has a row per method, best first (the columns of ``stages.compare.leaderboard`` with the ranking metric's
    name, then the figure of every other shared level, or of customers further measures over all rows of the selection
    folds, ``n_ok`` and ``n`` folds, fallbacks and ``seconds``). ``pairs``
    compares every two methods; ``segments`` names the best method of each segment; ``oracle`` shows beside each
    method that was also run with what the drivers came to be how much that would have helped. Oracles are not ranked.
    ``fallen`` has a line per method that fell back (see ``task.fallen``).
    ``notes`` say what a reader must know to take the figures for what they are, and of which runs.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    segments: pd.DataFrame
    oracle: pd.DataFrame
    level: str
    metric: str
    baseline: str
    alpha: float
    fallen: tuple[str, ...]
    notes: tuple[str, ...]

    def write(self, folder: Path) -> list[Path]:
        """Write the tables as CSV files."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        tables = {"leaderboard": self.table, "comparison": self.pairs, "segments": self.segments}
        for name, frame in (tables | ({"oracle": self.oracle} if len(self.oracle) else {})).items():
            paths.append(folder / f"{name}.csv")
            frame.to_csv(paths[-1], index=False)
        return paths

    @property
    def unjudged(self) -> bool:
        """Whether customers got scores, but in no fold did anything come true that any could be held against."""
        told = self.table[[f"{self.metric}.{role}" for role in (SELECT, TEST)]]
        return self.level == OWN and bool(self.table["n_ok"].any()) and not told.notna().any(axis=None)

    def verdict(self) -> str:
        """The result in one sentence."""
        best = str(self.table["method"].iloc[0])
        if self.unjudged:
            return f"nothing was judged: {self.metric.upper()} could be told in no fold, so no method is best"
        rest = self.table.iloc[1:]
        tied = [str(method) for method in rest.loc[rest["tied_with_best"], "method"]]
        failed = int((rest["n_failed"] > 0).sum())
        if len(self.table) == 1:
            return f"{best} alone was run"
        if not (self.table["n_origins"] + self.table["n_failed"]).any():
            return "there are no selection folds, so no method may be called best"
        if int(self.table["n_failed"].iloc[0]):
            return "every method has failed folds, so none can be called best"
        if tied:
            others = ", ".join(tied) if len(tied) <= 4 else f"{len(tied)} others"
            return f"{best} is first, but {others} cannot be told apart from it"
        if failed == len(rest):
            return f"{best} is the only method without failed folds"
        without = f"; {failed} others have failed folds" if failed else ""
        return f"{best} is best, and the difference to the others is clear{without}"


def board(outcomes: Mapping[str, Outcome], settings: Compare) -> Board | None:
    """Compare finished runs by name; None where no run has a forecast. Raises ConfigError for a level they lack.

    Runs that saw what the drivers came to be are not compared: they stand in a table of their own.
    """
    told = {name: outcome for name, outcome in outcomes.items() if len(outcome.forecasts)}
    answered = {name: outcome for name, outcome in told.items() if not outcome.facts.oracle}
    if not answered:
        return None
    levels = comparable(list(answered.values()))
    level = levels[0] if len(levels) == 1 else settings.level
    if level not in levels:
        what = f"found {level}, the runs can be compared at {', '.join(levels) or 'no level'}"
        raise ConfigError(Fault("unknown-level", "compare.level", what, nearest(level, levels)))
    baseline = _baseline(list(answered), settings.baseline)
    reach = max(overlap(outcome) for outcome in answered.values())
    found = losses(answered, level, settings.metric)
    table = compare.leaderboard(found, baseline, settings.alpha, reach)
    table = table.rename(columns=lambda column: column.replace("wape.", f"{settings.metric}."))
    for other in levels:
        if other != level:
            table[f"{settings.metric}.select.{other}"] = [
                _figure(answered[m], other, settings.metric) for m in table["method"]
            ]
    if settings.metric in MORE_IS_BETTER:
        for role in (SELECT, TEST):
            table[f"{settings.metric}.{role}"] = 1 - table[f"{settings.metric}.{role}"]
    for name in _beside(list(answered.values()), level, settings.metric):
        table[f"{name}.{SELECT}"] = [_figure(answered[m], level, name) for m in table["method"]]
    table["n_ok"] = [sum(ok for ok, _ in answered[name].facts.folds.values()) for name in table["method"]]
    table["n"] = [sum(n for _, n in answered[name].facts.folds.values()) for name in table["method"]]
    table["n_fallback"] = [answered[name].facts.n_fallback for name in table["method"]]
    table["seconds"] = [answered[name].facts.seconds for name in table["method"]]
    return Board(
        table,
        compare.pairwise(found, settings.alpha, reach),
        _segments(answered, settings, reach),
        _oracle(told, level, settings.metric),
        level,
        settings.metric,
        baseline,
        settings.alpha,
        tuple(fallen(answered)),
        _notes(told),
    )


def _beside(outcomes: Sequence[Outcome], level: str, metric: str) -> list[str]:
    """Measures of customers that are shown beside the one that ranks."""
    if level != OWN:
        return []
    usual = [name for of in CUSTOMERS for name in USUALS[of].beside]
    shared = set.intersection(*(set(outcome.scores["metric"]) for outcome in outcomes))
    return [name for name in usual if name in shared and name != metric]


def _notes(outcomes: Mapping[str, Outcome]) -> tuple[str, ...]:
    """The notes of all runs, each once, with the runs that it is of where it is not of all."""
    found: dict[str, list[str]] = {}
    for name, outcome in outcomes.items():
        for note in outcome.facts.notes:
            found.setdefault(note, []).append(name)
    return tuple(
        note if len(of) == len(outcomes) else f"{note} (of {len(of)} of {len(outcomes)} runs: {', '.join(of)})"
        for note, of in found.items()
    )


def _segments(outcomes: Mapping[str, Outcome], settings: Compare, reach: int) -> pd.DataFrame:
    """The best method of each segment or class; empty where the runs do not share a segmentation and a membership."""
    level = segment_level(list(outcomes.values()))
    if level is None or level == OWN or not same_scheme(list(outcomes.values())):
        return pd.DataFrame(columns=[SEGMENT, "best", "wape", "runner_up", "verdict"])
    found = losses(outcomes, level, settings.metric, [SEGMENT])
    table = compare.best_by_segment(found, settings.alpha, reach)
    share = found[found["role"] == SELECT].groupby(SEGMENT)["weight"].sum()
    table.insert(1, "share", table[SEGMENT].map(share / share.sum()).astype(float))
    return table.sort_values("share", ascending=False, ignore_index=True)


def comparable(outcomes: Sequence[Outcome]) -> list[str]:
    """Levels that all runs share; those cut by segment only if the segments mean the same in all of them."""
    shared = shared_levels(outcomes)
    if same_scheme(outcomes):
        return shared
    return [level for level in shared if SEGMENT not in level.split("/")]


def same_scheme(outcomes: Sequence[Outcome]) -> bool:
    """Whether segments mean the same in all runs: the same scheme, and the same came true in them.

    The second tells what no override does: a threshold that was searched.
    """
    if len({_scheme(outcome) for outcome in outcomes}) > 1:
        return False
    level = segment_level(outcomes)
    if level is None:
        return True
    first, *others = [_came(outcome, level) for outcome in outcomes]
    for other in others:
        folds = first.index.unique(names.CUTOFF).intersection(other.index.unique(names.CUTOFF))
        a, b = first[first.index.isin(folds, level=0)].align(other[other.index.isin(folds, level=0)])
        if not np.allclose(a, b):
            return False
    return True


def _came(outcome: Outcome, level: str) -> pd.Series[float]:
    """What came true in each segment, by cutoff and period."""
    rows = outcome.forecasts[outcome.forecasts[names.LEVEL] == level]
    return rows.groupby([names.CUTOFF, names.DS, SEGMENT], observed=True)[names.Y].sum()


def _scheme(outcome: Outcome) -> tuple[object, ...]:
    """What the segments of a run are: the segmentation, what was changed of it, and whose purchases count where."""
    own = sorted(line for line in outcome.facts.overrides if line.lstrip("+~").startswith("segmentation."))
    return outcome.facts.choices.get("segmentation"), FUTURE in set(outcome.forecasts[SEGMENT]), *own


def _oracle(outcomes: Mapping[str, Outcome], level: str, metric: str) -> pd.DataFrame:
    """Each honest run beside the same run with what the drivers came to be; empty where there are none."""
    known = {_question(outcome): outcome for outcome in outcomes.values() if outcome.facts.oracle}
    rows = []
    for name, outcome in outcomes.items():
        twin = known.get(_question(outcome))
        if twin is None or outcome.facts.oracle:
            continue
        figures = {f"{metric}.{role}": _figure(outcome, level, metric, role) for role in (SELECT, TEST)}
        figures |= {f"oracle.{metric}.{role}": _figure(twin, level, metric, role) for role in (SELECT, TEST)}
        rows.append({"method": name} | figures)
    return pd.DataFrame(rows)


def _question(outcome: Outcome) -> tuple[object, ...]:
    """What a run asks, whether it is an oracle or not."""
    facts = outcome.facts
    lines = [line for line in facts.overrides if line.lstrip("+").partition("=")[0] != "oracle"]
    return tuple(sorted(facts.choices.items())), tuple(sorted(lines))


def _figure(outcome: Outcome, level: str, metric: str, role: str = SELECT) -> float:
    scores = outcome.scores
    row = scores[
        (scores[names.LEVEL] == level)
        & (scores["role"] == role)
        & (scores["metric"] == metric)
        & (scores[names.SEGMENT] == "")
        & (scores[names.STEP] == 0)
        & scores[names.CUTOFF].isna()
    ]
    return float(row["value"].iloc[0]) if len(row) else float("nan")


def _baseline(methods: list[str], wanted: str) -> str:
    """The configured baseline, or a run of that model, or else the first run that was named."""
    return next((name for name in methods if name == wanted or name.startswith(f"{wanted} ")), methods[0])
