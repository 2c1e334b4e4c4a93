"""Turns what a fitted model holds into a JSON tree and a few flat arrays, and back, bit by bit the same.

Arrays and numpy scalars are laid end to end in one flat array per type, because a panel of ARIMA models would
otherwise be some thousand tiny arrays. No pickle, so that reading a state can never run code.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from forecastlab.schema import Grid, written
from forecastlab.schema.parts import State


def pack(value: Any) -> State:
    """The JSON tree and the named arrays of a nest of dicts, lists, tuples, scalars and arrays.

    Raises TypeError for anything else.
    """
    flat: dict[str, list[NDArray[Any]]] = {}
    tree = _encode(value, flat)
    return {"tree": tree}, {name: np.concatenate(pieces) for name, pieces in flat.items()}


def unpack(state: State) -> Any:
    """What ``pack`` was given."""
    tree, arrays = state
    return _decode(tree["tree"], arrays)


def together(**states: State) -> State:
    """The states of the parts of something, by name, as one."""
    arrays = {f"{name}.{key}": array for name, (_, own) in states.items() for key, array in own.items()}
    return {name: tree for name, (tree, _) in states.items()}, arrays


def apart(state: State) -> dict[str, State]:
    """What ``together`` was given."""
    trees, arrays = state
    return {
        name: (tree, {key.partition(".")[2]: array for key, array in arrays.items() if key.partition(".")[0] == name})
        for name, tree in trees.items()
    }


def of_grid(grid: Grid) -> dict[str, Any]:
    """A grid as something that ``pack`` takes."""
    days = [written(day) for day in grid.ds]
    return {"ids": grid.ids, "ds": days, "values": grid.values, "drivers": dict(grid.drivers)}


def to_grid(content: dict[str, Any]) -> Grid:
    """The grid that ``of_grid`` was given."""
    return Grid(content["ids"], pd.DatetimeIndex(content["ds"]), content["values"], content["drivers"])


def _encode(value: Any, flat: dict[str, list[NDArray[Any]]]) -> Any:
    match value:
        case None | bool() | str():
            return value
        case np.ndarray() if value.dtype.kind == "U":
            return {"text": value.tolist()}
        case np.ndarray() | np.generic():  # before float and int: a numpy float is also a Python float
            return _encode_array(value, flat)
        case int():
            return value
        case float():
            return value if math.isfinite(value) else {"float": str(value)}  # JSON has no word for nan and infinity
        case list():
            return [_encode(item, flat) for item in value]
        case tuple():
            return {"tuple": [_encode(item, flat) for item in value]}
        case dict() if all(isinstance(key, str) for key in value):
            return {"dict": {key: _encode(item, flat) for key, item in value.items()}}
    raise TypeError(f"a state cannot hold a {type(value).__name__}")


def _encode_array(value: NDArray[Any] | np.generic, flat: dict[str, list[NDArray[Any]]]) -> dict[str, Any]:
    if value.dtype.kind not in "biuf":
        raise TypeError(f"a state cannot hold an array of {value.dtype}")
    array = np.asarray(value)
    # the order in memory decides in which order sums are taken, so it belongs to "bit by bit the same"
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    pieces = flat.setdefault(array.dtype.name, [])
    at = sum(len(piece) for piece in pieces)
    pieces.append(array.ravel(order="F" if order == "F" else "C"))
    kind = "scalar" if isinstance(value, np.generic) else "array"
    return {kind: array.dtype.name, "at": at, "shape": list(array.shape), "order": order}


def _decode(tree: Any, arrays: dict[str, NDArray[Any]]) -> Any:
    match tree:
        case {"text": list(words)}:
            return np.array(words, dtype=str)
        case {"float": str(word)}:
            return float(word)
        case {"tuple": list(items)}:
            return tuple(_decode(item, arrays) for item in items)
        case {"dict": dict(items)}:
            return {key: _decode(item, arrays) for key, item in items.items()}
        case {"scalar": str(name), "at": int(at)}:
            return arrays[name][at]
        case {"array": str(name), "at": int(at), "shape": list(shape), "order": ("C" | "F") as order}:
            piece = arrays[name][at : at + math.prod(shape)]
            return piece.copy().reshape(shape, order=order)
        case list():
            return [_decode(item, arrays) for item in tree]
        case _:
            return tree
