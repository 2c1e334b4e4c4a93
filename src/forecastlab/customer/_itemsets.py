"""Sets of items that are often bought together, counted exactly; a support is a share, its threshold a whole number."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from forecastlab.schema import ConfigError, Fault, duration_days
from forecastlab.schema.items import ItemPast

if TYPE_CHECKING:
    from mlxtend.frequent_patterns.fpcommon import FPTree
    from scipy.sparse import csr_array

Sets = Mapping[tuple[int, ...], int]
"""How many transactions hold each set of items; the items of a set are in order."""

BLOCK = 256
"""Items, or sets, that are counted at a time."""


def transactions(past: ItemPast, of: Literal["basket", "customer"], recent: str | None) -> csr_array:
    """A row per basket, or per customer with all that was bought, and a column per item. Raises ConfigError."""
    from scipy.sparse import csr_array

    rows = past.baskets
    buyer = past.buyer
    if recent is not None:
        late = past.day > past.cutoff - duration_days(recent, "customer.recent")
        rows, buyer = rows[np.flatnonzero(late)], buyer[late]
    if of == "basket":
        return rows
    _, code = np.unique(buyer, return_inverse=True)
    ones = np.ones(len(code), dtype=np.int32)
    gathered = csr_array((ones, (code, np.arange(len(code)))), shape=(code.max(initial=-1) + 1, len(code))) @ rows
    gathered.data[:] = 1
    return gathered


def least(share: float, n: int) -> int:
    """The fewest transactions that are the share of ``n``, at least 1: 0.07 of 100 is 7, as written in decimals."""
    return max(1, math.ceil(Fraction(str(share)) * n))


def enough(sets: int, most: int) -> None:
    """Raise ConfigError where there are more sets than may be held."""
    if sets > most:
        what = f"more than {most:,} sets of items are that frequent, which is what customer.most allows"
        fix = "type a larger customer.min_support, customer.length=2, or target.offer.item with fewer items"
        raise ConfigError(Fault("too-many-rules", "customer.min_support", what, fix))


def apriori(rows: csr_array, fewest: int, length: int, most: int) -> dict[tuple[int, ...], int]:
    """All sets of up to ``length`` items in at least ``fewest`` rows, level by level. Raises ConfigError.

    Agrawal and Srikant, Fast algorithms for mining association rules, 1994. A set can only be frequent if all its parts
    are. Pairs are counted as products of columns, larger sets on packed bits.
    """
    counts = np.asarray(rows.sum(axis=0)).ravel()
    frequent = np.flatnonzero(counts >= fewest)
    level: dict[tuple[int, ...], int] = {(int(i),): int(counts[i]) for i in frequent}
    found = dict(level)
    for size in range(2, length + 1):
        enough(len(found), most)
        counted = _pairs(rows, frequent) if size == 2 else _larger(rows, level, most)
        level = {}
        for items, n in counted:
            if n >= fewest:
                level[items] = n
                enough(len(found) + len(level), most)
        found |= level
    return found


def _pairs(rows: csr_array, frequent: NDArray[np.intp]) -> Iterator[tuple[tuple[int, ...], int]]:
    """How many rows hold each pair of the items; a block of columns at a time."""
    few = rows[:, frequent].tocsc()
    for start in range(0, len(frequent), BLOCK):
        together = (few[:, start : start + BLOCK].T @ few).tocoo()
        first, other = together.row + start, together.col
        for i, j, n in zip(first.tolist(), other.tolist(), together.data.tolist(), strict=True):
            if i < j:
                yield (int(frequent[i]), int(frequent[j])), n


def _larger(rows: csr_array, level: Mapping[tuple[int, ...], int], most: int) -> Iterator[tuple[tuple[int, ...], int]]:
    """How many rows hold each set that may be frequent: one item more than those of the level below."""
    items = sorted({item for each in level for item in each})
    place = {item: i for i, item in enumerate(items)}
    bits = np.stack([np.packbits(rows[:, [item]].toarray().ravel() > 0) for item in items]) if items else np.empty(0)
    for candidate in _joined(level):
        held = bits[place[candidate[0]]]
        for item in candidate[1:]:
            held = held & bits[place[item]]
        yield candidate, int(np.bitwise_count(held).sum())


def _joined(level: Mapping[tuple[int, ...], int]) -> Iterator[tuple[int, ...]]:
    """Sets of one item more, all of whose parts are in the level."""
    for _, group in itertools.groupby(sorted(level), lambda each: each[:-1]):
        for one, other in itertools.combinations(list(group), 2):
            candidate = (*one, other[-1])
            if all(part in level for part in itertools.combinations(candidate, len(one))):
                yield candidate


def fp_growth(rows: csr_array, fewest: int, length: int, most: int) -> dict[tuple[int, ...], int]:
    """The same sets, grown on mlxtend's tree of the rows. Raises ConfigError.

    Han, Pei and Yin, Mining frequent patterns without candidate generation, 2000. mlxtend's own function compares
    shares in floating point, and grows trees that are one item too deep; its tree is asked for the counts instead.
    """
    from mlxtend.frequent_patterns.fpcommon import FPTree

    counts = np.asarray(rows.sum(axis=0)).ravel()
    order = [int(i) for i in np.argsort(-counts, kind="stable") if counts[i] >= fewest]
    enough(len(order), most)
    tree = FPTree({item: -place for place, item in enumerate(order)})
    few = rows[:, order].tocsr()  # columns in the order of the tree: the most frequent item first
    few.sort_indices()
    names = np.array(order, dtype=np.int64)
    for start, end in itertools.pairwise(few.indptr.tolist()):
        tree.insert_itemset(names[few.indices[start:end]].tolist())
    found: dict[tuple[int, ...], int] = {}
    for n, items in _grown(tree, fewest, length):
        found[tuple(sorted(items))] = n
        enough(len(found), most)
    return found


def _grown(tree: FPTree, fewest: int, length: int) -> Iterator[tuple[int, list[int]]]:
    """The sets of a tree with their counts, of those rows that hold the items it stands for."""
    for item, nodes in tree.nodes.items():
        yield sum(node.count for node in nodes), [*tree.cond_items, item]
        more = length - len(tree.cond_items) - 1
        if more == 1:  # counting is enough, no tree is needed
            counts: Counter[int] = Counter()
            for node in nodes:
                for above in node.itempath_from_root():
                    counts[above] += node.count
            yield from ((n, [*tree.cond_items, item, above]) for above, n in counts.items() if n >= fewest)
        elif more > 1:
            yield from _grown(tree.conditional_tree(item, fewest), fewest, length)
