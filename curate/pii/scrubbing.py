"""What a step does with the findings in a batch of texts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from curate.decision import FAILURE, Span
from curate.operator import Edited
from curate.pii.finding import Finding
from curate.pii.replacing import Replaced, replaced, without_overlaps
from curate.pii.surrogates import Action


def scrubbed(
    texts: pa.StringArray,
    found: Iterable[tuple[int, str, Sequence[Finding]]],
    actions: Mapping[str, Action],
    key: bytes,
    mark: str = "",
    seals: bool = False,
) -> Edited:
    """The texts without what was found, also of records that are dropped, and which are.

    `found` has the row of each text with findings, the text, and the findings; `mark` and
    `seals` are those of `replaced`.
    """
    done: dict[int, Replaced] = {}
    flags: dict[int, Sequence[tuple[str, Span]]] = {}
    failures: list[tuple[int, str, None, str, None]] = []
    for row, text, findings in found:
        dropping = [one.entity for one in findings if actions[one.entity] == "drop"]
        for entity in sorted(set(dropping)):
            failures.append((row, entity, None, str(dropping.count(entity)), None))
        left = [one for one in findings if actions[one.entity] == "flag"]
        if len(left) < len(findings):
            others = [one for one in findings if actions[one.entity] != "flag"]
            done[row] = replaced(text, without_overlaps(others), actions, key, mark, seals)
        if left:
            flags[row] = [(one.entity, _flagged(one, mark)) for one in sorted(left)]
    spans: list[Sequence[Span]] = [()] * len(texts)
    rules: list[Sequence[str]] = [()] * len(texts)
    for row, one in done.items():
        spans[row], rules[row] = one.spans, one.entities
    told: list[Sequence[tuple[str, Span]]] = [flags.get(row, ()) for row in range(len(texts))]
    return Edited(_with(texts, done), spans, rules, _table(failures), told if flags else None)


def _flagged(one: Finding, mark: str) -> Span:
    """What is told of a finding that stays."""
    score = None if mark else one.score
    return Span(one.start, one.end, one.end - one.start, one.detector, score)


def _with(texts: pa.StringArray, done: Mapping[int, Replaced]) -> pa.StringArray:
    if not done:
        return texts
    mask = np.zeros(len(texts), np.bool_)
    mask[list(done)] = True
    written = pa.array([one.text for one in done.values()], texts.type)
    return pc.replace_with_mask(texts, pa.array(mask), written)


def _table(failures: Sequence[tuple[Any, ...]]) -> pa.Table:
    columns = zip(*failures, strict=True) if failures else [()] * len(FAILURE)
    arrays = [pa.array(column, each.type) for column, each in zip(columns, FAILURE, strict=True)]
    return pa.table(arrays, schema=FAILURE)
