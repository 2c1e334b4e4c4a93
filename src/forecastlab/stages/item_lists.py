"""Fit and ask a method for items: everybody who was asked gets a whole list, ties in an order that stays the same."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema.items import FittedItems, Floats, ItemCustomers, ItemModel, ItemPast, ItemScores, Offer
from forecastlab.stages.item_table import taken

CELLS = 4_000_000
"""Scores (customers × items) that are held at a time."""

Ask = Callable[[ItemCustomers], ItemScores]


@dataclass(frozen=True)
class ItemAsk:
    """A fold as a method is asked: the past, and the rows of the customers who get a list."""

    past: ItemPast
    asked: NDArray[np.intp]
    offer: Offer


@dataclass(frozen=True)
class ItemLists:
    """The answer of one fold: ``buyer, rank, item, yhat, because, source``, and the ``rules`` that it came from.

    ``buyer`` and ``item`` are places in the past, ``because`` is the place of a rule (-1: none). ``source`` is
    ``fallback`` where the method said nothing of an item, and the list was filled up with what is most popular.
    """

    frame: pd.DataFrame
    rules: pd.DataFrame


def lists(model: ItemModel, asks: Sequence[ItemAsk]) -> list[ItemLists]:
    """The answers to the folds of one block: the method learns at the first and is asked at all; it may raise."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        learned = model.learn(asks[0].past)
        known = asks[0].past.items
        return [ItemLists(_listed(ask, _widened(learned, known, ask.past.items)), learned.rules) for ask in asks]


def popular(ask: ItemAsk) -> pd.DataFrame:
    """The list of each customer if all were offered what is most popular, in the columns of ``lists``."""
    scores = ask.past.popularity.astype(np.float64)
    return _listed(ask, lambda some: ItemScores(np.tile(scores, (len(some.segments), 1)), None))


def ranked(values: Floats, allowed: NDArray[np.bool_], order: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """The places of the ``length`` allowed items with the largest values; of equals those first in ``order``."""
    there = order[allowed[order]]
    told = values[there]
    if len(there) > length:
        border = np.partition(told, len(told) - length)[len(told) - length]
        above = np.flatnonzero(told > border)
        kept = np.sort(np.append(above, np.flatnonzero(told == border)[: length - len(above)]))
        there, told = there[kept], told[kept]
    return there[np.argsort(-told, kind="stable")]


def _listed(ask: ItemAsk, score: Ask) -> pd.DataFrame:
    """The list of every customer who is asked, a part of them at a time."""
    past, offer = ask.past, ask.offer
    order = np.lexsort((np.arange(len(past.items)), -past.popularity))
    found = []
    for rows in _parts(ask):
        some = taken(past.customers, rows)
        told = score(some)
        if told.values.shape != (len(rows), len(past.items)) or np.isnan(told.values).any():
            raise ValueError(f"the method gave scores of shape {told.values.shape}, or no numbers")
        allowed = some.owned.toarray() == 0 if offer.only == "new" else np.ones(told.values.shape, dtype=bool)
        picks = [ranked(told.values[i], allowed[i], order, offer.length) for i in range(len(rows))]
        at, item = np.repeat(np.arange(len(rows)), [len(pick) for pick in picks]), np.concatenate(picks)
        values = told.values[at, item]
        found.append(
            pd.DataFrame(
                {
                    "buyer": rows[at],
                    "rank": np.concatenate([np.arange(1, len(pick) + 1) for pick in picks]),
                    "item": item,
                    "yhat": np.where(np.isneginf(values), 0.0, values),
                    "because": told.because[at, item] if told.because is not None else -1,
                    "source": np.where(np.isneginf(values), "fallback", "model"),
                }
            )
        )
    return pd.concat(found, ignore_index=True)


def _parts(ask: ItemAsk) -> Iterator[NDArray[np.intp]]:
    """The customers who are asked, so many at a time that their scores fit into memory."""
    many = max(1, CELLS // max(len(ask.past.items), 1))
    for start in range(0, len(ask.asked), many):
        yield ask.asked[start : start + many]


def _widened(learned: FittedItems, known: NDArray[np.str_], items: NDArray[np.str_]) -> Ask:
    """The method, asked about items of a later moment too: of those that came since it says nothing."""
    at = np.searchsorted(items, known)

    def score(some: ItemCustomers) -> ItemScores:
        told = learned.score(ItemCustomers(some.owned[:, at], some.segments))
        if len(known) == len(items):
            return told
        values = np.full((len(some.segments), len(items)), -np.inf)
        values[:, at] = told.values
        if told.because is None:
            return ItemScores(values, None)
        because = np.full(values.shape, -1, dtype=np.intp)
        because[:, at] = told.because
        return ItemScores(values, because)

    return score
