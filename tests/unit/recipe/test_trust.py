"""Parts of one's own: who is trusted is said outside the config, and everything else is found out without importing."""

import itertools
import sys
import textwrap

import pytest

from forecastlab.recipe import NOBODY, build, compose, registry, trust
from forecastlab.schema import ConfigError
from forecastlab.task import catalogue

NUMBERS = itertools.count()
MODEL = '''
from __future__ import annotations
from dataclasses import dataclass
from typing import Annotated
from pydantic import Field

@dataclass(frozen=True)
class Mine:
    """A model of somebody's own."""
    share: Annotated[float, Field(ge=0)]
    name: str
    local = True
    def __post_init__(self):
        if self.name == "nobody":
            raise ValueError("nobody is no name")
    def fit(self, history): ...
    def from_state(self, state): ...

PARTS = {"model": {"mine": Mine}}
'''
YAML = "# Mine.\npart: mine\nshare: 0.5\nname: x\n"


@pytest.fixture
def module(tmp_path, monkeypatch):
    """Write a module into the folder of work; its name is used once only, since Python remembers what it imports."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))

    def write(text=MODEL, name=None):
        name = name or f"their_parts_{next(NUMBERS)}"
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        return name

    return write


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "conf/model").mkdir(parents=True)
    (tmp_path / "conf/model/mine.yaml").write_text(YAML, encoding="utf-8")
    return tmp_path / "conf"


def faults(call):
    with pytest.raises(ConfigError) as caught:
        call()
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.faults)
    return lines


def test_when_a_module_is_trusted_then_its_parts_are_found_beside_ours(module, folder):
    trusted = trust([module()])
    recipe = build(compose(["model=mine", "model.share=0.25"], folder, trusted))
    assert type(recipe.experiment.model).__name__ == "Mine" and recipe.experiment.model.share == 0.25
    assert trusted.names("model")[-1] == "mine" and "naive" in trusted.names("model")
    assert trusted.find("model", "naive") == registry.find("model", "naive")
    (choice,) = [choice for choice in catalogue.choices("models", folder, trusted) if choice.name == "mine"]
    assert choice.summary == "A model of somebody's own."
    assert [(each.name, each.value, each.description) for each in choice.parameters] == [
        ("share", "0.5", ""),
        ("name", '"x"', ""),
    ]


def test_when_values_of_such_a_part_are_wrong_then_it_is_told_as_for_ours(module, folder):
    trusted = trust([module()])
    (line,) = faults(lambda: build(compose(["model=mine", "model.share=-1"], folder, trusted)))
    assert line.startswith("bad-value: override model.share=-1: model.share: found -1,")
    (line,) = faults(lambda: build(compose(["model=mine", "model.name=nobody"], folder, trusted)))
    assert "Mine does not take these values: nobody is no name" in line
    (line,) = faults(lambda: build(compose(["model=mine", "+model.shar=1"], folder, trusted)))
    assert line.startswith("unknown-key: ") and "did you mean share?" in line


def test_when_nobody_trusts_a_module_then_it_is_not_imported_and_the_error_says_what_to_type(module, folder, tmp_path):
    canary = tmp_path / "canary"
    name = module(f"import pathlib\npathlib.Path({str(canary)!r}).touch()\n" + MODEL)
    (line,) = faults(lambda: build(compose(["model=mine"], folder)))
    assert line.startswith("unknown-part: ") and line.endswith(f"type --trust {name}.")
    assert not canary.exists() and name not in sys.modules
    (choice,) = [choice for choice in catalogue.choices("model", folder) if choice.name == "mine"]
    assert choice.summary == f"its part mine is not installed; type --trust {name}"
    assert not canary.exists()


def test_when_two_modules_have_the_part_then_nothing_is_suggested(module, folder):
    module(), module()
    (line,) = faults(lambda: build(compose(["model=mine"], folder)))
    assert "--trust" not in line


def test_when_names_come_as_a_list_and_from_the_environment_then_all_are_trusted(module, monkeypatch):
    first, second, third = (module(MODEL.replace("mine", word)) for word in ("one", "two", "three"))
    monkeypatch.setenv("FORECASTLAB_TRUST", f"{third},{first}")
    trusted = trust([f"{first}, {second}"])
    assert trusted.modules == (first, second, third)
    assert [name for _, name in trusted.parts] == ["one", "two", "three"]
    assert NOBODY.parts == {}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("x = 1", "no-parts", "it has no PARTS"),
        ("PARTS = ['model']", "no-parts", "not a mapping of mappings"),
        ("PARTS = {'model': list}", "no-parts", "not a mapping of mappings"),
        ("PARTS = {'modell': {'mine': 1}}", "unknown-group", "did you mean model?"),
        ("PARTS = {'model': {'mine': 1}}", "not-a-part", "it is not a dataclass"),
        ("class A: ...\nPARTS = {'model': {'mine': A}}", "not-a-part", "it is not a dataclass"),
        (MODEL.replace("(frozen=True)", ""), "not-a-part", "it is not frozen"),
        (MODEL.replace("share: Annotated", "share: Nothing"), "bad-field", "NameError"),
        (MODEL.replace('"mine":', '"naive":'), "name-taken", "naive is one of ours"),
        (MODEL.replace('"mine":', '"_mine":'), "bad-name", "not a plain word"),
        (MODEL.replace('"mine":', '"os.system":'), "bad-name", "not a plain word"),
        ("import no_such_library", "bad-module", "ModuleNotFoundError: No module named 'no_such_library'"),
        ("1 / 0", "bad-module", "ZeroDivisionError: division by zero"),
        ("import sys; sys.exit(0)", "bad-module", "SystemExit: 0"),
        ("def f(:\n", "bad-module", "SyntaxError"),
        (
            "from dataclasses import make_dataclass\ndef f():\n    class A: ...\n"
            "    return __import__('dataclasses').dataclass(frozen=True)(A)\nPARTS = {'model': {'mine': f()}}",
            "not-a-part",
            "workers cannot import it",
        ),
    ],
    ids=lambda value: value if len(value) < 30 and "\n" not in value else "",
)
def test_when_something_is_wrong_with_a_module_then_one_line_says_what(text, code, words, module):
    name = module(text)
    (line,) = faults(lambda: trust([name]))
    assert line.startswith(f"{code}: --trust {name}: ") and words in line


def test_when_names_are_wrong_then_each_is_told_with_the_nearest(module):
    name = module()
    lines = faults(lambda: trust([name + "x", "no such", "../evil", "os.path", "__main__"]))
    assert [line.split(": ")[0] for line in lines] == [
        "no-module",
        "bad-module",
        "bad-module",
        "no-module",
        "bad-module",
    ]
    assert f"did you mean {name}?" in lines[0]


def test_when_an_installed_module_has_that_name_then_neither_is_taken_for_the_other(module):
    module(MODEL, "textwrap")
    (line,) = faults(lambda: trust(["textwrap"]))
    assert line.startswith("two-modules: ") and "give yours another name" in line
    assert sys.modules["textwrap"] is textwrap


def test_when_two_modules_offer_one_name_then_it_is_refused(module):
    first, second = module(), module()
    (line,) = faults(lambda: trust([first, second]))
    assert line.startswith(f"name-taken: --trust {second}: model mine is also that of {first}")


def test_when_a_module_was_changed_since_it_was_imported_then_python_must_start_anew(module):
    name = module()
    assert trust([name]).modules == (name,)
    module(MODEL.replace("share: Annotated", "part: Annotated"), name)
    (line,) = faults(lambda: trust([name]))
    assert line.startswith("changed-module: ") and "its kernel" in line


def test_when_a_field_has_a_type_that_no_config_can_give_then_it_is_told(module, folder):
    text = MODEL.replace("name: str", "name: Thing").replace("@dataclass", "class Thing: ...\n@dataclass", 1)
    (line,) = faults(lambda: build(compose(["model=mine"], folder, trust([module(text)]))))
    assert line.startswith("bad-field: ") and "model.name" in line
