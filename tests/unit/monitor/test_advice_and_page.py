"""What is advised about an alarm, and the page that tells it."""

from pathlib import Path

import pandas as pd
import pytest

from forecastlab.page import LANGUAGES, texts
from forecastlab.recipe import NOBODY
from forecastlab.stages.watching import COLUMNS, worst
from forecastlab.task.advice import Method, advise, options
from forecastlab.task.monitor_page import page_of, write_page

METHOD = Method(
    "shop", "spring", ("dataset=shop", "model=theta", "study=old", "executor=serial"), (), stored=False, of="series"
)
MONTHS = pd.date_range("2024-01-31", periods=4, freq="ME")


def finding(check="error", what="total", state="fine", now=MONTHS[0], value=0.1, p=0.5):
    row = {"check": check, "what": what, "state": state, "value": value, "expected": 0.05, "p": p, "p_holm": p, "n": 9}
    return row | {"words": f"{what}: some words", "now": now}


def history(*rows):
    return pd.DataFrame(rows, columns=[*COLUMNS, "now"])


def test_when_nothing_cries_then_nothing_is_advised():
    found = advise(history(finding(), finding("inputs", "visits", "warning")), METHOD)
    assert (found.kind, found.command) == ("nothing", "")


def test_when_an_alarm_is_new_then_a_run_with_the_newest_data_is_advised():
    found = advise(history(finding(), finding(state="alarm", now=MONTHS[1])), METHOD)
    assert found.kind == "refit"
    assert found.command == "forecastlab run dataset=shop model=theta study=spring"


def test_when_forecasts_came_from_a_stored_fit_then_a_fresh_fit_is_advised():
    found = advise(history(finding(state="alarm")), Method("shop", "spring", (), (), stored=True, of="series"))
    assert (found.kind, found.command) == ("refit", "forecastlab predict model=shop mode=refit")


def test_when_an_alarm_stays_then_a_search_is_advised():
    found = advise(history(*(finding(state="alarm", now=day) for day in MONTHS[:2])), METHOD)
    assert found.kind == "retune"
    assert found.command == "forecastlab tune dataset=shop model=theta study=spring-retuned"


def test_when_inputs_moved_too_then_a_new_study_is_advised_with_other_methods():
    found = advise(history(finding(state="alarm"), finding("segments", "money by segment", "warning")), METHOD)
    assert found.kind == "new study" and "money by segment" in found.why
    assert found.command == "forecastlab run -m dataset=shop model=naive,theta,ets,regression,xgboost study=spring-new"


def test_when_configs_are_somebodys_own_then_the_command_finds_them_again():
    own = Method("shop", "spring", ("dataset=shop",), ("--config-dir", "my conf"), stored=False, of="series")
    found = advise(history(finding(state="alarm")), own)
    assert found.command == "forecastlab run dataset=shop study=spring --config-dir 'my conf'"


def test_when_results_are_elsewhere_then_commands_say_where():
    typed = ["model=shop", "root=a", "root=out here", "executor=serial"]
    assert options(typed, Path("mine"), NOBODY) == ("root=out here", "--config-dir", "mine")
    stored = Method("shop", "spring", (), options(typed, None, NOBODY), stored=True, of="series")
    found = advise(history(finding(state="alarm")), stored)
    assert found.command == "forecastlab predict model=shop mode=refit 'root=out here'"


def test_when_an_old_alarm_is_over_then_it_does_not_count():
    found = advise(
        history(finding(state="alarm"), finding(now=MONTHS[1]), finding(state="alarm", now=MONTHS[2])), METHOD
    )
    assert found.kind == "refit"


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ((("error", "early"), ("inputs", "fine")), "early"),
        ((("error", "early"), ("inputs", "warning")), "warning"),
        ((("error", "fine"), ("coverage", "early")), "fine"),
        ((("error", "fine"), ("inputs", "warning"), ("bias", "alarm")), "alarm"),
    ],
)
def test_when_states_differ_then_the_gravest_is_told(states, expected):
    assert worst(history(*(finding(check, state=state) for check, state in states))) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_a_page_is_made_then_reason_advice_and_command_are_on_it(language):
    rows = history(finding(), finding(state="alarm", now=MONTHS[1], p=0.002), finding("bias", "total", now=MONTHS[1]))
    advice = advise(rows, METHOD)
    page = page_of(rows, advice, METHOD, texts(language), 100)
    said = texts(language)
    assert said("monitor.state.alarm") in page and said("monitor.advice.refit") in page
    assert "forecastlab run dataset=shop model=theta study=spring" in page
    assert said.percent(0.1) in page and said.percent(0.05) in page


def test_when_names_of_others_are_shown_then_they_are_text(tmp_path):
    rows = history(finding(what="segment <script>alert(1)</script>", state="alarm"))
    path = write_page(rows, advise(rows, METHOD), METHOD, tmp_path, "en")
    text = path.read_text(encoding="utf-8")
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text
    assert [each.name for each in tmp_path.iterdir()] == ["shop.html"]


def test_when_a_watch_is_somebodys_own_then_it_is_called_by_its_name():
    rows = history(finding("mine", "a thing", "alarm"), finding())
    assert "mine" in page_of(rows, advise(rows, METHOD), METHOD, texts("en"), 100)


@pytest.mark.parametrize(("state", "tone"), [("alarm", "bad"), ("warning", "warning"), ("fine", "good")])
def test_when_a_check_cries_then_its_verdict_has_the_tone(state, tone):
    rows = history(finding(state=state))
    assert f'class="verdict {tone}"' in page_of(rows, advise(rows, METHOD), METHOD, texts("en"), 100)


def test_when_a_page_is_in_chinese_then_what_was_looked_at_is_too():
    rows = history(finding(what="total"), finding("inputs", "mix of region"), finding("inputs", "customers who bought"))
    page = page_of(rows, advise(rows, METHOD), METHOD, texts("zh"), 100)
    assert ">总计<" in page and ">region的构成<" in page and "customers who bought<" not in page
