"""Methods as trees: who answers which series, and what weights may learn from."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from forecastlab.combine.mean import Mean
from forecastlab.flow.members import Assembly, Where, leaves
from forecastlab.model.ensemble import Ensemble
from forecastlab.model.naive import Naive
from forecastlab.model.route import Route
from forecastlab.model.seasonal_naive import SeasonalNaive
from forecastlab.schema import Fold, Frequency

SEGMENTS = ["new", "active", "lost", "active"]
STATIC = pd.DataFrame({"segment": SEGMENTS}, index=["a", "b", "c", "d"])
BOTH = Ensemble({"naive": Naive(), "seasonal": SeasonalNaive()}, Mean(), None)


def rows(method):
    return {leaf.name: list(leaf.where.of(STATIC)) for leaf in leaves(method)}


def test_when_a_method_stands_alone_then_it_answers_every_series():
    assert rows(Naive()) == {"": [0, 1, 2, 3]}


def test_when_methods_are_combined_then_each_answers_every_series():
    assert rows(BOTH) == {"naive": [0, 1, 2, 3], "seasonal": [0, 1, 2, 3]}


def test_when_some_members_take_part_then_the_others_are_not_fitted():
    assert rows(Ensemble(BOTH.members, Mean(), ["seasonal"])) == {"seasonal": [0, 1, 2, 3]}


def test_when_segments_are_routed_then_every_series_is_answered_by_one_method():
    route = Route({"new": Naive(), "active": BOTH}, SeasonalNaive())
    found = rows(route)
    assert found == {"new": [0], "active.naive": [1, 3], "active.seasonal": [1, 3], "other": [2]}


def test_when_a_route_is_inside_a_route_then_it_gets_no_more_than_its_segment():
    inner = Route({"active": Naive(), "new": Naive()}, SeasonalNaive())
    found = rows(Route({"active": inner}, Naive()))
    assert found == {"active.active": [1, 3], "active.new": [], "active.other": [], "other": [0, 2]}


def test_when_nothing_is_said_then_where_takes_all():
    assert list(Where().of(STATIC)) == [0, 1, 2, 3]
    assert list(Where(None, ("active",)).of(STATIC)) == [0, 2]


@dataclass(frozen=True)
class Spy:
    """Takes the first member, and writes down what it was told of the past."""

    told: list = field(default_factory=list)

    def combine(self, now, past):
        self.told.append(past)
        return now.yhat[min(now.yhat)]


WEEKS = Frequency("W-SUN")
ENDS = pd.date_range("2024-01-07", periods=12, freq="W-SUN")


def said(fold, value):
    return pd.DataFrame(
        {
            "unique_id": "total",
            "segment": "",
            "cutoff": fold.cutoff,
            "ds": fold.dates,
            "step": np.arange(1, fold.horizon + 1),
            "yhat": value,
            "source": "model",
        }
    )


def test_when_weights_learn_then_only_from_what_had_come_true_by_the_cutoff():
    spy = Spy()
    assembly = Assembly(Ensemble({"naive": Naive(), "seasonal": SeasonalNaive()}, spy, None))
    folds = [Fold(ENDS[i], 3, 0, WEEKS, "select", i) for i in (3, 4, 6)]
    for fold in folds:
        answers = {"naive": said(fold, 1.0), "seasonal": said(fold, 3.0)}
        frame, members = assembly.assemble(answers, fold)
        assert (frame["yhat"] == 1.0).all()
        truth = pd.DataFrame({"unique_id": "total", "ds": fold.dates, "y": 2.0})
        assembly.learn(members, truth, truth[["unique_id", "ds"]].assign(mae_scale=0.5))
    first, second, third = spy.told
    assert len(first.y) == 0
    assert len(second.y) == 1  # of the three weeks after the first cutoff one had passed at the second
    assert len(third.y) == 3 + 2
    assert set(third.scale) == {0.5} and set(third.members.yhat) == {"naive", "seasonal"}
    assert third.members.yhat["seasonal"].tolist() == [3.0] * 5
    assert sorted(third.members.step.tolist()) == [1, 1, 2, 2, 3]


def test_when_a_member_did_not_answer_then_it_is_not_passed_over():
    fold = Fold(ENDS[3], 3, 0, WEEKS, "select", 0)
    with pytest.raises(KeyError):
        Assembly(BOTH).assemble({"naive": said(fold, 1.0)}, fold)
