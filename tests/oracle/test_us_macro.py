"""The economy of the United States against what the packages that hold it load themselves, and without a network."""

import socket
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from forecastlab.dataset.us_macro import UsMacro
from forecastlab.schema import ConfigError, DataError

CONF = Path(__file__).parents[2] / "conf" / "dataset"


def loaded(choice, folder, **changed):
    found = yaml.safe_load((CONF / f"{choice}.yaml").read_text("utf-8"))
    found.pop("part")
    facts = UsMacro(**{**found, **changed}).load(folder / "panel.parquet")
    return facts, pd.read_parquet(folder / "panel.parquet")


@pytest.fixture
def unplugged(monkeypatch):
    """Whoever opens a connection is found out."""

    def refuse(*args, **more):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)


def test_when_levels_are_loaded_then_they_are_those_of_statsmodels(tmp_path, unplugged):
    from statsmodels.datasets import macrodata

    facts, panel = loaded("us_macro", tmp_path)
    theirs = macrodata.load_pandas().data
    assert len(theirs) == 203 and len(panel) == facts.ledger.rows_used == 3 * 203
    columns = {"income": "realdpi", "inflation": "infl", "unemployment": "unemp", "interest": "tbilrate"}
    columns["population"] = "pop"
    assert facts.drivers == tuple(columns)
    for name, column in {"consumption": "realcons", "investment": "realinv", "government": "realgovt"}.items():
        series = panel[panel["unique_id"] == name]
        assert series["y"].tolist() == theirs[column].tolist()
        assert set(series["component"]) == {name}
        for ours, other in columns.items():
            assert series[ours].tolist() == theirs[other].tolist()
        assert (series["ds"].dt.year == theirs["year"].to_numpy()).all()
        assert (series["ds"].dt.quarter == theirs["quarter"].to_numpy()).all()
    assert panel["ds"].dt.is_quarter_end.all()
    assert (facts.first_day, facts.last_day) == ("1959-01-01", "2009-09-30")


def test_when_changes_are_loaded_then_they_are_those_of_sktime(tmp_path, unplugged):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from sktime.datasets import load_uschange

        consumption, others = load_uschange()
    facts, panel = loaded("us_change", tmp_path)
    assert np.array_equal(panel["y"], consumption.to_numpy())
    assert facts.drivers == ("income", "production", "savings", "unemployment")
    for ours, other in zip(facts.drivers, ("Income", "Production", "Savings", "Unemployment"), strict=True):
        assert np.array_equal(panel[ours], others[other].to_numpy())
    assert panel["ds"].tolist() == pd.date_range("1970-03-31", "2016-09-30", freq="QE").tolist()
    assert (facts.first_day, facts.last_day) == ("1970-01-01", "2016-09-30")


def test_when_the_frequency_is_not_that_of_the_data_then_the_config_is_to_blame(tmp_path):
    with pytest.raises(ConfigError, match="set Q"):
        loaded("us_macro", tmp_path, freq="M")


def test_when_the_source_has_other_columns_or_holes_then_it_is_not_taken_for_it(tmp_path, monkeypatch):
    from forecastlab.dataset import us_macro

    broken = tmp_path / "macrodata.csv"
    monkeypatch.setattr(us_macro, "package_file", lambda package, file: broken)
    broken.write_text("year,quarter,realgdp\n1959,1,2\n")
    with pytest.raises(DataError, match="not-us-macro"):
        loaded("us_macro", tmp_path)
    columns = "year,quarter,realcons,realinv,realgovt,realdpi,infl,unemp,tbilrate,pop"
    broken.write_text(f"{columns}\n1959,1,1,1,1,1,,1,1,1\n")
    with pytest.raises(DataError, match="holes"):
        loaded("us_macro", tmp_path)
