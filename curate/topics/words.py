"""The words of topics: how often each is said in the records of each, and in how many.

A word is a run of letters, marks, digits, underscores and inner apostrophes, in lower case and
NFKC, with a letter in it and at least two characters. In scripts that are written without spaces
two neighbouring letters are one, since single ones say little.
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LONGEST: Final = 2_000
"""Characters of a text that are read: about what an embedding model sees of it."""

WORDS: Final = pa.schema(
    [
        ("topic", pa.int64()),
        ("word", pa.string()),
        ("times", pa.int64()),
        ("records", pa.int64()),
    ]
)
"""How often a word is said in a topic, and how many of its records say it."""

_PARTED: Final = r"[^\p{L}\p{M}\p{N}_']+"
_ALONE: Final = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"


def counted(batches: Iterable[tuple[pa.Array, Iterable[pa.StringArray]]]) -> pa.Table:
    """Count the words of records (schema `WORDS`), in no order.

    A batch is the topic of each of some records, and their texts, field by field.
    """
    parts = [WORDS.empty_table()]
    for topics, fields in batches:
        # A word that two fields have is one of the same record.
        rows, words = zip(*(_words(texts) for texts in fields), strict=True)
        said = pa.table({"row": pa.concat_arrays(rows), "word": pa.concat_arrays(words)})
        of_record = said.group_by(["row", "word"]).aggregate([([], "count_all")])
        topic = topics.take(of_record["row"].combine_chunks())
        table = pa.table(
            [topic, of_record["word"], of_record["count_all"], np.ones(len(of_record), np.int64)],
            schema=WORDS,
        )
        parts.append(_summed(table))
    return _summed(pa.concat_tables(parts))


def _summed(table: pa.Table) -> pa.Table:
    sums = table.group_by(["topic", "word"]).aggregate([("times", "sum"), ("records", "sum")])
    return sums.rename_columns(WORDS.names).cast(WORDS)


def _words(texts: pa.StringArray) -> tuple[pa.Array, pa.Array]:
    """The row of each word, and the word."""
    cut = pc.utf8_slice_codeunits(pc.fill_null(texts, ""), 0, LONGEST)
    plain = pc.replace_substring(pc.utf8_lower(pc.utf8_normalize(cut, "NFKC")), "\u2019", "'")
    runs = pc.split_pattern_regex(plain, _PARTED)
    encoded = pc.list_flatten(runs).dictionary_encode()
    # Of each run that occurs the words are found once.
    words = pa.array(_words_of(encoded.dictionary), pa.list_(pa.string())).take(encoded.indices)
    rows = pc.list_parent_indices(runs).take(pc.list_parent_indices(words))
    return rows.cast(pa.int64()), pc.list_flatten(words)


def _words_of(runs: pa.StringArray) -> list[list[str]]:
    trimmed = pc.utf8_trim(runs, "'")
    lettered = pc.match_substring_regex(trimmed, r"\p{L}").to_pylist()
    has_alone = pc.match_substring_regex(trimmed, _ALONE).to_pylist()
    parted = pc.replace_substring_regex(trimmed, rf"({_ALONE}\p{{M}}*)", r" \1 ").to_pylist()
    return [
        _in_pairs(parts.split()) if alone else [run] if letters and len(run) > 1 else []
        for run, letters, alone, parts in zip(
            trimmed.to_pylist(), lettered, has_alone, parted, strict=True
        )
    ]


def _in_pairs(parts: list[str]) -> list[str]:
    """Neighbouring letters of a script without spaces together; what else there is as it is."""
    alone = [bool(match) for match in pc.match_substring_regex(pa.array(parts), _ALONE).to_pylist()]
    pairs = [
        one + other
        for (one, first), (other, second) in pairwise(zip(parts, alone, strict=True))
        if first and second
    ]
    return pairs + [
        part for part, single in zip(parts, alone, strict=True) if not single and len(part) > 1
    ]
