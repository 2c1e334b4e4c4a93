"""A config cannot run code, reach for Hydra's own settings, name places to read from, or grant trust."""

import json
import subprocess
import sys

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

PROGRAM = r"""
import json, sys
from pathlib import Path
from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError

try:  # all that is imported is imported before the watch begins
    build(compose(["model.part=nobody"], Path(sys.argv[2])))
except ConfigError:
    pass
build(compose(["model=ensemble"]))
canary, folder, calls = Path(sys.argv[1]), Path(sys.argv[2]), []
RUNS = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "pickle.find_class", "os.remove")

def watch(event, args):
    if event in RUNS:
        calls.append(event)
    if event == "open" and str(canary) in str(args[0]):
        calls.append("canary")
    if event == "import" and "evil" in str(args[0]):
        calls.append(args[0])

sys.addaudithook(watch)
answers = []
for words in json.loads(sys.argv[3]):
    try:
        build(compose(words, folder))
        answers.append([words, None])
    except ConfigError as error:
        answers.append([words, [str(fault) for fault in error.faults]])
print(json.dumps([calls, answers]))
"""

CODE = "{_target_: os.system, _args_: ['touch CANARY']}"
NODES = {
    "target": f"part: naive\nx: {CODE}\n",
    "target_on_top": "part: naive\n_target_: os.system\n_args_: ['touch CANARY']\n",
    "target_in_value": f"part: theta\nvariant: {CODE}\ndecomposition: additive\n",
    "target_in_list": f"part: naive\nx: [1, [{CODE}]]\n",
    "target_as_part": f"part: {CODE}\n",
    "target_for_members": f"part: ensemble\nmembers: {{a: {CODE}}}\ncombine: {{part: mean}}\n",
    "target_in_features": f"part: regression\nfeatures: {{a: {CODE}}}\nfit_by: []\npenalty: 1.0\n",
    "target_in_smoke": f"part: naive\nsmoke: {CODE}\nx: 1\n",
    "alias": f"x: &code {CODE}\npart: naive\ny: *code\n",
    "merged": f"x: &code {CODE}\npart: naive\n<<: *code\n",
    "partial": "part: naive\n_partial_: true\n",
    "recursive": "part: naive\n_recursive_: true\n",
    "convert": "part: naive\n_convert_: all\n",
    "tag_apply": "part: !!python/object/apply:os.system ['touch CANARY']\n",
    "tag_new": "part: !!python/object/new:os.system ['touch CANARY']\n",
    "tag_object": "part: !!python/object:evil_parts.Evil {}\n",
    "tag_name": "part: !!python/name:os.system\n",
    "tag_module": "part: !!python/module:evil_parts\n",
    "tag_inner": "part: naive\nx: [{y: !!python/object/apply:os.system ['touch CANARY']}]\n",
    "tag_alias": "part: naive\nx: &a !!python/object/apply:os.system ['touch CANARY']\ny: *a\n",
    "tag_key": "part: naive\n? !!python/object/apply:os.system ['touch CANARY']\n: 1\n",
    "tag_own": "part: !evil naive\n",
    "tag_env": "part: !ENV ${HOME}\n",
    "resolver_eval": 'part: ${eval:\'__import__("os").system("touch CANARY")\'}\n',
    "resolver_python": "part: ${python:os.system,touch CANARY}\n",
    "resolver_call": "part: ${call:os.system}\n",
    "resolver_hydra": "part: ${hydra:runtime.cwd}\n",
    "resolver_import": "part: ${import:evil_parts}\n",
    "resolver_create": f"part: ${{oc.create:{CODE}}}\n",
    "resolver_decode": "part: ${oc.decode:'{_target_: os.system}'}\n",
    "resolver_nested": "part: ${oc.decode:${eval:1}}\n",
    "module": "part: os\n",
    "module_dotted": "part: os.system\n",
    "module_colon": "part: 'os:system'\n",
    "module_private": "part: _state\n",
    "module_init": "part: __init__\n",
    "module_above": "part: ../../os\n",
    "module_path": "part: /usr/lib/python3/os.py\n",
    "module_own": "part: evil_parts\n",
    "module_own_class": "part: evil_parts.Evil\n",
    "module_own_part": "part: evil\n",
    "module_own_colon": "part: 'evil_parts:Evil'\n",
    "module_entry": "part: forecastlab.parts:evil\n",
    "module_url": "part: http://localhost/evil.py\n",
    "module_list": "part: [naive, os.system]\n",
    "module_number": "part: 1\n",
    "trust": "part: evil\ntrust: evil_parts\n",
    "trust_option": "part: evil\n--trust: evil_parts\n",
    "trust_variable": "part: evil\nFORECASTLAB_TRUST: evil_parts\n",
    "trust_parts": "part: evil\nPARTS: {model: {evil: evil_parts.Evil}}\n",
    "trust_on_top": "# @package _global_\ntrust: [evil_parts]\nmodel: {part: evil}\n",
    "trusted_on_top": "# @package _global_\ntrusted: {modules: [evil_parts]}\nmodel: {part: evil}\n",
    "trust_variable_on_top": "# @package _global_\nenv: {FORECASTLAB_TRUST: evil_parts}\nmodel: {part: evil}\n",
    "plugins_on_top": "# @package _global_\nplugins: [evil_parts]\nmodel: {part: evil}\n",
    "hydra_searchpath": "# @package _global_\nhydra: {searchpath: ['pkg://evil_parts']}\nmodel: {part: naive}\n",
    "hydra_run": "# @package _global_\nhydra:\n  run: {dir: /tmp/elsewhere}\nmodel: {part: naive}\n",
    "hydra_callback": f"# @package _global_\nhydra: {{callbacks: {{a: {CODE}}}}}\nmodel: {{part: naive}}\n",
    "hydra_launcher": "# @package _global_\ndefaults: [override /hydra/launcher: basic]\nmodel: {part: naive}\n",
    "hydra_package": "# @package hydra.callbacks.a\n_target_: os.system\n",
    "hydra_placed": "defaults: [/model@hydra.callbacks.a: naive]\npart: naive\n",
    "defaults_elsewhere": "defaults: ['file:///etc/passwd']\npart: naive\n",
    "defaults_above": "defaults: [../../../etc/passwd]\npart: naive\n",
    "defaults_package": "defaults: ['pkg://evil_parts/x']\npart: naive\n",
}
"""Files of a stranger's config folder, each of which must be refused."""

WORDS = [
    ["+_target_=os.system"],
    ["+model._target_=os.system"],
    ["+target.more={_target_: os.system, _args_: [touch CANARY]}"],
    ["+backtest._partial_=true"],
    ["target.series_by=[{_target_: os.system}]"],
    ["levels=[{_target_: os.system}]"],
    ["root={_target_: os.system}"],
    ["model.part=os.system"],
    ["dataset.part=subprocess"],
    ["calibrate.part=../../os"],
    ["executor.part=__init__"],
    ["model.part=evil"],
    ["model.part=evil_parts"],
    ["+trust=evil_parts"],
    ["+trusted.modules=[evil_parts]"],
    ["+model.trust=evil_parts", "model.part=evil"],
    ["model=../../evil"],
    ["model=/etc/passwd"],
    ["+experiments=../evil"],
    ["+experiments=evil_trust"],
    ["root=${eval:1+1}"],
]
"""The same on the command line, but for the option that is made for it."""


def test_when_a_config_names_code_or_grants_trust_then_nothing_runs_and_each_is_refused_with_one_line(tmp_path):
    canary, folder = tmp_path / "canary", tmp_path / "conf"
    (folder / "model").mkdir(parents=True)
    (folder / "experiments").mkdir()
    for name, text in NODES.items():
        (folder / "model" / f"{name}.yaml").write_text(text.replace("CANARY", str(canary)), encoding="utf-8")
    trusting = "# @package _global_\ndefaults: [override /model: module_own_part]\ntrust: evil_parts\n"
    (folder / "experiments" / "evil_trust.yaml").write_text(trusting, encoding="utf-8")
    for place in (tmp_path, folder, folder / "model"):  # modules that nobody trusts, wherever they might be looked for
        text = f"open({str(canary)!r}, 'w')\nPARTS = {{'model': {{'evil': object}}}}\n"
        (place / "evil_parts.py").write_text(text, encoding="utf-8")
    vectors = [*WORDS, *([f"model={name}"] for name in NODES)]
    assert len(vectors) >= 60
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(canary), str(folder), json.dumps(vectors).replace("CANARY", str(canary))],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    calls, answers = json.loads(done.stdout.splitlines()[-1])
    assert calls == [] and not canary.exists()
    assert len(answers) == len(vectors)
    passed = [words for words, found in answers if not found]
    assert not passed
    assert not [words for words, found in answers if any("\n" in line for line in found)]
    suggested = [words for words, found in answers if any("type --trust evil_parts" in line for line in found)]
    assert ["model.part=evil"] in suggested and ["model=module_own_part"] in suggested


def test_when_hydras_own_settings_are_reached_for_then_each_is_forbidden():
    words = [
        "hydra.run.dir=/tmp/x",
        "+hydra.searchpath=[file:///tmp]",
        "hydra/launcher=joblib",
        "hydra.job_logging.root.level=DEBUG",
        "+hydra.callbacks.x._target_=os.system",
        "~hydra.sweep",
    ]
    with pytest.raises(ConfigError) as caught:
        compose(words)
    assert [(fault.code, fault.where) for fault in caught.value.faults] == [
        ("forbidden-key", f"override {word}") for word in words
    ]


def test_when_a_file_sets_hydras_own_settings_then_it_is_forbidden(tmp_path):
    (tmp_path / "model").mkdir()
    text = "# @package _global_\nhydra:\n  run: {dir: /tmp/elsewhere}\nmodel: {part: naive}\n"
    (tmp_path / "model" / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError):
        build(compose(["model=mine"], tmp_path))
