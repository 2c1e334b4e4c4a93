"""The one door for what leaves this machine's results: customers go through it under pseudonyms only."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from forecastlab.flow.outcome import Outcome
from forecastlab.schema import EnvironmentFault, Fault, names, quantile_columns
from forecastlab.stages.customers import OWN
from forecastlab.stages.rounding import FEWEST, rounded

KEY = "FORECASTLAB_KEY_FILE"
"""The environment variable that says where the key of the pseudonyms lies."""


MONEY = ("rhythm", "historic", "contribution", "stake")
"""Money on a list of customers, and their gaps: exact figures of somebody."""


def key_file() -> Path:
    """Where the key lies: outside all results, for its owner only."""
    given = os.environ.get(KEY)
    if given:
        return Path(given)
    home = os.environ.get("XDG_DATA_HOME")
    return (Path(home) if home else Path.home() / ".local" / "share") / "forecastlab" / "pseudonyms.key"


def key(root: Path) -> bytes:
    """The key of the pseudonyms, made where there is none. Raises EnvironmentFault where others could read it."""
    place = key_file()
    if place.resolve().is_relative_to(root.resolve()):
        what = f"it lies in the results, {root}, which are shared"
        raise EnvironmentFault(Fault("open-key", f"key file {place}", what, f"set {KEY} to a file elsewhere"))
    try:
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        except FileExistsError:
            pass
        if stat.S_IMODE(place.stat().st_mode) & 0o077:
            what = "others on this machine may read it"
            raise EnvironmentFault(Fault("open-key", f"key file {place}", what, f"type chmod 600 {place}"))
        return place.read_bytes()
    except OSError as error:
        what, fix = str(error.strerror or error), f"set {KEY} to a file that you may write"
        raise EnvironmentFault(Fault("no-key", f"key file {place}", what, fix)) from error


def read_key(root: Path) -> bytes:
    """The key as it lies there. Raises EnvironmentFault where there is none: a new one would find nobody."""
    if not key_file().is_file():
        what = "there is no key, so no pseudonym can be told whose it is"
        raise EnvironmentFault(Fault("no-key", f"key file {key_file()}", what, f"set {KEY} to the file with the key"))
    return key(root)


def pseudonyms(ids: Iterable[str], secret: bytes) -> dict[str, str]:
    """A pseudonym for each id, HMAC-SHA256 cut to 20 hexadecimal digits: the same for all who have the key."""
    return {each: "p" + hmac.new(secret, each.encode(), hashlib.sha256).hexdigest()[:20] for each in ids}


def veiled(outcome: Outcome, root: Path) -> Outcome:
    """The outcome as it may leave: pseudonyms for ids, rounded money, no values of features, no tiny segments.

    A run of series, whose ids are segments or the names of public series, leaves as it is. Raises EnvironmentFault.
    """
    forecasts = outcome.forecasts
    if not len(forecasts) or not (forecasts[names.LEVEL] == OWN).all():
        return outcome
    secret = key(root)
    known = pseudonyms(forecasts[names.SERIES].unique(), secret)
    hidden = _named(forecasts, known)
    numbers = [names.Y, names.YHAT, *quantile_columns(hidden).values()]
    if (hidden[names.Y] % 1 != 0).any() or hidden[names.Y].max() > 1:
        hidden = hidden.assign(**{column: rounded(hidden[column]) for column in numbers})
    return replace(
        outcome,
        forecasts=hidden.sort_values([names.CUTOFF, names.SERIES], ignore_index=True),
        failures=_named(outcome.failures, known),
        effects=_listed(_named(outcome.effects, known)),
        scores=outcome.scores[~_tiny(outcome.scores)].reset_index(drop=True),
    )


def veiled_tables(tables: Mapping[str, pd.DataFrame], root: Path) -> dict[str, pd.DataFrame]:
    """Tables about customers as they may leave: pseudonyms and rounded money in lists of them, no money of few.

    Money is in columns that end in ``cents``, or ``money`` with its ``share``. A row that counts fewer than five
    ``customers`` (or ``buyers``) has none; where it would be the only one of its ``dimension``, the next smallest has
    none either.
    """
    return {name: _veiled_table(table, root) for name, table in tables.items()}


def _veiled_table(table: pd.DataFrame, root: Path) -> pd.DataFrame:
    money = [column for column in map(str, table.columns) if column.endswith("cents") or column == "money"]
    money += ["share"] if {"money", "share"} <= set(table) else []  # of the money: it would tell how much that is
    if names.SERIES in table:
        known = pseudonyms(table[names.SERIES].unique(), key(root)) if len(table) else {}
        return _named(table, known).assign(**{column: rounded(table[column]) for column in money})
    counted = next((column for column in ("buyers", "customers") if column in table), None)
    if counted is None or not money:
        return table
    few = _few(table[counted], table["dimension"] if "dimension" in table else pd.Series("", index=table.index))
    return table.assign(**{column: table[column].astype(float).mask(few) for column in money})


def _few(customers: pd.Series[float], groups: pd.Series[str]) -> pd.Series[bool]:
    """Rows of few customers, and the next smallest of a group where there is one only; nobody at all is no secret."""
    few = (customers > 0) & (customers < FEWEST)
    for group in few[few].groupby(groups).size().loc[lambda n: n == 1].index:
        others = customers[(groups == group) & ~few & (customers > 0)]
        if len(others):
            few[others.idxmin()] = True
    return few


def listed(customers: pd.DataFrame, root: Path) -> pd.DataFrame:
    """A list of customers as it may leave: pseudonyms and rounded money, in the same order but for equal stakes."""
    hidden = unnamed(customers, root)
    order = hidden.sort_values(["stake", names.SERIES], ascending=[False, True]).index
    money = {column: rounded(hidden[column]) for column in MONEY}
    return hidden.assign(**money).loc[order].reset_index(drop=True)


def unnamed(frame: pd.DataFrame, root: Path) -> pd.DataFrame:
    """The same rows with pseudonyms for ids. Raises EnvironmentFault."""
    return _named(frame, pseudonyms(frame[names.SERIES], key(root)))


def key_mark(root: Path) -> str:
    """What tells one key from another, and nothing else of it."""
    return hmac.new(key(root), b"forecastlab", hashlib.sha256).hexdigest()[:8]


def _listed(customers: pd.DataFrame) -> pd.DataFrame:
    """The list of customers with rounded money and gaps, in the order of the pseudonyms."""
    money = [column for column in MONEY if column in customers]
    found = customers.assign(**{column: rounded(customers[column]) for column in money})
    return found.sort_values(names.SERIES, ignore_index=True) if names.SERIES in found else found


def _named(frame: pd.DataFrame, known: dict[str, str]) -> pd.DataFrame:
    return frame.assign(**{names.SERIES: frame[names.SERIES].map(known)}) if names.SERIES in frame else frame


def _tiny(scores: pd.DataFrame) -> pd.Series[bool]:
    """Figures of segments with too few customers; where one alone is left out of all, the next smallest goes too.

    Otherwise what is missing could be told from the whole and the others.
    """
    segmented = scores[names.SEGMENT] != ""
    sizes = scores[segmented].groupby(["role", names.SEGMENT])["rows"].min()
    gone = set(sizes[sizes < FEWEST].index)
    for role in {role for role, _ in gone}:
        if sum(each == role for each, _ in gone) == 1:
            left = sizes[[each for each in sizes.index if each not in gone and each[0] == role]]
            gone |= {left.idxmin()} if len(left) else set()
    pairs = zip(scores["role"], scores[names.SEGMENT], strict=True)
    return segmented & pd.Series([pair in gone for pair in pairs], index=scores.index, dtype=bool)
