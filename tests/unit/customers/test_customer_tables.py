"""What is known of customers and what followed, worked out by hand on a log of a few lines."""

import pandas as pd
import pytest

from forecastlab.schema import ConfigError, Fold, Frequency
from forecastlab.schema.customers import Look
from forecastlab.schema.names import SELECT
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customers
from forecastlab.target.churn import Churn
from forecastlab.target.clv import Clv
from forecastlab.target.conversion import Conversion
from forecastlab.target.winback import Winback
from forecastlab.testing.logs import write_log, write_tables

WEEK = Frequency("W-SUN")
LINES = [  # customer, day of 2024, cents, shop
    ("a", "01-02", 1000, "north"),
    ("a", "01-12", 2000, "south"),
    ("a", "02-01", 3000, "south"),
    ("a", "02-01", -500, "south"),  # brought back on a day with a purchase
    ("a", "02-20", 700, "north"),  # after the cutoff
    ("b", "01-20", 400, "north"),
    ("c", "02-10", -300, "north"),  # only ever brought something back
    ("d", "03-01", 900, "north"),  # first seen after the cutoff
    (None, "01-05", 5000, "north"),
]
LOOK = Look("2 weeks", 2, 1, ("shop",), ("shop",))


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    rows = pd.DataFrame(LINES, columns=["customer_id", "day", "amount", "shop"])
    rows = rows.assign(time=pd.to_datetime("2024-" + rows["day"]), quantity=1.0, basket_id="x", kind_of_goods="y")
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    return write_log(rows.drop(columns="day"), path, "2024-01-01", "2024-03-10", True)


def fold(cutoff="2024-02-11", horizon=2, gap=0):
    return Fold(pd.Timestamp(cutoff), horizon, gap, WEEK, SELECT, 0)


def test_when_customers_are_known_then_their_figures_are_those_of_the_past(log):
    built = customers.build(log, NO_SEGMENTS(), fold(), Clv("W-SUN", 1.0, None, LOOK))
    known = built.known.set_index("customer_id")
    assert list(known.index) == ["a", "b"]
    a = known.loc["a"]
    assert (a["recency"], a["tenure"], a["orders"]) == (10, 40, 3)
    assert (a["money"], a["repeat_money"], a["basket"]) == pytest.approx((55.0, 45.0, 55 / 3))
    # Windows of 14 days: 29 January to 11 February, and 15 to 28 January.
    assert (a["orders_recent"], a["money_recent"], a["orders_before"], a["money_before"]) == (1, 25.0, 0, 0.0)
    # Gaps of 10 and 20 days.
    assert (a["rhythm"], a["rhythm_spread"], a["overdue"]) == pytest.approx((15, 7.0710678, 10 / 15))
    assert (a["orders_trend"], a["money_trend"]) == (1.0, 1.0)
    assert (a["breadth.shop"], a["shop"]) == (1, "south")
    b = known.loc["b"]
    assert (b["recency"], b["orders"], b["orders_trend"]) == (22, 1, -1.0) and pd.isna(b["rhythm"])


def test_when_customers_are_counted_then_each_is_scored_or_left_out_for_a_reason(log):
    built = customers.build(log, NO_SEGMENTS(), fold(), Churn("W-SUN", "horizon", 2.0, "3 weeks", LOOK))
    assert built.account == {
        "scored": (1, 5500),
        "not bought for 3 weeks": (1, 400),
        "never bought, only brought back": (1, -300),
    }


def test_when_methods_learn_then_the_whole_horizon_lies_at_or_before_the_cutoff(log):
    target = Clv("W-SUN", 0.5, None, LOOK)
    assert customers.origins(fold(), target, log.span[0]) == [pd.Timestamp("2024-01-28"), pd.Timestamp("2024-01-21")]
    rows = customers.build(log, NO_SEGMENTS(), fold(), target).rows.set_index(["customer_id", "as_of"])
    labels = rows["label"].groupby("customer_id").apply(list).to_dict()
    # a brought 25 in the two weeks after the 28th and in those after the 21st; half of it counts. b brought nothing.
    assert labels == {"a": [12.5, 12.5], "b": [0.0, 0.0]}


def test_when_no_moment_has_a_window_and_a_horizon_then_the_arithmetic_is_told(log):
    with pytest.raises(ConfigError, match=r"no-earlier-moment.*window of 2 weeks.*horizon of 4 periods"):
        customers.origins(fold("2024-02-04", 4), Clv("W-SUN", 1.0, None, LOOK), log.span[0])


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (Churn("W-SUN", "horizon", 2.0, None, LOOK), {"a": 0.0, "b": 1.0}),
        # a has a mean gap of 15 days: 0.5 of it is 8 days, and the next purchase came after 9.
        (Churn("W-SUN", "rhythm", 0.5, None, LOOK), {"a": 1.0, "b": 1.0}),
        (Churn("W-SUN", "rhythm", 0.6, None, LOOK), {"a": 0.0, "b": 1.0}),
        (Winback("W-SUN", "2 weeks", LOOK), {"b": 0.0}),
        (Clv("W-SUN", 0.5, None, LOOK), {"a": 3.5, "b": 0.0}),
    ],
)
def test_when_the_horizon_is_over_then_the_truth_is_what_came(log, target, expected):
    built = customers.build(log, NO_SEGMENTS(), fold(), target)
    truth = customers.truth(log, fold(), target, built.known)
    assert dict(zip(truth["unique_id"], truth["y"], strict=True)) == expected


LEADS = [("a", "01-01"), ("d", "01-20"), ("e", "01-25"), ("e", "02-15"), ("f", "02-19")]


def test_when_leads_are_asked_then_those_who_have_not_bought_are_and_a_first_purchase_is_the_reaction(log):
    rows = pd.DataFrame(LEADS, columns=["customer_id", "day"])
    rows = rows.assign(time=pd.to_datetime("2024-" + rows["day"]), kind="fair", value=1.0).drop(columns="day")
    told = write_tables(log, {"leads": rows})
    target = Conversion("W-SUN", "prospects", "leads", "4 weeks", "purchase", False, LOOK)
    asked = fold("2024-02-18")
    built = customers.build(told, NO_SEGMENTS(), asked, target)
    known = built.known.set_index("customer_id")
    # f became a lead after the cutoff; d came on 20 January, more than four weeks ago; a and b have bought.
    assert known["left_out"].to_dict() == {
        "a": "has bought already",
        "b": "has bought already",
        "d": "not targeted within 4 weeks",
        "e": "",
    }
    e = known.loc["e"]
    assert (e["orders"], e["money"], e["orders_trend"], e["leads.recency"], e["segment"]) == (0, 0, 0, 3, "prospect")
    assert e[["recency", "tenure", "basket", "rhythm"]].isna().all()
    assert built.account["has bought already"] == (2, 5900) and built.account["scored"] == (1, 0)
    # On 28 January and on 4 February d and e were leads, and neither bought within the two weeks that followed.
    learned = built.rows.groupby("customer_id")["label"].apply(list)
    assert learned.to_dict() == {"d": [0.0, 0.0], "e": [0.0, 0.0]}
    everybody = Conversion("W-SUN", "both", "leads", "9 weeks", "purchase", True, LOOK)
    truth = customers.truth(told, asked, everybody, customers.build(told, NO_SEGMENTS(), asked, everybody).known)
    assert dict(zip(truth["unique_id"], truth["y"], strict=True)) == {"a": 1.0, "d": 1.0, "e": 0.0}
