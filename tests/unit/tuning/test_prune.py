"""When a trial is given up: the rule, on losses whose bar can be computed by hand."""

import math
from dataclasses import replace

import pytest

from forecastlab.recipe import compose
from forecastlab.recipe.space import searchable
from forecastlab.tuning.search import Prune
from forecastlab.tuning.space import Proposal, Trial


def done(*losses):
    return Trial(0, Proposal({}, {}), "done", losses, losses[-1:], 0.0)


def stopped(*losses):
    return Trial(0, Proposal({}, {}), "pruned", losses, (), 0.0)


def test_when_later_folds_never_change_the_order_then_the_bar_is_the_quantile_of_earlier_trials():
    earlier = [done(2.0, 2.0, 2.0), done(3.0, 3.0, 3.0), done(4.0, 4.0, 4.0), stopped(9.0)]
    assert Prune(0.5, 1.5, 1, 3).bar(earlier, 0, 3) == 3.5  # of 2, 3, 4, 9
    assert Prune(0.5, 1.5, 1, 3).bar(earlier, 1, 3) == 3.0  # of 2, 3, 4: the fourth was given up before


def test_when_later_folds_differ_then_a_trial_that_luck_could_make_the_best_goes_on():
    # log(final / first) is 0 and 2: mean 1, standard deviation √2; the best final loss is 1
    earlier = [done(1.0, 1.0), done(1.0, math.e**2)]
    assert Prune(0.5, 1.0, 1, 2).bar(earlier, 0, 2) == pytest.approx(math.exp(math.sqrt(2) - 1))
    assert Prune(0.5, 2.0, 1, 2).bar(earlier, 0, 2) == pytest.approx(math.exp(2 * math.sqrt(2) - 1))


def test_when_there_is_too_little_to_compare_with_then_no_trial_is_given_up():
    earlier = [done(2.0, 2.0, 2.0), done(3.0, 3.0, 3.0), stopped(9.0), stopped(9.0)]
    assert Prune(0.5, 1.5, 1, 3).bar(earlier, 0, 3) == math.inf  # two finished
    assert Prune(0.5, 1.5, 2, 2).bar(earlier, 0, 3) == math.inf  # every trial gets two folds
    assert Prune(0.5, 1.5, 1, 2).bar(earlier, 0, 4) == math.inf  # they had other folds
    assert (
        Prune(0.5, 1.5, 1, 2).bar([done(0.0, 0.0, 0.0), done(1.0, 1.0, 1.0)], 0, 3) == math.inf
    )  # nothing is relative


def test_when_a_trial_failed_then_its_losses_do_not_count():
    failed = Trial(0, Proposal({}, {}), "failed", (math.nan,), (), 0.0, "the loss is not a number")
    earlier = [done(2.0, 2.0), done(3.0, 3.0)]
    assert Prune(0.5, 0.0, 1, 2).bar([*earlier, failed], 0, 2) == Prune(0.5, 0.0, 1, 2).bar(earlier, 0, 2) == 2.5


def test_when_the_loss_is_not_all_that_counts_then_no_trial_is_given_up():
    config = compose(["dataset=cdnow", "segmentation=none", "model=theta", "tracking=none"])
    tuning = searchable(config).recipe({}).tuning
    earlier = [done(2.0, 2.0)] * 8
    assert tuning.bar(earlier, 2) == (2.0, math.inf)
    assert replace(tuning, objectives=("seconds",)).bar(earlier, 2) == (math.inf, math.inf)
    assert replace(tuning, objectives=("loss", "seconds")).bar(earlier, 2) == (math.inf, math.inf)
    assert replace(tuning, prune=None).bar(earlier, 2) == (math.inf, math.inf)
