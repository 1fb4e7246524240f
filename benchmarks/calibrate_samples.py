"""Hits of a rule in their context, to be read."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pyarrow as pa
from calibrate_sets import DataSet, batches

from curate.fields import field_texts
from curate.rulepacks import Judge, Pack

SHOWN: Final = {"prompt": 300, "response": 600, "rejected": 300}
"""The fields that are shown, and how many characters of each; of a prompt they are the last."""


def samples(
    pack: Pack, rule: str, field: str, sets: Mapping[str, DataSet], folder: Path
) -> list[str]:
    """The hits of a rule, each a text of several lines, in the order of their ids: by chance."""
    wanted = tuple(each for each in pack.rules if each.id == rule)
    if not wanted:
        raise SystemExit(f"{pack.pack} has no rule {rule}: {', '.join(r.id for r in pack.rules)}")
    judge = Judge(pack.model_copy(update={"rules": wanted}), field)
    found = [
        hit
        for name, data in sets.items()
        for batch in batches(data, folder)
        for hit in _hits(judge, batch, name)
    ]
    return [text for _, text in sorted(found)]


def _hits(judge: Judge, batch: pa.RecordBatch, name: str) -> Iterator[tuple[bytes, str]]:
    failures = judge.judge(batch)
    hits = batch.take(failures["row"].combine_chunks())
    ids = hits.column("id").to_pylist()
    texts = {field: field_texts(hits, field).to_pylist() for field in SHOWN}
    for place, (identity, value) in enumerate(zip(ids, failures["value"].to_pylist(), strict=True)):
        shown = [
            _cut(field, texts[field][place]) for field in SHOWN if texts[field][place] is not None
        ]
        yield identity, "\n".join([f"== {name} {identity.hex()[:8]}: {value}", *shown])


def _cut(field: str, text: str) -> str:
    length = SHOWN[field]
    if len(text) > length:
        text = f"... {text[-length:]}" if field == "prompt" else f"{text[:length]} ..."
    return f"{field}: {text}"
