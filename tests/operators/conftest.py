"""What tests of operators share."""

from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa
import pytest

from curate.record import WORKING, batch_of

Working = Callable[..., pa.RecordBatch]


@pytest.fixture
def working() -> Working:
    """Makes a batch on its way through a build; ids count up from 0 where none is given."""

    def make(*records: Mapping[str, Any]) -> pa.RecordBatch:
        plain = {"copy": 0, "labels": "{}", "meta": "{}"}
        rows = [
            {"id": place.to_bytes(16, "big"), **plain, **record}
            for place, record in enumerate(records)
        ]
        return batch_of(rows, WORKING)

    return make
