"""Builds of records that have a topic for a label, and how many of each there are then."""

import json
from collections import Counter
from typing import Any, Final

from tests.conftest import Workbench

MAP: Final = "{prompt: prompt, response: response, labels: {topic: topic}}"
SOURCE: Final = f"{{path: data, name: t, key: n, map: {MAP}}}"


def built(bench: Workbench, steps: str, **options: Any) -> Any:
    """The version that some steps make of what lies in `data`."""
    return bench.build(bench.recipe(steps, SOURCE), **options).version


def topics(version: Any) -> Counter[str | None]:
    """How many records have each topic; None where they have none."""
    read = [text for batch in version.batches(["labels"]) for text in batch[0].to_pylist()]
    return Counter(json.loads(text).get("topic") for text in read)
