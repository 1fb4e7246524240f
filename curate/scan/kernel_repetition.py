"""What the words and lines of texts repeat."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.scan.columns import REPETITION
from curate.scan.compiled import (
    ENDS,
    HASHES,
    NUMBERS,
    ONE,
    OPENS,
    SEED,
    SIZES,
    TABLE,
    TURN,
    compiled,
    mixed,
)

# Numba takes plain numbers for constants, and no members of an enumeration.
R_LINES, R_LINE_CHARACTERS, R_PARAGRAPHS, R_PARAGRAPH_CHARACTERS = (
    int(REPETITION.LINES),
    int(REPETITION.LINE_CHARACTERS),
    int(REPETITION.PARAGRAPHS),
    int(REPETITION.PARAGRAPH_CHARACTERS),
)
R_TOP, R_AGAIN, R_DISTINCT, R_SURPRISE, R_MEDIAN = (
    int(REPETITION.TOP_2),
    int(REPETITION.AGAIN_5),
    int(REPETITION.DISTINCT_WORDS),
    int(REPETITION.SURPRISE),
    int(REPETITION.MEDIAN_TWICE),
)

_REPETITION: Final = types.void(
    *(HASHES, SIZES, ENDS), *(HASHES, SIZES, OPENS, ENDS), *(NUMBERS, TABLE)
)


@njit(nogil=True, inline="always")
def _first(number: Any, values: Any, owners: Any, base: Any, mask: Any) -> Any:
    """The first place of a value that equals `values[number]`, which may be `number` itself.

    `owners` is an open hash table of places above `base`; what is below belongs to earlier passes.
    """
    value = values[number]
    slot = value & mask
    while owners[slot] >= base and values[owners[slot] - base] != value:
        slot = (slot + ONE) & mask
    # Without a branch, which could not be foretold: every third word was there before.
    owner = owners[slot]
    owner = owner if owner >= base else base + number
    owners[slot] = owner
    return owner - base


@njit(nogil=True, inline="always")
def _mask(count: Any) -> Any:
    """What cuts a hash to a slot, where three quarters of the slots stay free."""
    size = 16
    while size < 4 * count:
        size *= 2
    return np.uint64(size - 1)


@compiled(_REPETITION)
def repetition(  # noqa: C901 - each text is gone over while its words are at hand
    word_hashes: Any,
    word_characters: Any,
    word_ends: Any,
    line_hashes: Any,
    line_characters: Any,
    line_opens: Any,
    line_ends: Any,
    surprise: Any,
    found: Any,
) -> None:
    """Fill `found` (a row a text, columns `REPETITION`) from what `scan` found.

    `surprise[n]` is n log2 n in `SURPRISE_UNIT`, for every n up to the most words of a text.
    """
    most = 1
    longest = 0
    for text in range(len(word_ends)):
        first = word_ends[text - 1] if text else 0
        first_line = line_ends[text - 1] if text else 0
        most = max(most, word_ends[text] - first, line_ends[text] - first_line)
        for word in range(first, word_ends[text]):
            longest = max(longest, word_characters[word])
    owners = np.zeros(np.int64(_mask(most)) + 1, np.int64)
    base = np.int64(1)
    # By word, or by place in the list of sequences that are looked at.
    values = np.empty(most, np.uint64)
    times = np.empty(most, np.int64)
    covered = np.empty(most, np.int64)
    stops = np.empty(most, np.int64)
    starts = np.empty(most, np.int64)
    widths = np.zeros(most + 1, np.int64)
    before = np.zeros(most + 1, np.int64)
    sums = np.zeros(most + 1, np.uint64)
    histogram = np.zeros(longest + 1, np.int64)
    for text in range(len(word_ends)):
        row = found[text]
        # Lines, then paragraphs: runs of them.
        first = line_ends[text - 1] if text else 0
        count = line_ends[text] - first
        mask = _mask(count)
        for line in range(count):
            values[line] = line_hashes[first + line]
            if _first(line, values, owners, base, mask) != line:
                row[R_LINES] += 1
                row[R_LINE_CHARACTERS] += line_characters[first + line]
        base += count
        if row[R_LINES] > 0:
            line = number = 0
            while line < count:
                value = SEED
                length = 0
                opened = True
                while line < count and (opened or not line_opens[first + line]):
                    value = value * TURN + line_hashes[first + line]
                    length += line_characters[first + line]
                    opened = False
                    line += 1
                values[number] = mixed(value)
                if _first(number, values, owners, base, mask) != number:
                    row[R_PARAGRAPHS] += 1
                    row[R_PARAGRAPH_CHARACTERS] += length
                number += 1
            base += number
        # Words.
        first = word_ends[text - 1] if text else 0
        count = word_ends[text] - first
        if count == 0:
            continue
        mask = _mask(count)
        least = word_characters[first]
        widest = distinct = 0
        for word in range(count):
            length = word_characters[first + word]
            histogram[length] += 1
            least = min(least, length)
            widest = max(widest, length)
            values[word] = word_hashes[first + word]
            earlier = _first(word, values, owners, base, mask)
            again = np.int64(earlier != word)
            distinct += 1 - again
            widths[word] = again
            widths[earlier] |= again
            times[word] = 0
            times[earlier] += 1
            row[R_SURPRISE] += surprise[times[earlier]] - surprise[times[earlier] - 1]
        base += count
        row[R_DISTINCT] = distinct
        # The median: the two in the middle, which are one where the number is odd.
        passed = 0
        for length in range(least, widest + 1):
            number = histogram[length]
            if passed <= (count - 1) // 2 < passed + number:
                row[R_MEDIAN] += length
            if passed <= count // 2 < passed + number:
                row[R_MEDIAN] += length
            passed += number
            histogram[length] = 0
        if distinct == count:
            continue
        # Sequences of words. Where one stands twice, so do the shorter ones in it: `widths` has the
        # longest so far that begins at a word and does, and `starts` where one may be longer.
        listed = 0
        for word in range(count):
            before[word + 1] = before[word] + word_characters[first + word]
            sums[word + 1] = sums[word] * TURN + values[word]
            starts[listed] = word
            listed += widths[word]
        widths[count] = 0
        power = TURN
        for width in range(2, 11):
            power *= TURN
            kept = 0
            for number in range(listed):
                word = starts[number]
                starts[kept] = word
                kept += (widths[word] == width - 1) & (widths[word + 1] >= width - 1)
            listed = kept
            if listed == 0:
                break
            mask = _mask(listed)
            best_times = 1
            best_covered = again = stop = 0
            for number in range(listed):
                word = starts[number]
                end = word + width
                values[number] = mixed(sums[end] - sums[word] * power)
                earlier = _first(number, values, owners, base, mask)
                if earlier == number:
                    times[number] = 1
                    covered[number] = before[end] - before[word]
                    stops[number] = end
                    continue
                widths[starts[earlier]] = width
                widths[word] = width
                again += before[end] - before[max(word, stop)]
                stop = end
                times[earlier] += 1
                covered[earlier] += before[end] - before[max(word, stops[earlier])]
                stops[earlier] = end
                if times[earlier] > best_times or (
                    times[earlier] == best_times and covered[earlier] > best_covered
                ):
                    best_times = times[earlier]
                    best_covered = covered[earlier]
            base += listed
            if width <= 4:
                row[R_TOP + width - 2] = best_covered
            else:
                row[R_AGAIN + width - 5] = again
