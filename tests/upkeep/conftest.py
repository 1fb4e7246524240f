"""Stores with three versions and bad input, of which one quotes a secret in all that it keeps."""

import shutil
from pathlib import Path

import pytest

from tests.conftest import Workbench, tickets
from tests.upkeep.leaky import fill


@pytest.fixture
def kept(bench: Workbench) -> Workbench:
    """Three versions of one dataset."""
    for number in (20, 24, 30):
        bench.write([*tickets(number), "{bad line"])
        bench.build()
    return bench


@pytest.fixture(scope="session")
def leaky_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store with the secret, made once; nobody changes it."""
    return fill(Workbench(tmp_path_factory.mktemp("leaky") / "pristine")).folder


@pytest.fixture
def leaky(leaky_folder: Path, tmp_path: Path) -> Workbench:
    """A copy of it."""
    shutil.copytree(leaky_folder, tmp_path / "leaky")
    return Workbench(tmp_path / "leaky")
