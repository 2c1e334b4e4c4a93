"""Which method is best, and how sure are we: leaderboard, pairs, and the best by segment."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecastlab.schema import ConfigError, Fault, names, nearest
from forecastlab.stages.losses import Losses, of_role
from forecastlab.stages.paired import Difference, enough, holm

CLEAR = "clear"
TIED = "cannot be told apart"
FEW = "not enough origins"
FAILED = "failed folds"
BASELINE = "baseline"
UNDEFINED = "undefined"


def leaderboard(losses: pd.DataFrame, baseline: str, alpha: float, overlap: int) -> pd.DataFrame:
    """One row per method, best first, with what can be said about luck.

    ``losses`` is tidy: ``method, role`` (``select``, ``test``), ``cutoff, loss`` (sum of ``|y - yhat|`` at the ranked
    level), ``weight`` (sum of ``|y|``), ``n`` (rows asked for) and ``n_ok`` (rows got). WAPE is the sum of losses by
    the sum of weights. ``overlap`` is ``ceil(horizon / step) - 1``: how many later origins a horizon reaches into.

    Columns: ``rank`` (by ``wape.select``), ``method``, ``wape.select``, ``wape.test``, ``diff`` to the baseline over
    the selection folds (negative: better) with ``lo``, ``hi`` and ``p`` of this comparison alone, ``evidence`` in
    words after Holm's correction for all comparisons with the baseline, ``behind`` (difference to the best), ``p_best``
    (after Holm's correction for all comparisons with the best; the pair of best and baseline gets the more careful of
    its two corrected figures), ``tied_with_best``, ``n_origins`` (whole selection
    folds) and ``n_failed``.

    A method with failed folds stands after all complete ones, is compared on the folds that both have, never counts as
    tied with the best, and is left out of the corrections. The best was chosen by the same folds, which flatters it:
    the test figures stand beside it to confirm. Raises ConfigError when the baseline is not among the methods.
    """
    select, test = of_role(losses, names.SELECT), of_role(losses, names.TEST)
    if baseline not in select.methods:
        what = f"there is no method {baseline}, there are {', '.join(select.methods)}"
        fault = Fault("unknown-baseline", "compare.baseline", what, nearest(baseline, select.methods))
        raise ConfigError(fault)
    order = ranked(select)
    best = order[0]
    to_baseline = [select.paired(method, baseline, overlap, alpha) for method in order]
    to_best = [select.paired(method, best, overlap, alpha) for method in order]
    whole = [select.complete(method) for method in order]
    sure = holm([_counted(d, ok and m != baseline) for m, d, ok in zip(order, to_baseline, whole, strict=True)])
    behind = holm([_counted(d, ok and m != best) for m, d, ok in zip(order, to_best, whole, strict=True)])
    # One pair stands in both corrections: best and baseline. It gets the more careful figure, so that words agree.
    at = order.index(baseline)
    sure[0] = behind[at] = max(sure[0], behind[at])
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "method": order,
            "wape.select": [select.wape(method) for method in order],
            "wape.test": [test.wape(method) for method in order],
            **_columns(to_baseline),
            "evidence": [
                BASELINE if method == baseline else verdict(select, method, d, p, alpha, overlap)
                for method, d, p in zip(order, to_baseline, sure, strict=True)
            ],
            "behind": [d.mean for d in to_best],
            "p_best": behind,
            "tied_with_best": [
                method == best or (ok and not p < alpha) for method, p, ok in zip(order, behind, whole, strict=True)
            ],
            "n_origins": [select.ok(method) for method in order],
            "n_failed": [select.origins - select.ok(method) for method in order],
        }
    )


def pairwise(losses: pd.DataFrame, alpha: float, overlap: int) -> pd.DataFrame:
    """Every two methods compared over the selection folds that both have.

    Columns ``a, b, diff`` (WAPE of a minus that of b; negative: a is better), ``lo, hi, p`` of this comparison alone,
    ``p_holm`` after Holm's correction for all pairs, ``n`` origins. Better-ranked methods come first.
    """
    select = of_role(losses, names.SELECT)
    pairs = list(itertools.combinations(ranked(select), 2))
    found = [select.paired(a, b, overlap, alpha) for a, b in pairs]
    return pd.DataFrame(
        {
            "a": [a for a, _ in pairs],
            "b": [b for _, b in pairs],
            **_columns(found),
            "p_holm": holm([d.p for d in found]),
            "n": [d.n for d in found],
        }
    )


def best_by_segment(losses: pd.DataFrame, alpha: float, overlap: int) -> pd.DataFrame:
    """The best method of each segment over the selection folds, and in words how sure that is.

    ``losses`` as for the leaderboard with a column ``segment``. Columns ``segment, best, wape, runner_up, verdict``
    such as "arima, but theta and ets cannot be told apart". Holm's correction is per segment.
    """
    rows = []
    for segment, part in losses.groupby(names.SEGMENT, sort=True, observed=True):
        select = of_role(part, names.SELECT)
        order = ranked(select)
        whole = [method for method in order if select.complete(method)]
        runner_up = order[1] if len(order) > 1 else ""
        rows.append((segment, order[0], select.wape(order[0]), runner_up, _words(select, order, whole, alpha, overlap)))
    return pd.DataFrame(rows, columns=[names.SEGMENT, "best", "wape", "runner_up", "verdict"])


def ranked(losses: Losses) -> list[str]:
    """Methods from best to worst WAPE; those with failed folds after all others, equal ones by name."""

    def place(method: str) -> tuple[bool, bool, float, str]:
        wape = losses.wape(method)
        return not losses.complete(method), math.isnan(wape), wape, method

    return sorted(losses.methods, key=place)


def verdict(losses: Losses, method: str, found: Difference, p: float, alpha: float, overlap: int) -> str:
    """The evidence for a difference in two or three words."""
    if not losses.origins:
        return FEW
    if not losses.complete(method):
        return FAILED
    if not enough(found.n, overlap):
        return FEW
    if math.isnan(found.mean):
        return UNDEFINED
    return CLEAR if p < alpha else TIED


def _counted(found: Difference, counts: bool) -> float:
    """The p-value of a comparison that is among those corrected for."""
    return found.p if counts else math.nan


def _columns(found: Sequence[Difference]) -> dict[str, list[float]]:
    return {
        "diff": [d.mean for d in found],
        "lo": [d.low for d in found],
        "hi": [d.high for d in found],
        "p": [d.p for d in found],
    }


def _words(losses: Losses, order: list[str], whole: list[str], alpha: float, overlap: int) -> str:
    best, others = order[0], whole[1:]
    if not whole:
        return f"{best}, but every method has failed folds"
    if math.isnan(losses.wape(best)):
        return "nothing was sold: no method can be called best"
    if not others:
        return f"{best}, the only method without failed folds" if len(order) > 1 else f"{best}, the only method"
    if not enough(losses.origins, overlap):
        return f"{best}, but {losses.origins} origins are not enough to tell"
    p = holm([losses.paired(method, best, overlap, alpha).p for method in others])
    tied = [method for method, value in zip(others, p, strict=True) if not value < alpha]
    if not tied:
        return f"{best}, clearly"
    if len(tied) > 3:
        return f"{best}, but {len(tied)} others cannot be told apart"
    listed = " and ".join(part for part in (", ".join(tied[:-1]), tied[-1]) if part)
    return f"{best}, but {listed} cannot be told apart"
