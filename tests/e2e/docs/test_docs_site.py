"""The documentation as a site: it builds without a warning, tells of every part, and fetches nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from forecastlab.task import catalogue

pytestmark = pytest.mark.xdist_group("docs")


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(words, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return target


def test_when_the_site_is_built_then_every_choice_of_every_group_has_its_place(site: Path) -> None:
    missing = [
        f"{group.name}/{choice}"
        for group in catalogue.groups(None)
        for choice in group.choices
        if f'id="{choice}"' not in (site / f"parts/{group.name}.html").read_text(encoding="utf-8")
    ]
    assert not missing


def test_when_the_site_is_built_then_every_page_is_in_it(site: Path, root: Path) -> None:
    written = [path.relative_to(root / "docs").with_suffix(".html") for path in (root / "docs").rglob("*.md")]
    assert written and not [page for page in written if not (site / page).is_file()]


def test_when_the_site_is_opened_without_a_server_then_its_links_lead_to_files(site: Path) -> None:
    broken = []
    for page in site.rglob("*.html"):
        targets = re.findall(r"<a [^>]*href=\"?([^\"\s>#]+)", page.read_text(encoding="utf-8"))
        local = {target for target in targets if "://" not in target and not target.startswith(("mailto:", "/"))}
        broken += [f"{page.name} → {target}" for target in local if not (page.parent / target).is_file()]
    assert not broken


def test_when_a_page_is_opened_then_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    fetched = re.compile(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=\"?(?:https?:)?//")
    pages = list(site.rglob("*.html"))
    assert len(pages) > 20
    assert not [str(page) for page in pages if fetched.search(page.read_text(encoding="utf-8"))]
