"""What contents leave outside the segments: hashes of their texts, and lines that quote them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.conversations import WHOLE
from curate.fields import FIELDS, field_texts, leaves
from curate.hashing import hash_texts
from curate.store.catalog import connect
from curate.store.delta import StoredFile
from curate.store.parquet import parquet_sql
from curate.store.signals import hash_values
from curate.upkeep.holders import payload_batches
from curate.upkeep.payloads import NONE, Hashes

SHORTEST: Final = 16
"""Bytes of a text by which a line is known to quote it; a shorter one tells nothing."""


class Traces(NamedTuple):
    """What is known of the texts of some contents."""

    texts: Hashes
    """Hashes of all their fields and turns that no other stored content has, sorted."""
    quotes: "Quotes"


class Quotes:
    """Finds bytes that hold any of many texts."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Texts shorter than `SHORTEST` bytes are left out."""
        self._by_head: dict[bytes, set[bytes]] = {}
        for text in texts:
            for form in _forms(text):
                if len(form) >= SHORTEST:
                    self._by_head.setdefault(form[:SHORTEST], set()).add(form)
        self._heads = np.sort(np.array(list(self._by_head), f"S{SHORTEST}"))

    def are_in(self, line: bytes) -> bool:
        """Whether the bytes hold one of the texts, as it is or as JSON writes it."""
        if len(line) < SHORTEST or not self._by_head:
            return False
        raw = np.frombuffer(line, np.uint8)
        windows = np.lib.stride_tricks.sliding_window_view(raw, SHORTEST)
        heads = np.ascontiguousarray(windows).view(f"S{SHORTEST}").ravel()
        places = np.flatnonzero(np.isin(heads, self._heads))
        found = {line[place : place + SHORTEST] for place in places.tolist()}
        return any(text in line for head in found for text in self._by_head.get(head, ()))


def _forms(text: str) -> set[bytes]:
    """A text as a file of any format may have it: plain, in JSON in two ways, in CSV."""
    plain = text.encode("utf-8", "surrogatepass")
    escaped = [json.dumps(text, ensure_ascii=only_ascii)[1:-1] for only_ascii in (True, False)]
    in_json = [form.encode("utf-8", "surrogatepass") for form in escaped]
    return {plain, *in_json, plain.replace(b'"', b'""')}


def find_traces(folder: Path, files: Sequence[StoredFile], contents: Hashes) -> Traces:
    """Decode the payloads of some contents, and find what their texts left."""
    segments = [file for file in files if file.kind == "segment"]
    hashed: list[Hashes] = [NONE]
    quoted: set[str] = set()
    for batch in payload_batches(folder, segments):
        wanted = np.isin(hash_values(batch.column("hash")), contents)
        if not wanted.any():
            continue
        own = batch.filter(pa.array(wanted))
        for field in (*FIELDS[:-1], *WHOLE):
            hashed.append(_distinct(hash_texts(field_texts(own, field))))
        for leaf in leaves(own):
            hashed.append(_distinct(hash_texts(leaf.texts)))
            quoted.update(text for text in leaf.texts.to_pylist() if text)
    texts = np.unique(np.concatenate([*hashed, *_measured(folder, files, contents, own=True)]))
    others = np.concatenate([NONE, *_measured(folder, files, contents, own=False)])
    return Traces(np.setdiff1d(texts, others), Quotes(quoted))


def _distinct(hashes: pa.Array) -> Hashes:
    return np.unique(hash_values(pc.drop_null(hashes)))


def _measured(
    folder: Path, files: Sequence[StoredFile], contents: Hashes, own: bool
) -> list[Hashes]:
    """The texts that were measured of these contents, or of all others."""
    paths = [folder / file.path for file in files if file.kind == "texts"]
    if not paths:
        return []
    with connect() as connection:
        reader = connection.sql(
            f"SELECT hash, text FROM {parquet_sql(paths)} WHERE text IS NOT NULL"
        ).to_arrow_reader(100_000)
        found = []
        for batch in reader:
            mine = np.isin(hash_values(batch.column("hash")), contents)
            chosen = batch.column("text").filter(pa.array(mine if own else ~mine))
            found.append(np.unique(hash_values(chosen)))
    return found
