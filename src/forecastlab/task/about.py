"""A study's data in words: what was read, what was left out and why, and what its start hides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from forecastlab.flow.prepare import Prepared
from forecastlab.schema import written
from forecastlab.stages.ranking import of_target


def data(prepared: Prepared) -> str:
    """Markdown lines on the source: span, rows, money, what was dropped or noted, and where its history begins."""
    facts, calendar = prepared.log.facts, prepared.calendar
    ledger = facts.ledger
    read = amount((ledger.rows_in, ledger.cents_in), facts.unit)
    lines = [
        f"- observed from {facts.first_day} to {facts.last_day}: {read}",
        *(f"- dropped, {reason}: {amount(what, facts.unit)}" for reason, what in ledger.dropped.items()),
        *(f"- kept, {reason}: {amount(what, facts.unit)}" for reason, what in ledger.noted.items()),
    ]
    if not ledger.dropped:
        lines.insert(1, "- nothing was dropped")
    if facts.kind == "log" and not facts.firsts_are_true:
        start = (
            f"the first {calendar.warmup} days feed the segmentation only" if calendar.warmup else "without a warm-up"
        )
        lines.append(f"- the data starts in mid-life, so a customer's first row need not be a first purchase: {start}")
    article = "an" if calendar.freq.unit == "h" else "a"
    panel = f"{len(prepared.ends)} periods, each {article} {calendar.freq.word}"
    lines.append(
        f"- panel: {panel}, the last days of which run from {written(prepared.ends[0])} to {written(prepared.ends[-1])}"
    )
    return "\n".join(lines)


def kept(prepared: Prepared, target: object) -> dict[str, Any]:
    """The same as plain values, and what is foretold: a run keeps them to be told again without the data."""
    facts, calendar = prepared.log.facts, prepared.calendar
    told = ("kind", "unit", "first_day", "last_day", "firsts_are_true")
    return {
        **{key: getattr(facts, key) for key in told},
        **asdict(facts.ledger),
        "of": of_target(target),
        "event": getattr(target, "event", ""),
        "fingerprint": prepared.fingerprint,
        "warmup_days": calendar.warmup,
        "freq": calendar.freq.code,
        "periods": len(prepared.ends),
        "first_period": written(prepared.ends[0]),
        "last_period": written(prepared.ends[-1]),
    }


def account(places: Mapping[str, tuple[int, int] | list[int]], unit: str, things: str = "rows") -> str:
    """One Markdown line on where the rows, or the customers, before the last cutoff are."""
    words = {"panel": "in the panel", "warmup": "in the warm-up", "incomplete": "in incomplete periods"}
    words |= {"interpolated": "holes interpolated", "clipped": "outliers drawn in"}
    parts = [f"{words.get(place, place)} {amount(what, unit, things)}" for place, what in places.items()]
    return f"- before the last cutoff: {'; '.join(parts)}"


def amount(what: tuple[int, int] | list[int], unit: str, things: str = "rows") -> str:
    """Rows (or other things), and money where there is any."""
    n, cents = what
    return f"{n:,} {things}, {cents / 100:,.2f} {unit}".rstrip() if cents else f"{n:,} {things}"
