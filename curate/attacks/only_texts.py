"""Records that have one text in some fields, and that text as another."""

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from curate.fields import Leaf, with_texts


class OnlyText(NamedTuple):
    """The text of a record, and where it stands."""

    leaf: int
    place: int
    text: str


def only_texts(made: Sequence[Leaf], rows: int) -> list[OnlyText | None]:
    """Of each row its text; None where leaves have none of it, or several."""
    found: list[list[OnlyText]] = [[] for _ in range(rows)]
    for at, leaf in enumerate(made):
        for place, text in enumerate(leaf.texts.to_pylist()):
            if text is not None:
                found[int(leaf.rows[place])].append(OnlyText(at, place, text))
    return [of[0] if len(of) == 1 else None for of in found]


def with_changed(
    batch: pa.RecordBatch, made: Sequence[Leaf], changed: Sequence[tuple[OnlyText, str]]
) -> pa.RecordBatch:
    """A batch with some of its texts as others."""
    for at, leaf in enumerate(made):
        new: list[str | None] = [None] * len(leaf.texts)
        for old, text in changed:
            if old.leaf == at:
                new[old.place] = text
        batch = with_texts(batch, leaf, pa.array(new, pa.string()))
    return batch
