"""The page of a search's pictures: only what the trials bear, and nothing from the network."""

from __future__ import annotations

import pytest

from forecastlab.tuning.pictures import page
from forecastlab.tuning.space import Dimension, Proposal, Trial

SPACE = (
    Dimension("model", choices=("a", "b")),
    Dimension("model(a).x", low=0.0, high=1.0, when={"model": ("a",)}),
    Dimension("model(b).y", whole=True, low=1, high=9, when={"model": ("b",)}),
    Dimension("lags", choices=([1, 2], None)),
)


def trials(count: int, objectives: int) -> list[Trial]:
    made = []
    for i in range(count):
        inner = {"model(a).x": i / count} if i % 2 else {"model(b).y": 1 + i % 9}
        params = {"model": "a" if i % 2 else "b", **inner, "lags": [1, 2] if i % 3 else None}
        values = tuple(float((i * 7 + k) % 11) for k in range(objectives))
        made.append(Trial(i, Proposal(params, {}), "done", (1.0, values[0]), values, 1.0))
    failed = Trial(count, Proposal({"model": "a", "model(a).x": 0.5, "lags": None}, {}), "failed", (), (), 0.1, "boom")
    return [*made, failed]


def headings(text: str) -> list[str]:
    return [part.partition("</h2>")[0] for part in text.split("<h2>")[1:]]


@pytest.mark.parametrize(("objectives", "pictures"), [(["loss"], 4), (["loss", "seconds"], 9)])
def test_when_there_are_trials_then_there_is_a_picture_of_each_kind(objectives: list[str], pictures: int) -> None:
    found = headings(page("hunt", SPACE, trials(24, len(objectives)), objectives))
    assert len(found) == pictures
    assert ("Pareto front: trials that nothing beats" in found) == (len(objectives) == 2)


def test_when_there_is_one_objective_then_the_history_has_the_best_so_far_and_choices_are_written_plainly() -> None:
    text = page("hunt", SPACE, trials(24, 1), ["loss"])
    assert '"name":"Best Value"' in text
    assert "[1, 2]" in text and '\\"a\\"' not in text


def test_when_there_are_many_values_then_their_slices_stand_in_rows() -> None:
    space = tuple(Dimension(f"x{i}", low=0.0, high=1.0) for i in range(6))
    made = [
        Trial(i, Proposal({f"x{k}": (i + k) % 7 / 7 for k in range(6)}, {}), "done", (1.0,), (float(i),), 1.0)
        for i in range(8)
    ]
    assert [heading for heading in headings(page("hunt", space, made, ["loss"])) if "Slices" in heading] == [
        "Slices: loss over each value",
        "Slices: loss over each value, continued",
    ]


def test_when_two_choices_would_read_the_same_then_they_are_told_apart() -> None:
    space = (Dimension("by", choices=(None, "null")),)
    made = [Trial(i, Proposal({"by": (None, "null")[i % 2]}, {}), "done", (1.0,), (float(i),), 1.0) for i in range(6)]
    assert '\\"null\\"' in page("hunt", space, made, ["loss"])


def test_when_no_trial_was_finished_then_there_is_a_page_without_pictures() -> None:
    assert headings(page("hunt <b>", SPACE, trials(0, 1), ["loss"])) == []
    assert "hunt &lt;b&gt;" in page("hunt <b>", SPACE, trials(0, 1), ["loss"])


def test_when_there_is_one_trial_then_importances_are_left_out() -> None:
    found = headings(page("hunt", SPACE, trials(1, 1), ["loss"]))
    assert found and not any(heading.startswith("Importances") for heading in found)
