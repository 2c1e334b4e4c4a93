"""A config whose target is of customers: what it uses, what it leaves aside, how it ranks."""

import pytest

from forecastlab.flow.experiment import CustomerExperiment, Experiment, of_series
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError
from forecastlab.task.naming import method


def test_when_the_target_is_of_customers_then_the_recipe_names_what_it_uses_only():
    recipe = build(compose(["target=churn", "customer=logistic"]))
    assert isinstance(recipe.experiment, CustomerExperiment)
    assert not {"model", "reconcile", "calibrate", "driver"} & {*recipe.plain, *recipe.choices}
    assert method(recipe.choices) == "logistic"
    assert set(recipe.experiment.metrics) == {
        *("auc", "average_precision", "lift10", "precision10", "brier", "log_loss", "calibration")
    }


def test_when_the_target_is_sales_then_nothing_of_customers_is_in_the_recipe():
    recipe = build(compose([]))
    assert isinstance(recipe.experiment, Experiment)
    assert "customer" not in {*recipe.plain, *recipe.choices} and method(recipe.choices) == "seasonal_naive"
    assert not {"auc", "gini"} & {*recipe.experiment.metrics, *recipe.plain["metric"]}


@pytest.mark.parametrize(
    ("target", "usual"),
    [
        ("sales", ("seasonal_naive", "total", "wape")),
        ("churn", ("naive", "customer", "brier")),
        ("clv", ("naive", "customer", "rmse")),
        ("cross_sell", ("most_popular", "customer", "hit_rate5")),
    ],
)
def test_when_nothing_is_said_of_ranking_then_it_is_what_the_target_usually_has(target, usual):
    words = [f"target={target}", *(["customer=apriori"] if target == "cross_sell" else [])]
    compare = build(compose(words)).settings.compare
    assert (compare.baseline, compare.level, compare.metric) == usual
    kept = build(compose(words)).plain["compare"]
    assert (kept["baseline"], kept["level"], kept["metric"]) == usual


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["target=clv", "customer=logistic"], "wrong-method: customer: logistic foretells events"),
        (["target=cross_sell", "customer=logistic"], "type customer=most_popular"),
        (["target=churn", "customer=apriori"], "wrong-method: customer: apriori foretells items"),
        (["target=cross_sell", "customer=apriori", "target.offer.window=x"], "bad-duration: target.offer.window"),
        (["target=churn", "metric=[wape]"], "unserved-metric: metric: none of the measures"),
        (["target=churn", "compare.metric=rmse"], "unserved-metric: compare.metric: found rmse"),
        (["compare.metric=auc"], "unserved-metric: compare.metric: found auc, series are ranked by"),
        (["target=churn", "segmentation=abc_xyz"], "segments-series: segmentation"),
        (["target=churn", "target.look.window=soon"], "bad-duration: target.look.window"),
    ],
)
def test_when_parts_do_not_go_together_then_the_line_says_which(words, fault):
    with pytest.raises(ConfigError) as raised:
        build(compose(words))
    assert fault in str(raised.value)


def test_when_a_command_serves_series_only_then_it_says_so():
    with pytest.raises(ConfigError, match=r"customer-target: target: found churn, a plan serves target=sales only"):
        of_series(build(compose(["target=churn"])).experiment, "a plan")
