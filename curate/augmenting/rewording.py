"""Records with other wordings of some of their texts, and what of these must stay."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from curate.augmenting.applying import reworded
from curate.augmenting.augmenter import Augmenter
from curate.augmenting.protecting import KINDS, Kind, Stretch, protected
from curate.expansion import seed_of
from curate.fields import Leaf, leaves, with_texts

_BESIDE = ("labels", "meta")
"""What has the reference answer of a question, beside the answer itself."""


class Wording:
    """Some records, whose texts are reworded by one augmenter after another."""

    def __init__(
        self,
        records: pa.RecordBatch,
        fields: Sequence[str],
        kinds: Sequence[Kind],
        words: Sequence[str],
    ) -> None:
        """`fields` are reworded; in them `kinds` and `words` stay, and what else a record says.

        That is: every name, number and the like of its other texts, such as the answer, and these
        as a whole; its reference answer, as any value of its labels and meta. But nothing that is
        more than half of a text stays in it as a whole: that is a copy of it.
        """
        self._records, self._ids = records, records.column("id").to_pylist()
        self._leaves = leaves(records, fields)
        beside = [[*words, *own] for own in _beside(records, self._leaves)]
        self._kept = [
            [
                [] if text is None else protected(text, _within(text, beside[int(row)]), kinds)
                for row, text in zip(leaf.rows, leaf.texts.to_pylist(), strict=True)
            ]
            for leaf in self._leaves
        ]

    def reworded(self, augmenter: Augmenter, ordinal: int, seed: int) -> pa.RecordBatch:
        """The records with other wordings: of what stays not one character is another."""
        made = self._records
        for leaf, kept in zip(self._leaves, self._kept, strict=True):
            made = with_texts(made, leaf, self._texts(leaf, kept, augmenter, ordinal, seed))
        return made

    def _texts(
        self,
        leaf: Leaf,
        kept: Sequence[Sequence[Stretch]],
        augmenter: Augmenter,
        ordinal: int,
        seed: int,
    ) -> pa.StringArray:
        texts = leaf.texts.to_pylist()
        there = [place for place, text in enumerate(texts) if text]
        seeds = [
            seed_of(
                seed, self._ids[int(leaf.rows[at])], augmenter.name, ordinal, leaf.path(int(at))
            )
            for at in there
        ]
        new = reworded(augmenter, [texts[at] for at in there], [kept[at] for at in there], seeds)
        for at, text in zip(there, new, strict=True):
            texts[at] = text
        return pa.array(texts, pa.string())


def _within(text: str, words: Sequence[str]) -> list[str]:
    """The words that are no more than half of a text."""
    return [word for word in words if 2 * len(word) <= len(text)]


def _beside(records: pa.RecordBatch, own: Sequence[Leaf]) -> list[list[str]]:
    """Of each record the texts that must stay wherever they stand in what is reworded."""
    touched = {
        (leaf.path(place), int(leaf.rows[place]))
        for leaf in own
        for place, text in enumerate(leaf.texts.to_pylist())
        if text is not None
    }
    found: list[list[str]] = [[] for _ in range(len(records))]
    for leaf in leaves(records):
        for place, text in enumerate(leaf.texts.to_pylist()):
            row = int(leaf.rows[place])
            if text is not None and (leaf.path(place), row) not in touched:
                found[row] += [
                    text,
                    *(text[start:end] for start, end in protected(text, (), KINDS)),
                ]
    for column in _BESIDE:
        for row, text in enumerate(records.column(column).to_pylist()):
            found[row] += _values(orjson.loads(text or "{}"))
    return [list(dict.fromkeys(own)) for own in found]


def _values(value: Any) -> Iterator[str]:
    """The texts and numbers of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list):
        for each in value:
            yield from _values(each)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield orjson.dumps(value).decode()
