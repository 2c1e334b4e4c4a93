from __future__ import annotations

import posixpath
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecastlab.tracking._names import legal_file, legal_key, legal_name, legal_text, plain_key, slug

HOSTILE = [
    "../../evil",
    "/etc/passwd",
    "..",
    ".",
    "",
    " ",
    "a/../../b",
    "a//b",
    "..\\..\\evil",
    "C:\\x",
    "nul\0byte",
    "line\nbreak",
    "\x1b[31mred\x1b[0m",
    "<script>alert(1)</script>",
    "'; drop table runs; --",
    "=HYPERLINK(1)",
    "%2e%2e%2fevil",
    "file:///etc",
    "#fragment?query",
    "a@b=[c],d",
    "x" * 300,
    "ü" * 300,
    "\u202egnp.exe",
    "\ud800lone",
    "~root",
    "$HOME",
    "`id`",
    "_x40_",
    "-rf",
    ".hidden",
    "trailing/",
    "tab\there",
    "null\u2028sep",
    "con",
    "a:b",
    "😀",
    "e\u0301",
    "a\rb",
    "*?|",
    '"quoted"',
]


@pytest.mark.parametrize("text", HOSTILE)
def test_when_a_name_is_hostile_then_what_is_made_of_it_is_not(text: str) -> None:
    name, key, file = legal_name(text), legal_key(text), legal_file(text)
    assert 0 < len(name) <= 200
    assert not re.search(r"[/\\\x00-\x1f\x7f\u2028\u2029\u202e]", name)
    assert not name.startswith(".")
    assert re.fullmatch(r"[/\w.\- :]{1,250}", key)
    assert posixpath.normpath(key) == key
    assert not key.startswith((".", "/"))
    assert re.fullmatch(r"[\w\-. ]+", file)
    assert not file.startswith(".")
    assert len(file.encode()) <= 255
    assert re.fullmatch(r"[A-Za-z0-9_-]+", slug(text))
    assert "\0" not in legal_text(text).encode().decode()


@pytest.mark.parametrize("make", [legal_name, legal_key, legal_file, slug])
def test_when_names_differ_then_they_stay_different(make: object) -> None:
    assert callable(make)
    assert len({make(text) for text in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("text", ["wape.select", "wape.select.segment.at risk", "time/fit", "mäse", "a:b", "f_x"])
def test_when_a_metric_name_is_harmless_then_it_is_kept(text: str) -> None:
    assert legal_key(text) == text


def test_when_a_metric_name_has_forbidden_characters_then_they_are_spelt_out() -> None:
    assert legal_key("wape.select.segment.a@b=[c]") == "wape.select.segment.a_x40_b_x3D__x5B_c_x5D_"


@given(st.text(max_size=30))
def test_when_a_key_is_decoded_then_the_original_comes_back(text: str) -> None:
    assert plain_key(legal_key(text)) == text
