"""The pass over the bytes of texts: characters, words, lines and sentences."""

from collections.abc import Callable
from typing import Any, Final

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
from curate.scan.columns import BULLETS, COUNTS, SHORT_LINE, STOP_WORDS
from curate.scan.compiled import (
    BYTES,
    CLASSES,
    ENDS,
    FLAGS,
    HASHES,
    OFFSETS,
    ONE,
    OPENS,
    PRIME,
    SEED,
    SIZES,
    TABLE,
    code_point,
    compiled,
    mixed,
)

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

BLANK: Final = np.uint64(ord(" "))
EACH_01, EACH_05, EACH_1F, EACH_20, EACH_7F, EACH_80 = (
    np.uint64(byte * 0x0101010101010101) for byte in (0x01, 0x05, 0x1F, 0x20, 0x7F, 0x80)
)
"""A byte in all eight places of a number."""
FIVE, SEVEN, TOP_BYTE = np.uint64(5), np.uint64(7), np.uint64(56)
_SCAN: Final = types.void(
    *(BYTES, OFFSETS, FLAGS, CLASSES, TABLE),
    *(HASHES, SIZES, SIZES, SIZES, ENDS),
    *(HASHES, SIZES, OPENS, ENDS),
)


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


def _made(keeps_tokens: bool) -> Callable[..., None]:  # noqa: C901 - of the pass in it
    """The pass that writes down what words and lines it finds, or one that only counts.

    Which of both it is is known when it is compiled, so that neither pays for the other.
    """

    @compiled(_SCAN)
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
            start, stop = np.int64(offsets[text]), np.int64(offsets[text + 1])
            if start == stop or not valid[text]:
                if keeps_tokens:
                    word_ends[text] = word_number
                    line_ends[text] = line_number
                continue
            first_word, first_line = word_number, line_number
            characters = solid = lead = trail = 0
            letters = upper = digits = punctuation = ascii_ones = hashes = ellipses = 0
            alphabetic = longest = stop_hits = 0
            stop_mask = 0
            feeds = all_line_characters = bullets = ellipsis_lines = punctuated = short = 0
            paragraphs = sentences = 0
            dots = dot_run = 0
            # The word that is open: 0 none, 1 one of a script with spaces, 2 one letter that is a
            # word.
            word = 0
            word_hash = SEED
            word_length = 0
            word_alphabetic = False
            word_start = 0
            # Its ASCII letters, in lower case: none yet (0), some (1), signs behind them (2), or it
            # has others than these.
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
                    else:
                        code, place = code_point(data, place)
                    characters += 1
                flags = np.int32(table[code])
                is_space = (flags & SPACE) != 0
                starts_word = not is_space and (
                    word == 0
                    or (flags & ALONE) != 0
                    or (word == 2 and (flags & (LETTER | DIGIT)) != 0)
                )
                if word != 0 and (is_space or starts_word):
                    line_length_solid = line_length
                    if keeps_tokens:
                        word_hash = mixed(word_hash)
                        line_hash = (line_hash ^ word_hash) * PRIME
                        line_hash_solid = line_hash
                        word_hashes[word_number] = word_hash
                        word_characters[word_number] = word_length
                        word_starts[word_number] = word_start
                        word_stops[word_number] = here - start
                    else:
                        longest = max(longest, word_length)
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
                            if keeps_tokens:
                                line_hashes[line_number] = mixed(line_hash_solid)
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
                        if keeps_tokens:
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
                if keeps_tokens:
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
                # Most of most texts, in few steps: ASCII letters behind one, and further words of
                # such letters behind single spaces. Nothing else changes by them.
                begun = place
                blanks = 0
                while True:
                    eight = _eight(data, place, stop)
                    mask = _letters_first(eight)
                    eight &= mask
                    run = _bytes_of(mask)
                    if run > 0:
                        upper += _bytes_of((~eight & mask & EACH_20) >> FIVE)
                        if keeps_tokens:
                            word_hash = mixed(word_hash ^ eight)
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
                    if keeps_tokens:
                        word_hash = mixed(word_hash)
                        line_hash = (((line_hash ^ word_hash) * PRIME) ^ BLANK) * PRIME
                        word_hashes[word_number] = word_hash
                        word_characters[word_number] = word_length
                        word_starts[word_number] = word_start
                        word_stops[word_number] = place - start
                    else:
                        longest = max(longest, word_length)
                    word_number += 1
                    bit = _stop_bit(core, core_state, core_length)
                    stop_mask |= bit
                    stop_hits += bit != 0
                    alphabetic += 1
                    blanks += 1
                    upper += (byte & 0x20) == 0
                    word_start = place + 1 - start
                    if keeps_tokens:
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
            if keeps_tokens:
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
            if keeps_tokens:
                word_ends[text] = word_number
                line_ends[text] = line_number

    return scan


scan: Final = _made(keeps_tokens=True)
count: Final = _made(keeps_tokens=False)
"""Takes two thirds of the time; the arrays of tokens may be empty."""
