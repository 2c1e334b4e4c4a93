"""Configs that are misspelt, of the wrong type, out of range, or that reach for what a config must not have."""

from corpus_harness import Case, apart, check, config, here, parametrised
from corpus_tables import csv_file, table

GOOD = csv_file(table())


def typed_in(*words):
    """The sound shop with further words on the command line."""
    return csv_file(table(), *words)


def own(text, group="model", *words):
    """A file ``mine`` of one's own in a config group, chosen."""

    def make(folder):
        (folder / "conf" / group).mkdir(parents=True)
        (folder / "conf" / group / "mine.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
        return [*GOOD(folder), "--config-dir", str(folder / "conf"), f"{group}=mine", *words]

    return make


def searched(*words):
    """A search over the values of xgboost."""
    return typed_in("model=xgboost", "tuning.trials=2", *words)


THETA = "part: theta\nvariant: standard\ndecomposition: {}\n"
EXPANDING = "part: expanding\nhorizon: 2\ngap: {}\nstep: 2\nselect: 1\ntest: 1\nrefit_every: 1\nmin_train: 4\n"

TYPED = [
    config(
        "key misspelt",
        typed_in("backtest.horizn=3"),
        "unknown-key … override backtest.horizn=3 … did you mean backtest.horizon?",
    ),
    config(
        "key misspelt and added",
        typed_in("+backtest.horizn=3"),
        "unknown-key … backtest.horizn … it has horizon, … did you mean horizon?",
    ),
    config("section misspelt", typed_in("+modell=1"), "unknown-key … override +modell=1 … did you mean model?"),
    config("choice misspelt", typed_in("model=arimaa"), "unknown-choice … override model=arimaa … did you mean arima?"),
    config(
        "two choices misspelt",
        typed_in("model=arimaa", "segmentation=rfmm"),
        "unknown-choice … did you mean arima?",
        "unknown-choice … did you mean rfm?",
    ),
    config("override without a value", typed_in("model"), "bad-override … override model … group=choice or key=value"),
    config("several values for one run", typed_in("model=naive,theta"), "sweep … override model=naive,theta … add -m"),
    config(
        "type of a number",
        typed_in("backtest.horizon=four"),
        'bad-value … backtest.horizon … found "four" … integer … type backtest.horizon=',
    ),
    config("type of a list", typed_in("levels={a: 1}"), "bad-value … override levels={a: 1} … type levels="),
    config(
        "type of a list among other faults",
        typed_in("levels={a: 1}", "backtest.horizon=0"),
        "bad-value … override levels={a: 1}",
    ),
    config(
        "out of range",
        typed_in("backtest.horizon=0"),
        "bad-value … backtest.horizon … found 0 … greater than or equal to 1 … type backtest.horizon=",
    ),
    config(
        "none of the words",
        typed_in("dataset.returns=nett"),
        "bad-value … dataset.returns … 'net', 'drop' or 'separate' … did you mean net?",
    ),
    config(
        "too few in a tuple",
        typed_in("segmentation=rfm", "segmentation.grades={all: {money: [5]}}"),
        "bad-value … segmentation.grades.all.money … found [5] … too few values … type segmentation.grades.all.money=",
    ),
    config("not finite", typed_in("compare.alpha=nan"), "bad-value … compare.alpha … not finite … type compare.alpha="),
    config("part unknown", typed_in("model.part=naiv"), "unknown-part … model.part … did you mean naive?"),
    config(
        "interpolation to nowhere",
        typed_in("target.freq=${nowhere.x}"),
        "bad-interpolation … target.freq … there is no key nowhere.x … name a key that exists",
    ),
    config(
        "interpolation in a circle",
        typed_in("target.freq=${target.value}", "target.value=${target.freq}"),
        "bad-interpolation … target.value … circle … give one of them a value",
    ),
    config(
        "interpolation of itself",
        typed_in("target.freq=${target.freq}"),
        "bad-interpolation … target.freq … circle … give one of them a value",
    ),
    config(
        "environment unset",
        typed_in("dataset.unit=${oc.env:CORPUS_UNSET}"),
        "bad-interpolation … dataset.unit … CORPUS_UNSET … type export CORPUS_UNSET=",
    ),
    config(
        "Hydra's own settings",
        typed_in("hydra.run.dir=/tmp/x"),
        "forbidden-key … override hydra.run.dir=/tmp/x … take it out",
    ),
    config(
        "target on the command line",
        typed_in("+model._target_=os.system"),
        "forbidden-key … model._target_ … take it out",
    ),
    config(
        "target in a list",
        typed_in("+sweep.model=[{_target_: os.system}]"),
        "forbidden-key … sweep.model.0._target_ … take it out",
    ),
    config(
        "more workers than cores",
        typed_in("executor=processes", "executor.workers=4096"),
        "too-many-workers … executor.workers … found 4096 … cores … type executor.workers=0",
    ),
]

WRITTEN = [
    config(
        "file misspelt",
        own(THETA.format("additive") + "varaint: x\n"),
        "unknown-key … mine.yaml … model.varaint … did you mean variant?",
    ),
    config(
        "file with a missing value",
        own("part: theta\nvariant: standard\n"),
        "missing-key … mine.yaml … model.decomposition … type model.decomposition=",
    ),
    config(
        "file with ???", own(THETA.format("???")), "missing-value … model.decomposition … type model.decomposition="
    ),
    config(
        "duplicate key",
        own("part: naive\npart: theta\n"),
        "bad-yaml … mine.yaml line 2 … duplicate key … mend the file",
    ),
    config("tab", own("part:\tnaive\n"), "bad-yaml … mine.yaml line 1 … mend the file"),
    config("not closed", own("part: [naive\n"), "bad-yaml … mine.yaml line 2 … mend the file"),
    config(
        "unquoted no",
        own(THETA.format("no")),
        "bad-value … mine.yaml … model.decomposition … found false … put it into quotes",
    ),
    config(
        "octal",
        own(EXPANDING.format("010"), "backtest"),
        "odd-number … mine.yaml line 3 … 010 … write 10, or put it into quotes",
    ),
    config(
        "sexagesimal",
        own(EXPANDING.format("1:30"), "backtest"),
        "odd-number … mine.yaml line 3 … 1:30 … put it into quotes",
    ),
    config(
        "nan in a file", own(EXPANDING.format(".nan"), "backtest"), "bad-value … mine.yaml … backtest.gap … not finite"
    ),
    config(
        "python tag",
        own("part: !!python/object/apply:os.system [ls]\n"),
        "bad-yaml … mine.yaml line 1 … tag … mend the file",
    ),
    config("empty file", own(""), "not-a-part … mine.yaml … the key part … choose one with model="),
    config("list", own("- a\n- b\n"), "not-a-part … the key part … choose one with model="),
    config("scalar", own("naive\n"), "not-a-part … mine.yaml … the key part … choose one with model="),
    config("latin-1 file", own("# für mich\npart: naive\n".encode("latin-1")), "bad-yaml … mine.yaml … UTF-8"),
    config(
        "target in a file", own("_target_: os.system\ncommand: ls\n"), "forbidden-key … model._target_ … take it out"
    ),
    config(
        "target deep in a file",
        own(THETA.format("additive") + "smoke: {a: {_target_: os.system}}\n"),
        "forbidden-key … model.smoke.a._target_ … take it out",
    ),
    config(
        "file of Hydra's", own("part: naive\nhydra: {run: {dir: x}}\n"), "forbidden-key … mine.yaml … take them out"
    ),
]

SEARCHES = [
    Case(
        "low above high",
        searched("+tuning.over={model.trees: {low: 9, high: 1}}"),
        2,
        ["bad-space … space of model.trees … low is 9, above high, 1 … turn them round"],
        "tune",
    ),
    Case(
        "log of zero",
        searched("+tuning.over={model.learning_rate: {low: 0, high: 1, log: true}}"),
        2,
        ["bad-space … space of model.learning_rate … cannot start at 0 … low > 0"],
        "tune",
    ),
    Case(
        "neither range nor choices",
        searched("+tuning.over={model.trees: {from: 1}}"),
        2,
        ["bad-space … space of model.trees … {low: 1, high: 9}"],
        "tune",
    ),
    Case(
        "no such value",
        searched("+tuning.over={model.tree: {low: 1, high: 9}}"),
        2,
        ["unknown-key … space of model.tree … did you mean model.trees?"],
        "tune",
    ),
    Case(
        "no such choice",
        searched("+tuning.over={model: {choices: [naive, thetaa]}}"),
        2,
        ["unknown-choice … tuning.over.model … did you mean theta?"],
        "tune",
    ),
    Case(
        "grid without steps",
        searched("tuning=grid"),
        2,
        ["endless-grid … tuning.over … give it a step or choices"],
        "tune",
    ),
    Case(
        "grid of a million",
        typed_in(
            "tuning=grid",
            "tuning.only=[]",
            "+tuning.over={backtest.horizon: {low: 1, high: 1000}, backtest.step: {low: 1, high: 1000}}",
        ),
        2,
        ["large-grid … tuning.over … 1,000,000 points … type tuning=tpe"],
        "tune",
    ),
    Case("nothing to search", typed_in(), 2, ["no-space … tuning.over … there is nothing to search"], "tune"),
    Case(
        "storage unset",
        searched("tuning.storage=CORPUS_UNSET"),
        2,
        ["no-storage … tuning.storage … type export CORPUS_UNSET="],
        "tune",
    ),
]


@parametrised(TYPED + WRITTEN + SEARCHES)
def test_when_a_config_is_bad_then_one_line_says_so_and_nothing_is_written(case, tmp_path, monkeypatch):
    monkeypatch.delenv("CORPUS_UNSET", raising=False)
    check(case, tmp_path, lambda words, _: here(words))


@parametrised([TYPED[0], WRITTEN[3]])
def test_when_a_config_is_bad_then_the_real_command_says_the_same(case, tmp_path):
    check(case, tmp_path, apart)
