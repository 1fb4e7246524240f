"""What was taken apart written as canonical JSON again, by compiled code (numba)."""

from typing import Any, Final

import numpy as np
from numba import njit, types

from curate.readers.kernel_lines import CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, PLACES, WRITTEN
from curate.readers.kernel_texts import write_quoted
from curate.readers.layout import TEXT, TURNS
from curate.scan.compiled import BYTES, NUMBERS, compiled

_WRITE: Final = types.void(
    *(BYTES, NUMBERS, NUMBERS, NUMBERS, BYTES, NUMBERS, types.boolean),
    *(NUMBERS, BYTES, BYTES, NUMBERS, BYTES, NUMBERS, WRITTEN, PLACES),
)


@njit(nogil=True, inline="always")
def _copy(data: Any, start: Any, stop: Any, out: Any, end: Any) -> Any:
    """Copy some bytes; the place behind them."""
    for place in range(start, stop):
        out[end + place - start] = data[place]
    return end + stop - start


@compiled(_WRITE)
def write_records(
    names: Any,
    name_ends: Any,
    kinds: Any,
    sources: Any,
    words: Any,
    word_ends: Any,
    role_first: Any,
    turns: Any,
    roles: Any,
    texts: Any,
    text_ends: Any,
    values: Any,
    value_ends: Any,
    out: Any,
    ends: Any,
) -> None:
    """Write what `read_lines` took apart as canonical JSON: whole records, keys sorted.

    `names` are what stands before the value of each column, in sorted order, `kinds` what the
    columns are, and `sources` at which place among the texts, or the values, of a line each stands.
    `words` are what stands before the content of a turn and before its role, then the names of
    roles in quotes. `ends` tells where each record ends.
    """
    each_text, each_value = 0, 0
    for kind in kinds:
        each_text += kind == TEXT
        each_value += kind > TEXT
    end = text = 0
    for row in range(len(ends)):
        for column in range(len(kinds)):
            start = 0 if column == 0 else name_ends[column - 1]
            end = _copy(names, start, name_ends[column], out, end)
            if kinds[column] == TURNS:
                for turn in range(text, text + turns[row]):
                    out[end] = OPEN_LIST if turn == text else COMMA
                    end += 1
                    for part in range(2):
                        if role_first != (part == 1):
                            end = _copy(words, word_ends[0], word_ends[1], out, end)
                            role = np.int64(roles[turn]) + 2
                            end = _copy(words, word_ends[role - 1], word_ends[role], out, end)
                        else:
                            end = _copy(words, 0, word_ends[0], out, end)
                            end = write_quoted(
                                texts, text_ends[turn], text_ends[turn + 1], out, end
                            )
                    out[end] = CLOSE_OBJECT
                    end += 1
                out[end] = CLOSE_LIST
                end += 1
                text += turns[row]
            elif kinds[column] == TEXT:
                at = row * each_text + sources[column]
                end = write_quoted(texts, text_ends[at], text_ends[at + 1], out, end)
            else:
                at = row * each_value + sources[column]
                end = _copy(values, value_ends[at], value_ends[at + 1], out, end)
        out[end] = CLOSE_OBJECT
        end += 1
        ends[row] = end
