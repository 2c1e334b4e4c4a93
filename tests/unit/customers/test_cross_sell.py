"""Lists of the next best products, worked out by hand on a log of a few lines."""

import numpy as np
import pandas as pd
import pytest

from forecastlab.customer.apriori import Apriori
from forecastlab.customer.item_neighbours import ItemNeighbours
from forecastlab.customer.most_popular import MostPopular
from forecastlab.flow.customer_jobs import TableJob, read_account
from forecastlab.flow.item_jobs import item_table_job, judged, read_ask
from forecastlab.metric.hit_rate import HitRate
from forecastlab.metric.list_precision import ListPrecision
from forecastlab.metric.list_recall import ListRecall
from forecastlab.metric.popular_lift import PopularLift
from forecastlab.schema import ConfigError, Fold, Frequency
from forecastlab.schema.items import Offer
from forecastlab.schema.names import SELECT
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import item_table
from forecastlab.stages.item_lists import lists, ranked
from forecastlab.stages.plots.lists import by_length
from forecastlab.stages.plots.save import save_all
from forecastlab.stages.score import as_scored
from forecastlab.target.cross_sell import CrossSell
from forecastlab.testing.logs import write_log

LINES = [  # customer, day of 2024, cents, what
    ("a", "01-02", 100, "tea"),
    ("a", "01-02", 100, "jam"),
    ("b", "01-03", 100, "tea"),
    ("b", "01-04", 100, "jam"),
    ("c", "02-05", 100, "tea"),
    ("d", "02-05", 100, "rye"),
    ("d", "02-06", -100, "oat"),  # brought back: not bought
    ("e", "01-01", 100, "tea"),
    ("e", "01-01", 100, "jam"),
    ("e", "01-01", 100, "rye"),
    (None, "02-06", 100, "oat"),  # nobody known
    ("c", "02-13", 100, "jam"),  # after the cutoff, 11 February
    ("c", "02-14", 100, "tea"),  # bought before: new to nobody
    ("d", "02-13", 100, "jam"),
    ("d", "02-13", 100, "tea"),
    ("a", "02-13", 100, "oat"),  # not on sale before: nobody could offer it
    ("f", "02-13", 100, "tea"),  # a customer who came later
    ("c", "02-26", 100, "rye"),  # after the horizon
]


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    rows = pd.DataFrame(LINES, columns=["customer_id", "day", "amount", "kind_of_goods"])
    rows = rows.assign(time=pd.to_datetime("2024-" + rows["day"]), quantity=1.0, basket_id="x", shop="y")
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    return write_log(rows.drop(columns="day"), path, "2024-01-01", "2024-03-10", True)


FOLD = Fold(pd.Timestamp("2024-02-11"), 2, 0, Frequency("W-SUN"), SELECT, 0)


def target(only="new", alive=None, without=()):
    return CrossSell("W-SUN", alive, Offer("kind_of_goods", only, 2, without, "9 weeks"))


def answered(log, root, asked, method):
    folder = item_table_job(TableJob(root, "k", log, NO_SEGMENTS(), FOLD, asked))
    (found,) = lists(method, [read_ask(folder)])
    return judged(found, folder, FOLD), folder


def listed(frame):
    return {who: list(own.sort_values("rank")["item"]) for who, own in frame.groupby("unique_id")}


def test_when_the_past_is_laid_out_then_it_holds_what_customers_bought_by_the_cutoff(log):
    built = item_table.build(log, NO_SEGMENTS(), FOLD, target())
    assert list(built.items["item"]) == ["jam", "rye", "tea"] and list(built.items["popularity"]) == [3, 2, 4]
    assert list(built.customers["customer_id"]) == ["a", "b", "c", "d", "e"]
    past = item_table.past_of(built, 0, 63)
    assert past.customers.owned.toarray().tolist() == [[1, 0, 1], [1, 0, 1], [0, 0, 1], [0, 1, 0], [1, 1, 1]]
    assert past.baskets.toarray().sum(axis=1).tolist() == [2, 1, 1, 1, 1, 3]
    assert built.account == {"scored": (4, 500), "bought every kind_of_goods before": (1, 300)}


def test_when_only_new_items_are_offered_then_lists_and_hits_are_those_by_hand(log, tmp_path):
    frame, folder = answered(log, tmp_path, target(), MostPopular("total"))
    assert listed(frame) == {"a": ["rye"], "b": ["rye"], "c": ["jam", "rye"], "d": ["tea", "jam"]}
    bought = frame[frame["y"] == 1]
    assert sorted(zip(bought["unique_id"], bought["item"], strict=True)) == [("c", "jam"), ("d", "jam"), ("d", "tea")]
    # What could be offered and was bought: nothing of a and b, jam of c, jam and tea of d.
    assert frame.groupby("unique_id")["wanted"].first().to_dict() == {"a": 0, "b": 0, "c": 1, "d": 2}
    scored = as_scored(frame)
    assert HitRate(1).score(scored) == HitRate(2).score(scored) == 0.5
    assert ListPrecision(1).score(scored) == 0.5 and ListPrecision(2).score(scored) == 0.5
    assert ListRecall(1).score(scored) == 0.75 and ListRecall(2).score(scored) == 1.0
    assert PopularLift(1).score(scored) == 1.0
    assert read_account(folder)["scored"] == (4, 500)


def test_when_all_items_are_offered_then_what_is_bought_already_counts(log, tmp_path):
    frame, _ = answered(log, tmp_path, target("any"), MostPopular("total"))
    assert all(items == ["tea", "jam"] for items in listed(frame).values()) and frame["unique_id"].nunique() == 5
    assert frame.groupby("unique_id")["wanted"].first().to_dict() == {"a": 0, "b": 0, "c": 2, "d": 2, "e": 0}


def test_when_a_product_is_left_out_then_it_is_on_no_list_and_in_no_count(log, tmp_path):
    frame, _ = answered(log, tmp_path, target("any", without=("tea",)), MostPopular("total"))
    assert set(frame["item"]) == {"jam", "rye"} and frame["wanted"].max() == 1


def test_when_customers_have_been_away_then_they_get_no_list_and_are_counted(log):
    built = item_table.build(log, NO_SEGMENTS(), FOLD, target(alive="2 weeks"))
    assert built.account == {"scored": (2, 100), "not bought for 2 weeks": (3, 700)}


def test_when_rules_make_the_lists_then_each_item_comes_with_what_speaks_for_it(log, tmp_path):
    rules = Apriori("customer", None, 0.2, 0.5, "confidence", 2, 100)
    frame, _ = answered(log, tmp_path, target(), rules)
    c = frame[frame["unique_id"] == "c"].sort_values("rank")
    # Of the four who bought tea three bought jam and one rye (0.25, too little for a rule; 2 of all 5 bought rye).
    assert list(c["item"]) == ["jam", "rye"] and list(c["because"]) == ["tea", ""]
    assert list(c["yhat"]) == [0.75, 0.4]


def test_when_items_are_compared_then_they_are_as_alike_as_their_cosine(log):
    past = item_table.past_of(item_table.build(log, NO_SEGMENTS(), FOLD, target()), 0, 63)
    told = ItemNeighbours("customer", None, 5, 0.0).learn(past).score(past.customers).values
    jam, rye, tea = 3, 2, 4
    assert told[2] == pytest.approx([3 / np.sqrt(jam * tea), 1 / np.sqrt(rye * tea), -np.inf])


def test_when_scores_are_equal_then_what_more_bought_and_then_the_name_comes_first():
    values = np.array([1.0, 2.0, 1.0, 1.0, 0.0])
    order = np.array([2, 0, 3, 1, 4])
    assert ranked(values, np.ones(5, dtype=bool), order, 3).tolist() == [1, 2, 0]
    assert ranked(values, np.array([True, False, True, True, True]), order, 9).tolist() == [2, 0, 3, 4]


def test_when_the_item_is_no_dimension_then_the_error_names_the_nearest(log):
    wrong = CrossSell("W-SUN", None, Offer("kind_of_good", "new", 2, (), "9 weeks"))
    with pytest.raises(ConfigError, match=r"target.offer.item.*kind_of_good.*kind_of_goods"):
        item_table.check(wrong, log.facts)


def test_when_hit_rates_are_drawn_then_they_are_those_of_the_first_items(log, tmp_path):
    frame, _ = answered(log, tmp_path, target(), MostPopular("total"))
    assert by_length(frame, "y").to_dict() == by_length(frame, "popular").to_dict() == {1: 0.5, 2: 0.5}
    late = frame.assign(y=frame["y"].where(frame["rank"] == 2, 0.0))
    assert by_length(late, "y").to_dict() == {1: 0.0, 2: 0.25}
    nothing = pd.DataFrame()
    (path,) = save_all(tmp_path / "drawn", frame, nothing, nothing, nothing, "lists", of="items")
    assert path.name == "1_hit_rates.png"
