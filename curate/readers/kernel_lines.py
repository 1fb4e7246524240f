"""Lines of JSON that are laid out as an example was, taken apart by compiled code (numba).

Importing this module compiles it, or loads what was compiled before. A line that it takes is read
exactly as `orjson` reads it; whatever is not plainly right it leaves to that.
"""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.readers.kernel_texts import QUOTE, WRONG, copy_quoted, read_text
from curate.readers.layout import BOOLEAN, INTEGER, STRING, TEXT, TURNS
from curate.scan.compiled import BYTES, NUMBERS, compiled

SPACE, COMMA, COLON, MINUS, ZERO, NINE, RETURN = (ord(sign) for sign in " ,:-09\r")
OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST = (ord(sign) for sign in "{}[]")
MOST_DIGITS: Final = 18
"""Of an integer that has surely 64 bits at most."""

WRITTEN: Final = types.Array(types.uint8, 1, "C")
PLACES: Final = types.Array(types.int64, 1, "C")
_READ: Final = types.void(
    *(BYTES, NUMBERS, BYTES, NUMBERS, NUMBERS, BYTES, NUMBERS),
    *(WRITTEN, PLACES, WRITTEN, WRITTEN, PLACES, WRITTEN, PLACES),
)


@njit(nogil=True, inline="always")
def _behind(data: Any, place: Any, sign: Any) -> Any:
    """The place of what comes behind a sign, or `WRONG`; spaces stand around it as they like."""
    while data[place] == SPACE:
        place += 1
    if data[place] != sign:
        return np.int64(WRONG)
    place += 1
    while data[place] == SPACE:
        place += 1
    return np.int64(place)


@njit(nogil=True, inline="always")
def _same(data: Any, place: Any, words: Any, start: Any, stop: Any) -> Any:
    """The place behind a word, or `WRONG` where another stands there."""
    for at in range(stop - start):
        if data[place + at] != words[start + at]:
            return np.int64(WRONG)
    return np.int64(place + stop - start)


@njit(nogil=True)
def _number(data: Any, place: Any, out: Any, end: Any) -> Any:
    """Write an integer as it stands: the places behind both, or `WRONG`."""
    if data[place] == MINUS:
        out[end] = MINUS
        place += 1
        end += 1
        if data[place] == ZERO:
            return WRONG, end
    first = place
    while ZERO <= data[place] <= NINE and place - first <= MOST_DIGITS:
        out[end] = data[place]
        place += 1
        end += 1
    count = place - first
    if count == 0 or count > MOST_DIGITS or (count > 1 and data[first] == ZERO):
        return WRONG, end
    sign = data[place]
    if sign != COMMA and sign != CLOSE_OBJECT and sign != SPACE:
        return WRONG, end
    return place, end


@njit(nogil=True)
def _turns(  # noqa: C901 - a step for each part of the grammar
    data: Any,
    place: Any,
    words: Any,
    ends: Any,
    texts: Any,
    text_ends: Any,
    text_number: Any,
    roles: Any,
) -> Any:
    """Read a list of turns: the place behind it, or `WRONG`, and how many texts there are then.

    `words` are the names of the role and of the content, then those of the roles, all in quotes.
    """
    place = _behind(data, place, OPEN_LIST)
    end = text_ends[text_number]
    while place != WRONG:
        place = _behind(data, place, OPEN_OBJECT)
        has_role = has_content = False
        for part in range(2):
            if place == WRONG:
                return WRONG, text_number
            behind = _same(data, place, words, 0, ends[0])
            if behind != WRONG and not has_role:
                has_role = True
                place = _behind(data, behind, COLON)
                if place == WRONG:
                    return WRONG, text_number
                start = place
                place = WRONG
                for role in range(2, len(ends)):
                    behind = _same(data, start, words, ends[role - 1], ends[role])
                    if behind != WRONG:
                        roles[text_number] = role - 2
                        place = behind
                        break
            else:
                behind = _same(data, place, words, ends[0], ends[1])
                if behind == WRONG or has_content:
                    return WRONG, text_number
                has_content = True
                place = _behind(data, behind, COLON)
                if place == WRONG or data[place] != QUOTE:
                    return WRONG, text_number
                place, end = read_text(data, place + 1, texts, end)
            if place != WRONG:
                place = _behind(data, place, CLOSE_OBJECT if part else COMMA)
        if place == WRONG:
            return WRONG, text_number
        text_number += 1
        text_ends[text_number] = end
        if data[place] == CLOSE_LIST:
            return place + 1, text_number
        place = _behind(data, place, COMMA)
    return WRONG, text_number


@njit(nogil=True)
def _scalar(data: Any, place: Any, kind: Any, words: Any, ends: Any, out: Any, end: Any) -> Any:
    """Write a value that is no list, as it stands: the places behind both, or `WRONG`."""
    if kind == STRING:
        if data[place] != QUOTE:
            return WRONG, end
        return copy_quoted(data, place + 1, out, end)
    if kind == INTEGER:
        return _number(data, place, out, end)
    for word in range(2) if kind == BOOLEAN else range(2, 3):
        start = 0 if word == 0 else ends[word - 1]
        behind = _same(data, place, words, start, ends[word])
        if behind != WRONG:
            for at in range(ends[word] - start):
                out[end + at] = words[start + at]
            return behind, end + ends[word] - start
    return WRONG, end


@compiled(_READ)
def read_lines(  # noqa: C901 - a step for each kind of column
    data: Any,
    lines: Any,
    names: Any,
    name_ends: Any,
    kinds: Any,
    words: Any,
    word_ends: Any,
    taken: Any,
    turns: Any,
    roles: Any,
    texts: Any,
    text_ends: Any,
    values: Any,
    value_ends: Any,
) -> None:
    """Take lines apart that have these columns and no others, in this order.

    `lines` are the places at which lines begin, then that behind the last; each ends with a line
    feed. `names` are those of the columns as JSON, one behind the other, `kinds` what they hold;
    `words` are `true`, `false`, `null`, then what `_turns` needs.

    `taken` tells which lines were taken apart; of these lines only, `turns` tells how many turns
    each has, `roles` and `texts` what the turns are, or else the texts of the columns `TEXT`, and
    `values` all other values as canonical JSON.
    """
    turn_words, turn_ends = words[word_ends[2] :], word_ends[3:] - word_ends[2]
    text_number = value_number = row = 0
    for line in range(len(taken)):
        text, value = text_number, value_number
        place = _behind(data, lines[line], OPEN_OBJECT)
        for column in range(len(kinds)):
            if place == WRONG:
                break
            start = 0 if column == 0 else name_ends[column - 1]
            place = _same(data, place, names, start, name_ends[column])
            if place != WRONG:
                place = _behind(data, place, COLON)
            if place == WRONG:
                break
            if kinds[column] == TURNS:
                place, text = _turns(
                    data, place, turn_words, turn_ends, texts, text_ends, text, roles
                )
                turns[row] = text - text_number
            elif kinds[column] == TEXT:
                if data[place] != QUOTE:
                    place = WRONG
                    break
                place, text_ends[text + 1] = read_text(data, place + 1, texts, text_ends[text])
                text += 1
            else:
                place, value_ends[value + 1] = _scalar(
                    data, place, kinds[column], words, word_ends, values, value_ends[value]
                )
                value += 1
            if place != WRONG:
                last = column == len(kinds) - 1
                place = _behind(data, place, CLOSE_OBJECT if last else COMMA)
        if place != WRONG and data[place] == RETURN:
            place += 1
        if place != WRONG and place == lines[line + 1] - 1:
            taken[line] = 1
            row += 1
            text_number, value_number = text, value
