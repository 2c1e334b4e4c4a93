"""What is wrong with a config is said at once, a line per fault: where, what was found, what is allowed, what next."""

import pytest

from forecastlab.recipe import build, compose
from forecastlab.schema import ConfigError


def faults(*overrides, folder=None):
    with pytest.raises(ConfigError) as caught:
        build(compose(overrides, folder))
    assert caught.value.exit_code == 2
    lines = str(caught.value).splitlines()
    assert len(lines) == len(caught.value.faults), "a fault of more than one line"
    return lines


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "model").mkdir()

    def write(name, text, group="model"):
        (tmp_path / group / f"{name}.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_when_choices_and_keys_are_misspelt_then_all_are_named_with_the_nearest_word():
    found = faults("model=arimaa", "segmentation=rfmm", "backtest.horizn=3")
    assert [line.split(":")[0] for line in found] == ["unknown-choice", "unknown-choice", "unknown-key"]
    assert "override model=arimaa" in found[0] and "did you mean arima?" in found[0] and "theta" in found[0]
    assert "override segmentation=rfmm" in found[1] and "did you mean rfm?" in found[1]
    assert "backtest.horizn" in found[2] and "did you mean backtest.horizon?" in found[2]


def test_when_values_are_wrong_then_each_has_a_line_with_key_found_and_allowed():
    found = faults(
        "backtest.horizon=abc",
        "backtest.step=-1",
        "backtest.gap='4'",
        "backtest.select=1.5",
        "backtest.test=null",
        "levels=[0.5,2]",
        "compare.metric=rmsse",
        "study=123",
    )
    expected = {
        "backtest.horizon": ('"abc"', "integer"),
        "backtest.step": ("-1", "greater than or equal to 1"),
        "backtest.gap": ('"4"', "integer"),
        "backtest.select": ("1.5", "integer"),
        "backtest.test": ("null", "integer"),
        "levels.1": ("2", "less than 1"),
        "compare.metric": ('"rmsse"', "'usual', 'wape', 'mase'"),
        "study": ("123", "string"),
    }
    assert len(found) == len(expected)
    for key, (was, allowed) in expected.items():
        (line,) = (line for line in found if f" {key}: found {was}, " in line)
        assert line.startswith("bad-value: override ") and allowed in line


@pytest.mark.parametrize("season", ["0", "detekt", "[]", "24.5", "[0,x]", "true"])
def test_when_a_value_fits_none_of_several_forms_then_one_line_names_all_of_them(season):
    words = [f"dataset.{each}" for each in ("path=a", "series=b", "time=c", "value=d")]
    (line,) = faults("dataset=panel_csv", *words, f"dataset.season={season}")
    assert line.startswith(f"bad-value: override dataset.season={season}: dataset.season: found ")
    assert (
        "allowed is null (those usual for freq), a number of periods from 1, a list such as [24,168], or detect" in line
    )
    assert "constrained" not in line and "literal" not in line


def test_when_values_within_a_mapping_fit_none_of_several_forms_then_each_has_one_line():
    found = faults("what_if={half: {promotions.display: abc, promotions.mailer: [1]}, none: 3}")
    assert [line.split(": ")[-1].split(",")[0] for line in found] == ['found "abc"', "found [1]", "found 3"]
    assert " what_if.half.promotions.display: found" in found[0] and "allowed is a valid number, or " in found[0]
    assert " what_if.half.promotions.mailer: found" in found[1] and " what_if.none: found" in found[2]


def test_when_cutoffs_are_no_dates_then_each_is_named_before_any_data_is_read():
    select, test = 'backtest.select=["2023-13-01",autumn,"2023-12-31"]', 'backtest.test=["1998-02-30","01.02.1998"]'
    found = faults("backtest=cutoffs", select, test)
    expected = [("select", "2023-13-01"), ("select", "autumn"), ("test", "1998-02-30"), ("test", "01.02.1998")]
    assert len(found) == len(expected)
    for line, (key, date) in zip(found, expected, strict=True):
        assert line.startswith("bad-value: override backtest.")
        assert f" backtest.{key}: found {date}, allowed is YYYY-MM-DD" in line


def test_when_values_are_left_open_then_all_are_named():
    found = faults("dataset=csv")
    assert len(found) == 4
    assert all(line.startswith("missing-value: dataset.") and "type dataset." in line for line in found)


def test_when_a_sum_of_things_is_missing_then_the_file_of_the_group_is_named():
    found = faults("model.part=theta")
    assert sorted(line.split(": ")[2] for line in found) == ["model.decomposition", "model.variant"]
    assert all(line.startswith("missing-key: conf/model/seasonal_naive.yaml: ") for line in found)


def test_when_sections_and_parts_do_not_exist_then_what_exists_is_listed():
    found = faults("+modell=1", "model.part=naiv", "reconcile.part=../bottom_up", "+backtest.horzon=3")
    by_key = {line.split(": ")[2]: line for line in found}
    assert "did you mean model?" in by_key["modell"]
    assert "installed are adjusted, arima" in by_key["model.part"] and "did you mean naive?" in by_key["model.part"]
    assert "installed are bottom_up" in by_key["reconcile.part"]
    assert "did you mean horizon?" in by_key["backtest.horzon"]


def test_when_a_group_is_taken_away_then_it_is_missed():
    found = faults("~model", "metric=[]")
    assert any(line.startswith("not-a-part:") and "choose one with model=…" in line for line in found)
    assert any(line.startswith("missing-value: metric:") and "type metric=[wape]" in line for line in found)


def test_when_several_values_are_given_to_one_run_then_the_way_to_run_them_all_is_shown():
    (line,) = faults("model=naive,theta")
    assert line.startswith("sweep: override model=naive,theta:") and "add -m" in line


def test_when_overrides_cannot_be_read_then_each_is_named():
    found = faults("model=[a", "model", "backtest.horizon=4")
    assert [line.split(":")[0] for line in found] == ["bad-override", "bad-override"]
    assert "override model=[a" in found[0] and "group=choice or key=value" in found[1]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("part: [\n", "bad-yaml", "broken.yaml line 2"),
        ("part:\tnaive\n", "bad-yaml", "broken.yaml line 1"),
        ("part: naive\npart: theta\n", "bad-yaml", "duplicate key"),
        ("", "not-a-part", "the key part"),
        ("- a\n- b\n", "not-a-part", "the key part"),
    ],
    ids=["unclosed", "tab", "twice", "empty", "list"],
)
def test_when_a_file_is_broken_then_one_line_says_where(text, code, words, folder):
    (line,) = faults("model=broken", folder=folder("broken", text))
    assert line.startswith(f"{code}: ") and words in line


def test_when_the_folder_does_not_exist_then_it_is_named(tmp_path):
    (line,) = faults(folder=tmp_path / "nowhere")
    assert line.startswith("no-folder: --config-dir ")


@pytest.mark.parametrize(
    "value", ["${nowhere.x}", "${target.freq}", "${oc.env:FORECASTLAB_UNSET}", "${eval:1+1}"], ids=lambda value: value
)
def test_when_an_interpolation_leads_nowhere_then_its_key_is_named(value):
    (line,) = faults(f"target.freq={value}")
    assert line.startswith("bad-interpolation: ") and "target.freq" in line


def test_when_one_of_a_list_of_choices_is_misspelt_then_the_nearest_is_named():
    (line,) = faults("metric=[wape,masee]")
    assert line.startswith("unknown-choice: ") and "masee" in line and "did you mean mase?" in line


def test_when_a_value_inside_a_chosen_group_is_wrong_then_the_override_that_gave_it_is_named():
    (line,) = faults("model=regression", "model.features.lags.lags=[0]")
    assert line.startswith("bad-value: override model.features.lags.lags=[0]: ")


def test_when_a_file_of_a_chosen_group_is_wrong_then_the_file_is_named(folder):
    (line,) = faults("model=mine", folder=folder("mine", "part: theta\nvariant: standard\ndecomposition: none\n"))
    assert "model/mine.yaml" in line and " model.decomposition: " in line
