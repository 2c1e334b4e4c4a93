"""k-means on one thread, and how many clusters there should be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float64]


def centres(rows: Rows, k: int, n_init: int, seed: int) -> Rows:
    """The centres of ``k`` clusters, or of as many as there are different rows; of nobody, one centre in the middle."""
    from sklearn.cluster import KMeans

    different = len(np.unique(rows, axis=0)) if rows.shape[1] else min(len(rows), 1)
    if different < 2:
        return rows[:1] if len(rows) else np.zeros((1, rows.shape[1]))
    with _undisturbed():
        found = KMeans(min(k, different), n_init=n_init, random_state=seed, algorithm="lloyd").fit(rows)
    return np.asarray(found.cluster_centers_, dtype=float)


def nearest_centre(rows: Rows, found: Rows) -> NDArray[np.intp]:
    """Which centre is nearest to each row, the first of equally near ones.

    Squares are added column by column: a row gets the same answer alone as among others.
    """
    distance = np.zeros((len(rows), len(found)))
    for column in range(rows.shape[1]):
        distance += (rows[:, column, None] - found[None, :, column]) ** 2
    nearest: NDArray[np.intp] = distance.argmin(axis=1)
    return nearest


def chosen(rows: Rows, numbers: Sequence[int], sample: int, n_init: int, seed: int) -> int:
    """The number of clusters with the best mean silhouette (Rousseeuw 1987) on a sample; of equal ones the least.

    A number that leaves no two customers together, or all of them, has no silhouette; without any it is the least.
    """
    if len(numbers) == 1 or not rows.shape[1]:
        return numbers[0]
    from sklearn.metrics import silhouette_score

    drawn = np.sort(np.random.default_rng(seed).permutation(len(rows))[:sample])
    some, best, score = rows[drawn], numbers[0], -np.inf
    for k in numbers:
        places = nearest_centre(some, centres(some, k, n_init, seed))
        if not 2 <= len(np.unique(places)) < len(some):
            continue
        with _undisturbed():
            found = float(silhouette_score(some, places))
        if found > score:
            best, score = k, found
    return best


@contextmanager
def _undisturbed() -> Iterator[None]:
    """One thread: several add partial sums in the order in which they happen to end.

    Customers who differ by less than rounding are one point to the algorithm, which warns and goes on, as it should.
    """
    from warnings import catch_warnings, simplefilter

    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    with threadpool_limits(limits=1), catch_warnings():
        simplefilter("ignore", ConvergenceWarning)
        yield
