"""What the campaigns share: a shop, the program that forks searches, and the answer of a search left in peace."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from searches import Nursery, Peace, answer, nursery, shop, shop_words


@pytest.fixture(scope="session")
def born(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    place = tmp_path_factory.mktemp("searches")
    shop(place / "shop.csv", 1)
    made = nursery(place, shop_words(place / "shop.csv"))
    yield made
    made.program.communicate(timeout=120)


@pytest.fixture(scope="session")
def peace(born: Nursery) -> Peace:
    start = time.monotonic()
    born.finish("peace", "executor=serial", "tracking=none")
    return Peace(answer(born.place / "peace", "journal"), time.monotonic() - start)
