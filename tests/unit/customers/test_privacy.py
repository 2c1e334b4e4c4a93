"""The door: what leaves has pseudonyms, rounded money and no tiny segments, and the key is the owner's alone."""

import hashlib
import hmac
import stat
from types import SimpleNamespace

import pandas as pd
import pytest

from forecastlab.schema import EnvironmentFault
from forecastlab.stages.rounding import rounded
from forecastlab.task import privacy


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("FORECASTLAB_KEY_FILE", str(tmp_path / "home" / "key"))
    return tmp_path


def test_when_there_is_no_key_then_one_is_made_for_its_owner_only(place):
    first = privacy.key(place / "mlruns")
    assert len(first) == 64 and privacy.key(place / "mlruns") == first
    assert stat.S_IMODE((place / "home" / "key").stat().st_mode) == 0o600


def test_when_others_could_read_the_key_then_nothing_leaves(place):
    privacy.key(place / "mlruns")
    (place / "home" / "key").chmod(0o644)
    with pytest.raises(EnvironmentFault, match=r"open-key.*chmod 600"):
        privacy.key(place / "mlruns")
    with pytest.raises(EnvironmentFault, match=r"open-key.*lies in the results"):
        privacy.key(place)


def test_when_a_key_is_wanted_back_then_none_is_made_up(place):
    with pytest.raises(EnvironmentFault, match="no-key"):
        privacy.read_key(place / "mlruns")


def test_when_an_id_is_hidden_then_its_pseudonym_is_its_hmac_and_depends_on_the_key():
    expected = hmac.new(b"k1", b"0042", hashlib.sha256).hexdigest()[:20]
    assert privacy.pseudonyms(["0042"], b"k1") == {"0042": f"p{expected}"}
    assert privacy.pseudonyms(["0042"], b"k2") != privacy.pseudonyms(["0042"], b"k1")


def test_when_money_leaves_then_two_digits_are_left():
    exact = pd.Series([1234.56, 0.0, -0.0123, 99.5])
    assert rounded(exact).tolist() == pytest.approx([1200, 0, -0.012, 100])


def test_when_one_segment_is_tiny_then_the_next_smallest_is_left_out_too():
    scores = pd.DataFrame(
        {"role": "select", "segment": ["", "a", "b", "c"], "rows": [120, 3, 17, 100], "value": [1.0, 2.0, 3.0, 4.0]}
    )
    left = scores[~privacy._tiny(scores)]
    assert left["segment"].tolist() == ["", "c"]


def test_when_series_are_foretold_then_they_leave_as_they_are(place):
    outcome = SimpleNamespace(forecasts=pd.DataFrame({"level": ["total"], "unique_id": ["total"]}))
    assert privacy.veiled(outcome, place / "mlruns") is outcome


def test_when_tables_of_customers_leave_then_few_have_no_money_and_lists_have_pseudonyms(place):
    tables = {
        "map": pd.DataFrame({"customers": [4, 5, 9, 0], "cents": [100, 200, 300, 0]}),
        "values": pd.DataFrame(
            {
                "dimension": ["a", "a", "b", "b"],
                "customers": [3, 2, 50, 6],
                "cents": [1, 2, 3, 4],
                "lines": [7, 8, 9, 9],
            }
        ),
        "list": pd.DataFrame({"unique_id": ["0042"], "cents": [123_456], "z": [7.5]}),
        "composition": pd.DataFrame({"buyers": [1, 2, 90], "money": [1.0, 2, 90], "share": [0.01, 0.02, 0.97]}),
        "steps": pd.DataFrame({"entries": [3], "customers": [2]}),
    }
    told = privacy.veiled_tables(tables, place / "mlruns")
    assert told["map"]["cents"].fillna(-1).tolist() == [-1, -1, 300, 0]  # one alone could be told from the sum
    assert told["values"]["cents"].fillna(-1).tolist() == [-1, -1, 3, 4] and told["values"]["lines"].sum() == 33
    assert told["list"]["cents"].tolist() == [120_000] and told["list"]["z"].tolist() == [7.5]
    assert told["list"]["unique_id"].tolist() == [privacy.pseudonyms(["0042"], privacy.key(place / "mlruns"))["0042"]]
    assert told["composition"][["money", "share"]].isna().sum().tolist() == [2, 2]
    pd.testing.assert_frame_equal(told["steps"], tables["steps"])
