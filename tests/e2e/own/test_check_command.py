"""``forecastlab check`` finds what is broken in own parts, and what sees the future; and nothing where nothing is."""

import pytest

TRUSTED = ("--config-dir", "my_conf", "--trust", "acme_parts", "--trust", "acme_models")


def test_when_own_parts_keep_the_contract_then_every_check_is_told_and_nothing_is_broken(theirs):
    (theirs.conf / "model/spy.yaml").unlink()
    done = theirs.call("check", "parts", *TRUSTED)
    assert done.code == 0, done.out + done.err
    lines = done.out.splitlines()
    assert lines[-1] == "all kept" and all(line.startswith("✓ ") for line in lines[:-1])
    told = {line.split()[1] for line in lines[:-1]}
    assert told == {"dataset/acme", "segmentation/halves", "model/level", "metric/worst", "experiments/acme"}
    assert "✓ model/level  a state predicts the same bits" in lines
    assert {"✓ model/level  it does not see the future", "✓ segmentation/halves  it does not see the future"} <= {
        *lines
    }


def test_when_contracts_are_broken_then_the_check_of_each_says_so_and_the_code_is_2(theirs):
    source = (theirs.place / "acme_models.py").read_text(encoding="utf-8")
    for old, new in (
        ('how much of it")]', 'how much of it")] = 1.0'),
        ("*= self.share", "*= np.random.rand() * self.share"),
        ("fitted = Naive().fit(history)", "history.grid.values[:, -1] = 5.0; fitted = Naive().fit(history)"),
    ):
        assert old in source
        source = source.replace(old, new, 1)
    theirs.write("acme_models.py", source)
    done = theirs.call("check", "parts", "model/level", *TRUSTED)
    assert done.code == 2 and "Traceback" not in done.err
    broken = {line.partition("  ")[2].partition(":")[0] for line in done.out.splitlines() if line.startswith("✗")}
    assert {"values live in yaml only", "it is deterministic", "the past is left as it was"} <= broken
    assert "✗ model/level  values live in yaml only: defaults in code: share" in done.out
    assert done.out.splitlines()[-1] == f"{len(broken)} broken"


def test_when_a_part_is_of_no_known_kind_then_that_is_the_broken_check(theirs):
    source = (theirs.place / "acme_models.py").read_text(encoding="utf-8")
    theirs.write("acme_models.py", source.replace("def from_state(self, state):", "def other(self, state):"))
    done = theirs.call("check", "parts", "model/level", *TRUSTED)
    assert done.code == 2 and "✗ model/level  it has the methods of its kind: it is neither" in done.out


def test_when_a_model_looks_at_later_sales_then_the_check_of_leakage_finds_it(theirs):
    alone = {"TMPDIR": str(theirs.place / "temporary")}
    (theirs.place / "temporary").mkdir()
    words = ("dataset=acme", "segmentation=halves", "backtest.horizon=2", "-m", "model=level,spy")
    done = theirs.call("check", "leakage", *TRUSTED, *words, **alone)
    assert done.code == 2, done.out + done.err
    assert "✓ level: nothing sees the future" in done.out and "✗ spy: it sees the future" in done.out
    assert "answer of acme_models.yhat changed when rows after" in done.out
    parts = theirs.call("check", "parts", "model/spy", *TRUSTED, **alone)
    assert parts.code == 2 and "✗ model/spy  it does not see the future: " in parts.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check",), "found nothing, allowed are config, data, leakage, parts"),
        (("check", "part"), "did you mean parts?"),
        (("check", "parts"), "type --config-dir DIR"),
        (("check", "parts", "model/levl", *TRUSTED), "did you mean model/level?"),
        (("check", "parts", "--config-dir", "my_conf/model"), "there is no file of a group in it"),
        (("check", "config", "model=naiv"), "did you mean naive?"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, tuple) else "",
)
def test_when_it_is_not_clear_what_to_check_then_one_line_says_what_there_is(theirs, words, said):
    done = theirs.call(*words)
    assert done.code == 2 and len(done.err.splitlines()) == 1 and said in done.err
