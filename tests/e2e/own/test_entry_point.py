"""An installed package can offer parts by an entry point; it is trusted by that name, and only when it is named."""

import os

import pytest

METADATA = "Metadata-Version: 2.1\nName: acme-forecast\nVersion: 1.0\n"


@pytest.fixture
def installed(theirs):
    """The module as an installed package: files in a folder on the path, and what an installer writes about it."""
    theirs.write("site/acme_forecast/__init__.py", "")
    theirs.write("site/acme_forecast/rule.py", "SHARE = 1.0\n")
    (theirs.place / "acme_rule.py").unlink()
    for old, new in (("acme_parts", "parts"), ("acme_models", "models")):
        source = (theirs.place / f"{old}.py").read_text(encoding="utf-8")
        (theirs.place / f"{old}.py").unlink()
        theirs.write(f"site/acme_forecast/{new}.py", source.replace("acme_rule", "acme_forecast.rule"))
    theirs.write("site/acme_forecast-1.0.dist-info/METADATA", METADATA)
    theirs.write("site/acme_forecast-1.0.dist-info/RECORD", "")
    points = (
        "[forecastlab.parts]\nacme = acme_forecast.parts\nlevels = acme_forecast.models\nghost = acme_forecast.ghost\n"
    )
    theirs.write("site/acme_forecast-1.0.dist-info/entry_points.txt", points)

    def call(*words):
        return theirs.call(*words, PYTHONPATH=os.pathsep.join([str(theirs.place / "site")]))

    return call


def test_when_a_package_declares_an_entry_point_then_its_name_can_be_trusted(installed, theirs):
    words = ("--config-dir", "my_conf", "+experiments=acme")
    refused = installed("check", "config", *words)
    assert refused.code == 2 and "type --trust acme." in refused.err and "type --trust levels." in refused.err
    by_module = installed("check", "config", *words, "--trust", "acme_forecast.parts,acme_forecast.models")
    assert by_module.code == 0, by_module.err
    run = installed("run", *words, "--trust", "acme,levels", "tracking=none", "executor.workers=1", "compare.alpha=0.1")
    assert run.code == 0, run.err
    assert (theirs.place / "mlruns/studies/acme/leaderboard.csv").is_file()


def test_when_the_entry_point_leads_nowhere_or_to_two_places_then_one_line_says_so(installed, theirs):
    ghost = installed("list", "model", "--trust", "ghost")
    assert ghost.code == 2 and "its package names acme_forecast.ghost, which is not there" in ghost.err
    near = installed("list", "model", "--trust", "acmee")
    assert near.code == 2 and "did you mean acme?" in near.err
    theirs.write("acme.py", "raise SystemError('must not be imported')\n")
    two = installed("list", "model", "--trust", "acme")
    assert two.code == 2 and "several things are called that: acme, acme_forecast.parts" in two.err
