"""What can be wrong with rules that are each right for themselves: too many shares, nobody met, somebody met twice."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from forecastlab.playbook._budget import exact
from forecastlab.schema import Fault, nearest


class Meets(Protocol):
    """The part of a rule that says whom it meets."""

    @property
    def stage(self) -> Sequence[str] | None: ...
    @property
    def tier(self) -> Sequence[str] | None: ...
    @property
    def at_least(self) -> float | None: ...
    @property
    def below(self) -> float | None: ...
    @property
    def share(self) -> float: ...


def of_shares(rules: Mapping[str, Meets]) -> Iterator[Fault]:
    """More than the whole budget is given away."""
    total = sum(exact(rule.share) for rule in rules.values())
    if total > 1:
        told = " + ".join(f"{rule.share:g} ({name})" for name, rule in rules.items() if rule.share)
        what = f"the shares sum to {float(total):g}, at most 1 can be given: {told}"
        yield Fault("too-many-shares", "rules", what, "lower one of them")


def of_reach(rules: Mapping[str, Meets]) -> Iterator[Fault]:
    """Rules that can meet nobody."""
    for name, rule in rules.items():
        for key in ("stage", "tier"):
            if getattr(rule, key) is not None and not getattr(rule, key):
                fix = f"type playbook.rules.{name}.{key}=null for all of them"
                yield Fault("unreachable-rule", f"rules.{name}.{key}", "it names none, so the rule meets nobody", fix)
        if rule.at_least is not None and rule.below is not None and rule.at_least >= rule.below:
            what = f"no probability is at least {rule.at_least:g} and below {rule.below:g}, so the rule meets nobody"
            fix = f"lower at_least, or type playbook.rules.{name}.below=null"
            yield Fault("unreachable-rule", f"rules.{name}.at_least", what, fix)


def of_overlap(rules: Mapping[str, Meets]) -> Iterator[Fault]:
    """Pairs of rules that meet the same customers, with an example of one."""
    for (one, first), (other, second) in itertools.combinations(rules.items(), 2):
        example = _both(first, second)
        if example is not None:
            what = f"{one} and {other} both meet a customer such as: {example}"
            fix = f"narrow one of them, such as playbook.rules.{other}.below or .tier"
            yield Fault("overlapping-rules", f"rules.{other}", what, fix)


def of_stages(rules: Mapping[str, Meets], segments: Sequence[str]) -> Iterator[Fault]:
    """Stages that no customer can have."""
    for name, rule in rules.items():
        for stage in rule.stage or ():
            if stage not in segments:
                what = f"found {stage}, customers of this method are {', '.join(segments)}"
                fix = nearest(stage, segments) or "register a run with segmentation=lifecycle, or name these"
                yield Fault("unknown-stage", f"playbook.rules.{name}.stage", what, fix)


def _both(first: Meets, second: Meets) -> str | None:
    """A customer whom both meet, in words; None where there is none."""
    words = []
    for key in ("stage", "tier"):
        one, other = getattr(first, key), getattr(second, key)
        shared = [each for each in one or other or ["any"] if other is None or one is None or each in other]
        if not shared:
            return None
        words.append(f"{key} {shared[0]}")
    lows = [rule.at_least for rule in (first, second) if rule.at_least is not None]
    highs = [rule.below for rule in (first, second) if rule.below is not None]
    if lows and highs and max(lows) >= min(highs):
        return None
    bound = f"from {max(lows):g}" if lows else f"below {min(highs):g}" if highs else "any"
    return ", ".join([*words, f"probability {bound}"])
