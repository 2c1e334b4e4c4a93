"""What every watch must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pandas as pd

from forecastlab.schema import Evidence, Watch, names
from forecastlab.schema.watching import TOPICS
from forecastlab.stages.watching import NO_INPUTS, look

Check = Callable[[Watch], None]
STEPS, SERIES = 3, 4


def it_says_what_it_costs(watch: Watch) -> None:
    """It states how often it may cry without reason, and what its cry is."""
    assert 0 < watch.false_alarms < 0.5, f"a false-alarm rate of {watch.false_alarms}"
    assert watch.raises in ("alarm", "warning"), f"it raises {watch.raises!r}"


def without_news_it_is_too_early(watch: Watch) -> None:
    """Before anything came true it says that it is too early, in words, and does not cry."""
    evidence = made_up(quiet=True)
    empty = dataclasses.replace(
        evidence, live=evidence.live.iloc[:0], inputs=evidence.inputs[evidence.inputs["ds"] <= evidence.trained]
    )
    for each in (empty, dataclasses.replace(empty, inputs=NO_INPUTS)):
        found = look({"watch": watch}, each)
        assert len(found) and (found["state"] == "early").all(), f"without news it says {sorted(set(found['state']))}"
        assert found["words"].str.len().min() > 5, "it does not say why"


def without_a_change_it_is_quiet(watch: Watch) -> None:
    """Where the new is like the old, it says fine."""
    found = look({"watch": watch}, made_up(quiet=True))
    assert set(found["state"]) <= {"fine", "early"}, "; ".join(found.query("state not in ['fine', 'early']")["words"])
    assert "fine" in set(found["state"]), "it says nothing at all"


def when_all_changes_it_cries(watch: Watch) -> None:
    """Where sales, intervals, customers and drivers are all broken, it cries, with a reason in words."""
    found = look({"watch": watch}, made_up(quiet=False))
    loud = found[found["state"] == watch.raises]
    assert len(loud), f"it says {sorted(set(found['state']))}"
    assert loud["words"].str.len().min() > 20, "it does not say why"


def the_order_of_rows_is_no_matter(watch: Watch) -> None:
    """Rows in another order are the same evidence."""
    evidence = made_up(quiet=False)
    frames = {name: getattr(evidence, name).sample(frac=1, random_state=3) for name in ("band", "live", "inputs")}
    turned = look({"watch": watch}, dataclasses.replace(evidence, **frames))
    pd.testing.assert_frame_equal(turned, look({"watch": watch}, evidence))


def evidence_is_left_as_it_was(watch: Watch) -> None:
    """No frame is written into."""
    evidence = made_up(quiet=False)
    kept = {name: getattr(evidence, name).copy(deep=True) for name in ("band", "live", "inputs")}
    watch.watch(evidence)
    for name, frame in kept.items():
        pd.testing.assert_frame_equal(getattr(evidence, name), frame)


def made_up(quiet: bool) -> Evidence:
    """A backtest of 14 origins and five live ones, after which everything is as before, or nothing is."""
    rng = np.random.default_rng(11)
    ends = pd.date_range("2023-01-01", periods=100, freq="W-SUN")
    trained = ends[70]
    cutoffs = [ends[70 + STEPS * i] for i in range(-14, 5)]
    band, live = (_scored(rng, part, 1.0) for part in (cutoffs[:14], cutoffs[14:]))
    if not quiet:
        live[names.Y] *= 0.4
    inputs = pd.concat([_figures(rng, topic, ends[:86], trained, quiet) for topic in TOPICS], ignore_index=True)
    return Evidence(band, live, inputs, trained, live[names.DS].max(), "series")


def _scored(rng: np.random.Generator, cutoffs: list[pd.Timestamp], level: float) -> pd.DataFrame:
    frames = []
    for cutoff in cutoffs:
        n = SERIES * STEPS
        ids = np.repeat([f"segment=s{i}" for i in range(SERIES)], STEPS)
        frame = pd.DataFrame({names.SERIES: ids, names.LEVEL: "segment", names.SEGMENT: [i[-2:] for i in ids]})
        frame[names.CUTOFF] = cutoff
        frame[names.STEP] = np.tile(np.arange(1, STEPS + 1), SERIES)
        frame[names.DS] = np.tile(pd.date_range(cutoff, periods=STEPS + 1, freq="W-SUN")[1:], SERIES)
        frame[names.YHAT] = 100.0
        frame[names.Y] = 100.0 * level + rng.normal(0, 10, n)
        whole = frame.groupby([names.CUTOFF, names.STEP, names.DS], as_index=False)[[names.YHAT, names.Y]].sum()
        whole = whole.assign(**{names.SERIES: names.TOTAL, names.LEVEL: names.TOTAL, names.SEGMENT: ""})
        both = pd.concat([frame, whole], ignore_index=True)
        reach = np.where(both[names.LEVEL] == names.TOTAL, 2.0, 1.0) * 10 * 1.2816
        frames.append(both.assign(**{"q0.1": both[names.YHAT] - reach, "q0.9": both[names.YHAT] + reach}))
    return pd.concat(frames, ignore_index=True)


def _figures(
    rng: np.random.Generator, topic: str, ends: pd.DatetimeIndex, trained: pd.Timestamp, quiet: bool
) -> pd.DataFrame:
    late = (ends > trained) & (not quiet)
    counts = rng.poisson(np.where(late[:, None], [20, 100, 400], [100, 200, 100]), (len(ends), 3))
    parts = [
        pd.DataFrame({"ds": ends, "name": "mix", "kind": "counts", "bin": str(i), "value": counts[:, i].astype(float)})
        for i in range(3)
    ]
    levels = {"level": (50.0, 20.0, 2.0), "share": (0.05, 0.5, 0.004)}
    for kind, (before, after, spread) in levels.items():
        value = np.where(late, after, before) + rng.normal(0, spread, len(ends))
        parts.append(pd.DataFrame({"ds": ends, "name": kind, "kind": kind, "bin": "", "value": value}))
    return pd.concat(parts, ignore_index=True).assign(topic=topic)


CHECKS: tuple[Check, ...] = (
    it_says_what_it_costs,
    without_news_it_is_too_early,
    without_a_change_it_is_quiet,
    when_all_changes_it_cries,
    the_order_of_rows_is_no_matter,
    evidence_is_left_as_it_was,
)
