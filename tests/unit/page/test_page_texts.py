"""The words of pages: every language says the same things, and numbers and dates are in its form."""

import re

import pytest

from forecastlab.page import LANGUAGES, texts

PLACES = re.compile(r"\{(\w+)\}")


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_when_a_text_is_in_one_language_then_it_is_in_all_with_the_same_placeholders(language):
    english, other = texts("en").entries, texts(language).entries
    assert set(english) == set(other)
    apart = [key for key in english if set(PLACES.findall(english[key])) != set(PLACES.findall(other[key]))]
    assert not apart


def test_when_a_chinese_text_is_read_then_it_is_chinese():
    english, chinese = texts("en").entries, texts("zh").entries
    plain = {key: PLACES.sub("", text) for key, text in english.items()}
    same = [key for key in english if english[key] == chinese[key] and re.search("[a-z]{3}", plain[key])]
    assert not set(same) - {"phrases.seasonal_naive", "report.short.qini"}  # names of a method and a measure


def test_when_numbers_are_written_then_they_are_in_the_form_of_the_language():
    english, chinese = texts("en"), texts("zh")
    assert english.percent(0.0514) == "5.1%" and english.points(-0.0099) == "−1.0"
    assert english.number(-0.04, 1, signed=True) == "0.0"
    assert english.number(12345.6, 1) == "12,345.6"
    assert english.amount(1_254_000) == "1.25M" and chinese.amount(1_254_000) == "125万"
    assert english.amount(38_200) == "38.2k" and chinese.amount(250_000_000) == "2.50亿"
    assert english.amount(9_500) == "9,500" and english.amount(3.14159) == "3.14"
    assert english.date("2024-03-12") == "12 Mar 2024" and chinese.date("2024-03-12") == "2024年3月12日"
    assert english.percent(float("nan")) == english.date(None) == "–"


def test_when_things_are_listed_then_the_rest_is_counted():
    assert texts("en").listed(["a"]) == "a"
    assert texts("en").listed(["a", "b", "c"]) == "a, b and c"
    assert texts("en").listed(["a", "b", "c", "d", "e", "f"], 3) == "a, b and 4 others"
    assert texts("zh").listed(["甲", "乙"]) == "甲 和 乙"


def test_when_a_language_is_not_there_then_that_is_said():
    with pytest.raises(KeyError, match="xx"):
        texts("xx")
