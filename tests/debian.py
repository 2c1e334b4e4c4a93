"""Debian packages that tests need: installed where that can be done, otherwise a skip that CI does not allow."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest


def install(package: str) -> None:
    """Install a package, if this is root on a Debian; whether that helped is for the caller to see."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        surroundings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update"], ["install", "-y", "--no-install-recommends", package]):
            subprocess.run(["apt-get", *words], env=surroundings, capture_output=True, check=False, timeout=600)


def without(reason: str) -> None:
    """Skip the test; fail it where FORECASTLAB_CI is set, because there nothing may be missing."""
    if os.environ.get("FORECASTLAB_CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def program(name: str, package: str) -> str:
    """The path of a program that comes with a package."""
    if shutil.which(name) is None:
        install(package)
    found = shutil.which(name)
    if found is None:
        without(f"there is no {name}: as root, type apt-get install {package}")
    assert found is not None
    return found
