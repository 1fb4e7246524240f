"""What all tests of builds share."""

import pytest


@pytest.fixture(autouse=True)
def _own_operators_are_forgotten(registry: None) -> None:
    """As the fixture `registry` does it."""
