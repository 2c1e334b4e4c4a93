"""Words of commands that ask a registered method: what is misspelt or misplaced is told before any store is asked."""

from __future__ import annotations

import pytest

from forecastlab.recipe import NOBODY, Composed, build, compose
from forecastlab.recipe.changed import LATER, completed
from forecastlab.schema import ConfigError
from forecastlab.task.predict import predict
from forecastlab.task.register import register
from forecastlab.task.score import score

LIST = ["+preset=campaign_list", "tracking=none"]


@pytest.mark.parametrize(
    ("command", "words", "told"),
    [
        (score, ["model=leaving", "budget=-5"], "override budget=-5: there is no section or key budget. did you mean"),
        (score, ["model=leaving", "budget=-5"], "did you mean playbook.budget?"),
        (predict, [*LIST, "playbook.budget=500"], "override playbook.budget=500: there is no section or key playbook."),
        (predict, [*LIST, "playbook.budget=500"], "did you mean preset.playbook.budget?"),
        (predict, ["tracking=none", "horizn=3"], "did you mean horizon?"),
    ],
)
def test_when_a_word_belongs_nowhere_then_the_key_that_is_meant_is_named(command, words, told):
    with pytest.raises(ConfigError) as caught:
        command(words, None)
    assert str(caught.value).startswith("unknown-key: ") and told in str(caught.value)
    assert "registered method" not in str(caught.value) and caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("name", "legal"),
    [("bad name/2", "bad-name-2"), ("a:b", "a-b"), ("shop@champion", "shop-champion"), ("..", "sales")],
)
def test_when_a_model_cannot_have_the_name_then_the_store_is_not_asked(name, legal, tmp_path):
    with pytest.raises(ConfigError) as caught:
        register(["study=shop", f"name={name}", f"root={tmp_path}", "tracking=none"], None)
    told = f"bad-value: name: found {name}, allowed are letters, digits, - _ . and no / : @. type name={legal}."
    assert str(caught.value) == told


def test_when_a_kept_config_is_older_than_a_key_then_the_packaged_value_stands_for_it():
    now = build(compose(["dataset=cdnow", "tracking=none"])).plain
    older = {key: value for key, value in now.items() if key not in LATER}
    assert build(Composed(completed(older), {}, (), None, NOBODY)).experiment.cold == "zero"
    assert {key: completed(older)[key] for key in LATER} == {"oracle": False, "what_if": {}, "cold": "zero"}
    assert completed(older | {"cold": "profile"})["cold"] == "profile", "what was kept stays"
