"""A tokenizer made on the spot."""

from typing import Any

import pytest

from tests.train.tiny import make_tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    return make_tokenizer()
