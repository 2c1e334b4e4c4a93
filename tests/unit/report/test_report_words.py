"""No word of a report stands in the code: all of them come from the language files."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from made_up_study import Shape, made_up, oracle, outcome, told

from forecastlab.dataset._panel_rows import _NOTES
from forecastlab.page import Texts, texts
from forecastlab.page.markup import joined
from forecastlab.schema.items import RULES
from forecastlab.segmentation.demand_class import ERRATIC, INTERMITTENT, LUMPY, SMOOTH
from forecastlab.segmentation.lifecycle import SEGMENTS
from forecastlab.stages.newcomers import BIASED
from forecastlab.task.report.phrases import phrase
from forecastlab.task.report.sections import over_time, people, uplift
from forecastlab.task.report.sections.leaderboard import _other
from forecastlab.task.report.write import SECTIONS, page

CONF = Path(__file__).parents[3] / "conf" / "segmentation"
GREEK = Shape(
    methods=("ΑΛΦΑ", "ΒΗΤΑ", "ΓΑΜΜΑ"),
    segments=("ΠΙΣΤΟΙ", "ΧΑΜΕΝΟΙ"),
    departments=("ΤΡΟΦΗ", "ΟΡΓΑΝΑ"),
    dataset="ΜΑΓΑΖΙ",
    segmentation="ΚΥΚΛΟΣ",
    unit="€",
)
OF_CUSTOMERS = {"over_time", "people", "uplift"}
INLINE = {"bdi", "b", "small", "span", "wbr", "button"}


def marked() -> Texts:
    """English with every text between brackets, so that what came from elsewhere stands outside."""
    plain = ("page.calendar", "page.language_tag")
    said = {key: text if key.startswith(plain) else f"⟦{text}⟧" for key, text in texts("en").entries.items()}
    return Texts("en", said | {"page.calendar.months": " ".join(str(i) for i in range(1, 13))})


class Seen(HTMLParser):
    """What a reader sees of a page: text, tool tips, names of lists, and the words in figures."""

    def __init__(self, html):
        super().__init__()
        self.open, self.found = [], [""]
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br", "wbr"):
            self.open.append((tag, dict(attrs)))
        tips = [value for key, value in attrs if key in ("title", "aria-label", "label")]
        self.found = [*tips, *self.found] if tag in INLINE else [*tips, *self.found, ""]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        inside = [tag for tag, _ in self.open]
        kind = self.open[-1][1].get("type") if self.open else None
        if kind == "application/json":
            self.found = [*words(json.loads(data)), *self.found]
        elif not {"style", "script", "pre"} & set(inside):
            self.found[-1] += data


def words(node, key=""):
    if isinstance(node, dict):
        for name, value in node.items():
            yield from words(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from words(value, key)
    elif isinstance(node, str) and key in ("name", "title", "text"):
        yield node


def outside(texts):
    """What stands in no brackets."""
    for text in texts:
        rest, before = text, ""
        while rest != before:
            rest, before = re.sub("⟦[^⟦⟧]*⟧", "", rest), rest
        yield rest


def with_lists(run):
    """The run, as if its rows were items on lists."""
    place = run.forecasts.groupby(["cutoff", "unique_id"]).cumcount() + 1
    named = run.forecasts.replace({"unique_id": {"total": "ΟΛΑ"}})
    listed = named.assign(rank=place, item="ΨΩΜΙ", because=np.where(place > 1, "", "ΓΑΛΑ"), popular=place % 2)
    rule = ("ΓΑΛΑ", "ΨΩΜΙ", 3, 0.3, 0.5, 1.2, 0.05)
    return replace(run, forecasts=listed.assign(wanted=1), effects=pd.DataFrame([rule], columns=RULES))


def test_when_a_report_is_written_in_marked_words_then_no_letter_of_ours_is_outside():
    runs = {m: outcome(GREEK, m, 0.05, i) for i, m in enumerate(GREEK.methods)}
    first, second = runs["ΑΛΦΑ"], runs["ΒΗΤΑ"]
    runs["ΑΛΦΑ"] = replace(first, facts=replace(first.facts, failed={"2024-01-06": "ΛΑΘΟΣ"}, aside={"Σ": "ΛΙΓΑ"}))
    runs["ΜΑΝΤΗΣ"] = oracle(second)
    runs["ΒΗΤΑ"] = with_lists(second)
    study = told(runs, marked())
    study = replace(study, searches={"ΒΗΤΑ": told({"ΒΗΤΑ tuned": second}).searches["ΒΗΤΑ tuned"]}, question="ΕΡΩΤΗΣΗ")
    html = page(study)
    assert all((f'id="{key}"' in html) != (key in OF_CUSTOMERS) for key, _ in SECTIONS)
    assert 'class="broken"' not in html
    called = re.compile("(department|/?segment)=")  # series are called so in the data
    rest = [called.sub("", text) for text in outside(Seen(html).found)]
    assert not [text for text in rest if re.search("[A-Za-z]{2}", text)]


@pytest.mark.parametrize("of", ["event", "amount", "wait"])
def test_when_customers_are_told_of_in_marked_words_then_no_letter_of_ours_is_outside(of):
    # Figures of fewer than five customers are not told: fifteen, five of each tier.
    people_of = [f"Α{i}" for i in range(15)]
    listed = pd.DataFrame({"unique_id": people_of, "tier": ["high", "mid", "low"] * 5, "score": 0.3, "reason": "price"})
    runs = {}
    for i, method in enumerate(GREEK.methods):
        run = outcome(GREEK, method, 0.05, i)
        rows = run.forecasts[run.forecasts["level"] == "total"]
        rows = rows.assign(y=(rows["y"] > rows["y"].median()).astype(float), yhat=0.3) if of == "event" else rows
        rows = rows[rows["step"] == 1]  # a customer is asked once at each cutoff
        rows = pd.concat([rows.assign(unique_id=each) for each in listed["unique_id"]])
        facts = replace(run.facts, data=run.facts.data | {"of": of, "event": "silence"})
        runs[method] = replace(run, facts=facts, forecasts=rows, effects=listed)
    study = told(runs, marked())
    study = replace(study, board=replace(study.board, level="customer"))
    html = joined(over_time.section(study), people.section(study))
    seen = [text for text in outside(Seen(html).found) if re.search("[A-Za-z]{2}", text)]
    assert not seen
    assert ("⟦Lost⟧" in html) == (of == "event") and ("⟦high⟧" in html) == (of == "amount")


def test_when_uplifts_are_told_of_in_marked_words_then_no_letter_of_ours_is_outside():
    runs = {}
    for i, method in enumerate(GREEK.methods):
        run = outcome(GREEK, method, 0.05, i)
        rows = run.forecasts[(run.forecasts["level"] == "total") & (run.forecasts["step"] == 1)]
        people_of = pd.concat([rows.assign(unique_id=f"Α{who}", treated=who % 2, yhat=who / 99) for who in range(60)])
        runs[method] = replace(run, forecasts=people_of.assign(y=(np.arange(len(people_of)) % 3 == 0).astype(float)))
    html = uplift.section(told(runs, marked()))
    assert html is not None and html.count("<table") == 1 + len(runs) and "⟦Uplift" in html
    assert not [text for text in outside(Seen(html).found) if re.search("[A-Za-z]{2}", text)]


def test_when_a_word_stands_in_the_code_then_the_test_above_would_see_it():
    page = '<p title="tip">⟦a <bdi>⟦b⟧</bdi> c⟧ stray<script type="application/json">{"name": "n"}</script></p>'
    assert sorted(set(outside(Seen(page).found))) == ["", " stray", "n", "tip"]


def test_when_the_computation_writes_a_sentence_then_it_is_told_in_the_language_of_the_report():
    chinese, english = made_up(language="zh"), made_up()
    known = ["returns", "no customer", "age filled with 'unknown'", "rounded to cents", BIASED, *_NOTES.values()]
    known += [f"{BIASED} (of 2 of 3 runs: a, b)", "failed: no observation"]
    for sentence in known:
        assert not re.search("[a-z]{4}", re.sub("unknown|age", "", re.sub("<.*?>", "", phrase(chinese, sentence)))), (
            sentence
        )
        assert sentence.replace("'", "&#x27;") in phrase(english, sentence)
    assert phrase(chinese, "ValueError: <b>") == '<span lang="en">ValueError: &lt;b&gt;</span>'


def test_when_a_segment_is_one_that_the_packaged_segmentations_give_then_it_is_in_chinese():
    parts = [yaml.safe_load((CONF / f"{each}.yaml").read_text()) for each in ("rfm", "clv_tier")]
    given = [*SEGMENTS, *parts[0]["grades"], *parts[1]["shares"], SMOOTH, ERRATIC, INTERMITTENT, LUMPY]
    chinese = made_up(language="zh")
    assert [each for each in given if chinese.segment(each) == each] == []
    assert chinese.segment("my own") == "my own"


def test_when_sales_name_no_customer_then_a_dash_stands_for_their_number():
    html = page(made_up(Shape(segments=("anonymous", "active"))))
    row = r"<bdi>{}</bdi></th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>"
    pairs = {each: re.findall(row.format(each), html) for each in ("anonymous", "active")}
    assert ("–", "–") in pairs["anonymous"] and ("11", "5") in pairs["active"]


def test_when_another_measure_stands_beside_then_its_heading_has_a_capital():
    assert _other(made_up(), "lift10.select") == "Lift of the first tenth"
