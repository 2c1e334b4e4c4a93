"""What others have named is text in a page, whatever it looks like."""

import json
import re

from forecastlab.page import Cell, Choice, Column, Html, figure, inert, name, table, tag, texts, whisker
from forecastlab.page.table import heat

EVIL = '"><img src=x onerror=alert(1)></script><b>\x1b[31m'


def test_when_text_is_put_into_a_tag_then_it_is_escaped_and_markup_is_not():
    assert tag("p", "a < b", Html("<br>")) == "<p>a &lt; b<br></p>"
    assert tag("a", "x", title=EVIL, hidden=True, id=None) == (
        '<a title="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&lt;/script&gt;&lt;b&gt;�[31m" hidden>x</a>'
    )


def test_when_a_name_has_control_characters_then_they_are_seen_and_do_nothing():
    assert inert("a\x1b[31m\u202eb\x00") == "a�[31m�b�"
    assert "…" in name("x" * 200) and len(re.sub("<.*?>", "", name("x" * 200))) == 80


def test_when_a_text_is_filled_into_words_then_its_braces_mean_nothing():
    said = texts("en")
    assert said.rich("page.table.all", n="<{n}> {0.__class__}") == "Show all &lt;{n}&gt; {0.__class__} rows"


def test_when_names_are_in_a_figure_then_its_data_end_no_script_and_hold_no_markup():
    made = figure("c", [{"name": EVIL, "y": "y/{s}", "hovertemplate": "%{y}<br>"}], {}, choices=[
        Choice("s", "S", [("0", EVIL)])
    ], arrays={"y/0": [1.23456789, float("nan"), None]})  # fmt: skip
    assert made.count("</script>") == 1
    data = json.loads(re.search(r"<script[^>]*>(.*?)</script>", made, re.S).group(1))
    assert "<" not in data["traces"][0]["name"] and "&lt;img" in data["traces"][0]["name"]
    assert data["traces"][0]["hovertemplate"] == "%{y}<br>"
    assert data["arrays"]["y/0"] == [1.23457, None, None]


def test_when_a_table_is_made_then_what_is_not_known_sorts_last_and_long_ones_fold():
    said = texts("en")
    rows = [[f"m{i}", Cell(said.percent(v), v)] for i, v in enumerate([0.1, float("nan"), 0.2])]
    made = table([Column("Method"), Column("WAPE", "number")], rows, said, rows_shown=2)
    assert re.findall(r'data-sort="(.*?)"', made) == ["0.1", "", "0.2"]
    assert 'data-rows="2"' in made and "Show all 3 rows" in made
    assert made.count('scope="row"') == 3


def test_when_an_interval_is_drawn_then_it_lies_on_the_scale_and_ends_are_cut():
    drawn = whisker(0.5, 0.25, 9.0, (0.0, 1.0), 0.0, "good")
    assert '<circle cx="90.0"' in drawn and 'x1="48.0" x2="178.0"' in drawn and 'x1="6.0" x2="6.0"' in drawn
    assert whisker(float("nan"), 0, 1, (0.0, 1.0), None, "") == ""


def test_when_a_share_has_a_tone_then_it_is_one_of_nine():
    assert [heat(0.0), heat(0.5), heat(1.2), heat(float("nan"))] == ["heat0", "heat4", "heat8", ""]
