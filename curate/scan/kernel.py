"""The pass as compiled code over the bytes of texts (numba, which releases the GIL).

Importing this module compiles it, which takes some seconds, or loads what an earlier process
compiled and kept (`compiling.is_kept`).
"""

from collections.abc import Callable
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
from numba import njit, types

from curate.scan.classes import (
    ALONE,
    CLOSING,
    DIGIT,
    LETTER,
    LOWER,
    MARK,
    PUNCTUATION,
    SPACE,
    TERMINAL,
    UPPER,
)
from curate.scan.columns import BULLETS, COUNTS, REPETITION, SHORT_LINE, STOP_WORDS

# Numba takes plain numbers for constants, and no members of an enumeration.
C_CHARACTERS, C_TRIMMED, C_SOLID, C_WORDS, C_LONGEST, C_ALPHABETIC = (
    int(COUNTS.CHARACTERS),
    int(COUNTS.TRIMMED),
    int(COUNTS.SOLID),
    int(COUNTS.WORDS),
    int(COUNTS.LONGEST_WORD),
    int(COUNTS.ALPHABETIC_WORDS),
)
C_LETTERS, C_UPPER, C_DIGITS, C_PUNCTUATION, C_NON_ASCII = (
    int(COUNTS.LETTERS),
    int(COUNTS.UPPER),
    int(COUNTS.DIGITS),
    int(COUNTS.PUNCTUATION),
    int(COUNTS.NON_ASCII),
)
C_HASHES, C_ELLIPSES, C_STOPS, C_STOP_HITS, C_FEEDS = (
    int(COUNTS.HASHES),
    int(COUNTS.ELLIPSES),
    int(COUNTS.STOP_WORDS),
    int(COUNTS.STOP_WORD_HITS),
    int(COUNTS.FEEDS),
)
C_LINES, C_LINE_CHARACTERS, C_BULLETS, C_ELLIPSIS_LINES = (
    int(COUNTS.LINES),
    int(COUNTS.LINE_CHARACTERS),
    int(COUNTS.BULLET_LINES),
    int(COUNTS.ELLIPSIS_LINES),
)
C_PUNCTUATED, C_SHORT, C_PARAGRAPHS, C_SENTENCES = (
    int(COUNTS.PUNCTUATED_LINES),
    int(COUNTS.SHORT_LINES),
    int(COUNTS.PARAGRAPHS),
    int(COUNTS.SENTENCES),
)

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

SHORT: Final = SHORT_LINE
PERIOD: Final = ord(".")
ELLIPSIS: Final = ord("…")
HASH_SIGN: Final = ord("#")
PLAIN_BULLETS: Final = (ord("-"), ord("*"))
SURE_BULLETS: Final = tuple(ord(each) for each in BULLETS if each not in "-*")
EAST_ASIAN: Final = tuple(ord(each) for each in "。．！？｡")
"""Terminals behind which no white space is needed."""


def _packed(word: str) -> int:
    """A word of up to eight ASCII letters as a number, the first letter the lowest byte."""
    return int.from_bytes(word.encode(), "little")


STOP_TURN: Final = np.uint64(0xA648A7DD06839EB9)
STOP_SHIFT: Final = np.uint64(60)
"""Under this multiplier, found by trying, the upper four bits of all stop words differ."""


def _stop_slots() -> npt.NDArray[np.uint64]:
    """The stop words as numbers, each in the slot of its upper bits, with zeros between them."""
    slots = np.zeros(16, np.uint64)
    for word in STOP_WORDS:
        number = _packed(word)
        slots[number * int(STOP_TURN) % 2**64 >> int(STOP_SHIFT)] = number
    return slots


STOPS: Final = _stop_slots()
NO_CORE: Final = 3
"""The state of a word that is more than ASCII letters with something around them."""

SEED: Final = np.uint64(0xCBF29CE484222325)
PRIME: Final = np.uint64(0x100000001B3)
"""FNV-1a (Fowler, Noll, Vo), over code points; `_mixed` then spreads it over all bits. ASCII
letters behind one are taken up to eight at a time."""

MIX_1: Final = np.uint64(0xFF51AFD7ED558CCD)
MIX_2: Final = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHIFT: Final = np.uint64(33)
ONE: Final = np.uint64(1)
BLANK: Final = np.uint64(ord(" "))
EACH_01, EACH_05, EACH_1F, EACH_20, EACH_7F, EACH_80 = (
    np.uint64(byte * 0x0101010101010101) for byte in (0x01, 0x05, 0x1F, 0x20, 0x7F, 0x80)
)
"""A byte in all eight places of a number."""
FIVE, SEVEN, TOP_BYTE = np.uint64(5), np.uint64(7), np.uint64(56)
TURN: Final = np.uint64(0x9E3779B97F4A7C15)

_BYTES, _OFFSETS, _CLASSES, _FLAGS, _NUMBERS = (
    types.Array(kind, 1, "C", readonly=True)
    for kind in (types.uint8, types.int32, types.uint16, types.boolean, types.int64)
)
_HASHES, _SIZES = (types.Array(kind, 1, "C") for kind in (types.uint64, types.int32))
_OPENS, _ENDS, _TABLE = (
    types.boolean[::1],
    types.int64[::1],
    types.int64[:, ::1],
)
_SCAN: Final = types.void(
    *(_BYTES, _OFFSETS, _FLAGS, _CLASSES, _TABLE),
    *(_HASHES, _SIZES, _SIZES, _SIZES, _ENDS),
    *(_HASHES, _SIZES, _OPENS, _ENDS),
)
_REPETITION: Final = types.void(
    *(_HASHES, _SIZES, _ENDS), *(_HASHES, _SIZES, _OPENS, _ENDS), *(_NUMBERS, _TABLE)
)


def _compiled(signature: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Compile a function for one signature, so that nothing is compiled later."""

    def compile_(function: Callable[..., None]) -> Callable[..., None]:
        try:
            made = njit(signature, cache=True, nogil=True)(function)
        except RuntimeError:
            # Neither beside the package nor in the user's folder can anything be kept.
            made = njit(signature, nogil=True)(function)
        return cast("Callable[..., None]", made)

    return compile_


@njit(nogil=True, inline="always")
def _mixed(value: Any) -> Any:
    """The finaliser of MurmurHash3 (Appleby), which turns every bit into half of the others."""
    value ^= value >> MIX_SHIFT
    value *= MIX_1
    value ^= value >> MIX_SHIFT
    value *= MIX_2
    value ^= value >> MIX_SHIFT
    return value


@njit(nogil=True, inline="always")
def _eight(data: Any, place: Any, stop: Any) -> Any:
    """The eight bytes from a place on as one number, the first the lowest; zeros from `stop` on."""
    at = np.uint64(place)
    if place + 8 <= stop:
        value = np.uint64(0)
        for byte in range(8):
            value |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
        return value
    value = np.uint64(0)
    for byte in range(stop - place):
        value |= np.uint64(data[at + np.uint64(byte)]) << np.uint64(8 * byte)
    return value


@njit(nogil=True, inline="always")
def _letters_first(eight: Any) -> Any:
    """Ones in the bytes before the first that is no ASCII letter."""
    low = (eight | EACH_20) & EACH_7F
    # Adding lifts the top bit of a byte from `a` on, and from the sign behind `z` on.
    letters = (low + EACH_1F) & ~(low + EACH_05) & ~eight & EACH_80
    others = letters ^ EACH_80
    return ((others & (~others + ONE)) >> SEVEN) - ONE


@njit(nogil=True, inline="always")
def _bytes_of(ones: Any) -> Any:
    """How many bytes of a number have their lowest bit."""
    return np.int64(((ones & EACH_01) * EACH_01) >> TOP_BYTE)


@njit(nogil=True, inline="always")
def _stop_bit(core: Any, state: Any, length: Any) -> Any:
    """The bit of a word's letters in the mask of stop words; 0 where they are none."""
    if state == NO_CORE or length == 0 or length > 8:
        return 0
    slot = (core * STOP_TURN) >> STOP_SHIFT
    return np.int64(STOPS[slot] == core) << np.int64(slot)


@_compiled(_SCAN)
def scan(  # noqa: C901 - one pass: its state lives in the processor's registers
    data: Any,
    offsets: Any,
    valid: Any,
    table: Any,
    counts: Any,
    word_hashes: Any,
    word_characters: Any,
    word_starts: Any,
    word_stops: Any,
    word_ends: Any,
    line_hashes: Any,
    line_characters: Any,
    line_opens: Any,
    line_ends: Any,
) -> None:
    """Fill `counts` and the arrays of `tokens.Tokens` for texts in `data`, cut by `offsets`."""
    word_number = 0
    line_number = 0
    for text in range(len(offsets) - 1):
        if not valid[text]:
            word_ends[text] = word_number
            line_ends[text] = line_number
            continue
        start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
        first_word, first_line = word_number, line_number
        characters = solid = lead = trail = 0
        letters = upper = digits = punctuation = ascii_ones = hashes = ellipses = 0
        alphabetic = longest = stop_hits = 0
        stop_mask = 0
        feeds = all_line_characters = bullets = ellipsis_lines = punctuated = short = 0
        paragraphs = sentences = 0
        dots = dot_run = 0
        # The word that is open: 0 none, 1 one of a script with spaces, 2 one letter that is a word.
        word = 0
        word_hash = SEED
        word_length = 0
        word_alphabetic = False
        word_start = 0
        # Its ASCII letters, in lower case: none yet (0), some (1), signs behind them (2), or it has
        # others than these.
        core = np.uint64(0)
        core_length = 0
        core_state = 0
        # The line; its hash is made of those of its words, and of the white space between them.
        line_hash = SEED
        line_hash_solid = SEED
        line_length = 0
        line_length_solid = 0
        line_first = 0
        line_terminal = False
        line_dots = False
        blank_before = True
        # The sentence: whether it has anything, and how far its end has come.
        content = False
        ending = 0
        kind = 0
        before = 0
        before_that = 0
        place = start
        while place <= stop:
            at_end = place == stop
            here = place
            if at_end:
                code = 10
                place += 1
            else:
                byte = data[place]
                if byte < 0x80:
                    code = np.int32(byte)
                    place += 1
                    ascii_ones += 1
                elif byte < 0xE0:
                    code = (np.int32(byte & 0x1F) << 6) | np.int32(data[place + 1] & 0x3F)
                    place += 2
                elif byte < 0xF0:
                    code = (
                        (np.int32(byte & 0x0F) << 12)
                        | (np.int32(data[place + 1] & 0x3F) << 6)
                        | np.int32(data[place + 2] & 0x3F)
                    )
                    place += 3
                else:
                    code = (
                        (np.int32(byte & 0x07) << 18)
                        | (np.int32(data[place + 1] & 0x3F) << 12)
                        | (np.int32(data[place + 2] & 0x3F) << 6)
                        | np.int32(data[place + 3] & 0x3F)
                    )
                    place += 4
                characters += 1
            flags = np.int32(table[code])
            is_space = (flags & SPACE) != 0
            starts_word = not is_space and (
                word == 0 or (flags & ALONE) != 0 or (word == 2 and (flags & (LETTER | DIGIT)) != 0)
            )
            if word != 0 and (is_space or starts_word):
                word_hash = _mixed(word_hash)
                line_hash = (line_hash ^ word_hash) * PRIME
                line_hash_solid = line_hash
                line_length_solid = line_length
                word_hashes[word_number] = word_hash
                word_characters[word_number] = word_length
                word_starts[word_number] = word_start
                word_stops[word_number] = here - start
                word_number += 1
                if word_alphabetic:
                    alphabetic += 1
                bit = _stop_bit(core, core_state, core_length)
                stop_mask |= bit
                stop_hits += bit != 0
                word = 0
            if is_space:
                dots = 0
                if ending == 1:
                    ending = 2
                    if kind == 2:
                        sentences += 1
                        content = False
                        ending = 0
                if code == 10:
                    if content:
                        sentences += 1
                        content = False
                    ending = 0
                    if not at_end:
                        feeds += 1
                    if line_length_solid > 0:
                        line_hashes[line_number] = _mixed(line_hash_solid)
                        line_characters[line_number] = line_length_solid
                        line_opens[line_number] = blank_before
                        line_number += 1
                        if blank_before:
                            paragraphs += 1
                        blank_before = False
                        all_line_characters += line_length_solid
                        if line_length_solid < SHORT:
                            short += 1
                        if line_terminal:
                            punctuated += 1
                        if line_dots:
                            ellipsis_lines += 1
                        if line_length == 1 and line_first in PLAIN_BULLETS:
                            bullets += 1
                    else:
                        blank_before = True
                    line_hash = SEED
                    line_length = 0
                    line_length_solid = 0
                    line_terminal = False
                    line_dots = False
                elif line_length_solid > 0:
                    if line_length == 1 and line_first in PLAIN_BULLETS:
                        bullets += 1
                    line_hash = (line_hash ^ np.uint64(code)) * PRIME
                    line_length += 1
                if not at_end:
                    if solid == 0:
                        lead += 1
                    else:
                        trail += 1
                before_that = before
                before = 0
                continue
            solid += 1
            trail = 0
            if flags & LETTER:
                letters += 1
                if flags & UPPER:
                    upper += 1
            elif flags & DIGIT:
                digits += 1
            elif flags & PUNCTUATION:
                punctuation += 1
            if starts_word:
                word = 2 if flags & ALONE else 1
                word_hash = SEED
                word_length = 0
                word_alphabetic = False
                word_start = here - start
                core_length = 0
                core_state = 0
            word_hash = (word_hash ^ np.uint64(code)) * PRIME
            word_length += 1
            if flags & LETTER:
                word_alphabetic = True
            if code < 0x80 and flags & LETTER:
                core_state = NO_CORE if core_state else 1
                core = np.uint64(code | 0x20)
                core_length = 1
            elif flags & (LETTER | DIGIT | MARK):
                core_state = NO_CORE
            elif core_state == 1:
                core_state = 2
            # Dots.
            if code == PERIOD:
                dot_run = dot_run + 1 if before == PERIOD else 1
                dots += 1
                if dots == 3:
                    ellipses += 1
                    dots = 0
            else:
                dots = 0
                if code == ELLIPSIS:
                    ellipses += 1
                elif code == HASH_SIGN:
                    hashes += 1
            # The line.
            if line_length == 0:
                line_first = code
                if code >= 0x80 and code in SURE_BULLETS:
                    bullets += 1
            line_length += 1
            line_dots = code == ELLIPSIS or (code == PERIOD and dot_run >= 3)
            if flags & TERMINAL:
                line_terminal = True
            elif not flags & CLOSING:
                line_terminal = False
            # The sentence.
            if flags & TERMINAL:
                initial = (
                    code == PERIOD
                    and before != 0
                    and (table[before] & UPPER) != 0
                    and (before_that == 0 or (table[before_that] & (LETTER | DIGIT)) == 0)
                )
                # Behind an upper-case letter the sentence was going on already.
                if not initial:
                    ending = 1
                    kind = 0 if code in (PERIOD, ELLIPSIS) else 1
                    if code in EAST_ASIAN:
                        kind = 2
            elif ending != 0 and not flags & CLOSING:
                if (ending == 2 or kind == 2) and (kind != 0 or not flags & LOWER):
                    sentences += 1
                ending = 0
            content = True
            before_that = before
            before = code
            if code >= 0x80 or not flags & LETTER:
                continue
            # Most of most texts, in few steps: ASCII letters behind one, and further words of such
            # letters behind single spaces. Nothing else changes by them.
            begun = place
            blanks = 0
            while True:
                eight = _eight(data, place, stop)
                mask = _letters_first(eight)
                eight &= mask
                run = _bytes_of(mask)
                if run > 0:
                    upper += _bytes_of((~eight & mask & EACH_20) >> FIVE)
                    word_hash = _mixed(word_hash ^ eight)
                    core |= ((eight | EACH_20) & mask) << np.uint64(8 * core_length & 63)
                    core_length += run
                    word_length += run
                    place += run
                if run == 8:
                    continue
                if place + 1 >= stop or data[place] != 32:
                    break
                byte = data[place + 1]
                if not 97 <= (byte | 0x20) <= 122:
                    break
                word_hash = _mixed(word_hash)
                line_hash = (((line_hash ^ word_hash) * PRIME) ^ BLANK) * PRIME
                word_hashes[word_number] = word_hash
                word_characters[word_number] = word_length
                word_starts[word_number] = word_start
                word_stops[word_number] = place - start
                word_number += 1
                bit = _stop_bit(core, core_state, core_length)
                stop_mask |= bit
                stop_hits += bit != 0
                alphabetic += 1
                blanks += 1
                upper += (byte & 0x20) == 0
                word_start = place + 1 - start
                word_hash = (SEED ^ np.uint64(byte)) * PRIME
                word_length = 1
                core = np.uint64(byte | 0x20)
                core_length = core_state = 1
                place += 2
            if place > begun:
                run = place - begun
                before_that = np.int32(data[place - 2])
                before = np.int32(data[place - 1])
                characters += run
                ascii_ones += run
                solid += run - blanks
                letters += run - blanks
                line_length += run
        for word_at in range(first_word, word_number):
            longest = max(longest, word_characters[word_at])
        row = counts[text]
        row[C_CHARACTERS] = characters
        row[C_TRIMMED] = characters - lead - trail
        row[C_SOLID] = solid
        row[C_WORDS] = word_number - first_word
        row[C_LONGEST] = longest
        row[C_ALPHABETIC] = alphabetic
        row[C_LETTERS] = letters
        row[C_UPPER] = upper
        row[C_DIGITS] = digits
        row[C_PUNCTUATION] = punctuation
        row[C_NON_ASCII] = characters - ascii_ones
        row[C_HASHES] = hashes
        row[C_ELLIPSES] = ellipses
        distinct_stops = 0
        for slot in range(16):
            distinct_stops += (stop_mask >> slot) & 1
        row[C_STOPS] = distinct_stops
        row[C_STOP_HITS] = stop_hits
        row[C_FEEDS] = feeds
        row[C_LINES] = line_number - first_line
        row[C_LINE_CHARACTERS] = all_line_characters
        row[C_BULLETS] = bullets
        row[C_ELLIPSIS_LINES] = ellipsis_lines
        row[C_PUNCTUATED] = punctuated
        row[C_SHORT] = short
        row[C_PARAGRAPHS] = paragraphs
        row[C_SENTENCES] = sentences
        word_ends[text] = word_number
        line_ends[text] = line_number


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


@_compiled(_REPETITION)
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
                values[number] = _mixed(value)
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
                values[number] = _mixed(sums[end] - sums[word] * power)
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
