import pandas as pd
import pytest

from forecastlab.schema import ConfigError, DataError, Facts, Fold, Frequency, Ledger, SalesLog
from forecastlab.segmentation.lifecycle import Lifecycle
from forecastlab.segmentation.none import NoSegments
from forecastlab.stages import panel
from forecastlab.stages.calendar import Calendar
from forecastlab.stages.composition import composition, migration
from forecastlab.stages.levels import series_id
from forecastlab.target.sales import Sales
from forecastlab.testing.logs import COLUMNS, write_log

WEEKS = Frequency("W-SUN")  # Monday 2024-01-01 begins a week
LIFECYCLE = Lifecycle("days", 14, 42, "8 weeks", "1 week", "8 weeks", 8, False)
FOLD = Fold(pd.Timestamp("2024-01-28"), 1, 0, WEEKS, "select", 0)


def log_of(tmp_path, lines, first_day="2024-01-01", last_day="2024-02-04", firsts_are_true=True):
    """A log from (customer, day, cents, basket, shop)."""
    rows = pd.DataFrame([(c, d, a, 1.0, b, s, "food") for c, d, a, b, s in lines], columns=COLUMNS)
    rows["time"] = rows["time"].map(pd.Timestamp)
    return write_log(rows, tmp_path / "log.parquet", first_day, last_day, firsts_are_true)


def sales(value="amount", *series_by):
    return Sales(value, series_by, "W-SUN", "rolling", True)


def of(built):
    return {str(name): row.tolist() for name, row in zip(built.grid.ids, built.grid.values, strict=True)}


def test_when_a_customer_buys_first_then_the_money_is_new_and_the_next_weeks_follow_the_segment(tmp_path):
    log = log_of(
        tmp_path,
        [
            ("a", "2024-01-02 09:00", 100, "1", "x"),
            ("a", "2024-01-06 09:00", 150, "2", "x"),  # still the week of the first purchase
            ("a", "2024-01-14 23:59", 200, "3", "x"),  # as-of the 7th: tenure 5 days, new
            ("a", "2024-01-15 00:00", 400, "4", "x"),  # as-of the 14th: tenure 12 days, active
            (None, "2024-01-16 12:00", 50, "5", "x"),
            ("b", "2024-01-31 12:00", 70, "6", "x"),
        ],
    )
    built = panel.build(log, LIFECYCLE, FOLD, sales("amount", "segment"), Calendar(WEEKS, 0, 52))
    assert of(built) == {
        "segment=active": [0, 0, 4, 0],
        "segment=anonymous": [0, 0, 0.5, 0],
        "segment=new": [2.5, 2, 0, 0],
        "total": [2.5, 2, 4.5, 0],
    }
    truth = panel.truth(log, LIFECYCLE, FOLD, sales("amount", "segment"), Calendar(WEEKS, 0, 52), built)
    assert dict(zip(truth["unique_id"], truth["y"], strict=True)) == {
        "segment=active": 0,
        "segment=anonymous": 0,
        "segment=new": 0.7,
        "total": 0.7,
    }


def test_when_there_is_a_warmup_then_it_teaches_and_is_not_in_the_panel(tmp_path):
    lines = [("a", "2024-01-03 10:00", 100, "1", "x"), ("a", "2024-01-23 10:00", 100, "2", "x")]
    log = log_of(tmp_path, lines, firsts_are_true=False)
    built = panel.build(log, LIFECYCLE, FOLD, sales("amount", "segment"), Calendar(WEEKS, 14, 52))
    assert of(built) == {"segment=declining": [0, 1], "total": [0, 1]}
    assert built.account == {"panel": (1, 100), "warmup": (1, 100)}


def test_when_data_starts_in_mid_life_without_a_warmup_then_nobody_is_called_new(tmp_path):
    lines = [("a", "2024-01-03 10:00", 100, "1", "x"), ("a", "2024-01-09 10:00", 100, "2", "x")]
    log = log_of(tmp_path, lines, firsts_are_true=False)
    built = panel.build(log, LIFECYCLE, FOLD, sales("amount", "segment"), Calendar(WEEKS, 0, 52))
    assert built.levels["segment"].tolist() == ["new", "unknown", ""]


def test_when_orders_and_customers_are_counted_then_only_segments_add_up(tmp_path):
    lines = [
        ("a", "2024-01-02 10:00", 100, "1", "x"),
        ("a", "2024-01-02 10:00", 100, "1", "y"),  # the same basket over two shops
        ("a", "2024-01-03 10:00", 100, "2", "x"),
        ("b", "2024-01-03 10:00", 100, "3", "x"),
        (None, "2024-01-03 10:00", 100, "4", "x"),
    ]
    log = log_of(tmp_path, lines)
    one = Fold(pd.Timestamp("2024-01-07"), 1, 0, WEEKS, "select", 0)
    calendar = Calendar(WEEKS, 0, 52)
    orders = panel.build(log, LIFECYCLE, one, sales("orders", "shop", "segment"), calendar)
    assert of(orders) == {
        "segment=anonymous": [1],
        "segment=new": [3],
        "shop=x": [4],
        "shop=x/segment=anonymous": [1],
        "shop=x/segment=new": [3],
        "shop=y": [1],
        "shop=y/segment=new": [1],
        "total": [4],
    }
    assert sorted(set(orders.summing["unique_id"])) == ["shop=x", "shop=y"]
    assert "total" in orders.history.grid.ids.tolist()
    customers = panel.build(log, NoSegments(), one, sales("customers", "shop"), calendar)
    assert of(customers) == {"shop=x": [2], "shop=y": [1], "total": [2]}
    assert customers.summing.empty


def test_when_there_is_no_segmentation_then_the_segment_cuts_nothing(tmp_path):
    log = log_of(tmp_path, [("a", "2024-01-02", 100, "1", "x"), (None, "2024-01-09", 5, "2", "y")])
    built = panel.build(log, NoSegments(), FOLD, sales("amount", "segment"), Calendar(WEEKS, 0, 52))
    assert of(built) == {"total": [1, 0.05, 0, 0]}
    assert built.levels["kind"].tolist() == ["bottom"]


def test_when_only_the_last_periods_may_train_then_older_ones_are_cut_off(tmp_path):
    log = log_of(tmp_path, [("a", "2024-01-02", 100, "1", "x"), ("a", "2024-01-25", 300, "2", "y")])
    fold = Fold(FOLD.cutoff, 1, 0, WEEKS, "select", 0, train=2)
    built = panel.build(log, NoSegments(), fold, sales("amount", "shop"), Calendar(WEEKS, 0, 52))
    assert of(built) == {"shop=x": [0, 0], "shop=y": [0, 3], "total": [0, 3]}
    assert built.history.season == 1


@pytest.mark.parametrize(("periods", "season"), [(4, 1), (5, 4)])
def test_when_the_past_is_no_longer_than_one_season_then_there_is_none(periods, season):
    assert Calendar(WEEKS, 0, 4).bearable(periods) == season


def test_when_a_value_holds_separators_then_the_id_stays_unique():
    assert series_id(("a", "b"), ("x/b=y", "1%2F")) == "a=x%2Fb%3Dy/b=1%252F"
    assert series_id((), ()) == "total"


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (sales("amount", "shopp"), "unknown-dimension"),
        (sales("amount", "shop", "shop"), "duplicate-dimension"),
    ],
)
def test_when_the_target_does_not_fit_the_data_then_nothing_is_read(target, code):
    facts = Facts("log", "2024-01-01", "2024-02-04", ("shop",), True, Ledger(0, 0, 0, 0))
    log = SalesLog(pd.NA, facts)
    with pytest.raises(ConfigError) as caught:
        panel.build(log, NoSegments(), FOLD, target, Calendar(WEEKS, 0, 52))
    assert [fault.code for fault in caught.value.faults] == [code]


def test_when_the_cutoff_is_inside_a_period_or_the_truth_is_not_there_then_it_says_so(tmp_path):
    log = log_of(tmp_path, [("a", "2024-01-02", 100, "1", "x")], last_day="2024-01-31")
    calendar = Calendar(WEEKS, 0, 52)
    inside = Fold(pd.Timestamp("2024-01-24"), 1, 0, WEEKS, "select", 0)
    with pytest.raises(ConfigError, match="2024-01-24 is not the end"):
        panel.build(log, NoSegments(), inside, sales(), calendar)
    built = panel.build(log, NoSegments(), FOLD, sales(), calendar)
    with pytest.raises(DataError, match="2024-01-31"):
        panel.truth(log, NoSegments(), FOLD, sales(), calendar, built)


def test_when_a_part_gives_an_undeclared_name_then_the_money_is_not_moved_in_silence(tmp_path):
    class Wrong:
        window = None
        segments = ("good", "better")
        attributes = ()

        def fit(self, profiles):
            return self

        def assign(self, profiles):
            return pd.Series("bad", index=profiles.index)

    log = log_of(tmp_path, [("a", "2024-01-02", 100, "1", "x"), ("a", "2024-01-09", 100, "1", "x")])
    with pytest.raises(ConfigError, match="bad"):
        panel.build(log, Wrong(), FOLD, sales("amount", "segment"), Calendar(WEEKS, 0, 52))


def test_when_a_return_is_a_customers_only_line_of_a_day_then_it_is_money_but_no_purchase(tmp_path):
    lines = [("a", "2024-01-02", 100, "1", "x"), ("a", "2024-01-10", -40, "2", "x"), ("r", "2024-01-10", -5, "3", "x")]
    from forecastlab.stages.asof import profiles

    found = profiles(log_of(tmp_path, lines), pd.Timestamp("2024-01-28"), None)
    assert found["customer_id"].tolist() == ["a"]
    assert found[["frequency", "money", "recency"]].iloc[0].tolist() == [1, 0.6, 26]


LINES = [
    ("a", "2024-01-02", 100, "1", "x"),
    ("a", "2024-01-24", 100, "2", "x"),
    ("b", "2024-01-08", 300, "3", "x"),
    (None, "2024-01-24", 100, "4", "x"),
]


def test_when_a_composition_is_asked_for_then_members_buyers_and_money_are_those_of_each_week(tmp_path):
    found = composition(log_of(tmp_path, LINES), LIFECYCLE, FOLD.cutoff, FOLD.cutoff, Calendar(WEEKS, 0, 52))
    assert found.to_dict("split")["data"] == [
        [pd.Timestamp("2024-01-07"), "new", 0, 1, 1.0, 1.0],
        [pd.Timestamp("2024-01-14"), "new", 1, 1, 3.0, 1.0],
        [pd.Timestamp("2024-01-21"), "active", 1, 0, 0.0, 0.0],
        [pd.Timestamp("2024-01-21"), "new", 1, 0, 0.0, 0.0],
        [pd.Timestamp("2024-01-28"), "active", 1, 0, 0.0, 0.0],
        [pd.Timestamp("2024-01-28"), "anonymous", 0, 0, 1.0, 0.5],
        [pd.Timestamp("2024-01-28"), "declining", 1, 1, 1.0, 0.5],
    ]


def test_when_customers_move_between_segments_then_each_is_counted_once(tmp_path):
    found = migration(log_of(tmp_path, LINES), LIFECYCLE, FOLD.cutoff, Calendar(WEEKS, 0, 52), 3)
    moved = found.stack()
    assert moved[moved > 0].to_dict() == {("new", "active"): 1, ("unseen", "declining"): 1}
