"""The figures of a report, computed by hand, and what is left out where there is nothing to tell."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from made_up_study import Shape, made_up, outcome, told

from forecastlab.page import texts
from forecastlab.task.report.cells import cells, pooled, steps
from forecastlab.task.report.sections import (
    bar,
    calibration,
    data,
    drivers,
    failures,
    forecasts,
    horizon,
    leaderboard,
    migration,
    oracle,
    recipe,
    search,
    segments,
    verdict,
)
from forecastlab.task.report.write import page


def plain(html):
    return re.sub("<.*?>", "", html)


def rows(html):
    """The texts of the cells of a table."""
    body = html[html.index("<tbody>") : html.index("</tbody>")]
    found = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.S) for row in body.split("<tr>")[1:]]
    return [[plain(cell) for cell in row] for row in found]


def test_when_errors_are_cut_then_the_sums_are_those_of_the_rows():
    frame = pd.DataFrame(
        {
            "role": "test", "level": "segment", "segment": ["a", "a", "b"], "step": [1, 1, 2],
            "y": [100.0, 200.0, 50.0], "yhat": [110.0, 150.0, 50.0],
        }
    )  # fmt: skip
    found = cells(frame, 0.1).set_index(["segment", "step"])
    assert found.loc[("a", 1), ["loss", "weight", "near", "n"]].tolist() == [60, 300, 100, 2]
    assert found.loc[("b", 2), ["loss", "weight", "near", "n"]].tolist() == [0, 50, 50, 1]
    whole = pooled(found.reset_index(), ["level"]).iloc[0]
    assert whole["wape"] == pytest.approx(60 / 350) and whole["share"] == pytest.approx(150 / 350)


def test_when_nothing_was_sold_then_there_is_no_figure():
    frame = pd.DataFrame({"role": "test", "level": "x", "segment": "", "step": [1], "y": [0.0], "yhat": [1.0]})
    assert pooled(cells(frame, 0.1), ["level"])["wape"].isna().all()


def test_when_there_are_many_steps_then_they_are_shown_in_ranges():
    assert steps([1, 2, 3]) == {1: "1", 2: "2", 3: "3"}
    found = steps(range(1, 29))
    assert list(dict.fromkeys(found.values()))[:2] == ["1–4", "5–8"] and len(set(found.values())) == 8


def test_when_methods_tie_then_the_verdict_says_so_and_names_the_cheapest():
    said = plain(verdict.opening(made_up(errors=[0.05, 0.05, 0.05])))
    assert "theta is first, but ets cannot be told apart from it" in said
    assert "theta costs least (1.0 s of CPU)" in said


def test_when_one_is_clearly_best_then_the_verdict_says_so():
    study = made_up(Shape(methods=("theta", "naive"), select=12), errors=[0.005, 0.6])
    said = plain(verdict.opening(study))
    assert "theta is best, and the difference to the others is clear." in said
    assert "which is more than chance" in said and "the total meets it with" in said
    assert "2 of 2 segments meet it, with 100% of the money" in said


def test_when_the_bar_is_missed_then_the_verdict_and_the_table_say_so():
    study = made_up(errors=[0.9, 0.9, 0.9], within=0.01)
    assert "the total misses it with" in plain(verdict.opening(study))
    assert {row[2][-1] for row in rows(bar.section(study))} == {"✗"}


def test_when_the_bar_is_told_then_each_cell_has_its_step_its_naive_figure_and_its_money():
    study = made_up()
    test = study.outcomes["theta"].forecasts.query("role == 'test'")
    naive = study.outcomes["naive"].forecasts.query("role == 'test'")

    def wape(frame):
        return f"{100 * (frame.y - frame.yhat).abs().sum() / frame.y.sum():.1f}%"

    found = {row[0]: row for row in rows(bar.section(study))[:4]}
    loyal, same = test.query("level == 'segment' and segment == 'loyal'"), naive.query("level == 'segment'")
    near = loyal[(loyal.y - loyal.yhat).abs() <= 0.1 * loyal.y].y.sum() / loyal.y.sum()
    assert found["loyal"][2].split()[0] == wape(loyal)
    assert [cell.split()[0] for cell in found["loyal"][3:6]] == [wape(part) for _, part in loyal.groupby("step")]
    assert found["loyal"][6] == wape(same.query("segment == 'loyal'"))
    assert found["loyal"][8] == f"{100 * near:.0f}%"
    assert found["Segments"][2].split()[0] == wape(test.query("level == 'segment'"))


def test_when_the_leaderboard_is_told_then_every_method_has_its_place_and_its_interval_is_drawn():
    study = made_up()
    html = leaderboard.section(study)
    assert [row[0] for row in rows(html)] == study.methods
    assert html.count('class="whisker') == 2  # not of the baseline, to which the others are held


def test_when_intervals_are_told_then_the_shares_are_those_of_the_rows():
    study = made_up()
    frame = study.outcomes["theta"].forecasts.query("level == 'total' and role == 'select'")
    inside = ((frame["q0.1"] <= frame.y) & (frame.y <= frame["q0.9"])).mean()
    table = rows(calibration.section(study))
    assert next(row for row in table if row[0] == "theta")[1] == f"{100 * inside:.0f}%"


def test_when_there_are_drivers_then_coefficients_and_what_ifs_are_told():
    html = drivers.section(made_up())
    assert rows(html)[0][:4] == ["ΔΡΑΣΗ", "segment=loyal", "+12.50", "[+2.50, +22.50]"]
    assert "+10.0%" in html


def test_when_data_was_dropped_then_rows_and_money_are_told():
    found = {row[0]: row[1:] for row in rows(data.section(made_up()))}
    assert found["returns"] == ["dropped", "3", "3.00%", "200.00", "2.00%"]
    assert found["Used"] == ["used", "97", "97.00%", "9,800.00", "98.00%"]


def test_when_series_fell_back_then_they_are_counted_with_their_reason():
    assert rows(failures.section(made_up()))[0] == ["ets", "failed: no observation", "seasonal_naive", "1", "1"]


def test_when_customers_moved_then_the_shares_are_of_the_row():
    assert rows(migration.section(made_up()))[0] == ["loyal", "33%", "67%", "3"]


def test_when_a_search_found_values_then_its_optimism_and_its_default_are_told():
    shape = Shape(methods=("theta", "naive"))
    runs = {m: outcome(shape, m, 0.1, i) for i, m in enumerate(shape.methods)}
    best = outcome(shape, "theta", 0.02, 7)
    best = replace(best, facts=replace(best.facts, overrides=[*best.facts.overrides, "model.x=1"]))
    study = told(runs | {"theta tuned (60 trials)": best})
    row = rows(search.section(study))[0]
    assert row[0] == "theta tuned (60 trials)" and row[1] == "60" and row[5] == "theta"
    table = study.board.table.set_index("method")
    gap = table["wape.test"] - table["wape.select"]
    assert row[6] == texts("en").points(gap["theta tuned (60 trials)"] - gap["theta"])


def test_when_there_is_nothing_of_a_kind_then_its_section_is_left_out():
    study = made_up()
    bare = {}
    for name, run in study.outcomes.items():
        frame = run.forecasts[run.forecasts["level"] == "total"].query("step == 1")
        frame = frame.drop(columns=[column for column in frame if column.startswith("q0")])
        empty = pd.DataFrame()
        bare[name] = replace(
            run, forecasts=frame, failures=empty, composition=empty, migration=empty, effects=empty, what_if=empty,
            facts=replace(run.facts, data={}),
        )  # fmt: skip
    study = told(bare)
    gone = (calibration, data, drivers, horizon, migration, oracle, search, segments)
    assert [each.section(study) for each in gone] == [None] * len(gone)
    html = page(study)
    assert 'id="leaderboard"' in html and 'id="data"' not in html and "No fold failed" in html


def test_when_what_is_foretold_is_no_money_then_nothing_is_told_as_a_share_of_it():
    study = made_up()
    table = study.board.table.rename(columns=lambda column: column.replace("wape", "auc"))
    study = replace(study, board=replace(study.board, metric="auc", level="customer", table=table))
    html = page(study)
    for key in ("bar", "horizon", "forecasts"):
        assert f'id="{key}"' not in html
    assert 'id="leaderboard"' in html and "Its AUC over customers is 0." in plain(verdict.opening(study))


def test_when_segments_mean_something_else_in_another_run_then_each_has_its_own_table():
    study = made_up()
    run = study.outcomes["ets"]
    apart = replace(run, facts=replace(run.facts, overrides=[*run.facts.overrides, "segmentation.window=26"]))
    study = told(study.outcomes | {"ets": apart})
    assert list(study.segmentations) == ["lifecycle (theta)", "lifecycle (ets)"]
    assert segments.section(study).count('class="panel"') == 2


def test_when_a_section_breaks_then_the_others_stand_and_it_says_why():
    study = made_up()
    spoilt = {name: replace(run, migration=None) for name, run in study.outcomes.items()}
    html = page(replace(study, outcomes=spoilt))
    assert html.count('class="broken"') == 1 and "could not be made (TypeError" in html and 'id="recipe"' in html


def test_when_nothing_breaks_then_no_section_says_so():
    assert 'class="broken"' not in page(made_up())


def test_when_a_study_is_large_then_the_page_stays_small_and_says_what_is_left_out():
    shape = Shape(
        methods=["theta", "naive", *(f"m{i}" for i in range(10))], segments=[f"s{i}" for i in range(60)],
        departments=[f"d{i}" for i in range(5)], select=3, horizon=4,
    )  # fmt: skip
    study = made_up(shape)
    html = page(study)
    assert len(html) < 5e6
    assert "60 of 361 series can be chosen here" in html and "8 of 12 methods are shown" in html
    assert "Show all 123 rows" in html
    assert all(f"m{i}<" in leaderboard.section(study) for i in range(10))


def test_when_the_same_study_is_told_again_then_the_page_is_the_same():
    assert page(made_up()) == page(made_up())


def test_when_the_command_is_told_then_it_has_what_decides_and_not_where_it_went():
    assert "forecastlab run model=theta\n" in recipe.section(made_up()).replace("<pre", "\n<pre").replace(
        "</pre>", "\n"
    )
    assert "/nowhere" not in recipe.section(made_up())


def test_when_series_are_chosen_then_the_total_and_the_largest_of_each_level_are_among_them():
    html = forecasts.section(made_up(series=3))
    assert html.count("<option") == 3 + 7 + 3 + 4  # series; folds and all of them; methods; methods and nothing
    assert "3 of 7 series can be chosen here" in html


def test_when_too_few_origins_could_tell_then_nothing_is_recommended_and_more_are_asked_for():
    for language, words in (("en", "more origins are needed"), ("zh", "需要更多起点")):
        said = plain(verdict.opening(made_up(Shape(select=1), errors=[0.05, 0.05, 0.05], language=language)))
        assert words in said and "1.0" not in said  # neither the cheapest nor what it costs


def test_when_the_cheapest_scores_all_customers_alike_then_it_is_not_the_one_to_take():
    study = made_up(errors=[0.05, 0.05, 0.05])
    cheap = study.outcomes["theta"]
    alike = replace(cheap, forecasts=cheap.forecasts.assign(yhat=0.1))
    table = study.board.table.rename(columns=lambda column: column.replace("wape", "qini"))
    found = replace(study.board, metric="qini", level="customer", table=table)
    study = replace(study, board=found, outcomes=study.outcomes | {"theta": alike})
    said = plain(verdict.opening(study))
    assert "theta costs least" in said and "orders nobody: more origins are needed" in said
    assert "the one to take" not in said


def test_when_more_is_better_then_differences_have_the_sign_of_the_measure():
    study = made_up()
    table, pairs = study.board.table.copy(), study.board.pairs.copy()
    table[["lo", "diff", "hi"]] = [[-0.09, -0.061, -0.03]] * len(table)  # of 1 - measure
    pairs[["lo", "diff", "hi"]] = [[-0.09, -0.061, -0.03]] * len(pairs)
    table = table.rename(columns=lambda column: column.replace("wape", "qini"))
    study = replace(study, board=replace(study.board, metric="qini", level="customer", table=table, pairs=pairs))
    said = plain(verdict.opening(study))
    assert "Beside naive it differs by +0.061 [+0.030, +0.090], which is more than chance" in said
    html = leaderboard.section(study)
    first = rows(html)[0]
    assert first[4] == "+0.061" and "[+0.030, +0.090]" in first[5] and first[6] == "better"
    assert rows(html[html.index("<details>") :])[0][2:5] == ["+0.061", "+0.030", "+0.090"]
    assert "Above zero is better" in html and "Below zero" not in html


def test_when_too_few_folds_could_tell_then_no_space_stands_before_the_semicolon():
    study = made_up(Shape(select=1))
    table = study.board.table.rename(columns=lambda column: column.replace("wape", "rmse"))
    said = plain(verdict.opening(replace(study, board=replace(study.board, metric="rmse", table=table))))
    assert "it differs by −0." in said and "; there are too few folds" in said and " ;" not in said
