"""conf/ and the code say the same: group = package, file = module, key = argument, value only in YAML."""

import dataclasses
import inspect
from pathlib import Path
from typing import get_args

import pytest
import yaml

from forecastlab import places
from forecastlab.recipe import check, registry
from forecastlab.recipe.settings import Compare, Settings
from forecastlab.testing.parts import choices

CHOICES = choices(None)
PARTS = sorted({(group, name) for group in registry.GROUPS for name in registry.names(group)})


def read(group, name):
    text = (places.conf() / group / f"{name}.yaml").read_text(encoding="utf-8")
    return text, yaml.safe_load(text)


def keys_given_by_defaults(node):
    """Fields that a defaults list fills: ``/feature@features.lags: lags`` fills ``features``."""
    entries = [entry for entry in node.get("defaults", []) if isinstance(entry, dict)]
    return {key.partition("@")[2].split(".")[0] for entry in entries for key in entry}


def described(hint):
    extras = get_args(hint)[1:] if hasattr(hint, "__metadata__") else ()
    return any(getattr(extra, "description", None) for extra in extras)


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_when_a_file_names_a_part_then_the_part_is_installed_under_that_name(group, name):
    _, node = read(group, name)
    assert registry.find(group, node["part"]) is not None


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_when_a_file_gives_values_then_its_keys_are_the_arguments_of_the_part(group, name):
    _, node = read(group, name)
    given = {key for key in node if key not in (*check.CONVENTIONS, "defaults")} | keys_given_by_defaults(node)
    assert given == set(check.fields(registry.find(group, node["part"]).kind))


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_when_a_file_has_conventions_then_they_speak_of_arguments(group, name):
    _, node = read(group, name)
    allowed = set(check.fields(registry.find(group, node["part"]).kind))
    assert set(node.get("space", {})) <= allowed
    assert set(node.get("smoke", {})) <= allowed


@pytest.mark.parametrize(("group", "name"), CHOICES)
def test_when_a_file_is_opened_then_its_first_words_say_what_it_is(group, name):
    lines = [line for line in read(group, name)[0].splitlines() if "@package" not in line]
    assert lines[0].startswith("# ") and len(lines[0]) > 10


@pytest.mark.parametrize(("group", "name"), PARTS)
def test_when_a_part_is_installed_then_a_file_of_its_own_or_a_variant_shows_it(group, name):
    assert name in {read(where, choice)[1]["part"] for where, choice in CHOICES if where == group}


@pytest.mark.parametrize(("group", "name"), PARTS)
def test_when_a_part_is_listed_then_one_short_sentence_describes_it(group, name):
    part = registry.find(group, name)
    assert part.kind.__module__ == f"forecastlab.{group}.{name}", "PART is another module's class"
    assert inspect.getdoc(part.kind) and 10 < len(part.summary) <= 120
    assert part.summary[-1] in ".)" and not part.summary.startswith(part.kind.__name__ + "(")


@pytest.mark.parametrize(
    ("kind", "where"),
    [(registry.find(*part).kind, "/".join(part)) for part in PARTS] + [(Settings, "settings"), (Compare, "compare")],
)
def test_when_an_argument_is_listed_then_it_has_a_meaning_and_no_default_in_code(kind, where):
    nested = {name for name, hint in check.fields(kind).items() if dataclasses.is_dataclass(hint)}
    mute = [name for name, hint in check.fields(kind).items() if name not in nested and not described(hint)]
    assert not mute, f"{where}: arguments without a description: {', '.join(mute)}"
    missing = dataclasses.MISSING
    own = [f.name for f in dataclasses.fields(kind) if (f.default, f.default_factory) != (missing, missing)]
    assert not own, f"{where}: defaults in code: {', '.join(own)}"


def test_when_a_package_holds_parts_then_all_public_modules_are_parts():
    stray = {
        f"{group}/{path.name}"
        for group in registry.GROUPS
        for path in (Path(registry.__file__).parent.parent / group).glob("[a-z]*.py")
        if registry.find(group, path.stem) is None
    }
    assert stray <= {
        "tracking/tracker.py",
        "tuning/ledger.py",
        "tuning/pictures.py",
        "tuning/space.py",
        "tracking/sync.py",
        "tracking/models.py",
        "tracking/server.py",
        "tracking/views.py",
        "tracking/addresses.py",
    }, stray
