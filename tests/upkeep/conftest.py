"""A store with three versions and bad input."""

import pytest

from tests.conftest import Workbench, tickets


@pytest.fixture
def kept(bench: Workbench) -> Workbench:
    """Three versions of one dataset."""
    for number in (20, 24, 30):
        bench.write([*tickets(number), "{bad line"])
        bench.build()
    return bench
