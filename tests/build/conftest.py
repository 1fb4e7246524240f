"""Operators that a test loads as a user's own are forgotten after it."""

import sys
from collections.abc import Iterator

import pytest

from curate.operator import REGISTRY
from curate.operators import load
from curate.recipe.code import MODULE_PREFIX


@pytest.fixture(autouse=True)
def _own_operators_are_forgotten() -> Iterator[None]:
    load()
    before = dict(REGISTRY)
    yield
    REGISTRY.clear()
    REGISTRY.update(before)
    for name in [name for name in sys.modules if name.startswith(MODULE_PREFIX)]:
        del sys.modules[name]
