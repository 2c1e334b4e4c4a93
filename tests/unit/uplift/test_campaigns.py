"""Campaigns as what is learned from: who was in which arm, from when on a campaign teaches, and what is refused."""

import pandas as pd
import pytest

from forecastlab.customer._arms import arm
from forecastlab.customer.class_transformation import balanced
from forecastlab.customer.naive import Naive
from forecastlab.customer.one_model import told
from forecastlab.schema import DataError, Fold, Frequency
from forecastlab.schema.customers import CustomerPast, Look
from forecastlab.segmentation.none import PART as NO_SEGMENTS
from forecastlab.stages import customers as stage
from forecastlab.stages.approached import unjudged
from forecastlab.target.uplift import Uplift
from forecastlab.testing.logs import write_log, write_tables

FREQ = Frequency("W-SUN")
LOOK = Look("2 weeks", 8, None, (), ())
TARGET = Uplift("W-SUN", "campaigns", None, None, None, LOOK)
FIRST, LAST = "2024-01-01", "2024-04-28"
OFFERS = ("2024-02-05", "2024-03-05", "2024-04-02")  # a Monday, and two Tuesdays


def lines():
    """Four customers who buy on the first day; a and c buy in the week after each of the first two offers, too."""
    rows = [(who, FIRST) for who in "abcd"] + [(who, day) for who in "ac" for day in ("2024-02-08", "2024-03-08")]
    frame = pd.DataFrame(rows, columns=["customer_id", "time"]).assign(time=lambda rows: pd.to_datetime(rows["time"]))
    extra = {"amount": 500, "quantity": 1.0, "basket_id": [f"b{i}" for i in range(len(frame))]}
    return frame.assign(**extra, shop="north", kind_of_goods="food")


def offers(kinds=("offer", "offer")):
    """a and b are approached each time, c is held out; d is in neither arm."""
    rows = [(who, day, kinds[who == "c"], float(who != "c")) for day in OFFERS for who in "abc"]
    return pd.DataFrame(rows, columns=["customer_id", "time", "kind", "value"]).astype({"time": "datetime64[us]"})


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.parquet"
    return write_tables(write_log(lines(), path, FIRST, LAST, True), {"campaigns": offers()})


def fold(cutoff, horizon=2):
    return Fold(pd.Timestamp(cutoff), horizon, 0, FREQ, "select", 0)


def built(log, cutoff, target=TARGET):
    return stage.build(log, NO_SEGMENTS(), fold(cutoff), target)


def test_when_a_campaign_is_over_then_both_arms_are_learned_from_as_they_were_before_it(log):
    rows = built(log, "2024-02-18").rows.set_index("customer_id")
    assert rows["treated"].to_dict() == {"a": 1.0, "b": 1.0, "c": 0.0}  # d was in neither arm
    assert rows["label"].to_dict() == {"a": 1.0, "b": 0.0, "c": 1.0}
    assert (rows["recency"] == 34).all() and (rows["orders"] == 1).all()  # from 1 January to Sunday, 4 February


def test_when_the_next_fold_comes_then_the_results_of_the_campaign_before_it_are_among_its_rows(log):
    cutoffs = ["2024-02-18", "2024-03-17", "2024-04-14"]
    seen = [built(log, cutoff).rows.groupby("as_of").size().to_list() for cutoff in cutoffs]
    assert seen == [[3], [3, 3], [3, 3, 3]]
    last = built(log, "2024-04-14").rows
    assert last["label"].to_list() == [1, 0, 1, 1, 0, 1, 0, 0, 0]  # nobody bought after the third offer


def test_when_a_campaigns_horizon_is_not_over_then_nothing_of_it_is_learned(log):
    assert len(built(log, "2024-03-10").rows) == 3  # the second offer is five days old, its horizon two weeks


def test_when_a_campaign_comes_after_the_cutoff_then_truth_says_who_was_in_which_arm(log):
    known = built(log, "2024-03-31").known
    truth = stage.truth(log, fold("2024-03-31"), TARGET, known).set_index("unique_id")
    assert truth["treated"].fillna(-1).to_dict() == {"a": 1.0, "b": 1.0, "c": 0.0, "d": -1.0}
    assert truth["y"].sum() == 0
    assert "treated" not in known and not any("campaigns" in column for column in known)


def test_when_no_campaign_follows_a_cutoff_then_it_is_told_that_nobody_is_judged(log):
    known = built(log, "2024-04-14").known
    truth = stage.truth(log, fold("2024-04-14"), TARGET, known)
    assert truth["treated"].isna().all()
    assert unjudged(truth, fold("2024-04-14")) == (
        "no campaign with a control group went out within a period after 2024-04-14: not judged",
    )
    judged = stage.truth(log, fold("2024-03-31"), TARGET, known)
    assert unjudged(judged, fold("2024-03-31")) == ()


def test_when_two_kinds_say_who_was_in_which_arm_then_the_rows_are_the_same(log, tmp_path):
    path = tmp_path / "log.parquet"
    kinds = write_tables(write_log(lines(), path, FIRST, LAST, True), {"campaigns": offers(("mailed", "held"))})
    target = Uplift("W-SUN", "campaigns.mailed", "campaigns.held", None, None, LOOK)
    pd.testing.assert_frame_equal(built(kinds, "2024-03-17", target).rows, built(log, "2024-03-17").rows)


def test_when_nobody_was_held_out_then_the_fault_says_what_that_means(tmp_path):
    everybody = offers().assign(value=1.0)
    path = tmp_path / "log.parquet"
    log = write_tables(write_log(lines(), path, FIRST, LAST, True), {"campaigns": everybody})
    with pytest.raises(DataError, match="9 were approached and 0 held out") as found:
        built(log, "2024-04-14")
    assert found.value.faults[0].code == "no-control-group" and "target=conversion" in found.value.faults[0].fix


def test_when_no_campaign_is_over_yet_then_the_fault_names_those_that_there_are(log):
    with pytest.raises(DataError, match=r"no-earlier-campaign.*2024-02-05"):
        built(log, "2024-02-11")


def test_when_the_same_rows_say_both_then_that_is_a_mistake():
    assert [fault.code for fault in Uplift("W-SUN", "campaigns", "campaigns", None, None, LOOK).mistakes()] == [
        "same-arms"
    ]


def past(rows):
    return CustomerPast(
        rows, rows.drop(columns=["label", "treated"]), ("recency",), (), "uplift", "purchase", 1.0, 14, 14, ()
    )


ROWS = pd.DataFrame({"recency": [1, 2, 3, 4, 5], "label": [1.0, 0, 1, 0, 0], "treated": [1.0, 1, 1, 0, 0]})


def test_when_nothing_is_known_of_a_customer_then_the_uplift_is_the_difference_of_the_arms():
    fitted = Naive().fit(past(ROWS))
    assert fitted.score(ROWS).values.tolist() == pytest.approx([2 / 3] * 5)


def test_when_an_arm_is_smaller_then_its_rows_are_repeated_evenly():
    assert balanced(ROWS)["recency"].to_list() == [1, 2, 3, 4, 4, 5]
    assert balanced(ROWS.iloc[:4])["recency"].to_list() == [1, 2, 3, 4, 4, 4]


def test_when_numbers_are_crossed_then_they_stand_there_for_who_was_approached_only():
    found = told(ROWS, ROWS["treated"].to_numpy(), ("recency",))
    assert found["if approached: recency"].to_list() == [1, 2, 3, 0, 0]


def test_when_an_arm_is_empty_then_it_is_refused():
    with pytest.raises(DataError, match="no-control-group"):
        arm(past(ROWS.iloc[:3]), treated=False)
