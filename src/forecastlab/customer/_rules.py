"""Association rules: who has bought the antecedent buys the consequent, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.customer._itemsets import Sets
from forecastlab.schema.items import RULES, Floats, ItemCustomers, ItemScores

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Strength = Literal["confidence", "lift", "leverage"]

BLOCK = 1_000
"""Rules that are looked up at a time."""

JOIN = " + "
"""Between the items of an antecedent, in words."""


@dataclass(frozen=True)
class FittedRules:
    """Rules with one item as consequent, the strongest first, and what is known of an item without any rule.

    ``items`` and ``places`` are the items of the antecedents, one rule after the other, beginning at ``starts``;
    ``base`` is the strength of buying each item for whoever comes: the rule with an empty antecedent.
    """

    rules: pd.DataFrame
    places: NDArray[np.int64]
    starts: NDArray[np.int64]
    consequents: NDArray[np.int64]
    strengths: Floats
    base: Floats

    def score(self, customers: ItemCustomers) -> ItemScores:
        """For each item the strength of the strongest rule whose antecedent the customer has bought."""
        values = np.tile(self.base, (len(customers.segments), 1))
        because = np.full(values.shape, -1, dtype=np.intp)
        for start in range(0, len(self.consequents), BLOCK):
            held = self._held(customers.owned, start)
            for j in range(held.shape[1]):
                rule = start + j
                item = self.consequents[rule]
                better = held[:, j] & (self.strengths[rule] > values[:, item])
                values[better, item], because[better, item] = self.strengths[rule], rule
        return ItemScores(values, because)

    def _held(self, owned: csr_array, start: int) -> NDArray[np.bool_]:
        """Which customers have bought the whole antecedent of each rule of a block."""
        from scipy.sparse import csr_array

        ends = self.starts[start : start + BLOCK + 1]
        sizes = np.diff(ends)
        some = self.places[ends[0] : ends[-1]]
        wanted = csr_array((np.ones(len(some), dtype=np.int32), some, ends - ends[0]), (len(sizes), owned.shape[1]))
        return np.asarray((owned @ wanted.T).toarray() == sizes)


def rules_of(
    sets: Sets, n: int, min_confidence: float, by: Strength, items: NDArray[np.str_], popular: NDArray[np.int64]
) -> FittedRules:
    """The rules that sets of items make, of ``n`` transactions; ``popular`` is how many of them hold each item.

    A rule has at least the confidence as written in decimals, compared as whole numbers. With the counts ``a`` of the
    antecedent, ``c`` of the consequent and ``b`` of both: support b/n, confidence b/a, lift b n / (a c), leverage
    (b n - a c) / n². Equal ones are in the order of their names.
    """
    share = Fraction(str(min_confidence))
    found = [
        (antecedent, item, both, sets[antecedent])
        for whole, both in sets.items()
        if len(whole) > 1
        for item in whole
        for antecedent in [tuple(each for each in whole if each != item)]
        if both * share.denominator >= share.numerator * sets[antecedent]
    ]
    table = pd.DataFrame(
        {
            "antecedent": [JOIN.join(items[i] for i in antecedent) for antecedent, *_ in found],
            "consequent": [str(items[item]) for _, item, *_ in found],
            "count": np.array([both for *_, both, _ in found], dtype=np.int64),
        }
    )
    both, a = table["count"].to_numpy(), np.array([of for *_, of in found], dtype=np.int64)
    consequents = np.array([item for _, item, *_ in found], dtype=np.int64)
    c = popular[consequents] if len(found) else np.empty(0, dtype=np.int64)
    table = table.assign(
        support=both / max(n, 1),
        confidence=both / a,
        lift=both * n / (a * c),
        leverage=(both * n - a * c) / max(n, 1) ** 2,
    )[RULES]
    order = table.sort_values([by, "antecedent", "consequent"], ascending=[False, True, True]).index.to_numpy()
    sizes = np.array([len(antecedent) for antecedent, *_ in found], dtype=np.int64)[order]
    places = [i for at in order for i in found[at][0]]
    bases = {"confidence": popular / max(n, 1), "lift": (popular > 0).astype(float), "leverage": np.zeros(len(popular))}
    return FittedRules(
        table.iloc[order].reset_index(drop=True),
        np.array(places, dtype=np.int64),
        np.append(0, np.cumsum(sizes)).astype(np.int64),
        consequents[order],
        table[by].to_numpy(dtype=np.float64)[order],
        bases[by],
    )
