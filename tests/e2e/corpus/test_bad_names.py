"""Names and places that reach out of the root, into a terminal, or further than a file system goes."""

import sys

import pytest
from corpus_harness import SMALL, Case, check, config, here, parametrised
from corpus_tables import SECRET, csv_file, database, table, typed

HOSTILE = {
    "upwards": "../../x",
    "absolute": "/tmp/x",
    "new line": "a\nb",
    "ANSI": "a\x1b[31mb",
    "markup": "<script>alert(1)</script>",
    "formula": "=HYPERLINK(1)",
    "rich markup": "[red]x[/red]",
    "unicode": "münchen ☃",
    "hidden": ".hidden",
    "a drive": "C:\\x",
    "dots": "..",
    "300 letters as a region": "r" * 300,
}


def quoted(text):
    """A text as Hydra reads it in quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("name", HOSTILE)
def test_when_names_are_hostile_then_they_stay_in_the_root_or_are_refused(name, tmp_path):
    hostile = HOSTILE[name]
    rows = [row if i % 2 else (*row[:3], hostile) for i, row in enumerate(table())]
    study = f"study={quoted(hostile[:100])}"
    words = csv_file(rows, "target.series_by=[region]")(tmp_path)
    before = set(tmp_path.iterdir())
    typed_in = ["run", *SMALL, "tracking=none", f"root={tmp_path / 'out'}", *words]
    done = here([*typed_in, study])
    if not hostile.isprintable():
        assert done.code == 2 and "bad-value" in done.err and "without control characters" in done.err
        done = here([*typed_in, "study=plain"])  # as the name of a region it is data, and data may be odd
    assert done.code == 0, done.err
    assert "Traceback" not in done.err and "\x1b" not in done.err + done.out
    assert set(tmp_path.iterdir()) <= before | {tmp_path / "out"}
    (folder,) = (tmp_path / "out" / "studies").iterdir()
    assert folder.is_dir() and not folder.is_symlink() and not folder.name.startswith(".")
    inside = {path.name for path in folder.rglob("*")}
    assert not any(hostile.strip("./\\") in each for each in inside if len(hostile) > 3), "a region became a file"


CASES = [
    config(
        "study of 300 letters",
        csv_file(table(), f"study={'s' * 300}"),
        "bad-value … study … at most 120 characters … type study=",
    ),
    config(
        "dimension upwards",
        csv_file(table(), "+dataset.dimensions={'../x': region}"),
        "bad-override … ../x … write it like group=choice",
    ),
    config(
        "dimension with a dash",
        csv_file(table(), "+dataset.dimensions.a-b=region"),
        "bad-dimension … letters, digits and _ … rename it",
    ),
    config(
        "part upwards",
        csv_file(table(), "reconcile.part=../bottom_up"),
        "unknown-part … reconcile.part … installed are bottom_up",
    ),
    config(
        "choice upwards",
        csv_file(table(), "model=../model/naive"),
        "unknown-choice … override model=../model/naive … no path … type model=NAME",
    ),
    config(
        "root is empty",
        csv_file(table(), "root=''"),
        "bad-value … tracking.root",
        "bad-value … root … at least 1 character … type root=",
    ),
]


@parametrised(CASES)
def test_when_a_name_cannot_be_then_one_line_says_so_and_nothing_is_written(case, tmp_path):
    check(case, tmp_path, lambda words, _: here(words))


def test_when_the_root_is_a_file_then_the_surroundings_are_to_blame(tmp_path):
    words = csv_file(table())(tmp_path)
    (tmp_path / "out").write_text("not a folder")
    case = Case("root", lambda _: words, 5, ["cache-not-writable … out … root"])
    check(case, tmp_path, lambda typed, _: here(typed))


def test_when_another_studys_root_is_linked_then_results_go_where_the_link_leads_and_nowhere_else(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    done = here(["run", *SMALL, "tracking=none", f"root={tmp_path / 'out'}", *csv_file(table())(tmp_path)])
    assert done.code == 0, done.err
    assert (tmp_path / "out").is_symlink() and (tmp_path / "elsewhere" / "studies").is_dir()


@pytest.mark.parametrize(
    ("module", "make", "line"),
    [
        (
            "holidays",
            csv_file(table(), "driver=holidays"),
            "missing-extra … package holidays … pip install 'forecastlab[drivers]'",
        ),
        ("sqlalchemy", database(typed(table())), "missing-extra … package sqlalchemy … pip install 'forecastlab[sql]'"),
    ],
    ids=["drivers", "sql"],
)
def test_when_an_extra_is_not_installed_then_the_line_says_how(module, make, line, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    case = Case(module, make, 5, [line], kept=("load",))
    check(case, tmp_path, lambda words, _: here(words))


def test_when_a_search_goes_on_with_another_config_then_the_line_says_what_changed(tmp_path):
    words = csv_file(table(), "model=theta", "tuning=random", "tuning.trials=1", "tracking=none")(tmp_path)
    begun = ["tune", *SMALL, f"root={tmp_path / 'out'}", *words]
    assert here(begun).code == 0
    for change, said in (("backtest.horizon=1", "another config"), ("tuning.seed=2", "another search")):
        done = here([*begun, change])
        assert done.code == 2 and len(done.err.splitlines()) == 1, done.err
        assert "changed-search: study csv" in done.err and said in done.err and "--allow-change" in done.err
    (tmp_path / "shop.csv").write_text((tmp_path / "shop.csv").read_text().replace(f"{SECRET}-001", f"{SECRET}-999"))
    done = here(begun)
    assert done.code == 2 and "another data" in done.err and SECRET not in done.err
