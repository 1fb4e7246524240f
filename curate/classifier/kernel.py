"""The features of texts, counted or weighed, as compiled code over their bytes.

`words` says in Python what a word, a feature and its hash are. Importing this module compiles it,
or loads what an earlier process kept (`scan.compiling.loaded`).
"""

from math import exp, inf, nan, sqrt
from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.classifier.words import (
    ALONE_KIND,
    LOWERED_CODES,
    MARK_KIND,
    MOST_COUNTED,
    SIGN_KIND,
    SPACE_KIND,
    WORD_KIND,
)
from curate.scan.compiled import BYTES, OFFSETS, PRIME, SEED, TURN, code_point, compiled, mixed

_KINDS, _LOWERED, _ROWS, _WEIGHTS, NUMBERS = (
    *(types.Array(kind, 1, "C", readonly=True) for kind in (types.uint8, types.int32, types.int32)),
    types.Array(types.float32, 2, "C", readonly=True),
    types.Array(types.float64, 1, "C", readonly=True),
)
LOOK: Final = (BYTES, OFFSETS, _KINDS, _LOWERED, types.boolean, types.uint64, _ROWS)
_COLLECT: Final = types.void(*LOOK, types.int32[::1], types.int32[::1], types.int64[::1])
_SCORE: Final = types.void(*LOOK, _WEIGHTS, NUMBERS, types.float64, NUMBERS, types.float64[:, ::1])


@njit(nogil=True, inline="always")
def _count(value: Any, mask: Any, rows: Any, counts: Any, touched: Any, number: Any) -> Any:
    """Count a feature by its hash; returns how many differ so far."""
    row = rows[value & mask]
    if row >= 0:
        if counts[row] == 0:
            touched[number] = row
            number += 1
        counts[row] += 1
    return number


@njit(nogil=True)
def features_of(
    data: Any,
    start: Any,
    stop: Any,
    kinds: Any,
    lowered: Any,
    pairs: Any,
    mask: Any,
    rows: Any,
    counts: Any,
    touched: Any,
) -> Any:
    """Count the features of a text that have a row; returns how many differ.

    `touched` gets their rows in the order in which they come first.
    """
    number = np.int64(0)
    value = SEED
    before = np.uint64(0)
    any_before = False
    # The word that is open: 0 none, 1 of letters, 2 one letter that is a word.
    word = 0
    place = start
    while place <= stop:
        code = np.int32(0)
        kind = SPACE_KIND
        if place == stop:
            place += 1
        else:
            byte = data[place]
            if byte < 0x80:
                code = np.int32(byte)
                place += 1
            else:
                code, place = code_point(data, place)
            kind = np.int64(kinds[code])
        if word != 0 and kind != MARK_KIND and (word == 2 or kind != WORD_KIND):
            value = mixed(value)
            number = _count(value, mask, rows, counts, touched, number)
            if pairs and any_before:
                pair = mixed((before * TURN) ^ value)
                number = _count(pair, mask, rows, counts, touched, number)
            before = value
            any_before = True
            word = 0
        if kind == SPACE_KIND:
            continue
        if kind == SIGN_KIND:
            value = mixed((SEED ^ np.uint64(code)) * PRIME)
            number = _count(value, mask, rows, counts, touched, number)
            if pairs and any_before:
                pair = mixed((before * TURN) ^ value)
                number = _count(pair, mask, rows, counts, touched, number)
            before = value
            any_before = True
            continue
        if word == 0:
            value = SEED
            word = 2 if kind == ALONE_KIND else 1
        small = lowered[code] if code < LOWERED_CODES else code
        value = (value ^ np.uint64(small)) * PRIME
    return number


@njit(nogil=True)
def soften(logits: Any, temperature: Any) -> None:
    """Turn the logits of a text into probabilities."""
    most = -inf
    for label in range(len(logits)):
        logits[label] /= temperature
        most = max(most, logits[label])
    total = 0.0
    for label in range(len(logits)):
        power = exp(logits[label] - most)
        logits[label] = power
        total += power
    for label in range(len(logits)):
        logits[label] /= total


@compiled(_COLLECT)
def collect(
    data: Any,
    offsets: Any,
    kinds: Any,
    lowered: Any,
    pairs: Any,
    mask: Any,
    rows: Any,
    found: Any,
    times: Any,
    ends: Any,
) -> None:
    """Put the rows of the features of texts one after the other, and how often each is there.

    `found` and `times` must have room; the features of text i end at `ends[i]`.
    """
    counts = np.zeros(len(rows), np.int32)
    at = np.int64(0)
    for text in range(len(offsets) - 1):
        start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        number = features_of(
            data, start, stop, kinds, lowered, pairs, mask, rows, counts, found[at:]
        )
        for feature in range(at, at + number):
            row = found[feature]
            times[feature] = counts[row]
            counts[row] = 0
        at += number
        ends[text] = at


@compiled(_SCORE)
def score(
    data: Any,
    offsets: Any,
    kinds: Any,
    lowered: Any,
    pairs: Any,
    mask: Any,
    rows: Any,
    weights: Any,
    intercepts: Any,
    temperature: Any,
    scale: Any,
    found: Any,
) -> None:
    """Fill `found` [texts, labels] with probabilities; the first is NaN of a text without features.

    One number after the other in a fixed order, so that nothing depends on the batch.
    """
    counts = np.zeros(len(weights), np.int32)
    touched = np.empty(len(weights), np.int32)
    labels = len(intercepts)
    for text in range(len(offsets) - 1):
        start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        number = features_of(data, start, stop, kinds, lowered, pairs, mask, rows, counts, touched)
        if number == 0:
            found[text, 0] = nan
            continue
        for label in range(labels):
            found[text, label] = 0.0
        square = 0.0
        for feature in range(number):
            row = touched[feature]
            value = scale[min(counts[row], MOST_COUNTED)]
            counts[row] = 0
            square += value * value
            for label in range(labels):
                found[text, label] += value * weights[row, label]
        length = sqrt(square)
        for label in range(labels):
            found[text, label] = found[text, label] / length + intercepts[label]
        soften(found[text], temperature)
