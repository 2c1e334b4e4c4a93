"""Every fault code of the source has a line in the how-to, and no line is about a code that is gone."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "how-to" / "fix-bad-data.md"
COMPUTED = {
    "dataset/_competition.py": {"not-m1", "not-m3", "not-tourism"},
    "dataset/_csv_faults.py": set(),
    "dataset/_csv_parse.py": {"bad-quotes", "bad-row", "long-line", "long-rows", "short-rows"},
    "dataset/_mapping.py": {"bad-dimension", "bad-name"},
    "dataset/_sql_faults.py": {
        "bad-encoding",
        "bad-query",
        "bad-sqlite",
        "database-locked",
        "login-refused",
        "no-permission",
        "not-one-select",
        "not-sqlite",
        "query-timeout",
        "unknown-column",
        "unknown-table",
    },
    "dataset/_typed_rows.py": set(),
    "driver/_sheet.py": {"long-rows", "short-rows"},
    "model/_sktime.py": {"unknown-forecaster", "unknown-regressor", "unknown-transformer"},
    "recipe/trust.py": {"bad-field", "bad-name", "name-taken", "not-a-part"},
}
"""Codes that a file computes, or takes from a table: those with a literal are found without it."""


def codes():
    """The codes that stand in the source, and the files that compute theirs."""
    found, computed = set(), set()
    for path in sorted((ROOT / "src" / "forecastlab").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Fault", "Check") and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    found.add(code.value)
                else:
                    computed.add(str(path.relative_to(ROOT / "src" / "forecastlab")))
    return found, computed


def test_when_a_code_stands_in_the_source_then_the_page_explains_it():
    found, computed = codes()
    assert computed == set(COMPUTED), "a file computes its codes: name them above"
    told = re.findall(r"^\| `([a-z0-9-]+)` \|", PAGE.read_text(encoding="utf-8"), flags=re.M)
    assert len(told) == len(set(told)), "a code is explained twice"
    wanted = found.union(*COMPUTED.values())
    assert wanted - set(told) == set()
    assert set(told) - wanted == set()


def test_when_codes_are_computed_then_their_words_stand_in_that_file():
    for name, named in COMPUTED.items():
        text = (ROOT / "src" / "forecastlab" / name).read_text(encoding="utf-8")
        inside = {code for code in named if f'"{code}"' in text}
        assert inside == named or name in ("dataset/_competition.py", "dataset/_mapping.py", "model/_sktime.py")
