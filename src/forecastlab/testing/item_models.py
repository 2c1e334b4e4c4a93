"""What every method for items must do. Each check raises AssertionError with the reason; ``CHECKS`` lists them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd

from forecastlab.schema.items import RULES, ItemModel, Offer
from forecastlab.schema.names import CUSTOMER, SEGMENT
from forecastlab.stages.item_lists import ItemAsk, lists
from forecastlab.stages.item_table import ItemTable, past_of, taken

Check = Callable[[ItemModel], None]
CUSTOMERS, ITEMS, DAYS = 60, 20, 100


def it_foretells_items(model: ItemModel) -> None:
    """It says that it foretells items."""
    assert model.kinds == ("items",), f"it foretells {model.kinds}"


def everybody_gets_a_whole_list(model: ItemModel) -> None:
    """Each asked customer gets as many items as may be offered, at most the length; each item once."""
    for only in ("new", "any"):
        ask = made_up(only)
        (found,) = lists(model, [ask])
        there = ITEMS - (np.diff(ask.past.customers.owned.indptr) if only == "new" else np.zeros(CUSTOMERS))
        sizes = found.frame.groupby("buyer").size().reindex(ask.asked, fill_value=0)
        assert (sizes.to_numpy() == np.minimum(there[ask.asked], ask.offer.length)).all(), "lists are not whole"
        assert not found.frame.duplicated(["buyer", "item"]).any(), "an item stands twice on a list"
        assert np.isfinite(found.frame["yhat"]).all(), "a score is no number"


def nothing_is_offered_that_was_bought(model: ItemModel) -> None:
    """Where only new items may be offered, none of a list was bought before."""
    ask = made_up("new")
    (found,) = lists(model, [ask])
    bought = ask.past.customers.owned.toarray()[found.frame["buyer"], found.frame["item"]]
    assert not bought.any(), "an item was bought before"


def order_does_not_matter(model: ItemModel) -> None:
    """A customer's list does not depend on who else is asked."""
    ask = made_up("new")
    (whole,) = lists(model, [ask])
    (some,) = lists(model, [replace(ask, asked=ask.asked[::3])])
    own = whole.frame[whole.frame["buyer"].isin(ask.asked[::3])].reset_index(drop=True)
    pd.testing.assert_frame_equal(some.frame, own, check_exact=True)


def it_is_deterministic(model: ItemModel) -> None:
    """Learning and asking again gives the same bits, however the lines of the baskets were read."""
    (first,) = lists(model, [made_up("any")])
    (again,) = lists(model, [_laid_out("any", np.random.default_rng(9))])
    pd.testing.assert_frame_equal(first.frame, again.frame, check_exact=True)
    pd.testing.assert_frame_equal(first.rules, again.rules, check_exact=True)


def what_came_later_is_asked_about_too(model: ItemModel) -> None:
    """A fit serves a later moment, at which there are items that it does not know."""
    ask = made_up("new")
    few = _without_last_item(ask)
    _, later = lists(model, [few, ask])
    assert np.isfinite(later.frame["yhat"]).all() and set(later.frame["buyer"]) == set(ask.asked), "lists are missing"
    assert (later.frame.loc[later.frame["item"] == ITEMS - 1, "source"] == "fallback").all(), "it knew the future"


def its_rules_are_the_reasons(model: ItemModel) -> None:
    """What it says that a score comes from is one of its rules, for that item, and its antecedent was bought."""
    ask = made_up("any")
    (found,) = lists(model, [ask])
    assert list(found.rules.columns) == RULES, f"rules have the columns {list(found.rules.columns)}"
    told = found.frame[found.frame["because"] >= 0]
    rules = found.rules.iloc[told["because"]]
    names = ask.past.items[told["item"]]
    assert (rules["consequent"].to_numpy(dtype=str) == names).all(), "a reason speaks of another item"
    owned = ask.past.customers.owned.toarray() > 0
    for buyer, antecedent in zip(told["buyer"], rules["antecedent"], strict=True):
        had = set(ask.past.items[owned[buyer]])
        assert set(str(antecedent).split(" + ")) <= had, "a reason was never bought"


def the_past_is_left_as_it_was(model: ItemModel) -> None:
    """Neither learning nor asking writes into what it was handed."""
    ask = _laid_out("new", None)
    past = ask.past
    arrays = [past.items, past.buyer, past.day, past.popularity, past.customers.segments]
    arrays += [part for each in (past.baskets, past.customers.owned) for part in (each.data, each.indices, each.indptr)]
    for array in arrays:
        array.setflags(write=False)
    before = [array.copy() for array in arrays]
    model.learn(past).score(taken(past.customers, ask.asked))
    assert all(np.array_equal(*both) for both in zip(arrays, before, strict=True)), "what it was handed was changed"


@cache
def made_up(only: str) -> ItemAsk:
    """The customers of a made-up shop, some of whom like some things together."""
    return _laid_out(only, None)


def _laid_out(only: str, mixed: np.random.Generator | None) -> ItemAsk:
    rng = np.random.default_rng(8)
    taste = rng.integers(0, 4, CUSTOMERS)
    lines = 8 * CUSTOMERS
    basket = np.repeat(np.arange(lines), 3)
    buyer = np.repeat(rng.integers(0, CUSTOMERS, lines), 3)
    liked = taste[buyer] * (ITEMS // 4) + rng.integers(0, ITEMS // 4, len(buyer))
    item = np.where(rng.random(len(buyer)) < 0.7, liked, rng.integers(0, ITEMS, len(buyer)))
    held = pd.DataFrame({"basket": basket, "buyer": buyer, "day": np.repeat(rng.integers(0, DAYS, lines), 3)})
    held = held.assign(item=item).drop_duplicates().reset_index(drop=True)
    if mixed is not None:
        held = held.iloc[mixed.permutation(len(held))].reset_index(drop=True)
    late = held[held["day"] >= DAYS - 30]
    popularity = late.groupby("item")["buyer"].nunique().reindex(range(ITEMS), fill_value=0).to_numpy()
    items = pd.DataFrame({"item": [f"thing {i:02d}" for i in range(ITEMS)], "popularity": popularity})
    segments = np.where(np.arange(CUSTOMERS) % 3 == 0, "often", "seldom")
    people = pd.DataFrame({CUSTOMER: [f"c{i:02d}" for i in range(CUSTOMERS)], SEGMENT: segments})
    past = past_of(ItemTable(items, people, held, {}), DAYS - 1, 30)
    full = np.diff(past.customers.owned.indptr) == ITEMS
    return ItemAsk(past, np.flatnonzero(~full), Offer("thing", "new" if only == "new" else "any", 6, (), "30 days"))


def _without_last_item(ask: ItemAsk) -> ItemAsk:
    past = ask.past
    customers = replace(past.customers, owned=past.customers.owned[:, :-1])
    fewer = {"items": past.items[:-1], "baskets": past.baskets[:, :-1], "popularity": past.popularity[:-1]}
    return replace(ask, past=replace(past, customers=customers, **fewer))


CHECKS: tuple[Check, ...] = (
    it_foretells_items,
    everybody_gets_a_whole_list,
    nothing_is_offered_that_was_bought,
    order_does_not_matter,
    it_is_deterministic,
    what_came_later_is_asked_about_too,
    its_rules_are_the_reasons,
    the_past_is_left_as_it_was,
)
