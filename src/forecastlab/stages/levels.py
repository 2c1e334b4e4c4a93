"""Series and their levels: how cells of sales become named series, and which series add up to which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema.names import DS, LEVEL, SEGMENT, SERIES, TOTAL

COUNT = "n"
"""Column of cells: an exact integer (cents, millionths of a piece, orders, customers)."""

KIND = "kind"
"""Column of levels: ``bottom`` (finest), ``own`` (counted for itself) or ``sum`` (of bottom series, see summing)."""

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Laid:
    """Series of all levels on one calendar: ``values[i, t]`` is the integer of series ``ids[i]``; ids are sorted.

    ``levels`` has one row per series, indexed by ``unique_id``: ``level, segment, kind`` and the dimensions (empty
    where they are added up). ``summing`` says which ``bottom`` series add up to which ``unique_id``.
    """

    ids: NDArray[np.str_]
    values: NDArray[np.int64]
    levels: pd.DataFrame
    summing: pd.DataFrame


def own_levels(keys: Keys, additive: bool) -> list[Keys]:
    """The levels that have to be counted for themselves: the finest one, and those that drop what does not add up.

    Orders and customers add up over segments (a customer has one per period), not over stores or categories.
    """
    return [level for level in _subsets(keys) if level == keys or not (additive or set(keys) - set(level) <= {SEGMENT})]


def lay(cells: Mapping[Keys, pd.DataFrame], keys: Keys, ds: pd.DatetimeIndex) -> Laid:
    """Lay cells out on the calendar ``ds``, with zeros where nothing was sold, and add up the levels that add up.

    ``cells`` has a frame (keys of the level, ``ds``, ``n``) for each of ``own_levels``.
    """
    names, values = _matrix(cells[keys], keys, ds)
    bottom = _ids(names, keys)
    parts = [(values, _level(names, keys, keys, "bottom"))]
    summing = []
    for level in _subsets(keys):
        if level == keys:
            continue
        if level in cells:
            found, counted = _matrix(cells[level], level, ds)
            parts.append((counted, _level(found, level, keys, "own")))
            continue
        found, upper = _groups(names, level)
        added = np.zeros((len(found), len(ds)), dtype=np.int64)
        np.add.at(added, upper, values)
        parts.append((added, _level(found, level, keys, "sum")))
        summing.append(pd.DataFrame({SERIES: _ids(found, level)[upper], "bottom": bottom}))
    levels = pd.concat([frame for _, frame in parts])
    order = np.argsort(levels.index.to_numpy(dtype=str), kind="stable")
    levels = levels.iloc[order]
    pairs = pd.concat(summing, ignore_index=True) if summing else pd.DataFrame({SERIES: [], "bottom": []}, dtype=str)
    return Laid(levels.index.to_numpy(dtype=str), np.concatenate([v for v, _ in parts])[order], levels, pairs)


def series_id(keys: Sequence[str], values: Sequence[str]) -> str:
    """The id of a series, such as ``department=GROCERY/segment=active``; ``total`` without keys."""
    return "/".join(f"{key}={_escape(value)}" for key, value in zip(keys, values, strict=True)) or TOTAL


def _escape(value: str) -> str:
    return value.replace("%", "%25").replace("/", "%2F").replace("=", "%3D")


def _subsets(keys: Keys) -> list[Keys]:
    return [level for size in range(len(keys) + 1) for level in combinations(keys, size)]


def _matrix(cells: pd.DataFrame, keys: Keys, ds: pd.DatetimeIndex) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    names, rows = _groups(cells, keys)
    values = np.zeros((len(names), len(ds)), dtype=np.int64)
    np.add.at(values, (rows, ds.get_indexer(pd.DatetimeIndex(cells[DS]))), cells[COUNT].to_numpy(np.int64))
    return names, values


def _groups(frame: pd.DataFrame, keys: Keys) -> tuple[pd.DataFrame, NDArray[np.intp]]:
    """The distinct keys of a frame, and which of them each row has. The total exists even where nothing was sold."""
    if not keys:
        return pd.DataFrame(index=[0]), np.zeros(len(frame), dtype=np.intp)
    rows = frame.groupby(list(keys), sort=True).ngroup().to_numpy().astype(np.intp)
    _, first = np.unique(rows, return_index=True)
    return frame[list(keys)].iloc[first].reset_index(drop=True), rows


def _ids(names: pd.DataFrame, keys: Keys) -> NDArray[np.str_]:
    if not keys:
        return np.array([TOTAL])
    rows = names[list(keys)].itertuples(index=False, name=None)
    return np.array([series_id(keys, row) for row in rows], dtype=str)


def _level(names: pd.DataFrame, level: Keys, keys: Keys, kind: str) -> pd.DataFrame:
    """One row per series of a level: what ``Laid.levels`` holds."""
    columns: dict[str, object] = {
        LEVEL: "/".join(level) or TOTAL,
        SEGMENT: names[SEGMENT].to_numpy() if SEGMENT in level else "",
        KIND: kind,
    }
    columns |= {key: names[key].to_numpy() if key in level else "" for key in keys if key != SEGMENT}
    return pd.DataFrame(columns, index=pd.Index(_ids(names, level), name=SERIES))
