"""The contract suites find what they are there to find: parts that break one law each."""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
import pytest

from forecastlab.backtest.expanding import Expanding
from forecastlab.calibrate.conformal import Conformal
from forecastlab.feature.lags import Lags
from forecastlab.metric.wape import Wape
from forecastlab.model.naive import Naive
from forecastlab.reconcile.bottom_up import BottomUp
from forecastlab.schema import Split
from forecastlab.testing.checks import checks_of


def broken_laws(group, part):
    """The names of the laws that a part breaks."""
    broken = set()
    for name, check in checks_of(group, part):
        try:
            check()
        except Exception:
            broken.add(name)
    return broken


@dataclass(frozen=True)
class Model:
    """A naive forecast that goes wrong in one way."""

    fault: str
    local = True

    def fit(self, history):
        found = Naive().fit(history)
        values = found.values.copy()
        match self.fault:
            case "pools":
                values = values + np.nanmean(history.grid.values)
            case "dice":
                values = values + np.random.default_rng().normal(size=values.shape)
            case "silent":
                values = np.where(history.grid.values[:, :1] == 0, np.inf, values)
            case "writes":
                history.grid.values[:, 0] = 0.0
            case "order":
                found = replace(found, ids=found.ids[::-1])
        return replace(found, values=values)

    def from_state(self, state):
        found = Naive().from_state(state)
        return replace(found, values=found.values + 1) if self.fault == "forgets" else found


@dataclass(frozen=True)
class Default:
    """A part with a default in code."""

    lags: list = field(default_factory=lambda: [1])

    def build(self, grid, at):
        return Lags(self.lags, []).build(grid, at)


@dataclass(frozen=True)
class Peeks:
    """A feature that sees the present."""

    def build(self, grid, at):
        return {"now": grid.values[:, at]}


@dataclass(frozen=True)
class Infinite:
    """A metric that divides by zero."""

    levels = ()

    def score(self, scored):
        with np.errstate(all="ignore"):
            return float(np.abs(scored.y - scored.yhat).sum() / np.abs(scored.y).sum())


@dataclass(frozen=True)
class First:
    """A metric that looks at the first row alone."""

    levels = ()

    def score(self, scored):
        return Wape().score(scored.take(np.arange(min(len(scored), 1))))


@dataclass(frozen=True)
class Leaks:
    """A backtest whose selection folds reach into the test."""

    def split(self, ends, freq):
        found = Expanding(4, 0, 1, 6, 3, 1, 16).split(ends, freq)
        first = next(fold for fold in found.folds if fold.role == "test")
        return Split([replace(first, cutoff=ends[list(ends).index(first.cutoff) - 1], role="select"), first], ())


@dataclass(frozen=True)
class Crosses:
    """A calibrator whose quantiles cross."""

    native = False

    def calibrate(self, past, now, levels):
        found = Conformal(False, False).calibrate(past, now, levels)
        return found.rename(columns={"q0.1": "q0.9", "q0.9": "q0.1"})


@dataclass(frozen=True)
class Loses:
    """A reconciler that fills what is missing with zero."""

    upper = False

    def reconcile(self, forecasts, summing, past):
        every = pd.MultiIndex.from_product(
            [sorted({*summing["bottom"], *forecasts["unique_id"]}), sorted(set(forecasts["ds"]))],
            names=["unique_id", "ds"],
        )
        whole = forecasts.set_index(["unique_id", "ds"]).reindex(every).fillna(0.0).reset_index()
        return BottomUp().reconcile(whole, summing, past)


@dataclass(frozen=True)
class Skips:
    """A combiner that passes over what is not a number."""

    def combine(self, now, past):
        return np.nanmean([now.yhat[name] for name in sorted(now.yhat)], axis=0)


@dataclass(frozen=True)
class Favours:
    """A combiner that gives the first member more weight, whichever that is."""

    def combine(self, now, past):
        weights = 1 / np.arange(1, len(now.yhat) + 1)
        return np.average(list(now.yhat.values()), axis=0, weights=weights)


@dataclass(frozen=True)
class Nowhere:
    """A route that leads nowhere."""

    routes: dict
    other: object


@dataclass(frozen=True)
class Forgets:
    """An executor that swallows failures."""

    def map(self, fn, jobs):
        for job in jobs:
            try:
                yield fn(job)
            except ValueError:
                yield None

    def close(self):
        pass


CASES = [
    ("model", Model("pools"), {"other_series_do_not_matter"}),
    ("model", Model("dice"), {"it_is_deterministic"}),
    ("model", Model("silent"), {"hard_series_are_answered_or_listed"}),
    ("model", Model("writes"), {"the_past_is_left_as_it_was"}),
    ("model", Model("order"), {"each_series_is_answered_once"}),
    ("model", Model("forgets"), {"a_state_predicts_the_same_bits"}),
    ("feature", Default(), {"values_live_in_yaml_only"}),
    ("feature", Peeks(), {"the_present_and_the_future_do_not_matter"}),
    ("metric", Infinite(), {"it_is_a_number_or_undefined_never_infinite"}),
    ("metric", First(), {"rows_have_no_order"}),
    ("backtest", Leaks(), {"choosing_never_sees_the_test_folds"}),
    ("calibrate", Crosses(), {"quantiles_are_all_or_none_and_ordered"}),
    ("reconcile", Loses(), {"missing_money_is_refused"}),
    ("combine", Skips(), {"a_missing_number_is_not_passed_over"}),
    ("combine", Favours(), {"the_order_of_members_does_not_matter"}),
    ("model", Nowhere({"new": Naive()}, 3), {"its_routes_lead_to_methods"}),
    ("model", Nowhere({}, Naive()), {"its_routes_lead_to_methods"}),
    ("executor", Forgets(), {"results_come_in_the_order_of_the_jobs"}),
]


@pytest.mark.parametrize(
    ("group", "part", "expected"), CASES, ids=[f"{g}-{getattr(p, 'fault', type(p).__name__)}" for g, p, _ in CASES]
)
@pytest.mark.filterwarnings("ignore")
def test_when_a_part_breaks_a_law_then_the_check_of_that_law_finds_it(group, part, expected):
    broken = broken_laws(group, part)
    assert expected <= broken and len(broken) <= 5


def test_when_a_model_is_sound_then_no_law_is_broken():
    assert broken_laws("model", Naive()) == set()
    assert broken_laws("model", Model("none")) == set()


@dataclass(frozen=True)
class Classes:
    """Classes of series that go wrong in one way."""

    fault: str
    segments = ("little", "much")

    def classify(self, grid, season):
        values = np.nan_to_num(grid.values)
        much = values.sum(axis=1) > 900
        match self.fault:
            case "first":
                much = np.arange(len(much)) < 5
            case "begins":
                much = values[:, : values.shape[1] // 2].sum(axis=1) > 300
            case "writes":
                grid.values[:, -1] = 7.0
            case "empty" if not len(much):
                return np.array(["little"])
        return np.where(much, "many" if self.fault == "other" else "much", "little")


@pytest.mark.parametrize(
    ("fault", "law"),
    [
        ("other", "names_are_declared"),
        ("first", "the_order_of_series_does_not_matter"),
        ("writes", "classifying_is_pure"),
        ("begins", "what_was_before_a_series_does_not_count"),
        ("empty", "nothing_is_no_problem"),
    ],
)
def test_when_a_segmentation_of_series_breaks_a_law_then_its_check_says_so(fault, law):
    assert law in broken_laws("segmentation", Classes(fault))
    assert not broken_laws("segmentation", Classes("none"))
